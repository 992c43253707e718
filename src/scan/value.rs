//! What is assigned or passed: whether it is what a pattern asks for, and what becomes of a value.

use crate::catalog::DetectUse;
use crate::ruby::{Kind, Node, NodeRole};

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    /// A number below this: `< 1000`.
    Below(f64),
    /// An array: `[]`.
    Array,
    /// A text, or an array of texts, that contains this, in capitals or not: `*://*`.
    Containing(String),
    /// Anything but a text of hosts with their ports, `a:9092,b:9092`: `!host:port`.
    NoHosts,
    /// What is written like this: `= false`.
    Written(String),
    /// Of a flag: more than one value behind it: `several`.
    Several,
    /// A hash with at least one key that is a text: `{''}`.
    TextKeys,
    /// A hash that can be read: `{}`.
    Hash,
    /// Something that does not go by the setting's own value: `new`.
    New,
}

/// What can be said of something in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Yes,
    No,
    Unknown,
}

impl Given {
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "[]" => Given::Array,
            "{}" => Given::Hash,
            "{''}" => Given::TextKeys,
            "new" => Given::New,
            "!host:port" => Given::NoHosts,
            "several" => Given::Several,
            _ => match (text.strip_prefix("< "), text.strip_prefix("= ")) {
                (Some(number), _) => Given::Below(number.parse().ok()?),
                (_, Some(written)) => Given::Written(written.to_owned()),
                (None, None) => Given::Containing(
                    text.strip_prefix('*')?
                        .strip_suffix('*')
                        .filter(|text| !text.is_empty())?
                        .to_ascii_lowercase(),
                ),
            },
        })
    }

    /// Whether a value is what is asked for.
    pub(super) fn fits(&self, value: Node<'_>) -> Certainty {
        let value = bare(value);
        let of = |is: bool| if is { Certainty::Yes } else { Certainty::No };
        match self {
            Given::Below(most) => match number(value, 0) {
                Some(number) => of(number < *most),
                None if is_literal(value) => Certainty::No,
                None => Certainty::Unknown,
            },
            Given::Array => match value.kind() {
                Kind::Array => Certainty::Yes,
                _ if is_array(value) => Certainty::Yes,
                _ if is_literal(value) || value.kind() == Kind::Interpolated => Certainty::No,
                _ => Certainty::Unknown,
            },
            Given::Containing(text) => contains(value, text),
            Given::TextKeys => match hash(value) {
                Some(hash) => {
                    let keys = || hash.children().filter_map(|pair| pair.child(NodeRole::Key));
                    let is_open = hash
                        .children()
                        .any(|pair| pair.child(NodeRole::Key).is_none());
                    match keys().any(|key| key.kind() == Kind::Text) {
                        true => Certainty::Yes,
                        false if is_open || keys().any(|key| key.value().is_none()) => {
                            Certainty::Unknown
                        }
                        false => Certainty::No,
                    }
                }
                None => Certainty::Unknown,
            },
            Given::Hash => match hash(value) {
                Some(_) => Certainty::Yes,
                None => Certainty::Unknown,
            },
            Given::Written(text) => match value.text() == text.as_bytes() {
                true => Certainty::Yes,
                false if is_literal(value) => Certainty::No,
                false => Certainty::Unknown,
            },
            Given::NoHosts => match value.kind() {
                Kind::Text => of(!value.value().is_some_and(|text| has_hosts(&text))),
                Kind::Array => Certainty::Yes,
                _ if is_array(value) => Certainty::Yes,
                // What is written in a larger expression is a part of what comes out.
                _ => match contains(value, "://") {
                    Certainty::Yes => Certainty::Yes,
                    _ => Certainty::Unknown,
                },
            },
            Given::New => Certainty::Yes,
            Given::Several => Certainty::No,
        }
    }
}

/// Whether none of these keys is in a hash or in keywords.
pub(super) fn lacks(hash: Option<Node<'_>>, keys: &[String]) -> Certainty {
    let Some(hash) = hash else {
        return Certainty::Yes;
    };
    let mut is_open = false;
    for pair in hash.children() {
        match pair.child(NodeRole::Key).map(|key| key.value()) {
            Some(Some(own)) if keys.iter().any(|key| key.as_bytes() == &*own) => {
                return Certainty::No;
            }
            Some(Some(_)) => {}
            // A splat, or a key that is computed.
            _ => is_open = true,
        }
    }
    match is_open {
        true => Certainty::Unknown,
        false => Certainty::Yes,
    }
}

/// The keywords of a call; a splat or a hash that is handed on counts as open.
pub(super) fn keywords<'t>(call: Node<'t>) -> Option<Node<'t>> {
    call.arguments()
        .find(|one| matches!(one.kind(), Kind::Keywords | Kind::Hash))
}

/// What becomes of the value of an expression.
pub(super) fn is_used(node: Node<'_>, how: DetectUse) -> Certainty {
    let Some(parent) = node.parent() else {
        return Certainty::No;
    };
    match how {
        DetectUse::Change => is_changed(node, parent),
        _ => match is_looked_at(node, parent) {
            true => Certainty::Yes,
            false => Certainty::No,
        },
    }
}

fn is_looked_at(node: Node<'_>, parent: Node<'_>) -> bool {
    match (node.role(), parent.kind()) {
        (NodeRole::Argument | NodeRole::Value | NodeRole::Condition | NodeRole::Subject, _) => true,
        (NodeRole::Receiver, _) | (_, Kind::Return | Kind::Interpolated | Kind::Array) => true,
        (_, Kind::Parentheses) => parent
            .parent()
            .is_some_and(|above| is_looked_at(parent, above)),
        // `a || b`, `a and b`, `while a`: what stands first is looked at.
        (NodeRole::Other, Kind::Other) => {
            let text = parent.text();
            let is_loop = text.starts_with(b"while") || text.starts_with(b"until");
            let mut siblings = parent.children();
            let (first, second) = (siblings.next(), siblings.next());
            let is_first = first.is_some_and(|first| first.index() == node.index());
            let joins = second.is_some_and(|second| {
                let start = node.range().end.min(second.range().start);
                let between = &node.source()[start..second.range().start];
                let between = between.trim_ascii();
                matches!(between, b"||" | b"&&" | b"or" | b"and")
            });
            is_first && (is_loop || joins)
        }
        _ => false,
    }
}

/// Methods that change what they are sent to and say so by no `!`.
const CHANGES: &[&[u8]] = &[
    b"<<",
    b"[]=",
    b"push",
    b"append",
    b"prepend",
    b"unshift",
    b"pop",
    b"shift",
    b"insert",
    b"concat",
    b"delete",
    b"delete_at",
    b"delete_if",
    b"keep_if",
    b"clear",
    b"replace",
    b"fill",
    b"store",
    b"update",
];

fn is_changed(node: Node<'_>, parent: Node<'_>) -> Certainty {
    if node.role() == NodeRole::Receiver {
        let name = parent.name();
        let is_change = match parent.kind() {
            Kind::Index => parent.is_written(),
            _ => CHANGES.contains(&name) || (name.ends_with(b"!") && name != b"!"),
        };
        return if is_change {
            Certainty::Yes
        } else {
            Certainty::No
        };
    }
    match (node.role(), parent.kind()) {
        // Under another name it may be changed later.
        (NodeRole::Value, Kind::Assign) | (NodeRole::Argument, _) => Certainty::Unknown,
        _ => Certainty::No,
    }
}

/// Without parentheses and `.freeze`.
fn bare(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    for _ in 0..10 {
        let inner = match node.kind() {
            Kind::Parentheses => node.children().next(),
            Kind::Call if matches!(node.name(), b"freeze" | b"dup" | b"deep_dup") => {
                node.receiver()
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

/// A hash as it is written.
pub(super) fn hash(node: Node<'_>) -> Option<Node<'_>> {
    let node = bare(node);
    matches!(node.kind(), Kind::Hash | Kind::Keywords).then_some(node)
}

fn is_literal(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        Kind::Text
            | Kind::Symbol
            | Kind::Integer
            | Kind::Number
            | Kind::Nil
            | Kind::True
            | Kind::False
            | Kind::Hash
            | Kind::Array
    )
}

/// `text.split(',')`
fn is_array(node: Node<'_>) -> bool {
    node.kind() == Kind::Call && matches!(node.name(), b"split" | b"to_a") && node.block().is_none()
}

/// A number that is written, also as a product.
fn number(node: Node<'_>, depth: usize) -> Option<f64> {
    match node.kind() {
        Kind::Integer | Kind::Number => {
            let text = std::str::from_utf8(node.text()).ok()?;
            text.replace('_', "").parse().ok()
        }
        Kind::Parentheses if depth < 5 => number(node.children().next()?, depth + 1),
        Kind::Call if depth < 5 && node.name() == b"*" => {
            let by = node.arguments().next()?;
            Some(number(node.receiver()?, depth + 1)? * number(by, depth + 1)?)
        }
        _ => None,
    }
}

/// `a:9092`, with others behind commas.
fn has_hosts(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.split(',').all(|host| {
        let (name, port) = host.trim().rsplit_once(':').unwrap_or(("", ""));
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        !name.is_empty() && !name.contains('/') && is_port
    })
}

fn contains(value: Node<'_>, text: &str) -> Certainty {
    let has = |node: Node<'_>| {
        let mut parts = node.text().windows(text.len());
        parts.any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
    };
    match value.kind() {
        // What is written in a larger expression is a part of what comes out.
        _ if has(value) => Certainty::Yes,
        _ if is_literal(value) => Certainty::No,
        _ => Certainty::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruby::parse;

    fn answer(given: &str, source: &str) -> Certainty {
        let tree = parse(source.as_bytes()).unwrap();
        let node = tree.root().children().next().unwrap();
        Given::read(given).unwrap().fits(node)
    }

    #[test]
    fn values_are_compared_as_they_are_written() {
        for (given, source, wanted) in [
            ("< 1000", "60", Certainty::Yes),
            ("< 1000", "0.5", Certainty::Yes),
            ("< 1000", "(60 * 1_000)", Certainty::No),
            ("< 1000", "60_000", Certainty::No),
            ("< 1000", "'60'", Certainty::No),
            ("< 1000", "ENV.fetch('A').to_i", Certainty::Unknown),
            ("[]", "['a']", Certainty::Yes),
            ("[]", "%w[a b]", Certainty::Yes),
            ("[]", "x.split(',')", Certainty::Yes),
            ("[]", "'a:9092'", Certainty::No),
            ("[]", "\"#{a}:9092\"", Certainty::No),
            ("[]", "x.join(',')", Certainty::Unknown),
            ("!host:port", "'a:9092, b:9092'", Certainty::No),
            ("!host:port", "'[::1]:9092'", Certainty::No),
            ("!host:port", "'a'", Certainty::Yes),
            ("!host:port", "'kafka://a:9092'", Certainty::Yes),
            ("!host:port", "['a:9092']", Certainty::Yes),
            ("!host:port", "x.split(',')", Certainty::Yes),
            ("!host:port", "ENV['A'] || 'kafka://a:9092'", Certainty::Yes),
            ("!host:port", "ENV['A'] || 'a:9092'", Certainty::Unknown),
            ("*://*", "'kafka://a'", Certainty::Yes),
            ("*://*", "ENV['A'] || 'kafka://a'", Certainty::Yes),
            ("*://*", "'a:9092'", Certainty::No),
            ("*://*", "ENV['A']", Certainty::Unknown),
            ("{''}", "({ 'a' => 1 }).freeze", Certainty::Yes),
            ("{''}", "{ a: 1, 'b': 2 }", Certainty::No),
            ("{''}", "{ a: 1, **b }", Certainty::Unknown),
            ("{''}", "a", Certainty::Unknown),
            ("*ssl*", "'SASL_SSL'", Certainty::Yes),
            ("= false", "false", Certainty::Yes),
            ("= false", "true", Certainty::No),
            ("= false", "a", Certainty::Unknown),
            ("{}", "{ a: 1 }", Certainty::Yes),
            ("{}", "a", Certainty::Unknown),
        ] {
            assert_eq!(answer(given, source), wanted, "{given} {source}");
        }
        for wrong in ["", "*", "**", "<", "< a", "x"] {
            assert_eq!(Given::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_value_is_used_where_something_goes_by_it() {
        let used = |source: &str, how| {
            let tree = parse(source.as_bytes()).unwrap();
            let node = tree.nodes().find(|node| node.name() == b"it?").unwrap();
            is_used(node, how)
        };
        for source in [
            "if it? then a end",
            "return unless it?",
            "it? || return",
            "it? and return",
            "a = it?",
            "b(it?)",
            "!it?",
            "return it?",
            "case it? when true then 1 end",
            "(it?) ? 1 : 2",
        ] {
            assert_eq!(used(source, DetectUse::Value), Certainty::Yes, "{source}");
        }
        for source in [
            "it?",
            "a; it?",
            "it? if a",
            "a && it?",
            "begin it? end",
            "def c; it?; end",
        ] {
            assert_eq!(used(source, DetectUse::Value), Certainty::No, "{source}");
        }
        for (source, wanted) in [
            ("it?.shift", Certainty::Yes),
            ("it? << 1", Certainty::Yes),
            ("it?[1] = 2", Certainty::Yes),
            ("it?.map!(&:a)", Certainty::Yes),
            ("it?.map(&:a)", Certainty::No),
            ("it?", Certainty::No),
            ("a = it?", Certainty::Unknown),
        ] {
            assert_eq!(used(source, DetectUse::Change), wanted, "{source}");
        }
    }
}
