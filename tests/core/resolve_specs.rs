//! Joint resolution against the questions of the public Resolver-Integration-Specs and random ones
//! over real registry extracts, each answered by real Bundler and checked by a SAT solver.

use crate::common;
use rungs::resolve::{
    Candidate, Limits, Registry, RegistryProvider, Resolution, RootRequirement, Solution, resolve,
};
use rungs::{Requirement, Result, Scheme, Version};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Cases in which newer releases would need one another in a circle.
const CIRCLES: [&str; 1] = ["fixed_circular"];

/// The random questions were put to this Bundler: what a Gemfile wants of Bundler it wants of it.
const BUNDLER: (&str, &str) = ("bundler", "4.0.22");

type Picked = BTreeMap<String, Version>;

fn specs() -> Option<PathBuf> {
    let folder = common::shared().map(|shared| shared.join("resolver-specs"));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("NOT RUN: no resolver-specs in ../shared or RUNGS_SHARED");
    }
    folder
}

fn version(text: &str) -> Version {
    Version::parse(Scheme::RubyGems, text).unwrap()
}

/// An empty requirement is `>= 0`.
fn requirement(text: &str) -> Requirement {
    if text.is_empty() {
        Requirement::any(Scheme::RubyGems)
    } else {
        Requirement::parse(Scheme::RubyGems, text).unwrap()
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn pairs(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_object().unwrap().iter();
    pairs
        .map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned()))
        .collect()
}

/// One release and what it needs.
type Listed = (Version, Vec<(String, Requirement)>);

/// A registry extract.
struct Index(BTreeMap<String, Vec<Listed>>);

impl Index {
    fn read(path: &Path) -> Self {
        let mut index = BTreeMap::new();
        for (name, releases) in read(path).as_object().unwrap() {
            let releases = releases.as_array().unwrap().iter().map(|release| {
                let needs = pairs(&release["dependencies"]).into_iter();
                let needs = needs.map(|(on, text)| (on, requirement(&text))).collect();
                (version(release["version"].as_str().unwrap()), needs)
            });
            index.insert(name.clone(), releases.collect());
        }
        Index(index)
    }
}

/// The index as one question sees it: prereleases last unless a root or a lock names one.
struct Question<'a> {
    index: &'a Index,
    requested: &'a BTreeMap<String, String>,
    locked: &'a BTreeMap<String, String>,
}

impl Registry for Question<'_> {
    type Package = String;

    fn candidates(&mut self, name: &String) -> Result<Vec<Candidate>> {
        let listed = self.index.0.get(name).map_or(&[][..], Vec::as_slice);
        let named = |texts: &BTreeMap<String, String>| {
            texts
                .get(name)
                .is_some_and(|text| text.chars().any(char::is_alphabetic))
        };
        let named = named(self.requested) || named(self.locked) || listed.len() == 1;
        let locked = self.locked.get(name).map(|text| version(text));
        let offers = listed.iter().map(|(version, needs)| {
            let mut offer = Candidate::new(version.clone(), needs.clone());
            offer.last_resort = version.is_prerelease() && !named;
            offer.preferred = locked.as_ref() == Some(version);
            offer
        });
        Ok(offers.collect())
    }
}

fn ask(question: Question<'_>, refuse_loops: bool) -> (Resolution, Option<Picked>) {
    let requested = question.requested.clone();
    let mut provider = RegistryProvider::new(question);
    let mut roots = Vec::new();
    for (name, text) in &requested {
        let on = provider.number(name);
        let wanted = requirement(text);
        if name == BUNDLER.0 && wanted.matches(&version(BUNDLER.1)) {
            continue;
        }
        let allowed = provider
            .places(on, |version| wanted.matches(version) && name != BUNDLER.0)
            .unwrap();
        roots.push(RootRequirement {
            on,
            allowed,
            assumed: false,
        });
    }
    let limits = Limits {
        refuse_loops,
        ..Limits::default()
    };
    let answer = resolve(&mut provider, &roots, limits).unwrap();
    let picked = match &answer {
        Resolution::Solved(pick) => Some(named(&mut provider, pick)),
        _ => None,
    };
    (answer, picked)
}

fn named<R: Registry<Package = String>>(
    provider: &mut RegistryProvider<R>,
    pick: &Solution,
) -> Picked {
    let mut picked = Picked::new();
    for (package, place) in pick.releases() {
        let version = provider.versions(*package).unwrap()[*place].clone();
        picked.insert(provider.package_of(*package).unwrap().clone(), version);
    }
    picked
}

/// What is wrong with a pick, judged by the extract alone.
fn wrong(index: &Index, requested: &BTreeMap<String, String>, picked: &Picked) -> Option<String> {
    let release = |name: &str| {
        let version = picked.get(name)?;
        index.0.get(name)?.iter().find(|it| it.0 == *version)
    };
    let mut open: Vec<String> = requested.keys().cloned().collect();
    let mut seen = BTreeSet::new();
    for (name, text) in requested {
        match picked.get(name) {
            Some(version) if requirement(text).matches(version) => {}
            other => return Some(format!("{name} is {other:?}, wanted {text}")),
        }
    }
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some((version, needs)) = release(&name) else {
            return Some(format!(
                "no such release of {name}: {:?}",
                picked.get(&name)
            ));
        };
        for (on, wanted) in needs {
            match picked.get(on) {
                Some(found) if wanted.matches(found) => open.push(on.clone()),
                other => return Some(format!("{name} {version} needs {on} {wanted}: {other:?}")),
            }
        }
    }
    picked
        .keys()
        .find(|name| !seen.contains(*name))
        .map(|name| format!("{name} is not needed"))
}

/// Could a package be newer (a locked one: stay), with all others as they are?
fn could_be_better(question: &Question<'_>, picked: &Picked) -> Option<String> {
    for (name, version) in picked {
        let listed = &question.index.0[name];
        let locked = question.locked.get(name).map(|text| self::version(text));
        if locked.as_ref() == Some(version) {
            continue;
        }
        for (other, _) in listed {
            let better = match &locked {
                Some(locked) if other == locked => true,
                _ => other > version && (version.is_prerelease() || !other.is_prerelease()),
            };
            let mut changed = picked.clone();
            changed.insert(name.clone(), other.clone());
            if better && wrong(question.index, question.requested, &changed).is_none() {
                return Some(format!("{name} {version} could be {other}"));
            }
        }
    }
    None
}

#[test]
fn the_integration_cases_are_answered_as_the_suite_expects() {
    let Some(folder) = specs() else { return };
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("case"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut same, mut differ) = (0, Vec::new());
    for file in &files {
        let case = read(file);
        let index = format!("{}.json", case["index"].as_str().unwrap());
        let index = Index::read(&folder.join("index").join(index));
        let (requested, locked) = (pairs(&case["requested"]), pairs(&case["locked"]));
        let expected: Picked = pairs(&case["resolved"])
            .into_iter()
            .map(|(name, text)| (name, version(&text)))
            .collect();
        let conflicts = case["conflicts"].as_array().unwrap();
        let question = || Question {
            index: &index,
            requested: &requested,
            locked: &locked,
        };
        let (answer, picked) = ask(question(), true);
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        match picked {
            None => {
                assert!(
                    matches!(answer, Resolution::Impossible(_)),
                    "{name}: {answer:?}"
                );
                assert!(!conflicts.is_empty(), "{name} has an answer: {expected:?}");
                same += 1;
            }
            Some(picked) => {
                assert!(conflicts.is_empty(), "{name} has none: {picked:?}");
                assert_eq!(wrong(&index, &requested, &picked), None, "{name}");
                if !CIRCLES.contains(&name.as_str()) {
                    assert_eq!(could_be_better(&question(), &picked), None, "{name}");
                }
                if picked == expected {
                    same += 1;
                } else {
                    differ.push(name.clone());
                    differences(&name, &expected, &picked, &locked);
                }
            }
        }
    }
    println!(
        "{} cases: {same} as the suite expects, other valid picks in {differ:?}",
        files.len()
    );
    assert_eq!(files.len(), 27);
}

fn differences(
    name: &str,
    theirs: &Picked,
    ours: &Picked,
    locked: &BTreeMap<String, String>,
) -> (usize, usize) {
    let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let (mut newer, mut older) = (0, 0);
    for package in names {
        let (their, our) = (theirs.get(package), ours.get(package));
        if their != our {
            newer += usize::from(our > their);
            older += usize::from(our < their);
            let text = |it: Option<&Version>| it.map_or("absent".to_owned(), ToString::to_string);
            let was = locked
                .get(package)
                .map_or(String::new(), |was| format!(", locked {was}"));
            println!(
                "  {name}: {package} {}, theirs {}{was}",
                text(our),
                text(their)
            );
        }
    }
    (newer, older)
}

#[test]
fn random_questions_over_real_extracts_are_answered_as_a_sat_solver_does() {
    let Some(folder) = specs() else { return };
    let text = fs::read_to_string(folder.join("random.jsonl")).unwrap();
    let mut indexes: BTreeMap<String, Index> = BTreeMap::new();
    let nothing = BTreeMap::new();
    let (mut possible, mut impossible, mut same) = (0, 0, 0);
    let (mut newer, mut older, mut work) = (0, 0, 0);
    for (number, line) in text.lines().enumerate() {
        let asked: Value = serde_json::from_str(line).unwrap();
        let name = asked["index"].as_str().unwrap();
        let index = indexes
            .entry(name.to_owned())
            .or_insert_with(|| Index::read(&folder.join("index").join(format!("{name}.json"))));
        let requested = pairs(&asked["requested"]);
        let question = || Question {
            index,
            requested: &requested,
            locked: &nothing,
        };
        let (answer, picked) = ask(question(), false);
        let name = format!("{number} ({name})");
        match picked {
            None => {
                assert!(
                    matches!(answer, Resolution::Impossible(_)),
                    "{name}: {answer:?}"
                );
                assert_eq!(asked["checked"], "unsatisfiable", "{name}: {requested:?}");
                impossible += 1;
            }
            Some(picked) => {
                assert_ne!(asked["checked"], "unsatisfiable", "{name}: {picked:?}");
                assert_eq!(wrong(index, &requested, &picked), None, "{name}");
                assert_eq!(could_be_better(&question(), &picked), None, "{name}");
                possible += 1;
                if let Resolution::Solved(pick) = answer {
                    work += pick.work();
                }
                if asked["ok"] == true {
                    let theirs: Picked = pairs(&asked["picked"])
                        .into_iter()
                        .map(|(name, text)| (name, version(&text)))
                        .collect();
                    // Their picks leave Bundler itself out.
                    let mut picked = picked;
                    picked.remove(BUNDLER.0);
                    if theirs == picked {
                        same += 1;
                    } else {
                        let (up, down) = differences(&name, &theirs, &picked, &nothing);
                        newer += up;
                        older += down;
                    }
                }
            }
        }
    }
    println!(
        "{possible} possible, {impossible} impossible; {same} picks as Bundler's, in the others \
         {newer} packages newer and {older} older; {work} checks"
    );
    assert_eq!((possible, impossible), (191, 49));
}
