//! How a step is rolled out, as far as the guides know: order, stops, sequences, commands, topics,
//! schemas, errors that pass and errors that do not, and what to watch.
//!
//! A record is declared once; its type, its getters and its reader come from that declaration, so
//! that a key of a file and a getter cannot part.

use super::SupportStatus;
use super::action::{Edition, Phase};
use super::stored::{Reader, Stored, Writer};
use super::table::{MAX_TEXT, Tables};
use super::{Catalog, action_source};
use crate::date::Date;
use crate::name::Name;
use crate::version::{Requirement, Version};
use std::sync::Arc;
use toml::de::DeTable;

macro_rules! holds {
    (text) => { Arc<str> };
    (maybe) => { Option<Arc<str>> };
    (texts) => { Vec<String> };
    (flag) => { bool };
    (command) => { bool };
    (package) => { Name };
    (since) => { Version };
    (version) => { Version };
    (versions) => { Arc<Requirement> };
    (edition) => { Edition };
    (rolling) => { Rolling };
    (phase) => { Option<Phase> };
    (status) => { SupportStatus };
    (day) => { Option<Date> };
    ([$record:ident]) => { Vec<$record> };
}

macro_rules! shows {
    (text) => { &str };
    (maybe) => { Option<&str> };
    (texts) => { &[String] };
    (flag) => { bool };
    (command) => { bool };
    (package) => { &Name };
    (since) => { &Version };
    (version) => { &Version };
    (versions) => { &Requirement };
    (edition) => { Edition };
    (rolling) => { Rolling };
    (phase) => { Option<Phase> };
    (status) => { SupportStatus };
    (day) => { Option<Date> };
    ([$record:ident]) => { &[$record] };
}

macro_rules! shown {
    (maybe, $value:expr) => {
        $value.as_deref()
    };
    (flag, $value:expr) => {
        $value
    };
    (command, $value:expr) => {
        $value
    };
    (edition, $value:expr) => {
        $value
    };
    (rolling, $value:expr) => {
        $value
    };
    (phase, $value:expr) => {
        $value
    };
    (status, $value:expr) => {
        $value
    };
    (day, $value:expr) => {
        $value
    };
    ($kind:tt, $value:expr) => {
        &$value
    };
}

macro_rules! reads {
    (text, $r:ident, $key:expr) => {
        $r.tables
            .text($r.table, $key, MAX_TEXT, $r.start)
            .map(|(text, _)| Arc::from(text))
    };
    (maybe, $r:ident, $key:expr) => {
        Some($r.tables.maybe($r.table, $key, MAX_TEXT))
    };
    (texts, $r:ident, $key:expr) => {
        Some($r.tables.texts($r.table, $key, Rollout::MAX_LIST))
    };
    (flag, $r:ident, $key:expr) => {
        $r.required_flag($key)
    };
    (command, $r:ident, $key:expr) => {
        Some($r.tables.flag($r.table, $key).unwrap_or(true))
    };
    (package, $r:ident, $key:expr) => {
        $r.package($key)
    };
    (since, $r:ident, $key:expr) => {
        $r.since($key)
    };
    (version, $r:ident, $key:expr) => {
        $r.tables
            .version($r.table, $key, $r.start)
            .map(|(version, _)| version)
    };
    (versions, $r:ident, $key:expr) => {
        $r.tables
            .requirement($r.table, $key, $r.start)
            .map(|(versions, _)| versions)
    };
    (edition, $r:ident, $key:expr) => {{
        let words = (Edition::ALL, Edition::name as fn(_) -> _);
        $r.tables
            .word($r.table, $key, words, Some(Edition::Any), $r.start)
    }};
    (rolling, $r:ident, $key:expr) => {{
        let words = (&Rolling::ALL[..], Rolling::name as fn(_) -> _);
        $r.tables.word($r.table, $key, words, None, $r.start)
    }};
    (phase, $r:ident, $key:expr) => {{
        let words = (Phase::ALL, Phase::name as fn(_) -> _);
        match $r.table.contains_key($key) {
            true => $r
                .tables
                .word($r.table, $key, words, None, $r.start)
                .map(Some),
            false => Some(None),
        }
    }};
    (status, $r:ident, $key:expr) => {{
        let words = (&SupportStatus::ALL[..], SupportStatus::name as fn(_) -> _);
        $r.tables.word($r.table, $key, words, None, $r.start)
    }};
    (day, $r:ident, $key:expr) => {
        Some($r.tables.day($r.table, $key))
    };
    ([$record:ident], $r:ident, $key:expr) => {
        Some($record::list($r.catalog, $r.tables, $r.table, $key))
    };
}

macro_rules! field {
    (text, $value:expr) => {
        Field::Text($value.to_string())
    };
    (maybe, $value:expr) => {
        $value
            .as_deref()
            .map_or(Field::None, |text| Field::Text(text.to_owned()))
    };
    (texts, $value:expr) => {
        Field::Texts($value)
    };
    (flag, $value:expr) => {
        Field::Flag(*$value)
    };
    (command, $value:expr) => {
        Field::Flag(*$value)
    };
    (phase, $value:expr) => {
        $value.map_or(Field::None, |phase| Field::Text(phase.name().to_owned()))
    };
    (day, $value:expr) => {
        $value.map_or(Field::None, Field::Day)
    };
    (edition, $value:expr) => {
        Field::Text($value.name().to_owned())
    };
    (rolling, $value:expr) => {
        Field::Text($value.name().to_owned())
    };
    (status, $value:expr) => {
        Field::Text($value.name().to_owned())
    };
    ([$record:ident], $value:expr) => {
        Field::Tables($value.iter().map($record::fields).collect())
    };
    ($kind:tt, $value:expr) => {
        Field::Text($value.to_string())
    };
}

macro_rules! records {
    ($($(#[$meta:meta])* $record:ident { $($(#[$doc:meta])* $key:ident: $kind:tt,)* })*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $record { $(pub(crate) $key: holds!($kind),)* }

        impl $record {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $key(&self) -> shows!($kind) { shown!($kind, self.$key) }
            )*

            /// The contents of its table, key by key.
            fn fields(&self) -> Vec<(&'static str, Field<'_>)> {
                vec![$((stringify!($key), field!($kind, &self.$key))),*]
            }

            fn list(
                catalog: &Catalog,
                tables: &mut Tables<'_>,
                table: &DeTable<'_>,
                key: &str,
            ) -> Vec<Self> {
                let entries = tables.tables(table, key, Rollout::MAX_LIST).into_iter();
                entries
                    .filter_map(|(table, start)| Self::read(&mut Entry { catalog, tables, table, start }))
                    .collect()
            }

            fn read(entry: &mut Entry<'_, '_, '_, '_>) -> Option<Self> {
                let keys = [$(stringify!($key)),*];
                entry.tables.known_keys(entry.table, &keys, "this entry");
                // Everything is read before anything is given up, so that all problems show.
                $(let $key = reads!($kind, entry, stringify!($key));)*
                Some($record { $($key: $key?,)* })
            }
        }

        impl Stored for $record {
            fn store(&self, to: &mut Writer) {
                $(self.$key.store(to);)*
            }

            fn load(from: &mut Reader) -> Option<Self> {
                Some($record { $($key: Stored::load(from)?,)* })
            }
        }
    )* };
}

macro_rules! rollout {
    ($($(#[$doc:meta])* $getter:ident: $record:ident in $key:literal,)*) => {
        /// Everything that the catalog knows of rolling steps out.
        #[derive(Clone, Debug, Default)]
        pub struct Rollout { $($getter: Vec<$record>,)* }

        impl Rollout {
            /// The most entries of one list.
            pub const MAX_LIST: usize = 200;
            /// The longest text, in bytes.
            pub const MAX_TEXT: usize = MAX_TEXT;

            pub(super) const KEYS: &'static [&'static str] = &[$($key),*];

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $getter(&self) -> &[$record] { &self.$getter }
            )*

            /// All entries of all lists: the key of the list, and the entry's keys.
            pub(crate) fn entries(&self) -> Vec<(&'static str, Vec<(&'static str, Field<'_>)>)> {
                let mut entries = Vec::new();
                $(entries.extend(self.$getter.iter().map(|entry| ($key, entry.fields())));)*
                entries
            }

            /// The lists of a later file replace those before.
            pub(super) fn lay(&mut self, catalog: &Catalog, tables: &mut Tables<'_>, table: &DeTable<'_>) {
                $(
                    if table.contains_key($key) {
                        self.$getter = $record::list(catalog, tables, table, $key);
                    }
                )*
            }

            /// Drops the lists that a table has.
            pub(super) fn clear(&mut self, table: &DeTable<'_>) {
                $(
                    if table.contains_key($key) {
                        self.$getter.clear();
                    }
                )*
            }

            /// Appends the lists of another catalog. What both say is kept once, and so is a component.
            pub(super) fn join(&mut self, mut other: Self) {
                other.components.retain(|it| self.components.iter().all(|own| own.name != it.name));
                other.order.retain(|it| self.order.iter().all(|own| own.component != it.component));
                $(
                    other.$getter.retain(|it| !self.$getter.contains(it));
                    self.$getter.append(&mut other.$getter);
                )*
            }
        }

        impl Stored for Rollout {
            fn store(&self, to: &mut Writer) {
                $(self.$getter.store(to);)*
            }

            fn load(from: &mut Reader) -> Option<Self> {
                Some(Rollout { $($getter: Stored::load(from)?,)* })
            }
        }
    };
}

rollout! {
    /// What is deployed separately, and what it is.
    components: Deployed in "component",
    /// In this order components are deployed.
    order: Turn in "order",
    /// The stages of a step, in order.
    stages: Stage in "stage",
    /// Steps during which old and new may not run side by side.
    must_stop: MustStop in "must_stop",
    /// Steps that roll if something is heeded.
    rolling: RollingStep in "rolling",
    /// Lines with a sequence of their own.
    sequences: Sequence in "sequence",
    /// Packages that move together, and why.
    joint: Joint in "joint",
    /// Where a runtime must be reached first.
    runtimes: RuntimeCheckpoint in "runtime",
    /// Commands that a line asks for.
    commands: LineCommand in "command",
    /// Topics that a package needs.
    topics: Topic in "topic",
    /// Versions of schemas by release.
    schemas: Schema in "schema",
    /// What is known of going back.
    rollback: Rollback in "rollback",
    /// Errors that are to be expected and pass.
    expected_errors: ExpectedError in "expected_error",
    /// Errors at boot that show that a step went wrong.
    boot_errors: BootError in "boot_error",
    /// What to watch.
    signals: Signal in "signal",
    /// Further advice by topic.
    advice: Advice in "advice",
    /// Where sources disagree.
    contradictions: Contradiction in "contradiction",
    /// Lines of what no plan moves, with their support.
    lifecycles: Lifecycle in "lifecycle",
    /// Where the sources of actions and rules can be read.
    links: Link in "link",
    /// What shows which edition is in use.
    editions: EditionMark in "edition",
}

/// What is at a key.
#[derive(Debug, PartialEq)]
pub(crate) enum Field<'a> {
    /// The key is left out.
    None,
    Text(String),
    Texts(&'a [String]),
    Flag(bool),
    Day(Date),
    Tables(Vec<Vec<(&'static str, Field<'a>)>>),
}

/// May old and new run side by side while a step rolls?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rolling {
    /// They may.
    Yes,
    /// They may, on a condition.
    Conditional,
    /// They may not: something stops.
    No,
}

impl Rolling {
    pub(super) const ALL: [Rolling; 3] = [Rolling::Yes, Rolling::Conditional, Rolling::No];

    /// The word that catalogs and documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rolling::Yes => "yes",
            Rolling::Conditional => "conditional",
            Rolling::No => "no",
        }
    }
}

records! {
    /// Something that is deployed separately.
    Deployed {
        /// Its name: `consumers`.
        name: text,
        /// What it is.
        what: text,
        /// Packages, any of which in a lockfile shows that it is there.
        shown_by: texts,
        /// The component that it is part of unless it is separated.
        part_of: maybe,
        /// More to know.
        notes: texts,
        /// How it can be separated.
        isolate_with: texts,
    }

    /// One component's turn in a deployment.
    Turn {
        /// The component.
        component: text,
        /// Until when the next one waits.
        wait_until: text,
    }

    /// One stage of a step.
    Stage {
        /// Its name.
        id: text,
        /// What is done.
        what: text,
        /// When in a step; `None` for what a plan says by itself.
        phase: phase,
        /// Commands.
        commands: texts,
        /// How it was inferred, where the published procedure does not have it.
        inferred: maybe,
    }

    /// A version that is entered.
    Entering {
        /// The package.
        package: package,
        /// The version.
        since: since,
    }

    /// A step during which old and new may not run side by side.
    MustStop {
        /// Its name.
        id: text,
        /// The step, in words.
        what: text,
        /// Entering any of these; none where it is no step of packages.
        entering: [Entering],
        /// Only if this is true, in words.
        condition: maybe,
        /// What must be stopped.
        stop: text,
        /// Whether a guide says so; if not it is inferred.
        documented: flag,
        /// How it can be avoided.
        way_out: maybe,
    }

    /// A step that rolls if something is heeded.
    RollingStep {
        /// Its name.
        id: text,
        /// The step, in words.
        what: text,
        /// Entering any of these; none where it is no step of packages.
        entering: [Entering],
        /// Whose edition it concerns.
        edition: edition,
        /// What to expect meanwhile.
        expect: texts,
        /// Whether a command may be needed.
        command: command,
        /// Commands before consumers of the new version start.
        before_consumers: texts,
        /// What comes first, and what then.
        order: texts,
        /// What must not be done in the same step.
        do_not_combine_with: maybe,
    }

    /// The sequence of one line.
    Sequence {
        /// The package.
        package: package,
        /// The version with which the line is entered.
        since: since,
        /// What must stand before, in words.
        prerequisite: text,
        /// How the prerequisite was inferred.
        inferred: maybe,
        /// What is done, in order; may be empty.
        steps: texts,
        /// May old and new run side by side?
        rolling: rolling,
        /// On which condition.
        condition: maybe,
        /// Whether a command may be needed.
        command: command,
        /// What it moves together with, in words.
        joint_with: maybe,
    }

    /// Versions of one package.
    Member {
        /// The package.
        package: package,
        /// The versions.
        versions: versions,
    }

    /// Packages that move together.
    Joint {
        /// Which, to which versions.
        members: [Member],
        /// Why.
        why: text,
        /// Whether a guide or gemspec says so; if not it is inferred.
        documented: flag,
    }

    /// Where a runtime must be reached first.
    RuntimeCheckpoint {
        /// Before these versions, in words.
        before: text,
        /// The runtime.
        runtime: package,
        /// Its versions.
        versions: versions,
    }

    /// A command that a line asks for.
    LineCommand {
        /// The package.
        package: package,
        /// The version with which the line is entered.
        since: since,
        /// The command.
        command: text,
    }

    /// A setting of a topic.
    TopicSetting {
        /// Its key.
        key: text,
        /// Its value.
        value: text,
        /// Its value in topics made before [`TopicSetting::until`].
        formerly: maybe,
        /// The release with which it changed.
        until: maybe,
    }

    /// A topic that a package needs.
    Topic {
        /// Its name.
        name: text,
        /// The package.
        package: package,
        /// The version from which on it is needed.
        since: since,
        /// How many partitions, in words.
        partitions: text,
        /// Its settings.
        settings: [TopicSetting],
    }

    /// A schema's version in a release.
    SchemaRelease {
        /// The release with which it is known to be in use.
        since: version,
        /// The schema's version.
        version: text,
    }

    /// What happens when schemas differ.
    SchemaBehaviour {
        /// The case.
        case: text,
        /// What happens.
        effect: text,
    }

    /// Versions of a schema by release.
    Schema {
        /// Its name: `report`.
        name: text,
        /// The package.
        package: package,
        /// Its versions.
        releases: [SchemaRelease],
        /// What happens when schemas differ.
        behaviour: [SchemaBehaviour],
    }

    /// Something known of going back.
    Rollback {
        /// What happens.
        what: text,
        /// Whether a guide says so; if not it is inferred.
        documented: flag,
        /// A command that helps.
        command: maybe,
        /// What that command does besides.
        warning: maybe,
        /// Only where one of these is entered, if any are named.
        entering: [Entering],
        /// Only where one of these schemas changes, if any are named.
        schemas: texts,
        /// Only where one of these packages is there, if any are named.
        shown_by: texts,
    }

    /// An error that is to be expected and passes.
    ExpectedError {
        /// The error.
        error: text,
        /// When it shows.
        when: text,
        /// Until when it is no alarm.
        ok_until: text,
        /// Only where one of these is entered, if any are named.
        entering: [Entering],
        /// Only where one of these schemas changes, if any are named.
        schemas: texts,
        /// Only where one of these packages is there, if any are named.
        shown_by: texts,
    }

    /// An error at boot that shows that a step went wrong.
    BootError {
        /// The error.
        error: text,
        /// What it means.
        means: text,
        /// Only where one of these is entered, if any are named.
        entering: [Entering],
        /// Only where one of these schemas changes, if any are named.
        schemas: texts,
        /// Only where one of these packages is there, if any are named.
        shown_by: texts,
    }

    /// Something to watch.
    Signal {
        /// What.
        signal: text,
        /// For what.
        look_for: text,
        /// Only where one of these is entered, if any are named.
        entering: [Entering],
        /// Only where one of these schemas changes, if any are named.
        schemas: texts,
        /// Only where one of these packages is there, if any are named.
        shown_by: texts,
    }

    /// Advice.
    Advice {
        /// Its topic.
        topic: text,
        /// What to know or do.
        what: text,
        /// How it was inferred.
        inferred: maybe,
    }

    /// The support of a line of something that no plan moves.
    Lifecycle {
        /// What it is: `rails`.
        subject: text,
        /// The package whose version in a lockfile shows its line.
        shown_by: text,
        /// The line: `7.1`.
        line: text,
        /// The state of support on the catalog's horizon.
        status: status,
        /// The last day of support; `None` while none is announced.
        end_of_life: day,
    }

    /// What shows that an edition is in use.
    EditionMark {
        /// The edition.
        edition: edition,
        /// Packages, any of which in a lockfile shows it.
        shown_by: texts,
    }

    /// Where a source can be read.
    Link {
        /// The sources meant: `page` a page of the documentation, `code` a file at a tag.
        source: text,
        /// Its address, with `{page}`, or with `{repository}`, `{tag}` and `{path}`.
        url: text,
    }

    /// Two sources that disagree.
    Contradiction {
        /// About what.
        topic: text,
        /// What the one says.
        one: text,
        /// What the other says.
        other: text,
        /// Only where one of these is entered, if any are named.
        entering: [Entering],
        /// Only where one of these schemas changes, if any are named.
        schemas: texts,
        /// Only where one of these packages is there, if any are named.
        shown_by: texts,
    }
}

impl Rollout {
    /// Where a source of an action or rule can be read: `Upgrades/Karafka/2.6.md#x` is a page,
    /// `code:REPOSITORY@TAG:PATH` a file, `https://…` itself an address. `None` where the catalog names no address for its kind.
    #[must_use]
    pub fn link(&self, source: &str) -> Option<String> {
        Link::address(&self.links, source)
    }
}

impl Entering {
    /// Does a move of this package from one version to another enter it? After the first, the
    /// second included; without `from` everything up to `to` is entered.
    #[must_use]
    pub fn is_in(&self, package: &str, from: Option<&Version>, to: &Version) -> bool {
        self.package == *package && from.is_none_or(|from| self.since > *from) && self.since <= *to
    }
}

impl Schema {
    /// Its version in a release; `None` where none is known so early.
    #[must_use]
    pub fn at(&self, release: &Version) -> Option<&str> {
        self.shared_at(release).map(|version| &**version)
    }

    /// The same, to be shared.
    pub(crate) fn shared_at(&self, release: &Version) -> Option<&Arc<str>> {
        let upto = self.releases.iter().filter(|it| it.since <= *release);
        let newest = upto.max_by(|a, b| a.since.cmp(&b.since))?;
        Some(&newest.version)
    }
}

/// One table that is being read.
struct Entry<'r, 's, 't, 'd> {
    catalog: &'r Catalog,
    tables: &'r mut Tables<'s>,
    table: &'t DeTable<'d>,
    start: usize,
}

impl Entry<'_, '_, '_, '_> {
    fn required_flag(&mut self, key: &str) -> Option<bool> {
        if !self.table.contains_key(key) {
            self.tables
                .problem(self.start, format!("this entry lacks {key}"));
        }
        self.tables.flag(self.table, key)
    }

    fn package(&mut self, key: &str) -> Option<Name> {
        let (name, at) = self.tables.name(self.table, key, self.start)?;
        if self.catalog.package(name.as_str()).is_none() {
            let message = format!("the catalog has no package {name}");
            self.tables.problem(at, message);
            return None;
        }
        Some(name)
    }

    fn since(&mut self, key: &str) -> Option<Version> {
        let (version, at) = self.tables.version(self.table, key, self.start)?;
        let package = self.table.get("package")?.get_ref().as_str()?;
        let problem = Name::new(package)
            .ok()
            .and_then(|package| action_source::unknown_line(self.catalog, &package, &version));
        if let Some(problem) = problem {
            self.tables.problem(at, problem);
        }
        Some(version)
    }
}
