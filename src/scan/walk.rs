//! One Ruby file against all rules: a single pass over its nodes in document order.

use super::chain::{CallChain, ChainRoot, constant_path, word};
use super::classes::{ClassFact, ClassNeed, Super, Tie, Want};
use super::finding::{Confidence, Edit};
use super::frames::{Evidence, Frame, Frames};
use super::pattern::{Routing, Scope};
use super::rules::Rules;
use crate::catalog::DetectRole;
use crate::ruby::{Kind, Node, NodeRole, Tree};
use crate::version::VersionSet;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

/// Something that fits a pattern.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) pattern: usize,
    pub(super) range: Range<usize>,
    pub(super) confidence: Confidence,
    pub(super) need: Option<ClassNeed>,
    /// Constants that would be meant instead if the application defines them.
    pub(super) shadows: Vec<String>,
    pub(super) edit: Option<Edit>,
    /// The block of routing or the class in which it is, where that counts.
    pub(super) region: Option<Region>,
    /// The node, and the last one of what contains the statement it is part of.
    pub(super) node: usize,
    pub(super) reach: usize,
}

/// Where something is, as far as patterns that belong together must stand together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Region {
    Class(String),
    /// A file, and where the block ends.
    Block(String, usize),
}

impl Region {
    /// Whether two places are as near as patterns of one action must be. A class and a block are
    /// no places that can be compared.
    pub(super) fn meet(one: Option<&Region>, two: Option<&Region>) -> bool {
        match (one, two) {
            (Some(one @ Region::Class(_)), Some(two @ Region::Class(_)))
            | (Some(one @ Region::Block(..)), Some(two @ Region::Block(..))) => one == two,
            _ => true,
        }
    }
}

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) hits: Vec<Hit>,
    /// Actions that could be meant.
    pub(super) doubts: BTreeSet<usize>,
    pub(super) classes: Vec<ClassFact>,
    pub(super) modules: Vec<String>,
    pub(super) ties: Vec<Tie>,
    /// Actions of which something is after which their finds count.
    pub(super) afters: BTreeSet<usize>,
    /// Actions of which something was found, and nothing in this file after which it counts.
    pub(super) unordered: BTreeSet<usize>,
    /// Packages of the catalog that an entry of a Gemfile or gemspec names, and what it requires.
    pub(super) gems: Vec<(String, VersionSet)>,
}

/// What is known of a variable: what it was assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    /// The constant that the value begins with.
    pub(super) constant: String,
    /// Whether it is an instance of it.
    pub(super) is_instance: bool,
    /// The namespace that it belongs to, if its value is no class and no instance.
    pub(super) owner: Option<String>,
}

pub(super) struct Walk<'w> {
    pub(super) rules: &'w Rules,
    pub(super) path: &'w str,
    pub(super) frames: Frames<'w>,
    /// `None` where assignments disagree.
    variables: HashMap<&'w str, Option<Assigned>>,
    /// Whether all that a variable is given is a hash of its own.
    fresh: HashMap<&'w str, bool>,
    pub(super) defs: HashSet<&'w [u8]>,
    /// Whether the file names a constant of a namespace.
    pub(super) is_relevant: bool,
    /// How many nodes may still be looked at below blocks.
    pub(super) below: usize,
    /// The node that is looked at.
    now: Option<Node<'w>>,
    pub(super) seen: Seen,
}

/// The longest name of a class with what is around it, in bytes.
pub(super) const MAX_NAME: usize = 500;

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
        fresh: HashMap::new(),
        defs: HashSet::new(),
        is_relevant: false,
        below: MAX_BELOW,
        now: None,
        seen: Seen::default(),
    };
    for node in tree.nodes() {
        walk.prepare(node);
    }
    for node in tree.nodes() {
        walk.frames.arrive(node.index());
        walk.now = Some(node);
        walk.look(node);
        walk.enter(node);
    }
    walk.order();
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
                let Some(value) = node.child(NodeRole::Value) else {
                    return;
                };
                let is_fresh = value.kind() == Kind::Hash
                    || matches!(
                        value.name(),
                        b"dup" | b"to_h" | b"merge" | b"deep_dup" | b"clone"
                    );
                *self.fresh.entry(word(node.name())).or_insert(true) &= is_fresh;
                let chain = CallChain::of(value);
                let assigned = match chain.root {
                    ChainRoot::Constant(constant) => Assigned {
                        constant: constant_path(constant).trim_start_matches("::").to_owned(),
                        is_instance: chain.names == ["new"],
                        owner: self.owner(value),
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
                self.ties(node);
                self.call(node);
                self.config(node);
            }
            Kind::Index => {
                self.index(node);
                self.config(node);
            }
            Kind::Constant | Kind::Path => self.constant(node),
            Kind::Def => self.def(node),
            Kind::Text => {
                self.text(node);
                self.shell(node);
            }
            Kind::Command => self.shell(node),
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
                let Some(name) = node.child(NodeRole::Name).map(constant_path) else {
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
                let superclass = match node.child(NodeRole::Superclass) {
                    Some(superclass) => self.superclass(superclass),
                    None => Super::Unsaid,
                };
                self.class(end, name, Some(superclass));
            }
            Kind::Assign => self.alias(node),
            Kind::Def => {
                let name = word(node.name());
                if self.rules.heard.contains(name) {
                    let class = self.frames.nesting().unwrap_or("").to_owned();
                    let method = name.to_owned();
                    self.seen.ties.push(Tie::Hears { class, method });
                }
                self.frames.enter(Frame::Def {
                    end,
                    name: node.name(),
                });
            }
            Kind::Block => {
                let Some(call) = node.parent() else { return };
                if let Some((name, superclass)) = self.made(call) {
                    self.class(end, name, superclass);
                    return;
                }
                let (setups, draws) = (self.setups(call), self.draws(call));
                let is_plain = call.kind() == Kind::Call && call.receiver().is_none();
                // `it` and `_1` have no name where they are declared.
                let parameter = node.child(NodeRole::Parameter).map(Node::name);
                let parameter = parameter.filter(|name| !name.is_empty());
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

    /// Of what counts only behind something else in the file, what does not stand there is left
    /// out, and so is what counts only before it. What is before it under a condition only
    /// cannot be decided.
    fn order(&mut self) {
        let rules = self.rules;
        let action = |hit: &Hit| rules.patterns[hit.pattern].action;
        let is = |hit: &Hit, role| rules.patterns[hit.pattern].role == role;
        let hits = std::mem::take(&mut self.seen.hits);
        let (bounds, finds): (Vec<Hit>, Vec<Hit>) = hits
            .into_iter()
            .partition(|hit| is(hit, DetectRole::After) || is(hit, DetectRole::Before));
        for hit in finds {
            let own = action(&hit);
            let before = |role| {
                let bounds = bounds.iter().filter(move |mark| is(mark, role));
                bounds.filter(|mark| action(mark) == own && mark.node < hit.node)
            };
            let reaches = |mark: &Hit| hit.node < mark.reach;
            let ruled = &rules.actions[own];
            if !is(&hit, DetectRole::Find) || !(ruled.has_after || ruled.has_before) {
                self.seen.hits.push(hit);
                continue;
            }
            if before(DetectRole::Before).any(reaches) {
                continue;
            }
            if !ruled.has_after || before(DetectRole::After).any(reaches) {
                self.seen.hits.push(hit);
            } else if before(DetectRole::After).next().is_some() {
                self.seen.doubts.insert(own);
            } else {
                // Elsewhere one of those may stand before it.
                self.seen.unordered.insert(own);
            }
        }
        let afters = bounds.iter().filter(|mark| is(mark, DetectRole::After));
        self.seen.afters.extend(afters.map(action));
    }

    /// Adds what fits a pattern, as far as it is proven.
    pub(super) fn hit(&mut self, pattern: usize, range: Range<usize>, proof: Evidence) {
        self.hit_with(pattern, range, proof, None, Vec::new());
    }

    pub(super) fn hit_with(
        &mut self,
        pattern: usize,
        range: Range<usize>,
        proof: Evidence,
        edit: Option<Edit>,
        shadows: Vec<String>,
    ) {
        let (confidence, need) = match proof {
            Evidence::Certain => (Confidence::Certain, None),
            Evidence::Likely => (Confidence::Likely, None),
            Evidence::If(need, confidence) => (confidence, Some(need)),
            Evidence::Possible => {
                self.doubt(pattern);
                return;
            }
            Evidence::No => return,
        };
        self.seen.hits.push(Hit {
            pattern,
            range,
            confidence,
            need,
            shadows,
            edit,
            region: self.region(pattern),
            node: self.now.map_or(0, Node::index),
            reach: self.now.map_or(0, reach),
        });
    }

    /// Where patterns of an action must meet: the block of routing, the class, or the block that
    /// sets up an instance.
    fn region(&self, pattern: usize) -> Option<Region> {
        let pattern = &self.rules.patterns[pattern];
        let ruled = &self.rules.actions[pattern.action];
        if !ruled.has_with && !ruled.has_met {
            return None;
        }
        let block = |block: usize| Some(Region::Block(self.path.to_owned(), block));
        match &pattern.scope {
            Scope::Routing(Routing::Drawing(_)) => None,
            Scope::Routing(_) | Scope::Call(_) if self.frames.drawing().is_some() => {
                block(self.frames.named_block().unwrap_or(0))
            }
            Scope::Setup(opener) if opener.is_instance => {
                self.frames.blocks().find_map(|frame| match frame {
                    Frame::Block { end, setups, .. } if !setups.is_empty() => block(*end),
                    _ => None,
                })
            }
            Scope::Subclass(_) => self
                .frames
                .class()
                .map(|name| Region::Class(name.to_owned())),
            _ => None,
        }
    }

    /// Something could be meant that is not known.
    pub(super) fn doubt(&mut self, pattern: usize) {
        self.seen.doubts.insert(self.rules.patterns[pattern].action);
    }

    /// What a variable was assigned, where all assignments of the file agree.
    pub(super) fn assigned(&self, name: &str) -> Option<&Assigned> {
        self.variables.get(name)?.as_ref()
    }

    /// Whether an expression is a local variable that has a hash of its own.
    pub(super) fn is_fresh(&self, node: Node<'w>) -> bool {
        node.kind() == Kind::Local && self.fresh.get(word(node.name())) == Some(&true)
    }

    /// Whether a constant belongs to a namespace or to what patterns name.
    pub(super) fn is_ours(&self, path: &str) -> bool {
        let root = path.trim_start_matches("::").split("::").next();
        self.rules.roots.contains(root.unwrap_or(path))
    }

    /// Whether the file or the class supports it.
    pub(super) fn relevance(&self) -> Evidence {
        if self.is_relevant {
            return Evidence::Likely;
        }
        match self.frames.class() {
            Some(class) => Evidence::If(
                ClassNeed {
                    class: class.to_owned(),
                    want: Want::Ours,
                },
                Confidence::Likely,
            ),
            None => Evidence::Possible,
        }
    }

    /// In the body of a class that inherits from `base`, or of a module that such a class mixes in.
    pub(super) fn in_subclass(&self, base: &str) -> Evidence {
        match self.frames.nesting() {
            Some(class) => Evidence::If(
                ClassNeed {
                    class: class.to_owned(),
                    want: Want::Base(base.to_owned()),
                },
                Confidence::Certain,
            ),
            None => Evidence::No,
        }
    }

    /// A constant as it is written, with the place that says what it means.
    pub(super) fn meant(&self, written: &str) -> String {
        match self.frames.nesting() {
            Some(nesting) if nesting.len() < MAX_NAME => format!("{nesting}|{written}"),
            _ => written.trim_start_matches("::").to_owned(),
        }
    }

    /// Whether a constant is this class: itself, or one that inherits from it.
    pub(super) fn is_class(&self, constant: &str, class: &str) -> Evidence {
        let constant = constant.trim_start_matches("::");
        if constant == class {
            return Evidence::Certain;
        }
        // What is called like a class of the catalog may be one of the application.
        let root = constant.split("::").next().unwrap_or(constant);
        if self.rules.namespaces.contains(root) || constant.is_empty() {
            return Evidence::No;
        }
        let need = ClassNeed {
            class: self.meant(constant),
            want: Want::Base(class.to_owned()),
        };
        Evidence::If(need, Confidence::Certain)
    }

    /// What a call without a receiver is sent to, as a class: the one whose body it is in.
    pub(super) fn is_own_class(&self, class: &str) -> Evidence {
        match self.frames.class() {
            Some(own) => Evidence::If(
                ClassNeed {
                    class: own.to_owned(),
                    want: Want::Base(class.to_owned()),
                },
                Confidence::Certain,
            ),
            None => Evidence::No,
        }
    }
}

/// The last node of what contains the statement that a node is part of: what is reached after it.
fn reach(node: Node<'_>) -> usize {
    let mut at = node;
    while let Some(parent) = at.parent() {
        let is_part = matches!(
            parent.kind(),
            Kind::Call
                | Kind::Index
                | Kind::Assign
                | Kind::Pair
                | Kind::Keywords
                | Kind::Hash
                | Kind::Array
                | Kind::Parentheses
        );
        if !is_part {
            // `else` is not reached.
            let mut others = parent.all(NodeRole::Other);
            let other =
                others.find(|other| parent.kind() == Kind::If && other.index() > at.index());
            return other.map_or(parent.end(), Node::index);
        }
        at = parent;
    }
    at.end()
}
