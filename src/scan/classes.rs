//! Which class inherits from which, over all files.

use super::rules::last_word;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A class as one file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClassFact {
    /// With the names of the modules and classes around it.
    pub(super) name: String,
    /// As it is written; `None` where it is not, or is no constant.
    pub(super) superclass: Option<String>,
}

/// What a hit depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) class: String,
    /// The class that it must inherit from; `None` is any of a namespace.
    pub(super) base: Option<String>,
}

/// How a class stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    Proven,
    /// The superclass is not there to be read, and is called alike.
    Likely,
    No,
}

/// The longest chain of superclasses that is followed.
const MAX_DEPTH: usize = 100;

/// All classes of an application.
#[derive(Debug, Default)]
pub(super) struct Classes {
    known: HashMap<String, Option<String>>,
    modules: HashSet<String>,
}

impl Classes {
    pub(super) fn add(&mut self, fact: ClassFact) {
        let known = self.known.entry(fact.name).or_default();
        // A class is reopened without its superclass; of two the smaller, whatever comes first.
        if let Some(superclass) = fact.superclass {
            if known.as_ref().is_none_or(|old| superclass < *old) {
                *known = Some(superclass);
            }
        }
    }

    pub(super) fn add_module(&mut self, name: String) {
        self.modules.insert(name);
    }

    /// Whether the application itself defines this constant.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.known.contains_key(name) || self.modules.contains(name)
    }

    pub(super) fn kinship(&self, need: &Need, namespaces: &BTreeSet<String>) -> Kinship {
        let mut class = need.class.clone();
        for _ in 0..MAX_DEPTH {
            if is(&class, need.base.as_deref(), namespaces) {
                return Kinship::Proven;
            }
            let Some(Some(superclass)) = self.known.get(&class) else {
                return match &need.base {
                    Some(base) if class != need.class && last_word(&class) == last_word(base) => {
                        Kinship::Likely
                    }
                    _ => Kinship::No,
                };
            };
            let found = candidates(&class, superclass).find(|name| self.known.contains_key(name));
            let absolute = superclass.trim_start_matches("::").to_owned();
            let next = found.filter(|found| *found != class).unwrap_or(absolute);
            if next == class {
                return Kinship::No;
            }
            class = next;
        }
        Kinship::No
    }
}

fn is(class: &str, base: Option<&str>, namespaces: &BTreeSet<String>) -> bool {
    match base {
        Some(base) => class == base,
        None => namespaces.contains(class.split("::").next().unwrap_or(class)),
    }
}

/// What a constant may mean in the body around a class, the innermost first.
fn candidates<'a>(class: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let absolute = name.strip_prefix("::");
    let around = std::iter::successors(class.rsplit_once("::").map(|(around, _)| around), |a| {
        a.rsplit_once("::").map(|(around, _)| around)
    });
    let nested = around
        .filter(move |_| absolute.is_none())
        .map(move |around| format!("{around}::{name}"));
    nested.chain(std::iter::once(absolute.unwrap_or(name).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Classes {
        let mut classes = Classes::default();
        let facts = [
            ("App", Some("Lib::Base")),
            ("Shop::Orders", Some("Base")),
            ("Shop::Base", Some("::App")),
            ("Alone", None),
            ("Gemmed", Some("OtherBase")),
            ("Foreign", Some("Rack::App")),
            ("Loop", Some("Pool")),
            ("Pool", Some("Loop")),
        ];
        for (name, superclass) in facts {
            classes.add(ClassFact {
                name: name.to_owned(),
                superclass: superclass.map(str::to_owned),
            });
        }
        classes
    }

    #[test]
    fn kinship_goes_through_files_and_nesting() {
        let namespaces = BTreeSet::from(["Lib".to_owned()]);
        let classes = classes();
        let kin = |class: &str, base: Option<&str>| {
            let need = Need {
                class: class.to_owned(),
                base: base.map(str::to_owned),
            };
            classes.kinship(&need, &namespaces)
        };
        assert_eq!(kin("Shop::Orders", Some("Lib::Base")), Kinship::Proven);
        assert_eq!(kin("Shop::Orders", None), Kinship::Proven);
        assert_eq!(kin("Gemmed", Some("Lib::Base")), Kinship::Likely);
        for class in ["Alone", "Foreign", "Loop", "Unheard"] {
            assert_eq!(kin(class, Some("Lib::Base")), Kinship::No, "{class}");
        }
    }
}
