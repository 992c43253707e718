//! The pages that the actions of a catalog were read in, worked out once.

use super::action::Actions;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By place of an action.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The page of [`Reading::pages`] that it was read in; files of code are none.
    pub(crate) page_of: Vec<Option<usize>>,
    pub(crate) pages: Vec<Page>,
}

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: Arc<str>,
    pub(crate) link: Option<Arc<str>>,
}

impl Reading {
    pub(super) fn new(actions: &Actions) -> Self {
        let mut reading = Reading {
            page_of: Vec::with_capacity(actions.len()),
            pages: Vec::new(),
        };
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for action in actions.iter() {
            let source = action.source();
            let path = source.split('#').next().unwrap_or(source);
            let page = path
                .strip_suffix(".md")
                .filter(|_| !path.starts_with("code:"));
            reading.page_of.push(page.map(|page| {
                *places.entry(page).or_insert_with(|| {
                    reading.pages.push(Page {
                        name: Arc::from(page),
                        link: action
                            .link()
                            .map(|it| it.split('#').next().unwrap_or(it).into()),
                    });
                    reading.pages.len() - 1
                })
            }));
        }
        reading
    }
}
