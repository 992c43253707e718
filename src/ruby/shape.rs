//! What each node of the parser becomes.

use super::children::{Children, collect};
use super::tree::{Kind, NodeRole};
use ruby_prism::{self as prism, Location, Node};

/// What one node of the parser becomes.
pub(super) struct Shape<'pr> {
    pub(super) kind: Kind,
    pub(super) writes: bool,
    pub(super) safe: bool,
    pub(super) name: Option<Location<'pr>>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) children: Children<'pr>,
}

impl<'pr> Shape<'pr> {
    fn new(kind: Kind) -> Self {
        Shape {
            kind,
            writes: false,
            safe: false,
            name: None,
            value: None,
            children: Children::default(),
        }
    }

    fn named(mut self, name: Location<'pr>) -> Self {
        self.name = Some(name);
        self
    }

    fn maybe_named(mut self, name: Option<Location<'pr>>) -> Self {
        self.name = name;
        self
    }

    fn with(mut self, role: NodeRole, node: impl Into<Option<Node<'pr>>>) -> Self {
        let node = node.into().map(|node| (node, role));
        self.children.found.extend(node);
        self
    }

    fn each(mut self, role: NodeRole, nodes: impl IntoIterator<Item = Node<'pr>>) -> Self {
        let nodes = nodes.into_iter().map(|node| (node, role));
        self.children.found.extend(nodes);
        self
    }

    /// The arguments; of something written the last one is the value.
    fn arguments(self, arguments: Option<prism::ArgumentsNode<'pr>>, last: NodeRole) -> Self {
        let mut nodes: Vec<Node<'pr>> = match &arguments {
            Some(arguments) => arguments.arguments().iter().collect(),
            None => Vec::new(),
        };
        let value = (last == NodeRole::Value).then(|| nodes.pop()).flatten();
        self.each(NodeRole::Argument, nodes)
            .with(NodeRole::Value, value)
    }

    fn written(mut self) -> Self {
        self.writes = true;
        self
    }

    fn safe(mut self, safe: bool) -> Self {
        self.safe = safe;
        self
    }

    /// All that is below, as written.
    fn rest(mut self, role: NodeRole, node: &Node<'pr>) -> Self {
        self.children.role = role;
        collect(&mut self.children, node);
        self
    }

    fn valued(mut self, content: Location<'pr>, value: &[u8]) -> Self {
        if content.as_slice() != value {
            self.value = Some(value.to_vec());
        }
        self.name = Some(content);
        self
    }
}

/// The nodes of what is only a list, with their role where it is not that of the list.
pub(super) fn list<'pr>(node: &Node<'pr>) -> Option<(Vec<Node<'pr>>, Option<NodeRole>)> {
    let role = match node {
        Node::StatementsNode { .. } | Node::ArgumentsNode { .. } | Node::ImplicitNode { .. } => {
            None
        }
        Node::ParametersNode { .. } | Node::BlockParametersNode { .. } => Some(NodeRole::Parameter),
        _ => return None,
    };
    let mut children = Children::default();
    collect(&mut children, node);
    let nodes = children.found.into_iter().map(|(node, _)| node);
    Some((nodes.collect(), role))
}

/// Calls an accessor of each of several types of node that are written alike.
macro_rules! alike {
    ($node:expr, $($cast:ident)|+ => |$it:ident| $body:expr) => {
        $(if let Some($it) = $node.$cast() { return $body; })+
    };
}

pub(super) fn shape<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    match node {
        Node::CallNode { .. }
        | Node::CallAndWriteNode { .. }
        | Node::CallOrWriteNode { .. }
        | Node::CallOperatorWriteNode { .. }
        | Node::CallTargetNode { .. }
        | Node::SuperNode { .. }
        | Node::ForwardingSuperNode { .. } => call(node),
        Node::IndexAndWriteNode { .. }
        | Node::IndexOrWriteNode { .. }
        | Node::IndexOperatorWriteNode { .. }
        | Node::IndexTargetNode { .. } => index(node),
        Node::DefNode { .. }
        | Node::ClassNode { .. }
        | Node::ModuleNode { .. }
        | Node::SingletonClassNode { .. }
        | Node::BlockNode { .. }
        | Node::LambdaNode { .. } => definition(node),
        Node::StringNode { .. }
        | Node::SymbolNode { .. }
        | Node::XStringNode { .. }
        | Node::InterpolatedStringNode { .. }
        | Node::InterpolatedSymbolNode { .. }
        | Node::InterpolatedXStringNode { .. }
        | Node::InterpolatedRegularExpressionNode { .. }
        | Node::InterpolatedMatchLastLineNode { .. } => text(node),
        Node::IfNode { .. }
        | Node::UnlessNode { .. }
        | Node::CaseNode { .. }
        | Node::CaseMatchNode { .. }
        | Node::WhenNode { .. }
        | Node::InNode { .. }
        | Node::RescueNode { .. } => branch(node),
        _ => {
            if let Some(shape) = variable(node) {
                return shape;
            }
            Shape::new(plain(node)).rest(NodeRole::Other, node)
        }
    }
}

/// Kinds whose children keep no role.
fn plain(node: &Node<'_>) -> Kind {
    match node {
        Node::ProgramNode { .. } => Kind::Program,
        Node::RegularExpressionNode { .. } | Node::MatchLastLineNode { .. } => Kind::Regex,
        Node::IntegerNode { .. } => Kind::Integer,
        Node::FloatNode { .. } | Node::RationalNode { .. } | Node::ImaginaryNode { .. } => {
            Kind::Number
        }
        Node::NilNode { .. } => Kind::Nil,
        Node::TrueNode { .. } => Kind::True,
        Node::FalseNode { .. } => Kind::False,
        Node::SelfNode { .. } => Kind::Itself,
        Node::HashNode { .. } => Kind::Hash,
        Node::KeywordHashNode { .. } => Kind::Keywords,
        Node::ArrayNode { .. } => Kind::Array,
        Node::BlockArgumentNode { .. } => Kind::BlockArgument,
        Node::ParenthesesNode { .. } => Kind::Parentheses,
        Node::ReturnNode { .. } => Kind::Return,
        Node::BreakNode { .. } => Kind::Break,
        Node::NextNode { .. } => Kind::Next,
        Node::ErrorRecoveryNode { .. } => Kind::Missing,
        _ => Kind::Other,
    }
}

fn call<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    if let Some(call) = node.as_call_node() {
        let name = call.name();
        let is_index = matches!(name.as_slice(), b"[]" | b"[]=") && call.opening_loc().is_some();
        let is_index = is_index && call.call_operator_loc().is_none();
        let is_written = call.is_attribute_write();
        let last = if is_written {
            NodeRole::Value
        } else {
            NodeRole::Argument
        };
        let kind = if is_index { Kind::Index } else { Kind::Call };
        let name = (!is_index).then(|| call.message_loc()).flatten();
        let mut shape = Shape::new(kind)
            .maybe_named(name)
            .safe(call.is_safe_navigation())
            .with(NodeRole::Receiver, call.receiver())
            .arguments(call.arguments(), last)
            .with(NodeRole::Block, call.block());
        shape.writes = is_written;
        return shape;
    }
    alike!(node, as_call_and_write_node | as_call_or_write_node | as_call_operator_write_node => |call|
        Shape::new(Kind::Call)
            .maybe_named(call.message_loc())
            .safe(call.is_safe_navigation())
            .with(NodeRole::Receiver, call.receiver())
            .with(NodeRole::Value, call.value())
            .written());
    if let Some(call) = node.as_call_target_node() {
        return Shape::new(Kind::Call)
            .named(call.message_loc())
            .safe(call.is_safe_navigation())
            .with(NodeRole::Receiver, call.receiver())
            .written();
    }
    if let Some(call) = node.as_super_node() {
        return Shape::new(Kind::Call)
            .named(call.keyword_loc())
            .arguments(call.arguments(), NodeRole::Argument)
            .with(NodeRole::Block, call.block());
    }
    Shape::new(Kind::Call).rest(NodeRole::Block, node)
}

fn index<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    alike!(node, as_index_and_write_node | as_index_or_write_node | as_index_operator_write_node => |index|
        Shape::new(Kind::Index)
            .with(NodeRole::Receiver, index.receiver())
            .arguments(index.arguments(), NodeRole::Argument)
            .with(NodeRole::Value, index.value())
            .written());
    if let Some(index) = node.as_index_target_node() {
        return Shape::new(Kind::Index)
            .with(NodeRole::Receiver, index.receiver())
            .arguments(index.arguments(), NodeRole::Argument)
            .written();
    }
    Shape::new(Kind::Other).rest(NodeRole::Other, node)
}

fn definition<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    if let Some(def) = node.as_def_node() {
        let parameters = def.parameters().map(|parameters| parameters.as_node());
        return Shape::new(Kind::Def)
            .named(def.name_loc())
            .with(NodeRole::Receiver, def.receiver())
            .with(NodeRole::Parameter, parameters)
            .with(NodeRole::Body, def.body());
    }
    if let Some(class) = node.as_class_node() {
        return Shape::new(Kind::Class)
            .with(NodeRole::Name, class.constant_path())
            .with(NodeRole::Superclass, class.superclass())
            .with(NodeRole::Body, class.body());
    }
    if let Some(module) = node.as_module_node() {
        return Shape::new(Kind::Module)
            .with(NodeRole::Name, module.constant_path())
            .with(NodeRole::Body, module.body());
    }
    if let Some(class) = node.as_singleton_class_node() {
        return Shape::new(Kind::Singleton)
            .with(NodeRole::Receiver, class.expression())
            .with(NodeRole::Body, class.body());
    }
    if let Some(block) = node.as_block_node() {
        return Shape::new(Kind::Block)
            .with(NodeRole::Parameter, block.parameters())
            .with(NodeRole::Body, block.body());
    }
    let mut shape = Shape::new(Kind::Lambda);
    if let Some(lambda) = node.as_lambda_node() {
        shape = shape
            .with(NodeRole::Parameter, lambda.parameters())
            .with(NodeRole::Body, lambda.body());
    }
    shape
}

fn text<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    if let Some(text) = node.as_string_node() {
        return Shape::new(Kind::Text).valued(text.content_loc(), text.unescaped());
    }
    if let Some(symbol) = node.as_symbol_node() {
        return Shape::new(Kind::Symbol).valued(symbol.content_loc(), symbol.unescaped());
    }
    if let Some(command) = node.as_x_string_node() {
        return Shape::new(Kind::Command).valued(command.content_loc(), command.unescaped());
    }
    Shape::new(Kind::Interpolated).rest(NodeRole::Part, node)
}

fn branch<'pr>(node: &Node<'pr>) -> Shape<'pr> {
    let body = |statements: Option<prism::StatementsNode<'pr>>| {
        statements.map(|statements| statements.as_node())
    };
    let other = |node: Option<prism::ElseNode<'pr>>| node.map(|node| node.as_node());
    if let Some(branch) = node.as_if_node() {
        return Shape::new(Kind::If)
            .with(NodeRole::Condition, branch.predicate())
            .with(NodeRole::Body, body(branch.statements()))
            .with(NodeRole::Other, branch.subsequent());
    }
    if let Some(branch) = node.as_unless_node() {
        return Shape::new(Kind::If)
            .with(NodeRole::Condition, branch.predicate())
            .with(NodeRole::Body, body(branch.statements()))
            .with(NodeRole::Other, other(branch.else_clause()));
    }
    alike!(node, as_case_node | as_case_match_node => |case|
        Shape::new(Kind::Case)
            .with(NodeRole::Subject, case.predicate())
            .each(NodeRole::Other, &case.conditions())
            .with(NodeRole::Other, other(case.else_clause())));
    if let Some(when) = node.as_when_node() {
        return Shape::new(Kind::When)
            .each(NodeRole::Condition, &when.conditions())
            .with(NodeRole::Body, body(when.statements()));
    }
    if let Some(branch) = node.as_in_node() {
        return Shape::new(Kind::In)
            .with(NodeRole::Condition, branch.pattern())
            .with(NodeRole::Body, body(branch.statements()));
    }
    let mut shape = Shape::new(Kind::Rescue);
    if let Some(rescue) = node.as_rescue_node() {
        let subsequent = rescue.subsequent().map(|rescue| rescue.as_node());
        shape = shape
            .named(rescue.keyword_loc())
            .each(NodeRole::Exception, &rescue.exceptions())
            .with(NodeRole::Other, rescue.reference())
            .with(NodeRole::Body, body(rescue.statements()))
            .with(NodeRole::Other, subsequent);
    }
    shape
}

/// Constants, variables, parameters and pairs.
fn variable<'pr>(node: &Node<'pr>) -> Option<Shape<'pr>> {
    let shape = match node {
        Node::ConstantReadNode { .. } => Shape::new(Kind::Constant).named(node.location()),
        Node::LocalVariableReadNode { .. } => Shape::new(Kind::Local).named(node.location()),
        Node::ItLocalVariableReadNode { .. } => Shape::new(Kind::Local).named(node.location()),
        Node::InstanceVariableReadNode { .. }
        | Node::ClassVariableReadNode { .. }
        | Node::GlobalVariableReadNode { .. } => Shape::new(Kind::Variable).named(node.location()),
        Node::LocalVariableTargetNode { .. }
        | Node::InstanceVariableTargetNode { .. }
        | Node::ClassVariableTargetNode { .. }
        | Node::GlobalVariableTargetNode { .. }
        | Node::ConstantTargetNode { .. } => Shape::new(Kind::Assign).named(node.location()),
        _ => return written(node),
    };
    Some(shape)
}

fn written<'pr>(node: &Node<'pr>) -> Option<Shape<'pr>> {
    macro_rules! any {
        ($($cast:ident)|+ => |$it:ident| $body:expr) => {
            $(if let Some($it) = node.$cast() { return Some($body); })+
        };
    }
    any!(as_constant_path_node | as_constant_path_target_node => |path|
        Shape::new(Kind::Path)
            .named(path.name_loc())
            .with(NodeRole::Receiver, path.parent()));
    any!(as_assoc_node => |pair|
        Shape::new(Kind::Pair)
            .with(NodeRole::Key, pair.key())
            .with(NodeRole::Value, pair.value()));
    any!(as_local_variable_write_node
        | as_local_variable_and_write_node
        | as_local_variable_or_write_node
        | as_local_variable_operator_write_node
        | as_instance_variable_write_node
        | as_instance_variable_and_write_node
        | as_instance_variable_or_write_node
        | as_instance_variable_operator_write_node
        | as_class_variable_write_node
        | as_class_variable_and_write_node
        | as_class_variable_or_write_node
        | as_class_variable_operator_write_node
        | as_global_variable_write_node
        | as_global_variable_and_write_node
        | as_global_variable_or_write_node
        | as_global_variable_operator_write_node
        | as_constant_write_node
        | as_constant_and_write_node
        | as_constant_or_write_node
        | as_constant_operator_write_node => |write|
        Shape::new(Kind::Assign)
            .named(write.name_loc())
            .with(NodeRole::Value, write.value()));
    any!(as_constant_path_write_node
        | as_constant_path_and_write_node
        | as_constant_path_or_write_node
        | as_constant_path_operator_write_node => |write|
        Shape::new(Kind::Assign)
            .named(write.target().name_loc())
            .with(NodeRole::Name, write.target().as_node())
            .with(NodeRole::Value, write.value()));
    any!(as_required_parameter_node => |parameter|
        Shape::new(Kind::Parameter).named(parameter.location()));
    any!(as_optional_parameter_node | as_optional_keyword_parameter_node => |parameter|
        Shape::new(Kind::Parameter)
            .named(parameter.name_loc())
            .with(NodeRole::Value, parameter.value()));
    any!(as_required_keyword_parameter_node | as_block_local_variable_node => |parameter|
        Shape::new(Kind::Parameter).named(parameter.location()));
    any!(as_rest_parameter_node | as_keyword_rest_parameter_node | as_block_parameter_node => |parameter|
        Shape::new(Kind::Parameter).maybe_named(parameter.name_loc()));
    None
}
