//! `rungs plan` and `next` as checklists and pages.

use crate::program::{EXAMPLE, run_on};

#[test]
fn plans_are_pages_and_checklists_too() {
    let said = |args: &[&str]| {
        let run = run_on(EXAMPLE, args);
        assert_eq!(run.err, "", "{args:?}");
        (run.code, run.out)
    };
    let to = ["--to", "karafka=2.6", "--as-of", "2026-08-19", "--format"];
    let (code, text) = said(&[&["plan"][..], &to, &["markdown"]].concat());
    assert_eq!(code, 0);
    assert!(text.starts_with("## karafka 2.3.0 → 2.6.0 in 5 steps\n"));
    assert_eq!(text.matches("\n### Step ").count(), 5);
    assert!(text.contains("\n```sh\nbundle update karafka "));
    let (_, text) = said(&[&["next"][..], &to, &["markdown"]].concat());
    assert_eq!(text.matches("\n### Step ").count(), 1);
    let (code, page) = said(&[&["plan"][..], &to, &["html"]].concat());
    assert_eq!(code, 0);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">\n"));
    assert!(page.ends_with("</html>\n"));
    assert_eq!(page.matches("<details class=\"step\"").count(), 5);
    let fixed = ["--ruby", "2.7", "--ruby-fixed"];
    let (code, text) = said(&[&["plan"][..], &to, &["markdown"], &fixed].concat());
    assert_eq!(code, 3);
    assert!(
        text.starts_with(
            "## No upgrade path to karafka 2.6\n\n**Blocked by:**\n\n- ruby is fixed at 2.7; karafka 2.6.0 requires ruby >= 3.2.0\n"
        )
    );
    let run = run_on(EXAMPLE, &["why", "karafka", "--format", "html"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
}
