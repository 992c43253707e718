//! Calls, definitions, indexes, keywords, events, entries of Gemfiles, and calls inside routing.

use super::chain::{Chain, Root, constant_path};
use super::edit;
use super::frames::{Frame, Proof};
use super::pattern::{Argument, Call, CallName, Form, Inner, Key, Routing, Scope};
use super::rules::snake;
use super::walk::Walk;
use crate::ruby::{Kind, Node, Role};
use std::ops::Range;

impl<'w> Walk<'w> {
    pub(super) fn call(&mut self, node: Node<'w>) {
        let rules = self.rules;
        for at in rules.calls.get(node.name()).into_iter().flatten() {
            match &rules.patterns[*at].form {
                Form::Call(call) => {
                    let proof = self.call_proof(*at, call, node);
                    self.call_hit(*at, node, proof);
                }
                Form::Within { inner, .. } => self.within(*at, inner, node),
                _ => {}
            }
        }
        for at in rules.by_place.get(node.name()).into_iter().flatten() {
            self.by_place(*at, node);
        }
        if node.receiver().is_none() && node.name() == b"require" {
            self.require(node);
        }
        if matches!(
            node.name(),
            b"gem" | b"add_dependency" | b"add_runtime_dependency"
        ) {
            self.gem(node);
        }
        if matches!(node.name(), b"fetch" | b"dig" | b"key?") {
            if let Some(receiver) = node.receiver() {
                self.index_of(receiver, node, false);
            }
        }
    }

    fn call_hit(&mut self, at: usize, node: Node<'w>, proof: Proof) {
        let pattern = &self.rules.patterns[at];
        if let Some(more) = pattern
            .replacement
            .as_deref()
            .and_then(|new| new.strip_prefix(&pattern.value))
            .and_then(|more| more.strip_prefix('.'))
        {
            // What is replaced by `a.b` is not found in `a.b`.
            let next = more.split(['.', '(']).next().unwrap_or(more);
            let has =
                |one: Node<'_>| one.name() == next.as_bytes() && node.role() == Role::Receiver;
            if node.parent().is_some_and(has) {
                return;
            }
        }
        let edit = pattern.is_edit.then(|| edit::call(pattern, node)).flatten();
        self.hit_with(at, span(node), proof, edit, Vec::new());
    }

    fn call_proof(&self, at: usize, call: &Call, node: Node<'w>) -> Proof {
        if !has_argument(&call.argument, node) {
            return Proof::No;
        }
        let scope = &self.rules.patterns[at].scope;
        let receiver = node.receiver();
        let is_bare = receiver.is_none_or(|node| node.kind() == Kind::Itself);
        let scoped = match scope {
            Scope::Anywhere | Scope::Call(_) | Scope::Setup(_) => Proof::Certain,
            Scope::Subclass(base) => self.in_subclass(base),
            Scope::Routing(routing) => self.in_routing(routing, call, node),
            Scope::File(name) => self.in_file(name),
            Scope::Instance(class) => return self.instance(class, receiver),
        };
        if scoped == Proof::No {
            return Proof::No;
        }
        if call.receiverless || (call.class.is_none() && call.words.is_empty()) {
            let own = match (scope, is_bare) {
                (Scope::Anywhere, _) => self.plain(&call.name, receiver),
                (_, true) => Proof::Certain,
                (_, false) => Proof::No,
            };
            return scoped.and(own);
        }
        let Some(receiver) = receiver else {
            return Proof::No;
        };
        scoped.and(self.receiver(call.class.as_deref(), &call.words, receiver))
    }

    /// A call by its name alone.
    fn plain(&self, name: &str, receiver: Option<Node<'w>>) -> Proof {
        let is_telling = self.rules.is_telling(name);
        let Some(receiver) = receiver.filter(|node| node.kind() != Kind::Itself) else {
            if self.defs.contains(name.as_bytes()) {
                return Proof::No;
            }
            if self.frames.class().is_none() && (is_telling || self.rules.is_own_word(name)) {
                return Proof::Likely;
            }
            return match self.relevance() {
                // A class of its own is no instance of what the file also names.
                Proof::Likely if self.frames.class().is_some() => {
                    let class = self.frames.class().unwrap_or("").to_owned();
                    let need = super::classes::Need { class, base: None };
                    Proof::If(need, super::finding::Confidence::Likely)
                }
                proof => proof,
            };
        };
        let chain = Chain::of(receiver);
        let last = chain.names.last().copied();
        match self.origin(&chain) {
            Origin::Ours => return Proof::Certain,
            Origin::Foreign => return Proof::No,
            Origin::Unknown => {}
        }
        let is_known = last.is_some_and(|last| self.rules.is_known_word(&last.to_lowercase()));
        match (is_known, is_telling) {
            (true, true) => Proof::Likely,
            (true, false) => self.relevance(),
            (false, true) if self.is_relevant => Proof::Likely,
            _ => Proof::Possible,
        }
    }

    /// Where the first of a row of names comes from.
    pub(super) fn origin(&self, chain: &Chain<'w>) -> Origin {
        let constant = match chain.root {
            Root::Constant(node) => {
                let path = constant_path(node);
                // A constant in capitals holds a value, of a class that is not said here.
                if is_value(&path) {
                    match self.assigned(path.rsplit("::").next().unwrap_or(&path)) {
                        Some(assigned) => assigned.constant.clone(),
                        None => return Origin::Unknown,
                    }
                } else {
                    path
                }
            }
            Root::Word => match chain.names.first().and_then(|name| self.assigned(name)) {
                Some(assigned) => assigned.constant.clone(),
                None => return Origin::Unknown,
            },
            Root::Itself | Root::Other => return Origin::Unknown,
        };
        let root = constant.trim_start_matches("::").split("::").next();
        match root.is_some_and(|root| self.rules.namespaces.contains(root)) {
            true => Origin::Ours,
            false => Origin::Foreign,
        }
    }

    /// Whether a receiver is what a pattern says: a class, and names behind it.
    fn receiver(&self, class: Option<&str>, words: &[String], node: Node<'w>) -> Proof {
        let chain = Chain::of(node);
        if let Some(class) = class {
            return match chain.root {
                Root::Constant(constant) if chain.names == words && !chain.is_called => {
                    self.is_class(&constant_path(constant), class)
                }
                _ => Proof::No,
            };
        }
        let mut names: Vec<String> = chain.names.iter().map(|name| name.to_lowercase()).collect();
        if let Root::Constant(constant) = chain.root {
            let path = constant_path(constant);
            if is_value(&path) {
                let last = path.rsplit("::").next().unwrap_or(&path);
                names.insert(0, last.to_lowercase());
            }
        }
        if names.len() < words.len() {
            return Proof::No;
        }
        let (before, own) = names.split_at(names.len() - words.len());
        let fits = |(name, word): (&String, &String)| {
            name == word
                || name
                    .strip_suffix(word)
                    .is_some_and(|rest| rest.ends_with('_'))
        };
        if !own.iter().zip(words).all(fits) {
            return Proof::No;
        }
        match self.origin(&chain) {
            Origin::Ours if before.is_empty() => return Proof::Certain,
            Origin::Ours => return Proof::Likely,
            Origin::Foreign => return Proof::No,
            Origin::Unknown => {}
        }
        let stranger = |name: &String| !self.rules.is_known_word(name);
        if before.first().is_some_and(stranger) {
            return Proof::Possible;
        }
        if own.iter().any(|name| self.rules.is_own_word(name)) || !before.is_empty() {
            return Proof::Likely;
        }
        self.relevance()
    }

    /// Sent to an instance of a class.
    fn instance(&self, class: &str, receiver: Option<Node<'w>>) -> Proof {
        let Some(receiver) = receiver else {
            return Proof::No;
        };
        let chain = Chain::of(receiver);
        let own = snake(class.rsplit("::").next().unwrap_or(class));
        if let (Root::Word, [name]) = (chain.root, &chain.names[..]) {
            if let Some(assigned) = self.assigned(name) {
                if assigned.is_instance && assigned.constant == class {
                    return Proof::Certain;
                }
            }
        }
        if self.origin(&chain) == Origin::Foreign {
            return Proof::No;
        }
        let last = chain.names.last().map(|name| name.to_lowercase());
        let is_named = last.is_some_and(|last| {
            let suffix = own.rsplit('_').next().unwrap_or(&own);
            last == own || last == *suffix || last.ends_with(&format!("_{suffix}"))
        });
        match is_named {
            true => self.relevance(),
            false => Proof::No,
        }
    }

    fn in_file(&self, name: &str) -> Proof {
        let base = self.path.rsplit('/').next().unwrap_or(self.path);
        let is_gemfile = name == "Gemfile" && is_gemfile(base);
        match base == name || is_gemfile {
            true => Proof::Certain,
            false => Proof::No,
        }
    }

    fn in_routing(&self, routing: &Routing, call: &Call, node: Node<'w>) -> Proof {
        let Some((proof, names)) = self.frames.drawing() else {
            return Proof::No;
        };
        // The innermost block with a name of its own says where it stands.
        let nearest = names.first().copied();
        let is_topic = |name: &[u8]| name == b"pattern" || name.ends_with(b"topic");
        let fits = match routing {
            Routing::Drawing(_) => true,
            Routing::In(wanted) => nearest.is_some_and(|name| {
                name == wanted.as_bytes()
                    || name
                        .strip_suffix(wanted.as_bytes())
                        .is_some_and(|rest| rest.ends_with(b"_"))
                    || (is_topic(name) && wanted == "topic")
            }),
            Routing::Outside(unwanted) => {
                !names.contains(&unwanted.as_bytes())
                    && !names.contains(&call.name.as_bytes())
                    && !nearest.is_some_and(is_topic)
            }
        };
        let is_bare = node.receiver().is_none();
        match fits && is_bare {
            true => proof,
            false => Proof::No,
        }
    }

    /// `outer { inner }`
    fn within(&mut self, at: usize, inner: &Inner, node: Node<'w>) {
        let Some(block) = node.block() else { return };
        let rules = self.rules;
        let Form::Within { outer, .. } = &rules.patterns[at].form else {
            return;
        };
        // With an argument it is another call (`subject(:name) { … }`).
        if node.arguments().next().is_some() {
            return;
        }
        let mut proof = self.plain(outer, node.receiver());
        if let (Proof::Possible, Inner::Call(call)) = (&proof, inner) {
            // What stands inside may say what it belongs to.
            if call.words.iter().any(|word| self.rules.is_own_word(word)) {
                proof = Proof::Likely;
            }
        }
        let size = block.end() - block.index();
        if size > self.below {
            self.doubt(at);
            return;
        }
        self.below -= size;
        let mut skip = 0;
        for below in block.below() {
            if below.index() < skip {
                continue;
            }
            match below.kind() {
                // What is left there is the method or the lambda, not the block.
                Kind::Def | Kind::Lambda | Kind::Class | Kind::Module => skip = below.end(),
                // `break` and `next` leave the inner block.
                Kind::Block if *inner == Inner::Break => skip = below.end(),
                _ => {}
            }
            let fits = match inner {
                Inner::Return => below.kind() == Kind::Return,
                Inner::Break => below.kind() == Kind::Break,
                Inner::Call(call) => self.is_call(call, below),
            };
            if fits {
                self.hit(at, span(below), proof.clone());
            }
        }
    }

    fn is_call(&self, call: &Call, node: Node<'w>) -> bool {
        if node.kind() != Kind::Call
            || node.name() != call.name.as_bytes()
            || !has_argument(&call.argument, node)
        {
            return false;
        }
        let Some(receiver) = node.receiver() else {
            return call.class.is_none() && call.words.is_empty();
        };
        let chain = Chain::of(receiver);
        match (&call.class, chain.root) {
            (Some(class), Root::Constant(constant)) => {
                chain.names == call.words
                    && constant_path(constant).trim_start_matches("::") == class
            }
            (None, Root::Word) => chain.names == call.words,
            _ => false,
        }
    }

    pub(super) fn def(&mut self, node: Node<'w>) {
        let rules = self.rules;
        for at in rules.defs.get(node.name()).into_iter().flatten() {
            let pattern = &rules.patterns[*at];
            let proof = match (&pattern.scope, &pattern.form) {
                (Scope::Subclass(base), _) => self.in_subclass(base),
                (_, Form::Event(_)) => Proof::Likely,
                _ if node.name().starts_with(b"on_") => Proof::Likely,
                _ => match self.relevance() {
                    Proof::If(..) if !self.is_relevant => Proof::Possible,
                    proof => proof,
                },
            };
            let edit = pattern
                .is_edit
                .then(|| edit::definition(pattern, node))
                .flatten();
            self.hit_with(*at, node.name_range(), proof, edit, Vec::new());
        }
    }

    pub(super) fn index(&mut self, node: Node<'w>) {
        if let Some(receiver) = node.receiver() {
            self.index_of(receiver, node, node.is_written());
        }
    }

    /// `receiver[key]`, also `receiver.fetch(key)`.
    fn index_of(&mut self, receiver: Node<'w>, node: Node<'w>, writes: bool) {
        let rules = self.rules;
        let key = node.arguments().next();
        for at in &rules.indexes {
            let pattern = &rules.patterns[*at];
            let Form::Index {
                receiver: words,
                class,
                key: wanted,
                writes: only_writes,
            } = &pattern.form
            else {
                continue;
            };
            if *only_writes && !writes {
                continue;
            }
            let is_read_only = !only_writes && *wanted != Key::Any;
            let is_value = |key: Node<'_>, kind: Kind, text: &str| {
                key.kind() == kind && key.value().as_deref() == Some(text.as_bytes())
            };
            let fits = match (wanted, key) {
                (Key::Any, _) => node.kind() == Kind::Index,
                (_, None) => false,
                (Key::AnySymbol, Some(key)) => {
                    key.kind() == Kind::Symbol && node.kind() == Kind::Index
                }
                (Key::Text(text), Some(key)) => is_value(key, Kind::Text, text),
                (Key::Symbol(text), Some(key)) => is_value(key, Kind::Symbol, text),
            };
            if !fits || (is_read_only && writes) {
                continue;
            }
            let scoped = match &pattern.scope {
                Scope::Subclass(base) => self.in_subclass(base),
                Scope::File(name) => self.in_file(name),
                _ => Proof::Certain,
            };
            if scoped == Proof::No {
                continue;
            }
            let mut proof = match (class, &words[..]) {
                (Some(class), _) => self.receiver(Some(class), words, receiver),
                (None, words) => self.receiver(None, words, receiver),
            };
            let is_telling = matches!(wanted, Key::Text(text) | Key::Symbol(text)
                if text.contains(['-', '.']) || text.matches('_').count() >= 2);
            if matches!(proof, Proof::Possible | Proof::If(..)) {
                let is_known = is_telling || (words == &["event"] && self.frames.is_in_listener());
                if is_known && !matches!(wanted, Key::Any | Key::AnySymbol) {
                    proof = Proof::Likely;
                }
            }
            let edit = pattern.is_edit.then(|| edit::key(pattern, key)).flatten();
            self.hit_with(*at, node.range(), scoped.and(proof), edit, Vec::new());
        }
    }

    pub(super) fn keyword(&mut self, node: Node<'w>) {
        let Some(key) = node.child(Role::Key) else {
            return;
        };
        let Some(name) = key.value().filter(|_| key.kind() == Kind::Symbol) else {
            return;
        };
        let rules = self.rules;
        let Some(found) = rules.keywords.get(&*name) else {
            return;
        };
        let call = node
            .parent()
            .filter(|keywords| keywords.kind() == Kind::Keywords)
            .and_then(Node::parent)
            .filter(|call| call.kind() == Kind::Call);
        let Some(call) = call else { return };
        for at in found {
            let pattern = &rules.patterns[*at];
            let (Form::Keyword { value, .. }, Scope::Call(wanted)) =
                (&pattern.form, &pattern.scope)
            else {
                continue;
            };
            let own = node.child(Role::Value).map(Node::text);
            if value
                .as_ref()
                .is_some_and(|value| own != Some(value.as_bytes()))
            {
                continue;
            }
            let proof = self.named_call(wanted, call);
            let edit = pattern
                .is_edit
                .then(|| edit::keyword(pattern, key))
                .flatten();
            self.hit_with(*at, node.range(), proof, edit, Vec::new());
        }
    }

    /// An argument that is given by place.
    fn by_place(&mut self, at: usize, node: Node<'w>) {
        let Scope::Call(wanted) = &self.rules.patterns[at].scope else {
            return;
        };
        let first = node.arguments().next();
        let Some(first) = first.filter(|one| one.kind() != Kind::Keywords) else {
            return;
        };
        let proof = self.named_call(wanted, node);
        self.hit(at, first.range(), proof);
    }

    /// Whether a call is the one that a scope names.
    fn named_call(&self, wanted: &CallName, call: Node<'w>) -> Proof {
        let name = std::str::from_utf8(call.name()).unwrap_or("");
        let fits = match wanted.is_prefix {
            true => name.starts_with(&wanted.name),
            false => name == wanted.name,
        };
        if !fits {
            return Proof::No;
        }
        let receiver = call.receiver();
        match (&wanted.class, &wanted.word) {
            (Some(class), _) => {
                let Some(receiver) = receiver else {
                    return Proof::No;
                };
                match self.receiver(Some(class), &[], receiver) {
                    Proof::No => self.instance(class, Some(receiver)),
                    proof => proof,
                }
            }
            (None, Some(word)) => match receiver {
                Some(receiver) => self.receiver(None, std::slice::from_ref(word), receiver),
                None => Proof::No,
            },
            (None, None) => match receiver {
                None => match self.frames.drawing() {
                    Some((proof, _)) => proof,
                    None => Proof::Possible,
                },
                Some(receiver) => match self.origin(&Chain::of(receiver)) {
                    Origin::Ours => Proof::Certain,
                    Origin::Foreign => Proof::No,
                    Origin::Unknown => self.relevance(),
                },
            },
        }
    }

    pub(super) fn text(&mut self, node: Node<'w>) {
        if node.role() == Role::Part {
            return;
        }
        let Some(value) = node.value() else { return };
        let rules = self.rules;
        for at in rules.texts.get(&*value).into_iter().flatten() {
            let pattern = &rules.patterns[*at];
            match &pattern.form {
                Form::Event(_) => {
                    let proof = self.event(node);
                    let edit = pattern.is_edit.then(|| edit::text(pattern, node)).flatten();
                    self.hit_with(*at, node.range(), proof, edit, Vec::new());
                }
                Form::Compare { word, key, .. } => {
                    let proof = match self.compares(node, word, key) {
                        true => Proof::Likely,
                        false => Proof::Possible,
                    };
                    let edit = pattern.is_edit.then(|| edit::text(pattern, node)).flatten();
                    self.hit_with(*at, node.range(), proof, edit, Vec::new());
                }
                _ => {}
            }
        }
    }

    fn event(&self, node: Node<'w>) -> Proof {
        let call = node.parent().filter(|_| node.role() == Role::Argument);
        if let Some(call) = call.filter(|call| call.kind() == Kind::Call) {
            let is_subscribing =
                matches!(call.name(), b"subscribe" | b"instrument" | b"unsubscribe");
            if let Some(receiver) = call.receiver() {
                return match self.origin(&Chain::of(receiver)) {
                    Origin::Ours if is_subscribing => Proof::Certain,
                    Origin::Foreign => Proof::No,
                    _ if is_subscribing => match self.relevance() {
                        Proof::If(..) | Proof::Possible if self.is_monitor(receiver) => {
                            Proof::Likely
                        }
                        proof => proof,
                    },
                    _ => Proof::Possible,
                };
            }
        }
        match self.is_relevant {
            true => Proof::Likely,
            false => Proof::Possible,
        }
    }

    fn is_monitor(&self, receiver: Node<'w>) -> bool {
        let last = Chain::of(receiver)
            .names
            .last()
            .map(|name| name.to_lowercase());
        last.is_some_and(|last| self.rules.is_known_word(&last))
    }

    /// Whether a text is compared with `word[:key]`.
    fn compares(&self, node: Node<'w>, word: &str, key: &str) -> bool {
        let Some(parent) = node.parent() else {
            return false;
        };
        let is_read = |node: Node<'w>| self.is_read(node, word, key);
        match parent.kind() {
            Kind::Call if matches!(parent.name(), b"==" | b"!=" | b"eql?" | b"===") => parent
                .children()
                .any(|other| other.index() != node.index() && is_read(other)),
            Kind::When | Kind::In | Kind::Other
                if node.role() == Role::Condition || parent.kind() == Kind::Other =>
            {
                let case = parent
                    .ancestors()
                    .take(4)
                    .find(|one| one.kind() == Kind::Case);
                case.and_then(|case| case.child(Role::Subject))
                    .is_some_and(is_read)
            }
            // `in { type: 'v' }`
            Kind::Pair => {
                let own = parent.child(Role::Key).and_then(Node::value);
                own.as_deref() == Some(key.as_bytes())
                    && parent.ancestors().take(4).any(|one| one.kind() == Kind::In)
            }
            // `%w[v w].include?(event[:type])`
            Kind::Array => parent
                .parent()
                .filter(|call| call.name() == b"include?")
                .is_some_and(|call| call.arguments().any(is_read)),
            _ => false,
        }
    }

    fn is_read(&self, node: Node<'w>, word: &str, key: &str) -> bool {
        let is_access = node.kind() == Kind::Index || matches!(node.name(), b"fetch" | b"dig");
        let own = node.arguments().next().and_then(Node::value);
        let receiver = node.receiver().map(Chain::of);
        let last = receiver
            .as_ref()
            .and_then(|chain| chain.names.last().copied());
        is_access && own.as_deref() == Some(key.as_bytes()) && last == Some(word)
    }

    pub(super) fn rescue(&mut self, node: Node<'w>) {
        let rules = self.rules;
        for class in node.all(Role::Exception) {
            let path = constant_path(class);
            let path = path.trim_start_matches("::").as_bytes();
            for at in rules.rescues.get(path).into_iter().flatten() {
                let proof = match &rules.patterns[*at].scope {
                    Scope::Subclass(base) => self.in_subclass(base),
                    _ => Proof::Certain,
                };
                self.hit(*at, class.range(), proof);
            }
        }
    }

    /// `public_send(:name)` and the like may call what is looked for.
    pub(super) fn symbol(&mut self, node: Node<'w>) {
        let call = node.parent().filter(|_| node.role() == Role::Argument);
        let is_sent = call.is_some_and(|call| {
            matches!(
                call.name(),
                b"send" | b"public_send" | b"__send__" | b"try" | b"method"
            )
        });
        let Some(name) = node.value().filter(|_| is_sent) else {
            return;
        };
        let rules = self.rules;
        for at in rules.calls.get(&*name).into_iter().flatten() {
            self.doubt(*at);
        }
    }

    fn gem(&mut self, node: Node<'w>) {
        let Some(first) = node.arguments().next() else {
            return;
        };
        let Some(name) = first.value().filter(|_| first.kind() == Kind::Text) else {
            return;
        };
        let base = self.path.rsplit('/').next().unwrap_or(self.path);
        let proof = match (node.name(), is_gemfile(base), base.ends_with(".gemspec")) {
            (b"gem", true, _) if node.receiver().is_none() => Proof::Certain,
            (b"gem", false, _) => return,
            (_, _, true) => Proof::Likely,
            _ => return,
        };
        let rules = self.rules;
        for at in rules.gems.get(&*name).into_iter().flatten() {
            self.hit(*at, node.range(), proof.clone());
        }
    }

    fn require(&mut self, node: Node<'w>) {
        let Some(first) = node.arguments().next() else {
            return;
        };
        let rules = self.rules;
        for at in &rules.requires {
            let pattern = &rules.patterns[*at];
            let fits = match &pattern.form {
                Form::Require(Argument::Text(path)) => {
                    first.kind() == Kind::Text && first.value().as_deref() == Some(path.as_bytes())
                }
                Form::Require(Argument::Source(source)) => first.text() == source.as_bytes(),
                _ => false,
            };
            if fits {
                let edit = pattern
                    .is_edit
                    .then(|| edit::require(pattern, first))
                    .flatten();
                self.hit_with(*at, node.range(), Proof::Certain, edit, Vec::new());
            }
        }
    }

    /// Whether a call opens routing.
    pub(super) fn draws(&self, call: Node<'w>) -> Option<Proof> {
        let rules = self.rules;
        for opener in &rules.drawings {
            if call.name() != opener.method.as_bytes() {
                continue;
            }
            let receiver = call.receiver()?;
            let chain = Chain::of(receiver);
            if chain.names.len() != 1 || chain.is_called {
                continue;
            }
            let proof = match chain.root {
                Root::Constant(constant) => self.is_class(&constant_path(constant), &opener.class),
                Root::Word | Root::Itself => self.is_own_class(&opener.class),
                Root::Other => Proof::No,
            };
            if proof != Proof::No {
                return Some(proof);
            }
        }
        None
    }

    /// The blocks around, for those who look for their parameters.
    pub(super) fn block_with(&self, name: &[u8]) -> Option<&Frame<'w>> {
        self.frames.blocks().find(
            |frame| matches!(frame, Frame::Block { parameter, .. } if *parameter == Some(name)),
        )
    }
}

/// Where something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Ours,
    Foreign,
    Unknown,
}

/// From the receiver to the name, without arguments.
fn span(node: Node<'_>) -> Range<usize> {
    let name = node.name_range();
    match name.is_empty() {
        true => node.range(),
        false => node.range().start..name.end.max(node.range().start),
    }
}

/// `PRODUCER`, `Shop::PRODUCER`
fn is_value(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    last.len() > 1 && !last.bytes().any(|byte| byte.is_ascii_lowercase())
}

pub(super) fn is_gemfile(base: &str) -> bool {
    base == "Gemfile"
        || base == "gems.rb"
        || base.ends_with(".gemfile")
        || base.starts_with("Gemfile.") && !base.ends_with(".lock")
}

fn has_argument(argument: &Argument, node: Node<'_>) -> bool {
    let mut arguments = node.arguments();
    let first = arguments.next();
    let second = arguments.next();
    match (argument, first) {
        (Argument::Whatever, _) => true,
        (_, None) => false,
        (Argument::Text(text), Some(first)) => {
            first.kind() == Kind::Text && first.value().as_deref() == Some(text.as_bytes())
        }
        (Argument::Symbol(symbol), Some(first)) => {
            let own = first.value();
            let is_same = |symbol: &String| own.as_deref() == Some(symbol.as_bytes());
            first.kind() == Kind::Symbol && symbol.as_ref().is_none_or(is_same)
        }
        (Argument::Constant(class), Some(first)) => {
            constant_path(first).trim_start_matches("::") == class
        }
        (Argument::Alone, Some(first)) => {
            let is_literal = matches!(first.kind(), Kind::Text | Kind::Symbol | Kind::Keywords);
            second.is_none() && !is_literal
        }
        (Argument::Source(source), Some(first)) => first.text() == source.as_bytes(),
    }
}
