//! What a call is sent to, as a row of names: `A::B.c.d`, `@c.d`, `c(1).d`.

use crate::ruby::{Kind, Node};

/// How a row of names begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum ChainRoot<'t> {
    Constant(Node<'t>),
    Itself,
    /// With the first of the names, a variable or a call without receiver.
    Word,
    /// With something that has no name.
    Other,
}

#[derive(Clone, Debug)]
pub(super) struct CallChain<'t> {
    pub(super) root: ChainRoot<'t>,
    /// The names, without `@` and `$`; an index is `[]`.
    pub(super) names: Vec<&'t str>,
    /// Whether one of them has arguments or a block.
    pub(super) is_called: bool,
}

/// The longest row that is followed.
const MAX_NAMES: usize = 50;

impl<'t> CallChain<'t> {
    /// The row that ends with this node.
    pub(super) fn of(node: Node<'t>) -> Self {
        let mut chain = CallChain {
            root: ChainRoot::Other,
            names: Vec::new(),
            is_called: false,
        };
        let mut at = Some(node);
        while let Some(node) = at {
            if chain.names.len() == MAX_NAMES {
                break;
            }
            at = match node.kind() {
                Kind::Call => {
                    chain.names.push(word(node.name()));
                    // What a written call is given is its value, no argument.
                    chain.is_called |= node.arguments().next().is_some() || node.block().is_some();
                    if node.receiver().is_none() {
                        chain.root = ChainRoot::Word;
                    }
                    node.receiver()
                }
                Kind::Index => {
                    chain.names.push("[]");
                    node.receiver()
                }
                Kind::Local | Kind::Variable => {
                    chain.names.push(word(node.name()));
                    chain.root = ChainRoot::Word;
                    None
                }
                Kind::Constant | Kind::Path => {
                    chain.root = ChainRoot::Constant(node);
                    None
                }
                Kind::Itself => {
                    chain.root = ChainRoot::Itself;
                    None
                }
                Kind::Parentheses => node.children().next(),
                _ => None,
            };
        }
        chain.names.reverse();
        chain
    }
}

/// A name without the signs of instance and global variables.
pub(super) fn word(name: &[u8]) -> &str {
    let text = std::str::from_utf8(name).unwrap_or("");
    text.trim_start_matches(['@', '$'])
}

/// `A::B` as it is written; empty for a path that begins with something else than a constant.
pub(super) fn constant_path(node: Node<'_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at {
        if names.len() == MAX_NAMES {
            return String::new();
        }
        match node.kind() {
            Kind::Constant => {
                names.push(word(node.name()));
                at = None;
            }
            Kind::Path => {
                names.push(word(node.name()));
                at = node.receiver();
                if at.is_none() {
                    names.push("");
                }
            }
            _ => return String::new(),
        }
    }
    names.reverse();
    names.join("::")
}
