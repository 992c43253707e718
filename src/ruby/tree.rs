//! Ruby source as a flat tree.
//!
//! Invariants: nodes stand in document order, so the nodes below a node are the ones from the next
//! index to its `end`; a parent is before its children; every range lies in the source. Nothing
//! here recurses, however deep the source nests.

use std::borrow::Cow;
use std::ops::Range;

/// What a node is. Only what somebody asks for has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The whole program.
    Program,
    /// A call, also of an attribute that is written (`a.b = c`, `a.b ||= c`) and of `super`.
    Call,
    /// `a[b]`, also written.
    Index,
    /// A constant without a path.
    Constant,
    /// `A::B` or `::B`; the scope is the receiver.
    Path,
    /// A text without interpolation.
    Text,
    /// A symbol without interpolation.
    Symbol,
    /// A text, symbol, command or regular expression with interpolation.
    Interpolated,
    /// A command in backticks.
    Command,
    /// A regular expression.
    Regex,
    /// A whole number.
    Integer,
    /// Another number.
    Number,
    /// `nil`.
    Nil,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `self`.
    Itself,
    /// A local variable that is read.
    Local,
    /// An instance, class or global variable that is read.
    Variable,
    /// A variable or constant that is written.
    Assign,
    /// A hash in braces.
    Hash,
    /// Keywords of a call.
    Keywords,
    /// A key with its value.
    Pair,
    /// An array.
    Array,
    /// A method's definition.
    Def,
    /// A class.
    Class,
    /// A module.
    Module,
    /// `class << self`.
    Singleton,
    /// A block.
    Block,
    /// `->() {}`.
    Lambda,
    /// A parameter.
    Parameter,
    /// `&block` or `&:name` in a call.
    BlockArgument,
    /// Something in parentheses.
    Parentheses,
    /// `return`.
    Return,
    /// `break`.
    Break,
    /// `next`.
    Next,
    /// `rescue` with its list of exceptions.
    Rescue,
    /// `if` and `unless`, also as modifiers and `?:`.
    If,
    /// `case`, with `when` or `in`.
    Case,
    /// `when`.
    When,
    /// `in`.
    In,
    /// What could not be read.
    Missing,
    /// Anything else.
    Other,
}

/// What a node is to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeRole {
    /// What a call is sent to; the scope of a path.
    Receiver,
    /// An argument of a call.
    Argument,
    /// The block of a call.
    Block,
    /// A statement of a body.
    Body,
    /// The name of a class or module.
    Name,
    /// What a class inherits from.
    Superclass,
    /// The key of a pair.
    Key,
    /// What is assigned, or the value of a pair.
    Value,
    /// A parameter.
    Parameter,
    /// What `case` looks at.
    Subject,
    /// What `when` and `in` compare with; the condition of an `if`.
    Condition,
    /// A class that `rescue` names.
    Exception,
    /// A piece of a text with interpolation.
    Part,
    /// Anything else.
    Other,
}

#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) kind: Kind,
    pub(super) role: NodeRole,
    pub(super) writes: bool,
    pub(super) safe: bool,
    pub(super) start: u32,
    pub(super) stop: u32,
    pub(super) name_start: u32,
    pub(super) name_stop: u32,
    pub(super) parent: u32,
    /// One after the last node below.
    pub(super) end: u32,
}

/// A place where the source is not Ruby.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where, in bytes.
    pub offset: usize,
    /// What the parser says.
    pub message: String,
}

/// A source and its tree.
#[derive(Debug)]
pub struct Tree<'s> {
    pub(super) source: &'s [u8],
    pub(super) nodes: Vec<Raw>,
    /// Values of texts that are not written as they are, by node, ascending.
    pub(super) values: Vec<(u32, Box<[u8]>)>,
    pub(super) comments: Vec<Range<usize>>,
    pub(super) faults: Vec<Fault>,
    pub(super) fault_count: usize,
    pub(super) data: Option<usize>,
}

impl<'s> Tree<'s> {
    /// The source.
    #[must_use]
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// The program.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// All nodes in document order: a parent before its children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|index| self.node(index))
    }

    /// The comments, in order.
    #[must_use]
    pub fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// The first of the places that are not Ruby, at most [`super::MAX_FAULTS`].
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many places are not Ruby.
    #[must_use]
    pub fn fault_count(&self) -> usize {
        self.fault_count
    }

    /// Where `__END__` begins.
    #[must_use]
    pub fn data(&self) -> Option<usize> {
        self.data
    }

    fn node(&self, index: usize) -> Node<'_> {
        Node { tree: self, index }
    }
}

/// A node of a tree.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    index: usize,
}

impl<'t> Node<'t> {
    fn raw(self) -> &'t Raw {
        &self.tree.nodes[self.index]
    }

    /// The source that it is in.
    #[must_use]
    pub fn source(self) -> &'t [u8] {
        self.tree.source
    }

    /// Its place among the nodes of the tree.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// One after the place of the last node below it.
    #[must_use]
    pub fn end(self) -> usize {
        self.raw().end as usize
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.raw().kind
    }

    /// What it is to its parent.
    #[must_use]
    pub fn role(self) -> NodeRole {
        self.raw().role
    }

    /// Whether a call or an index is written to (`a.b = c`, `a[b] ||= c`).
    #[must_use]
    pub fn is_written(self) -> bool {
        self.raw().writes
    }

    /// Whether a call is `a&.b`.
    #[must_use]
    pub fn is_safe_navigation(self) -> bool {
        self.raw().safe
    }

    /// Where it is, in bytes; of a heredoc only where it is announced.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.raw().start as usize..self.raw().stop as usize
    }

    /// Its source.
    #[must_use]
    pub fn text(self) -> &'t [u8] {
        &self.tree.source[self.range()]
    }

    /// Where its name is: of a call without `=`, a definition, a parameter, a variable, the last
    /// part of a constant; of a text or symbol the contents without quotes. Empty where it has none.
    #[must_use]
    pub fn name_range(self) -> Range<usize> {
        self.raw().name_start as usize..self.raw().name_stop as usize
    }

    /// The source of its name.
    #[must_use]
    pub fn name(self) -> &'t [u8] {
        &self.tree.source[self.name_range()]
    }

    /// The value of a text or a symbol, escapes resolved.
    #[must_use]
    pub fn value(self) -> Option<Cow<'t, [u8]>> {
        if !matches!(self.kind(), Kind::Text | Kind::Symbol | Kind::Command) {
            return None;
        }
        let values = &self.tree.values;
        match values.binary_search_by_key(&(self.index as u32), |(index, _)| *index) {
            Ok(at) => Some(Cow::Borrowed(&values[at].1)),
            Err(_) => Some(Cow::Borrowed(self.name())),
        }
    }

    /// What it is in.
    #[must_use]
    pub fn parent(self) -> Option<Node<'t>> {
        (self.index > 0).then(|| self.at(self.raw().parent as usize))
    }

    /// What it is in, from the inside out.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// Its children in the order of the source.
    pub fn children(self) -> impl Iterator<Item = Node<'t>> {
        let end = self.end();
        let first = (self.index + 1 < end).then(|| self.at(self.index + 1));
        std::iter::successors(first, move |node| {
            (node.end() < end).then(|| self.at(node.end()))
        })
    }

    /// All nodes below it, in document order.
    pub fn below(self) -> impl Iterator<Item = Node<'t>> {
        (self.index + 1..self.end()).map(move |index| self.at(index))
    }

    /// The first child in a role.
    #[must_use]
    pub fn child(self, role: NodeRole) -> Option<Node<'t>> {
        self.children().find(|node| node.role() == role)
    }

    /// The children in a role.
    pub fn all(self, role: NodeRole) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |node| node.role() == role)
    }

    /// What a call is sent to, or the scope of a path.
    #[must_use]
    pub fn receiver(self) -> Option<Node<'t>> {
        // It stands before everything else, so nobody looks through all arguments for none.
        let first = self.children().next();
        first.filter(|node| node.role() == NodeRole::Receiver)
    }

    /// The arguments of a call; keywords are one of the kind [`Kind::Keywords`].
    pub fn arguments(self) -> impl Iterator<Item = Node<'t>> {
        self.all(NodeRole::Argument)
    }

    /// The block of a call, if it is written out.
    #[must_use]
    pub fn block(self) -> Option<Node<'t>> {
        self.child(NodeRole::Block)
            .filter(|node| node.kind() == Kind::Block)
    }

    fn at(self, index: usize) -> Node<'t> {
        Node {
            tree: self.tree,
            index,
        }
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(self.text());
        write!(f, "{:?} {:?} {text:?}", self.role(), self.kind())
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.index == other.index
    }
}

impl Eq for Node<'_> {}
