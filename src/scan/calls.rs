//! Calls, definitions, indexes, keywords, entries of Gemfiles, and calls inside routing.

use super::chain::{CallChain, ChainRoot, constant_path};
use super::classes::{ClassNeed, Want};
use super::edit;
use super::file::is_gemfile;
use super::finding::Confidence;
use super::frames::{Evidence, Frame};
use super::owner::{Ownership, is_plain_constant, is_value};
use super::pattern::{Argument, Call, CallName, Form, Inner, Key, Routing, Scope};
use super::rules::snake;
use super::value;
use super::walk::Walk;
use crate::ruby::{Kind, Node, NodeRole};
use std::ops::Range;

impl<'w> Walk<'w> {
    pub(super) fn call(&mut self, node: Node<'w>) {
        let rules = self.rules;
        for at in rules.calls.get(node.name()).into_iter().flatten() {
            match &rules.patterns[*at].form {
                Form::Call(call) => {
                    let proof = self.call_proof(*at, call, node);
                    if proof == Evidence::No {
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

    fn call_hit(&mut self, at: usize, node: Node<'w>, proof: Evidence) {
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
                |one: Node<'_>| one.name() == next.as_bytes() && node.role() == NodeRole::Receiver;
            if node.parent().is_some_and(has) {
                return;
            }
        }
        let edit = pattern.is_edit.then(|| edit::call(pattern, node)).flatten();
        self.hit_with(at, span(node), proof, edit, Vec::new());
    }

    fn call_proof(&self, at: usize, call: &Call, node: Node<'w>) -> Evidence {
        if !has_argument(&call.argument, node) {
            return Evidence::No;
        }
        if let Argument::Hearing(method) = &call.argument {
            let hearing = self.hearing(method, node);
            if hearing == Evidence::No {
                return Evidence::No;
            }
            let plain = Call {
                argument: Argument::Whatever,
                ..call.clone()
            };
            return self.call_proof(at, &plain, node).and(hearing);
        }
        if call.name == "subscribe" && !self.is_own_monitor(at, node) {
            return Evidence::No;
        }
        let scope = &self.rules.patterns[at].scope;
        let receiver = node.receiver();
        let is_bare = receiver.is_none_or(|node| node.kind() == Kind::Itself);
        let scoped = match scope {
            Scope::Anywhere | Scope::Call(_) | Scope::Setup(_) => Evidence::Certain,
            Scope::Subclass(base) => self.in_subclass(base),
            Scope::Routing(routing) => self.in_routing(routing, call, node),
            Scope::File(name) => self.in_file(name),
            Scope::Instance(class) => return self.instance(class, receiver),
        };
        if scoped == Evidence::No {
            return Evidence::No;
        }
        if call.receiverless || (call.class.is_none() && call.words.is_empty()) {
            let own = match (scope, is_bare) {
                (Scope::Anywhere, _) => self.plain(&call.name, receiver),
                (_, true) => Evidence::Certain,
                (_, false) => Evidence::No,
            };
            return scoped.and(own);
        }
        let Some(receiver) = receiver else {
            return Evidence::No;
        };
        if call.class.is_none() && self.is_of_others(at, receiver) {
            return Evidence::No;
        }
        scoped.and(self.receiver(call.class.as_deref(), &call.words, receiver))
    }

    /// A call by its name alone.
    fn plain(&self, name: &str, receiver: Option<Node<'w>>) -> Evidence {
        let is_telling = self.rules.is_telling(name);
        let Some(receiver) = receiver.filter(|node| node.kind() != Kind::Itself) else {
            if self.defs.contains(name.as_bytes()) {
                return Evidence::No;
            }
            if self.frames.class().is_none() && (is_telling || self.rules.is_own_word(name)) {
                return Evidence::Likely;
            }
            return match self.relevance() {
                // A class of its own is no instance of what the file also names.
                Evidence::Likely if self.frames.class().is_some() => {
                    let class = self.frames.class().unwrap_or("").to_owned();
                    let want = Want::Ours;
                    Evidence::If(ClassNeed { class, want }, Confidence::Likely)
                }
                proof => proof,
            };
        };
        let chain = CallChain::of(receiver);
        let last = chain.names.last().copied();
        match self.origin(&chain) {
            Ownership::Ours => return Evidence::Certain,
            Ownership::Foreign => return Evidence::No,
            Ownership::Unknown => {}
        }
        let is_known = last.is_some_and(|last| self.rules.is_known_word(&last.to_lowercase()));
        match (is_known, is_telling) {
            (true, true) => Evidence::Likely,
            (true, false) => self.relevance(),
            (false, true) if self.is_relevant => Evidence::Likely,
            _ => Evidence::Possible,
        }
    }

    /// Whether a receiver is what a pattern says: a class, and names behind it.
    fn receiver(&self, class: Option<&str>, words: &[String], node: Node<'w>) -> Evidence {
        // A hash of its own is none of theirs, whatever it is called.
        if class.is_none() && self.is_fresh(node) {
            return Evidence::No;
        }
        let chain = CallChain::of(node);
        if let Some(class) = class {
            return match chain.root {
                ChainRoot::Constant(constant) if chain.names == words && !chain.is_called => {
                    self.is_class(&constant_path(constant), class)
                }
                _ => Evidence::No,
            };
        }
        // What was made of their class is what the word means, whatever it is called.
        if let ([word], Some(class)) = (words, self.class_of(node)) {
            let last = class.rsplit("::").next().unwrap_or(&class);
            if self.is_ours(&class) && snake(last) == *word && !is_plain_constant(&chain) {
                return Evidence::Certain;
            }
        }
        let mut names: Vec<String> = chain.names.iter().map(|name| name.to_lowercase()).collect();
        if let ChainRoot::Constant(constant) = chain.root {
            let path = constant_path(constant);
            if is_value(&path) {
                let last = path.rsplit("::").next().unwrap_or(&path);
                names.insert(0, last.to_lowercase());
            }
        }
        if names.len() < words.len() {
            return Evidence::No;
        }
        let (before, own) = names.split_at(names.len() - words.len());
        let fits = |(name, word): (&String, &String)| {
            name == word
                || name
                    .strip_suffix(word)
                    .is_some_and(|rest| rest.ends_with('_'))
        };
        if !own.iter().zip(words).all(fits) {
            return Evidence::No;
        }
        match self.origin(&chain) {
            Ownership::Ours if before.is_empty() => return Evidence::Certain,
            Ownership::Ours => return Evidence::Likely,
            Ownership::Foreign => return Evidence::No,
            Ownership::Unknown => {}
        }
        let stranger = |name: &String| !self.rules.is_known_word(name);
        if before.first().is_some_and(stranger) {
            return Evidence::Possible;
        }
        if own.iter().any(|name| self.rules.is_own_word(name)) {
            return Evidence::Likely;
        }
        self.relevance()
    }

    /// Sent to an instance of a class.
    fn instance(&self, class: &str, receiver: Option<Node<'w>>) -> Evidence {
        let Some(receiver) = receiver else {
            return Evidence::No;
        };
        let chain = CallChain::of(receiver);
        let own = snake(class.rsplit("::").next().unwrap_or(class));
        if let (ChainRoot::Word, [name]) = (chain.root, &chain.names[..]) {
            if let Some(assigned) = self.assigned(name) {
                if assigned.is_instance && assigned.constant == class {
                    return Evidence::Certain;
                }
            }
        }
        if self.origin(&chain) == Ownership::Foreign {
            return Evidence::No;
        }
        let last = chain.names.last().map(|name| name.to_lowercase());
        let is_named = last.is_some_and(|last| {
            let suffix = own.rsplit('_').next().unwrap_or(&own);
            last == own || last == *suffix || last.ends_with(&format!("_{suffix}"))
        });
        match is_named {
            true => self.relevance(),
            false => Evidence::No,
        }
    }

    fn in_file(&self, name: &str) -> Evidence {
        let base = self.path.rsplit('/').next().unwrap_or(self.path);
        let is_gemfile = name == "Gemfile" && is_gemfile(base);
        match base == name || is_gemfile {
            true => Evidence::Certain,
            false => Evidence::No,
        }
    }

    fn in_routing(&self, routing: &Routing, call: &Call, node: Node<'w>) -> Evidence {
        let Some((proof, names)) = self.frames.drawing() else {
            return Evidence::No;
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
            false => Evidence::No,
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
        if let (Evidence::Possible, Inner::Call(call)) = (&proof, inner) {
            // What stands inside may say what it belongs to.
            if call.words.iter().any(|word| self.rules.is_own_word(word)) {
                proof = Evidence::Likely;
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
        let chain = CallChain::of(receiver);
        match (&call.class, chain.root) {
            (Some(class), ChainRoot::Constant(constant)) => {
                chain.names == call.words
                    && constant_path(constant).trim_start_matches("::") == class
            }
            (None, ChainRoot::Word) => chain.names == call.words,
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
                    Evidence::If(..) if !self.is_relevant => Evidence::Possible,
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
    fn listens(&self, action: usize) -> Evidence {
        match (self.frames.nesting(), &self.rules.actions[action].root) {
            (Some(class), Some(root)) => {
                let need = ClassNeed {
                    class: class.to_owned(),
                    want: Want::Listens(root.clone()),
                };
                Evidence::If(need, Confidence::Likely)
            }
            _ => Evidence::Likely,
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
                _ => Evidence::Certain,
            };
            if scoped == Evidence::No {
                continue;
            }
            let mut proof = match (class, &words[..]) {
                (Some(class), _) => self.receiver(Some(class), words, receiver),
                (None, words) => self.receiver(None, words, receiver),
            };
            let is_telling = matches!(wanted, Key::Text(text) | Key::Symbol(text)
                if text.contains(['-', '.']) || text.matches('_').count() >= 2);
            if matches!(proof, Evidence::Possible | Evidence::If(..)) {
                let is_known = is_telling || (words == &["event"] && self.frames.is_in_listener());
                if is_known && !matches!(wanted, Key::Any | Key::AnySymbol) {
                    proof = Evidence::Likely;
                }
            }
            let edit = pattern.is_edit.then(|| edit::key(pattern, key)).flatten();
            self.hit_with(*at, node.range(), scoped.and(proof), edit, Vec::new());
        }
    }

    pub(super) fn keyword(&mut self, node: Node<'w>) {
        let Some(key) = node.child(NodeRole::Key) else {
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
            let own = node.child(NodeRole::Value).map(Node::text);
            if value
                .as_ref()
                .is_some_and(|value| own != Some(value.as_bytes()))
            {
                continue;
            }
            let proof = self.named_call(wanted, call);
            let value = node.child(NodeRole::Value);
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
    fn named_call(&self, wanted: &CallName, call: Node<'w>) -> Evidence {
        let name = std::str::from_utf8(call.name()).unwrap_or("");
        let fits = match wanted.is_prefix {
            true => name.starts_with(&wanted.name),
            false => name == wanted.name,
        };
        if !fits {
            return Evidence::No;
        }
        let receiver = call.receiver();
        match (&wanted.class, &wanted.word) {
            (Some(class), _) => {
                let Some(receiver) = receiver else {
                    return Evidence::No;
                };
                match self.receiver(Some(class), &[], receiver) {
                    Evidence::No => self.instance(class, Some(receiver)),
                    proof => proof,
                }
            }
            (None, Some(word)) => match receiver {
                Some(receiver) => self.receiver(None, std::slice::from_ref(word), receiver),
                None => Evidence::No,
            },
            (None, None) => match receiver {
                None => match self.frames.drawing() {
                    Some((proof, _)) => proof,
                    None => self.relevance().and(Evidence::Likely),
                },
                Some(receiver) => match self.origin(&CallChain::of(receiver)) {
                    Ownership::Ours => Evidence::Certain,
                    Ownership::Foreign => Evidence::No,
                    Ownership::Unknown => self.relevance(),
                },
            },
        }
    }

    pub(super) fn rescue(&mut self, node: Node<'w>) {
        let rules = self.rules;
        for class in node.all(NodeRole::Exception) {
            let path = constant_path(class);
            let path = path.trim_start_matches("::").as_bytes();
            for at in rules.rescues.get(path).into_iter().flatten() {
                let proof = match &rules.patterns[*at].scope {
                    Scope::Subclass(base) => self.in_subclass(base),
                    _ => Evidence::Certain,
                };
                self.hit(*at, class.range(), proof);
            }
        }
    }

    /// `public_send(:name)` and the like may call what is looked for.
    pub(super) fn symbol(&mut self, node: Node<'w>) {
        let call = node.parent().filter(|_| node.role() == NodeRole::Argument);
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
    pub(super) fn draws(&self, call: Node<'w>) -> Option<Evidence> {
        let rules = self.rules;
        for opener in &rules.drawings {
            if call.name() != opener.method.as_bytes() {
                continue;
            }
            let receiver = call.receiver()?;
            let chain = CallChain::of(receiver);
            if chain.names.len() != 1 || chain.is_called {
                continue;
            }
            let proof = match chain.root {
                ChainRoot::Constant(constant) => {
                    self.is_class(&constant_path(constant), &opener.class)
                }
                ChainRoot::Word | ChainRoot::Itself => self.is_own_class(&opener.class),
                ChainRoot::Other => Evidence::No,
            };
            if proof != Evidence::No {
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
            let chain = CallChain::of(first);
            let is_it = |node| constant_path(node).trim_start_matches("::") == class;
            match (chain.root, &chain.names[..]) {
                (ChainRoot::Constant(constant), [] | ["new"]) => is_it(constant),
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
