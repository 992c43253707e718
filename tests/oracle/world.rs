//! A world as plain data: packages, releases, rules, what is installed and what is asked for.
//!
//! Packages are named by their index in [`World::packages`], which is also the catalog's order. Nothing here
//! decides anything but the order of versions, the lines, and whether a version lies in a range.

use super::kinds::Kinds;
use std::fmt;

/// Index of a package in [`World::packages`].
pub(crate) type Id = usize;

/// A version of three small numbers; its line is the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Version {
    pub(crate) major: u16,
    pub(crate) minor: u16,
    pub(crate) patch: u16,
}

/// Releases with the same major and minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Line {
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

/// How a version is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Ge,
    Lt,
    Eq,
    Ne,
}

/// A conjunction of bounds; without any, every version is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) bounds: Vec<(Op, Version)>,
}

/// A package together with a range of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) package: Id,
    pub(crate) range: Range,
}

/// How a package moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Stepped,
    Follower,
    /// To any later line, and as rarely as it can.
    Lazy,
    Runtime,
}

/// One version of a package. What it requires may be packages or runtimes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) version: Version,
    pub(crate) prerelease: bool,
    pub(crate) yanked: bool,
    pub(crate) blocked: bool,
    /// Younger than the least age that the user asks for.
    pub(crate) young: bool,
    pub(crate) requirements: Vec<Requirement>,
}

/// A package (or runtime) with its releases, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) releases: Vec<Release>,
    /// Of a runtime: its steps go one line at a time.
    pub(crate) one_line_at_a_time: bool,
    /// Of a runtime: it moves as soon and as far as it can.
    pub(crate) early: bool,
    /// Its data does not go back: no repair takes it down.
    pub(crate) no_way_back: bool,
}

/// Whether a rule may be accepted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Must,
    Should,
}

/// Where `when` is in play and in range, `then`, if in play, must be in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requires {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) when: Requirement,
    pub(crate) then: Requirement,
}

/// `one` and `other` must not both be in play and in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) one: Requirement,
    pub(crate) other: Requirement,
}

/// Releases known to be bad, everywhere or only beside some of another package: not entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) of: Requirement,
    pub(crate) beside: Option<Requirement>,
}

/// A gem that only the lockfile knows, and that stands where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stranger {
    pub(crate) name: String,
    pub(crate) version: Version,
}

/// `one` must not be in range where a stranger is; or as a defect it must not be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) one: Requirement,
    /// Index into [`World::strangers`].
    pub(crate) stranger: usize,
    pub(crate) range: Range,
    pub(crate) is_defect: bool,
}

/// What a gate asks of the version being left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    NewestOfLine,
    AtLeast(Version),
}

/// Where a package must stand before it leaves its line: for `entering`, or for any line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) package: Id,
    pub(crate) entering: Option<Line>,
    pub(crate) asks: Asks,
}

/// Later lines that a package may enter directly from one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bridge {
    pub(crate) package: Id,
    pub(crate) from: Line,
    pub(crate) to: Vec<Line>,
}

/// One version or absence for each package. Of a runtime, `None` says that the position is unknown.
pub(crate) type State = Vec<Option<Version>>;

/// What is asked of one package at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Line(Line),
    Exact(Version),
    Range(Range),
    Latest,
}

/// A package and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) package: Id,
    pub(crate) goal: Goal,
}

/// Catalog, snapshot and wishes: all that a plan depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) packages: Vec<Package>,
    pub(crate) requires: Vec<Requires>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) bridges: Vec<Bridge>,
    /// Those to be avoided.
    pub(crate) defects: Vec<Defect>,
    /// Conflicts with strangers.
    pub(crate) clashes: Vec<Clash>,
    /// What is installed.
    pub(crate) installed: State,
    /// Installed beside it, without a section in the catalog.
    pub(crate) strangers: Vec<Stranger>,
    /// Installed packages that come from a repository: they stand still.
    pub(crate) foreign: Vec<Id>,
    /// The packages that the user asked for.
    pub(crate) direct: Vec<Id>,
    /// What the rest of the lockfile requires; it keeps the package needed.
    pub(crate) holders: Vec<Requirement>,
    /// Holders, by index, that the user drops.
    pub(crate) dropped: Vec<usize>,
    pub(crate) pins: Vec<Requirement>,
    pub(crate) runtime_fixed: bool,
    /// Ids of `should` rules that do not count.
    pub(crate) accepted: Vec<String>,
    /// Empty: the newest lines that can be reached together.
    pub(crate) targets: Vec<Target>,
    /// What other families have.
    pub(crate) kinds: Kinds,
}

/// Shorthand for a version.
pub(crate) const fn v(major: u16, minor: u16, patch: u16) -> Version {
    Version {
        major,
        minor,
        patch,
    }
}

/// Shorthand for a line.
pub(crate) const fn line(major: u16, minor: u16) -> Line {
    Line { major, minor }
}

/// Shorthand for a range.
pub(crate) fn range(bounds: &[(Op, Version)]) -> Range {
    Range {
        bounds: bounds.to_vec(),
    }
}

impl Version {
    pub(crate) fn line(self) -> Line {
        line(self.major, self.minor)
    }
}

impl Range {
    /// Exactly the versions of one line.
    pub(crate) fn of_line(of: Line) -> Range {
        range(&[
            (Op::Ge, v(of.major, of.minor, 0)),
            (Op::Lt, v(of.major, of.minor + 1, 0)),
        ])
    }

    pub(crate) fn contains(&self, version: Version) -> bool {
        self.bounds.iter().all(|&(op, bound)| match op {
            Op::Ge => version >= bound,
            Op::Lt => version < bound,
            Op::Eq => version == bound,
            Op::Ne => version != bound,
        })
    }
}

impl Release {
    /// Nothing that is said of it alone keeps a state from entering it: neither prerelease nor yanked nor blocked
    /// nor too young. Whether it is to be avoided only its world can tell: see [`World::is_fit`].
    pub(crate) fn is_sound(&self) -> bool {
        !self.prerelease && !self.yanked && !self.blocked && !self.young
    }

    /// What the release requires of `package`, in the order of the requirements.
    pub(crate) fn on(&self, package: Id) -> impl Iterator<Item = &Range> {
        self.requirements
            .iter()
            .filter(move |r| r.package == package)
            .map(|r| &r.range)
    }
}

impl Package {
    pub(crate) fn release(&self, version: Version) -> Option<&Release> {
        self.releases.iter().find(|r| r.version == version)
    }
}

impl World {
    /// These packages, none of them installed, without rules or wishes.
    pub(crate) fn of(packages: Vec<Package>) -> Self {
        World {
            installed: vec![None; packages.len()],
            packages,
            requires: Vec::new(),
            conflicts: Vec::new(),
            gates: Vec::new(),
            bridges: Vec::new(),
            defects: Vec::new(),
            clashes: Vec::new(),
            strangers: Vec::new(),
            foreign: Vec::new(),
            direct: Vec::new(),
            holders: Vec::new(),
            dropped: Vec::new(),
            pins: Vec::new(),
            runtime_fixed: false,
            accepted: Vec::new(),
            targets: Vec::new(),
            kinds: Kinds::default(),
        }
    }

    pub(crate) fn ids(&self) -> std::ops::Range<Id> {
        0..self.packages.len()
    }

    pub(crate) fn is_runtime(&self, id: Id) -> bool {
        self.packages[id].role == Role::Runtime
    }

    pub(crate) fn is_stepped(&self, id: Id) -> bool {
        self.packages[id].role == Role::Stepped
    }

    pub(crate) fn is_lazy(&self, id: Id) -> bool {
        self.packages[id].role == Role::Lazy
    }

    pub(crate) fn runtimes(&self) -> impl Iterator<Item = Id> + '_ {
        self.ids().filter(|&id| self.is_runtime(id))
    }

    /// All that is no runtime.
    pub(crate) fn family(&self) -> impl Iterator<Item = Id> + '_ {
        self.ids().filter(|&id| !self.is_runtime(id))
    }

    /// May be entered: sound, and not to be avoided wherever it stands.
    pub(crate) fn is_fit(&self, id: Id, release: &Release) -> bool {
        let avoided = |defect: &Defect| {
            defect.beside.is_none()
                && defect.of.package == id
                && defect.of.range.contains(release.version)
                && self.counts(&defect.id, defect.severity)
        };
        let block = format!("block-{id}-{}", release.version);
        let unblocked = Release {
            blocked: release.blocked && !self.kinds.denied(&block),
            ..release.clone()
        };
        unblocked.is_sound() && !self.defects.iter().any(avoided)
    }

    /// The newest line of the catalog with a release that rules let one enter, whatever its age.
    pub(crate) fn newest_rung(&self, id: Id) -> Option<Line> {
        let fit = |r: &&Release| {
            let grown = Release {
                young: false,
                ..(*r).clone()
            };
            self.is_fit(id, &grown)
        };
        let newest = self.packages[id].releases.iter().rev().find(fit);
        newest.map(|r| r.version.line())
    }

    /// The lines with at least one fit release, oldest first.
    pub(crate) fn rungs(&self, id: Id) -> Vec<Line> {
        let mut rungs: Vec<Line> = self.packages[id]
            .releases
            .iter()
            .filter(|r| self.is_fit(id, r))
            .map(|r| r.version.line())
            .collect();
        rungs.dedup();
        rungs
    }

    pub(crate) fn rung_above(&self, id: Id, of: Line) -> Option<Line> {
        let fit = |r: &&Release| r.version.line() > of && self.is_fit(id, r);
        let release = self.packages[id].releases.iter().find(fit);
        release.map(|r| r.version.line())
    }

    /// What holds: holders that the user drops do not.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Requirement> {
        let holders = self.holders.iter().enumerate();
        holders
            .filter(|(at, _)| !self.dropped.contains(at))
            .map(|(_, holder)| holder)
    }

    /// A rule that counts: accepted `should` rules do not, nor those with a condition that is a no.
    pub(crate) fn counts(&self, id: &str, severity: Severity) -> bool {
        let accepted = severity == Severity::Should && self.accepted.iter().any(|a| a == id);
        !accepted && !self.kinds.denied(id)
    }

    /// What every world must satisfy to have a meaning at all.
    pub(crate) fn check(&self) -> Result<(), String> {
        let known = |id: Id| id < self.packages.len();
        let ensure = |ok: bool, what: &str| if ok { Ok(()) } else { Err(what.to_owned()) };
        ensure(
            self.installed.len() == self.packages.len(),
            "one installed entry per package",
        )?;
        for (id, package) in self.packages.iter().enumerate() {
            let ascending = package
                .releases
                .windows(2)
                .all(|w| w[0].version < w[1].version);
            ensure(ascending, "releases ascend")?;
            for release in &package.releases {
                for need in &release.requirements {
                    ensure(known(need.package), "requires a package")?;
                    ensure(!self.is_runtime(id), "a runtime requires nothing")?;
                }
            }
            if let (Some(version), false) = (self.installed[id], self.is_runtime(id)) {
                ensure(
                    package.release(version).is_some(),
                    "installed versions are in the catalog",
                )?;
            }
        }
        let pairs = self.requires.iter().map(|r| (&r.when, &r.then));
        for (a, b) in pairs.chain(self.conflicts.iter().map(|c| (&c.one, &c.other))) {
            ensure(known(a.package) && known(b.package), "rules name packages")?;
            let both = self.is_runtime(a.package) && self.is_runtime(b.package);
            ensure(
                a.package != b.package && !both,
                "a rule is between a package and another or a runtime",
            )?;
        }
        for defect in &self.defects {
            let one = known(defect.of.package) && !self.is_runtime(defect.of.package);
            ensure(one, "defects are of packages")?;
            let apart =
                |other: &Requirement| known(other.package) && other.package != defect.of.package;
            ensure(
                defect.beside.as_ref().is_none_or(apart),
                "a defect shows beside another package",
            )?;
        }
        for clash in &self.clashes {
            ensure(
                known(clash.one.package) && !self.is_runtime(clash.one.package),
                "strangers clash with packages",
            )?;
            ensure(
                clash.stranger < self.strangers.len(),
                "clashes name strangers",
            )?;
        }
        for &id in &self.foreign {
            ensure(
                known(id) && !self.is_runtime(id) && self.installed[id].is_some(),
                "what comes from a repository is installed",
            )?;
        }
        for gate in &self.gates {
            ensure(
                known(gate.package) && !self.is_runtime(gate.package),
                "gates are for packages",
            )?;
        }
        for bridge in &self.bridges {
            ensure(
                known(bridge.package) && self.is_stepped(bridge.package),
                "bridges are for stepped packages",
            )?;
            ensure(
                bridge.to.iter().all(|&to| to > bridge.from),
                "bridges go up",
            )?;
        }
        for &id in &self.direct {
            ensure(
                known(id) && !self.is_runtime(id),
                "direct requirements are packages",
            )?;
        }
        for need in self.holders.iter().chain(&self.pins) {
            ensure(known(need.package), "holders and pins name packages")?;
        }
        for &at in &self.dropped {
            ensure(at < self.holders.len(), "holders are dropped")?;
        }
        for pin in &self.pins {
            let unknown = self.is_runtime(pin.package) && self.installed[pin.package].is_none();
            ensure(!unknown, "no pin on a runtime that is not known")?;
        }
        for (at, target) in self.targets.iter().enumerate() {
            ensure(known(target.package), "targets name packages")?;
            ensure(
                self.targets[..at]
                    .iter()
                    .all(|t| t.package != target.package),
                "one target per package",
            )?;
            let unknown =
                self.is_runtime(target.package) && self.installed[target.package].is_none();
            ensure(!unknown, "no target for a runtime that is not known")?;
        }
        let ids = self.rules();
        for (at, (id, _)) in ids.iter().enumerate() {
            ensure(
                ids[..at].iter().all(|(other, _)| other != id),
                "ids are unique",
            )?;
        }
        for accepted in &self.accepted {
            let rule = ids.iter().find(|(id, _)| id == accepted);
            ensure(
                rule.is_some_and(|r| r.1 == Severity::Should),
                "accepted rules exist and are `should`",
            )?;
        }
        Ok(())
    }

    /// Id and severity of every rule that has one.
    pub(crate) fn rules(&self) -> Vec<(&str, Severity)> {
        let gates = self.gates.iter().map(|g| (g.id.as_str(), g.severity));
        let requires = self.requires.iter().map(|r| (r.id.as_str(), r.severity));
        let conflicts = self.conflicts.iter().map(|c| (c.id.as_str(), c.severity));
        let defects = self.defects.iter().map(|d| (d.id.as_str(), d.severity));
        let clashes = self.clashes.iter().map(|c| (c.id.as_str(), c.severity));
        let pairs = requires.chain(conflicts).chain(clashes);
        let kinds = &self.kinds;
        let risks = kinds.risks.iter();
        let risks = risks.map(|r| (r.id.as_str(), Severity::Should));
        let stops = kinds.stops.iter();
        let stops = stops.map(|s| (s.id.as_str(), s.severity));
        let skews = kinds.skews.iter().map(|s| (s.id.as_str(), s.severity));
        let kinds = risks.chain(stops).chain(skews);
        gates.chain(pairs).chain(defects).chain(kinds).collect()
    }

    /// A state in words: `a 1.0.2, b -, ruby 3.1.0`.
    pub(crate) fn show(&self, state: &State) -> String {
        let one = |id: Id| match state[id] {
            Some(version) => format!("{} {version}", self.packages[id].name),
            None => format!("{} -", self.packages[id].name),
        };
        self.ids().map(one).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (op, bound)) in self.bounds.iter().enumerate() {
            let op = match op {
                Op::Ge => ">=",
                Op::Lt => "<",
                Op::Eq => "=",
                Op::Ne => "!=",
            };
            write!(f, "{}{op} {bound}", if at == 0 { "" } else { ", " })?;
        }
        if self.bounds.is_empty() {
            write!(f, ">= 0")?;
        }
        Ok(())
    }
}

/// The whole world, one fact a line, for the message of a failing test.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |r: &Requirement| format!("{} ({})", self.packages[r.package].name, r.range);
        for package in &self.packages {
            write!(f, "{:?} {}", package.role, package.name)?;
            if package.one_line_at_a_time {
                write!(f, ", one line at a time")?;
            }
            if package.early {
                write!(f, ", early")?;
            }
            if package.no_way_back {
                write!(f, ", no way back")?;
            }
            writeln!(f)?;
            for release in &package.releases {
                write!(f, "  {}", release.version)?;
                let flags = [
                    (release.prerelease, "prerelease"),
                    (release.yanked, "yanked"),
                    (release.blocked, "blocked"),
                    (release.young, "young"),
                ];
                for (_, flag) in flags.iter().filter(|flag| flag.0) {
                    write!(f, " {flag}")?;
                }
                for need in &release.requirements {
                    write!(f, "; {}", on(need))?;
                }
                writeln!(f)?;
            }
        }
        for r in &self.requires {
            writeln!(
                f,
                "requires {} {:?}: {} -> {}",
                r.id,
                r.severity,
                on(&r.when),
                on(&r.then)
            )?;
        }
        for c in &self.conflicts {
            writeln!(
                f,
                "conflict {} {:?}: {} x {}",
                c.id,
                c.severity,
                on(&c.one),
                on(&c.other)
            )?;
        }
        for g in &self.gates {
            let entering = g
                .entering
                .map_or("any line".to_owned(), |line| line.to_string());
            let name = &self.packages[g.package].name;
            writeln!(
                f,
                "gate {} {:?}: {name} entering {entering} asks {:?}",
                g.id, g.severity, g.asks
            )?;
        }
        for d in &self.defects {
            write!(f, "defect {} {:?}: {}", d.id, d.severity, on(&d.of))?;
            if let Some(other) = &d.beside {
                write!(f, " beside {}", on(other))?;
            }
            writeln!(f)?;
        }
        for c in &self.clashes {
            let name = &self.strangers[c.stranger].name;
            let kind = if c.is_defect { "defect" } else { "conflict" };
            writeln!(
                f,
                "{kind} {} {:?}: {} x {name} ({})",
                c.id,
                c.severity,
                on(&c.one),
                c.range
            )?;
        }
        for b in &self.bridges {
            let to: Vec<String> = b.to.iter().map(Line::to_string).collect();
            writeln!(
                f,
                "bridge {} {} to {}",
                self.packages[b.package].name,
                b.from,
                to.join(", ")
            )?;
        }
        writeln!(f, "installed {}", self.show(&self.installed))?;
        let direct: Vec<&str> = self
            .direct
            .iter()
            .map(|&id| self.packages[id].name.as_str())
            .collect();
        writeln!(
            f,
            "direct {}; runtime fixed {}; accepted {:?}",
            direct.join(", "),
            self.runtime_fixed,
            self.accepted
        )?;
        for stranger in &self.strangers {
            writeln!(f, "stranger {} {}", stranger.name, stranger.version)?;
        }
        for &id in &self.foreign {
            writeln!(f, "from a repository {}", self.packages[id].name)?;
        }
        for (at, holder) in self.holders.iter().enumerate() {
            let dropped = if self.dropped.contains(&at) {
                ", dropped"
            } else {
                ""
            };
            writeln!(f, "holder {}{dropped}", on(holder))?;
        }
        for pin in &self.pins {
            writeln!(f, "pin {}", on(pin))?;
        }
        if self.kinds != Kinds::default() {
            writeln!(f, "{:#?}", self.kinds)?;
        }
        for target in &self.targets {
            let goal = match &target.goal {
                Goal::Line(line) => line.to_string(),
                Goal::Exact(version) => version.to_string(),
                Goal::Range(range) => range.to_string(),
                Goal::Latest => "latest".to_owned(),
            };
            writeln!(f, "target {}={goal}", self.packages[target.package].name)?;
        }
        Ok(())
    }
}
