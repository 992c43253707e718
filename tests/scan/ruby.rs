//! Ruby source as a tree: shapes, values, places, faults and what nests deeply.

use rungs::ruby::*;

fn shown(source: &str) -> Vec<String> {
    let tree = parse(source.as_bytes()).unwrap();
    let nodes: Vec<String> = tree
        .nodes()
        .skip(1)
        .map(|node| format!("{node:?}"))
        .collect();
    nodes
}

#[test]
fn a_call_has_a_receiver_arguments_a_block_and_a_name() {
    let source = "A::B.go(1, k: 'v') { |x| x.y = 2 }\n";
    let tree = parse(source.as_bytes()).unwrap();
    let call = tree.root().children().next().unwrap();
    assert_eq!((call.kind(), call.name()), (Kind::Call, &b"go"[..]));
    assert_eq!(call.receiver().unwrap().text(), b"A::B");
    let arguments: Vec<_> = call.arguments().map(|node| node.text()).collect();
    assert_eq!(arguments, [&b"1"[..], b"k: 'v'"]);
    let block = call.block().unwrap();
    assert_eq!(block.child(NodeRole::Parameter).unwrap().name(), b"x");
    let written = block.child(NodeRole::Body).unwrap();
    assert!(written.is_written());
    assert_eq!(written.name(), b"y");
    assert_eq!(written.child(NodeRole::Value).unwrap().text(), b"2");
    assert_eq!(written.parent(), Some(block));
}

#[test]
fn nodes_stand_in_document_order_with_their_roles() {
    assert_eq!(
        shown("class A < B\n  def c(d) = e[:f] ||= \"g\"\nend\n"),
        [
            "Other Class \"class A < B\\n  def c(d) = e[:f] ||= \\\"g\\\"\\nend\"",
            "Name Constant \"A\"",
            "Superclass Constant \"B\"",
            "Body Def \"def c(d) = e[:f] ||= \\\"g\\\"\"",
            "Parameter Parameter \"d\"",
            "Body Index \"e[:f] ||= \\\"g\\\"\"",
            "Receiver Call \"e\"",
            "Argument Symbol \":f\"",
            "Value Text \"\\\"g\\\"\"",
        ]
    );
}

#[test]
fn literals_have_values_and_the_place_of_their_contents() {
    let source = "['a', \"b\\n\", :c, :\"d e\", %w[f g], k: 1]";
    let tree = parse(source.as_bytes()).unwrap();
    let values: Vec<String> = tree
        .nodes()
        .filter_map(|node| node.value())
        .map(|value| String::from_utf8_lossy(&value).into_owned())
        .collect();
    assert_eq!(values, ["a", "b\n", "c", "d e", "f", "g", "k"]);
    let text = tree.nodes().find(|node| node.kind() == Kind::Text).unwrap();
    assert_eq!(text.name_range(), 2..3);
}

#[test]
fn what_is_not_ruby_is_told_and_the_rest_read() {
    let source = "a.b\nclass\nC.d(\n";
    let tree = parse(source.as_bytes()).unwrap();
    assert!(tree.fault_count() > 0);
    assert!(tree.nodes().any(|node| node.name() == b"b"));
    assert!(tree.faults().len() <= MAX_FAULTS);
    let none = parse(b"\xff\xfe\x00").unwrap();
    assert!(none.fault_count() > 0);
}

#[test]
fn nothing_that_nests_overflows_a_small_stack() {
    let deep = 100_000;
    let sources = [
        format!("{}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}1{}", "a {".repeat(deep), "}".repeat(deep)),
        "if a\n".repeat(deep),
        "\"#{".repeat(deep),
        format!("a{}", ".b".repeat(deep)),
        format!("a{}", " + b".repeat(deep)),
        format!("begin\n{}end", "rescue\n".repeat(deep)),
        format!("if a\n{}end", "elsif b\n".repeat(deep)),
        "a = ".repeat(deep),
        "a ? b : ".repeat(deep),
        "a ** ".repeat(deep),
        "not ".repeat(20_000),
    ];
    let read = move || {
        for source in sources {
            let tree = parse(source.as_bytes()).unwrap();
            let root = tree.root();
            assert_eq!(root.end(), tree.nodes().count());
        }
    };
    let small = std::thread::Builder::new().stack_size(128 << 10);
    small.spawn(read).unwrap().join().unwrap();
}

#[test]
fn sources_beyond_the_limits_are_refused() {
    let at_limit = vec![b' '; MAX_BYTES];
    assert!(parse(&at_limit).is_ok());
    let beyond = vec![b' '; MAX_BYTES + 1];
    assert_eq!(parse(&beyond).unwrap_err(), Refusal::TooLong);
    let signs = |count: usize| format!("{}a", "! ".repeat(count));
    assert!(parse(signs(1_000).as_bytes()).is_ok());
    assert_eq!(
        parse(signs(1_001).as_bytes()).unwrap_err(),
        Refusal::TooDeep
    );
}

#[test]
fn lines_count_characters() {
    let text = "one\nzwölf ab\r\n".as_bytes();
    let lines = Lines::of(text);
    assert_eq!(lines.place(0).to_string(), "1:1");
    assert_eq!(lines.place(text.len() - 4).to_string(), "2:7");
    assert_eq!(lines.place(999).to_string(), "3:1");
    assert_eq!(&text[lines.range(1)], b"one");
    assert_eq!(lines.range(0), text.len()..text.len());
    assert_eq!(lines.range(9), text.len()..text.len());
}

#[test]
fn comments_and_the_data_behind_the_program_have_places() {
    let source = "a # b\n__END__\nc\n";
    let tree = parse(source.as_bytes()).unwrap();
    assert_eq!(tree.comments(), std::slice::from_ref(&(2..5)));
    assert_eq!(tree.data(), Some(6));
    assert_eq!(tree.fault_count(), 0);
}
