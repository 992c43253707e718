//! What callers send: `rungs.request/1` and `rungs.snapshot-request/1`.
//!
//! A field that is not known is refused by its name, so that a newer wish is never lost in
//! silence; so is a key that comes twice. No text at all is the document without fields.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::lockfile::Snapshot;
use crate::name::Name;
use crate::planner::{Request, RuntimeMove};
use crate::policy::Policy;
use crate::span::Place;
use crate::version::{Scheme, Version};
use crate::words;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The largest request document that is read, in bytes.
pub const MAX_REQUEST_BYTES: usize = 8 << 20;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RequestDocument {
    schema: Option<String>,
    catalogs: Vec<String>,
    to: Vec<String>,
    pins: Vec<String>,
    ruby_fixed: bool,
    ruby_to: Option<String>,
    runtimes: Texts,
    runtimes_fixed: Vec<String>,
    within: Vec<String>,
    prereleases: bool,
    keep_gemfile: bool,
    accept: Vec<String>,
    drop: Vec<String>,
    properties: Answers,
    as_of: Option<String>,
    min_age: u32,
    policy: Option<String>,
    gemfile: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct SnapshotDocument {
    schema: Option<String>,
    scheme: Option<String>,
    packages: Texts,
    direct: Vec<String>,
    runtimes: Texts,
}

/// An object of values of one kind, in its own order, no key twice.
#[derive(Default)]
struct Members<T>(Vec<(String, T)>);
type Texts = Members<String>;
type Answers = Members<bool>;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Members<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Members<T>, A::Error> {
                let mut seen = std::collections::BTreeSet::new();
                let mut texts = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if !seen.insert(key.clone()) {
                        return Err(A::Error::custom(format!("duplicate field `{key}`")));
                    }
                    texts.push((key, value));
                }
                Ok(Members(texts))
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

fn read<T: DeserializeOwned + Default>(text: &str, schema: &str) -> Result<T> {
    if text.len() > MAX_REQUEST_BYTES {
        return Err(Error::new(
            ErrorCode::TooLarge,
            format!(
                "a {schema} of {} bytes: at most {MAX_REQUEST_BYTES} are read",
                text.len()
            ),
        ));
    }
    if text.is_empty() {
        return Ok(T::default());
    }
    if !text.trim_start().starts_with('{') {
        return Err(Error::new(
            ErrorCode::InvalidDocument,
            format!("this is no {schema}: expected a JSON object"),
        ));
    }
    serde_json::from_str(text).map_err(|error| refused(&error, schema))
}

/// The reason of `serde_json` with its place taken out of the text.
pub(super) fn refused(error: &serde_json::Error, schema: &str) -> Error {
    let mut reason = error.to_string();
    if let Some(at) = reason.rfind(" at line ") {
        reason.truncate(at);
    }
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    let reason = words(&reason);
    Error::new(
        ErrorCode::InvalidDocument,
        format!("this is no {schema}: {reason}"),
    )
    .at(Place {
        line: number(error.line()),
        column: number(error.column()),
    })
}

/// What `serde` says of Rust's types, in the words of JSON.
fn words(reason: &str) -> String {
    let quoted = |text: &str| text.replace('`', "");
    let named = |start: &str| {
        let rest = reason.strip_prefix(start)?;
        rest.split_once('`')
    };
    if let Some((name, rest)) = named("unknown field `") {
        let expected = rest.strip_prefix(", expected ").unwrap_or("no members");
        let expected = expected.strip_prefix("one of ").unwrap_or(expected);
        return format!("unknown member {name:?}: expected {}", quoted(expected));
    }
    if let Some((name, _)) = named("duplicate field `") {
        return format!("the member {name:?} occurs twice: expected it once");
    }
    for start in ["invalid type: ", "invalid value: "] {
        let parts = reason
            .strip_prefix(start)
            .and_then(|it| it.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            return format!(
                "expected {}, found {}",
                json_type(expected),
                quoted(&found_type(found))
            );
        }
    }
    match reason.strip_prefix("EOF while parsing ") {
        Some(what) => format!("ends inside {}", json_type(what)),
        None if matches!(reason, "expected value" | "expected ident") => {
            "expected a JSON value".to_owned()
        }
        None => quoted(reason),
    }
}

/// What was expected: Rust's types of numbers and lists by their names in JSON.
fn json_type(expected: &str) -> &str {
    match expected {
        "a sequence" => "an array",
        "a boolean" => "a boolean",
        "a string" | "str" => "a string",
        "u32" => "0 to 4294967295",
        "a map" | "an object" => "an object",
        "a list" => "an array",
        other => other,
    }
}

/// What was found, with its value.
fn found_type(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "an array".to_owned(),
        "null" => "null".to_owned(),
        _ => match found.split_once(' ') {
            Some(("integer" | "floating", value)) => {
                format!("the number {}", value.trim_start_matches("point "))
            }
            Some(("boolean", value)) => value.to_owned(),
            Some(("string", value)) => format!("the string {value}"),
            _ => found.to_owned(),
        },
    }
}

fn is_schema(said: Option<&str>, schema: &str) -> Result<()> {
    match said {
        Some(said) if said != schema => {
            let said: String = said.chars().take(60).collect();
            Err(Error::new(
                ErrorCode::InvalidDocument,
                format!("the schema is {said:?}: expected {schema:?}"),
            ))
        }
        _ => Ok(()),
    }
}

/// Reads a `rungs.request/1`; every field may be left out, and so may the whole text.
///
/// # Errors
/// [`ErrorCode::InvalidDocument`] for what the schema does not allow: `{"too": []}`;
/// [`ErrorCode::InvalidRequest`] for `ruby_fixed` beside `ruby_to` and for `min_age` without
/// `as_of`; [`ErrorCode::TooLarge`] beyond [`MAX_REQUEST_BYTES`]; and what [`Request::to`],
/// [`Request::pin`], [`Date::parse`], [`Policy::parse`] and [`Policy::check_day`] refuse.
///
/// ```
/// let catalog = rungs::catalog::Catalog::karafka()?;
/// let request = rungs::wire::read_request(r#"{"to": ["karafka=2.6"]}"#, &catalog)?;
/// assert_eq!(request.targets.len(), 1);
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn read_request(text: &str, catalog: &Catalog) -> Result<Request> {
    let (request, min_age, policy) = read_parts(text, catalog)?;
    let request = match &policy {
        Some(policy) => policy.apply_to_plan(request),
        None => request,
    };
    aged(request, min_age)
}

/// Opens the catalogs that a `rungs.request/1` is about: those that its `catalogs` names, else those that what
/// is installed and what it asks for show, as [`Catalog::chosen`] says.
///
/// # Errors
/// As [`read_request`] for a document that is none, and as [`Catalog::joined`].
///
/// ```
/// use rungs::lockfile::{Lockfile, Snapshot};
/// let lockfile = Lockfile::parse(&std::fs::read("examples/Gemfile.lock")?)?;
/// let snapshot = Snapshot::from_lockfile(&lockfile)?;
/// let catalog = rungs::wire::open_catalog(&[&snapshot], r#"{"to": ["karafka=2.6"]}"#)?;
/// assert!(catalog.package("karafka").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn open_catalog(snapshots: &[&Snapshot], text: &str) -> Result<Catalog> {
    let schema = "rungs.request/1";
    let document: RequestDocument = read(text, schema)?;
    is_schema(document.schema.as_deref(), schema)?;
    if !document.catalogs.is_empty() {
        let names: Vec<&str> = document.catalogs.iter().map(String::as_str).collect();
        return Catalog::joined(&names);
    }
    let asked = document.to.iter().chain(&document.pins);
    let asked = asked.map(|text| text.split_once('=').map_or(text.as_str(), |(name, _)| name));
    let runtimes = document.runtimes.0.iter().map(|(name, _)| name.as_str());
    let known = snapshots.iter().flat_map(|it| it.runtimes());
    let known = known.map(|(name, _)| name);
    let names: Vec<&str> = asked.chain(runtimes).chain(known).collect();
    let is_installed = |gem: &str| snapshots.iter().any(|it| it.package(gem).is_some());
    Catalog::joined(&Catalog::chosen(is_installed, &names))
}

/// Reads a `rungs.request/1` for lint: its policy may accept rules of lint, and comes along, so
/// that [`Policy::check_used`] can follow.
///
/// # Errors
/// As [`read_request`].
pub fn read_lint_request(text: &str, catalog: &Catalog) -> Result<(Request, Option<Policy>)> {
    let (request, min_age, policy) = read_parts(text, catalog)?;
    let request = match &policy {
        Some(policy) => policy.apply(request),
        None => request,
    };
    Ok((aged(request, min_age)?, policy))
}

/// The request without its minimum age, that age, and the policy.
fn read_parts(text: &str, catalog: &Catalog) -> Result<(Request, u32, Option<Policy>)> {
    let schema = "rungs.request/1";
    let document: RequestDocument = read(text, schema)?;
    is_schema(document.schema.as_deref(), schema)?;
    let mut request = Request::new();
    let families = catalog.families();
    for name in &document.catalogs {
        if !families
            .iter()
            .any(|family| family.as_str() == name.as_str())
        {
            let message = words::no_part(catalog.name(), name);
            return Err(Error::new(ErrorCode::InvalidRequest, message)
                .with_help("open the catalogs that the request names"));
        }
    }
    request.families = document.catalogs;
    for target in &document.to {
        request = request.to(catalog, target)?;
    }
    for pin in &document.pins {
        request = request.pin(catalog, pin)?;
    }
    request.runtime = match (document.ruby_to, document.ruby_fixed) {
        (Some(_), true) => {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                "ruby_fixed and ruby_to contradict one another: expected one of them",
            ));
        }
        (Some(version), false) => RuntimeMove::To(version),
        (None, true) => RuntimeMove::Fixed,
        (None, false) => RuntimeMove::Free,
    };
    request = request.about_ruby(catalog);
    request.runtimes = document.runtimes.0;
    request.runtimes_fixed = document.runtimes_fixed;
    request.within = document.within;
    request.prereleases = document.prereleases;
    request.keep_gemfile = document.keep_gemfile;
    request.accept = document.accept;
    request.drop = document.drop;
    request.properties = document.properties.0;
    request.as_of = document.as_of.as_deref().map(Date::parse).transpose()?;
    if let Some(text) = &document.gemfile {
        request = with_gemfile(request, text)?;
    }
    let policy = match &document.policy {
        Some(text) => Some(policy(text, catalog, request.as_of)?),
        None => None,
    };
    Ok((request, document.min_age, policy))
}

/// The text of the Gemfile beside the lockfile.
#[cfg(feature = "ruby")]
fn with_gemfile(request: Request, text: &str) -> Result<Request> {
    let gemfile = crate::gemfile::Gemfile::beside(text.as_bytes());
    let gemfile = gemfile.map_err(|error| error.in_file("Gemfile"))?;
    Ok(match gemfile {
        Some(gemfile) => request.with_gemfile(&gemfile),
        None => request,
    })
}

#[cfg(not(feature = "ruby"))]
fn with_gemfile(_: Request, _: &str) -> Result<Request> {
    let message = "this build reads no Gemfile: expected the feature `ruby`";
    Err(Error::new(ErrorCode::InvalidRequest, message))
}

/// A policy whose acceptances count on the day, where one is named.
fn policy(text: &str, catalog: &Catalog, day: Option<Date>) -> Result<Policy> {
    let here = |error: Error| error.in_file(Policy::FILE);
    let policy = Policy::parse(catalog, text).map_err(here)?;
    if let Some(day) = day {
        policy.check_day(day).map_err(here)?;
    }
    Ok(policy)
}

/// What the request itself says of ages comes before what its policy says.
fn aged(mut request: Request, min_age: u32) -> Result<Request> {
    if min_age > 0 {
        request.min_age = min_age;
    }
    if request.min_age > 0 && request.as_of.is_none() {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            "min_age without as_of: expected the day from which ages count",
        ));
    }
    Ok(request)
}

/// Reads a `rungs.snapshot-request/1`: installed packages, which of them are direct (all, where `direct` names
/// none), runtimes.
///
/// # Errors
/// [`ErrorCode::InvalidDocument`] for what the schema does not allow,
/// [`ErrorCode::UnknownScheme`], [`ErrorCode::InvalidName`], [`ErrorCode::InvalidVersion`]
/// (`{"packages": {"karafka": "2..1"}}`), [`ErrorCode::InvalidRequest`] for a direct package that
/// is not among the packages, [`ErrorCode::TooLarge`] beyond [`MAX_REQUEST_BYTES`].
///
/// ```
/// let snapshot = rungs::wire::read_snapshot(
///     r#"{"packages": {"karafka": "2.3.0"}, "direct": ["karafka"], "runtimes": {"ruby": "3.2"}}"#,
/// )?;
/// assert!(snapshot.is_direct("karafka"));
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn read_snapshot(text: &str) -> Result<Snapshot> {
    let schema = "rungs.snapshot-request/1";
    let document: SnapshotDocument = read(text, schema)?;
    is_schema(document.schema.as_deref(), schema)?;
    let scheme = document
        .scheme
        .as_deref()
        .map(Scheme::from_name)
        .transpose()?;
    let mut snapshot = Snapshot::new();
    for (name, text) in &document.packages.0 {
        let name = Name::new(name)?;
        let read = Version::parse(scheme.unwrap_or(Scheme::RubyGems), text);
        // Where no scheme is named the catalog decides later.
        let version = match (read, scheme) {
            (Err(error), None) => Version::parse(Scheme::SemVer, text).map_err(|_| error)?,
            (read, _) => read?,
        };
        snapshot = snapshot.with(name.as_str(), version);
        if scheme.is_none() {
            snapshot.texts.insert(name.to_string(), text.clone());
        }
    }
    for name in &document.direct {
        if !snapshot.packages.contains_key(name) {
            let name: String = name.chars().take(60).collect();
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("direct names {name:?}, which is not among the packages"),
            ));
        }
        snapshot = snapshot.direct(name);
    }
    for (name, version) in &document.runtimes.0 {
        let name = Name::new(name)?;
        snapshot = snapshot.with_runtime(name.as_str(), version);
    }
    Ok(snapshot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(text: &str, code: ErrorCode, message: &str) {
        let catalog = Catalog::karafka().unwrap();
        let error = read_request(text, &catalog).unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), (code, message));
    }

    #[test]
    fn every_field_arrives() {
        let catalog = Catalog::karafka().unwrap();
        let request = read_request(
            r#"{"schema": "rungs.request/1", "to": ["karafka=2.6", "waterdrop"],
                "pins": ["waterdrop=< 2.9"], "ruby_to": "3.4", "keep_gemfile": true, "accept": ["a"],
                "drop": ["my_gem"], "properties": {"b": false},
                "as_of": "2025-01-31", "min_age": 14}"#,
            &catalog,
        )
        .unwrap();
        assert_eq!(request.targets.len(), 2);
        assert_eq!(request.pins.len(), 1);
        assert_eq!(request.runtime, RuntimeMove::To("3.4".to_owned()));
        assert_eq!(request.accept, ["a"]);
        assert_eq!(request.drop, ["my_gem"]);
        assert_eq!(request.properties, [("b".to_owned(), false)]);
        assert!(request.keep_gemfile);
        assert_eq!(request.as_of, Date::parse("2025-01-31").ok());
        assert_eq!(request.min_age, 14);
        let empty = read_request("", &catalog).unwrap();
        assert!(empty.targets.is_empty() && empty.runtime == RuntimeMove::Free);
        let fixed = read_request(r#"{"ruby_fixed": true}"#, &catalog).unwrap();
        assert_eq!(fixed.runtime, RuntimeMove::Fixed);
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        refuses(
            r#"{"too": []}"#,
            ErrorCode::InvalidDocument,
            "1:6: this is no rungs.request/1: unknown member \"too\": expected schema, catalogs, to, pins, ruby_fixed, \
             ruby_to, runtimes, runtimes_fixed, within, prereleases, keep_gemfile, accept, drop, properties, as_of, min_age, policy, gemfile",
        );
        // The column is the JSON reader's, which counts it one way or another by its features.
        let twice =
            read_request("{\"to\": [],\n \"to\": []}", &Catalog::karafka().unwrap()).unwrap_err();
        assert_eq!(
            twice.message(),
            "this is no rungs.request/1: the member \"to\" occurs twice: expected it once"
        );
        assert_eq!(twice.place().map(|place| place.line), Some(2));
        refuses(
            r#"{"schema": "rungs.request/2"}"#,
            ErrorCode::InvalidDocument,
            "the schema is \"rungs.request/2\": expected \"rungs.request/1\"",
        );
        refuses(
            "[]",
            ErrorCode::InvalidDocument,
            "this is no rungs.request/1: expected a JSON object",
        );
        refuses(
            r#"{"to": "karafka"}"#,
            ErrorCode::InvalidDocument,
            "1:16: this is no rungs.request/1: expected an array, found the string \"karafka\"",
        );
        refuses(
            r#"{"min_age": -1, "as_of": "2025-01-01"}"#,
            ErrorCode::InvalidDocument,
            "1:14: this is no rungs.request/1: expected 0 to 4294967295, found the number -1",
        );
        refuses(
            "{",
            ErrorCode::InvalidDocument,
            "1:1: this is no rungs.request/1: ends inside an object",
        );
        refuses(
            r#"{"ruby_fixed": true, "ruby_to": "3.4"}"#,
            ErrorCode::InvalidRequest,
            "ruby_fixed and ruby_to contradict one another: expected one of them",
        );
        refuses(
            r#"{"min_age": 1}"#,
            ErrorCode::InvalidRequest,
            "min_age without as_of: expected the day from which ages count",
        );
    }

    #[test]
    fn a_policy_comes_along() {
        let catalog = Catalog::karafka().unwrap();
        let policy = "min_age = 14\naccept = [{ rule = \"left-behind\", why = \"soon\", \
                      until = 2026-01-31 }]\n[targets]\nkarafka = \"2.5\"\n";
        let request = |fields: serde_json::Value| {
            let mut request = serde_json::json!({ "policy": policy });
            for (name, value) in fields.as_object().unwrap() {
                request[name] = value.clone();
            }
            request.to_string()
        };
        let day = serde_json::json!({ "as_of": "2026-01-31" });
        let plan = read_request(&request(day.clone()), &catalog).unwrap();
        assert_eq!((plan.min_age, plan.targets.len()), (14, 1));
        assert!(plan.accept.is_empty(), "a rule of lint is none of plans");
        let (lint, policy) = read_lint_request(&request(day), &catalog).unwrap();
        assert_eq!(lint.accept, ["left-behind"]);
        assert_eq!(policy.unwrap().acceptances().len(), 1);
        let own = serde_json::json!({ "as_of": "2026-01-31", "min_age": 3, "to": ["karafka=2.6"] });
        let own = read_request(&request(own), &catalog).unwrap();
        assert_eq!(own.min_age, 3);
        assert_eq!(own.targets.len(), 1);
        let late = serde_json::json!({ "as_of": "2026-02-01" });
        refuses(
            &request(late),
            ErrorCode::CannotAccept,
            "rungs.toml:2:20: the acceptance of \"left-behind\" ended on 2026-01-31: soon",
        );
        refuses(
            &request(serde_json::json!({})),
            ErrorCode::InvalidRequest,
            "min_age without as_of: expected the day from which ages count",
        );
        refuses(
            r#"{"policy": "x = 1"}"#,
            ErrorCode::InvalidRequest,
            "rungs.toml:1:1: unknown key \"x\" of a policy: expected accept, pins, min_age, targets",
        );
    }

    #[test]
    fn a_snapshot_is_read_strictly() {
        let refuses = |text: &str, message: &str| {
            assert_eq!(read_snapshot(text).unwrap_err().to_string(), message);
        };
        refuses(
            r#"{"packages": {"a": "1", "a": "2"}}"#,
            "1:33: this is no rungs.snapshot-request/1: the member \"a\" occurs twice: expected it once",
        );
        refuses(
            r#"{"packages": {}, "direct": ["b"]}"#,
            "direct names \"b\", which is not among the packages",
        );
        refuses(
            r#"{"scheme": "pep440"}"#,
            "\"pep440\" is not a version scheme: expected rubygems or semver",
        );
        assert!(read_snapshot(r#"{"packages": {"a": "2..1"}}"#).is_err());
        assert!(read_snapshot(r#"{"packages": {"a b": "2"}}"#).is_err());
        let semver = read_snapshot(r#"{"scheme": "semver", "packages": {"a": "1.0.0-rc.1"}}"#);
        let semver = semver.unwrap();
        let (_, installed) = semver.packages().next().unwrap();
        assert_eq!(installed.version().scheme(), Scheme::SemVer);
    }

    #[test]
    fn documents_are_bounded() {
        let catalog = Catalog::karafka().unwrap();
        let at_limit = format!("{{}}{}", " ".repeat(MAX_REQUEST_BYTES - 2));
        assert!(read_request(&at_limit, &catalog).is_ok());
        let error = read_request(&format!("{at_limit} "), &catalog).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a rungs.request/1 of 8388609 bytes: at most 8388608 are read"
        );
        let deep = format!("{{\"to\": {}", "[".repeat(100_000));
        assert!(read_request(&deep, &catalog).is_err());
    }
}
