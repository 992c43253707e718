//! What the installed gems talk to.

#[cfg(feature = "wire")]
use crate::name::Name;
use crate::status::Reach;
use crate::version::Version;

/// Which releases go with the installed gems, and each reason why others do not.
pub(crate) fn reach(reach: &Reach) -> Vec<String> {
    let with = reach.with().iter();
    let with: Vec<String> = with
        .map(|(gem, version)| format!("{gem} {version}"))
        .collect();
    let span = |first: &Version, last: &Version| match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    };
    let ranges = reach.ranges().iter();
    let ranges: Vec<String> = ranges.map(|(first, last)| span(first, last)).collect();
    let (package, with) = (reach.package(), with.join(", "));
    let mut lines = vec![match ranges.is_empty() {
        true => format!("{with} goes with no known release of {package}."),
        false => format!("{with} goes with {package} {}.", ranges.join(", ")),
    }];
    for refused in reach.refused() {
        let (first, last) = refused.versions();
        let conditions = refused.conditions().iter();
        let conditions: Vec<&str> = conditions.map(|it| it.as_str()).collect();
        let only = match conditions.is_empty() {
            true => String::new(),
            false => format!(", with {} only", conditions.join(" and ")),
        };
        lines.push(format!(
            "Not {package} {}{only}: {} ({}).",
            span(first, last),
            refused.why(),
            refused.rule()
        ));
    }
    lines
}

/// A request names a catalog that is not part of the one that it is asked of.
#[cfg(feature = "wire")]
pub(crate) fn no_part(catalog: &Name, name: &str) -> String {
    let shown: String = name.chars().take(60).collect();
    format!("the catalog {catalog} has no part {shown:?}")
}
