//! What a receiver is: an object of which class, a thing of which package.

use super::chain::{CallChain, ChainRoot, constant_path};
use super::classes::{ClassNeed, Want};
use super::finding::Confidence;
use super::frames::Evidence;
use super::walk::Walk;
use crate::ruby::{Kind, Node};

/// Where something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    Ours,
    Foreign,
    Unknown,
}

impl<'w> Walk<'w> {
    /// Where the first of a row of names comes from.
    pub(super) fn origin(&self, chain: &CallChain<'w>) -> Ownership {
        let constant = match chain.root {
            ChainRoot::Constant(node) => {
                let path = constant_path(node);
                // A constant in capitals holds a value, of a class that is not said here.
                if is_value(&path) {
                    match self.assigned(path.rsplit("::").next().unwrap_or(&path)) {
                        Some(assigned) => assigned.constant.clone(),
                        None => return Ownership::Unknown,
                    }
                } else {
                    path
                }
            }
            ChainRoot::Word => match chain.names.first().and_then(|name| self.assigned(name)) {
                Some(assigned) => assigned.constant.clone(),
                None => return Ownership::Unknown,
            },
            ChainRoot::Itself | ChainRoot::Other => return Ownership::Unknown,
        };
        let root = constant.trim_start_matches("::").split("::").next();
        match root.is_some_and(|root| self.rules.namespaces.contains(root)) {
            true => Ownership::Ours,
            false => Ownership::Foreign,
        }
    }

    /// Whether what is passed is an object of a class that has a method.
    pub(super) fn hearing(&self, method: &str, node: Node<'w>) -> Evidence {
        let Some(first) = node.arguments().next() else {
            return Evidence::No;
        };
        let Some(class) = self.class_of(first) else {
            return match first.kind() {
                Kind::Text | Kind::Symbol => Evidence::No,
                _ => Evidence::Possible,
            };
        };
        if self.is_ours(&class) {
            return Evidence::No;
        }
        let need = ClassNeed {
            class: self.meant(&class),
            want: Want::Hears(method.to_owned()),
        };
        Evidence::If(need, Confidence::Certain)
    }

    /// The constant whose object an expression is: `A.new(…)`, a variable that was given one, `A`.
    pub(super) fn class_of(&self, node: Node<'w>) -> Option<String> {
        let chain = CallChain::of(node);
        match (chain.root, &chain.names[..]) {
            (ChainRoot::Constant(constant), [] | ["new"]) => {
                let path = constant_path(constant);
                if is_value(&path) && chain.names.is_empty() {
                    let last = path.rsplit("::").next().unwrap_or(&path);
                    let assigned = self.assigned(last)?;
                    return assigned.is_instance.then(|| assigned.constant.clone());
                }
                (!path.is_empty()).then_some(path)
            }
            (ChainRoot::Word, [name]) => {
                let assigned = self.assigned(name)?;
                assigned.is_instance.then(|| assigned.constant.clone())
            }
            _ => None,
        }
    }

    /// Whether the monitor that a call is sent to may be the one of an action's package.
    pub(super) fn is_own_monitor(&self, at: usize, call: Node<'w>) -> bool {
        let action = &self.rules.actions[self.rules.patterns[at].action];
        let owner = call.receiver().and_then(|node| self.owner(node));
        match (&action.root, owner) {
            (Some(root), Some(owner)) => *root == owner,
            _ => true,
        }
    }

    /// The namespace whose monitor, or whatever else, a row of names leads to.
    pub(super) fn owner(&self, node: Node<'w>) -> Option<String> {
        let chain = CallChain::of(node);
        let root = match chain.root {
            ChainRoot::Constant(node) => {
                let path = constant_path(node);
                let last = path.rsplit("::").next().unwrap_or(&path).to_owned();
                match is_value(&path) {
                    false => self.namespace(&path),
                    true => match self.assigned(&last) {
                        Some(assigned) => assigned.owner.clone(),
                        None => self
                            .rules
                            .house(&last.to_lowercase(), None)
                            .map(str::to_owned),
                    },
                }
            }
            ChainRoot::Word => match chain.names.first().and_then(|name| self.assigned(name)) {
                Some(assigned) => assigned
                    .owner
                    .clone()
                    .or_else(|| self.namespace(&assigned.constant)),
                None => None,
            },
            _ => return None,
        };
        let words = chain.names.iter().rev().map(|name| name.to_lowercase());
        let mut houses = words.filter_map(|word| {
            let house = self.rules.house(&word, root.as_deref());
            house.map(str::to_owned)
        });
        match chain.root {
            // What a variable was given says more than its name.
            ChainRoot::Word if root.is_some() && chain.names.len() == 1 => root,
            _ => houses.next().or(root),
        }
    }

    /// The namespace that a constant belongs to.
    fn namespace(&self, path: &str) -> Option<String> {
        let root = path.trim_start_matches("::").split("::").next()?;
        self.rules
            .namespaces
            .contains(root)
            .then(|| root.to_owned())
    }

    /// Whether a receiver is known to be of another package than the action concerns.
    pub(super) fn is_of_others(&self, at: usize, receiver: Node<'w>) -> bool {
        let action = &self.rules.actions[self.rules.patterns[at].action];
        let CallChain {
            root: ChainRoot::Word,
            names,
            ..
        } = CallChain::of(receiver)
        else {
            return false;
        };
        let assigned = names.first().and_then(|name| self.assigned(name));
        let owner = assigned.and_then(|assigned| assigned.owner.as_ref());
        match (&action.root, owner) {
            (Some(root), Some(owner)) => names.len() == 1 && root != owner,
            _ => false,
        }
    }
}

/// A class itself, no object of it.
pub(super) fn is_plain_constant(chain: &CallChain<'_>) -> bool {
    match chain.root {
        ChainRoot::Constant(constant) => {
            chain.names.is_empty() && !is_value(&constant_path(constant))
        }
        _ => false,
    }
}

/// `PRODUCER`, `Shop::PRODUCER`
pub(super) fn is_value(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    last.len() > 1 && !last.bytes().any(|byte| byte.is_ascii_lowercase())
}
