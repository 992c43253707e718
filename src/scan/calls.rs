//! Calls, definitions, indexes, keywords, entries of Gemfiles, and calls inside routing.

use super::chain::{Chain, Root, constant_path};
use super::classes::{Need, Want};
use super::edit;
use super::file::is_gemfile;
use super::finding::Confidence;
use super::frames::{Frame, Proof};
use super::owner::{Origin, is_plain_constant, is_value};
use super::pattern::{Argument, Call, CallName, Form, Inner, Key, Routing, Scope};
use super::rules::snake;
use super::value;
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
                    if proof == Proof::No {
                        continue;
                    }
                    let first = node.arguments().next();
                    let keywords = Some(value::keywords(node));
                    let proof = self.checked(*at, proof, first, keywords, node);
                    self.call_hit(*at, node, proof);
                }
                Form::Within { inner, .. } => self.within(*at, inner, node),
                _ => {}
            }
        }
        for at in rules.by_place.get(node.name()).into_iter().flatten() {
            self.by_place(*at, node);
        }
        if node.receiver().is_none()
            && matches!(node.name(), b"require" | b"require_relative" | b"load")
        {
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
        if let Argument::Hearing(method) = &call.argument {
            let hearing = self.hearing(method, node);
            if hearing == Proof::No {
                return Proof::No;
            }
            let plain = Call {
                argument: Argument::Whatever,
                ..call.clone()
            };
            return self.call_proof(at, &plain, node).and(hearing);
        }
        if call.name == "subscribe" && !self.is_own_monitor(at, node) {
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
        if call.class.is_none() && self.is_of_others(at, receiver) {
            return Proof::No;
        }
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
                    let want = Want::Ours;
                    Proof::If(Need { class, want }, Confidence::Likely)
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

    /// Whether a receiver is what a pattern says: a class, and names behind it.
    fn receiver(&self, class: Option<&str>, words: &[String], node: Node<'w>) -> Proof {
        // A hash of its own is none of theirs, whatever it is called.
        if class.is_none() && self.is_fresh(node) {
            return Proof::No;
        }
        let chain = Chain::of(node);
        if let Some(class) = class {
            return match chain.root {
                Root::Constant(constant) if chain.names == words && !chain.is_called => {
                    self.is_class(&constant_path(constant), class)
                }
                _ => Proof::No,
            };
        }
        // What was made of their class is what the word means, whatever it is called.
        if let ([word], Some(class)) = (words, self.class_of(node)) {
            let last = class.rsplit("::").next().unwrap_or(&class);
            if self.is_ours(&class) && snake(last) == *word && !is_plain_constant(&chain) {
                return Proof::Certain;
            }
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
        if own.iter().any(|name| self.rules.is_own_word(name)) {
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
                _ if node.name().starts_with(b"on_") => self.listens(pattern.action),
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

    /// In a class that listens to the monitor of an action's package.
    fn listens(&self, action: usize) -> Proof {
        match (self.frames.nesting(), &self.rules.actions[action].root) {
            (Some(class), Some(root)) => {
                let need = Need {
                    class: class.to_owned(),
                    want: Want::Listens(root.clone()),
                };
                Proof::If(need, Confidence::Likely)
            }
            _ => Proof::Likely,
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
            let value = node.child(Role::Value);
            let proof = self.checked(*at, proof, value, Some(node.parent()), call);
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

/// From the receiver to the name, without arguments.
fn span(node: Node<'_>) -> Range<usize> {
    let name = node.name_range();
    match name.is_empty() {
        true => node.range(),
        false => node.range().start..name.end.max(node.range().start),
    }
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
        (Argument::Hearing(_), Some(_)) => true,
        (Argument::Constant(class), Some(first)) => {
            let chain = Chain::of(first);
            let is_it = |node| constant_path(node).trim_start_matches("::") == class;
            match (chain.root, &chain.names[..]) {
                (Root::Constant(constant), [] | ["new"]) => is_it(constant),
                _ => false,
            }
        }
        (Argument::Alone, Some(first)) => {
            let is_literal = matches!(first.kind(), Kind::Text | Kind::Symbol | Kind::Keywords);
            second.is_none() && !is_literal
        }
        (Argument::Source(source), Some(first)) => first.text() == source.as_bytes(),
    }
}
