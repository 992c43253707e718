//! Digests, as the section CHECKSUMS writes them.

use std::borrow::Cow;

/// The digest in hexadecimal, or `None` where Bundler refuses it: a `sha256` is 64 hexadecimal
/// digits, or 43 of base64 (the alphabet of addresses too) and one `=`. Other algorithms may
/// say what they like.
pub(super) fn hex<'a>(algorithm: &str, digest: &'a str) -> Option<Cow<'a, str>> {
    let is_hex = || digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    if algorithm != "sha256" || is_hex() {
        return Some(Cow::Borrowed(digest));
    }
    let digits = digest.strip_suffix('=').filter(|text| text.len() == 43)?;
    let mut hex = String::with_capacity(66);
    for three in digits.as_bytes().chunks(4) {
        let mut bits = 0;
        for place in 0..4 {
            let value = three.get(place).map_or(Some(0), |b| base64(*b))?;
            bits = bits << 6 | value;
        }
        hex.push_str(&format!("{bits:06x}"));
    }
    // 43 digits are 258 bits, 256 of them the sum's; Ruby asks that the other two are zero.
    if hex.get(64..) != Some("00") {
        return None;
    }
    hex.truncate(64);
    Some(Cow::Owned(hex))
}

fn base64(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sha256_is_hexadecimal_or_base64() {
        let sum = "96b54c132ae1720186d63ff2183cb2dc16bcc8005b9e37cca796fb31fbf45e6b";
        let padded = "lrVMEyrhcgGG1j_yGDyy3Ba8yABbnjfMp5b7Mfv0Xms=";
        assert_eq!(hex("sha256", sum).as_deref(), Some(sum));
        assert_eq!(hex("sha256", padded).as_deref(), Some(sum));
        assert_eq!(hex("sha256", &padded[..43]), None);
        assert_eq!(hex("sha256", &format!("{padded}=")), None);
        assert_eq!(hex("sha256", &padded.replace('_', "*")), None);
        assert_eq!(hex("sha256", &padded.replace("Xms", "Xmt")), None);
        assert_eq!(hex("sha256", ""), None);
        assert_eq!(hex("sha256", &"é".repeat(32)), None);
        assert_eq!(hex("sha3", "anything").as_deref(), Some("anything"));
    }
}
