//! A plan as a checklist in Markdown (GitHub's flavour), to be pasted into a ticket.
//!
//! What comes from catalogs and lockfiles passes [`text`], [`opening`], [`code`] or [`fence`]; none
//! of it starts a line.

use super::words::{
    self, Group, asks, blockers, clean, counted, groups, held, is_to_do, moves, not_due, notes,
    particulars, phase, place, proof, remarks, rows, step_title, support, task_lead, title,
    unlocks, web_link,
};
use crate::catalog::{Component, Phase};
use crate::plan::{Due, Expectation, Plan, Step, Task, TaskKind};
use std::fmt::Write;
use std::ops::Range;

/// The whole plan.
#[must_use]
pub fn plan_markdown(plan: &Plan) -> String {
    markdown(plan, 0..plan.steps().len())
}

/// The first step, for a ticket of its own; where there is none the plan, which says why.
#[must_use]
pub fn next_markdown(plan: &Plan) -> String {
    step_markdown(plan, 0).unwrap_or_else(|| plan_markdown(plan))
}

/// One step, from 0, for a ticket of its own; `None` beyond the last.
#[must_use]
pub fn step_markdown(plan: &Plan, index: usize) -> Option<String> {
    (index < plan.steps().len()).then(|| markdown(plan, index..index + 1))
}

/// These steps, in a table that begins with what is installed.
fn markdown(plan: &Plan, range: Range<usize>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n", text(&title(plan)));
    let last = range.end;
    let shown = &plan.steps()[range];
    if !shown.is_empty() {
        table(&mut out, plan, last);
    }
    for each in held(plan) {
        let _ = writeln!(out, "> **Held:** {}\n", text(&each));
    }
    let proof = proof(plan).filter(|_| shown.len() == plan.steps().len());
    if let Some(proof) = proof {
        let _ = writeln!(out, "{}\n", text(&proof));
    }
    let later = plan.steps().len() - last;
    if shown.len() < plan.steps().len() {
        let come = match later {
            0 => "nothing comes".to_owned(),
            1 => "1 step comes".to_owned(),
            _ => format!("{later} steps come"),
        };
        let _ = writeln!(out, "This is step {last}; {come} after it.\n");
    }
    impossible(&mut out, plan);
    for remark in remarks(plan) {
        let _ = writeln!(out, "> **Note:** {}\n", text(&remark));
    }
    for each in shown {
        step(&mut out, each);
    }
    if later == 0 && !plan.cleanup().is_empty() {
        out.push_str("### Clean-up after the last step\n\n");
        for gem in plan.cleanup() {
            let _ = writeln!(
                out,
                "- [ ] delete the temporary line of {} from the Gemfile, then run {}",
                code(gem.as_str()),
                code("bundle install")
            );
        }
        out.push('\n');
    }
    beside(&mut out, plan);
    let day = plan.as_of().map(|day| format!("; judged on {day}"));
    let _ = writeln!(
        out,
        "<sub>Catalog {}, known up to {}{}; {}</sub>",
        html(plan.catalog_name().as_str()),
        plan.horizon(),
        day.unwrap_or_default(),
        html(plan.catalog_digest())
    );
    super::done(out, super::Style::Plain)
}

/// Packages and runtimes against steps; what moves is bold, what stands still a dot.
fn table(out: &mut String, plan: &Plan, steps: usize) {
    out.push_str("| | now |");
    for number in 1..=steps {
        let _ = write!(out, " {number} |");
    }
    let _ = writeln!(out, "\n|---|{}", "---|".repeat(steps + 1));
    for (name, versions) in rows(plan, steps) {
        let _ = write!(out, "| {} |", text(&name));
        for (at, version) in versions.iter().enumerate() {
            let shown = version.as_deref().unwrap_or("-");
            let same = at > 0 && versions[at - 1] == *version;
            let _ = match (at, same) {
                (_, true) => write!(out, " · |"),
                (0, _) => write!(out, " {} |", text(shown)),
                _ => write!(out, " {} |", strong(shown)),
            };
        }
        out.push('\n');
    }
    out.push('\n');
}

fn impossible(out: &mut String, plan: &Plan) {
    for cause in plan.causes() {
        match blockers(cause).as_slice() {
            [] => out.push_str("No sequence of catalog releases reaches the target.\n\n"),
            constraints => {
                let together = if constraints.len() > 1 {
                    " this combination"
                } else {
                    ""
                };
                let _ = writeln!(out, "**Blocked by{together}:**\n");
                for one in constraints {
                    let _ = writeln!(out, "- {}", opening(one));
                }
                out.push('\n');
            }
        }
    }
    if !plan.fixes().is_empty() {
        out.push_str("**Each of these changes gives a plan:**\n\n");
        for fix in plan.fixes() {
            let steps = counted(fix.steps(), "step");
            let _ = writeln!(out, "- [ ] {}: {steps}", opening(&fix.kind().to_string()));
        }
        out.push('\n');
    }
    if !plan.reached().is_empty() {
        let reached = plan.reached().iter();
        let texts: Vec<String> = reached
            .map(|(name, line)| format!("{name} {line}"))
            .collect();
        let _ = writeln!(
            out,
            "Without any of them the plan reaches {}.\n",
            text(&texts.join(", "))
        );
    }
}

fn step(out: &mut String, step: &Step) {
    let _ = writeln!(
        out,
        "### Step {}: {}\n",
        step.number(),
        text(&step_title(step))
    );
    let notes = notes(step);
    for (label, note) in &notes {
        let _ = writeln!(out, "- **{label}:** {}", opening(note));
    }
    if !notes.is_empty() {
        out.push('\n');
    }
    out.push_str("| package | change | reason |\n|---|---|---|\n");
    for change in step.changes() {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            text(change.package().as_str()),
            text(&moves(change)),
            text(&change.because().to_string())
        );
    }
    for stay in step.stays() {
        let _ = writeln!(
            out,
            "| {} | stays at {} | {} |",
            text(stay.package().as_str()),
            text(stay.version().as_str()),
            text(&stay.because().to_string())
        );
    }
    out.push('\n');
    if !step.outside().is_empty() {
        out.push_str("Gems outside the catalog also change:\n\n");
        for outside in step.outside() {
            let _ = writeln!(out, "- {}", opening(&outside.to_string()));
        }
        out.push('\n');
    }
    bundle(out, step);
    let rollout = step.guidance().rollout();
    if let Some(rolling) = rollout.rolling() {
        let _ = write!(
            out,
            "**Old and new side by side:** {}.",
            rolling.name().replace("conditional", "on a condition")
        );
        out.push('\n');
    }
    for why in rollout.because() {
        let _ = writeln!(out, "- {}", opening(why));
    }
    if rollout.rolling().is_some() || !rollout.because().is_empty() {
        out.push('\n');
    }
    for group in groups(step) {
        phase_group(out, &group);
    }
    let no = not_due(step.guidance().actions());
    if !no.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>{} not applicable, or done already</summary>\n",
            counted(no.len(), "action")
        );
        let ids: Vec<String> = no
            .iter()
            .map(|due| code(due.action().id().as_str()))
            .collect();
        let _ = writeln!(out, "{}\n\n</details>\n", ids.join(", "));
    }
    after(out, step);
}

/// The lines of the Gemfile, and the command.
fn bundle(out: &mut String, step: &Step) {
    let bundle = step.bundle();
    let mut lines: Vec<String> = bundle
        .lines()
        .iter()
        .map(|line| match line.remark() {
            Some(remark) => format!("{line} # {remark}"),
            None => line.to_string(),
        })
        .collect();
    lines.extend(
        bundle
            .obsolete()
            .iter()
            .map(|gem| format!("# delete the temporary line of {gem}")),
    );
    let removed = bundle.removed().iter();
    lines.extend(removed.map(|gem| format!("# delete the line of {}", clean(gem))));
    if !lines.is_empty() {
        out.push_str("In the Gemfile:\n\n");
        fence(out, "ruby", &lines);
    }
    if let Some(command) = bundle.command() {
        out.push_str("Then:\n\n");
        fence(out, "sh", &[command.to_owned()]);
    }
    if let Some(unlocked) = unlocks(step) {
        let _ = writeln!(out, "{}.\n", text(&unlocked));
    }
}

fn phase_group(out: &mut String, group: &Group<'_>) {
    let _ = writeln!(out, "#### {}\n", phase(group.phase));
    for due in &group.due {
        item(out, due);
    }
    // Elsewhere the order says nothing, and what is to do stands in one list.
    let is_ordered = group.phase == Phase::Deploy && !group.tasks.is_empty();
    if is_ordered {
        let gap = if group.due.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}In this order:\n");
    }
    for (at, task) in group.tasks.iter().enumerate() {
        let lead = if is_ordered {
            format!("{}.", at + 1)
        } else {
            "-".to_owned()
        };
        let _ = writeln!(out, "{lead} {}{}", tick(is_to_do(task)), self::task(task));
    }
    out.push('\n');
}

fn tick(is_to_do: bool) -> &'static str {
    if is_to_do { "[ ] " } else { "" }
}

fn task(task: &Task) -> String {
    let lead = task_lead(task);
    let what = match task.kind() {
        TaskKind::Command => text(&lead) + &code(task.text()),
        _ => opening(&(lead + task.text())),
    };
    let inferred = if task.is_inferred() {
        " _(inferred)_"
    } else {
        ""
    };
    format!("{what}{inferred}")
}

fn item(out: &mut String, due: &Due) {
    let action = due.action();
    let component = match action.component() {
        Component::All => String::new(),
        component => format!(" ({})", component.name()),
    };
    let _ = write!(
        out,
        "- {}**{}**{component}: {}",
        tick(asks(due)),
        action.severity().name(),
        text(action.summary())
    );
    if let Some(what) = action.action() {
        let _ = write!(out, " **Do:** {}", text(what));
    }
    let id = code(action.id().as_str());
    let _ = match web_link(due.action().link()) {
        Some(link) => writeln!(out, " ([{id}]({link}))"),
        None => writeln!(out, " ({id}, {})", text(action.source())),
    };
    for command in action.commands() {
        let _ = writeln!(out, "  - run {}", code(command));
    }
    for (label, fact) in particulars(due) {
        let _ = writeln!(out, "  - _{label}:_ {}", text(&fact));
    }
    for finding in due.findings() {
        let (place, excerpt, instead) = place(finding);
        let _ = write!(out, "  - _Found:_ {}: {}", text(&place), code(excerpt));
        if let Some(instead) = instead {
            let _ = write!(out, "; instead {}", code(instead));
        }
        out.push('\n');
    }
}

/// What to expect, to watch and to read.
fn after(out: &mut String, step: &Step) {
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    expectations(out, words::EXPECTED, rollout.expect());
    expectations(out, words::ALARMS, rollout.alarms());
    expectations(out, words::WATCH, rollout.watch());
    if !rollout.rollback().is_empty() {
        out.push_str("**Rollback**\n\n");
        for it in rollout.rollback() {
            let inferred = if it.is_documented() {
                ""
            } else {
                " _(inferred)_"
            };
            let _ = write!(out, "- {}{inferred}", opening(it.what()));
            if let Some(command) = it.command() {
                let _ = write!(out, "; {}", code(command));
            }
            if let Some(warning) = it.warning() {
                let _ = write!(out, " {}", strong(warning));
            }
            out.push('\n');
        }
        out.push('\n');
    }
    if !guidance.support().is_empty() {
        out.push_str("**Support after this step**\n\n");
        for note in guidance.support() {
            let _ = writeln!(out, "- {}", opening(&support(note)));
        }
        out.push('\n');
    }
    let is_empty = guidance.guides().is_empty() && guidance.changelogs().is_empty();
    if is_empty {
        return;
    }
    out.push_str("<details><summary>Guides and changelogs</summary>\n\n");
    for guide in guidance.guides() {
        let _ = writeln!(
            out,
            "- guide {}: {}",
            linked(guide.page(), guide.link()),
            counted(guide.actions(), "action")
        );
    }
    for changelog in guidance.changelogs() {
        let versions = changelog.versions();
        let span = match versions {
            [] => String::new(),
            [one] => format!(", {one}"),
            [first, .., last] => format!(", {first} to {last}"),
        };
        let _ = writeln!(
            out,
            "- changelog of {}: {}{}, {} breaking",
            linked(changelog.package().as_str(), changelog.link()),
            counted(versions.len(), "release"),
            text(&span),
            changelog.breaking()
        );
    }
    out.push_str("\n</details>\n\n");
}

fn expectations(out: &mut String, heading: &str, list: &[Expectation]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "**{heading}**\n");
    for it in list {
        let _ = writeln!(out, "- {}: {}", strong(it.what()), text(it.meaning()));
    }
    out.push('\n');
}

/// What the guides ask of things that no step moves.
fn beside(out: &mut String, plan: &Plan) {
    let no = not_due(plan.beside()).len();
    if plan.beside().len() == no || plan.steps().is_empty() {
        return;
    }
    out.push_str("### Beside the steps\n\n");
    for due in plan.beside() {
        if due.applies() != crate::catalog::Applies::No {
            item(out, due);
        }
    }
    out.push('\n');
}

fn linked(label: &str, link: Option<&str>) -> String {
    match web_link(link) {
        Some(link) => format!("[{}]({link})", text(label)),
        None => text(label),
    }
}

/// Lines as a block of code that none of them can end.
fn fence(out: &mut String, language: &str, lines: &[String]) {
    let lines: Vec<String> = lines.iter().map(|line| clean(line)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let ticks = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let _ = writeln!(out, "{ticks}{language}");
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{ticks}\n");
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`');
    runs.map(str::len).max().unwrap_or(0)
}

/// A piece of code in a line, also in a table.
fn code(text: &str) -> String {
    let text = clean(text).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The escapes of HTML, for text between our tags.
fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    clean(&text)
}

/// A text within a line: nothing in it is markup, names nobody and refers to no issue.
fn text(raw: &str) -> String {
    let raw = clean(raw);
    let mut out = String::with_capacity(raw.len() + 8);
    let mut before = ' ';
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '$' => out.extend(['\\', c]),
            // Within a word it is none of emphasis.
            '_' if before.is_alphanumeric() && next.is_alphanumeric() => out.push(c),
            '_' => out.push_str("\\_"),
            '&' if next == '#' || next.is_alphanumeric() => out.push_str("\\&"),
            '@' if next.is_alphanumeric() => out.push_str("@<!-- -->"),
            '#' if next.is_ascii_digit() => out.push_str("#<!-- -->"),
            '-' if out.ends_with("GH") || out.ends_with("gh") => out.push_str("<!-- -->-"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Blanks inside would keep it from being strong.
fn strong(raw: &str) -> String {
    format!("**{}**", text(raw).trim())
}

/// A text at the start of an item: it opens no block of its own.
fn opening(raw: &str) -> String {
    let raw = text(raw.trim_start());
    let digits = raw.bytes().take_while(u8::is_ascii_digit).count();
    let opens = match raw.as_bytes().get(digits) {
        Some(b'-' | b'+' | b'#' | b'>' | b'=' | b':') => digits == 0,
        Some(b'.' | b')') => digits > 0,
        _ => false,
    };
    if opens {
        format!("{}\\{}", &raw[..digits], &raw[digits..])
    } else {
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::{code, fence, html, opening, text};

    #[test]
    fn nothing_opens_a_block() {
        for (raw, escaped) in [
            ("- a", "\\- a"),
            ("    a", "a"),
            ("# a", "\\# a"),
            ("12. a", "12\\. a"),
            ("1) a", "1\\) a"),
            ("> a", "\\> a"),
            ("2.6 a", "2\\.6 a"),
            ("12 a", "12 a"),
            ("a - b", "a - b"),
            ("", ""),
        ] {
            assert_eq!(opening(raw), escaped);
        }
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        for (raw, escaped) in [
            ("config.group_id ~> 2.3", "config.group_id \\~> 2.3"),
            ("_a_ __b__ a_", "\\_a\\_ \\_\\_b\\_\\_ a\\_"),
            (
                "**a** [b](javascript:c)",
                "\\*\\*a\\*\\* \\[b\\](javascript:c)",
            ),
            ("![a](b)", "!\\[a\\](b)"),
            ("<script>a</script>", "\\<script>a\\</script>"),
            ("a | b\n# c", "a \\| b # c"),
            ("`a`", "\\`a\\`"),
            ("a\\", "a\\\\"),
            ("&lt; a & b &#60;", "\\&lt; a & b \\&#<!-- -->60;"),
            (
                "@user #12 GH-3 karafka@v2",
                "@<!-- -->user #<!-- -->12 GH<!-- -->-3 karafka@<!-- -->v2",
            ),
            ("--> $a$", "--> \\$a\\$"),
        ] {
            assert_eq!(text(raw), escaped);
        }
    }

    #[test]
    fn code_holds_backticks_and_pipes() {
        assert_eq!(code("a b"), "`a b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``a"), "``` ``a ```");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("a|b\nc"), "`a\\|b c`");
        let mut out = String::new();
        fence(&mut out, "sh", &["a ``` b\n```".to_owned()]);
        assert_eq!(out, "````sh\na ``` b ```\n````\n\n");
        assert_eq!(html("<a href=\"b\">&"), "&lt;a href=&quot;b&quot;&gt;&amp;");
    }
}
