//! The one error of this crate: opaque, with a stable code, a place in the input where there
//! is one, and a word on what to do next.

use crate::nearest::nearest;
use crate::plain;
use crate::span::Place;
use std::fmt;

/// What kind of thing went wrong. The numbers are the same in Rust, C, Ruby, Go and JSON; a
/// number is never given to another meaning.
///
/// Hundreds group them: 1xx versions, 2xx lockfiles, 3xx catalogs and indexes, 4xx requests, 5xx limits,
/// 6xx files and the world outside, 7xx documents, 8xx the border to other languages.
///
/// ```
/// use rungs::{ErrorCode, Scheme, Version};
/// let error = Version::parse(Scheme::RubyGems, "2..1").unwrap_err();
/// assert_eq!(error.code(), ErrorCode::InvalidVersion);
/// assert_eq!((error.code().number(), error.code().to_string()), (101, "R101".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u32)]
pub enum ErrorCode {
    /// A text is not a version of its scheme: `2..1`.
    InvalidVersion = 101,
    /// A text is not a requirement of its scheme: `=> 2.1`.
    InvalidRequirement = 102,
    /// A scheme that this library does not know: `pep440`.
    UnknownScheme = 103,
    /// A name that no package can have: empty, or with a blank in it.
    InvalidName = 104,
    /// A text is not a calendar date `YYYY-MM-DD`: `2026-02-30`.
    InvalidDate = 105,
    /// A lockfile is damaged: a line is in a place where it cannot be.
    InvalidLockfile = 201,
    /// A lockfile has merge conflict markers.
    LockfileConflict = 202,
    /// A text is not UTF-8.
    InvalidUtf8 = 203,
    /// A file that should be a lockfile is empty.
    EmptyLockfile = 204,
    /// A lockfile names no package of the catalog.
    NothingToPlan = 205,
    /// A Gemfile is not Ruby, or a line of it cannot be edited for certain.
    InvalidGemfile = 206,
    /// A catalog does not read as its format asks.
    InvalidCatalog = 301,
    /// A catalog contradicts itself: an unknown package, a cycle of gates.
    InconsistentCatalog = 302,
    /// An overlay changes what may not be overridden.
    ForbiddenOverride = 303,
    /// A line of a compact index is damaged: `1.0 a` names no requirement.
    InvalidIndex = 304,
    /// The request names a package that the catalog or the lockfile does not have.
    UnknownPackage = 401,
    /// The request names a line that no release of the package has.
    UnknownLine = 402,
    /// The target lies behind the version installed now.
    TargetBehind = 403,
    /// Pins, or pins and target, contradict one another.
    ContradictoryPins = 404,
    /// An accepted rule that does not exist, or that may not be accepted.
    CannotAccept = 405,
    /// The request is malformed in another way.
    InvalidRequest = 406,
    /// The request names a runtime that the catalog does not know.
    UnknownRuntime = 407,
    /// An input is larger than this library reads.
    TooLarge = 501,
    /// A file cannot be read or written.
    Io = 601,
    /// A document is not what its schema asks.
    InvalidDocument = 701,
    /// A pointer that must not be NULL is NULL (C and what is built on it).
    NullArgument = 801,
    /// A number that this library does not know: a format, a scheme, a step.
    OutOfRange = 802,
    /// A bug of this library, caught before it reached another language.
    Panicked = 803,
}

impl ErrorCode {
    /// The number that all languages share.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// Anything that this library refuses to do, with the reason.
///
/// Its text is one sentence in lower case that names the input, the place and what was
/// expected. [`Error::help`] says what to do next, where there is something to do. Both stand on one
/// line and hold no control characters, whatever the input has.
///
/// ```
/// let error = rungs::lockfile::Lockfile::parse(b"").unwrap_err().in_file("Gemfile.lock");
/// assert_eq!(error.code(), rungs::ErrorCode::EmptyLockfile);
/// assert!(error.to_string().starts_with("Gemfile.lock:"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.display())]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: ErrorCode,
    message: String,
    file: Option<String>,
    place: Option<Place>,
    help: Option<String>,
    more: Vec<Error>,
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            code,
            message: plain::line(&message.into()).into_owned(),
            file: None,
            place: None,
            help: None,
            more: Vec::new(),
        }))
    }

    /// Several problems of one input as one error, with the code and message of the first.
    ///
    /// `None` when there is no problem.
    pub(crate) fn all(problems: Vec<Error>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let mut first = problems.next()?;
        first.0.more.extend(problems);
        Some(first)
    }

    pub(crate) fn at(mut self, place: Place) -> Self {
        self.0.place = Some(place);
        self
    }

    /// Adds what to do next.
    ///
    /// ```
    /// let error = rungs::Error::io("no lockfile in shop").with_help("run `bundle lock`");
    /// assert_eq!(error.help(), Some("run `bundle lock`"));
    /// ```
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(plain::line(&help.into()).into_owned());
        self
    }

    /// Adds the known name that a mistyped one probably means, before other help.
    ///
    /// ```
    /// let error = rungs::Error::io("no command plna").with_nearest("plna", ["plan", "next"], "");
    /// assert_eq!(error.help(), Some("did you mean plan?"));
    /// ```
    #[must_use]
    pub fn with_nearest<'k>(
        self,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
        otherwise: impl Into<String>,
    ) -> Self {
        let otherwise = otherwise.into();
        match (nearest(name, known), otherwise.as_str()) {
            (Some(meant), "") => self.with_help(format!("did you mean {meant}?")),
            (Some(meant), _) => self.with_help(format!("did you mean {meant}? {otherwise}")),
            (None, "") => self,
            (None, _) => self.with_help(otherwise),
        }
    }

    /// A file cannot be read or written: the message is the caller's, who alone touches files.
    ///
    /// ```
    /// let error = rungs::Error::io("cannot read Gemfile.lock");
    /// assert_eq!(error.code(), rungs::ErrorCode::Io);
    /// ```
    #[must_use]
    pub fn io(message: &str) -> Self {
        Error::new(ErrorCode::Io, message)
    }

    /// A file is longer than is read of its kind: the message is the caller's, as in [`Error::io`].
    ///
    /// ```
    /// let error = rungs::Error::too_large("Gemfile.lock is too long: expected at most 16777216 bytes");
    /// assert_eq!(error.code(), rungs::ErrorCode::TooLarge);
    /// ```
    #[must_use]
    pub fn too_large(message: &str) -> Self {
        Error::new(ErrorCode::TooLarge, message)
    }

    /// Names the file that the text came from; the core itself reads no files.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        for error in std::iter::once(&mut self.0.file)
            .chain(self.0.more.iter_mut().map(|error| &mut error.0.file))
        {
            error.get_or_insert_with(|| file.to_owned());
        }
        self
    }

    /// The kind of error.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What is wrong, without file and place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file, where [`Error::in_file`] named one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// Where in the input.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.0.place
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// This error and all others found in the same input, in the order of their places.
    ///
    /// ```
    /// use rungs::catalog::{Catalog, Source};
    /// let error = Catalog::parse(vec![Source::new("a.toml", "formet = 1")]).unwrap_err();
    /// for problem in error.problems() {
    ///     assert_eq!(problem.file(), Some("a.toml"));
    /// }
    /// ```
    pub fn problems(&self) -> impl Iterator<Item = &Error> {
        std::iter::once(self).chain(self.0.more.iter())
    }

    fn display(&self) -> String {
        let mut text = String::new();
        if let Some(file) = &self.0.file {
            text.push_str(&plain::line(file));
            text.push(':');
        }
        if let Some(place) = self.0.place {
            text.push_str(&format!("{place}:"));
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&self.0.message);
        text
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{}", self.number())
    }
}

/// What fallible functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_file_place_and_reason() {
        let error = Error::new(ErrorCode::InvalidVersion, "\"2..1\" is not a version")
            .at(Place { line: 3, column: 9 })
            .with_help("write it as 2.1")
            .in_file("Gemfile.lock");
        assert_eq!(
            error.to_string(),
            "Gemfile.lock:3:9: \"2..1\" is not a version"
        );
        assert_eq!(error.code().to_string(), "R101");
        assert_eq!(error.help(), Some("write it as 2.1"));
    }

    #[test]
    fn several_problems_speak_through_the_first() {
        let one = Error::new(ErrorCode::InvalidCatalog, "one");
        let two = Error::new(ErrorCode::InvalidCatalog, "two");
        let all = Error::all(vec![one, two]).unwrap().in_file("x.toml");
        let texts: Vec<_> = all.problems().map(ToString::to_string).collect();
        assert_eq!(texts, ["x.toml: one", "x.toml: two"]);
        assert_eq!(Error::all(Vec::new()), None);
    }
}
