//! The scanner: compiled once, then file by file, in any order and on any thread; what needs all
//! files is settled at the end.

use super::classes::{ClassFact, ClassNeed, Classes, Kinship, Tie};
use super::commands::commands;
use super::erb::ruby_of;
use super::file::{FileKind, is_gemfile, is_loaded};
use super::finding::{ActionVerdict, Confidence, Finding, Scan, ScanFault, ScanProblem};
use super::pattern::Form;
use super::rules::Rules;
use super::walk::{Hit, Region, Seen, walk};
use crate::catalog::{Action, Applies, DetectRole};
use crate::ruby::{self, Lines, Refusal, Tree};
use crate::version::VersionSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The longest file of commands, in bytes; Ruby has [`ruby::MAX_BYTES`].
pub const MAX_TEXT_BYTES: usize = 2 << 20;

/// The patterns of a catalog's actions, ready to be looked for.
///
/// ```
/// use rungs::catalog::{Applies, Catalog};
/// use rungs::scan::Scanner;
///
/// # fn main() -> Result<(), rungs::Error> {
/// let catalog = Catalog::karafka()?;
/// let scanner = Scanner::new(catalog.actions()?.iter());
/// let source = b"Karafka::App.setup { |config| config.batch_fetching = true }";
/// let scan = scanner.finish([scanner.scan("karafka.rb", source)]);
/// let finding = &scan.findings()[0];
/// assert_eq!(finding.action().as_str(), "karafka-2.0-batch-fetching-removed");
/// assert_eq!(scan.of(finding.action()).0, Applies::Yes);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Scanner {
    rules: Rules,
}

/// What one file says by itself.
#[derive(Debug)]
pub struct FileScan {
    found: Vec<Found>,
    doubts: BTreeSet<usize>,
    classes: Vec<ClassFact>,
    modules: Vec<String>,
    ties: Vec<Tie>,
    afters: BTreeSet<usize>,
    unordered: BTreeSet<usize>,
    problems: Vec<ScanProblem>,
    /// Whether Ruby is there that was not read.
    is_unread: bool,
    is_loaded: bool,
    /// Whether it says what is installed, and whether a package of the catalog is among it.
    is_gemfile: bool,
    required: Vec<(String, VersionSet)>,
}

/// A finding that may still depend on other files.
#[derive(Debug)]
struct Found {
    action: usize,
    role: DetectRole,
    /// The pattern that a role other than that of a find is for.
    of: Option<String>,
    finding: Finding,
    need: Option<ClassNeed>,
    shadows: Vec<String>,
    region: Option<Region>,
}

impl Scanner {
    /// Of these actions; those without patterns are left out.
    pub fn new<'a>(actions: impl Iterator<Item = &'a Action>) -> Self {
        Scanner {
            rules: Rules::new(actions),
        }
    }

    /// Looks at one file. The path is relative to the application, with `/`.
    #[must_use]
    pub fn scan(&self, path: &str, source: &[u8]) -> FileScan {
        let shared: Arc<str> = path.into();
        let mut reader = Reader {
            rules: &self.rules,
            path: shared,
            source,
            lines: None,
            scan: FileScan {
                found: Vec::new(),
                doubts: BTreeSet::new(),
                classes: Vec::new(),
                modules: Vec::new(),
                ties: Vec::new(),
                afters: BTreeSet::new(),
                unordered: BTreeSet::new(),
                problems: Vec::new(),
                is_unread: false,
                is_loaded: is_loaded(path),
                is_gemfile: false,
                required: Vec::new(),
            },
        };
        if !reader.scan.is_loaded {
            return reader.scan;
        }
        reader.name();
        match FileKind::of(path, source) {
            FileKind::Ruby => reader.ruby(ruby::parse(source)),
            FileKind::Erb => {
                let code = ruby_of(source);
                reader.ruby(ruby::parse_body(&code));
                let stem = path.strip_suffix(".erb").unwrap_or(path);
                if FileKind::of(stem, b"") == FileKind::Commands {
                    reader.commands();
                }
            }
            FileKind::Commands => reader.commands(),
            FileKind::Mixed => reader.scan.doubts = self.rules.mentioned(source),
            FileKind::Other => {}
        }
        reader.scan
    }

    /// What all files say together.
    pub fn finish(&self, files: impl IntoIterator<Item = FileScan>) -> Scan {
        let mut collector = Collector::default();
        for file in files {
            collector.add(file);
        }
        collector.finish(self)
    }
}

impl FileScan {
    /// Whether it says nothing beyond that it was looked at.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.found.is_empty()
            && self.doubts.is_empty()
            && self.classes.is_empty()
            && self.modules.is_empty()
            && self.ties.is_empty()
            && self.afters.is_empty()
            && self.unordered.is_empty()
            && self.problems.is_empty()
            && !(self.is_unread || self.is_gemfile)
    }

    /// Whether an application may load it; see [`Scan::aside`].
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }
}

/// Gathers what files say, in any order.
///
/// ```
/// use rungs::scan::{Collector, Scanner};
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let scanner = Scanner::new(catalog.actions()?.iter());
/// let mut collector = Collector::default();
/// collector.add(scanner.scan("a.rb", b"puts 1"));
/// assert_eq!(collector.finish(&scanner).files(), 1);
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Collector {
    files: usize,
    aside: usize,
    found: Vec<Found>,
    doubts: BTreeSet<usize>,
    afters: BTreeSet<usize>,
    unordered: BTreeSet<usize>,
    classes: Classes,
    problems: Vec<ScanProblem>,
    is_unread: bool,
    has_gemfile: bool,
    required: BTreeMap<String, VersionSet>,
}

impl Collector {
    /// One more file.
    pub fn add(&mut self, file: FileScan) {
        if !file.is_loaded {
            self.aside += 1;
            return;
        }
        self.files += 1;
        self.found.extend(file.found);
        self.doubts.extend(file.doubts);
        self.afters.extend(file.afters);
        self.unordered.extend(file.unordered);
        self.problems.extend(file.problems);
        self.is_unread |= file.is_unread;
        self.has_gemfile |= file.is_gemfile;
        for (package, own) in file.required {
            // What one of several entries admits may be installed.
            let known = self.required.entry(package);
            known
                .and_modify(|known| *known = known.union(&own))
                .or_insert(own);
        }
        for class in file.classes {
            self.classes.add(class);
        }
        for module in file.modules {
            self.classes.add_module(module);
        }
        for tie in file.ties {
            self.classes.add_tie(tie);
        }
    }

    /// So many files that say nothing ([`FileScan::is_bare`]), and that were left aside.
    pub fn add_bare(&mut self, files: usize, aside: usize) {
        self.files += files;
        self.aside += aside;
    }

    /// Something that could not be handed over. What can hold commands only says nothing of Ruby.
    pub fn add_problem(&mut self, problem: ScanProblem) {
        self.is_unread |= FileKind::of(problem.path(), b"") != FileKind::Commands;
        self.problems.push(problem);
    }

    /// Settles what depends on other files.
    #[must_use]
    pub fn finish(mut self, scanner: &Scanner) -> Scan {
        let rules = &scanner.rules;
        self.classes.settle();
        let found = self.kin(rules);
        let (mut findings, met) = settle(rules, found);
        findings.sort_by(|(a, one), (b, two)| {
            let key = |finding: &Finding| (finding.path.clone(), finding.place);
            a.cmp(b)
                .then_with(|| key(one).cmp(&key(two)))
                .then_with(|| one.confidence.cmp(&two.confidence))
                .then_with(|| one.pattern.cmp(&two.pattern))
        });
        findings.dedup_by(|(a, one), (b, two)| {
            let is_same_line =
                one.place.line == two.place.line && one.edit.is_none() && two.edit.is_none();
            a == b && one.path == two.path && (one.place == two.place || is_same_line)
        });
        // What counts only behind something else may stand behind it in another file.
        let elsewhere = self.unordered.intersection(&self.afters);
        self.doubts.extend(elsewhere);
        let mut problems = self.problems;
        problems.sort();
        problems.dedup();
        let mut start = 0;
        let verdicts = rules.actions.iter().enumerate().map(|(at, action)| {
            let own = findings[start..].iter().take_while(|(own, _)| *own == at);
            let range = start..start + own.count();
            start = range.end;
            let decides =
                action.decidable || met.contains(&at) || (action.by_gemfile && self.has_gemfile);
            let is_settled = decides && !self.is_unread && !self.doubts.contains(&at);
            ActionVerdict {
                action: action.name.clone(),
                applies: match (range.is_empty(), is_settled) {
                    (false, _) => Applies::Yes,
                    (true, true) => Applies::No,
                    (true, false) => Applies::Unknown,
                },
                findings: range,
            }
        });
        let verdicts = verdicts.collect();
        Scan {
            files: self.files,
            aside: self.aside,
            required: self.has_gemfile.then_some(self.required),
            findings: findings.into_iter().map(|(_, finding)| finding).collect(),
            problems,
            verdicts,
        }
    }

    /// What is left once it is known which class inherits from which.
    fn kin(&mut self, rules: &Rules) -> Vec<Found> {
        let mut left = Vec::new();
        for mut found in std::mem::take(&mut self.found) {
            if found.shadows.iter().any(|name| self.classes.defines(name)) {
                continue;
            }
            if let Some(need) = &found.need {
                match self
                    .classes
                    .kinship(need, &rules.namespaces, &rules.classes)
                {
                    Kinship::No => continue,
                    Kinship::Unknown => {
                        self.doubts.insert(found.action);
                        continue;
                    }
                    Kinship::Likely => found.finding.confidence = Confidence::Likely,
                    Kinship::Proven => {}
                }
            }
            left.push(found);
        }
        left
    }
}

/// Something that shows that an action is met.
struct Met {
    /// The one pattern of which it is; `None` is all.
    of: Option<String>,
    region: Option<Region>,
}

/// The finds that count, and the actions that are met already.
fn settle(rules: &Rules, found: Vec<Found>) -> (Vec<(usize, Finding)>, BTreeSet<usize>) {
    let mut met: BTreeMap<usize, Vec<Met>> = BTreeMap::new();
    let mut with: BTreeMap<usize, Vec<Option<Region>>> = BTreeMap::new();
    let mut finds = Vec::new();
    for one in found {
        match one.role {
            DetectRole::Met => {
                let own = met.entry(one.action).or_default();
                own.push(Met {
                    of: one.of,
                    region: one.region,
                });
            }
            DetectRole::With => with.entry(one.action).or_default().push(one.region),
            DetectRole::Find => finds.push(one),
            _ => {}
        }
    }
    finds.retain(|one| {
        let near = |region: &Option<Region>| Region::meet(region.as_ref(), one.region.as_ref());
        let is_met = met.get(&one.action).is_some_and(|own| {
            own.iter().any(|met| {
                let of = met.of.as_ref();
                of.is_none_or(|of| *of == one.finding.pattern) && near(&met.region)
            })
        });
        let has_with = !rules.actions[one.action].has_with
            || with
                .get(&one.action)
                .is_some_and(|own| own.iter().any(near));
        !is_met && has_with
    });
    // In one block of many it is met there only.
    let is_whole = |met: &Met| met.of.is_none() && met.region.is_none();
    let whole = met.into_iter().filter(|(_, own)| own.iter().any(is_whole));
    let met = whole.map(|(action, _)| action).collect();
    let finds = finds.into_iter().map(|one| (one.action, one.finding));
    (finds.collect(), met)
}

struct Reader<'r> {
    rules: &'r Rules,
    path: Arc<str>,
    source: &'r [u8],
    lines: Option<Lines<'r>>,
    scan: FileScan,
}

impl Reader<'_> {
    /// Files whose mere name a pattern concerns.
    fn name(&mut self) {
        for at in &self.rules.files {
            let pattern = &self.rules.patterns[*at];
            let Form::File(glob) = &pattern.form else {
                continue;
            };
            // A single file beside other patterns says where those stand.
            let others = self.rules.patterns.iter();
            let has_others = others
                .filter(|other| other.action == pattern.action)
                .any(|other| !matches!(other.form, Form::File(_)));
            if (has_others && !glob.contains('*')) || !is_path(&self.path, glob) {
                continue;
            }
            let hit = Hit {
                pattern: *at,
                range: 0..0,
                confidence: Confidence::Certain,
                need: None,
                shadows: Vec::new(),
                edit: None,
                region: None,
                node: 0,
                reach: 0,
            };
            self.found(hit);
        }
    }

    fn ruby(&mut self, tree: Result<Tree<'_>, Refusal>) {
        let tree = match tree {
            Ok(tree) => tree,
            Err(refusal) => {
                let limit = ruby::MAX_BYTES;
                let fault = match refusal {
                    Refusal::TooLong => ScanFault::TooLong { limit },
                    Refusal::TooDeep => ScanFault::TooDeep,
                };
                self.problem(None, fault);
                self.scan.is_unread = true;
                return;
            }
        };
        self.encoding();
        if let Some(first) = tree.faults().first() {
            let fault = ScanFault::NotRuby {
                first: first.message.clone(),
                more: tree.fault_count() - 1,
            };
            self.problem(Some(first.offset), fault);
            self.scan.is_unread = true;
        }
        let path = self.path.clone();
        let Seen {
            hits,
            doubts,
            classes,
            modules,
            ties,
            afters,
            unordered,
            gems,
        } = walk(self.rules, &path, &tree);
        for hit in hits {
            self.found(hit);
        }
        self.scan.doubts.extend(doubts);
        self.scan.classes = classes;
        self.scan.modules = modules;
        self.scan.ties = ties;
        self.scan.afters = afters;
        self.scan.unordered = unordered;
        let base = path.rsplit('/').next().unwrap_or(&path);
        self.scan.is_gemfile = is_gemfile(base) || base.ends_with(".gemspec");
        self.scan.required = gems;
    }

    /// What is not UTF-8 is reported, unless the file says that it is something else.
    fn encoding(&mut self) {
        let Err(error) = std::str::from_utf8(self.source) else {
            return;
        };
        let mut head = self.source.split(|byte| *byte == b'\n').take(2);
        let says =
            |line: &[u8]| line.starts_with(b"#") && line.windows(6).any(|word| word == b"coding");
        if head.any(says) {
            return;
        }
        self.problem(Some(error.valid_up_to()), ScanFault::UnknownEncoding);
    }

    fn commands(&mut self) {
        if self.source.len() > MAX_TEXT_BYTES {
            let limit = MAX_TEXT_BYTES;
            self.problem(None, ScanFault::TooLong { limit });
            return;
        }
        let text = match std::str::from_utf8(self.source) {
            Ok(text) => text,
            Err(error) => {
                self.problem(Some(error.valid_up_to()), ScanFault::NotUtf8);
                return;
            }
        };
        let mut hits = Vec::new();
        commands(self.rules, text, |pattern, range| {
            hits.push(Hit {
                pattern,
                range,
                confidence: Confidence::Certain,
                need: None,
                shadows: Vec::new(),
                edit: None,
                region: None,
                node: 0,
                reach: 0,
            });
        });
        for hit in hits {
            self.found(hit);
        }
    }

    fn problem(&mut self, offset: Option<usize>, fault: ScanFault) {
        let place = offset.map(|offset| Lines::of(self.source).place(offset));
        self.scan.problems.push(ScanProblem {
            path: self.path.clone(),
            place,
            fault,
        });
    }

    fn found(&mut self, hit: Hit) {
        let source = self.source;
        let lines = self.lines.get_or_insert_with(|| Lines::of(source));
        let place = lines.place(hit.range.start);
        let line = String::from_utf8_lossy(&source[lines.range(place.line)]);
        let excerpt = line.trim().chars().take(Finding::MAX_EXCERPT).collect();
        let pattern = &self.rules.patterns[hit.pattern];
        self.scan.found.push(Found {
            action: pattern.action,
            role: pattern.role,
            of: pattern.of.clone(),
            finding: Finding {
                action: self.rules.actions[pattern.action].name.clone(),
                path: self.path.clone(),
                place,
                excerpt,
                confidence: hit.confidence,
                pattern: pattern.value.clone(),
                replacement: pattern.replacement.clone(),
                edit: hit.edit,
            },
            need: hit.need,
            shadows: hit.shadows,
            region: hit.region,
        });
    }
}

/// Whether a path is one that a glob means, from the application's root or from any folder of it;
/// `*` means what is no `/`.
fn is_path(path: &str, glob: &str) -> bool {
    let (path, glob): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), glob.split('/').collect());
    let Some(skip) = path.len().checked_sub(glob.len()) else {
        return false;
    };
    path[skip..]
        .iter()
        .zip(&glob)
        .all(|(name, glob)| match glob.split_once('*') {
            Some((before, after)) => {
                name.len() >= before.len() + after.len()
                    && name.starts_with(before)
                    && name.ends_with(after)
            }
            None => name == glob,
        })
}
