//! The known name that a mistyped one is closest to.

/// Longer names are compared up to here.
const COMPARED: usize = 60;

/// The known name that was probably meant: at most a third of its letters, and no more than three,
/// differ, are missing, surplus or have changed places. Of several the first.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let short: String = name.chars().take(COMPARED).collect();
    let asked = short.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters = candidate.chars().count();
        // What differs in length alone needs no table.
        let most = (letters / 3).clamp(1, 3);
        if letters.abs_diff(asked.chars().count()) > most || candidate == name {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&asked, &candidate.to_lowercase());
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typos_have_a_nearest_name_and_other_words_have_none() {
        let known = ["karafka", "karafka-web", "waterdrop", "rdkafka", "ruby"];
        for (typed, meant) in [
            ("karfka", "karafka"),
            ("Karafka", "karafka"),
            ("karafak", "karafka"),
            ("karafka_web", "karafka-web"),
            ("waterdop", "waterdrop"),
            ("rubi", "ruby"),
        ] {
            assert_eq!(nearest(typed, known), Some(meant), "{typed}");
        }
        for typed in ["rails", "", "karafka", "sidekiq", "r"] {
            assert_eq!(nearest(typed, known), None, "{typed}");
        }
        assert_eq!(nearest("ab", ["aa", "bb"]), Some("aa"), "the first of two");
        assert_eq!(nearest(&"a".repeat(1 << 20), known), None);
    }
}
