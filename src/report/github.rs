//! The escapes of GitHub's workflow commands.

/// The escapes of a message.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
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
