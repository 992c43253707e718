//! Which class inherits from which, over all files; what is mixed in, routed and subscribed.

use super::rules::{last_word, snake};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a class inherits from, as one file writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Super {
    /// A constant.
    Named(String),
    /// An expression that is no constant.
    Open,
    /// Nothing is written.
    Unsaid,
}

/// A class as one file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClassFact {
    /// With the names of the modules and classes around it.
    pub(super) name: String,
    pub(super) superclass: Super,
    /// What its folder and name say that it is: `controller` of `app/controllers/…_controller.rb`.
    pub(super) placed: Option<String>,
}

/// What one file says of classes and modules beside their superclasses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// A class or module has a module mixed in; `None` is one that is not known.
    Includes {
        into: Option<String>,
        module: String,
    },
    /// A class is named where routing names what has this role.
    Routed {
        role: String,
        nesting: String,
        class: String,
    },
    /// An instance of a class is subscribed to a monitor of this namespace.
    Listens {
        to: String,
        nesting: String,
        class: String,
    },
    /// A class defines a method of a listener.
    Hears { class: String, method: String },
}

/// What a hit depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClassNeed {
    /// A class, or a module that others mix in; `A::B|C` is what `C` means in the body of `A::B`.
    pub(super) class: String,
    pub(super) want: Want,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// It inherits from this class.
    Base(String),
    /// It inherits from any class of a namespace.
    Ours,
    /// It listens to a monitor of this namespace.
    Listens(String),
    /// It has a method of this name.
    Hears(String),
}

/// How a class relates to what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kinship {
    Proven,
    /// The superclass is not there to be read, and is called alike.
    Likely,
    /// It could be, and nothing there to be read says so.
    Unknown,
    No,
}

/// The longest chain of superclasses that is followed.
const MAX_DEPTH: usize = 100;

/// Classes of Ruby itself, from which nothing of others is inherited.
const RUBY: &[&str] = &[
    "Object",
    "BasicObject",
    "Struct",
    "Data",
    "Set",
    "Hash",
    "Array",
    "String",
    "Module",
    "Class",
    "Exception",
    "StandardError",
    "RuntimeError",
    "ArgumentError",
    "NameError",
    "NoMethodError",
    "KeyError",
    "IndexError",
    "IOError",
    "TypeError",
    "ScriptError",
    "NotImplementedError",
    "Delegator",
    "SimpleDelegator",
    "Thread",
    "Numeric",
    "Comparable",
    "Logger",
    "OpenStruct",
];

#[derive(Debug, Default)]
struct Known {
    superclass: Option<Super>,
    placed: Option<String>,
}

/// All classes of an application.
#[derive(Debug, Default)]
pub(super) struct Classes {
    known: HashMap<String, Known>,
    modules: HashSet<String>,
    ties: Vec<Tie>,
    /// Settled from the ties: module to those that mix it in, class to its monitors, …
    mixed: BTreeMap<String, Vec<Option<String>>>,
    routed: HashSet<(String, String)>,
    monitors: HashMap<String, BTreeSet<String>>,
    hears: HashSet<(String, String)>,
}

impl Classes {
    pub(super) fn add(&mut self, fact: ClassFact) {
        let known = self.known.entry(fact.name).or_default();
        // A class is reopened without its superclass; of two the smaller, whatever comes first.
        if known
            .superclass
            .as_ref()
            .is_none_or(|old| fact.superclass < *old)
        {
            known.superclass = Some(fact.superclass);
        }
        if known.placed.is_none() || (fact.placed.is_some() && fact.placed < known.placed) {
            known.placed = fact.placed;
        }
    }

    pub(super) fn add_module(&mut self, name: String) {
        self.modules.insert(name);
    }

    pub(super) fn add_tie(&mut self, tie: Tie) {
        self.ties.push(tie);
    }

    /// Settles what names mean once all files are there.
    pub(super) fn settle(&mut self) {
        for tie in std::mem::take(&mut self.ties) {
            match tie {
                Tie::Includes { into, module } => {
                    let around = into.clone().unwrap_or_default();
                    let module = self.meant(&around, &module);
                    self.mixed.entry(module).or_default().push(into);
                }
                Tie::Routed {
                    role,
                    nesting,
                    class,
                } => {
                    let class = self.meant(&nesting, &class);
                    self.routed.insert((role, class));
                }
                Tie::Listens { to, nesting, class } => {
                    let class = self.meant(&nesting, &class);
                    self.monitors.entry(class).or_default().insert(to);
                }
                Tie::Hears { class, method } => {
                    self.hears.insert((class, method));
                }
            }
        }
        for into in self.mixed.values_mut() {
            into.sort();
            into.dedup();
        }
    }

    /// What a constant means inside a class or module: the innermost that the application defines.
    fn meant(&self, around: &str, name: &str) -> String {
        let inside = format!("{around}::_");
        let found = candidates(&inside, name).find(|name| self.defines(name));
        found.unwrap_or_else(|| name.trim_start_matches("::").to_owned())
    }

    /// Whether the application itself defines this constant.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.known.contains_key(name) || self.modules.contains(name)
    }

    /// `others` are classes of the namespaces that the catalog names.
    pub(super) fn kinship(
        &self,
        need: &ClassNeed,
        namespaces: &BTreeSet<String>,
        others: &BTreeSet<String>,
    ) -> Kinship {
        let class = match need.class.split_once('|') {
            Some((around, name)) => self.meant(around, name),
            None => need.class.clone(),
        };
        if !self.modules.contains(&class) || self.known.contains_key(&class) {
            return self.of_class(&class, &need.want, namespaces, others);
        }
        // A module's methods run in what mixes it in.
        let mut best = Kinship::No;
        let mut seen: HashSet<&str> = HashSet::from([class.as_str()]);
        let mut open: Vec<&str> = vec![&class];
        while let Some(module) = open.pop() {
            for into in self.mixed.get(module).into_iter().flatten() {
                let Some(into) = into else {
                    best = best.min(Kinship::Unknown);
                    continue;
                };
                if self.modules.contains(into) && !self.known.contains_key(into) {
                    if seen.insert(into) {
                        open.push(into);
                    }
                    continue;
                }
                best = best.min(match self.of_class(into, &need.want, namespaces, others) {
                    Kinship::Proven => Kinship::Likely,
                    other => other,
                });
            }
        }
        best
    }

    fn of_class(
        &self,
        start: &str,
        want: &Want,
        namespaces: &BTreeSet<String>,
        others: &BTreeSet<String>,
    ) -> Kinship {
        let role = match want {
            Want::Base(base) => snake(last_word(base)),
            _ => String::new(),
        };
        let mut owners: BTreeSet<&str> = BTreeSet::new();
        let mut is_other = false;
        let mut class = start.to_owned();
        for _ in 0..MAX_DEPTH {
            let root = class.split("::").next().unwrap_or(&class);
            let is_it = match want {
                Want::Base(base) => {
                    class == *base || self.routed.contains(&(role.clone(), class.clone()))
                }
                Want::Ours => namespaces.contains(root),
                Want::Listens(to) => {
                    if let Some(own) = self.monitors.get(&class) {
                        owners.extend(own.iter().map(String::as_str));
                    }
                    owners.contains(to.as_str()) || root == to
                }
                Want::Hears(method) => self.hears.contains(&(class.clone(), method.clone())),
            };
            if is_it {
                return Kinship::Proven;
            }
            let known = self.known.get(&class);
            // Where nothing else does, its folder says what it is.
            let own = known.and_then(|known| known.placed.as_ref());
            is_other |= own.is_some_and(|placed| !role.is_empty() && *placed != role);
            let superclass = match known.map(|known| &known.superclass) {
                Some(Some(Super::Named(superclass))) => superclass,
                Some(Some(Super::Open)) if is_other => return Kinship::No,
                Some(Some(Super::Open)) => return self.open_end(want, &owners),
                Some(_) => return self.end(want, &owners),
                None => {
                    let (base, is_own) = match want {
                        Want::Base(base) => (base, class != start),
                        Want::Listens(_) if !namespaces.contains(root) => {
                            return self.open_end(want, &owners);
                        }
                        Want::Hears(_) if class != start && !RUBY.contains(&&*class) => {
                            return Kinship::Unknown;
                        }
                        _ => return self.end(want, &owners),
                    };
                    return match () {
                        () if !is_own || RUBY.contains(&&*class) => Kinship::No,
                        // `ApplicationConsumer` of a gem; `Consumer` is a name that many have.
                        () if is_alike(&class, base) => Kinship::Likely,
                        // Another class of the same house that the catalog knows.
                        () if namespaces.contains(root) => match others.contains(&class) {
                            true => Kinship::No,
                            false => Kinship::Unknown,
                        },
                        () if is_other => Kinship::No,
                        () => Kinship::Unknown,
                    };
                }
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

    /// Nothing is inherited any more.
    fn end(&self, want: &Want, owners: &BTreeSet<&str>) -> Kinship {
        match want {
            // Nobody says what it is subscribed to.
            Want::Listens(_) if owners.is_empty() => Kinship::Likely,
            _ => Kinship::No,
        }
    }

    /// What is inherited cannot be decided.
    fn open_end(&self, want: &Want, owners: &BTreeSet<&str>) -> Kinship {
        match want {
            Want::Listens(_) => self.end(want, owners),
            _ => Kinship::Unknown,
        }
    }
}

/// Whether a class is called after what another is called, and more than that.
fn is_alike(class: &str, base: &str) -> bool {
    let own = class.rsplit("::").next().unwrap_or(class);
    last_word(own) == last_word(base) && own != last_word(base)
}

/// What a constant may mean in the body around a class, the innermost first.
fn candidates<'a>(class: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let absolute = name.strip_prefix("::");
    let around = std::iter::successors(class.rsplit_once("::").map(|(around, _)| around), |a| {
        a.rsplit_once("::").map(|(around, _)| around)
    });
    let nested = around
        .filter(move |around| absolute.is_none() && !around.is_empty())
        .map(move |around| format!("{around}::{name}"));
    nested.chain(std::iter::once(absolute.unwrap_or(name).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Classes {
        let mut classes = Classes::default();
        let named = |name: &str| Super::Named(name.to_owned());
        let facts = [
            ("App", named("Lib::Base")),
            ("Shop::Orders", named("Base")),
            ("Shop::Base", named("::App")),
            ("Alone", Super::Unsaid),
            ("Gemmed", named("OtherBase")),
            ("Foreign", named("Lib::App")),
            ("Older", named("Lib::Controller")),
            ("Nowhere", named("Rack::App")),
            ("Called", named("Rack::Base")),
            ("Computed", Super::Open),
            ("Error", named("StandardError")),
            ("Loop", named("Pool")),
            ("Pool", named("Loop")),
        ];
        for (name, superclass) in facts {
            classes.add(ClassFact {
                name: name.to_owned(),
                superclass,
                placed: None,
            });
        }
        classes.add(ClassFact {
            name: "OrdersController".to_owned(),
            superclass: named("Rack::App"),
            placed: Some("controller".to_owned()),
        });
        classes.add(ClassFact {
            name: "Routed".to_owned(),
            superclass: named("Rack::App"),
            placed: None,
        });
        for name in ["Mixed", "Unmixed", "Somewhere"] {
            classes.add_module(name.to_owned());
        }
        let text = str::to_owned;
        for tie in [
            Tie::Includes {
                into: Some(text("Shop::Orders")),
                module: text("Mixed"),
            },
            Tie::Includes {
                into: None,
                module: text("Somewhere"),
            },
            Tie::Routed {
                role: text("base"),
                nesting: text("Karafka"),
                class: text("Routed"),
            },
            Tie::Listens {
                to: text("Lib"),
                nesting: String::new(),
                class: text("Alone"),
            },
            Tie::Hears {
                class: text("Alone"),
                method: text("on_it"),
            },
        ] {
            classes.add_tie(tie);
        }
        classes.settle();
        classes
    }

    #[test]
    fn kinship_goes_through_files_and_nesting() {
        let namespaces = BTreeSet::from(["Lib".to_owned()]);
        let others = BTreeSet::from(["Lib::App".to_owned()]);
        let classes = classes();
        let kin = |class: &str, want: Want| {
            let class = class.to_owned();
            classes.kinship(&ClassNeed { class, want }, &namespaces, &others)
        };
        let base = |class: &str| kin(class, Want::Base("Lib::Base".to_owned()));
        for class in ["Shop::Orders", "Routed"] {
            assert_eq!(base(class), Kinship::Proven, "{class}");
        }
        assert_eq!(kin("Shop::Orders", Want::Ours), Kinship::Proven);
        for class in ["Gemmed", "Mixed"] {
            assert_eq!(base(class), Kinship::Likely, "{class}");
        }
        for class in ["Nowhere", "Called", "Computed", "Somewhere", "Older"] {
            assert_eq!(base(class), Kinship::Unknown, "{class}");
        }
        for class in [
            "Alone",
            "Foreign",
            "Error",
            "OrdersController",
            "Loop",
            "Unheard",
            "Unmixed",
        ] {
            assert_eq!(base(class), Kinship::No, "{class}");
        }
        let listens = |class: &str, to: &str| kin(class, Want::Listens(to.to_owned()));
        assert_eq!(listens("Alone", "Lib"), Kinship::Proven);
        assert_eq!(listens("Alone", "Other"), Kinship::No);
        assert_eq!(listens("Gemmed", "Lib"), Kinship::Likely);
        assert_eq!(listens("Foreign", "Lib"), Kinship::Proven);
        assert_eq!(
            kin("Alone", Want::Hears("on_it".to_owned())),
            Kinship::Proven
        );
        assert_eq!(
            kin("Alone", Want::Hears("on_other".to_owned())),
            Kinship::No
        );
        assert_eq!(
            kin("Nowhere", Want::Hears("on_it".to_owned())),
            Kinship::Unknown
        );
    }
}
