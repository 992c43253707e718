//! Which advisories concern what is installed.

use super::{ProblemFact, ProblemKind, StatusProblem};
use crate::catalog::{Advisory, Catalog, Package};
use crate::error::Result;
use crate::planner::Request;
use crate::version::Version;

/// The advisories about an installed version, or about every version of an installed line. On a day
/// only those that were published by then.
pub(super) fn advisories(
    catalog: &Catalog,
    package: &Package,
    version: &Version,
    line: Option<&str>,
    request: &Request,
) -> Result<Vec<StatusProblem>> {
    let day = request.as_of;
    let all = catalog.advisories()?.iter();
    let own = all.filter(|it| it.package() == package.name());
    let known = own.filter(|it| day.zip(it.date()).is_none_or(|(day, date)| date <= day));
    // Of a line alone the patch is not known: only what no patch of it fixes is certain.
    let line = line.filter(|line| package.line_index(line).is_some());
    let last = line.and_then(|line| {
        let last = format!("{line}.{}", u32::MAX);
        Version::parse(package.scheme(), &last).ok()
    });
    let concerned = known.filter(|it| it.affects(last.as_ref().unwrap_or(version)));
    Ok(concerned.map(problem).collect())
}

fn problem(advisory: &Advisory) -> StatusProblem {
    let patched = advisory.patched().iter();
    StatusProblem {
        kind: ProblemKind::Advisory,
        rule: Some(advisory.id().clone()),
        fact: ProblemFact::Advisory {
            why: advisory.why().to_owned(),
            cvss: advisory.cvss().map(str::to_owned),
            patched: patched.map(ToString::to_string).collect(),
            source: advisory.source().to_owned(),
        },
    }
}
