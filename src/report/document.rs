//! A report before it is printed: what it says, in order, without a format.
//!
//! `plan`, `step` and `action` build it, and `text`, `markdown` and `html` print it. Who rearranges
//! a page does so in the builders; who adds a kind of block adds it to each printer, and the compiler
//! names them. Texts are as they come from catalogs and lockfiles: escaping is the printers' task.

use crate::words;

/// A piece of a line.
#[derive(Clone, Debug)]
pub(super) enum Span {
    Text(String),
    Strong(String),
    /// A word of ours before or behind a text: `inferred`.
    Small(&'static str),
    Code(String),
    /// A command to run.
    Command(String),
    /// A name that leads to an address of the web, where it has one.
    Link {
        text: String,
        address: Option<String>,
    },
}

pub(super) type Spans = Vec<Span>;

/// A line of nothing but a text.
pub(super) fn line(text: impl Into<String>) -> Spans {
    vec![Span::Text(text.into())]
}

/// How much a report has of each step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extent {
    /// What changes, the command, and how much there is to do.
    Short,
    /// What is to be done and checked. What an earlier step asks already is named only, and what does
    /// not apply is left out.
    #[default]
    Normal,
    /// Everything: also what does not apply, and repeats in full. Paper folds nothing.
    All,
}

/// A whole report.
#[derive(Debug)]
pub(super) struct Document {
    /// Before all else: what the reader must not miss.
    pub(super) notes: Vec<Note>,
    /// From where to where; the heading of a page.
    pub(super) title: String,
    /// The same in short; the first line of a text.
    pub(super) lead: String,
    pub(super) blocks: Vec<Block>,
    /// Which catalog answered, on which day.
    pub(super) source: Provenance,
    /// What a browser keeps its ticks under.
    pub(super) identity: String,
    pub(super) extent: Extent,
}

/// Which catalog answered.
#[derive(Debug)]
pub(super) struct Provenance {
    /// The catalog, and how far it goes.
    pub(super) catalog: String,
    /// The day asked for.
    pub(super) day: Option<String>,
    pub(super) digest: String,
}

impl Provenance {
    /// In one line.
    pub(super) fn text(&self) -> String {
        match &self.day {
            Some(day) => format!("{}, judged on {day}", self.catalog),
            None => self.catalog.clone(),
        }
    }
}

/// A label and a text.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) is_warning: bool,
}

impl Note {
    pub(super) fn warning(label: &'static str, text: impl ToString) -> Self {
        Note {
            label,
            text: text.to_string(),
            is_warning: true,
        }
    }

    pub(super) fn plain(label: &'static str, text: impl ToString) -> Self {
        Note {
            is_warning: false,
            ..Note::warning(label, text)
        }
    }
}

/// A part of a report.
#[derive(Debug)]
pub(super) enum Block {
    Paragraph(String),
    /// Small print.
    Quiet(String),
    Note(Note),
    /// A label and the items that belong to it.
    Labelled {
        label: &'static str,
        items: Vec<String>,
    },
    /// Facts in short, each a label and a text.
    Facts(Vec<(&'static str, String)>),
    /// Lines of a file.
    Edit(FileEdit),
    /// A command of its own.
    Command(String),
    /// The changes of a step.
    Moves(Vec<Move>),
    /// Packages against steps.
    Ladder(Ladder),
    List(Vec<Spans>),
    /// What is to be done, in order or not.
    Items {
        is_ordered: bool,
        items: Vec<Item>,
    },
    /// What shows, and what it means.
    Terms(Vec<(String, String)>),
    /// Names with a word on each.
    Names(Vec<(String, String)>),
    /// May old and new run side by side, and why?
    Rolling {
        answer: &'static str,
        /// The name in documents.
        class: &'static str,
        because: Vec<String>,
    },
    /// Numbers, each with what it counts.
    Figures(Vec<Figure>),
    /// The steps in short.
    Cards(Vec<Card>),
    /// Progress and filters.
    Tools,
    Section(Section),
}

/// Blocks under a heading.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) kind: SectionKind,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// A part with a heading, where it has something to say.
pub(super) fn part(title: &str, blocks: Vec<Block>) -> Option<Block> {
    (!blocks.is_empty()).then(|| {
        Block::Section(Section {
            kind: SectionKind::Part,
            title: title.to_owned(),
            blocks,
        })
    })
}

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SectionKind {
    /// A step, with its number; the first is open.
    Step { number: usize, is_open: bool },
    /// A group of a step: their names.
    Group { name: &'static str, step: usize },
    /// A chapter of the report beside the steps, with its name.
    Chapter { name: &'static str },
    /// What every step asks for.
    Every,
    /// A part of a step.
    Part,
    /// Folded where a format can fold.
    Folded,
    /// What the marks mean; folded too, but not on paper.
    Legend,
}

/// A number and what it counts; a runtime and its version.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) value: String,
    pub(super) label: String,
    /// Whether the label is read before the value.
    pub(super) is_named: bool,
}

/// A step in short.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) breaking: usize,
    /// How much there is to do and to check.
    pub(super) asks: String,
    /// The order of deployment.
    pub(super) deploy: Option<Spans>,
    /// What is special about the step: it can be merged at once, it needs a stop.
    pub(super) remark: Option<&'static str>,
    pub(super) tick: String,
}

/// Lines to write into a file.
#[derive(Debug)]
pub(super) struct FileEdit {
    pub(super) lead: &'static str,
    pub(super) language: &'static str,
    /// Each with the remark behind it; a line may be a remark alone.
    pub(super) lines: Vec<(String, Option<String>)>,
}

/// One row of a step's changes.
#[derive(Debug)]
pub(super) struct Move {
    /// The kind of change, as documents have it.
    pub(super) class: &'static str,
    pub(super) package: String,
    pub(super) change: String,
    pub(super) reason: String,
}

/// Versions of packages at the start and after each step.
#[derive(Debug)]
pub(super) struct Ladder {
    /// The number of steps of the plan.
    pub(super) steps: usize,
    /// The last step that the report shows: a table ends there, a picture shows where it leads.
    pub(super) last: usize,
    pub(super) rows: Vec<LadderRow>,
}

/// The versions of a package, or of packages in lockstep.
#[derive(Debug)]
pub(super) struct LadderRow {
    pub(super) name: String,
    /// All packages of the row, if there are several.
    pub(super) packages: Vec<String>,
    pub(super) versions: Vec<Option<String>>,
}

impl Ladder {
    /// Names with their versions at the start and after each step up to the last one shown; without
    /// packages that join later.
    pub(super) fn told(&self) -> impl Iterator<Item = (&str, &[Option<String>])> {
        self.rows.iter().filter_map(|row| {
            let told = &row.versions[..row.versions.len().min(self.last + 1)];
            told.iter()
                .any(Option::is_some)
                .then_some((row.name.as_str(), told))
        })
    }

    /// The packages of each row that has several.
    pub(super) fn groups(&self) -> impl Iterator<Item = String> {
        let rows = self.rows.iter().filter(|row| !row.packages.is_empty());
        rows.map(|row| words::share_each_version(&row.packages))
    }
}

/// Something to do or to know.
#[derive(Debug)]
pub(super) struct Item {
    /// What its check box is kept under; `None` where there is nothing to tick.
    pub(super) tick: Option<String>,
    /// The kind of a task, the component that it concerns, and how grave it is.
    pub(super) class: &'static str,
    pub(super) component: String,
    /// The name of the phase that it belongs to.
    pub(super) phase: &'static str,
    pub(super) rank: Option<usize>,
    pub(super) badges: Vec<Badge>,
    pub(super) line: Spans,
    pub(super) more: Vec<More>,
}

/// A word before an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Badge {
    pub(super) word: &'static str,
    /// How a page colours it.
    pub(super) class: &'static str,
}

impl Badge {
    /// The class of the name of a phase.
    pub(super) const PHASE: &'static str = "when";
    /// The class of a component's name.
    pub(super) const COMPONENT: &'static str = "component";
}

/// What an item says below its line.
#[derive(Debug)]
pub(super) enum More {
    /// What to do.
    Do(String),
    Command(String),
    Fact(&'static str, String),
    /// A place in the user's source, the words there, and what to write instead.
    Found {
        place: String,
        excerpt: String,
        instead: Option<String>,
    },
    /// The id of the action, and where it was read.
    Source {
        id: String,
        address: Option<String>,
        text: String,
    },
}
