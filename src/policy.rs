//! What a team has decided once: a file `rungs.toml`, read into defaults of requests.
//!
//! Every problem of the file is reported at once, each with its place. What is accepted has a
//! reason and may have a last day; an acceptance that does nothing any more is a problem too, so
//! that no list of exceptions outlives its exceptions.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::lint::{Lint, LintFinding, LintRule, acceptable};
use crate::planner::Request;
use crate::span::Place;
use toml::de::{DeTable, DeValue};

/// A team's decisions.
///
/// ```
/// use rungs::planner::Request;
/// use rungs::policy::Policy;
/// # let catalog = rungs::catalog::Catalog::karafka()?;
/// let policy = Policy::parse(&catalog, "min_age = 7\n")?;
/// assert_eq!(policy.apply(Request::new()).min_age, 7);
/// # Ok::<(), rungs::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    accept: Vec<Acceptance>,
    /// Targets and pins, read as those of a call are.
    request: Request,
    min_age: Option<u32>,
}

/// A rule to ignore, and why.
#[derive(Clone, Debug)]
pub struct Acceptance {
    rule: String,
    why: String,
    until: Option<Date>,
    place: Place,
}

impl Acceptance {
    /// The rule of lint or of the catalog.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The reason.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The last day on which it counts.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        self.until
    }
}

impl Policy {
    /// The name under which a policy is looked for beside a lockfile.
    pub const FILE: &'static str = "rungs.toml";
    /// The largest policy that is read, in bytes.
    pub const MAX_BYTES: usize = 65_536;

    /// Reads a policy.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] for what is no TOML, an unknown key or a value of the wrong
    /// kind; [`ErrorCode::CannotAccept`], [`ErrorCode::UnknownPackage`],
    /// [`ErrorCode::InvalidRequirement`] and [`ErrorCode::InvalidDate`] for what the values say;
    /// [`ErrorCode::TooLarge`]. The error has all problems, each with its place.
    ///
    /// ```
    /// use rungs::policy::Policy;
    /// # let catalog = rungs::catalog::Catalog::karafka()?;
    /// let error = Policy::parse(&catalog, "min_aeg = 7\n").unwrap_err();
    /// assert_eq!(error.place().unwrap().line, 1);
    /// # Ok::<(), rungs::Error>(())
    /// ```
    pub fn parse(catalog: &Catalog, text: &str) -> Result<Self> {
        let mut reader = Reader {
            catalog,
            text,
            problems: Vec::new(),
        };
        let policy = reader.policy();
        reader.problems.sort_by_key(|(offset, _)| *offset);
        let problems = reader.problems.into_iter();
        let placed = problems.map(|(offset, error)| error.at(Place::of(text, offset)));
        match Error::all(placed.collect()) {
            Some(error) => Err(error),
            None => Ok(policy),
        }
    }

    /// What is accepted, in the order of the file.
    #[must_use]
    pub fn acceptances(&self) -> &[Acceptance] {
        &self.accept
    }

    /// The minimum age of releases in days, where the file says one.
    #[must_use]
    pub fn min_age(&self) -> Option<u32> {
        self.min_age
    }

    /// A request with these decisions: pins and acceptances are added, targets and minimum age
    /// stand in where the request has none.
    #[must_use]
    pub fn apply(&self, mut request: Request) -> Request {
        request.pins.extend(self.request.pins.iter().cloned());
        request
            .accept
            .extend(self.accept.iter().map(|accept| accept.rule.clone()));
        if request.targets.is_empty() {
            request.targets.clone_from(&self.request.targets);
        }
        if request.min_age == 0 {
            request.min_age = self.min_age.unwrap_or(0);
        }
        request
    }

    /// The same for a plan, which knows nothing of the rules of lint.
    #[must_use]
    pub fn apply_to_plan(&self, request: Request) -> Request {
        let mut request = self.apply(request);
        request.accept.retain(|name| {
            let ours = self.accept.iter().any(|accept| accept.rule == *name);
            !(ours && LintRule::from_name(name).is_some())
        });
        request
    }

    /// Refuses acceptances whose last day is over.
    ///
    /// # Errors
    /// [`ErrorCode::CannotAccept`], with the place of each.
    pub fn check_day(&self, day: Date) -> Result<()> {
        let over = |accept: &Acceptance| {
            let until = accept.until.filter(|until| day > *until)?;
            let text = format!(
                "the acceptance of {:?} ended on {until}: {}",
                accept.rule, accept.why
            );
            Some(stale(accept, text))
        };
        match Error::all(self.accept.iter().filter_map(over).collect()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Refuses acceptances that accepted nothing.
    ///
    /// Where nothing of the catalog moves they could not, so then none is refused.
    ///
    /// # Errors
    /// [`ErrorCode::CannotAccept`], with the place of each.
    pub fn check_used(&self, lint: &Lint) -> Result<()> {
        if lint.changes().is_empty() {
            return Ok(());
        }
        let idle = |accept: &Acceptance| {
            let covers = |finding: &LintFinding| finding.is_accepted_by(&accept.rule);
            let text = format!("the acceptance of {:?} matches nothing here", accept.rule);
            (!lint.accepted().iter().any(covers)).then(|| stale(accept, text))
        };
        match Error::all(self.accept.iter().filter_map(idle).collect()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

fn stale(accept: &Acceptance, text: String) -> Error {
    Error::new(ErrorCode::CannotAccept, text)
        .at(accept.place)
        .with_help("take it out, or check whether it still applies")
}

struct Reader<'a> {
    catalog: &'a Catalog,
    text: &'a str,
    problems: Vec<(usize, Error)>,
}

impl<'a> Reader<'a> {
    fn policy(&mut self) -> Policy {
        let mut policy = Policy::default();
        if self.text.len() > Policy::MAX_BYTES {
            let message = format!(
                "the policy has {} bytes: expected at most {}",
                self.text.len(),
                Policy::MAX_BYTES
            );
            self.push(0, Error::new(ErrorCode::TooLarge, message));
            return policy;
        }
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let words: Vec<_> = error.message().split_whitespace().collect();
            let offset = error.span().map_or(0, |span| span.start);
            self.problem(offset, format!("this is not TOML: {}", words.join(" ")));
        }
        if !errors.is_empty() {
            return policy;
        }
        let table = table.into_inner();
        self.known_keys(
            &table,
            &["accept", "pins", "min_age", "targets"],
            "a policy",
        );
        if let Some(accept) = table.get("accept") {
            policy.accept = self.acceptances(accept.get_ref(), accept.span().start);
        }
        let mut request = Request::new();
        for (package, wanted, offset) in self.pairs(&table, "pins") {
            let pinned = request
                .clone()
                .pin(self.catalog, &format!("{package}={wanted}"));
            request = self.kept(pinned, offset).unwrap_or(request);
        }
        for (package, wanted, offset) in self.pairs(&table, "targets") {
            let aimed = request
                .clone()
                .to(self.catalog, &format!("{package}={wanted}"));
            request = self.kept(aimed, offset).unwrap_or(request);
        }
        policy.request = request;
        if let Some(days) = table.get("min_age") {
            let number = days.get_ref().as_integer();
            policy.min_age = number.and_then(|number| number.as_str().parse().ok());
            if policy.min_age.is_none() {
                self.problem(
                    days.span().start,
                    "min_age is not a number of days".to_owned(),
                );
            }
        }
        policy
    }

    fn acceptances(&mut self, value: &DeValue<'_>, offset: usize) -> Vec<Acceptance> {
        let mut accepted: Vec<Acceptance> = Vec::new();
        let Some(array) = value.as_array() else {
            self.problem(offset, "accept is not a list of tables".to_owned());
            return accepted;
        };
        for entry in array {
            let start = entry.span().start;
            let Some(table) = entry.get_ref().as_table() else {
                self.problem(
                    start,
                    "accept is not a list of tables: expected { rule = \"…\", why = \"…\" }"
                        .to_owned(),
                );
                continue;
            };
            self.known_keys(table, &["rule", "why", "until"], "an acceptance");
            let rule = self.text(table, "rule", start);
            let why = self.text(table, "why", start);
            let until = table.get("until").and_then(|value| {
                let found = value.get_ref();
                let text = match found.as_datetime() {
                    Some(datetime) => datetime.to_string(),
                    None => found.as_str().unwrap_or("until").to_owned(),
                };
                self.kept(Date::parse(&text), value.span().start)
            });
            let (Some((rule, at)), Some((why, _))) = (rule, why) else {
                continue;
            };
            if self.kept(acceptable(self.catalog, &rule), at).is_none() {
                continue;
            }
            if accepted.iter().any(|known| known.rule == rule) {
                self.problem(at, format!("{rule:?} is accepted twice"));
                continue;
            }
            accepted.push(Acceptance {
                rule,
                why,
                until,
                place: Place::of(self.text, at),
            });
        }
        accepted
    }

    /// The texts of a table, each with its key and place.
    fn pairs(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(String, String, usize)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(inner) = value.get_ref().as_table() else {
            self.problem(
                value.span().start,
                format!(
                    "{key} is not a table: expected lines such as karafka = \"…\" below [{key}]"
                ),
            );
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for (name, value) in inner {
            let offset = value.span().start;
            match value.get_ref().as_str() {
                Some(text) => pairs.push((name.get_ref().to_string(), text.to_owned(), offset)),
                None => self.problem(offset, format!("{key} has something that is not a text")),
            }
        }
        pairs
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str, start: usize) -> Option<(String, usize)> {
        let Some(value) = table.get(key) else {
            self.problem(start, format!("this acceptance lacks {key}"));
            return None;
        };
        let offset = value.span().start;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => Some((text.to_owned(), offset)),
            Some(_) => {
                self.problem(offset, format!("{key} is empty"));
                None
            }
            None => {
                self.problem(offset, format!("{key} is not a text"));
                None
            }
        }
    }

    fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table {
            let text: &str = key.get_ref();
            if !known.contains(&text) {
                let shown: String = text.chars().take(60).collect();
                let known = known.join(", ");
                self.problem(
                    key.span().start,
                    format!("unknown key {shown:?} of {of}: expected {known}"),
                );
            }
        }
    }

    fn kept<T>(&mut self, read: Result<T>, offset: usize) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(offset, error);
                None
            }
        }
    }

    fn problem(&mut self, offset: usize, message: String) {
        self.push(offset, Error::new(ErrorCode::InvalidRequest, message));
    }

    fn push(&mut self, offset: usize, error: Error) {
        self.problems.push((offset, error));
    }
}
