//! What a place is in: classes, definitions and blocks, while the nodes are walked in order.

use super::classes::{ClassNeed, Want};
use super::finding::Confidence;

/// How well something is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    Certain,
    Likely,
    /// It is true if a class inherits as needed, then with this confidence.
    If(ClassNeed, Confidence),
    /// It could be meant, and nothing supports it.
    Possible,
    No,
}

impl Evidence {
    /// Both must hold.
    pub(super) fn and(self, other: Evidence) -> Evidence {
        match (self, other) {
            (Evidence::No, _) | (_, Evidence::No) => Evidence::No,
            (Evidence::Possible, _) | (_, Evidence::Possible) => Evidence::Possible,
            (Evidence::If(a, one), Evidence::If(b, two)) => {
                // The narrower need implies the wider one.
                let need = if a.want == Want::Ours { b } else { a };
                Evidence::If(need, one.max(two))
            }
            (Evidence::If(need, _), Evidence::Likely)
            | (Evidence::Likely, Evidence::If(need, _)) => Evidence::If(need, Confidence::Likely),
            (Evidence::If(need, sure), Evidence::Certain)
            | (Evidence::Certain, Evidence::If(need, sure)) => Evidence::If(need, sure),
            (Evidence::Likely, _) | (_, Evidence::Likely) => Evidence::Likely,
            (Evidence::Certain, Evidence::Certain) => Evidence::Certain,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Frame<'t> {
    Class {
        end: usize,
        /// With what is around it.
        name: String,
    },
    Module {
        end: usize,
        name: String,
    },
    Def {
        end: usize,
        name: &'t [u8],
    },
    Block {
        end: usize,
        /// The call's name, if it is sent to nothing.
        name: Option<&'t [u8]>,
        /// The block's first parameter.
        parameter: Option<&'t [u8]>,
        /// By the place of the opener.
        setups: Vec<(usize, Evidence)>,
        draws: Option<Evidence>,
    },
}

impl Frame<'_> {
    fn end(&self) -> usize {
        match self {
            Frame::Class { end, .. }
            | Frame::Module { end, .. }
            | Frame::Def { end, .. }
            | Frame::Block { end, .. } => *end,
        }
    }
}

/// The most frames that are looked at, from the inside out.
const MAX_FRAMES: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Frames<'t> {
    open: Vec<Frame<'t>>,
}

impl<'t> Frames<'t> {
    /// Leaves what ended before this node.
    pub(super) fn arrive(&mut self, index: usize) {
        while self.open.last().is_some_and(|frame| frame.end() <= index) {
            self.open.pop();
        }
    }

    pub(super) fn enter(&mut self, frame: Frame<'t>) {
        self.open.push(frame);
    }

    pub(super) fn inside_out(&self) -> impl Iterator<Item = &Frame<'t>> {
        self.open.iter().rev().take(MAX_FRAMES)
    }

    /// The innermost class, with what is around it.
    pub(super) fn class(&self) -> Option<&str> {
        self.inside_out().find_map(|frame| match frame {
            Frame::Class { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// The innermost class or module, with what is around it.
    pub(super) fn nesting(&self) -> Option<&str> {
        self.inside_out().find_map(|frame| match frame {
            Frame::Class { name, .. } | Frame::Module { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Leaves out the innermost class or module: what its name and superclass stand in.
    pub(super) fn nesting_around(&self) -> Option<&str> {
        self.nesting()
            .and_then(|name| name.rsplit_once("::"))
            .map(|(around, _)| around)
    }

    /// Blocks of this file in which a place is.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Frame<'t>> {
        self.inside_out()
            .filter(|frame| matches!(frame, Frame::Block { .. }))
    }

    /// Whether it is in an `on_…` method of a listener.
    pub(super) fn is_in_listener(&self) -> bool {
        self.inside_out()
            .any(|frame| matches!(frame, Frame::Def { name, .. } if name.starts_with(b"on_")))
    }

    /// The innermost block with a name of its own in routing, by where it ends.
    pub(super) fn named_block(&self) -> Option<usize> {
        self.blocks().find_map(|frame| match frame {
            Frame::Block {
                end,
                name: Some(_),
                draws: None,
                ..
            } => Some(*end),
            _ => None,
        })
    }

    /// Whether it is in routing, and how sure that is; with the names of the blocks up to it.
    pub(super) fn drawing(&self) -> Option<(Evidence, Vec<&'t [u8]>)> {
        let mut names = Vec::new();
        for frame in self.inside_out() {
            if let Frame::Block { name, draws, .. } = frame {
                if let Some(proof) = draws {
                    return Some((proof.clone(), names));
                }
                names.extend(*name);
            }
        }
        None
    }
}
