//! All patterns of a catalog, in tables by what the source shows first.
//!
//! Words are learned from the catalog alone: its namespaces are the roots of constants that are
//! called as packages are, its vocabulary what patterns send messages to.

use super::pattern::{Argument, Form, Inner, Key, Opener, Pattern, Routing, Scope, read};
use super::value::Given;
use crate::catalog::{Action, ActionKind, DetectKind, DetectRole};
use crate::name::Name;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An action that has patterns.
#[derive(Clone, Debug)]
pub(super) struct Ruled {
    pub(super) name: Name,
    pub(super) package: Name,
    /// Whether finding nothing means that it does not apply.
    pub(super) decidable: bool,
    /// Its package is one of the catalog.
    pub(super) is_planned: bool,
    /// Whether a Gemfile that was read decides: only its entries are looked for.
    pub(super) by_gemfile: bool,
    /// Whether patterns of this role stand beside the finds.
    pub(super) has_with: bool,
    pub(super) has_met: bool,
    pub(super) has_after: bool,
    pub(super) has_before: bool,
    /// The namespace that is called as its package is.
    pub(super) root: Option<String>,
}

type Table = HashMap<Vec<u8>, Vec<usize>>;

#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) actions: Vec<Ruled>,
    pub(super) patterns: Vec<Pattern>,
    /// By the name of the call.
    pub(super) calls: Table,
    pub(super) constants: Table,
    pub(super) defs: Table,
    pub(super) gems: Table,
    pub(super) keywords: Table,
    pub(super) rescues: Table,
    /// By the text of the event or the compared value.
    pub(super) texts: Table,
    pub(super) requires: Vec<usize>,
    pub(super) indexes: Vec<usize>,
    /// Given by place, by the name of the call.
    pub(super) by_place: Table,
    /// By the last of their names.
    pub(super) bare: Table,
    /// By opener.
    pub(super) configs: Vec<Vec<usize>>,
    pub(super) openers: Vec<Opener>,
    pub(super) drawings: Vec<Opener>,
    pub(super) commands: Vec<usize>,
    pub(super) files: Vec<usize>,
    pub(super) namespaces: BTreeSet<String>,
    pub(super) vocabulary: BTreeSet<String>,
    /// Roots of all constants that patterns name.
    pub(super) roots: BTreeSet<String>,
    /// Classes that patterns name as scopes and receivers.
    pub(super) classes: BTreeSet<String>,
    /// Words that are called as a class of a namespace is, with the namespaces; first those whose
    /// class patterns name by itself.
    houses: BTreeMap<String, Vec<String>>,
    /// What routing calls the classes that inherit from a base: `consumer`.
    pub(super) roles: BTreeSet<String>,
    /// Methods of listeners that patterns ask for.
    pub(super) heard: BTreeSet<String>,
    /// The packages that are planned.
    pub(super) packages: BTreeSet<String>,
    /// A word that occurs wherever a pattern is found, with the actions.
    pub(super) marks: HashMap<Vec<u8>, Vec<usize>>,
}

impl Rules {
    pub(super) fn new<'a>(actions: impl Iterator<Item = &'a Action>) -> Self {
        let mut rules = Rules::default();
        let mut list: Vec<&Action> = actions.filter(|one| !one.detects().is_empty()).collect();
        list.sort_by(|a, b| a.id().cmp(b.id()));
        // A subject beside the catalog's packages is a name of others.
        let planned = list.iter().filter(|one| one.is_planned());
        let packages: BTreeSet<&str> = planned.map(|one| one.package().as_str()).collect();
        for (at, action) in list.iter().enumerate() {
            let mut decidable = decides(action);
            let gems = rules.patterns.len();
            for detect in action.detects() {
                let given = detect.given().map(Given::read);
                let admitted = action.constraint().filter(|constraint| {
                    let name = detect.value().strip_prefix("gem '");
                    name.is_some_and(|name| {
                        name.trim_end_matches('\'') == constraint.package().as_str()
                    })
                });
                match (read(detect), given) {
                    (_, Some(None)) | (None, _) => decidable = false,
                    (Some((scope, form)), given) => rules.patterns.push(Pattern {
                        action: at,
                        value: detect.value().to_owned(),
                        replacement: detect.replacement().map(str::to_owned),
                        is_edit: detect.is_mechanical(),
                        role: detect.role(),
                        of: detect.of().map(str::to_owned),
                        given: given.flatten(),
                        lacks: detect.lacks().to_vec(),
                        used: detect.used(),
                        admitted: admitted.map(|constraint| constraint.range().to_set()),
                        scope,
                        form,
                    }),
                }
            }
            let own = &rules.patterns[gems..];
            let has = |role| own.iter().any(|pattern| pattern.role == role);
            let finds = own
                .iter()
                .filter(|pattern| pattern.role == DetectRole::Find);
            rules.actions.push(Ruled {
                name: action.id().clone(),
                package: action.package().clone(),
                is_planned: action.is_planned(),
                decidable: decidable && has(DetectRole::Find),
                by_gemfile: has(DetectRole::Find)
                    && finds
                        .clone()
                        .all(|pattern| matches!(pattern.form, Form::Gem(_))),
                has_with: has(DetectRole::With),
                has_met: has(DetectRole::Met),
                has_after: has(DetectRole::After),
                has_before: has(DetectRole::Before),
                root: None,
            });
        }
        rules.packages = packages.iter().map(|name| (*name).to_owned()).collect();
        rules.words(&packages);
        // Nothing is to be found by what only says where to look, but its words are known.
        rules
            .patterns
            .retain(|pattern| pattern.role != DetectRole::Hint);
        rules.tables();
        rules
    }

    /// Namespaces, vocabulary, and what opens setups and drawings.
    fn words(&mut self, packages: &BTreeSet<&str>) {
        let mut openers: BTreeMap<Opener, ()> = BTreeMap::new();
        let mut bases: BTreeSet<String> = BTreeSet::new();
        for pattern in &self.patterns {
            let mut classes: Vec<&str> = Vec::new();
            match &pattern.scope {
                Scope::Setup(opener) => {
                    openers.insert(opener.clone(), ());
                    classes.push(&opener.class);
                }
                Scope::Routing(Routing::Drawing(opener)) if !self.drawings.contains(opener) => {
                    self.drawings.push(opener.clone());
                }
                Scope::Subclass(class) | Scope::Instance(class) => {
                    if matches!(pattern.scope, Scope::Subclass(_))
                        && self.actions[pattern.action].is_planned
                    {
                        bases.extend(class.split("::").next().map(str::to_owned));
                    }
                    classes.push(class);
                    self.roles.insert(snake(last_word(class)));
                }
                Scope::Call(call) => {
                    classes.extend(call.class.as_deref());
                    self.vocabulary.extend(call.word.clone());
                }
                _ => {}
            }
            match &pattern.form {
                Form::Constant { path, .. } => {
                    self.roots.extend(path.first().cloned());
                }
                Form::Call(call) => {
                    if let Argument::Hearing(method) = &call.argument {
                        self.heard.insert(method.clone());
                    }
                    classes.extend(call.class.as_deref());
                    self.vocabulary.extend(call.words.iter().cloned());
                }
                Form::Index { receiver, .. } => self.vocabulary.extend(receiver.iter().cloned()),
                Form::Compare { word, .. } => {
                    self.vocabulary.insert(word.clone());
                }
                _ => {}
            }
            for class in classes {
                self.classes.insert(class.to_owned());
                let root = class.split("::").next().unwrap_or(class);
                self.roots.insert(root.to_owned());
                let last = class.rsplit("::").next().unwrap_or(class);
                if class.contains("::") {
                    self.vocabulary.insert(snake(last));
                    for (at, part) in class.split("::").enumerate().skip(1) {
                        let houses = self.houses.entry(snake(part)).or_default();
                        let is_known = houses.iter().any(|house| house == root);
                        match (is_known, at == 1 && part == last) {
                            (true, false) => {}
                            (_, true) => {
                                houses.retain(|house| house != root);
                                houses.insert(0, root.to_owned());
                            }
                            (false, false) => houses.push(root.to_owned()),
                        }
                    }
                }
            }
        }
        self.openers = openers.into_keys().collect();
        // What a package is called, and what an application inherits from.
        let is_ours = |root: &&String| {
            packages.contains(root.to_lowercase().as_str()) || bases.contains(*root)
        };
        self.namespaces = self.roots.iter().filter(is_ours).cloned().collect();
        for houses in self.houses.values_mut() {
            houses.retain(|house| self.namespaces.contains(house));
        }
        for action in &mut self.actions {
            let is_own = |root: &&String| root.to_lowercase() == action.package.as_str();
            action.root = self.namespaces.iter().find(is_own).cloned();
        }
    }

    fn tables(&mut self) {
        self.configs = vec![Vec::new(); self.openers.len()];
        for pattern in &self.patterns {
            for mark in marks(&pattern.form) {
                let actions = self.marks.entry(longest_word(mark)).or_default();
                if actions.last() != Some(&pattern.action) {
                    actions.push(pattern.action);
                }
            }
        }
        for (at, pattern) in self.patterns.iter().enumerate() {
            let put = |table: &mut Table, key: &str| {
                table.entry(key.as_bytes().to_vec()).or_default().push(at);
            };
            match &pattern.form {
                Form::Call(call) => put(&mut self.calls, &call.name),
                Form::Within { outer, .. } => put(&mut self.calls, outer),
                Form::Constant { path, .. } => {
                    put(&mut self.constants, path.last().map_or("", String::as_str));
                }
                Form::Def(name) => put(&mut self.defs, name),
                Form::Gem(name) => put(&mut self.gems, name),
                Form::Rescue(class) => put(&mut self.rescues, class),
                Form::Event(event) => {
                    put(&mut self.texts, event);
                    put(&mut self.defs, &format!("on_{}", event.replace('.', "_")));
                }
                Form::Compare { value, .. } => put(&mut self.texts, value),
                Form::Keyword {
                    positional: true, ..
                } => {
                    if let Scope::Call(call) = &pattern.scope {
                        put(&mut self.by_place, &call.name);
                    }
                }
                Form::Keyword { name, .. } => put(&mut self.keywords, name),
                Form::Config(path) => match &pattern.scope {
                    Scope::Setup(opener) => {
                        let own = self.openers.binary_search(opener);
                        self.configs[own.unwrap_or(0)].push(at);
                    }
                    _ => put(&mut self.bare, path.names.last().map_or("", String::as_str)),
                },
                Form::Require(_) => self.requires.push(at),
                Form::Index { .. } => self.indexes.push(at),
                Form::Command(_) | Form::Flag(_) => self.commands.push(at),
                Form::File(_) => self.files.push(at),
            }
        }
    }

    /// The namespace of what a word is called as: the wanted one where there are several.
    pub(super) fn house(&self, word: &str, wanted: Option<&str>) -> Option<&str> {
        let houses = self.houses.get(word).or_else(|| {
            let (_, last) = word.rsplit_once('_')?;
            self.houses.get(last)
        })?;
        let own = houses.iter().find(|house| Some(house.as_str()) == wanted);
        own.or(houses.first()).map(String::as_str)
    }

    /// Actions of which a pattern may stand in a source, by its words alone.
    pub(super) fn mentioned(&self, source: &[u8]) -> BTreeSet<usize> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let words = source.split(|byte| !is_part(byte));
        let found = words.filter_map(|word| self.marks.get(word));
        found.flatten().copied().collect()
    }

    /// Whether a word says by itself what it belongs to.
    pub(super) fn is_own_word(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.namespaces
            .iter()
            .any(|root| word.contains(&root.to_lowercase()))
    }

    /// Whether a name is rare enough to stand for itself.
    pub(super) fn is_telling(&self, name: &str) -> bool {
        let breaks = name.bytes().filter(|byte| *byte == b'_').count();
        breaks >= 2 || breaks == 1 && name.len() > 16 || self.is_own_word(name)
    }

    /// Whether a name is one that patterns send messages to: `producer`, also `kafka_producer`.
    pub(super) fn is_known_word(&self, word: &str) -> bool {
        self.vocabulary.contains(word)
            || word
                .rsplit_once('_')
                .is_some_and(|(_, last)| self.vocabulary.contains(last))
    }
}

/// Finding nothing decides only where the pattern is the very thing that changed; a changed default
/// concerns those who say nothing, and a command may be called from elsewhere.
fn decides(action: &Action) -> bool {
    let by_kind = matches!(
        action.kind(),
        ActionKind::ApiRemoved
            | ActionKind::ApiRenamed
            | ActionKind::ApiChanged
            | ActionKind::ConfigRemoved
            | ActionKind::ConfigRenamed
            | ActionKind::UnitChanged
            | ActionKind::Deprecation
            | ActionKind::DependencyDropped
            | ActionKind::InstrumentationChanged
    );
    // What is met decides as well as what is found.
    let is_command = |detect: &crate::catalog::Detect| {
        detect.kind() == DetectKind::CliFlag && detect.role() != DetectRole::Hint
    };
    by_kind && !action.detects().iter().any(is_command)
}

/// Texts of which one is in every source that shows a pattern.
fn marks(form: &Form) -> Vec<&str> {
    match form {
        Form::Config(path) => match &path.key {
            Some(key) => vec![key],
            None => path.names.last().map(String::as_str).into_iter().collect(),
        },
        Form::Constant { path, .. } => path.last().map(String::as_str).into_iter().collect(),
        Form::Call(call) => vec![&call.name],
        Form::Def(name) | Form::Gem(name) | Form::Event(name) | Form::File(name) => vec![name],
        Form::Rescue(name) => vec![name.rsplit("::").next().unwrap_or(name)],
        Form::Require(Argument::Text(text) | Argument::Source(text)) => vec![text],
        Form::Require(_) => vec!["require"],
        Form::Index { receiver, key, .. } => match key {
            Key::Text(text) | Key::Symbol(text) => vec![text],
            _ => receiver.last().map(String::as_str).into_iter().collect(),
        },
        Form::Compare { value, .. } => vec![value],
        Form::Within { outer, inner } => match inner {
            Inner::Call(call) => vec![&call.name],
            _ => vec![outer],
        },
        Form::Keyword { name, .. } => vec![name],
        // Commands are looked for elsewhere.
        Form::Command(_) | Form::Flag(_) => Vec::new(),
    }
}

/// The longest row of letters, digits and underscores.
fn longest_word(text: &str) -> Vec<u8> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let longest = words.max_by_key(|word| word.len()).unwrap_or(text);
    longest.as_bytes().to_vec()
}

/// `BaseConsumer` as `base_consumer`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// `BaseConsumer` as `Consumer`.
pub(super) fn last_word(name: &str) -> &str {
    let name = name.rsplit("::").next().unwrap_or(name);
    let at = name.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or(0);
    &name[at..]
}
