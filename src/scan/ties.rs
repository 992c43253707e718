//! What files say of classes: what they inherit from, also as an expression, what is mixed in,
//! what routing names and what is subscribed.

use super::chain::{CallChain, ChainRoot, constant_path, word};
use super::classes::{ClassFact, Super, Tie};
use super::frames::Frame;
use super::owner::is_value;
use super::rules::{last_word, snake};
use super::walk::{MAX_NAME, Walk};
use crate::ruby::{Kind, Node, NodeRole};

impl<'w> Walk<'w> {
    /// A body of a class; `None` is one that is defined elsewhere.
    pub(super) fn class(&mut self, end: usize, name: String, superclass: Option<Super>) {
        let placed = placed(self.path, &name);
        if let Some(superclass) = superclass {
            self.seen.classes.push(ClassFact {
                name: name.clone(),
                superclass,
                placed,
            });
        }
        self.frames.enter(Frame::Class { end, name });
    }

    /// What a class inherits from, as an expression says it.
    pub(super) fn superclass(&self, node: Node<'w>) -> Super {
        let chain = CallChain::of(node);
        match (chain.root, &chain.names[..]) {
            (ChainRoot::Constant(constant), []) => match constant_path(constant) {
                path if path.is_empty() => Super::Open,
                path => Super::Named(path),
            },
            // `Migration[7.0]` is a kind of `Migration`.
            (ChainRoot::Constant(constant), ["[]"]) => Super::Named(constant_path(constant)),
            (ChainRoot::Constant(constant), ["new" | "define"]) => {
                match constant_path(constant).trim_start_matches("::") {
                    "Class" => match node.arguments().next() {
                        Some(base) => self.superclass(base),
                        None => Super::Unsaid,
                    },
                    path @ ("Struct" | "Data") => Super::Named(path.to_owned()),
                    _ => Super::Open,
                }
            }
            (ChainRoot::Word, ["DelegateClass"]) => Super::Named("Delegator".to_owned()),
            _ => Super::Open,
        }
    }

    /// `Base = Class.new(A)`, `Base = A`, `Base = something`: what a constant means.
    pub(super) fn alias(&mut self, node: Node<'w>) {
        let name = word(node.name());
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            return;
        }
        let Some(value) = node.child(NodeRole::Value) else {
            return;
        };
        let is_class = match value.kind() {
            Kind::Constant | Kind::Path => true,
            Kind::Call => value.name() == b"new" && value.block().is_none() || !is_value(name),
            _ => return,
        };
        // With a block the class is entered where that begins.
        if !is_class || (value.block().is_some() && self.made(value).is_some()) {
            return;
        }
        let superclass = match value.kind() {
            Kind::Call if is_new_class(value) => self.superclass(value),
            Kind::Call if value.name() == b"new" => return,
            Kind::Call => Super::Open,
            _ => self.superclass(value),
        };
        let name = self.inside(node.child(NodeRole::Name).map(constant_path), name);
        self.seen.classes.push(ClassFact {
            name,
            superclass,
            placed: None,
        });
    }

    /// A constant that is defined here, with what is around it.
    pub(super) fn inside(&self, path: Option<String>, name: &str) -> String {
        let path = path.filter(|path| !path.is_empty());
        let name = path.unwrap_or_else(|| name.to_owned());
        match (self.frames.nesting(), name.strip_prefix("::")) {
            (_, Some(absolute)) => absolute.to_owned(),
            (Some(around), None) if around.len() + name.len() < MAX_NAME => {
                format!("{around}::{name}")
            }
            (_, None) => name,
        }
    }

    /// What a block is the body of: `Class.new(A) { … }`, `A.class_eval { … }`.
    pub(super) fn made(&self, call: Node<'w>) -> Option<(String, Option<Super>)> {
        if call.kind() != Kind::Call {
            return None;
        }
        if is_new_class(call) {
            let assign = call.parent().filter(|one| one.kind() == Kind::Assign);
            let assign =
                assign.filter(|one| one.name().first().is_some_and(u8::is_ascii_uppercase));
            let name = match assign {
                Some(assign) => {
                    let path = assign.child(NodeRole::Name).map(constant_path);
                    self.inside(path, word(assign.name()))
                }
                // Nobody else can name it.
                None => format!("#{}:{}", self.path, call.index()),
            };
            return Some((name, Some(self.superclass(call))));
        }
        if !matches!(call.name(), b"class_eval" | b"class_exec") {
            return None;
        }
        match CallChain::of(call.receiver()?) {
            CallChain {
                root: ChainRoot::Constant(constant),
                names,
                ..
            } if names.is_empty() => {
                let path = constant_path(constant);
                Some((path.trim_start_matches("::").to_owned(), None))
            }
            _ => None,
        }
    }

    /// Modules that are mixed in, classes that routing names, listeners that are subscribed.
    pub(super) fn ties(&mut self, node: Node<'w>) {
        let nesting = || self.frames.nesting().unwrap_or("").to_owned();
        match node.name() {
            b"include" | b"prepend" | b"send" | b"public_send" => {
                let is_sent = node.name().ends_with(b"send");
                let mut arguments = node.arguments();
                if is_sent {
                    let first = arguments.next().and_then(Node::value);
                    if !matches!(first.as_deref(), Some(b"include" | b"prepend")) {
                        return;
                    }
                }
                let into = match node.receiver() {
                    None => self.frames.nesting().map(str::to_owned),
                    Some(receiver) if receiver.kind() == Kind::Itself => {
                        self.frames.nesting().map(str::to_owned)
                    }
                    Some(receiver) => {
                        let path = constant_path(receiver);
                        (!path.is_empty()).then(|| path.trim_start_matches("::").to_owned())
                    }
                };
                let modules: Vec<String> = arguments.map(constant_path).collect();
                for module in modules.into_iter().filter(|path| !path.is_empty()) {
                    let into = into.clone();
                    self.seen.ties.push(Tie::Includes { into, module });
                }
            }
            b"subscribe" => {
                let Some(to) = node.receiver().and_then(|node| self.owner(node)) else {
                    return;
                };
                let first = node.arguments().next();
                if let Some(class) = first.and_then(|first| self.class_of(first)) {
                    let nesting = nesting();
                    self.seen.ties.push(Tie::Listens { to, nesting, class });
                }
            }
            name if node.receiver().is_none() => {
                let role = word(name);
                if !self.rules.roles.contains(role) || self.frames.drawing().is_none() {
                    return;
                }
                let class = node.arguments().next().map(constant_path);
                if let Some(class) = class.filter(|path| !path.is_empty()) {
                    let (role, nesting) = (role.to_owned(), nesting());
                    self.seen.ties.push(Tie::Routed {
                        role,
                        nesting,
                        class,
                    });
                }
            }
            _ => {}
        }
    }
}

/// `Class.new`, with or without a class to inherit from.
fn is_new_class(call: Node<'_>) -> bool {
    call.name() == b"new"
        && call
            .receiver()
            .is_some_and(|class| constant_path(class).trim_start_matches("::") == "Class")
}

/// What the folder of an application says that a class is: `controller` for `OrdersController` in
/// `app/controllers`, `model` for anything in `app/models`.
fn placed(path: &str, name: &str) -> Option<String> {
    let mut parts = path.split('/').skip_while(|part| *part != "app");
    let folder = parts.nth(1)?;
    parts.next()?;
    let role = folder.strip_suffix("ies").map_or_else(
        || folder.strip_suffix('s').unwrap_or(folder).to_owned(),
        |stem| format!("{stem}y"),
    );
    let own = snake(last_word(name));
    (own == role || role == "model").then_some(role)
}
