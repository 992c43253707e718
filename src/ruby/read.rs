//! From the parser's nodes to ours.

use super::shape::{list, shape};
use super::tree::{Fault, NodeRole, Raw, Tree};
use ruby_prism::{self as prism, Location, Node};

/// The longest source, in bytes.
pub const MAX_BYTES: usize = 2 << 20;
/// The most faults that are kept.
pub const MAX_FAULTS: usize = 10;

/// The parser's time grows with its depth for each of such signs in a row.
const MAX_SIGNS: usize = 1_000;
/// The parser's deepest source takes 4 MB of an optimised build and 16 MB of one that is not. A build for
/// WebAssembly has the stack that it is given, and a parser that refuses what is too deep for it.
#[cfg(not(target_family = "wasm"))]
const STACK: usize = 64 << 20;

/// What the parser says of `yield` outside of a method.
const YIELD: &[u8] = b"Invalid yield";

/// Why a source is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is longer than [`MAX_BYTES`].
    TooLong,
    /// It has more than a thousand of `!`, `~`, `-` or `+` in a row.
    TooDeep,
}

/// Reads a source. What is not Ruby is reported by [`Tree::faults`], and the rest is read.
///
/// # Errors
///
/// [`Refusal`] where the source is beyond what is read.
///
/// ```
/// use rungs::ruby::{Kind, parse};
/// let tree = parse(b"gem 'rake', '~> 13.0'").unwrap();
/// let call = tree.nodes().find(|node| node.kind() == Kind::Call).unwrap();
/// assert_eq!((call.name(), call.arguments().count()), (&b"gem"[..], 2));
/// ```
pub fn parse(source: &[u8]) -> Result<Tree<'_>, Refusal> {
    read(source, false)
}

/// Reads a source as the body of a method, as templates are: `yield` may stand there.
///
/// # Errors
///
/// [`Refusal`] where the source is beyond what is read.
///
/// ```
/// use rungs::ruby::{parse, parse_body};
/// assert_eq!(parse_body(b"yield").unwrap().fault_count(), 0);
/// assert!(parse(b"yield").unwrap().fault_count() > 0);
/// ```
pub fn parse_body(source: &[u8]) -> Result<Tree<'_>, Refusal> {
    read(source, true)
}

fn read(source: &[u8], is_body: bool) -> Result<Tree<'_>, Refusal> {
    if source.len() > MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    if has_too_many_signs(source) {
        return Err(Refusal::TooDeep);
    }
    #[cfg(not(target_family = "wasm"))]
    let result = stacker::grow(STACK, || prism::parse(source));
    #[cfg(target_family = "wasm")]
    let result = prism::parse(source);
    let mut reader = Reader {
        tree: Tree {
            source,
            nodes: Vec::with_capacity(source.len() / 6 + 1),
            values: Vec::new(),
            comments: Vec::new(),
            faults: Vec::new(),
            fault_count: 0,
            data: result.data_loc().map(|place| place.start() as usize),
        },
        open: Vec::new(),
    };
    reader.read(result.node());
    let mut tree = reader.tree;
    for index in (1..tree.nodes.len()).rev() {
        let (end, parent) = (tree.nodes[index].end, tree.nodes[index].parent as usize);
        tree.nodes[parent].end = tree.nodes[parent].end.max(end);
    }
    tree.comments = result
        .comments()
        .map(|comment| {
            let [start, stop] = bounds(&comment.location(), source.len() as u32);
            start as usize..stop as usize
        })
        .collect();
    for error in result.errors() {
        if is_body && error.message() == YIELD {
            continue;
        }
        tree.fault_count += 1;
        if tree.faults.len() < MAX_FAULTS {
            tree.faults.push(Fault {
                offset: (error.location().start() as usize).min(source.len()),
                message: String::from_utf8_lossy(error.message()).into_owned(),
            });
        }
    }
    Ok(tree)
}

fn has_too_many_signs(source: &[u8]) -> bool {
    let (mut run, mut is_long) = (0, false);
    for byte in source {
        match byte {
            b'!' | b'~' | b'-' | b'+' => run += 1,
            b' ' | b'\n' | b'\t' => {}
            _ => run = 0,
        }
        is_long |= run > MAX_SIGNS;
    }
    is_long
}

/// Where a place begins and ends, within a source of so many bytes.
///
/// Prism gives places that begin before they end but for some in texts with errors, whose length is that of
/// a number below zero (ruby-prism 2.1.0): its own sum of both then overflows.
fn bounds(place: &Location<'_>, most: u32) -> [u32; 2] {
    let length = u32::try_from(place.as_slice().len()).unwrap_or(u32::MAX);
    let start = place.start().min(most);
    [start, place.start().saturating_add(length).min(most)]
}

struct Reader<'s, 'pr> {
    tree: Tree<'s>,
    /// What is still to be read: the last is next.
    open: Vec<(Node<'pr>, u32, NodeRole)>,
}

impl<'pr> Reader<'_, 'pr> {
    fn read(&mut self, root: Node<'pr>) {
        self.open.push((root, 0, NodeRole::Other));
        while let Some((node, parent, role)) = self.open.pop() {
            // Lists are no level of their own.
            if let Some((nodes, own)) = list(&node) {
                let role = own.unwrap_or(role);
                let nodes = nodes.into_iter().rev();
                self.open.extend(nodes.map(|node| (node, parent, role)));
                continue;
            }
            let shape = shape(&node);
            let place = node.location();
            let index = self.tree.nodes.len() as u32;
            let length = self.tree.source.len() as u32;
            let [start, stop] = bounds(&place, length);
            let [name_start, name_stop] = match &shape.name {
                Some(name) => bounds(name, length),
                None => [start, start],
            };
            if let Some(value) = shape.value {
                self.tree.values.push((index, value.into_boxed_slice()));
            }
            self.tree.nodes.push(Raw {
                kind: shape.kind,
                role,
                writes: shape.writes,
                safe: shape.safe,
                start,
                stop,
                name_start,
                name_stop,
                parent,
                end: index + 1,
            });
            let children = shape.children.found.into_iter().rev();
            self.open
                .extend(children.map(|(node, role)| (node, index, role)));
        }
    }
}
