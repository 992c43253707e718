//! Foreign texts: catalogs and lockfiles may hold anything.

/// One line without what could hide or turn around text: blanks of all kinds become spaces, and
/// control characters and those that set the direction of writing show as replaced.
pub(super) fn clean(text: &str) -> String {
    let one = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(one).collect()
}

/// The pieces of a text, each with whether it is code: catalogs put code between single backticks. All else
/// is text, backticks without an end or in a row among it.
pub(super) fn pieces(text: &str) -> Vec<(bool, &str)> {
    // Places of backticks that stand alone.
    let bytes = text.as_bytes();
    let is_tick = |at: usize| bytes.get(at) == Some(&b'`');
    let single = |at: &usize| is_tick(*at) && !is_tick(at + 1) && (*at == 0 || !is_tick(at - 1));
    let ticks: Vec<usize> = (0..bytes.len()).filter(single).collect();
    let mut pieces = Vec::new();
    let mut start = 0;
    for pair in ticks.chunks_exact(2) {
        pieces.push((false, &text[start..pair[0]]));
        pieces.push((true, &text[pair[0] + 1..pair[1]]));
        start = pair[1] + 1;
    }
    pieces.push((false, &text[start..]));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

/// The address, if it is one of the web that can stand in a link as it is.
pub(super) fn web_link(address: Option<&str>) -> Option<&str> {
    address.filter(|address| {
        let starts = |scheme: &str| {
            let start = address.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"'<>\\^`{|}()[]".contains(c);
        (starts("http://") || starts("https://")) && address.chars().all(is_plain)
    })
}

#[cfg(test)]
mod tests {
    use super::{clean, pieces, web_link};

    #[test]
    fn code_is_between_single_backticks() {
        assert_eq!(
            pieces("run `a b` now, ä `c`"),
            [
                (false, "run "),
                (true, "a b"),
                (false, " now, ä "),
                (true, "c")
            ]
        );
        for text in ["a ` b", "``a`` b", "a ``` b", "plain"] {
            assert_eq!(pieces(text), [(false, text)]);
        }
        assert_eq!(pieces("`a` ` b"), [(true, "a"), (false, " ` b")]);
        assert!(pieces("").is_empty());
    }

    #[test]
    fn nothing_hides_in_a_line() {
        assert_eq!(clean("a\r\nb\tc"), "a  b c");
        assert_eq!(clean("a\u{1b}[31m\u{0}"), "a\u{fffd}[31m\u{fffd}");
        assert_eq!(
            clean("a\u{202e}b\u{2066}\u{200f}"),
            "a\u{fffd}b\u{fffd}\u{fffd}"
        );
        assert_eq!(clean("ä ~> 2"), "ä ~> 2");
    }

    #[test]
    fn only_plain_addresses_of_the_web_are_links() {
        for address in ["https://karafka.io/docs/#a-b", "HTTP://a.b/?c=d&e=%20"] {
            assert_eq!(web_link(Some(address)), Some(address));
        }
        for address in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " https://a",
            "https://a b",
            "https://a\"b",
            "https://a)b",
            "https://a\u{202e}b",
            "httpss://a",
            "data:text/html,a",
            "//a.b",
            "http",
            "ä",
        ] {
            assert_eq!(web_link(Some(address)), None, "{address}");
        }
        assert_eq!(web_link(None), None);
    }
}
