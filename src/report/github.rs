//! The escapes of GitHub's workflow commands.

use crate::plain::is_odd;
use std::fmt::Write;

/// The escapes of a message.
pub(super) fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            // The runner passes on what it does not know.
            c if is_odd(c) => {
                let _ = write!(out, "{}", c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    out
}

/// The escapes of a property: two more.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("50% a::b\r\n"), "50%25 a::b%0D%0A");
        assert_eq!(property("a:b,c=d\n%"), "a%3Ab%2Cc=d%0A%25");
    }
}
