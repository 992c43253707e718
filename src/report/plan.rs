//! The report of a plan: which blocks, in which order.

use super::action;
use super::document::line;
use super::document::{
    Block, Document, Extent, Item, Ladder, LadderRow, Note, Provenance, Section, SectionKind, Span,
    Spans, part,
};
use super::groups;
use super::overview;
use super::repeats::Repeats;
use super::step;
use crate::catalog::Applies;
use crate::name::Name;
use crate::plan::{Due, Outcome, Plan, Step};
use crate::words::{self, blockers, counted};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

/// The report of these steps; the table begins with what is installed.
pub(super) fn plan(plan: &Plan, range: Range<usize>, detail: Extent) -> Document {
    let held = plan.held().iter();
    Document {
        notes: held.map(|held| Note::warning("Held", held)).collect(),
        title: words::title(plan),
        lead: words::lead(plan),
        blocks: blocks(plan, range, detail),
        source: origin(plan),
        identity: identity(plan),
        extent: detail,
    }
}

/// First what the plan is, in numbers and cards, then the versions, then the steps.
fn blocks(plan: &Plan, range: Range<usize>, detail: Extent) -> Vec<Block> {
    let (last, count) = (range.end, plan.steps().len());
    let shown = &plan.steps()[range];
    let is_whole = shown.len() == count;
    // Where there is no way, what blocks it is more urgent.
    let support = match plan.outcome() {
        Outcome::Impossible | Outcome::GaveUp => Vec::new(),
        _ => words::unsupported_now(plan),
    };
    let support = support.into_iter();
    let support = support.map(|(label, text)| Block::Note(Note::warning(label, text)));
    let mut blocks: Vec<Block> = support.collect();
    if !is_whole {
        blocks.push(Block::Paragraph(words::place_of_step(last, count - last)));
    }
    if let Some(first) = shown.first() {
        if is_whole {
            let is_guided = overview::is_guided(plan);
            let is_free = overview::is_free(first);
            blocks.push(Block::Paragraph(words::how(is_guided, is_free)));
        }
        blocks.push(overview::figures(plan, shown));
        if shown.len() > 1 {
            blocks.push(overview::cards(plan, shown));
        }
        blocks.push(ladder(plan, last));
    }
    blocks.extend(impossible(plan, detail));
    if detail != Extent::Short {
        blocks.extend(remarks(plan));
    }
    let mut known = Repeats::in_every(shown);
    if detail != Extent::Short && !shown.is_empty() {
        blocks.push(Block::Tools);
        blocks.push(overview::legend());
        blocks.extend(every(shown, &known));
    }
    for (at, each) in shown.iter().enumerate() {
        blocks.push(step::step(each, at == 0, detail, &known));
        if detail != Extent::All {
            known.add(each);
        }
    }
    let proof = words::proof(plan).filter(|_| is_whole);
    blocks.extend(proof.map(Block::Paragraph));
    match detail {
        Extent::Short => blocks.extend(short_end(plan)),
        Extent::Normal | Extent::All => {
            if last == count {
                blocks.extend(cleanup(plan));
            }
            blocks.extend(beside(plan));
        }
    }
    blocks
}

/// What all of these steps ask for.
fn every(shown: &[Step], known: &Repeats) -> Option<Block> {
    let blocks = groups::every(shown.first()?, &known.chapter());
    (!blocks.is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Every,
            title: words::EVERY.to_owned(),
            blocks,
        })
    })
}

/// What is left after the last step, and where the details are.
fn short_end(plan: &Plan) -> Vec<Block> {
    let mut after = Vec::new();
    if let Some(last) = plan.steps().last() {
        after = step::support(last.guidance());
    }
    if !plan.cleanup().is_empty() {
        let gems: Vec<&str> = plan.cleanup().iter().map(|gem| gem.as_str()).collect();
        after.push(Block::List(vec![line(words::delete_all_temporary(
            &gems.join(", "),
        ))]));
    }
    let mut blocks: Vec<Block> = part(words::CLEANUP, after).into_iter().collect();
    if !plan.steps().is_empty() {
        blocks.push(Block::Paragraph(words::RUN_NEXT.to_owned()));
    }
    blocks.extend(remarks(plan));
    blocks
}

/// One step as `next` prints it, and how many come after it.
pub(super) fn next(plan: &Plan, each: &Step, detail: Extent) -> Vec<Block> {
    let later = plan.steps().len() - each.number();
    let mut blocks = vec![
        step::step(each, true, detail, &Repeats::default()),
        Block::Paragraph(words::steps_after(later)),
    ];
    blocks.extend(remarks(plan));
    blocks
}

pub(super) fn remarks(plan: &Plan) -> Vec<Block> {
    let remarks = words::remarks(plan).into_iter();
    remarks
        .map(|remark| Block::Note(Note::warning("Note", remark)))
        .collect()
}

fn origin(plan: &Plan) -> Provenance {
    Provenance {
        catalog: words::catalog(plan.catalog_name(), plan.horizon()),
        day: plan.as_of().map(|day| day.to_string()),
        digest: plan.catalog_digest().to_owned(),
    }
}

/// Causes and fixes of a plan that is impossible.
pub(super) fn impossible(plan: &Plan, detail: Extent) -> Vec<Block> {
    let mut blocks: Vec<Block> = plan
        .causes()
        .iter()
        .map(|cause| {
            let mut items = blockers(cause);
            if items.is_empty() {
                items.push(words::unreachable());
            }
            let label = words::blocked_by(items.len());
            Block::Labelled { label, items }
        })
        .collect();
    if !plan.fixes().is_empty() {
        let items = plan.fixes().iter();
        let items = items.map(|fix| format!("{}: {}", fix.kind(), counted(fix.steps(), "step")));
        blocks.push(Block::Labelled {
            label: words::FIXES,
            items: items.collect(),
        });
    }
    if detail != Extent::Short
        && plan.outcome() == Outcome::Impossible
        && !plan.reached().is_empty()
    {
        blocks.push(Block::Paragraph(words::reached(plan.reached())));
    }
    blocks
}

/// Packages, then runtimes, that occur in any state, with their versions at the start and after each step.
fn ladder(plan: &Plan, last: usize) -> Block {
    let states = || {
        let after = plan.steps().iter().map(Step::state);
        std::iter::once(plan.start()).chain(after)
    };
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut rows: Vec<LadderRow> = Vec::new();
    // The group and the row of packages in lockstep.
    let mut groups: Vec<(&Name, usize)> = Vec::new();
    for (name, _) in states().flat_map(|state| state.packages()) {
        if !known.insert(name.as_str()) {
            continue;
        }
        let version = |state: &crate::plan::State| {
            let version = state.package(name.as_str());
            version.map(|version| version.as_str().to_owned())
        };
        let versions: Vec<Option<String>> = states().map(version).collect();
        let mut lockstep = plan.lockstep.iter();
        let group = lockstep.find(|(of, _)| of == name).map(|(_, group)| group);
        let same = groups
            .iter()
            .find(|(known, at)| Some(*known) == group && rows[*at].versions == versions);
        if let Some((_, at)) = same {
            rows[*at].packages.push(name.to_string());
            continue;
        }
        groups.extend(group.map(|group| (group, rows.len())));
        rows.push(LadderRow {
            name: name.to_string(),
            packages: vec![name.to_string()],
            versions,
        });
    }
    for row in &mut rows {
        row.name = words::together(&row.name, row.packages.len());
        if row.packages.len() == 1 {
            row.packages.clear();
        }
    }
    for (name, _) in states().flat_map(|state| state.runtimes()) {
        if !known.insert(name.as_str()) {
            continue;
        }
        let version = |state: &crate::plan::State| {
            let mut runtimes = state.runtimes().iter();
            let found = runtimes.find(|(known, _)| known == name);
            found.map(|(_, version)| version.clone())
        };
        rows.push(LadderRow {
            name: name.to_string(),
            packages: Vec::new(),
            versions: states().map(version).collect(),
        });
    }
    let steps = plan.steps().len();
    Block::Ladder(Ladder { steps, last, rows })
}

fn cleanup(plan: &Plan) -> Option<Block> {
    let items = plan.cleanup().iter().map(|gem| Item {
        tick: Some(format!("cleanup/{gem}")),
        class: "",
        component: "all".to_owned(),
        phase: "after",
        rank: None,
        badges: Vec::new(),
        line: delete(gem.as_str()),
        more: Vec::new(),
    });
    let items: Vec<Item> = items.collect();
    (!items.is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Chapter { name: "cleanup" },
            title: "Clean-up after the last step".to_owned(),
            blocks: vec![Block::Items {
                is_ordered: false,
                items,
            }],
        })
    })
}

/// The line of a step is not needed after the last one.
fn delete(gem: &str) -> Spans {
    vec![
        Span::Text(words::delete_temporary("").trim_end().to_owned() + " "),
        Span::Code(gem.to_owned()),
        Span::Text(" from the Gemfile, then ".to_owned()),
        Span::Command("bundle install".to_owned()),
    ]
}

/// What the guides ask of things that no step moves.
fn beside(plan: &Plan) -> Option<Block> {
    let is_due = |due: &Due<'_>| due.applies() != Applies::No;
    let due = plan.beside().iter().filter(is_due);
    let items: Vec<Item> = due.map(|due| action::item("beside", due)).collect();
    (!items.is_empty() && !plan.steps().is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Chapter { name: "beside" },
            title: "Beside the steps".to_owned(),
            blocks: vec![Block::Items {
                is_ordered: false,
                items,
            }],
        })
    })
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
    for (name, text) in plan.start().runtimes() {
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
