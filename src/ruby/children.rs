//! The children of a node, without recursion and complete.
//!
//! Invariant: every kind of node of the parser is in the table below; a release of it with
//! another one does not compile.

use super::tree::NodeRole;
use ruby_prism::{self as prism, Node, Visit};

/// Collects the children of one node, in the order of the source; lists of statements and of
/// arguments are no level of their own.
pub(super) struct Children<'pr> {
    pub(super) found: Vec<(Node<'pr>, NodeRole)>,
    pub(super) role: NodeRole,
}

impl Default for Children<'_> {
    fn default() -> Self {
        Children {
            found: Vec::new(),
            role: NodeRole::Other,
        }
    }
}

impl<'pr> Children<'pr> {
    fn push(&mut self, node: Node<'pr>) {
        self.found.push((node, self.role));
    }
}

impl<'pr> Visit<'pr> for Children<'pr> {
    fn visit(&mut self, node: &Node<'pr>) {
        self.push(copy(node));
    }

    // What the parser hands over by its type would be descended into.
    fn visit_else_node(&mut self, node: &prism::ElseNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_ensure_node(&mut self, node: &prism::EnsureNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_rescue_node(&mut self, node: &prism::RescueNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_block_node(&mut self, node: &prism::BlockNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_block_argument_node(&mut self, node: &prism::BlockArgumentNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_call_node(&mut self, node: &prism::CallNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_constant_path_node(&mut self, node: &prism::ConstantPathNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_local_variable_target_node(&mut self, node: &prism::LocalVariableTargetNode<'pr>) {
        self.push(node.as_node());
    }

    fn visit_splat_node(&mut self, node: &prism::SplatNode<'pr>) {
        self.push(node.as_node());
    }
}

macro_rules! table {
    ($($form:ident $name:ident $cast:ident $visit:ident,)*) => {
        fn copy<'pr>(node: &Node<'pr>) -> Node<'pr> {
            match node {
                $(Node::$name { parser, pointer, marker } => Node::$name {
                    parser: *parser,
                    pointer: *pointer,
                    marker: *marker,
                },)*
            }
        }

        /// Adds the children of a node.
        pub(super) fn collect<'pr>(children: &mut Children<'pr>, node: &Node<'pr>) {
            match node {
                $(Node::$name { .. } => table!(@$form children node $cast $visit),)*
            }
        }
    };
    (@branch $children:ident $node:ident $cast:ident $visit:ident) => {
        if let Some(node) = $node.$cast() {
            prism::$visit($children, &node);
        }
    };
    (@leaf $children:ident $node:ident $cast:ident $visit:ident) => {
        ()
    };
}

table! {
    branch AliasGlobalVariableNode as_alias_global_variable_node visit_alias_global_variable_node,
    branch AliasMethodNode as_alias_method_node visit_alias_method_node,
    branch AlternationPatternNode as_alternation_pattern_node visit_alternation_pattern_node,
    branch AndNode as_and_node visit_and_node,
    branch ArgumentsNode as_arguments_node visit_arguments_node,
    branch ArrayNode as_array_node visit_array_node,
    branch ArrayPatternNode as_array_pattern_node visit_array_pattern_node,
    branch AssocNode as_assoc_node visit_assoc_node,
    branch AssocSplatNode as_assoc_splat_node visit_assoc_splat_node,
    leaf BackReferenceReadNode as_back_reference_read_node visit_back_reference_read_node,
    branch BeginNode as_begin_node visit_begin_node,
    branch BlockArgumentNode as_block_argument_node visit_block_argument_node,
    leaf BlockLocalVariableNode as_block_local_variable_node visit_block_local_variable_node,
    branch BlockNode as_block_node visit_block_node,
    leaf BlockParameterNode as_block_parameter_node visit_block_parameter_node,
    branch BlockParametersNode as_block_parameters_node visit_block_parameters_node,
    branch BreakNode as_break_node visit_break_node,
    branch CallAndWriteNode as_call_and_write_node visit_call_and_write_node,
    branch CallNode as_call_node visit_call_node,
    branch CallOperatorWriteNode as_call_operator_write_node visit_call_operator_write_node,
    branch CallOrWriteNode as_call_or_write_node visit_call_or_write_node,
    branch CallTargetNode as_call_target_node visit_call_target_node,
    branch CapturePatternNode as_capture_pattern_node visit_capture_pattern_node,
    branch CaseMatchNode as_case_match_node visit_case_match_node,
    branch CaseNode as_case_node visit_case_node,
    branch ClassNode as_class_node visit_class_node,
    branch ClassVariableAndWriteNode as_class_variable_and_write_node visit_class_variable_and_write_node,
    branch ClassVariableOperatorWriteNode as_class_variable_operator_write_node visit_class_variable_operator_write_node,
    branch ClassVariableOrWriteNode as_class_variable_or_write_node visit_class_variable_or_write_node,
    leaf ClassVariableReadNode as_class_variable_read_node visit_class_variable_read_node,
    leaf ClassVariableTargetNode as_class_variable_target_node visit_class_variable_target_node,
    branch ClassVariableWriteNode as_class_variable_write_node visit_class_variable_write_node,
    branch ConstantAndWriteNode as_constant_and_write_node visit_constant_and_write_node,
    branch ConstantOperatorWriteNode as_constant_operator_write_node visit_constant_operator_write_node,
    branch ConstantOrWriteNode as_constant_or_write_node visit_constant_or_write_node,
    branch ConstantPathAndWriteNode as_constant_path_and_write_node visit_constant_path_and_write_node,
    branch ConstantPathNode as_constant_path_node visit_constant_path_node,
    branch ConstantPathOperatorWriteNode as_constant_path_operator_write_node visit_constant_path_operator_write_node,
    branch ConstantPathOrWriteNode as_constant_path_or_write_node visit_constant_path_or_write_node,
    branch ConstantPathTargetNode as_constant_path_target_node visit_constant_path_target_node,
    branch ConstantPathWriteNode as_constant_path_write_node visit_constant_path_write_node,
    leaf ConstantReadNode as_constant_read_node visit_constant_read_node,
    leaf ConstantTargetNode as_constant_target_node visit_constant_target_node,
    branch ConstantWriteNode as_constant_write_node visit_constant_write_node,
    branch DefNode as_def_node visit_def_node,
    branch DefinedNode as_defined_node visit_defined_node,
    branch ElseNode as_else_node visit_else_node,
    branch EmbeddedStatementsNode as_embedded_statements_node visit_embedded_statements_node,
    branch EmbeddedVariableNode as_embedded_variable_node visit_embedded_variable_node,
    branch EnsureNode as_ensure_node visit_ensure_node,
    branch ErrorRecoveryNode as_error_recovery_node visit_error_recovery_node,
    leaf FalseNode as_false_node visit_false_node,
    branch FindPatternNode as_find_pattern_node visit_find_pattern_node,
    branch FlipFlopNode as_flip_flop_node visit_flip_flop_node,
    leaf FloatNode as_float_node visit_float_node,
    branch ForNode as_for_node visit_for_node,
    leaf ForwardingArgumentsNode as_forwarding_arguments_node visit_forwarding_arguments_node,
    leaf ForwardingParameterNode as_forwarding_parameter_node visit_forwarding_parameter_node,
    branch ForwardingSuperNode as_forwarding_super_node visit_forwarding_super_node,
    branch GlobalVariableAndWriteNode as_global_variable_and_write_node visit_global_variable_and_write_node,
    branch GlobalVariableOperatorWriteNode as_global_variable_operator_write_node visit_global_variable_operator_write_node,
    branch GlobalVariableOrWriteNode as_global_variable_or_write_node visit_global_variable_or_write_node,
    leaf GlobalVariableReadNode as_global_variable_read_node visit_global_variable_read_node,
    leaf GlobalVariableTargetNode as_global_variable_target_node visit_global_variable_target_node,
    branch GlobalVariableWriteNode as_global_variable_write_node visit_global_variable_write_node,
    branch HashNode as_hash_node visit_hash_node,
    branch HashPatternNode as_hash_pattern_node visit_hash_pattern_node,
    branch IfNode as_if_node visit_if_node,
    branch ImaginaryNode as_imaginary_node visit_imaginary_node,
    branch ImplicitNode as_implicit_node visit_implicit_node,
    leaf ImplicitRestNode as_implicit_rest_node visit_implicit_rest_node,
    branch InNode as_in_node visit_in_node,
    branch IndexAndWriteNode as_index_and_write_node visit_index_and_write_node,
    branch IndexOperatorWriteNode as_index_operator_write_node visit_index_operator_write_node,
    branch IndexOrWriteNode as_index_or_write_node visit_index_or_write_node,
    branch IndexTargetNode as_index_target_node visit_index_target_node,
    branch InstanceVariableAndWriteNode as_instance_variable_and_write_node visit_instance_variable_and_write_node,
    branch InstanceVariableOperatorWriteNode as_instance_variable_operator_write_node visit_instance_variable_operator_write_node,
    branch InstanceVariableOrWriteNode as_instance_variable_or_write_node visit_instance_variable_or_write_node,
    leaf InstanceVariableReadNode as_instance_variable_read_node visit_instance_variable_read_node,
    leaf InstanceVariableTargetNode as_instance_variable_target_node visit_instance_variable_target_node,
    branch InstanceVariableWriteNode as_instance_variable_write_node visit_instance_variable_write_node,
    leaf IntegerNode as_integer_node visit_integer_node,
    branch InterpolatedMatchLastLineNode as_interpolated_match_last_line_node visit_interpolated_match_last_line_node,
    branch InterpolatedRegularExpressionNode as_interpolated_regular_expression_node visit_interpolated_regular_expression_node,
    branch InterpolatedStringNode as_interpolated_string_node visit_interpolated_string_node,
    branch InterpolatedSymbolNode as_interpolated_symbol_node visit_interpolated_symbol_node,
    branch InterpolatedXStringNode as_interpolated_x_string_node visit_interpolated_x_string_node,
    leaf ItLocalVariableReadNode as_it_local_variable_read_node visit_it_local_variable_read_node,
    leaf ItParametersNode as_it_parameters_node visit_it_parameters_node,
    branch KeywordHashNode as_keyword_hash_node visit_keyword_hash_node,
    leaf KeywordRestParameterNode as_keyword_rest_parameter_node visit_keyword_rest_parameter_node,
    branch LambdaNode as_lambda_node visit_lambda_node,
    branch LocalVariableAndWriteNode as_local_variable_and_write_node visit_local_variable_and_write_node,
    branch LocalVariableOperatorWriteNode as_local_variable_operator_write_node visit_local_variable_operator_write_node,
    branch LocalVariableOrWriteNode as_local_variable_or_write_node visit_local_variable_or_write_node,
    leaf LocalVariableReadNode as_local_variable_read_node visit_local_variable_read_node,
    leaf LocalVariableTargetNode as_local_variable_target_node visit_local_variable_target_node,
    branch LocalVariableWriteNode as_local_variable_write_node visit_local_variable_write_node,
    leaf MatchLastLineNode as_match_last_line_node visit_match_last_line_node,
    branch MatchPredicateNode as_match_predicate_node visit_match_predicate_node,
    branch MatchRequiredNode as_match_required_node visit_match_required_node,
    branch MatchWriteNode as_match_write_node visit_match_write_node,
    branch ModuleNode as_module_node visit_module_node,
    branch MultiTargetNode as_multi_target_node visit_multi_target_node,
    branch MultiWriteNode as_multi_write_node visit_multi_write_node,
    branch NextNode as_next_node visit_next_node,
    leaf NilNode as_nil_node visit_nil_node,
    leaf NoBlockParameterNode as_no_block_parameter_node visit_no_block_parameter_node,
    leaf NoKeywordsParameterNode as_no_keywords_parameter_node visit_no_keywords_parameter_node,
    leaf NumberedParametersNode as_numbered_parameters_node visit_numbered_parameters_node,
    leaf NumberedReferenceReadNode as_numbered_reference_read_node visit_numbered_reference_read_node,
    branch OptionalKeywordParameterNode as_optional_keyword_parameter_node visit_optional_keyword_parameter_node,
    branch OptionalParameterNode as_optional_parameter_node visit_optional_parameter_node,
    branch OrNode as_or_node visit_or_node,
    branch ParametersNode as_parameters_node visit_parameters_node,
    branch ParenthesesNode as_parentheses_node visit_parentheses_node,
    branch PinnedExpressionNode as_pinned_expression_node visit_pinned_expression_node,
    branch PinnedVariableNode as_pinned_variable_node visit_pinned_variable_node,
    branch PostExecutionNode as_post_execution_node visit_post_execution_node,
    branch PreExecutionNode as_pre_execution_node visit_pre_execution_node,
    branch ProgramNode as_program_node visit_program_node,
    branch RangeNode as_range_node visit_range_node,
    leaf RationalNode as_rational_node visit_rational_node,
    leaf RedoNode as_redo_node visit_redo_node,
    leaf RegularExpressionNode as_regular_expression_node visit_regular_expression_node,
    leaf RequiredKeywordParameterNode as_required_keyword_parameter_node visit_required_keyword_parameter_node,
    leaf RequiredParameterNode as_required_parameter_node visit_required_parameter_node,
    branch RescueModifierNode as_rescue_modifier_node visit_rescue_modifier_node,
    branch RescueNode as_rescue_node visit_rescue_node,
    leaf RestParameterNode as_rest_parameter_node visit_rest_parameter_node,
    leaf RetryNode as_retry_node visit_retry_node,
    branch ReturnNode as_return_node visit_return_node,
    leaf SelfNode as_self_node visit_self_node,
    branch ShareableConstantNode as_shareable_constant_node visit_shareable_constant_node,
    branch SingletonClassNode as_singleton_class_node visit_singleton_class_node,
    leaf SourceEncodingNode as_source_encoding_node visit_source_encoding_node,
    leaf SourceFileNode as_source_file_node visit_source_file_node,
    leaf SourceLineNode as_source_line_node visit_source_line_node,
    branch SplatNode as_splat_node visit_splat_node,
    branch StatementsNode as_statements_node visit_statements_node,
    leaf StringNode as_string_node visit_string_node,
    branch SuperNode as_super_node visit_super_node,
    leaf SymbolNode as_symbol_node visit_symbol_node,
    leaf TrueNode as_true_node visit_true_node,
    branch UndefNode as_undef_node visit_undef_node,
    branch UnlessNode as_unless_node visit_unless_node,
    branch UntilNode as_until_node visit_until_node,
    branch WhenNode as_when_node visit_when_node,
    branch WhileNode as_while_node visit_while_node,
    leaf XStringNode as_x_string_node visit_x_string_node,
    branch YieldNode as_yield_node visit_yield_node,
}
