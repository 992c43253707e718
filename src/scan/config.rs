//! Settings inside setup blocks: `config.x.y`, `config.x['key']`, keys of a hash given to `config.x`.

use super::chain::{CallChain, ChainRoot, constant_path};
use super::edit;
use super::frames::{Evidence, Frame};
use super::owner::Ownership;
use super::pattern::{Form, Opener, Path, Scope};
use super::rules::snake;
use super::value::{self, Certainty, Given};
use super::walk::Walk;
use crate::ruby::{Kind, Node, NodeRole};

impl<'w> Walk<'w> {
    /// The setups that a call's block is one of, by the place of their openers.
    pub(super) fn setups(&self, call: Node<'w>) -> Vec<(usize, Evidence)> {
        let openers = self.rules.openers.iter().enumerate();
        openers
            .map(|(at, opener)| (at, self.opens(opener, call)))
            .filter(|(_, proof)| *proof != Evidence::No)
            .collect()
    }

    fn opens(&self, opener: &Opener, call: Node<'w>) -> Evidence {
        let is_method = call.name() == opener.method.as_bytes();
        let is_new = opener.is_instance && call.name() == b"new";
        if !is_method && !is_new {
            return Evidence::No;
        }
        let Some(receiver) = call.receiver().filter(|node| node.kind() != Kind::Itself) else {
            return match opener.is_instance {
                true => Evidence::No,
                false => self.is_own_class(&opener.class),
            };
        };
        let chain = CallChain::of(receiver);
        match chain.root {
            ChainRoot::Constant(constant) if chain.names.is_empty() && is_new != is_method => {
                match is_new || !opener.is_instance {
                    true => self.is_class(&constant_path(constant), &opener.class),
                    false => Evidence::No,
                }
            }
            _ if opener.is_instance && is_method => self.opens_instance(opener, &chain),
            _ => Evidence::No,
        }
    }

    fn opens_instance(&self, opener: &Opener, chain: &CallChain<'w>) -> Evidence {
        if let (ChainRoot::Word, [name]) = (chain.root, &chain.names[..]) {
            if let Some(assigned) = self.assigned(name) {
                return match assigned.is_instance && assigned.constant == opener.class {
                    true => Evidence::Certain,
                    false => Evidence::No,
                };
            }
        }
        let own = snake(opener.class.rsplit("::").next().unwrap_or(&opener.class));
        let last = chain.names.last().map(|name| name.to_lowercase());
        let is_named = last.is_some_and(|last| last == own || last.ends_with(&format!("_{own}")));
        match is_named && self.origin(chain) != Ownership::Foreign {
            true => Evidence::Likely,
            false => Evidence::No,
        }
    }

    /// A row of names that ends here and begins with a setup's parameter.
    pub(super) fn config(&mut self, node: Node<'w>) {
        self.bare(node);
        if !is_whole(node) {
            return;
        }
        let chain = CallChain::of(node);
        let (first, rest) = match (chain.root, &chain.names[..]) {
            (ChainRoot::Word, [first, rest @ ..]) => (*first, rest),
            (ChainRoot::Constant(constant), ["config", rest @ ..]) => {
                self.outside(node, constant, rest);
                return;
            }
            _ => return,
        };
        let mut setups = match self.block_with(first.as_bytes()) {
            Some(Frame::Block { setups, .. }) => setups.clone(),
            _ => Vec::new(),
        };
        if setups.is_empty() && matches!(first, "it" | "_1") {
            if let Some(Frame::Block {
                setups: own,
                parameter: None,
                ..
            }) = self.frames.blocks().next()
            {
                setups.clone_from(own);
            }
        }
        // A call with arguments ends a row before it: `config.x.append(1)` speaks of `config.x`.
        let is_call = node.kind() == Kind::Call
            && !node.is_written()
            && (node.arguments().next().is_some() || node.block().is_some());
        let names = match is_call {
            true => &rest[..rest.len().saturating_sub(1)],
            false => rest,
        };
        for (opener, proof) in setups {
            self.settings(opener, &proof, node, names);
        }
    }

    /// `A::B.config.x`, read or written outside of a setup.
    fn outside(&mut self, node: Node<'w>, constant: Node<'w>, names: &[&str]) {
        let path = constant_path(constant);
        for at in 0..self.rules.openers.len() {
            let opener = &self.rules.openers[at];
            if !opener.is_instance
                && path.trim_start_matches("::") == opener.class
                && !names.is_empty()
            {
                self.settings(at, &Evidence::Likely, node, names);
            }
        }
    }

    fn settings(&mut self, opener: usize, proof: &Evidence, node: Node<'w>, names: &[&str]) {
        let rules = self.rules;
        let dynamic = self.given_keys(node);
        // What goes by its own value, `config.x = config.x.merge(…)`, keeps what was there.
        let own = CallChain::of(node);
        let is_own = |one: Node<'w>| {
            let chain = CallChain::of(one);
            chain.names.len() >= own.names.len() && chain.names.starts_with(&own.names)
        };
        let is_new = node
            .child(NodeRole::Value)
            .is_none_or(|value| !value.below().chain([value]).any(is_own));
        for at in &rules.configs[opener] {
            let pattern = &rules.patterns[*at];
            let Form::Config(path) = &pattern.form else {
                continue;
            };
            let given = node.child(NodeRole::Value);
            let (range, value) = match fits(path, names, node) {
                Fit::Here => (node.range().start..end_of_names(node), given),
                Fit::Key(key) => {
                    let pair = key.parent().and_then(|pair| pair.child(NodeRole::Value));
                    (key.range(), pair)
                }
                Fit::Unclear if !dynamic => {
                    self.doubt(*at);
                    continue;
                }
                _ => continue,
            };
            if !is_new && (pattern.given == Some(Given::New) || !pattern.lacks.is_empty()) {
                continue;
            }
            let proof = self.checked(*at, proof.clone(), value, value.map(Some), node);
            let edit = pattern
                .is_edit
                .then(|| edit::setting(pattern, path, node))
                .flatten();
            self.hit_with(*at, range, proof, edit, Vec::new());
        }
    }

    /// What a pattern asks of the value that is given, of its keys, and of what becomes of it. The
    /// hash is `None` where there is no value, and the inner one where a call has no keywords.
    pub(super) fn checked(
        &self,
        at: usize,
        proof: Evidence,
        value: Option<Node<'w>>,
        given: Option<Option<Node<'w>>>,
        node: Node<'w>,
    ) -> Evidence {
        let pattern = &self.rules.patterns[at];
        let mut proof = proof;
        if let Some(wanted) = &pattern.given {
            let answer = value.map_or(Certainty::No, |value| wanted.fits(value));
            proof = match (answer, wanted) {
                (Certainty::Yes, _) => proof,
                // It was given in the old unit, whatever it is.
                (Certainty::Unknown, Given::Below(_)) => proof.and(Evidence::Likely),
                (Certainty::Unknown, _) => proof.and(Evidence::Possible),
                (Certainty::No, _) => Evidence::No,
            };
        }
        if !pattern.lacks.is_empty() {
            let answer = match given {
                None => Certainty::No,
                Some(None) => Certainty::Yes,
                Some(Some(given)) => match value::hash(given) {
                    Some(hash) => value::lacks(Some(hash), &pattern.lacks),
                    None => Certainty::Unknown,
                },
            };
            proof = proof.and(match answer {
                Certainty::Yes => Evidence::Certain,
                Certainty::Unknown => Evidence::Possible,
                Certainty::No => Evidence::No,
            });
        }
        if let Some(how) = pattern.used {
            proof = proof.and(match value::is_used(node, how) {
                Certainty::Yes => Evidence::Certain,
                Certainty::Unknown => Evidence::Possible,
                Certainty::No => Evidence::No,
            });
        }
        proof
    }

    /// Whether all keys of what is assigned can be read.
    fn given_keys(&self, node: Node<'w>) -> bool {
        let Some(value) = node.child(NodeRole::Value) else {
            return true;
        };
        let hash = literal(value);
        hash.is_some_and(|hash| hash.children().all(|one| one.kind() == Kind::Pair))
    }

    /// A setting that is meant wherever an attribute of this name is written.
    fn bare(&mut self, node: Node<'w>) {
        if !node.is_written() || node.kind() != Kind::Call {
            return;
        }
        let rules = self.rules;
        for at in rules.bare.get(node.name()).into_iter().flatten() {
            let proof = match &rules.patterns[*at].scope {
                Scope::Anywhere => {
                    let value = node.child(NodeRole::Value);
                    self.checked(*at, Evidence::Likely, value, value.map(Some), node)
                }
                _ => Evidence::No,
            };
            self.hit(*at, node.range().start..end_of_names(node), proof);
        }
    }

    /// A setup's parameter that is handed on: what becomes of it is not seen.
    pub(super) fn escape(&mut self, node: Node<'w>) {
        if node.role() != NodeRole::Argument {
            return;
        }
        let Some(Frame::Block { setups, .. }) = self.block_with(node.name()) else {
            return;
        };
        let openers: Vec<usize> = setups.iter().map(|(at, _)| *at).collect();
        let rules = self.rules;
        for at in openers
            .into_iter()
            .flat_map(|opener| &rules.configs[opener])
        {
            self.doubt(*at);
        }
    }
}

enum Fit<'t> {
    Here,
    /// A key of the hash that is given.
    Key(Node<'t>),
    /// Keys are given that cannot be read.
    Unclear,
    No,
}

/// Whether a row of names, and what it is given, is a path.
fn fits<'t>(path: &Path, names: &[&str], node: Node<'t>) -> Fit<'t> {
    let own = |names: &[&str]| {
        names.len() == path.names.len() && names.iter().zip(&path.names).all(|(a, b)| a == b)
    };
    let (before, is_index) = match names {
        [before @ .., "[]"] => (before, true),
        _ => (names, false),
    };
    if path.below {
        let is_below = match names {
            [before @ .., _] => own(before) && !is_index,
            [] => false,
        };
        let is_plain =
            node.kind() == Kind::Call && (node.is_written() || node.arguments().next().is_none());
        return match is_below && is_plain && !is_hash_method(node.name()) {
            true => Fit::Here,
            false => Fit::No,
        };
    }
    if !own(before) {
        return Fit::No;
    }
    if let Some(value) = &path.value {
        let given = node.child(NodeRole::Value).map(Node::text);
        return match given == Some(value.as_bytes()) {
            true => Fit::Here,
            false => Fit::No,
        };
    }
    let Some(key) = &path.key else {
        return Fit::Here;
    };
    if is_index {
        let own = node.arguments().next().and_then(Node::value);
        return match own {
            Some(own) if *own == *key.as_bytes() => Fit::Here,
            Some(_) => Fit::No,
            None => Fit::Unclear,
        };
    }
    let given = node
        .child(NodeRole::Value)
        .or_else(|| node.arguments().next());
    let Some(given) = given else { return Fit::No };
    let Some(hash) = literal(given) else {
        return Fit::Unclear;
    };
    let mut is_open = false;
    for pair in hash.children() {
        match pair.child(NodeRole::Key) {
            Some(own) if own.value().as_deref() == Some(key.as_bytes()) => return Fit::Key(own),
            Some(own) => is_open |= own.value().is_none(),
            None => is_open = true,
        }
    }
    match is_open {
        true => Fit::Unclear,
        false => Fit::No,
    }
}

/// A hash as it is written, also before `.freeze` and `.merge(…)`.
fn literal(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        Kind::Hash | Kind::Keywords => Some(node),
        Kind::Call if node.name() == b"freeze" => node.receiver().and_then(literal_hash),
        _ => None,
    }
}

fn literal_hash(node: Node<'_>) -> Option<Node<'_>> {
    (node.kind() == Kind::Hash).then_some(node)
}

fn is_hash_method(name: &[u8]) -> bool {
    matches!(
        name,
        b"freeze"
            | b"dup"
            | b"to_h"
            | b"keys"
            | b"values"
            | b"merge"
            | b"merge!"
            | b"fetch"
            | b"key?"
    )
}

/// Whether nothing goes on with this node's value by a name.
fn is_whole(node: Node<'_>) -> bool {
    let Some(parent) = node.parent().filter(|_| node.role() == NodeRole::Receiver) else {
        return true;
    };
    match parent.kind() {
        Kind::Index => false,
        // `x.y.append(1)` is looked at as a whole, with its arguments.
        Kind::Call => false,
        _ => true,
    }
}

/// Where the last name ends, or the brackets of an index.
fn end_of_names(node: Node<'_>) -> usize {
    let start = node.range().start;
    match (node.kind(), node.is_written()) {
        (Kind::Call, _) => node.name_range().end.max(start),
        (_, true) => {
            let key = node.arguments().last();
            key.map_or(node.range().end, |key| key.range().end + 1)
        }
        _ => node.range().end,
    }
}
