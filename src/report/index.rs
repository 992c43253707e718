//! A catalog as a compact index, for Bundler and other resolvers.

use crate::catalog::{Catalog, Package, Release, Role};
use crate::error::{Error, ErrorCode, Result};
use crate::index::{Indexed, Needs};
use crate::name::Name;
use crate::version::{Requirement, Scheme};

/// The one runtime that the compact index knows, by its key there.
const RUNTIME: &str = "ruby";

/// Every package but runtimes with its releases, oldest first, as a compact index says them.
///
/// Withdrawn releases are left out, as a server does. Rules of the catalog that no gemspec states
/// are not in it, and no checksums: a catalog knows none, and Bundler asks for none.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] for a catalog of another scheme than `rubygems`.
pub fn catalog_index(catalog: &Catalog) -> Result<Vec<(Name, Vec<Indexed>)>> {
    if catalog.scheme() != Scheme::RubyGems {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            format!(
                "{} has the scheme {}: a compact index is for rubygems",
                catalog.name(),
                catalog.scheme()
            ),
        ));
    }
    let packages = catalog.packages().iter();
    let packages = packages.filter(|package| package.role() != Role::Runtime);
    let mut packages: Vec<_> = packages
        .map(|package| (package.name().clone(), releases(package)))
        .collect();
    packages.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(packages)
}

fn releases(package: &Package) -> Vec<Indexed> {
    let offered = package.releases().iter().filter(|it| !it.is_yanked());
    offered.map(indexed).collect()
}

fn indexed(release: &Release) -> Indexed {
    let (mut needs, mut ruby): (Vec<Needs>, Option<Requirement>) = (Vec::new(), None);
    for wanted in release.requirements() {
        if *wanted.name() == RUNTIME {
            ruby = Some(wanted.requirement().clone());
        } else {
            let requirement = wanted.requirement().clone();
            needs.push(Needs::new(wanted.name().clone(), requirement));
        }
    }
    needs.sort_by(|a, b| a.name().cmp(b.name()));
    let indexed = Indexed::new(release.version().clone(), needs, ruby);
    match release.date() {
        Some(date) => indexed.created_on(date),
        None => indexed,
    }
}
