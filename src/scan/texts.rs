//! Texts that are names of events, values that are compared, and commands that Ruby runs.

use super::chain::CallChain;
use super::commands::commands;
use super::edit;
use super::frames::Evidence;
use super::owner::Ownership;
use super::pattern::Form;
use super::walk::Walk;
use crate::ruby::{Kind, Node, NodeRole};

impl<'w> Walk<'w> {
    pub(super) fn text(&mut self, node: Node<'w>) {
        if node.role() == NodeRole::Part {
            return;
        }
        let Some(value) = node.value() else { return };
        let rules = self.rules;
        for at in rules.texts.get(&*value).into_iter().flatten() {
            let pattern = &rules.patterns[*at];
            match &pattern.form {
                Form::Event(_) => {
                    let proof = self.event(*at, node);
                    let edit = pattern.is_edit.then(|| edit::text(pattern, node)).flatten();
                    self.hit_with(*at, node.range(), proof, edit, Vec::new());
                }
                Form::Compare { word, key, .. } => {
                    let proof = match self.compares(node, word, key) {
                        true => Evidence::Likely,
                        false => Evidence::Possible,
                    };
                    let edit = pattern.is_edit.then(|| edit::text(pattern, node)).flatten();
                    self.hit_with(*at, node.range(), proof, edit, Vec::new());
                }
                _ => {}
            }
        }
    }

    /// A command that Ruby runs: in backticks, or handed to `system` and the like.
    pub(super) fn shell(&mut self, node: Node<'w>) {
        let is_run = |call: Node<'_>| {
            let name = call.name();
            matches!(
                name,
                b"system" | b"exec" | b"spawn" | b"sh" | b"run" | b"execute"
            )
        };
        let is_given = node.role() == NodeRole::Argument && node.parent().is_some_and(is_run);
        if node.kind() != Kind::Command && !is_given {
            return;
        }
        let Ok(text) = std::str::from_utf8(node.name()) else {
            return;
        };
        let (rules, start) = (self.rules, node.name_range().start);
        commands(rules, text, |at, range| {
            self.hit(at, start + range.start..start + range.end, Evidence::Likely);
        });
    }

    fn event(&self, at: usize, node: Node<'w>) -> Evidence {
        let call = node.parent().filter(|_| node.role() == NodeRole::Argument);
        if let Some(call) = call.filter(|call| call.kind() == Kind::Call) {
            if !self.is_own_monitor(at, call) {
                return Evidence::No;
            }
            let is_subscribing =
                matches!(call.name(), b"subscribe" | b"instrument" | b"unsubscribe");
            if let Some(receiver) = call.receiver() {
                let action = &self.rules.actions[self.rules.patterns[at].action];
                let is_owned = action.root.is_some() && self.owner(receiver) == action.root;
                return match self.origin(&CallChain::of(receiver)) {
                    Ownership::Ours if is_subscribing => Evidence::Certain,
                    // `Shop.kafka_producer.monitor`
                    _ if is_subscribing && is_owned => Evidence::Likely,
                    Ownership::Foreign => Evidence::No,
                    _ if is_subscribing => match self.relevance() {
                        Evidence::If(..) | Evidence::Possible if self.is_monitor(receiver) => {
                            Evidence::Likely
                        }
                        proof => proof,
                    },
                    _ => Evidence::Possible,
                };
            }
        }
        match self.is_relevant {
            true => Evidence::Likely,
            false => Evidence::Possible,
        }
    }

    fn is_monitor(&self, receiver: Node<'w>) -> bool {
        let last = CallChain::of(receiver)
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
                if node.role() == NodeRole::Condition || parent.kind() == Kind::Other =>
            {
                let case = parent
                    .ancestors()
                    .take(4)
                    .find(|one| one.kind() == Kind::Case);
                case.and_then(|case| case.child(NodeRole::Subject))
                    .is_some_and(is_read)
            }
            // `in { type: 'v' }`
            Kind::Pair => {
                let own = parent.child(NodeRole::Key).and_then(Node::value);
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
        let receiver = node.receiver().map(CallChain::of);
        let last = receiver
            .as_ref()
            .and_then(|chain| chain.names.last().copied());
        is_access && own.as_deref() == Some(key.as_bytes()) && last == Some(word)
    }
}
