//! Plans as Markdown and HTML: one world in every shape of a report, word for word; and the same
//! world with something hostile in every text that a catalog or lockfile may hold.
//!
//! `UPDATE=1` writes the expected report anew. `scripts/test-browser` looks at the pages in a real
//! browser.

use pulldown_cmark::{Event, Options, Parser, Tag};
use rungs::Date;
use rungs::catalog::{Catalog, Source};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::plan::{Outcome, Plan};
use rungs::planner::{self, Request, RuntimeMove};
use rungs::report::{
    Extent, next_html, next_markdown, plan_html, plan_html_with, plan_markdown, plan_markdown_with,
    plan_text_with, step_html, step_markdown,
};
use rungs::scan::Scanner;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// In the files of the world, in place of every text.
const TEXT: &str = "EVIL";
/// In the lockfile, in place of the name of a gem that the catalog does not know.
const HOLDER: &str = "HOLDER";
/// A text without malice that cannot stand in an address either.
const PLAIN: &str = "some (plain) words";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hostile")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn payloads() -> Vec<String> {
    serde_json::from_str(&read("payloads.json")).unwrap()
}

/// As it stands in a TOML file between quotation marks.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "\\U{:08x}", u32::from(c));
        }
    }
    out
}

/// The world with the texts in turn, each with its number, in place of [`TEXT`].
fn world(texts: &[String]) -> Catalog {
    let mut count = 0;
    let files = ["catalog.toml", "actions.toml", "rollout.toml"].map(|name| {
        let file = read(name);
        let mut pieces = file.split(TEXT);
        let mut text = pieces.next().unwrap().to_owned();
        for piece in pieces {
            // The first of the file is in a comment.
            if text.ends_with("hold is ") {
                text.push_str(TEXT);
            } else {
                let mut next = texts[count % texts.len()].clone();
                if piece.starts_with(".md") {
                    next = next.replace('#', ""); // else it ends the name of the page
                }
                let _ = write!(text, "{} n{count}", quoted(&next));
                count += 1;
            }
            text.push_str(piece);
        }
        Source::new(name, text)
    });
    assert!(count > 90, "{count} texts");
    Catalog::parse(files.into()).unwrap()
}

fn plan(catalog: &Catalog, lockfile: &str, request: Request) -> Plan {
    let lockfile = Lockfile::parse(lockfile.as_bytes()).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let mut request = request.to(catalog, "alpha=1.2").unwrap();
    request.as_of = Some(Date::parse("2026-01-01").unwrap());
    planner::plan(catalog, &snapshot, &request).unwrap()
}

/// The plan of the world, and one that is impossible.
fn plans(texts: &[String], holder: &str) -> [Plan; 2] {
    let catalog = world(texts);
    let lockfile = read("Gemfile.lock").replace(HOLDER, holder);
    let held = lockfile.replace("alpha (< 9)", "alpha (< 1.2)");
    let mut fixed = Request::new();
    fixed.runtime = RuntimeMove::Fixed;
    let plans = [
        plan(&catalog, &lockfile, Request::new()),
        plan(&catalog, &held, fixed),
    ];
    assert_eq!(plans[0].outcome(), Outcome::Planned);
    assert_eq!(plans[1].outcome(), Outcome::Impossible);
    assert!(!plans[1].causes().is_empty());
    // A file with such a name and such a line uses what an action speaks about.
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let line = texts[0].replace(char::is_control, " ");
    let (path, source) = (
        format!("{}.rb", texts[0]),
        format!("Alpha::Old.new # {line}\n"),
    );
    let scan = scanner.finish([scanner.scan(&path, source.as_bytes())]);
    assert_eq!(scan.findings().len(), 1);
    plans.map(|plan| plan.with_scan(&scan))
}

fn plain() -> [Plan; 2] {
    plans(&[PLAIN.to_owned()], "holder-gem")
}

/// Every text hostile, once for each way to deal the payloads out.
fn hostile() -> Vec<[Plan; 2]> {
    let mut payloads = payloads();
    (0..payloads.len())
        .map(|_| {
            payloads.rotate_left(1);
            plans(&payloads, "<img/src=x/onerror=\"window.hit=1\">")
        })
        .collect()
}

#[test]
fn a_report_in_markdown_word_for_word() {
    let [planned, impossible] = plain();
    let report = plan_markdown(&planned) + "\n" + &plan_markdown(&impossible);
    let path = folder().join("plain.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &report).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert_eq!(report, expected, "UPDATE=1 writes it anew");
}

/// The first place where two lists differ, with what stands around it.
fn differs<T: AsRef<str>>(found: &[T], expected: &[T]) -> Option<String> {
    let show = |list: &[T], at: usize| {
        let end = list.len().min(at + 3);
        let around = &list[at.saturating_sub(3).min(end)..end];
        let texts: Vec<&str> = around.iter().map(AsRef::as_ref).collect();
        texts.join(", ")
    };
    let same = |at: &usize| {
        let pair = found.get(*at).zip(expected.get(*at));
        pair.is_some_and(|(found, expected)| found.as_ref() == expected.as_ref())
    };
    let at = (0..found.len().max(expected.len())).find(|at| !same(at))?;
    Some(format!("{}; not {}", show(found, at), show(expected, at)))
}

/// The shape of a Markdown text as a parser of GitHub's flavour sees it: blocks, spans, tags.
fn shape(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut shape = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(_) => {}
            // Code between single backticks is code: one text has this.
            Event::Code(code) if &*code == "x" => {}
            Event::Code(_) => shape.push("code".to_owned()),
            Event::Html(html) | Event::InlineHtml(html) => {
                // An empty comment keeps a name from being a mention.
                if &*html != "<!-- -->" {
                    shape.push(format!("html {html}"));
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => shape.push(format!("link {dest_url}")),
            other => shape.push(format!("{other:?}")),
        }
    }
    shape
}

#[test]
fn no_text_changes_the_shape_of_markdown() {
    for (of, plain) in plain().iter().enumerate() {
        for (markdown, what) in [
            (plan_markdown as fn(&Plan) -> String, "plan"),
            (next_markdown, "next"),
        ] {
            let expected = shape(&markdown(plain));
            assert!(expected.iter().any(|it| it.contains("TaskListMarker")) || of == 1);
            for hostile in hostile() {
                let report = markdown(&hostile[of]);
                let found = shape(&report);
                assert_eq!(differs(&found, &expected), None, "{what}\n{report}");
                assert!(!report.contains(['\u{202e}', '\u{2066}', '\u{1b}']));
            }
        }
    }
}

/// Tags in order, and how many quotation marks there are: our own texts hold no other.
fn tags(html: &str) -> (Vec<&str>, usize) {
    let tag = |rest: &'_ str| rest.find([' ', '>', '\n']).unwrap_or(rest.len());
    let tags = html.split('<').skip(1).map(|rest| &rest[..tag(rest)]);
    (tags.collect(), html.matches('"').count())
}

#[test]
fn no_text_changes_the_shape_of_html() {
    for (of, plain) in plain().iter().enumerate() {
        for html in [plan_html as fn(&Plan) -> String, next_html] {
            let expected = html(plain);
            let expected = tags(&expected);
            for hostile in hostile() {
                // Code between single backticks is code: one text has this.
                let page = html(&hostile[of]).replace("<code>x</code>", "x");
                let found = tags(&page);
                assert_eq!(differs(&found.0, &expected.0), None, "{page}");
                assert_eq!(found.1, expected.1, "quotation marks");
                assert!(!page.contains("='window") && !page.contains("href=\"javascript"));
                assert!(!page.contains(['\u{202e}', '\u{2066}', '\u{1b}']));
            }
        }
    }
}

#[test]
fn every_text_is_told() {
    // What a report leaves out on purpose: what describes the catalog to its authors.
    let html = plan_html_with(&plain()[0], Extent::All);
    let markdown = plan_markdown_with(&plain()[0], Extent::All);
    let catalog = world(&[PLAIN.to_owned()]);
    let of_actions = catalog.actions().unwrap().iter().map(|a| a.summary());
    for summary in of_actions {
        assert!(html.contains(&summary.replace('"', "&quot;")), "{summary}");
    }
    let action = catalog.actions().unwrap().get("alpha-breaking").unwrap();
    for text in [
        action.note(),
        action.inferred(),
        action.contradiction(),
        action.affects(),
    ] {
        assert!(markdown.contains(text.unwrap()) && html.contains(text.unwrap()));
    }
}

/// The plan of the example: five steps of a real application.
fn example() -> Plan {
    let catalog = Catalog::karafka().unwrap();
    let lockfile = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    planner::plan(&catalog, &snapshot, &request).unwrap()
}

#[test]
fn numbers_and_cards_come_first_in_every_format() {
    let plan = example();
    let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Normal);
    let markdown = plan_markdown(&plan);
    let html = plan_html(&plan);
    for (report, parts) in [
        (
            &text,
            [
                "5 deploys | ",
                "\n1. karafka ",
                "  now ",
                "In every step",
                "Step 1: ",
            ],
        ),
        (
            &markdown,
            [
                "**5** deploys · ",
                "\n1. [ ] **karafka ",
                "| | now |",
                "### In every step",
                "### Step 1: ",
            ],
        ),
        (
            &html,
            [
                "<dt>deploys</dt><dd>5</dd>",
                "class=\"cards\"",
                "class=\"ladder\"",
                "class=\"every\"",
                "id=\"step-1\"",
            ],
        ),
    ] {
        let places = parts.map(|part| {
            report
                .find(part)
                .unwrap_or_else(|| panic!("{part}\n{report}"))
        });
        assert!(places.is_sorted(), "{places:?}\n{report}");
    }
    // Titles name what climbs, and what follows does not name a step.
    for number in 1..=5 {
        let start = format!("### Step {number}: ");
        let line = markdown
            .lines()
            .find(|line| line.starts_with(&start))
            .unwrap();
        assert!(
            !line.contains("karafka-core") && !line.contains("more"),
            "{line}"
        );
    }
}

/// The number before a word in a line.
fn number(line: &str, word: &str) -> usize {
    let before = line.split_once(word).map_or("", |(before, _)| before);
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap();
    digits.parse().unwrap_or(0)
}

/// Every number says what it counts, and the cards add up to the figures, in each format.
#[test]
fn the_cards_add_up_to_the_figures() {
    let plan = example();
    let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Normal);
    let markdown = plan_markdown(&plan).replace("**", "");
    for report in [&text, &markdown] {
        let mut lines = report.lines();
        let figures = lines.find(|it| it.starts_with("5 deploys")).unwrap();
        let (to_do, to_check) = (
            number(figures, " actions to do"),
            number(figures, " actions to check"),
        );
        assert!(to_do > 20 && to_check > 50, "{figures}");
        let cards: Vec<&str> = lines
            .take_while(|it| !it.starts_with("  ") || !it.contains(" now "))
            .filter(|it| it.contains(" actions to ") || it.contains(" action to "))
            .collect();
        let sum = |word: &str| cards.iter().map(|it| number(it, word)).sum::<usize>();
        let done = cards
            .iter()
            .map(|it| number(it, " action to do"))
            .sum::<usize>();
        assert_eq!(sum(" actions to do") + done, to_do, "{cards:?}");
        let alone = |it: &&&str| !it.contains(" to do");
        let checked = cards.iter().filter(alone).map(|it| number(it, " action"));
        assert_eq!(
            sum(" to check") + checked.filter(|it| *it == 1).sum::<usize>(),
            to_check,
            "{cards:?}"
        );
        // What an earlier step asks for too is named, and counts there.
        assert!(cards.iter().any(|it| it.contains(" again")), "{cards:?}");
    }
    let html = plan_html(&plan);
    assert!(html.contains("<dt>actions to do</dt>") && html.contains("<dt>actions to check</dt>"));
    assert!(html.contains("boxes ticked"));
}

/// Why to hurry is in the first lines: what is installed and out of support.
#[test]
fn what_is_out_of_support_comes_first() {
    let catalog = Catalog::karafka().unwrap();
    let lockfile = Lockfile::parse(include_bytes!("../../examples/Gemfile.lock")).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let mut request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    let mut ask = |day: &str| {
        request.as_of = Some(Date::parse(day).unwrap());
        planner::plan(&catalog, &snapshot, &request).unwrap()
    };
    let plan = ask("2026-11-30");
    let told = "karafka 2.3 since 2025-03-01, karafka-web 0.8 since 2024-08-31, waterdrop 2.6 since 2024-09-30, \
                Ruby 3.2 since 2026-09-30, rails 7.1 since 2025-10-31";
    let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Short).replace("\n", " ");
    let text = text
        .split("  1. ")
        .next()
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains(&format!("Out of support: {told} Each step")),
        "{text}"
    );
    assert!(plan_markdown(&plan).contains(&format!("> **Out of support:** {told}\n")));
    assert!(plan_html(&plan).contains(&format!("<b>Out of support:</b> {told}</p>")));
    let soon = ask("2026-08-19");
    assert!(plan_markdown(&soon).contains("> **Support ends soon:** Ruby 3.2 on 2026-09-30"));
    // Of packages in lockstep the first is named, once.
    let joined = Catalog::joined(&["karafka", "rails"]).unwrap();
    let mut request = Request::new().to(&joined, "rails=8.0").unwrap();
    request.as_of = Some(Date::parse("2026-11-30").unwrap());
    let plan = planner::plan(&joined, &snapshot, &request).unwrap();
    let subjects: Vec<&str> = plan.support().iter().map(|it| it.subject()).collect();
    assert_eq!(
        subjects.iter().filter(|it| **it == "rails").count(),
        1,
        "{subjects:?}"
    );
    assert!(!subjects.contains(&"railties"), "{subjects:?}");
}

/// Catalogs put code between backticks: it is code in Markdown and on the page, and no page shows the ticks.
#[test]
fn code_between_backticks_is_code() {
    let catalog = world(&["run `a_b --c` first".to_owned()]);
    let plan = plan(&catalog, &read("Gemfile.lock"), Request::new());
    let (markdown, html) = (plan_markdown(&plan), plan_html(&plan));
    assert!(markdown.contains("run `a_b --c` first"), "{markdown}");
    assert!(!markdown.contains("\\`"), "{markdown}");
    assert!(html.contains("run <code>a_b --c</code> first"), "{html}");
    // Commands are code as a whole, and names are names.
    let mut page = html.split("<script>").next().unwrap().to_owned();
    for before in ["<code>", "data-component=\"", "guide "] {
        page = page.replace(&format!("{before}run `a_b --c` first"), "");
    }
    assert!(!page.contains('`'), "{page}");
}

#[test]
fn a_step_that_leaves_a_prerelease_is_named_after_the_release() {
    let catalog = Catalog::karafka().unwrap();
    let version = |text| rungs::Version::parse(rungs::Scheme::RubyGems, text).unwrap();
    let mut snapshot = Snapshot::new();
    for (name, text) in [("karafka", "2.0.0.alpha2"), ("waterdrop", "2.3.3")] {
        snapshot = snapshot.with(name, version(text)).direct(name);
    }
    let snapshot = snapshot.with_runtime("ruby", "3.1");
    let request = Request::new().to(&catalog, "karafka=2.0").unwrap();
    let plan = planner::plan(&catalog, &snapshot, &request).unwrap();
    let markdown = plan_markdown(&plan);
    let titles: Vec<&str> = markdown
        .lines()
        .filter(|it| it.starts_with("### Step "))
        .collect();
    let released = plan.steps().iter().position(|step| {
        let mut changes = step.changes().iter();
        changes.any(|it| it.package().as_str() == "karafka" && it.from() == Some("2.0.0.alpha2"))
    });
    let title = titles[released.unwrap()];
    assert!(title.contains("karafka 2.0."), "{title}");
}

#[test]
fn packages_in_lockstep_are_one_row_and_one_name() {
    let packages = ["rails", "record", "text", "view"];
    let mut toml = String::from(
        "format = 1\nname = \"rails\"\nscheme = \"rubygems\"\nhorizon = 2026-01-01\n\
         order = [\"rails\", \"record\", \"text\", \"view\", \"other\"]\n\
         [package.other]\nrole = \"stepped\"\nreleases = '''\n5.0.0 ?\n'''\n",
    );
    for name in packages {
        let release = |version: &str| match name {
            "rails" => {
                format!("{version} ? record = {version}; text = {version}; view = {version}\n")
            }
            _ => format!("{version} ?\n"),
        };
        let releases: String = ["5.0.0", "6.0.0", "7.0.0"].map(release).concat();
        let _ = write!(
            toml,
            "[package.{name}]\nrole = \"stepped\"\nlockstep = \"rails\"\nreleases = '''\n\
             {releases}'''\n"
        );
    }
    let later = toml.clone();
    let catalog = Catalog::parse(vec![Source::new("rails.toml", toml)]).unwrap();
    let lockfile = "GEM\n  remote: https://rubygems.org/\n  specs:\n    other (5.0.0)\n    \
                    rails (5.0.0)\n    record (5.0.0)\n    text (5.0.0)\n    view (5.0.0)\n\n\
                    PLATFORMS\n  ruby\n\nDEPENDENCIES\n  other\n  rails\n";
    let lockfile = Lockfile::parse(lockfile.as_bytes()).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    let plan = planner::plan(&catalog, &snapshot, &Request::new()).unwrap();
    assert_eq!(plan.steps().len(), 2);
    let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Short);
    // The ladder, the title and the changes of a step name the group by its first.
    for told in [
        "\nrails (4 packages)  5.0.0  6.0.0  7.0.0\n",
        "\nother               5.0.0  .      .\n",
        "These share each version: rails, record, text, view.\n",
        "\nStep 2: rails 7.0.0\n  rails (4 packages)  6.0.0 -> 7.0.0 ",
        // The catalog has no actions, so nothing is said of what the steps ask for.
        "Each step is one deploy. The catalog has no upgrade guide for them.\n2 deploys\n\n1. rails 6.0.0\n2. rails 7.0.0\n\n",
        // The command still has all of them.
        "bundle update rails record text view\n",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
    let row = "\n| rails (4 packages) | 5.0.0 | **6.0.0** | **7.0.0** |\n";
    assert!(plan_markdown(&plan).contains(row));
    assert!(plan_markdown(&plan).contains("\n1. [ ] **rails 6.0.0**\n2. [ ] "));
    assert_eq!(plan_html(&plan).matches("class=\"rail\"").count(), 2);
    // Where they stay, too.
    let toml = later.replacen("5.0.0 ?\n", "5.0.0 ?\n6.0.0 ?\n", 1);
    let catalog = Catalog::parse(vec![Source::new("rails.toml", toml)]).unwrap();
    let request = Request::new().to(&catalog, "other=6.0").unwrap();
    let request = request.pin(&catalog, "rails=< 6").unwrap();
    let plan = planner::plan(&catalog, &snapshot, &request).unwrap();
    let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Short);
    let rows = "\nrails (4 packages)  5.0.0  .\nother               5.0.0  6.0.0\n";
    assert!(text.contains(rows), "{text}");
}

#[test]
fn a_heading_has_something_below_it() {
    let old = Snapshot::from_lockfile(
        &Lockfile::parse(
            b"GEM\n  remote: https://rubygems.org/\n  specs:\n    karafka (1.2.11)\n\n\
              PLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka\n\nRUBY VERSION\n   ruby 2.5.3\n",
        )
        .unwrap(),
    );
    let catalog = Catalog::karafka().unwrap();
    let plans = [
        example(),
        planner::plan(&catalog, &old.unwrap(), &Request::new()).unwrap(),
    ];
    let mut without_know = 0;
    for plan in plans {
        let text = plan_text_with(&plan, rungs::report::Style::Plain, Extent::Normal);
        let lines: Vec<&str> = text.lines().collect();
        for (at, _) in lines
            .iter()
            .enumerate()
            .filter(|it| *it.1 == "Good to know")
        {
            assert!(
                lines[at + 1].starts_with("  "),
                "{}",
                lines[at..at + 4].join("\n")
            );
        }
        without_know += text.matches("\n\nSupport after this step\n").count();
        without_know += text
            .matches("In every step\n\nWatch after the deployment")
            .count();
        let page = plan_html(&plan);
        assert!(!page.contains("</h3>\n<h3>"));
        assert!(!plan_markdown(&plan).contains("**Good to know**\n\n**"));
    }
    assert!(without_know > 1);
}

#[test]
fn the_groups_of_a_step_begin_with_what_breaks() {
    let markdown = plan_markdown(&example());
    for step in markdown.split("\n### Step ").skip(1) {
        let groups = [
            "#### Must do",
            "#### Check",
            "<summary>Good to know</summary>",
        ];
        let places: Vec<usize> = groups.iter().filter_map(|it| step.find(it)).collect();
        assert!(places.len() >= 2 && places.is_sorted(), "{step}");
        let groups = step.split("#### ").skip(1);
        let due = |it: &&str| it.starts_with("Must do") || it.starts_with("Check");
        for group in groups.filter(due) {
            let items = group.lines().filter(|line| line.starts_with("- [ ] "));
            let breaks: Vec<bool> = items
                .take_while(|line| line.starts_with("- [ ] **"))
                .map(|line| !line.contains("breaking**"))
                .collect();
            assert!(breaks.is_sorted(), "{group}");
        }
    }
}

#[test]
fn repeats_are_told_once_and_what_does_not_apply_is_not() {
    let plan = example();
    let lines = |report: &str, text: &str| report.lines().filter(|it| it.contains(text)).count();
    let (normal, all) = (plan_markdown(&plan), plan_markdown_with(&plan, Extent::All));
    assert_eq!(lines(&normal, "not applicable, or done already"), 0);
    assert!(lines(&all, "not applicable, or done already") >= 4);
    // Repeats and what does not apply are a tenth here.
    assert!(
        normal.len() * 19 < all.len() * 18,
        "{} of {}",
        normal.len(),
        all.len()
    );
    // What every step asks for stands in its chapter alone.
    let (_, rest) = normal.split_once("### In every step").unwrap();
    let (every, steps) = rest.split_once("\n### Step 1").unwrap();
    let told: Vec<&str> = every.lines().filter(|it| it.starts_with("- ")).collect();
    assert!(told.len() >= 3, "{every}");
    for line in told {
        assert!(!steps.contains(line), "{line}");
    }
    let short = plan_markdown_with(&plan, Extent::Short);
    assert!(short.len() * 2 < normal.len() && short.contains("bundle update"));
}

#[test]
fn the_page_loads_nothing_and_allows_nothing_else() {
    let page = plan_html(&plain()[0]);
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for loads in [
        " src=", "@import", "url(", "style=\"", " onclick", "fetch(", "<base",
    ] {
        assert!(!page.contains(loads), "{loads}");
    }
    let links: Vec<&str> = page.split("href=\"").skip(1).collect();
    assert!(links.len() > 5);
    for link in links {
        let is_fine = ["#", "https://", "data:,\""]
            .iter()
            .any(|start| link.starts_with(start));
        assert!(is_fine, "{}", &link[..link.len().min(60)]);
    }
}

/// A plan with so many steps: one line is climbed in each.
fn tall(steps: usize) -> Plan {
    let mut releases = String::new();
    for line in 0..=steps {
        let _ = writeln!(releases, "1.{line}.0  2020-01-01");
    }
    let catalog = Catalog::parse(vec![Source::new(
        "tall.toml",
        format!(
            "format = 1\nname = \"tall\"\nscheme = \"rubygems\"\nhorizon = 2026-01-01\n\
             order = [\"tower\"]\n[package.tower]\nrole = \"stepped\"\nreleases = '''\n{releases}'''\n"
        ),
    )])
    .unwrap();
    let lockfile = "GEM\n  remote: https://rubygems.org/\n  specs:\n    tower (1.0.0)\n\n\
                    PLATFORMS\n  ruby\n\nDEPENDENCIES\n  tower\n";
    let lockfile = Lockfile::parse(lockfile.as_bytes()).unwrap();
    let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
    planner::plan(&catalog, &snapshot, &Request::new()).unwrap()
}

#[test]
fn the_picture_holds_the_longest_plan() {
    let plan = tall(planner::MAX_STEPS);
    assert_eq!(plan.steps().len(), planner::MAX_STEPS);
    let page = plan_html(&plan);
    // 65 columns of 72, and a row that stays in sight however high it climbs.
    assert!(page.contains("width=\"4680\" height=\"136\""));
    assert_eq!(page.matches("class=\"version\"").count(), 65);
    let markdown = plan_markdown(&plan);
    assert!(markdown.starts_with("## tower 1.0.0 → 1.64.0 in 64 steps\n"));
}

#[test]
fn the_first_step_alone() {
    let plan = &plain()[0];
    let markdown = next_markdown(plan);
    assert!(markdown.contains("This is step 1; 3 steps come after it."));
    assert!(markdown.contains("### Step 1") && !markdown.contains("### Step 2"));
    assert!(!markdown.contains("Clean-up"));
    let page = next_html(plan);
    assert!(page.contains("id=\"step-1\"") && !page.contains("id=\"step-2\""));
    assert!(page.contains("This is step 1; 3 steps come after it."));
}

#[test]
fn each_step_alone() {
    let [plan, none] = &plain()[..] else {
        panic!("two plans");
    };
    let steps = plan.steps().len();
    assert_eq!(steps, 4);
    let headings = |text: &str, of: &str| -> Vec<usize> {
        let is_there = |number: &usize| text.contains(&format!("{of}{number}"));
        (1..=steps).filter(is_there).collect()
    };
    for index in 0..steps {
        let number = index + 1;
        let markdown = step_markdown(plan, index).unwrap();
        assert_eq!(headings(&markdown, "### Step "), [number]);
        let after = [
            "3 steps come",
            "2 steps come",
            "1 step comes",
            "nothing comes",
        ][index];
        assert!(markdown.contains(&format!("This is step {number}; {after} after it.\n")));
        // The table leads from what is installed to this step, and what comes last comes once.
        let columns = markdown.lines().find(|line| line.starts_with("| | now |"));
        let columns = columns.unwrap().matches('|').count();
        assert_eq!(columns, number + 3);
        assert_eq!(markdown.contains("Clean-up"), number == steps);
        let page = step_html(plan, index).unwrap();
        assert_eq!(headings(&page, "id=\"step-"), [number]);
        assert!(page.contains(&format!("This is step {number}; {after} after it.")));
    }
    assert_eq!(step_markdown(plan, 0).unwrap(), next_markdown(plan));
    assert_eq!(step_html(plan, 0).unwrap(), next_html(plan));
    for beyond in [steps, usize::MAX] {
        assert_eq!(step_markdown(plan, beyond), None);
        assert_eq!(step_html(plan, beyond), None);
    }
    // Without a step the next one is the plan, which says why.
    assert_eq!(step_markdown(none, 0), None);
    assert_eq!(next_markdown(none), plan_markdown(none));
    assert_eq!(next_html(none), plan_html(none));
}

#[test]
fn ticks_belong_to_one_plan() {
    let identity = |plan: &Plan| {
        let page = plan_html(plan);
        let start = page.find("data-plan=\"").unwrap() + 11;
        page[start..start + 24].to_owned()
    };
    let catalog = world(&[PLAIN.to_owned()]);
    let lockfile = read("Gemfile.lock");
    let one = plan(&catalog, &lockfile, Request::new());
    assert_eq!(identity(&one), identity(&plain()[0]));
    let elsewhere = lockfile.replace("alpha (1.0.0)", "alpha (1.0.1)");
    let started_elsewhere = plan(&catalog, &elsewhere, Request::new());
    let aims_elsewhere = Request::new().to(&catalog, "beta=2.0").unwrap();
    let aims_elsewhere = plan(&catalog, &lockfile, aims_elsewhere);
    let other = plan(&world(&["other".to_owned()]), &lockfile, Request::new());
    let mut all: Vec<String> = [&one, &started_elsewhere, &aims_elsewhere, &other]
        .map(identity)
        .into();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}

#[test]
fn reasons_stand_in_one_column_though_versions_are_long() {
    use rungs::{Scheme, Version};
    let catalog = Catalog::karafka().unwrap();
    let mut start = Snapshot::new();
    let gems = [("karafka", "1.2.0.beta3"), ("waterdrop", "1.2.0")];
    for (gem, version) in gems {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        start = start.with(gem, version).direct(gem);
    }
    let plan = planner::plan(&catalog, &start, &Request::new()).unwrap();
    let step = plan.steps().first();
    let step = step.unwrap_or_else(|| panic!("{:?} {:?}", plan.outcome(), plan.warnings()));
    let text = rungs::report::step_text(step);
    let columns: Vec<usize> = step
        .changes()
        .iter()
        .map(|change| {
            let lead = format!("  {}", change.package());
            let to = format!("-> {} ", change.to().unwrap());
            let line = text.lines().find(|line| {
                line.starts_with(&lead) && line[lead.len()..].starts_with(' ') && line.contains(&to)
            });
            let line = line.unwrap_or_else(|| panic!("{lead} {to} in {text}"));
            let end = line.find(&to).unwrap() + to.len();
            end + line[end..].find(|c| c != ' ').unwrap()
        })
        .collect();
    assert!(
        columns.len() > 1 && columns.iter().all(|at| *at == columns[0]),
        "{columns:?}\n{text}"
    );
}
