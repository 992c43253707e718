//! Catalogs that are joined: which layer is of which, and the facts of rollout of all of them.
//!
//! A layer that is complete by itself begins another catalog. An overlay is of the catalog that it
//! extends; one that extends none of them by name lies over all.

use super::rollout::{Link, Rollout};
use super::source::Draft;
use super::table::Tables;
use super::{Catalog, Source};
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::version::Scheme;
use std::sync::Arc;

/// The number of the catalog that each layer is of; `None` for an overlay over all of them.
pub(super) fn owners(layers: &[Draft]) -> Vec<Option<usize>> {
    let mut names: Vec<&Name> = Vec::new();
    let owners = layers.iter().map(|layer| {
        let name = layer.name.as_ref().map(|it| &it.value);
        match (name, &layer.extends) {
            (Some(name), None) => {
                names.push(name);
                Some(names.len() - 1)
            }
            (_, Some(extends)) => {
                let at = names.iter().position(|known| **known == extends.value)?;
                names[at] = name.unwrap_or(names[at]); // the overlay may rename it
                Some(at)
            }
            (None, None) => None,
        }
    });
    owners.collect()
}

/// Catalogs are joined only where their versions are of one scheme. One that names none has the default.
///
/// # Errors
/// [`ErrorCode::InvalidCatalog`] for the first that has another scheme, in the place of the problems of each of
/// its versions.
pub(super) fn of_one_scheme(layers: &[Draft]) -> Result<(), Error> {
    let complete = layers.iter().filter(|layer| layer.extends.is_none());
    let mut named = complete.filter_map(|layer| {
        let name = &layer.name.as_ref()?.value;
        Some((name, layer.named_scheme.unwrap_or(Scheme::RubyGems)))
    });
    let Some((first, scheme)) = named.next() else {
        return Ok(());
    };
    match named.find(|(_, other)| *other != scheme) {
        None => Ok(()),
        Some((name, other)) => Err(Error::new(
            ErrorCode::InvalidCatalog,
            format!(
                "the catalogs {first} and {name} cannot be joined: the versions of {first} have the scheme \
                 {scheme}, those of {name} the scheme {other}"
            ),
        )
        .with_help("name catalogs of one scheme, or one of them alone")),
    }
}

impl Catalog {
    /// The catalogs that it was joined from, in their order; itself where it is one, or where an overlay
    /// lies over several of them.
    pub(crate) fn parts(&self) -> Result<Vec<Catalog>, Error> {
        let owners = &self.0.owners;
        if self.families().len() < 2 || owners.contains(&None) {
            return Ok(vec![self.clone()]);
        }
        let last = owners.iter().flatten().max().copied().unwrap_or(0);
        let part = |at: usize| {
            let layers = self.0.layers.iter().zip(owners);
            let own = layers.filter(|(_, owner)| **owner == Some(at));
            Self::layered(own.map(|(layer, _)| layer.clone()).collect())
        };
        (0..=last).map(part).collect()
    }
}

/// The facts of rollout of all joined catalogs.
#[derive(Debug)]
pub(super) struct JoinedRollout {
    pub(super) all: Arc<Rollout>,
    /// Each catalog's own: a kind of source has an address in each.
    links: Vec<Vec<Link>>,
}

impl JoinedRollout {
    /// Those of one catalog.
    pub(super) fn one(all: Rollout) -> Self {
        JoinedRollout {
            all: Arc::new(all),
            links: Vec::new(),
        }
    }

    /// Reads files, each with the catalog that it is of, in the order of their layers: a list of a later
    /// file replaces the same list of its catalog. The lists of joined catalogs follow one another.
    pub(super) fn read(
        catalog: &Catalog,
        sources: &[Source],
        owners: &[Option<usize>],
    ) -> Result<Self, Error> {
        let mut tables = Tables::new(sources, catalog.scheme());
        let last = owners.iter().flatten().max().copied().unwrap_or(0);
        let mut each = vec![Rollout::default(); last + 1];
        for (file, owner) in owners.iter().enumerate() {
            let Some(table) = tables.open(file, Rollout::KEYS) else {
                continue;
            };
            if owner.is_none() {
                each.iter_mut().for_each(|it| it.clear(&table));
            }
            each[owner.unwrap_or(0)].lay(catalog, &mut tables, &table);
        }
        if let Some(error) = super::source::problems_as_error(sources, tables.problems) {
            return Err(error);
        }
        let links = each.iter().map(|it| it.links().to_vec()).collect();
        let mut each = each.into_iter();
        let mut all = each.next().unwrap_or_default();
        each.for_each(|other| all.join(other));
        Ok(JoinedRollout {
            all: Arc::new(all),
            links,
        })
    }

    /// Where a source of this catalog can be read; see [`Rollout::link`].
    pub(super) fn link(&self, owner: Option<usize>, source: &str) -> Option<String> {
        let own = owner.and_then(|at| self.links.get(at));
        Link::address(own.map_or(self.all.links(), Vec::as_slice), source)
    }
}

impl Link {
    /// The address of a source by these links.
    pub(super) fn address(links: &[Link], source: &str) -> Option<String> {
        if source.starts_with("https://") {
            return Some(source.to_owned());
        }
        let url = |kind: &str| links.iter().find(|link| *link.source == *kind);
        if let Some(code) = source.strip_prefix("code:") {
            let (repository, rest) = code.split_once('@')?;
            let (tag, path) = rest.split_once(':')?;
            let parts = [
                ("{repository}", repository),
                ("{tag}", tag),
                ("{path}", path),
            ];
            let address = url("code")?.url.to_string();
            return Some(
                parts
                    .into_iter()
                    .fold(address, |text, (key, part)| text.replace(key, part)),
            );
        }
        let (path, anchor) = source.split_once('#').unwrap_or((source, ""));
        let page = path.strip_suffix(".md")?.replace('/', "-");
        let address = url("page")?.url.replace("{page}", &page);
        Some(match anchor {
            "" => address,
            anchor => format!("{address}#{anchor}"),
        })
    }
}
