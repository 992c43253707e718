//! The patterns of a catalog, read once: from their notation (`docs/catalog.md`) to what is looked
//! for. What cannot be read makes an action undecided; it is never dropped silently.

use super::value::Given;
use crate::catalog::{Detect, DetectKind, DetectRole, DetectUse};
use crate::version::VersionSet;

/// A pattern of one action.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// The action's place in the scanner.
    pub(super) action: usize,
    /// As written in the catalog.
    pub(super) value: String,
    pub(super) replacement: Option<String>,
    pub(super) is_edit: bool,
    pub(super) role: DetectRole,
    /// The pattern of the action that the role is for.
    pub(super) of: Option<String>,
    /// What the value must be.
    pub(super) given: Option<Given>,
    /// Keys that the given hash or keywords must not have.
    pub(super) lacks: Vec<String>,
    pub(super) used: Option<DetectUse>,
    /// Of an entry of the Gemfile: the versions of which it must admit one.
    pub(super) admitted: Option<VersionSet>,
    pub(super) scope: Scope,
    pub(super) form: Form,
}

/// Where a pattern counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Anywhere,
    /// In the block of a call: `A::B.setup`, `A::B#setup`.
    Setup(Opener),
    /// In the body of a class that inherits from this one.
    Subclass(String),
    /// In a block of routing.
    Routing(Routing),
    /// In a file of this name.
    File(String),
    /// Sent to an instance of this class.
    Instance(String),
    /// Passed to this call.
    Call(CallName),
}

/// A block that is opened by a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Opener {
    pub(super) class: String,
    pub(super) method: String,
    /// `A#setup`: also the block of `A.new`.
    pub(super) is_instance: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Routing {
    /// Anywhere in the drawing, which this opens.
    Drawing(Opener),
    /// Where the nearest named block is this one.
    In(String),
    /// Not below this one.
    Outside(String),
}

/// The name of a call, as scopes write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallName {
    /// `A::B` of `A::B.new` and `A::B#go`.
    pub(super) class: Option<String>,
    /// `producer` of `producer.go`.
    pub(super) word: Option<String>,
    pub(super) name: String,
    /// `name` ends with `*`.
    pub(super) is_prefix: bool,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Config(Path),
    Constant {
        path: Vec<String>,
        /// `A::*`
        below: bool,
        /// `A.new`
        method: Option<String>,
    },
    Call(Call),
    Def(String),
    Gem(String),
    Require(Argument),
    Index {
        /// The names before the brackets; the last one is what is indexed.
        receiver: Vec<String>,
        class: Option<String>,
        key: Key,
        writes: bool,
    },
    /// `event[:type] == 'v'`
    Compare {
        word: String,
        key: String,
        value: String,
    },
    /// `outer { inner }`
    Within {
        outer: String,
        inner: Inner,
    },
    Rescue(String),
    Event(String),
    Keyword {
        name: String,
        /// `name: 0`, as it is written.
        value: Option<String>,
        /// Without a colon: given by place.
        positional: bool,
    },
    Command(Vec<String>),
    Flag(String),
    File(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inner {
    Return,
    Break,
    Call(Call),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Any,
    AnySymbol,
    Text(String),
    Symbol(String),
}

/// A call with what is known of its receiver and first argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) class: Option<String>,
    /// The names between the class, or the word that it begins with, and the call.
    pub(super) words: Vec<String>,
    pub(super) name: String,
    pub(super) argument: Argument,
    pub(super) receiverless: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Whatever,
    Text(String),
    /// A literal symbol, or any symbol.
    Symbol(Option<String>),
    Constant(String),
    /// One argument alone that is no text and no symbol.
    Alone,
    /// An object of a class that has a method of this name.
    Hearing(String),
    /// As it is written.
    Source(String),
}

/// A dotted path in a setup block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The names after the block's parameter.
    pub(super) names: Vec<String>,
    /// `…['key']`
    pub(super) key: Option<String>,
    /// `….*`
    pub(super) below: bool,
    /// `… = value`
    pub(super) value: Option<String>,
    /// Written without the parameter: an attribute of any name before.
    pub(super) bare: bool,
}

/// Reads a pattern; `None` where the notation is not known.
pub(super) fn read(detect: &Detect) -> Option<(Scope, Form)> {
    let value = detect.value();
    let scope = scope(detect.kind(), detect.scope())?;
    let form = match detect.kind() {
        DetectKind::ConfigKey => config(value),
        DetectKind::Constant => Some(constant(value)),
        DetectKind::MethodCall => method_call(value),
        DetectKind::DslCall => Some(Form::Call(Call {
            class: None,
            words: Vec::new(),
            name: value.to_owned(),
            argument: Argument::Whatever,
            receiverless: true,
        })),
        DetectKind::CliFlag if value.starts_with('-') => Some(Form::Flag(value.replace('_', "-"))),
        DetectKind::CliFlag => Some(Form::Command(
            value.split_whitespace().map(str::to_owned).collect(),
        )),
        DetectKind::EventName => Some(Form::Event(value.to_owned())),
        DetectKind::KeywordArg => Some(keyword(value)),
        DetectKind::FileName => Some(Form::File(value.to_owned())),
    }?;
    Some((scope, form))
}

fn scope(kind: DetectKind, scope: Option<&str>) -> Option<Scope> {
    let Some(scope) = scope else {
        return Some(Scope::Anywhere);
    };
    if kind == DetectKind::KeywordArg {
        return Some(Scope::Call(call_name(scope)));
    }
    if let Some(class) = scope.strip_suffix(" subclass") {
        return Some(Scope::Subclass(class.to_owned()));
    }
    if let Some(rest) = scope.strip_prefix("routing ") {
        let outside = rest
            .strip_prefix("root (no ")
            .and_then(|rest| rest.strip_suffix(')'));
        if let Some(name) = outside {
            return Some(Scope::Routing(Routing::Outside(name.to_owned())));
        }
        let name = rest.strip_suffix(" block")?;
        return Some(Scope::Routing(Routing::In(name.to_owned())));
    }
    if let Some((class, method)) = scope.split_once('#') {
        return Some(Scope::Setup(Opener {
            class: class.to_owned(),
            method: method.to_owned(),
            is_instance: true,
        }));
    }
    if !is_constant(scope) || scope == "Gemfile" {
        return Some(Scope::File(scope.to_owned()));
    }
    match scope.split_once('.') {
        Some((class, method)) if method.contains('.') => {
            let method = method.rsplit('.').next().unwrap_or(method);
            Some(Scope::Routing(Routing::Drawing(Opener {
                class: class.to_owned(),
                method: method.to_owned(),
                is_instance: false,
            })))
        }
        Some((class, method)) => Some(Scope::Setup(Opener {
            class: class.to_owned(),
            method: method.to_owned(),
            is_instance: false,
        })),
        None => Some(Scope::Instance(scope.to_owned())),
    }
}

fn call_name(text: &str) -> CallName {
    let text = text.split_once('(').map_or(text, |(name, _)| name);
    let (before, name) = match text.rsplit_once(['.', '#']) {
        Some((before, name)) => (before, name),
        None => ("", text),
    };
    let is_prefix = name.ends_with('*');
    let own = |wanted: bool| (wanted && !before.is_empty()).then(|| before.to_owned());
    CallName {
        class: own(is_constant(before)),
        word: own(!is_constant(before)),
        name: name.trim_end_matches('*').to_owned(),
        is_prefix,
    }
}

fn config(value: &str) -> Option<Form> {
    let (path, assigned) = match value.split_once(" = ") {
        Some((path, value)) => (path, Some(value.to_owned())),
        None => (value, None),
    };
    let (path, key) = match path.split_once("['") {
        Some((path, key)) => (path, Some(key.strip_suffix("']")?.to_owned())),
        None => (path, None),
    };
    let (path, below) = match path.strip_suffix(".*") {
        Some(path) => (path, true),
        None => (path, false),
    };
    let bare = !path.starts_with("config.");
    let path = path.strip_prefix("config.").unwrap_or(path);
    Some(Form::Config(Path {
        names: path.split('.').map(str::to_owned).collect(),
        key,
        below,
        value: assigned,
        bare,
    }))
}

fn constant(value: &str) -> Form {
    let (path, method) = match value.split_once('.') {
        Some((path, method)) => (path, Some(method.to_owned())),
        None => (value, None),
    };
    let below = path.ends_with("::*");
    let path = path.trim_end_matches("::*").split("::");
    Form::Constant {
        path: path.map(str::to_owned).collect(),
        below,
        method,
    }
}

fn keyword(value: &str) -> Form {
    let (name, rest) = value.split_once(':').unwrap_or((value, ""));
    Form::Keyword {
        name: name.to_owned(),
        value: (!rest.trim().is_empty()).then(|| rest.trim().to_owned()),
        positional: !value.contains(':'),
    }
}

fn method_call(value: &str) -> Option<Form> {
    if let Some(name) = value.strip_prefix("def ") {
        return Some(Form::Def(name.to_owned()));
    }
    if let Some(name) = value.strip_prefix("gem ") {
        return Some(Form::Gem(quoted(name)?.to_owned()));
    }
    if let Some(what) = value.strip_prefix("require ") {
        let argument = match quoted(what) {
            Some(path) => Argument::Text(path.to_owned()),
            None => Argument::Source(what.to_owned()),
        };
        return Some(Form::Require(argument));
    }
    if let Some(class) = value.strip_prefix("rescue ") {
        return Some(Form::Rescue(class.to_owned()));
    }
    if let Some((outer, inner)) = value.split_once(" { ") {
        let inner = match inner.strip_suffix(" }")? {
            "return" => Inner::Return,
            "break" => Inner::Break,
            call => Inner::Call(simple_call(call)?),
        };
        return Some(Form::Within {
            outer: outer.to_owned(),
            inner,
        });
    }
    if let Some((index, literal)) = value.split_once(" == ") {
        let (word, key) = index.split_once("[:")?;
        return Some(Form::Compare {
            word: word.to_owned(),
            key: key.strip_suffix(']')?.to_owned(),
            value: quoted(literal)?.to_owned(),
        });
    }
    let (index, writes) = match value.strip_suffix("]=") {
        Some(index) => (Some(index), true),
        None => (value.strip_suffix(']'), false),
    };
    if let Some((receiver, key)) = index.and_then(|index| index.split_once('[')) {
        let mut names: Vec<String> = receiver.split('.').map(str::to_owned).collect();
        let class = is_constant(receiver).then(|| names.remove(0));
        let key = match (key, key.strip_prefix(':')) {
            ("", _) => Key::Any,
            (_, Some("symbol")) => Key::AnySymbol,
            (_, Some(symbol)) => Key::Symbol(symbol.to_owned()),
            (text, None) => Key::Text(quoted(text)?.to_owned()),
        };
        return Some(Form::Index {
            receiver: names,
            class,
            key,
            writes,
        });
    }
    if is_constant(value) && !value.contains('.') {
        return Some(constant(value));
    }
    if let Some((name, class)) = value.split_once(' ') {
        // `raise NotImplementedError`
        let mut call = simple_call(name)?;
        call.argument = Argument::Constant(class.to_owned());
        return Some(Form::Call(call));
    }
    Some(Form::Call(simple_call(value)?))
}

/// `A::B.c.d`, `c.d(:e)`, `d`.
fn simple_call(text: &str) -> Option<Call> {
    let (text, argument) = match text.split_once('(') {
        Some((text, argument)) => (text, read_argument(argument.strip_suffix(')')?)),
        None => (text, Argument::Whatever),
    };
    let mut names: Vec<String> = text.split('.').map(str::to_owned).collect();
    let name = names.pop()?;
    let class = (!names.is_empty() && is_constant(&names[0])).then(|| names.remove(0));
    Some(Call {
        class,
        words: names,
        name,
        argument,
        receiverless: false,
    })
}

fn read_argument(text: &str) -> Argument {
    match (text, text.strip_prefix(':'), quoted(text)) {
        ("...", _, _) => Argument::Whatever,
        _ if text.starts_with('#') => Argument::Hearing(text[1..].to_owned()),
        (_, Some("symbol"), _) => Argument::Symbol(None),
        (_, Some(symbol), _) => Argument::Symbol(Some(symbol.to_owned())),
        (_, _, Some(text)) => Argument::Text(text.to_owned()),
        _ if is_constant(text) => Argument::Constant(text.to_owned()),
        _ => Argument::Alone,
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}

fn is_constant(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
}
