//! A plan as one page of HTML that loads nothing: style, script and picture stand in it.
//!
//! Every text of catalogs and lockfiles passes [`escaped`] and stands in an element or a quoted
//! attribute. The page's own policy allows no style and no script but ours, by their hashes.

mod ladder;

use super::words::{
    self, Group, asks, blockers, clean, counted, groups, held, is_to_do, moves, not_due, notes,
    particulars, phase, place, proof, remarks, step_title, support, task_lead, title, unlocks,
    web_link,
};
use crate::catalog::{Applies, Component, Phase, Severity};
use crate::plan::{Due, Expectation, Outcome, Plan, Step, Task, TaskKind};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::ops::Range;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole plan.
#[must_use]
pub fn plan_html(plan: &Plan) -> String {
    page(plan, 0..plan.steps().len())
}

/// The first step, with the picture of the whole plan; where there is none the plan, which says why.
#[must_use]
pub fn next_html(plan: &Plan) -> String {
    step_html(plan, 0).unwrap_or_else(|| plan_html(plan))
}

/// One step, from 0, with the picture of the whole plan; `None` beyond the last.
#[must_use]
pub fn step_html(plan: &Plan, index: usize) -> Option<String> {
    (index < plan.steps().len()).then(|| page(plan, index..index + 1))
}

fn page(plan: &Plan, range: Range<usize>) -> String {
    let (earlier, later) = (range.start, plan.steps().len() - range.end);
    let shown = &plan.steps()[range];
    let title = escaped(&title(plan));
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
         <a class=\"skip\" href=\"#main\">Skip to the plan</a>\n<header>\n<h1>{title}</h1>\n",
        hash(STYLE),
        hash(SCRIPT),
        identity(plan)
    );
    let day = plan.as_of().map(|day| format!(", judged on {day}"));
    let _ = writeln!(
        out,
        "<p class=\"facts\">Catalog {}, known up to {}{}</p>",
        escaped(plan.catalog_name().as_str()),
        plan.horizon(),
        day.unwrap_or_default()
    );
    if let Some(proof) = proof(plan) {
        let _ = writeln!(out, "<p class=\"facts\">{}</p>", escaped(&proof));
    }
    out.push_str("</header>\n<main id=\"main\">\n");
    for each in held(plan) {
        let _ = writeln!(out, "<p class=\"warning\">Held: {}</p>", escaped(&each));
    }
    for remark in remarks(plan) {
        let _ = writeln!(out, "<p class=\"warning\">{}</p>", escaped(&remark));
    }
    impossible(&mut out, plan);
    if !plan.steps().is_empty() {
        out.push_str("<section aria-labelledby=\"ladder\">\n<h2 id=\"ladder\">The ladder</h2>\n");
        ladder::ladder(&mut out, plan, plan.steps().len());
        out.push_str("</section>\n");
        tools(&mut out, shown);
    }
    if earlier > 0 {
        let _ = writeln!(
            out,
            "<p>Before this step: {}.</p>",
            counted(earlier, "step")
        );
    }
    for (at, each) in shown.iter().enumerate() {
        step(&mut out, each, at == 0);
    }
    if later > 0 {
        let _ = writeln!(
            out,
            "<p>After this step: {}.</p>",
            counted(later, "more step")
        );
    } else {
        cleanup(&mut out, plan);
    }
    beside(&mut out, plan);
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>Made by rungs from the catalog <code>{}</code></p>\n</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>",
        escaped(plan.catalog_digest())
    );
    out
}

/// What a browser keeps its ticks under: another catalog, start or target are another plan.
fn identity(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(plan.catalog_digest());
    for (name, version) in plan.start().packages() {
        add(name.as_str());
        add(version.as_str());
    }
    for (name, text) in plan.start().runtimes().iter() {
        add(name.as_str());
        add(text);
    }
    add("to");
    for (name, to) in plan.targets() {
        add(name);
        add(to);
    }
    let digest = hash.finalize();
    digest[..12].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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

fn impossible(out: &mut String, plan: &Plan) {
    if plan.outcome() != Outcome::Impossible {
        return;
    }
    out.push_str("<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Blocked by</h2>\n");
    for cause in plan.causes() {
        match blockers(cause).as_slice() {
            [] => out.push_str("<p>No sequence of catalog releases reaches the target.</p>\n"),
            constraints => {
                out.push_str("<ul>\n");
                for one in constraints {
                    let _ = writeln!(out, "<li>{}</li>", escaped(one));
                }
                out.push_str("</ul>\n");
            }
        }
    }
    out.push_str("</section>\n");
    if !plan.fixes().is_empty() {
        out.push_str(
            "<section aria-labelledby=\"fixes\">\n<h2 id=\"fixes\">Each of these changes gives a plan</h2>\n<ul>\n",
        );
        for fix in plan.fixes() {
            let _ = writeln!(
                out,
                "<li>{}: {}</li>",
                escaped(&fix.kind().to_string()),
                counted(fix.steps(), "step")
            );
        }
        out.push_str("</ul>\n</section>\n");
    }
    if !plan.reached().is_empty() {
        let reached = plan.reached().iter();
        let texts: Vec<String> = reached
            .map(|(name, line)| format!("{name} {line}"))
            .collect();
        let _ = writeln!(
            out,
            "<p>Without any of them the plan reaches {}.</p>",
            escaped(&texts.join(", "))
        );
    }
}

/// Progress, filters and the way to each step. Without script the filters stay hidden.
fn tools(out: &mut String, steps: &[Step]) {
    out.push_str(
        "<section class=\"tools\" aria-label=\"Progress and filters\">\n<div class=\"progress\">\n\
         <label for=\"done\">Done</label> <progress id=\"done\" max=\"1\" value=\"0\"></progress> \
         <output id=\"count\" for=\"done\"></output>\n</div>\n<div class=\"filters\" hidden>\n",
    );
    let options = |out: &mut String, id: &str, label: &str, list: &[(&str, &str)]| {
        let _ = write!(
            out,
            "<span><label for=\"{id}\">{label}</label> <select id=\"{id}\">"
        );
        for (value, text) in list {
            let _ = write!(out, "<option value=\"{value}\">{text}</option>");
        }
        out.push_str("</select></span>\n");
    };
    let mut phases = vec![("", "all")];
    phases.extend(Phase::ALL.iter().map(|each| (each.name(), phase(*each))));
    options(out, "phase", "Phase", &phases);
    let components = [
        ("", "all"),
        ("consumers", "consumers"),
        ("producers", "producers"),
        ("web-ui", "web-ui"),
    ];
    options(out, "component", "Component", &components);
    let severities = [
        ("", "all"),
        ("0", "breaking"),
        ("1", "and action"),
        ("2", "and review"),
    ];
    options(out, "severity", "Severity", &severities);
    out.push_str(
        "<label><input type=\"checkbox\" id=\"open-only\"> only what is not done</label>\n\
         <button type=\"button\" id=\"all\">Open all steps</button>\n\
         </div>\n<p id=\"shown\" role=\"status\"></p>\n</section>\n",
    );
    if steps.len() > 1 {
        out.push_str("<nav aria-label=\"Steps\">\n<ol>\n");
        for each in steps {
            let _ = writeln!(
                out,
                "<li><a href=\"#step-{}\">{}</a></li>",
                each.number(),
                escaped(&step_title(each))
            );
        }
        out.push_str("</ol>\n</nav>\n");
    }
}

fn step(out: &mut String, step: &Step, is_open: bool) {
    let _ = writeln!(
        out,
        "<details class=\"step\" id=\"step-{0}\"{1}>\n<summary><h2>Step {0}: {2}</h2> \
         <span class=\"count\"></span></summary>",
        step.number(),
        if is_open { " open" } else { "" },
        escaped(&step_title(step))
    );
    changes(out, step);
    bundle(out, step);
    rolling(out, step);
    for group in groups(step) {
        phase_group(out, step.number(), &group);
    }
    let no = not_due(step.guidance().actions());
    if !no.is_empty() {
        let _ = writeln!(
            out,
            "<details class=\"no\"><summary>{} not applicable, or done already</summary>\n<ul>",
            counted(no.len(), "action")
        );
        for due in no {
            let _ = writeln!(
                out,
                "<li>{} <code>{}</code></li>",
                escaped(due.action().summary()),
                escaped(due.action().id().as_str())
            );
        }
        out.push_str("</ul>\n</details>\n");
    }
    after(out, step);
    out.push_str("</details>\n");
}

fn changes(out: &mut String, step: &Step) {
    for (label, note) in notes(step) {
        let _ = writeln!(out, "<p class=\"warning\">{label}: {}</p>", escaped(&note));
    }
    out.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Changes\">\
         <table class=\"moves\"><thead><tr><th scope=\"col\">package</th>\
         <th scope=\"col\">change</th><th scope=\"col\">reason</th></tr></thead>\n<tbody>\n",
    );
    let mut row = |class: &str, name: &str, moves: &str, why: &str| {
        let _ = writeln!(
            out,
            "<tr class=\"{class}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            escaped(name),
            escaped(moves),
            escaped(why)
        );
    };
    for change in step.changes() {
        row(
            change.kind().name(),
            change.package().as_str(),
            &moves(change),
            &change.because().to_string(),
        );
    }
    for stay in step.stays() {
        row(
            "stay",
            stay.package().as_str(),
            &format!("stays at {}", stay.version()),
            &stay.because().to_string(),
        );
    }
    out.push_str("</tbody></table></div>\n");
    if !step.outside().is_empty() {
        out.push_str("<p class=\"lead\">Gems outside the catalog also change:</p>\n");
        let texts: Vec<String> = step.outside().iter().map(ToString::to_string).collect();
        list(out, texts.iter().map(String::as_str));
    }
}

fn bundle(out: &mut String, step: &Step) {
    let bundle = step.bundle();
    if !bundle.lines().is_empty() {
        out.push_str("<p class=\"lead\">In the Gemfile:</p>\n<pre><code>");
        for line in bundle.lines() {
            out.push_str(&escaped(&line.to_string()));
            if let Some(remark) = line.remark() {
                let _ = write!(out, " <span class=\"quiet\"># {}</span>", escaped(&remark));
            }
            out.push('\n');
        }
        out.push_str("</code></pre>\n");
    }
    for gem in bundle.obsolete() {
        let _ = writeln!(
            out,
            "<p>Delete the temporary line of <code>{}</code>.</p>",
            escaped(gem.as_str())
        );
    }
    for gem in bundle.removed() {
        let _ = writeln!(
            out,
            "<p>Delete the line of <code>{}</code>.</p>",
            escaped(gem)
        );
    }
    if let Some(command) = bundle.command() {
        let _ = writeln!(
            out,
            "<p class=\"lead\">Then:</p>\n<pre class=\"command\"><code>{}</code></pre>",
            escaped(command)
        );
    }
    if let Some(unlocked) = unlocks(step) {
        let _ = writeln!(out, "<p class=\"quiet\">{}.</p>", escaped(&unlocked));
    }
}

fn rolling(out: &mut String, step: &Step) {
    let rollout = step.guidance().rollout();
    let because = rollout.because();
    let Some(rolling) = rollout.rolling() else {
        return;
    };
    let _ = writeln!(
        out,
        "<div class=\"rolling {0}\">\n<p><strong>Old and new side by side: {1}</strong></p>",
        rolling.name(),
        rolling.name().replace("conditional", "on a condition")
    );
    list(out, because.iter().map(String::as_str));
    out.push_str("</div>\n");
}

fn list<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) {
    out.push_str("<ul>\n");
    for text in texts {
        let _ = writeln!(out, "<li>{}</li>", escaped(text));
    }
    out.push_str("</ul>\n");
}

fn phase_group(out: &mut String, step: usize, group: &Group<'_>) {
    let name = group.phase.name();
    let _ = writeln!(
        out,
        "<section class=\"phase\" data-phase=\"{name}\" aria-labelledby=\"{name}-{step}\">\n\
         <h3 id=\"{name}-{step}\">{}</h3>",
        phase(group.phase)
    );
    if !group.due.is_empty() {
        out.push_str("<ul class=\"items\">\n");
        for due in &group.due {
            item(out, &step.to_string(), due);
        }
        out.push_str("</ul>\n");
    }
    if !group.tasks.is_empty() {
        let tag = if group.phase == Phase::Deploy {
            "ol"
        } else {
            "ul"
        };
        let _ = writeln!(out, "<{tag} class=\"items tasks\">");
        for (at, task) in group.tasks.iter().enumerate() {
            self::task(out, &format!("{step}/{name}/{at}"), task);
        }
        let _ = writeln!(out, "</{tag}>");
    }
    out.push_str("</section>\n");
}

/// A check box and its label, or the text alone where there is nothing to tick.
fn ticked(out: &mut String, id: Option<&str>, label: &str) {
    let _ = match id {
        Some(id) => writeln!(
            out,
            "<label><input type=\"checkbox\" class=\"tick\" data-id=\"{}\"> <span>{label}</span></label>",
            escaped(id)
        ),
        None => writeln!(out, "<p class=\"known\"><span>{label}</span></p>"),
    };
}

fn task(out: &mut String, id: &str, task: &Task) {
    let _ = writeln!(
        out,
        "<li class=\"item {}\" data-component=\"{}\">",
        task.kind().name(),
        escaped(task.component().unwrap_or("all"))
    );
    let text = escaped(task.text());
    let text = if task.kind() == TaskKind::Command {
        format!("<code>{text}</code>")
    } else {
        text
    };
    let inferred = if task.is_inferred() {
        " <small>inferred</small>"
    } else {
        ""
    };
    let label = format!("{}{text}{inferred}", escaped(&task_lead(task)));
    ticked(out, Some(id).filter(|_| is_to_do(task)), &label);
    out.push_str("</li>\n");
}

fn rank(severity: Severity) -> usize {
    let mut all = Severity::ALL.iter();
    all.position(|known| *known == severity).unwrap_or(0)
}

fn item(out: &mut String, step: &str, due: &Due) {
    let action = due.action();
    let _ = writeln!(
        out,
        "<li class=\"item\" data-component=\"{}\" data-severity=\"{}\">",
        action.component().name(),
        rank(action.severity())
    );
    let mut label = format!("<b class=\"badge {0}\">{0}</b> ", action.severity().name());
    if action.component() != Component::All {
        let _ = write!(
            label,
            "<b class=\"badge\">{}</b> ",
            action.component().name()
        );
    }
    if due.applies() == Applies::Unknown {
        label.push_str("<b class=\"badge unknown\">check</b> ");
    }
    label.push_str(&escaped(action.summary()));
    let id = format!("{step}/{}", action.id());
    ticked(out, Some(id.as_str()).filter(|_| asks(due)), &label);
    out.push_str("<div class=\"more\">\n");
    if let Some(what) = action.action() {
        let _ = writeln!(out, "<p>{}</p>", escaped(what));
    }
    for command in action.commands() {
        let _ = writeln!(
            out,
            "<pre class=\"command\"><code>{}</code></pre>",
            escaped(command)
        );
    }
    for (label, fact) in particulars(due) {
        let _ = writeln!(
            out,
            "<p class=\"fact\"><span>{label}:</span> {}</p>",
            escaped(&fact)
        );
    }
    for finding in due.findings() {
        let (place, excerpt, instead) = place(finding);
        let _ = write!(
            out,
            "<p class=\"fact\"><span>Found:</span> {} <code>{}</code>",
            escaped(&place),
            escaped(excerpt)
        );
        if let Some(instead) = instead {
            let _ = write!(
                out,
                " <span>instead</span> <code>{}</code>",
                escaped(instead)
            );
        }
        out.push_str("</p>\n");
    }
    let id = escaped(action.id().as_str());
    let _ = match web_link(due.action().link()) {
        Some(link) => writeln!(
            out,
            "<p class=\"fact\"><a href=\"{}\" rel=\"noreferrer\">{id}</a></p>",
            escaped(link)
        ),
        None => writeln!(
            out,
            "<p class=\"fact\">{id} <span>{}</span></p>",
            escaped(action.source())
        ),
    };
    out.push_str("</div>\n</li>\n");
}

/// What to expect, to watch, to read, and what is known of going back.
fn after(out: &mut String, step: &Step) {
    let guidance = step.guidance();
    let rollout = guidance.rollout();
    expectations(out, words::EXPECTED, rollout.expect());
    expectations(out, words::ALARMS, rollout.alarms());
    expectations(out, words::WATCH, rollout.watch());
    if !rollout.rollback().is_empty() {
        out.push_str("<h3>Rollback</h3>\n<ul>\n");
        for it in rollout.rollback() {
            let _ = write!(out, "<li>{}", escaped(it.what()));
            if !it.is_documented() {
                out.push_str(" <small>inferred</small>");
            }
            if let Some(command) = it.command() {
                let _ = write!(out, " <code>{}</code>", escaped(command));
            }
            if let Some(warning) = it.warning() {
                let _ = write!(out, " <strong>{}</strong>", escaped(warning));
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
    if !guidance.support().is_empty() {
        out.push_str("<h3>Support after this step</h3>\n");
        let notes: Vec<String> = guidance.support().iter().map(support).collect();
        list(out, notes.iter().map(String::as_str));
    }
    if guidance.guides().is_empty() && guidance.changelogs().is_empty() {
        return;
    }
    out.push_str("<details><summary>Guides and changelogs</summary>\n<ul>\n");
    for guide in guidance.guides() {
        let _ = writeln!(
            out,
            "<li>{}: {}</li>",
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
            "<li>Changelog of {}: {}{}, {} breaking</li>",
            linked(changelog.package().as_str(), changelog.link()),
            counted(versions.len(), "release"),
            escaped(&span),
            changelog.breaking()
        );
    }
    out.push_str("</ul>\n</details>\n");
}

fn expectations(out: &mut String, heading: &str, list: &[Expectation]) {
    if list.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h3>{heading}</h3>\n<dl>");
    for it in list {
        let _ = writeln!(
            out,
            "<dt>{}</dt><dd>{}</dd>",
            escaped(it.what()),
            escaped(it.meaning())
        );
    }
    out.push_str("</dl>\n");
}

fn linked(label: &str, link: Option<&str>) -> String {
    let label = escaped(label);
    match web_link(link) {
        Some(link) => format!(
            "<a href=\"{}\" rel=\"noreferrer\">{label}</a>",
            escaped(link)
        ),
        None => label,
    }
}

fn cleanup(out: &mut String, plan: &Plan) {
    if plan.cleanup().is_empty() {
        return;
    }
    out.push_str(
        "<section class=\"phase\" aria-labelledby=\"cleanup\">\n\
         <h2 id=\"cleanup\">Clean-up after the last step</h2>\n<ul class=\"items\">\n",
    );
    for gem in plan.cleanup() {
        let gem = escaped(gem.as_str());
        out.push_str("<li class=\"item\" data-component=\"all\">\n");
        let label = format!(
            "Delete the temporary line of <code>{gem}</code> from the Gemfile, then run \
             <code>bundle install</code>"
        );
        ticked(out, Some(&format!("cleanup/{gem}")), &label);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n</section>\n");
}

/// What the guides ask of things that no step moves.
fn beside(out: &mut String, plan: &Plan) {
    let mut due = plan
        .beside()
        .iter()
        .filter(|due| due.applies() != Applies::No)
        .peekable();
    if due.peek().is_none() || plan.steps().is_empty() {
        return;
    }
    out.push_str(
        "<section class=\"phase\" data-phase=\"before\" aria-labelledby=\"beside\">\n\
         <h2 id=\"beside\">Beside the steps</h2>\n<ul class=\"items\">\n",
    );
    for each in due {
        item(out, "beside", each);
    }
    out.push_str("</ul>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::{escaped, hash};

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
