//! The catalogs that ship, and a new one to begin with.

use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorCode, Result};
use crate::name::Name;
use crate::version::Scheme;
use std::fmt::Write;

/// The catalogs that ship, one a line: the name, the day up to which it knows the world, what it is
/// about.
#[must_use]
pub fn shipped_catalogs() -> String {
    let mut out = String::new();
    let karafka = (
        Catalog::KARAFKA,
        "the Karafka family, with Ruby (used without --catalog)",
    );
    let shipped = Catalog::shipped().iter().map(|it| (it.name(), it.about()));
    for (name, about) in std::iter::once(karafka).chain(shipped) {
        let horizon = Catalog::open(name).map(|it| it.horizon().to_string());
        let horizon = horizon.unwrap_or_default();
        let _ = writeln!(out, "{name:<12} known up to {horizon}  {about}");
    }
    out
}

/// The text of a new catalog of these packages, which is read as it is: each has two made-up releases
/// that a person replaces.
///
/// # Errors
/// [`ErrorCode::InvalidName`] for a name that is none, [`ErrorCode::InvalidRequest`] without a package
/// or with one twice.
///
/// ```
/// use rungs::catalog::{Catalog, Source};
/// use rungs::{Date, Scheme, report};
/// let day = Date::parse("2026-01-31")?;
/// let text = report::new_catalog("bakery", &["oven", "tray"], Scheme::SemVer, day)?;
/// assert!(Catalog::parse(vec![Source::new("bakery.toml", text)]).is_ok());
/// # Ok::<(), rungs::Error>(())
/// ```
pub fn new_catalog(name: &str, packages: &[&str], scheme: Scheme, day: Date) -> Result<String> {
    Name::new(name)?;
    for (at, package) in packages.iter().enumerate() {
        Name::new(package)?;
        if packages[..at].contains(package) {
            let text = format!("the package {package} is named twice");
            return Err(Error::new(ErrorCode::InvalidRequest, text));
        }
    }
    if packages.is_empty() {
        let text = "a catalog needs a package: expected the names of some";
        return Err(Error::new(ErrorCode::InvalidRequest, text));
    }
    let order: Vec<String> = packages.iter().map(|it| format!("\"{it}\"")).collect();
    let mut out = format!(
        "# docs/catalog.md explains each line. Check this file with `rungs catalog validate FILE`.\n\
         format = 1\nname = \"{name}\"\nscheme = \"{scheme}\"      # how versions are read: semver or \
         rubygems\nhorizon = {day}     # up to this day the file knows all releases\norder = [{}]\n",
        order.join(", ")
    );
    for (at, package) in packages.iter().enumerate() {
        let key = match package.contains('.') {
            true => format!("\"{package}\""),
            false => (*package).to_owned(),
        };
        let role = match at {
            0 => "\"stepped\"            # one line (MAJOR.MINOR) further per step",
            _ => "\"follower\"           # any line, never down",
        };
        let first = packages[0];
        let needs = |line: &str| match at {
            0 => String::new(),
            _ => format!("  {first} >= {line}.0"),
        };
        let _ = write!(
            out,
            "\n[package.{key}]\nrole = {role}\n\
             # VERSION  DATE or ?  what it requires of other packages, parted by semicolons\n\
             releases = '''\n1.0.0  ?{}\n1.1.0  ?{}\n1.2.0  ?{}\n'''\n",
            needs("1.0"),
            needs("1.1"),
            needs("1.2"),
        );
    }
    out.push_str(
        "\n# A rule: what no requirement says. Delete it, or write your own.\n# [[gate]]\n\
         # id = \"newest-first\"\n",
    );
    let _ = write!(
        out,
        "# package = \"{}\"\n# from = \"newest-of-line\"   # before another line is entered\n\
         # why = \"the guide says: latest patch first\"\n# source = \"https://…\"\n",
        packages[0]
    );
    Ok(out)
}
