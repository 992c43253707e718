//! ERB as Ruby: all that is not code becomes blanks, so that every byte keeps its place.

/// The code of a template; line breaks stay, `<% a %>` ends as a statement.
pub(super) fn ruby_of(source: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| if *byte == b'\n' { b'\n' } else { b' ' };
    let mut out: Vec<u8> = source.iter().map(blank).collect();
    let mut at = 0;
    while let Some(open) = find(source, at, b"<%") {
        let mut start = open + 2;
        let mark = source.get(start).copied();
        let Some(close) = find(source, start, b"%>") else {
            break;
        };
        match mark {
            // `<%%` is a text, `<%#` a comment.
            Some(b'%') => {
                at = start + 1;
                continue;
            }
            Some(b'#') => {
                at = close + 2;
                continue;
            }
            Some(b'=' | b'-') => start += 1,
            _ => {}
        }
        if source.get(start) == Some(&b'=') {
            start += 1;
        }
        let mut end = close;
        if end > start && source[end - 1] == b'-' {
            end -= 1;
        }
        if start < end {
            out[start..end].copy_from_slice(&source[start..end]);
        }
        // A comment at the end of a tag must not swallow what follows on its line.
        let is_comment = source[start.min(end)..end].contains(&b'#');
        out[close] = if is_comment { b'\n' } else { b';' };
        at = close + 2;
    }
    out
}

fn find(source: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = source.get(from..)?;
    let at = rest.windows(what.len()).position(|window| window == what)?;
    Some(from + at)
}

#[cfg(test)]
mod tests {
    use super::ruby_of;

    #[test]
    fn code_keeps_its_place() {
        let shown = |source: &str| String::from_utf8(ruby_of(source.as_bytes())).unwrap();
        assert_eq!(shown("a <%= b -%> c\nd"), "      b  ;   \n ");
        assert_eq!(shown("<%# a %><%% b %><% c %>"), "                   c ; ");
        assert_eq!(shown("<% a # b %>c"), "   a # b \n  ");
        assert_eq!(shown("<%"), "  ");
    }
}
