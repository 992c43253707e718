//! One Ruby file against all rules: a single pass over its nodes in document order.

use super::chain::{Chain, Root, constant_path, word};
use super::classes::{ClassFact, Need};
use super::finding::{Confidence, Edit};
use super::frames::{Frame, Frames, Proof};
use super::rules::Rules;
use crate::ruby::{Kind, Node, Role, Tree};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

/// Something that fits a pattern.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) pattern: usize,
    pub(super) range: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) need: Option<Need>,
    /// Constants that would be meant instead if the application defines them.
    pub(super) shadows: Vec<String>,
    pub(super) edit: Option<Edit>,
}

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) hits: Vec<Hit>,
    /// Actions that could be meant.
    pub(super) doubts: BTreeSet<usize>,
    pub(super) classes: Vec<ClassFact>,
    pub(super) modules: Vec<String>,
}

/// What is known of a variable: what it was assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    /// The constant that the value begins with.
    pub(super) constant: String,
    /// Whether it is an instance of it.
    pub(super) is_instance: bool,
}

pub(super) struct Walk<'w> {
    pub(super) rules: &'w Rules,
    pub(super) path: &'w str,
    pub(super) frames: Frames<'w>,
    /// `None` where assignments disagree.
    variables: HashMap<&'w str, Option<Assigned>>,
    pub(super) defs: HashSet<&'w [u8]>,
    /// Whether the file names a constant of a namespace.
    pub(super) is_relevant: bool,
    /// How many nodes may still be looked at below blocks.
    pub(super) below: usize,
    pub(super) seen: Seen,
}

/// The longest name of a class with what is around it, in bytes.
const MAX_NAME: usize = 500;

/// Blocks that nest in one another are looked through once each; beyond so many nodes what they hold
/// counts as not known.
const MAX_BELOW: usize = 5_000_000;

/// Looks for everything in one tree.
pub(super) fn walk<'w>(rules: &'w Rules, path: &'w str, tree: &'w Tree<'w>) -> Seen {
    let mut walk = Walk {
        rules,
        path,
        frames: Frames::default(),
        variables: HashMap::new(),
        defs: HashSet::new(),
        is_relevant: false,
        below: MAX_BELOW,
        seen: Seen::default(),
    };
    for node in tree.nodes() {
        walk.prepare(node);
    }
    for node in tree.nodes() {
        walk.frames.arrive(node.index());
        walk.look(node);
        walk.enter(node);
    }
    walk.seen
}

impl<'w> Walk<'w> {
    /// What the whole file says of names.
    fn prepare(&mut self, node: Node<'w>) {
        match node.kind() {
            Kind::Constant => {
                self.is_relevant |= self.rules.namespaces.contains(word(node.name()));
            }
            Kind::Path if node.receiver().is_none() => {
                self.is_relevant |= self.rules.namespaces.contains(word(node.name()));
            }
            Kind::Def => {
                self.defs.insert(node.name());
            }
            Kind::Assign => {
                let Some(value) = node.child(Role::Value) else {
                    return;
                };
                let chain = Chain::of(value);
                let assigned = match chain.root {
                    Root::Constant(constant) => Assigned {
                        constant: constant_path(constant).trim_start_matches("::").to_owned(),
                        is_instance: chain.names == ["new"],
                    },
                    _ => return,
                };
                let known = self.variables.entry(word(node.name()));
                known
                    .and_modify(|old| {
                        if old.as_ref() != Some(&assigned) {
                            *old = None;
                        }
                    })
                    .or_insert(Some(assigned));
            }
            _ => {}
        }
    }

    fn look(&mut self, node: Node<'w>) {
        match node.kind() {
            Kind::Call => {
                self.call(node);
                self.config(node);
            }
            Kind::Index => {
                self.index(node);
                self.config(node);
            }
            Kind::Constant | Kind::Path => self.constant(node),
            Kind::Def => self.def(node),
            Kind::Text => self.text(node),
            Kind::Pair => self.keyword(node),
            Kind::Rescue => self.rescue(node),
            Kind::Symbol => self.symbol(node),
            Kind::Local => self.escape(node),
            _ => {}
        }
    }

    fn enter(&mut self, node: Node<'w>) {
        let end = node.end();
        match node.kind() {
            Kind::Class | Kind::Module => {
                let Some(name) = node.child(Role::Name).map(constant_path) else {
                    return;
                };
                let name = match (self.frames.nesting(), name.strip_prefix("::")) {
                    (_, Some(absolute)) => absolute.to_owned(),
                    // Nobody nests like that; names would take more room than the source.
                    (Some(around), None) if around.len() + name.len() < MAX_NAME => {
                        format!("{around}::{name}")
                    }
                    (_, None) => name,
                };
                if node.kind() == Kind::Module {
                    self.seen.modules.push(name.clone());
                    self.frames.enter(Frame::Module { end, name });
                    return;
                }
                let superclass = node.child(Role::Superclass).map(constant_path);
                self.seen.classes.push(ClassFact {
                    name: name.clone(),
                    superclass: superclass.filter(|name| !name.is_empty()),
                });
                self.frames.enter(Frame::Class { end, name });
            }
            Kind::Def => self.frames.enter(Frame::Def {
                end,
                name: node.name(),
            }),
            Kind::Block => {
                let Some(call) = node.parent() else { return };
                let (setups, draws) = (self.setups(call), self.draws(call));
                let is_plain = call.kind() == Kind::Call && call.receiver().is_none();
                let parameter = node.child(Role::Parameter).map(Node::name);
                self.frames.enter(Frame::Block {
                    end,
                    name: is_plain.then(|| call.name()),
                    parameter,
                    setups,
                    draws,
                });
            }
            _ => {}
        }
    }

    /// Adds what fits a pattern, as far as it is proven.
    pub(super) fn hit(&mut self, pattern: usize, range: Range<usize>, proof: Proof) {
        self.hit_with(pattern, range, proof, None, Vec::new());
    }

    pub(super) fn hit_with(
        &mut self,
        pattern: usize,
        range: Range<usize>,
        proof: Proof,
        edit: Option<Edit>,
        shadows: Vec<String>,
    ) {
        let (confidence, need) = match proof {
            Proof::Certain => (Confidence::Certain, None),
            Proof::Likely => (Confidence::Likely, None),
            Proof::If(need, confidence) => (confidence, Some(need)),
            Proof::Possible => {
                self.doubt(pattern);
                return;
            }
            Proof::No => return,
        };
        self.seen.hits.push(Hit {
            pattern,
            range,
            confidence,
            need,
            shadows,
            edit,
        });
    }

    /// Something could be meant that cannot be told.
    pub(super) fn doubt(&mut self, pattern: usize) {
        self.seen.doubts.insert(self.rules.patterns[pattern].action);
    }

    /// What a variable was assigned, where all assignments of the file agree.
    pub(super) fn assigned(&self, name: &str) -> Option<&Assigned> {
        self.variables.get(name)?.as_ref()
    }

    /// Whether a constant belongs to a namespace or to what patterns name.
    pub(super) fn is_ours(&self, path: &str) -> bool {
        let root = path.trim_start_matches("::").split("::").next();
        self.rules.roots.contains(root.unwrap_or(path))
    }

    /// Whether the file or the class speaks for it.
    pub(super) fn relevance(&self) -> Proof {
        if self.is_relevant {
            return Proof::Likely;
        }
        match self.frames.class() {
            Some(class) => Proof::If(
                Need {
                    class: class.to_owned(),
                    base: None,
                },
                Confidence::Likely,
            ),
            None => Proof::Possible,
        }
    }

    /// In the body of a class that inherits from `base`.
    pub(super) fn in_subclass(&self, base: &str) -> Proof {
        match self.frames.class() {
            Some(class) if !self.frames.is_in_module() => Proof::If(
                Need {
                    class: class.to_owned(),
                    base: Some(base.to_owned()),
                },
                Confidence::Certain,
            ),
            _ if self.frames.is_in_module() && self.is_relevant => Proof::Possible,
            _ => Proof::No,
        }
    }

    /// Whether a constant is this class: itself, or one that inherits from it.
    pub(super) fn is_class(&self, constant: &str, class: &str) -> Proof {
        let constant = constant.trim_start_matches("::");
        if constant == class {
            return Proof::Certain;
        }
        if self.is_ours(constant) || constant.is_empty() {
            return Proof::No;
        }
        let need = Need {
            class: constant.to_owned(),
            base: Some(class.to_owned()),
        };
        Proof::If(need, Confidence::Certain)
    }

    /// What a call without a receiver is sent to, as a class: the one whose body it stands in.
    pub(super) fn is_own_class(&self, class: &str) -> Proof {
        match self.frames.class() {
            Some(own) => Proof::If(
                Need {
                    class: own.to_owned(),
                    base: Some(class.to_owned()),
                },
                Confidence::Certain,
            ),
            None => Proof::No,
        }
    }
}
