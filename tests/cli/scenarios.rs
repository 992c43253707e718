//! One corpus for all languages: `tests/scenarios/*.json` gives the same bytes (the document of the
//! plan, the next step as Markdown and as HTML) through the program, the library and, where
//! `RUNGS_C_CORPUS`, `RUNGS_RUBY_CORPUS` and `RUNGS_GO_CORPUS` name the drivers
//! (bindings/c/tests/corpus.c, bindings/ruby/test/corpus.rb, bindings/go/cmd/corpus), through the other
//! languages. JavaScript compares by itself: bindings/web/test/corpus.test.js.
//!
//! A scenario names a lockfile, the Ruby installed, a compact index, overlays of the embedded catalog (all paths
//! from the root of the repository), a `rungs.request/1`, and what to expect: outcome and number of
//! steps, or the code of an error. `UPDATE=1` writes the expectations anew.

use rungs::catalog::{Catalog, Source};
use rungs::index::MemoryIndex;
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Planner;
use rungs::{planner, report, wire};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Scenario {
    path: PathBuf,
    document: Value,
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

impl Scenario {
    fn all() -> Vec<Self> {
        let mut paths: Vec<_> = fs::read_dir(root().join("tests/scenarios"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        paths.sort();
        paths
            .into_iter()
            .map(|path| Scenario {
                document: serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
                path,
            })
            .collect()
    }

    fn name(&self) -> &str {
        self.path.file_stem().unwrap().to_str().unwrap()
    }

    fn lockfile(&self) -> &str {
        self.document["lockfile"].as_str().unwrap()
    }

    fn ruby(&self) -> Option<&str> {
        self.document["ruby"].as_str()
    }

    /// The folder of a compact index; empty without one.
    fn index(&self) -> &str {
        self.document["index"].as_str().unwrap_or("")
    }

    fn overlays(&self) -> Vec<String> {
        texts(&self.document["overlays"])
    }

    fn request(&self) -> String {
        self.document["request"].to_string()
    }

    /// What a call of the program prints; of `plan` the document, of `next` another format.
    fn through_the_program(&self, next: &str) -> String {
        let request = &self.document["request"];
        let [command, format] = match next {
            "" => ["plan", "json"],
            format => ["next", format],
        };
        let mut args = vec![command, "--format", format, "--lockfile", self.lockfile()]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let mut say = |option: &str, value: String| args.extend([option.to_owned(), value]);
        for overlay in self.overlays() {
            say("--catalog", overlay);
        }
        for (field, option) in [
            ("to", "--to"),
            ("pins", "--pin"),
            ("accept", "--accept"),
            ("drop", "--drop"),
        ] {
            for text in texts(&request[field]) {
                say(option, text);
            }
        }
        for (property, answer) in request["properties"].as_object().into_iter().flatten() {
            let answer = if answer == true { "yes" } else { "no" };
            say("--property", format!("{property}={answer}"));
        }
        for (field, option) in [("ruby_to", "--ruby-to"), ("as_of", "--as-of")] {
            if let Some(text) = request[field].as_str() {
                say(option, text.to_owned());
            }
        }
        if let Some(ruby) = self.ruby() {
            say("--ruby", ruby.to_owned());
        }
        if !self.index().is_empty() {
            say("--index", self.index().to_owned());
        }
        if let Some(days) = request["min_age"].as_u64() {
            say("--min-age", days.to_string());
        }
        for (field, option) in [
            ("ruby_fixed", "--ruby-fixed"),
            ("keep_gemfile", "--keep-gemfile"),
        ] {
            if request[field] == true {
                args.push(option.to_owned());
            }
        }
        output(
            Command::new(env!("CARGO_BIN_EXE_rungs"))
                .env("SOURCE_DATE_EPOCH", crate::program::NOW)
                .args(args),
        )
    }

    fn through_the_library(&self, next: &str) -> String {
        let plan = || {
            let mut catalog = Catalog::karafka()?;
            for overlay in self.overlays() {
                let text = fs::read_to_string(root().join(&overlay)).unwrap();
                catalog = catalog.overlay(vec![Source::new(overlay, text)])?;
            }
            let lockfile = Lockfile::parse(&fs::read(root().join(self.lockfile())).unwrap())?;
            let mut snapshot = Snapshot::from_lockfile(&lockfile)?;
            if let Some(ruby) = self.ruby() {
                snapshot = snapshot.with_runtime("ruby", ruby);
            }
            let request = wire::read_request(&self.request(), &catalog)?;
            if self.index().is_empty() {
                return planner::plan(&catalog, &snapshot, &request);
            }
            let mut index = MemoryIndex::new();
            loop {
                let planner = Planner::new(&catalog, &snapshot).index(&mut index);
                let plan = planner.plan(&request)?;
                let missing = index.missing();
                if missing.is_empty() {
                    return Ok(plan);
                }
                for name in missing {
                    let file = root().join(self.index()).join("info").join(&name);
                    index.add(&name, fs::read(file).ok().as_deref());
                }
            }
        };
        match plan() {
            Ok(plan) => match next {
                "markdown" => report::next_markdown(&plan),
                "html" => report::next_html(&plan),
                _ => wire::plan_document(&plan),
            },
            Err(error) => wire::error_document(&error),
        }
    }

    /// Through a language whose driver takes LOCKFILE RUBY REQUEST NEXT INDEX [OVERLAY]...
    fn through_driver(&self, program: &Path, next: &str) -> String {
        let (ruby, request) = (self.ruby().unwrap_or(""), self.request());
        output(
            Command::new(program)
                .args([self.lockfile(), ruby, &request, next, self.index()])
                .args(self.overlays()),
        )
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_same_bytes_in_all_languages() {
    let mut drivers = Vec::new();
    for language in ["C", "RUBY", "GO"] {
        match std::env::var_os(format!("RUNGS_{language}_CORPUS")) {
            Some(path) => drivers.push((language, PathBuf::from(path))),
            None => println!(
                "NOT RUN through {language}: scripts/test {} does",
                language.to_lowercase()
            ),
        }
    }
    let all = Scenario::all();
    assert!(all.len() >= 12, "{}", all.len());
    for scenario in all {
        let name = scenario.name();
        let program = scenario.through_the_program("");
        let document: Value = serde_json::from_str(&program).unwrap();
        // A call that is refused has its document only.
        let formats: &[&str] = match document["outcome"].is_null() {
            true => &[""],
            false => &["", "markdown", "html"],
        };
        for next in formats {
            let program = scenario.through_the_program(next);
            assert!(!program.is_empty(), "{name} {next}");
            assert_eq!(program, scenario.through_the_library(next), "{name} {next}");
            for (language, driver) in &drivers {
                assert_eq!(
                    program,
                    scenario.through_driver(driver, next),
                    "{name} {next} through {language}"
                );
            }
        }
        let got = match document["outcome"].as_str() {
            Some(outcome) => json!({
                "outcome": outcome,
                "steps": document["steps"].as_array().unwrap().len()
            }),
            None => json!({"error": document["problems"][0]["code"]}),
        };
        if std::env::var_os("UPDATE").is_some() && got != scenario.document["expect"] {
            let mut changed = scenario.document.clone();
            changed["expect"] = got.clone();
            let text = serde_json::to_string_pretty(&changed).unwrap() + "\n";
            fs::write(&scenario.path, text).unwrap();
        } else {
            assert_eq!(got, scenario.document["expect"], "{name}");
        }
    }
}

#[test]
fn a_step_by_itself_is_the_step_of_the_plan() {
    for scenario in Scenario::all() {
        let whole: Value = serde_json::from_str(&scenario.through_the_library("")).unwrap();
        let Some(steps) = whole["steps"].as_array() else {
            continue;
        };
        let catalog = Catalog::karafka().unwrap();
        let lockfile = fs::read(root().join(scenario.lockfile())).unwrap();
        let lockfile = Lockfile::parse(&lockfile).unwrap();
        let snapshot = Snapshot::from_lockfile(&lockfile).unwrap();
        let request = wire::read_request(&scenario.request(), &catalog).unwrap();
        let is_plain = scenario.overlays().is_empty() && scenario.index().is_empty();
        if scenario.ruby().is_some() || !is_plain {
            continue;
        }
        let plan = planner::plan(&catalog, &snapshot, &request).unwrap();
        for (index, step) in steps.iter().enumerate() {
            let alone = wire::step_document(&plan, index).unwrap();
            assert_eq!(&serde_json::from_str::<Value>(&alone).unwrap(), step);
        }
        assert_eq!(wire::step_document(&plan, steps.len()), None);
    }
}
