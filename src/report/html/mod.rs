//! Prints a report as one page of HTML that loads nothing: style, script and picture are in it.
//!
//! Every text of catalogs and lockfiles passes [`escaped`] and is in an element or a quoted
//! attribute. The page's own policy allows no style and no script but ours, by their hashes.

mod blocks;
mod ladder;
mod tools;

use super::clean::{clean, pieces};
use super::document::Document;
use super::document::Extent;
use super::plan;
use crate::plan::Plan;
use blocks::{note, print};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole plan.
#[must_use]
pub fn plan_html(plan: &Plan) -> String {
    plan_html_with(plan, Extent::Normal)
}

/// The whole plan, with so much of each step.
#[must_use]
pub fn plan_html_with(plan: &Plan, extent: Extent) -> String {
    let range = 0..plan.steps().len();
    page(&plan::plan(plan, range, extent))
}

/// The first step, with the picture of the whole plan; where there is none the plan, which says why.
#[must_use]
pub fn next_html(plan: &Plan) -> String {
    next_html_with(plan, Extent::Normal)
}

/// The same, with so much of the step.
#[must_use]
pub fn next_html_with(plan: &Plan, extent: Extent) -> String {
    let range = 0..plan.steps().len().min(1);
    page(&plan::plan(plan, range, extent))
}

/// One step, from 0, with the picture of the whole plan; `None` beyond the last.
#[must_use]
pub fn step_html(plan: &Plan, index: usize) -> Option<String> {
    (index < plan.steps().len()).then(|| page(&plan::plan(plan, index..index + 1, Extent::Normal)))
}

pub(super) fn page(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>{STYLE}</style>\n</head>\n<body data-plan=\"{}\">\n\
         <a class=\"skip\" href=\"#main\">Skip to the plan</a>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"facts\">{}</p>\n</header>\n<main id=\"main\" data-paper=\"{}\">\n",
        hash(STYLE),
        hash(SCRIPT),
        escaped(&document.identity),
        escaped(&document.source.text()),
        match document.extent {
            Extent::All => "all",
            Extent::Short | Extent::Normal => "normal",
        }
    );
    for it in &document.notes {
        note(&mut out, it);
    }
    print(&mut out, &document.blocks);
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>Made by rungs from the catalog <code>{}</code></p>\n</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>",
        escaped(&document.source.digest)
    );
    out
}

/// The SHA-256 of a text in Base64, as a policy names it.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text);
    let mut out = String::new();
    for three in digest.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| {
            bits << 8 | u32::from(three.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at > three.len() { '=' } else { digit.into() });
        }
    }
    out
}

/// A text of an element, in which code between backticks is code.
fn prose(text: &str) -> String {
    let text = clean(text);
    let pieces = pieces(&text).into_iter();
    let pieces = pieces.map(|(is_code, piece)| match is_code {
        true => format!("<code>{}</code>", escaped(piece)),
        false => escaped(piece),
    });
    pieces.collect()
}

/// The escapes of HTML, for elements and quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, hash, prose};

    #[test]
    fn code_between_backticks_is_an_element() {
        assert_eq!(
            prose("run `a <b>` & `c"),
            "run <code>a &lt;b&gt;</code> &amp; `c"
        );
    }

    #[test]
    fn nothing_leaves_an_element_or_an_attribute() {
        assert_eq!(
            escaped("<a b=\"c\" d='e'>&amp;\n\u{202e}"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp; \u{fffd}"
        );
    }

    #[test]
    fn the_hash_is_that_of_a_policy() {
        // `printf 'alert(1)' | openssl dgst -sha256 -binary | base64`
        assert_eq!(
            hash("alert(1)"),
            "bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="
        );
    }
}
