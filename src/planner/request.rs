//! What is asked of the planner.

use crate::catalog::{Catalog, Release, Role, RuleId, ships_with};
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::plan::PlanWarning;
use crate::rules::{self, Heed};
use crate::version::{Requirement, Version};
use std::borrow::Cow;

/// What to plan.
///
/// ```
/// use rungs::planner::Request;
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let mut request = Request::new().to(&catalog, "karafka=2.6")?.pin(&catalog, "waterdrop=< 2.9")?;
/// request.keep_gemfile = true;
/// assert_eq!(request.targets.len(), 1);
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Request {
    /// Packages and their targets; empty asks for the newest lines that can be reached.
    pub targets: Vec<(String, Target)>,
    /// The families asked about where there is no target ([`Catalog::families`]); empty is the first of
    /// which something is installed. Packages of others move only where they must.
    pub families: Vec<String>,
    /// Requirements that nothing moves out of.
    pub pins: Vec<(String, Requirement)>,
    /// May runtimes move?
    pub runtime: RuntimeMove,
    /// The one runtime that `runtime` concerns; `None` is all of them.
    pub runtime_named: Option<String>,
    /// Runtimes that stay where they are.
    pub runtimes_fixed: Vec<String>,
    /// Runtimes that are installed, whatever the snapshot says: a name, and a line or version.
    pub runtimes: Vec<(String, String)>,
    /// Only releases that carry one of these marks are entered; empty is all.
    pub within: Vec<String>,
    /// Whether prereleases may be entered.
    pub prereleases: bool,
    /// Rules marked `should` to ignore.
    pub accept: Vec<String>,
    /// Gems outside the catalog that do not hold: each leaves in the first step that it would hold.
    pub drop: Vec<String>,
    /// What is known of the installation that its lockfile cannot show: a property of the catalog
    /// ([`crate::catalog::Property`]) and whether it is true.
    pub properties: Vec<(String, bool)>,
    /// Only releases up to this day are entered (those without a date are).
    pub as_of: Option<Date>,
    /// Releases younger than so many days at `as_of` are not entered; needs `as_of`.
    pub min_age: u32,
    /// How much the answer has.
    pub detail: Detail,
    /// What the Gemfile requires of its direct packages is an obstacle, not a line to edit.
    pub keep_gemfile: bool,
    /// What the Gemfile beside the lockfile says, where it was read.
    pub gemfile: Vec<GemfileAsk>,
}

/// What a line of the Gemfile asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GemfileAsk {
    /// The gem, or the runtime.
    pub gem: String,
    /// What the line requires of it; `None` where the line does not say for certain.
    pub requirement: Option<Requirement>,
    /// Is it a temporary line, which no user wrote?
    pub is_temporary: bool,
}

impl GemfileAsk {
    /// The gem, with what the line requires of it.
    #[must_use]
    pub fn new(gem: &str, requirement: Option<Requirement>, is_temporary: bool) -> Self {
        GemfileAsk {
            gem: gem.to_owned(),
            requirement,
            is_temporary,
        }
    }
}

impl Request {
    /// A request that asks for the newest lines.
    #[must_use]
    pub fn new() -> Self {
        Request::default()
    }

    /// Adds what the Gemfile beside the lockfile says: its temporary lines are not taken for what the
    /// user asks for, and where it requires what the lockfile does not have the plan warns.
    ///
    /// ```
    /// use rungs::{gemfile::Gemfile, planner::Request};
    /// let gemfile = Gemfile::parse(b"gem 'karafka', '~> 2.4'\ngem 'ffi', '1.17' # rungs: temporary\n")?;
    /// let request = Request::new().with_gemfile(&gemfile);
    /// assert_eq!(request.gemfile.len(), 2);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[cfg(feature = "ruby")]
    #[must_use]
    pub fn with_gemfile(mut self, gemfile: &crate::gemfile::Gemfile) -> Self {
        let temporary: std::collections::BTreeSet<&str> = gemfile.temporary().collect();
        let mut left = temporary.clone();
        for (gem, texts) in gemfile.certain() {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let requirement = Requirement::from_list(crate::version::Scheme::RubyGems, &texts).ok();
            left.remove(gem);
            let ask = GemfileAsk::new(gem, requirement, temporary.contains(gem));
            self.gemfile.push(ask);
        }
        if let Some(crate::gemfile::RubyLine::Requirements(texts)) = gemfile.ruby() {
            let requirement = Requirement::from_list(crate::version::Scheme::RubyGems, texts).ok();
            self.gemfile
                .push(GemfileAsk::new("ruby", requirement, false));
        }
        let unsure = left.into_iter();
        self.gemfile
            .extend(unsure.map(|gem| GemfileAsk::new(gem, None, true)));
        self
    }

    /// What is installed, with the Ruby that the Gemfile names where the lockfile names none.
    ///
    /// ```
    /// use rungs::{gemfile::Gemfile, lockfile::Snapshot, planner::Request};
    /// let gemfile = Gemfile::parse(b"ruby '3.2.2'\n")?;
    /// let snapshot = Snapshot::new();
    /// let snapshot = Request::new().with_gemfile(&gemfile).with_ruby_of_gemfile(snapshot);
    /// assert_eq!(snapshot.runtime("ruby"), Some("3.2.2"));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn with_ruby_of_gemfile(&self, snapshot: Snapshot) -> Snapshot {
        let name = "ruby";
        let ask = self.gemfile.iter().find(|ask| ask.gem == name);
        let version = ask.and_then(|ask| ask.requirement.as_ref()?.exact());
        match version.filter(|_| snapshot.runtime(name).is_none()) {
            Some(version) => snapshot.with_runtime(name, version.as_str()),
            None => snapshot,
        }
    }

    /// What is installed, with what the Gemfile says of it.
    pub(crate) fn beside<'s>(&self, snapshot: &'s Snapshot) -> Cow<'s, Snapshot> {
        if self.gemfile.is_empty() {
            return Cow::Borrowed(snapshot);
        }
        let mut beside = self.with_ruby_of_gemfile(snapshot.clone());
        for ask in &self.gemfile {
            if ask.is_temporary {
                beside = beside.temporary(&ask.gem);
            } else if let Some(direct) = beside.direct.get_mut(&ask.gem) {
                // `None` where the lockfile's own word is all there is.
                *direct = ask.requirement.clone().or_else(|| direct.take());
            }
        }
        Cow::Owned(beside)
    }

    /// The request, with the properties that what is installed shows.
    pub(crate) fn with_shown(&self, catalog: &Catalog, snapshot: &Snapshot) -> Cow<'_, Self> {
        let mut shown = Cow::Borrowed(self);
        for property in catalog.properties() {
            let Some((package, versions)) = property.shown_by() else {
                continue;
            };
            let is_told = |(id, _): &(String, bool)| *property.id() == **id;
            let installed = snapshot.packages.get(package.as_str());
            if let Some(installed) = installed.filter(|_| !self.properties.iter().any(is_told)) {
                let holds = versions.matches(installed.version());
                let id = property.id().to_string();
                shown.to_mut().properties.push((id, holds));
            }
        }
        shown
    }

    /// What the Gemfile asks for and the lockfile does not have.
    pub(crate) fn unmet(&self, catalog: &Catalog, snapshot: &Snapshot) -> Vec<PlanWarning> {
        let unmet = self.gemfile.iter().filter_map(|ask| {
            let package = catalog.package(&ask.gem)?;
            let requirement = ask.requirement.as_ref()?;
            let is_known = snapshot.runtimes.contains_key(&ask.gem);
            if package.role() == Role::Runtime && !is_known {
                return None;
            }
            let runtime = |text: &String| Version::parse(package.scheme(), text).ok();
            let locked = match package.role() {
                // A line alone says too little.
                Role::Runtime => {
                    let version = snapshot.runtimes.get(&ask.gem).and_then(runtime)?;
                    Some(version)
                        .filter(|it| it.as_str().matches('.').count() > 1)?
                        .into()
                }
                _ => snapshot
                    .packages
                    .get(&ask.gem)
                    .map(|it| it.version().clone()),
            };
            let is_met = locked.as_ref().is_some_and(|it| requirement.matches(it));
            (!is_met).then(|| PlanWarning::GemfileDiffers {
                package: package.name().clone(),
                requirement: requirement.to_string(),
                locked,
            })
        });
        unmet.collect()
    }

    /// Asks for `PKG=LINE`, `PKG=VERSION`, `PKG=REQUIREMENT`, `PKG=latest` or `PKG` (the same).
    ///
    /// # Errors
    /// [`ErrorCode::UnknownPackage`], [`ErrorCode::InvalidVersion`] or
    /// [`ErrorCode::InvalidRequirement`]: `karafka==2`.
    ///
    /// ```
    /// use rungs::{ErrorCode, planner::Request};
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let request = Request::new().to(&catalog, "karafka=2.6")?.to(&catalog, "waterdrop")?;
    /// assert_eq!(request.targets.len(), 2);
    /// let error = Request::new().to(&catalog, "rails=8").unwrap_err();
    /// assert_eq!(error.code(), ErrorCode::UnknownPackage);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn to(mut self, catalog: &Catalog, text: &str) -> Result<Self> {
        let (name, wanted) = text.split_once('=').unwrap_or((text, "latest"));
        if name.is_empty() || wanted.trim().is_empty() {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{text:?} is not a target: expected PACKAGE=LINE"),
            )
            .with_help("a version, a requirement or `latest` may stand for the line"));
        }
        if self.targets.iter().any(|(known, _)| known == name) {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{name} has two targets: expected one"),
            ));
        }
        let Some(package) = catalog.package(name) else {
            return Err(unknown_package(catalog, name));
        };
        let wanted = wanted.trim();
        let target = if wanted == "latest" {
            Target::Latest
        } else if wanted.starts_with(['~', '<', '>', '!', '=']) {
            Target::Requirement(Requirement::parse(package.scheme(), wanted)?)
        } else {
            let version = Version::of_line(package.scheme(), wanted)?;
            if wanted.matches('.').count() < 2 {
                Target::Line(version.line())
            } else {
                Target::Requirement(Requirement::exactly(&version))
            }
        };
        self.targets.push((name.to_owned(), target));
        Ok(self)
    }

    /// Adds a pin `PKG=REQUIREMENT`.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownPackage`] or [`ErrorCode::InvalidRequirement`]: `waterdrop=< x`.
    ///
    /// ```
    /// use rungs::planner::Request;
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// assert!(Request::new().pin(&catalog, "waterdrop=< 2.9").is_ok());
    /// assert!(Request::new().pin(&catalog, "waterdrop").is_err());
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn pin(mut self, catalog: &Catalog, text: &str) -> Result<Self> {
        let (name, requirement) = text.split_once('=').ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidRequest,
                format!("{text:?} is not a pin: expected PACKAGE=REQUIREMENT"),
            )
            .with_help("for example 'waterdrop=< 2.9'")
        })?;
        let Some(package) = catalog.package(name) else {
            return Err(unknown_package(catalog, name));
        };
        let requirement = Requirement::parse(package.scheme(), requirement.trim())?;
        self.pins.push((name.to_owned(), requirement));
        Ok(self)
    }

    /// Adds what is known of the installation: `NAME=yes` or `NAME=no`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for anything else: `kerberos`.
    pub fn property(mut self, text: &str) -> Result<Self> {
        let answer = text.split_once('=').and_then(|(id, answer)| match answer {
            "yes" => Some((id, true)),
            "no" => Some((id, false)),
            _ => None,
        });
        let Some((id, holds)) = answer.filter(|(id, _)| !id.is_empty()) else {
            let shown: String = text.chars().take(60).collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("{shown:?} is not a property: expected NAME=yes or NAME=no"),
            ));
        };
        self.properties.push((id.to_owned(), holds));
        Ok(self)
    }

    /// The rules of a catalog that hold for this request.
    ///
    /// # Errors
    /// [`ErrorCode::CannotAccept`] and, for a property or mark that the catalog does not have,
    /// [`ErrorCode::InvalidRequest`].
    pub(crate) fn heed(&self, catalog: &Catalog) -> Result<Heed> {
        self.heed_without(catalog, &[])
    }

    /// The same without some rules.
    pub(super) fn heed_without(&self, catalog: &Catalog, ignored: &[RuleId]) -> Result<Heed> {
        let request = self;
        let mut accepted = ignored.to_vec();
        for name in &request.accept {
            let found = catalog.rules().iter().position(|rule| rule.id == **name);
            let Some(found) = found else {
                return Err(Error::new(
                    ErrorCode::CannotAccept,
                    format!("no rule {name:?} in the catalog {}", catalog.name()),
                )
                .with_nearest(
                    name,
                    catalog.rules().iter().map(|rule| rule.id().as_str()),
                    "`rungs catalog show` lists the rules",
                ));
            };
            if !rules::is_acceptable(&catalog.rules()[found]) {
                return Err(Error::new(
                    ErrorCode::CannotAccept,
                    format!("rule {name:?} cannot be accepted: only rules marked should can be"),
                ));
            }
            accepted.push(RuleId::at(found));
        }
        for (id, _) in &request.properties {
            if !catalog.properties().iter().any(|it| *it.id() == **id) {
                let known = catalog.properties().iter().map(|it| it.id().as_str());
                let known: Vec<&str> = known.collect();
                return Err(Error::new(
                    ErrorCode::InvalidRequest,
                    format!("no property {id:?} in the catalog {}", catalog.name()),
                )
                .with_nearest(
                    id,
                    known.iter().copied(),
                    match known.is_empty() {
                        true => "it has no properties".to_owned(),
                        false => format!("it has {}", known.join(", ")),
                    },
                ));
            }
        }
        request.check_marks(catalog)?;
        let heed = Heed::new(catalog, accepted, &request.properties);
        Ok(heed.with_prereleases(request.prereleases))
    }

    /// Refuses a mark that no release of the catalog carries.
    fn check_marks(&self, catalog: &Catalog) -> Result<()> {
        /// The most marks that an error lists.
        const MOST: usize = 4;
        if self.within.is_empty() {
            return Ok(());
        }
        let releases = catalog.packages().iter().flat_map(|it| it.releases());
        let known: std::collections::BTreeSet<&str> = releases
            .flat_map(|release| release.marks())
            .map(String::as_str)
            .collect();
        let Some(mark) = self.within.iter().find(|it| !known.contains(it.as_str())) else {
            return Ok(());
        };
        let listed: Vec<String> = known
            .iter()
            .take(MOST)
            .map(|it| format!("{it:?}"))
            .collect();
        let more = match known.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let shown: String = mark.chars().take(60).collect();
        Err(Error::new(
            ErrorCode::InvalidRequest,
            format!(
                "no release of the catalog {} carries the mark {shown:?}",
                catalog.name()
            ),
        )
        .with_nearest(
            mark,
            known.iter().copied(),
            match known.is_empty() {
                true => "its releases carry no marks".to_owned(),
                false => format!("they carry {}{more}", listed.join(", ")),
            },
        ))
    }

    /// Says that `runtime` concerns Ruby, where the catalog has it as a runtime.
    #[must_use]
    pub fn about_ruby(mut self, catalog: &Catalog) -> Self {
        let name = "ruby";
        let found = catalog
            .package(name)
            .filter(|it| it.role() == Role::Runtime);
        self.runtime_named = found.map(|_| name.to_owned());
        self
    }

    /// What may become of a runtime.
    pub(crate) fn runtime_of(&self, name: &str) -> &RuntimeMove {
        let is_meant = self.runtime_named.as_deref().is_none_or(|it| it == name);
        match self.runtimes_fixed.iter().any(|it| it == name) {
            true => &RuntimeMove::Fixed,
            false if is_meant => &self.runtime,
            false => &RuntimeMove::Free,
        }
    }

    /// Whether a release carries a mark that is asked for.
    pub(crate) fn is_within(&self, release: &Release) -> bool {
        let mut marks = release.marks().iter();
        self.within.is_empty() || marks.any(|mark| self.within.contains(mark))
    }

    /// Is a day the one after `as_of`?
    pub(crate) fn is_next_day(&self, date: Date) -> bool {
        self.as_of
            .is_some_and(|as_of| date.days() == as_of.days().saturating_add(1))
    }

    pub(crate) fn is_too_young(&self, date: Option<Date>) -> bool {
        let (Some(as_of), Some(date)) = (self.as_of, date) else {
            return false;
        };
        let age = i64::from(as_of.days()) - i64::from(date.days());
        age < i64::from(self.min_age)
    }
}

/// The tools that install gems: who asks about them means no package.
const TOOLS: [&str; 2] = ["bundler", "rubygems"];

pub(crate) fn unknown_package(catalog: &Catalog, name: &str) -> Error {
    let shown: String = name.chars().take(60).collect();
    let known: Vec<&str> = catalog
        .packages()
        .iter()
        .filter(|package| package.role() != Role::Runtime)
        .map(|package| package.name().as_str())
        .collect();
    let error = Error::new(
        ErrorCode::UnknownPackage,
        format!("no package {shown:?} in the catalog {}", catalog.name()),
    );
    if TOOLS.contains(&name) {
        return error.with_help(
            "plans move neither Bundler nor RubyGems; with --index DIR a note names each release that needs a \
             newer RubyGems",
        );
    }
    if let Some(ships) = ships_with(name) {
        return error.with_help(format!(
            "it is in the catalog {ships}: add --catalog {ships}"
        ));
    }
    error.with_nearest(
        name,
        known.iter().copied(),
        format!("it knows {}", known.join(", ")),
    )
}

/// How much an answer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// The steps with all their guidance.
    #[default]
    Full,
    /// The bare steps: states, changes and reasons.
    Path,
}

/// The target of a package.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Target {
    /// On this line.
    Line(String),
    /// On a version that meets this.
    Requirement(Requirement),
    /// On the newest line that has a fit release.
    Latest,
}

/// What may become of a runtime that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeMove {
    /// It moves where it must.
    #[default]
    Free,
    /// It stays.
    Fixed,
    /// It reaches this line or version.
    To(String),
}
