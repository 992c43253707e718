//! Where people work: what the GitHub Action, the hooks of pre-commit and the jobs of GitLab run, on events
//! that are written down, in repositories with real git. The services themselves are not asked.

use crate::apply;
use crate::program::{EXAMPLE, Folder, NOW};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The answer of a script.
struct Done {
    code: i32,
    out: String,
    err: String,
}

fn call(command: &mut Command, folder: &Path) -> Done {
    let done = command
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", NOW)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    Done {
        code: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

#[track_caller]
fn git(folder: &Path, args: &[&str]) -> String {
    let who = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let done = call(Command::new("git").args(who).args(args), folder);
    assert_eq!(done.code, 0, "git {args:?}: {}", done.err);
    done.out.trim().to_owned()
}

/// A repository with the example, and a commit on top of it that changes the lockfile to this.
fn repository(after: &str) -> (Folder, String) {
    let folder = Folder::with(&[("Gemfile.lock", EXAMPLE)]);
    git(&folder.0, &["init", "-q", "-b", "main"]);
    git(&folder.0, &["add", "."]);
    git(&folder.0, &["commit", "-q", "-m", "before"]);
    let base = git(&folder.0, &["rev-parse", "HEAD"]);
    fs::write(folder.0.join("Gemfile.lock"), after).unwrap();
    git(
        &folder.0,
        &["commit", "-q", "--allow-empty", "-a", "-m", "after"],
    );
    (folder, base)
}

/// `karafka` two lines ahead.
fn jumped() -> String {
    EXAMPLE.replace("    karafka (2.3.0)", "    karafka (2.5.9)")
}

/// The environment that `action.yml` gives to its script, for an event and inputs.
fn environment(event: &str, payload: &Value, inputs: &[(&str, &str)]) -> Vec<(String, String)> {
    let text = read("action.yml");
    let (_, steps) = text.split_once("    - name: Run rungs\n").unwrap();
    let lines = steps.lines().filter_map(|line| {
        let (name, value) = line.trim().split_once(": ")?;
        let expression = value.strip_prefix("${{ ")?.strip_suffix(" }}")?;
        Some((name, expression))
    });
    let value_of = |path: &str| -> String {
        if let Some(input) = path.strip_prefix("inputs.") {
            let given = inputs.iter().find(|(name, _)| *name == input);
            return given.map_or_else(|| default(&text, input), |(_, value)| (*value).to_owned());
        }
        if path == "github.event_name" {
            return event.to_owned();
        }
        let members = path
            .strip_prefix("github.event.")
            .unwrap_or_else(|| panic!("{path}"));
        let mut at = payload;
        for member in members.split('.') {
            at = &at[member];
        }
        at.as_str().unwrap_or_default().to_owned()
    };
    // As GitHub evaluates `a || b`: the first that is not empty.
    let evaluated = |expression: &str| {
        let values = expression.split(" || ").map(value_of);
        values
            .into_iter()
            .find(|value| !value.is_empty())
            .unwrap_or_default()
    };
    lines
        .map(|(name, expression)| (name.to_owned(), evaluated(expression)))
        .collect()
}

/// The default of an input.
fn default(action: &str, input: &str) -> String {
    let (_, after) = action
        .split_once(&format!("\n  {input}:\n"))
        .expect("an input");
    let line = after
        .lines()
        .find_map(|line| line.trim().strip_prefix("default: "));
    let default = line.expect("a default").trim_matches('"');
    if default.starts_with("${{") {
        ""
    } else {
        default
    }
    .to_owned()
}

/// Runs the action in a repository; gives what it printed, and the summary of the job.
fn action(
    folder: &Path,
    event: &str,
    payload: &Value,
    inputs: &[(&str, &str)],
    path: &str,
) -> (Done, String) {
    let runner = folder.join(".git/runner");
    fs::create_dir_all(&runner).unwrap();
    let summary = runner.join("summary");
    let _ = fs::remove_file(&summary);
    let own = [("program", env!("CARGO_BIN_EXE_rungs"))];
    let inputs = [inputs, &own[..]].concat();
    let done = call(
        Command::new("bash")
            .arg(root().join("ci/action.sh"))
            .envs(environment(event, payload, &inputs))
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", runner.join("output"))
            .env("PATH", path),
        folder,
    );
    (done, fs::read_to_string(summary).unwrap_or_default())
}

fn event(name: &str, base: &str) -> Value {
    let text = read(&format!("tests/fixtures/ci/{name}.json"));
    serde_json::from_str(&text.replace("BASE", base)).unwrap()
}

fn path() -> String {
    std::env::var("PATH").unwrap()
}

#[test]
fn a_pull_request_that_skips_a_line_is_annotated_and_fails() {
    let (folder, base) = repository(&jumped());
    let payload = event("pull_request", &base);
    let (done, summary) = action(&folder.0, "pull_request", &payload, &[], &path());
    assert_eq!((done.code, done.err.as_str()), (1, ""), "{}", done.out);
    assert!(
        done.out.contains("::error file=Gemfile.lock,line="),
        "{}",
        done.out
    );
    assert!(done.out.contains("karafka skips line 2.4"), "{}", done.out);
    assert!(
        summary.starts_with("### rungs lint: findings\n\n```text\n"),
        "{summary}"
    );
    assert!(
        summary.contains("skipped-line") && summary.ends_with("```\n"),
        "{summary}"
    );
    let output = fs::read_to_string(folder.0.join(".git/runner/output")).unwrap();
    assert_eq!(output, "code=1\n");
    // What is accepted by an option does not fail.
    let options = [(
        "options",
        "--accept skipped-line --accept gate-not-met --accept requirement",
    )];
    let (done, _) = action(&folder.0, "pull_request", &payload, &options, &path());
    assert!(!done.out.contains("skips line"), "{}", done.out);
}

#[test]
fn a_pull_request_without_a_change_or_with_a_new_lockfile_passes() {
    let (folder, base) = repository(EXAMPLE);
    let (done, summary) = action(
        &folder.0,
        "pull_request",
        &event("pull_request", &base),
        &[],
        &path(),
    );
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
    assert!(
        summary.contains("No package of the catalog karafka changes."),
        "{summary}"
    );
    fs::create_dir(folder.0.join("shop")).unwrap();
    fs::write(folder.0.join("shop/Gemfile.lock"), EXAMPLE).unwrap();
    let inputs = [("lockfile", "shop/Gemfile.lock")];
    let (done, summary) = action(
        &folder.0,
        "pull_request",
        &event("pull_request", &base),
        &inputs,
        &path(),
    );
    assert_eq!(done.code, 0, "{}", done.out);
    assert!(summary.contains("shop/Gemfile.lock is new"), "{summary}");
}

#[test]
fn a_shallow_checkout_fetches_the_base() {
    let (folder, base) = repository(&jumped());
    git(
        &folder.0,
        &["config", "uploadpack.allowAnySHA1InWant", "true"],
    );
    let shallow = Folder::with(&[]);
    let from = format!("file://{}", folder.0.display());
    git(&shallow.0, &["clone", "-q", "--depth=1", &from, "here"]);
    let here = shallow.0.join("here");
    let (done, _) = action(
        &here,
        "pull_request",
        &event("pull_request", &base),
        &[],
        &path(),
    );
    assert_eq!((done.code, done.err.as_str()), (1, ""), "{}", done.out);
    assert!(done.out.contains("karafka skips line 2.4"), "{}", done.out);
    let gone = "0123456789012345678901234567890123456789";
    let (done, _) = action(
        &here,
        "pull_request",
        &event("pull_request", gone),
        &[],
        &path(),
    );
    assert_eq!(done.code, 2);
    assert!(
        done.out
            .contains(&format!("::error::rungs: cannot fetch {gone}")),
        "{}",
        done.out
    );
}

#[test]
fn a_schedule_asks_for_the_status() {
    let (folder, _) = repository(EXAMPLE);
    let (done, summary) = action(&folder.0, "schedule", &event("schedule", ""), &[], &path());
    assert_eq!((done.code, done.err.as_str()), (1, ""), "{}", done.out);
    assert!(
        summary.starts_with("### rungs status: findings\n"),
        "{summary}"
    );
    assert!(summary.contains("support of the line"), "{summary}");
    assert!(
        done.out.contains("::warning file=Gemfile.lock::"),
        "{}",
        done.out
    );
    let (done, _) = action(
        &folder.0,
        "push",
        &event("schedule", ""),
        &[("command", "lint")],
        &path(),
    );
    assert_eq!(done.code, 2);
    assert!(
        done.out.contains("there is no commit to compare with"),
        "{}",
        done.out
    );
    let (done, _) = action(
        &folder.0,
        "push",
        &event("schedule", ""),
        &[("command", "fly")],
        &path(),
    );
    assert_eq!(
        (done.code, done.out.as_str()),
        (
            2,
            "::error::rungs: no command 'fly': expected auto, lint, status or propose\n"
        )
    );
}

#[test]
fn what_lies_beyond_the_catalog_warns_or_fails() {
    let lock = |version: &str| apply::lock([("karafka-rdkafka", version)], &["karafka-rdkafka"]);
    let (folder, _) = repository(&lock("0.28.0"));
    let base = git(&folder.0, &["rev-parse", "HEAD"]);
    fs::write(folder.0.join("Gemfile.lock"), lock("0.99.0")).unwrap();
    assert_eq!(folder.run(&["lint", "--base", &base]).code, 4);
    let payload = event("pull_request", &base);
    let (done, _) = action(&folder.0, "pull_request", &payload, &[], &path());
    assert_eq!(done.code, 0, "{}", done.out);
    let told = "::warning::rungs: something lies beyond the catalog";
    assert!(done.out.contains(told), "{}", done.out);
    let inputs = [("unknown", "fail")];
    let (done, _) = action(&folder.0, "pull_request", &payload, &inputs, &path());
    assert_eq!(done.code, 4, "{}", done.out);
}

/// In the place of the program of GitHub: it writes down what it is asked.
const GH: &str = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$GH_CALLS\"\n\
                  case $2 in list) cat \"$GH_CALLS.open\" 2>/dev/null ;; esac\n\
                  while [ $# -gt 0 ]; do [ \"$1\" = --body-file ] && cp \"$2\" \"$GH_CALLS.body\"; shift; done\nexit 0\n";

#[test]
fn propose_opens_the_pull_request_of_the_next_step_and_brings_it_up_to_date() {
    let (folder, _) = apply::project();
    let tools = folder.0.join("tools");
    fs::create_dir(&tools).unwrap();
    fs::write(
        tools.join("gh"),
        GH.replace("$GH_CALLS", &tools.join("calls").display().to_string()),
    )
    .unwrap();
    fs::rename(folder.0.join("bundle"), tools.join("bundle")).unwrap();
    for tool in ["gh", "bundle"] {
        fs::set_permissions(tools.join(tool), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let ignored = "tools\ncalls\nmode\n*.gemfile\n?.lock\nstray.lock\nshown*\n.rungs*\n";
    fs::write(folder.0.join(".gitignore"), ignored).unwrap();
    git(&folder.0, &["init", "-q", "-b", "main"]);
    git(&folder.0, &["add", "."]);
    git(&folder.0, &["commit", "-q", "-m", "before"]);
    let remote = Folder::with(&[]);
    git(&remote.0, &["init", "-q", "--bare"]);
    git(
        &folder.0,
        &["remote", "add", "origin", remote.0.to_str().unwrap()],
    );
    let path = format!("{}:{}", tools.display(), path());
    let inputs = [
        ("command", "propose"),
        ("options", "--to karafka=2.6 --ruby 3.2"),
    ];
    let (done, summary) = action(
        &folder.0,
        "schedule",
        &event("schedule", ""),
        &inputs,
        &path,
    );
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(
        summary.starts_with("### rungs propose: karafka 2.3.4"),
        "{summary}"
    );
    let pushed = git(&remote.0, &["show", "rungs/next-step:Gemfile"]);
    assert_eq!(pushed, apply::AFTER_1.trim());
    let lockfile = git(&remote.0, &["show", "rungs/next-step:Gemfile.lock"]);
    assert!(lockfile.contains("    karafka (2.3.4)\n"), "{lockfile}");
    let calls = fs::read_to_string(tools.join("calls")).unwrap();
    assert!(
        calls.contains("pr create --head rungs/next-step --title Upgrade karafka 2.3.4"),
        "{calls}"
    );
    let body = fs::read_to_string(tools.join("calls.body")).unwrap();
    assert!(
        body.contains("- [ ] ") && body.contains("karafka"),
        "{body}"
    );
    // While it is open it is brought up to date.
    git(&folder.0, &["switch", "-q", "main"]);
    fs::write(folder.0.join("calls"), "").unwrap();
    fs::write(tools.join("calls.open"), "7\n").unwrap();
    let (done, _) = action(
        &folder.0,
        "schedule",
        &event("schedule", ""),
        &inputs,
        &path,
    );
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let calls = fs::read_to_string(tools.join("calls")).unwrap();
    assert!(
        calls.contains("pr edit rungs/next-step --title Upgrade karafka 2.3.4"),
        "{calls}"
    );
}

#[test]
fn the_program_of_a_release_is_installed_once_its_sum_is_right() {
    let version = env!("CARGO_PKG_VERSION");
    let folder = Folder::with(&[]);
    let release = folder.0.join(format!("releases/v{version}"));
    fs::create_dir_all(&release).unwrap();
    let install = || {
        let releases = format!("file://{}/releases", folder.0.display());
        call(
            Command::new("bash")
                .arg(root().join("ci/install.sh"))
                .env("RUNGS_RELEASES", releases)
                .env("RUNGS_VERSION", "")
                .env("RUNNER_TEMP", folder.0.join("temp"))
                .env("GITHUB_PATH", folder.0.join("path")),
            &folder.0,
        )
    };
    let none = install();
    assert_eq!(none.code, 2);
    let (_, address) = none
        .err
        .split_once("::error::rungs: cannot download ")
        .expect("an error");
    let archive = address.trim().rsplit('/').next().unwrap();
    assert!(
        archive.starts_with(&format!("rungs-{version}-")) && archive.ends_with(".tar.gz"),
        "{archive}"
    );
    let name = archive.strip_suffix(".tar.gz").unwrap();
    fs::create_dir(folder.0.join(name)).unwrap();
    fs::copy(
        env!("CARGO_BIN_EXE_rungs"),
        folder.0.join(name).join("rungs"),
    )
    .unwrap();
    let packed = call(
        Command::new("tar")
            .args(["-czf"])
            .arg(release.join(archive))
            .arg(name),
        &folder.0,
    );
    assert_eq!(packed.code, 0, "{}", packed.err);
    fs::write(
        release.join("SHA256SUMS"),
        format!("{:064}  {archive}\n", 0),
    )
    .unwrap();
    let wrong = install();
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains(&format!(
            "the checksum of {archive} is not the one in SHA256SUMS"
        )),
        "{}",
        wrong.err
    );
    let sums = call(Command::new("sha256sum").arg(archive), &release);
    fs::write(release.join("SHA256SUMS"), sums.out).unwrap();
    let done = install();
    assert_eq!(done.code, 0, "{}", done.err);
    let path = fs::read_to_string(folder.0.join("path")).unwrap();
    let shown = call(
        Command::new(PathBuf::from(path.trim()).join("rungs")).arg("--version"),
        &folder.0,
    );
    assert!(
        shown.out.starts_with(&format!("rungs {version}\n")),
        "{}",
        shown.out
    );
}

/// A folder with `rungs` on the PATH.
fn with_program() -> (Folder, String) {
    let tools = Folder::with(&[]);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rungs"), tools.0.join("rungs")).unwrap();
    let path = format!("{}:{}", tools.0.display(), path());
    (tools, path)
}

#[test]
fn the_hook_of_pre_commit_judges_each_lockfile() {
    let hooks = read(".pre-commit-hooks.yaml");
    let entry = hooks
        .lines()
        .find_map(|line| line.strip_prefix("  entry: bash -c '"))
        .unwrap();
    let (script, name) = entry.split_once("' ").unwrap();
    let (folder, _) = repository(EXAMPLE);
    let (_tools, path) = with_program();
    let hook = |files: &[&str]| {
        call(
            Command::new("bash")
                .args(["-c", script, name])
                .args(files)
                .env("PATH", &path),
            &folder.0,
        )
    };
    let clean = hook(&["Gemfile.lock"]);
    assert_eq!((clean.code, clean.err.as_str()), (0, ""), "{}", clean.out);
    fs::write(folder.0.join("Gemfile.lock"), jumped()).unwrap();
    let jump = hook(&["Gemfile.lock"]);
    assert_eq!(jump.code, 1, "{}{}", jump.out, jump.err);
    assert!(jump.out.contains("skipped-line"), "{}", jump.out);
    fs::write(folder.0.join("new.gemfile.lock"), EXAMPLE).unwrap();
    let new = hook(&["new.gemfile.lock"]);
    assert_eq!(new.code, 0, "{}{}", new.out, new.err);
    assert!(new.err.contains("new.gemfile.lock is new"), "{}", new.err);
}

#[test]
fn the_hook_of_pre_commit_takes_all_names_of_lockfiles() {
    let hooks = read(".pre-commit-hooks.yaml");
    let pattern = hooks
        .lines()
        .find_map(|line| line.strip_prefix("  files: "));
    let names = [
        ("Gemfile.lock", true),
        ("a/Gemfile.lock", true),
        ("Gemfile.next.lock", true),
        ("Gemfile_rails.lock", true),
        ("gemfiles/rails_7.gemfile.lock", true),
        ("gems.locked", true),
        ("a/gems.locked", true),
        ("Cargo.lock", false),
        ("Gemfile", false),
        ("Gemfile.d/Cargo.lock", false),
        ("my.gems.locked", false),
        ("Gemfile.lock.orig", false),
    ];
    for (name, is_lockfile) in names {
        let test = Command::new("bash")
            .args(["-c", r#"[[ $1 =~ $2 ]]"#, "test", name, pattern.unwrap()])
            .status();
        assert_eq!(test.unwrap().success(), is_lockfile, "{name}");
    }
}

#[test]
fn the_jobs_of_gitlab_lint_and_watch() {
    let text = read("ci/gitlab.yml");
    let script = |job: &str| {
        let (_, after) = text.split_once(&format!("\n{job}:\n")).unwrap();
        let (_, lines) = after.split_once("  script:\n").unwrap();
        let lines = lines.lines().map_while(|line| line.strip_prefix("    - "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (folder, base) = repository(&jumped());
    let (_tools, path) = with_program();
    let job = |name: &str| {
        call(
            Command::new("bash")
                .args(["-euc", &script(name)])
                .env("PATH", &path)
                .env("RUNGS_LOCKFILE", "Gemfile.lock")
                .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
            &folder.0,
        )
    };
    let lint = job("rungs-lint");
    assert_eq!(lint.code, 1, "{}", lint.err);
    assert!(lint.out.contains("skipped-line"), "{}", lint.out);
    let status = job("rungs-status");
    assert_eq!(status.code, 1, "{}", status.err);
}

/// The page has what the files have: each input, and the family of the catalog in every recipe.
#[test]
fn the_page_is_true() {
    let page = read("docs/ci.md");
    let action = read("action.yml");
    let (_, inputs) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, _) = inputs.split_once("\noutputs:\n").unwrap();
    let names = inputs.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.strip_suffix(':')?;
        (!name.starts_with(' ')).then_some(name)
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 5);
    for name in &names {
        assert!(
            page.contains(&format!("\n| `{name}` | ")),
            "docs/ci.md has no row for {name}"
        );
    }
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        page.contains(&format!("OWNER/rungs@v{version}\n")),
        "another version"
    );
    let catalog = rungs::catalog::Catalog::karafka().unwrap();
    let family = catalog
        .packages()
        .iter()
        .filter(|it| it.role() != rungs::catalog::Role::Runtime);
    let family: Vec<&str> = family.map(|it| it.name().as_str()).collect();
    assert!(
        page.contains(&format!("patterns: [{}]", family.join(", "))),
        "{family:?}"
    );
    let quoted: Vec<String> = family.iter().map(|name| format!("\"{name}\"")).collect();
    let (_, renovate) = page.split_once("```json\n").unwrap();
    let (renovate, _) = renovate.split_once("```").unwrap();
    let rules: Value = serde_json::from_str(renovate).unwrap();
    let named = rules["packageRules"][0]["matchPackageNames"].to_string();
    assert_eq!(named, format!("[{}]", quoted.join(",")));
    for path in ["ci/install.sh", "ci/action.sh"] {
        assert!(
            action.contains(&format!("'\"$GITHUB_ACTION_PATH/{path}\"'")),
            "{path}"
        );
        let mode = fs::metadata(root().join(path))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o111, 0o111, "{path} cannot be run");
    }
}
