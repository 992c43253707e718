//! Each rule of lint with a change that gives exactly its finding, and a neighbour that gives none;
//! over a world made for it, in which nothing is there without a reason.

use rungs::catalog::{Catalog, Source};
use rungs::lint::{Lint, LintRule, LintSeverity, lint};
use rungs::lockfile::{Lockfile, Snapshot};
use rungs::planner::Request;
use rungs::{Date, ErrorCode};
use std::collections::BTreeSet;

/// `app` climbs lines of its own, `web` behind gates, `lib` follows, `cap` wants an old Ruby; `bridged` may pass lines.
const WORLD: &str = r#"
format = 1
name = "toy"
scheme = "rubygems"
horizon = 2026-01-01
order = ["app", "web", "lib", "bridged", "cap", "client", "driver", "addon", "extra", "tool", "top", "base", "undated"]

[package.app]
role = "stepped"
lines = '''
1.0 2020-01-01 eol eol 2021-01-01
1.1 2021-01-01 eol
1.3 2023-01-01 active eol 2027-01-01
'''
releases = '''
1.0.0 2020-01-01
1.1.0.rc1 2020-12-01
1.1.0 2021-01-01
1.1.1 2021-02-01
1.2.0 2022-01-01
1.2.1 2022-02-01 yanked
1.3.0 2023-01-01 ruby >= 3.0
1.3.1.rc1 2023-02-01
1.3.2 2025-12-30 ruby >= 3.0
1.4.0.rc1 2025-12-31
'''

[package.web]
role = "stepped"
releases = '''
0.1.0 2020-01-01
0.1.1 2020-02-01
0.2.0 2021-01-01
0.2.1 2021-02-01
0.3.0 2022-01-01
'''

[package.lib]
role = "follower"
releases = '''
1.0.0 2020-01-01
2.0.0 2021-01-01
3.0.0 2022-01-01
'''

[package.cap]
role = "follower"
releases = '''
1.0.0 2020-01-01
1.0.1 2021-01-01 ruby < 3.0
'''

[package.bridged]
role = "stepped"
releases = '''
1.0.0 2020-01-01
2.0.0 2021-01-01
3.0.0 2022-01-01
4.0.0 2023-01-01
'''

[package.client]
role = "stepped"
releases = '''
1.0.0 2020-01-01 driver >= 1.0
1.0.1 2020-02-01 driver >= 1.0
1.1.0 2021-01-01 driver >= 1.0
1.1.1 2021-02-01 driver >= 1.0
1.1.2 2021-03-01 driver >= 1.1.1
1.2.0.rc1 2021-12-01 driver >= 1.3.0.rc1
'''

[package.driver]
role = "follower"
releases = '''
1.0.0 2020-01-01
1.0.1 2020-02-01
1.1.0 2021-01-01
1.1.1 2021-02-01
1.2.0 2021-05-01
1.2.1 2021-06-01
1.2.2 2021-06-02
1.2.3 2021-06-03
1.2.4 2021-06-04
1.3.0.rc1 2021-11-01
'''

[package.addon]
role = "follower"
releases = '''
1.0.0 2020-01-01 app >= 1.0
1.1.0 2021-01-01 app < 1.1
'''

[package.extra]
role = "follower"
releases = '''
1.0.0 2020-01-01 app >= 1.0
1.0.1 2020-02-01 app >= 1.1
'''

[package.tool]
role = "follower"
releases = '''
1.0.0 2020-01-01
1.0.1 2020-02-01
1.0.2 2020-03-01
1.0.3 2020-04-01 ruby >= 3.0
1.1.0 2021-01-01
1.1.1 2021-02-01 ruby >= 3.0
'''

[package.top]
role = "stepped"
releases = '''
1.0.0 2020-01-01 base >= 0.9
1.1.0 2021-01-01 base = 1.0.0
'''

[package.base]
role = "follower"
releases = '''
0.9.0 2020-01-01
1.0.0 2020-02-01
1.0.1 2020-03-01
'''

[package.undated]
role = "follower"
releases = '''
1.0.0 2020-01-01
1.0.1 2021-01-01
1.0.2 ?
1.1.0 2022-01-01
'''

[package.ruby]
role = "runtime"
releases = '''
2.7.8 2023-01-01
3.0.0 2020-12-25
3.0.7 2024-01-01
'''

[[blocked]]
id = "no-lib-2"
package = "lib"
versions = "= 2.0.0"
why = "it loses data"
source = "guide#lib"

[[blocked]]
id = "extra-1.0.1-was-bad"
package = "extra"
versions = "= 1.0.1"
why = "it had local changes in it"
source = "changelog#1.0.2"

[[blocked]]
id = "addon-1.1.0-pins-app"
package = "addon"
versions = "= 1.1.0"
why = "it pins app below the line that it is named after"
source = "guide#addon"

[[conflict]]
id = "client-1.0-and-driver-1.1"
package = "client"
versions = "< 1.1"
with = "driver"
with_versions = ">= 1.1"
level = "load"
why = "client patches a class that the driver dropped"
source = "run#1"

[[conflict]]
id = "client-and-tracer-4"
package = "client"
versions = "< 1.1.1"
with = "tracer"
with_versions = ">= 4"
why = "it calls what tracer 4 removed"
source = "run#2"

[[defect]]
id = "driver-1.2.0-loses-certificates"
package = "driver"
versions = "= 1.2.0"
fixed_in = "1.2.1"
affects = "whoever uses TLS"
workaround = "name the file of certificates"
avoid = true
why = "it looks for certificates where there are none"
source = "changelog#1.2.1"

[[defect]]
id = "tool-1.1.0-fails"
package = "tool"
versions = "= 1.1.0"
affects = "all"
avoid = true
why = "it fails"
source = "changelog#1.1.1"

[[defect]]
id = "driver-1.2.2-and-1.2.3-race"
package = "driver"
versions = ">= 1.2.2, < 1.2.4"
affects = "whoever has two of them"
avoid = true
why = "two of them race"
source = "changelog#1.2.4"

[[defect]]
id = "driver-1.0.1-has-no-transactions"
package = "driver"
versions = "= 1.0.1"
affects = "whoever uses transactions"
why = "transactions are missing"
source = "changelog#1.1.0"

[[gate]]
id = "web-newest"
package = "web"
from = "newest-of-line"
force = "should"
why = "the newest first"
source = "guide#web"

[[gate]]
id = "web-0.3-from-0.2.1"
package = "web"
enter = "0.3"
from = ">= 0.2.1"
why = "0.2.1 writes what 0.3 reads"
source = "guide#web-0.3"

[[bridge]]
id = "over-2"
package = "bridged"
from = "1.0"
to = ["3.0"]
why = "2.0 was never tried"
source = "guide#bridge"

[[requires]]
id = "web-0.2-wants-lib"
package = "web"
versions = "= 0.2.0"
needs = "lib"
requirement = ">= 3"
force = "should"
why = "it calls what lib 3 brought"
source = "guide#requires"

[[conflict]]
id = "app-1.1.0-and-lib-3"
package = "app"
versions = "= 1.1.0"
with = "lib"
with_versions = ">= 3"
why = "both patch the same method"
source = "guide#conflict"
"#;

fn world() -> Catalog {
    // Marks stand in brackets in the format.
    let text = WORLD.replace("2022-02-01 yanked", "2022-02-01 [yanked]");
    Catalog::parse(vec![Source::new("toy.toml", text)]).unwrap()
}

/// `app 1.0.0, other 1.0 (app >= 1)` as a lockfile.
fn lockfile(gems: &str) -> String {
    let (mut specs, mut direct, mut ruby) = (String::new(), String::new(), String::new());
    for gem in gems.split(", ") {
        let mut words = gem.splitn(3, ' ');
        let (name, version) = (words.next().unwrap(), words.next().unwrap());
        if name == "ruby" {
            ruby = format!("\nRUBY VERSION\n   ruby {version}p0\n");
            continue;
        }
        specs.push_str(&format!("    {name} ({version})\n"));
        if let Some(wants) = words.next() {
            let (on, requirement) = wants.split_once(' ').unwrap();
            specs.push_str(&format!("      {on} ({requirement})\n"));
        }
        direct.push_str(&format!("  {name}\n"));
    }
    format!(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n{specs}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n{direct}{ruby}"
    )
}

fn snapshot(text: &str) -> Snapshot {
    Snapshot::from_lockfile(&Lockfile::parse(text.as_bytes()).unwrap()).unwrap()
}

fn between(old: &str, new: &str, request: &Request) -> Lint {
    let (old, new) = (lockfile(old), lockfile(new));
    lint(&world(), &snapshot(&old), &snapshot(&new), request)
        .unwrap()
        .located(&Lockfile::parse(new.as_bytes()).unwrap())
}

fn on(day: &str) -> Request {
    let mut request = Request::new();
    request.as_of = Some(Date::parse(day).unwrap());
    request
}

/// Settled in 2026, and old enough for all that the world has.
fn request() -> Request {
    on("2026-01-01")
}

/// Rule, package and line of the errors and warnings.
fn ids(lint: &Lint) -> Vec<String> {
    lint.findings()
        .iter()
        .filter(|finding| finding.severity() != LintSeverity::Note)
        .map(|finding| format!("{} {}", finding.id(), finding.package()))
        .collect()
}

#[track_caller]
fn gives(old: &str, new: &str, request: &Request, wanted: &[&str]) {
    let found = between(old, new, request);
    let findings = found.findings();
    assert_eq!(ids(&found), wanted, "{old} to {new}: {findings:#?}");
}

/// Old, new, what it gives.
const CHANGES: &[(&str, &str, &str)] = &[
    ("app 1.0.0", "app 1.2.0", "skipped-line app"),
    ("app 1.0.0", "app 1.1.1", ""),
    ("app 1.1.1", "app 1.2.0", ""),
    ("bridged 1.0.0", "bridged 4.0.0", "skipped-line bridged"),
    ("bridged 1.0.0", "bridged 3.0.0", ""),
    ("bridged 2.0.0", "bridged 4.0.0", "skipped-line bridged"),
    ("lib 1.0.0", "lib 3.0.0", ""),
    ("web 0.1.0", "web 0.2.1", "gate-not-met/web-newest web"),
    ("web 0.1.1", "web 0.2.1", ""),
    (
        "web 0.2.0, lib 3.0.0",
        "web 0.3.0, lib 3.0.0",
        "gate-not-met/web-0.3-from-0.2.1 web",
    ),
    ("web 0.2.1", "web 0.3.0", ""),
    ("app 1.1.1", "app 1.0.0", "downgrade app"),
    ("lib 3.0.0", "lib 1.0.0", "downgrade lib"),
    (
        "app 1.1.1, ruby 3.0.7",
        "app 1.1.1, ruby 2.7.8",
        "downgrade ruby",
    ),
    ("app 1.1.1, ruby 2.7.8", "app 1.1.1, ruby 3.0.7", ""),
    ("lib 1.0.0", "lib 2.0.0", "blocked/no-lib-2 lib"),
    // What does not move is not left behind.
    ("lib 2.0.0, app 1.1.0", "lib 2.0.0, app 1.1.1", ""),
    ("app 1.2.0", "app 1.2.1", "yanked app"),
    ("app 1.2.1, lib 1.0.0", "app 1.2.1, lib 3.0.0", ""),
    ("app 1.3.0", "app 1.3.1.rc1", "prerelease app"),
    ("app 1.3.1.rc1", "app 1.3.2", ""),
    (
        "app 1.0.0, lib 3.0.0",
        "app 1.1.0, lib 3.0.0",
        "conflict/app-1.1.0-and-lib-3 app",
    ),
    ("app 1.0.0, lib 3.0.0", "app 1.1.1, lib 3.0.0", ""),
    (
        "web 0.1.1, lib 1.0.0",
        "web 0.2.0, lib 1.0.0",
        "requires/web-0.2-wants-lib web",
    ),
    (
        "app 1.0.0, other 1.0 app ~> 1.0.0",
        "app 1.1.1, other 1.0 app ~> 1.0.0",
        "requirement other",
    ),
    (
        "app 1.0.0, other 1.0 app ~> 1.0.0",
        "app 1.1.1, other 1.1 app ~> 1.0",
        "",
    ),
    (
        "cap 1.0.0, ruby 3.0.7",
        "cap 1.0.1, ruby 3.0.7",
        "requirement cap",
    ),
    (
        "app 1.2.0, ruby 2.7.8",
        "app 1.3.2, ruby 2.7.8",
        "runtime-too-old app",
    ),
    ("app 1.2.0, ruby 3.0.7", "app 1.3.2, ruby 3.0.7", ""),
    (
        "app 1.2.0, ruby 2.7.8",
        "app 1.3.2, ruby 3.0.7",
        "runtime-and-packages-together ruby",
    ),
    // Another patch of a runtime is no rung.
    ("app 1.2.0, ruby 3.0.0", "app 1.3.2, ruby 3.0.7", ""),
    // A fork that stands, and what does not touch it.
    ("app 1.3.3, lib 1.0.0", "app 1.3.3, lib 3.0.0", ""),
    ("app 1.0.0", "app 1.1.0", "left-behind app"),
    ("app 1.0.0, lib 1.0.0", "app 1.1.1, lib 1.0.0", ""),
    (
        "app 1.0.0, driver 1.0.0",
        "app 1.1.1, driver 1.1.0",
        "left-behind driver",
    ),
    // Followers too are left behind within their line only.
    ("app 1.0.0, driver 1.0.0", "app 1.1.1, driver 1.1.1", ""),
    // Nor where the newest of the line would end the way ahead.
    (
        "top 1.0.0 base >= 0.9, base 0.9.0",
        "top 1.0.0 base >= 0.9, base 1.0.0",
        "",
    ),
    // A joining gem is judged where it joins.
    ("app 1.1.1", "app 1.1.1, lib 1.0.0", ""),
    ("app 1.1.1", "app 1.1.1, driver 1.1.0", "left-behind driver"),
    (
        "client 1.0.1 driver >= 1.0, driver 1.0.0",
        "client 1.0.1 driver >= 1.0, driver 1.1.1",
        "conflict/client-1.0-and-driver-1.1 driver",
    ),
    (
        "client 1.0.0 driver >= 1.0, driver 1.0.0, tracer 3.9",
        "client 1.0.1 driver >= 1.0, driver 1.0.0, tracer 4.0",
        "conflict/client-and-tracer-4 client",
    ),
    // Also where the gem outside alone moved.
    (
        "client 1.1.0 driver >= 1.0, driver 1.0.0, tracer 3.9",
        "client 1.1.0 driver >= 1.0, driver 1.0.0, tracer 4.0",
        "conflict/client-and-tracer-4 tracer",
    ),
    (
        "client 1.1.1 driver >= 1.0, driver 1.0.0, tracer 3.9",
        "client 1.1.1 driver >= 1.0, driver 1.0.0, tracer 4.0",
        "",
    ),
    (
        "driver 1.1.1",
        "driver 1.2.0",
        "defect/driver-1.2.0-loses-certificates driver",
    ),
    ("driver 1.1.1", "driver 1.2.4", ""),
    ("driver 1.2.0", "driver 1.2.4", ""),
    (
        "addon 1.0.0 app >= 1.0, app 1.1.1",
        "addon 1.1.0 app < 1.1, app 1.0.0",
        "downgrade app",
    ),
    (
        "addon 1.0.0 app >= 1.0, app 1.0.0",
        "addon 1.1.0 app < 1.1, app 1.0.0",
        "",
    ),
    // An entry that is lost, and one that says something else than its release.
    (
        "client 1.1.0 driver >= 1.0, driver 1.0.0",
        "client 1.1.0 driver >= 1.0",
        "broken-entry client",
    ),
    (
        "client 1.1.1 driver >= 1.0, driver 1.1.1",
        "client 1.1.2 driver >= 1.0, driver 1.1.1",
        "broken-entry client",
    ),
    (
        "client 1.1.1 driver >= 1.0, driver 1.1.1",
        "client 1.1.2 driver >= 1.1.1, driver 1.1.1",
        "",
    ),
    (
        "client 1.1.0 driver >= 1.0, driver 1.0.0, x 1",
        "client 1.1.0, driver 1.0.0, x 1",
        "broken-entry client",
    ),
    (
        "x 1 driver >= 1, driver 1.0.0",
        "x 1 driver >= 1, app 1.1.1",
        "broken-entry driver",
    ),
    ("app 1.3.2", "app 1.3.3", "unknown app"),
    (
        "app 1.2.0, ruby 3.0.7",
        "app 1.2.0, ruby 9.9.0",
        "unknown ruby",
    ),
    // Nothing of the family moves, so nothing is left behind.
    ("app 1.1.0, x 1", "app 1.1.0, x 2", ""),
];

#[test]
fn each_change_gives_what_it_should_and_no_more() {
    let mut seen = BTreeSet::new();
    for (old, new, wanted) in CHANGES {
        let wanted: Vec<&str> = Some(*wanted)
            .filter(|id| !id.is_empty())
            .into_iter()
            .collect();
        gives(old, new, &request(), &wanted);
        let rule = wanted
            .first()
            .map(|id| id.split([' ', '/']).next().unwrap());
        seen.extend(rule);
    }
    // The rules that need more than two lockfiles, or are notes, have tests of their own.
    seen.extend([
        "too-young",
        "outside-pin",
        "end-of-life",
        "platform-variant",
    ]);
    let all: BTreeSet<&str> = LintRule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(seen, all);
}

#[test]
fn releases_have_to_be_old_enough() {
    let mut wary = request();
    wary.min_age = 14;
    let change = ("app 1.3.0", "app 1.3.2");
    gives(change.0, change.1, &wary, &["too-young app"]);
    wary.min_age = 2;
    gives(change.0, change.1, &wary, &[]);
    gives(change.0, change.1, &on("2025-12-28"), &["too-young app"]);
    // The day before may be the same one in another time zone.
    gives(change.0, change.1, &on("2025-12-29"), &[]);
    // What stood there before may stay.
    wary.min_age = 14;
    gives("app 1.3.2, lib 1.0.0", "app 1.3.2, lib 3.0.0", &wary, &[]);
}

/// Of a Ruby that the lockfile does not name none newer than the one that it needs is asked.
#[test]
fn a_ruby_that_is_not_known_is_the_oldest_that_will_do() {
    gives(
        "tool 1.0.0",
        "tool 1.0.1",
        &request(),
        &["left-behind tool"],
    );
    gives("tool 1.0.0", "tool 1.0.2", &request(), &[]);
    gives(
        "tool 1.0.0, ruby 3.0.7",
        "tool 1.0.2, ruby 3.0.7",
        &request(),
        &["left-behind tool"],
    );
    // Where only a newer one helps, that is told.
    let found = between("tool 1.0.2", "tool 1.1.0", &request());
    assert_eq!(ids(&found), ["defect/tool-1.1.0-fails tool"]);
    let cure = found.cure().unwrap();
    let runtimes: Vec<String> = cure
        .runtimes()
        .iter()
        .map(|(name, requirement)| format!("{name} {requirement}"))
        .collect();
    assert_eq!(runtimes, ["ruby >= 3.0"]);
    let help = found.findings()[0].help().unwrap().to_string();
    assert!(help.ends_with("; it requires ruby >= 3.0"), "{help}");
}

/// A release without a date was there on a day if a later one was.
#[test]
fn what_was_not_out_yet_is_not_left_behind() {
    let change = ("undated 1.0.0", "undated 1.0.1");
    gives(change.0, change.1, &on("2021-06-01"), &[]);
    gives(
        change.0,
        change.1,
        &on("2022-01-01"),
        &["left-behind undated"],
    );
    // Nor is what came out on the day itself.
    let change = ("driver 1.0.1", "driver 1.1.0");
    gives(change.0, change.1, &on("2021-02-01"), &[]);
    gives(
        change.0,
        change.1,
        &on("2021-02-02"),
        &["left-behind driver"],
    );
}

#[test]
fn pins_hold() {
    let pinned = |pin| request().pin(&world(), pin).unwrap();
    let change = ("app 1.1.1", "app 1.2.0");
    gives(
        change.0,
        change.1,
        &pinned("app=< 1.2"),
        &["outside-pin app"],
    );
    gives(change.0, change.1, &pinned("app=< 1.3"), &[]);
    gives(
        "app 1.2.0, lib 1.0.0",
        "app 1.2.0, lib 3.0.0",
        &pinned("app=< 1.2"),
        &[],
    );
}

#[test]
fn the_end_of_support_is_a_note() {
    let notes = |new: &str, day: &str| {
        let found = between("app 1.0.0", new, &on(day));
        let notes: Vec<String> = found
            .findings()
            .iter()
            .filter(|finding| finding.rule() == LintRule::EndOfLife)
            .map(|finding| format!("{} {}", finding.severity().name(), finding.message()))
            .collect();
        notes
    };
    assert_eq!(
        notes("app 1.0.1", "2026-01-01"),
        ["note support of app 1.0 ended on 2021-01-01"]
    );
    assert_eq!(notes("app 1.0.1", "2021-01-01"), [""; 0]);
    // Where nothing is entered nobody has to be told again.
    assert_eq!(notes("app 1.0.0", "2026-01-01"), [""; 0]);
    assert_eq!(
        notes("app 1.1.1", "2026-01-01"),
        ["note app 1.1 is no longer supported"]
    );
    assert_eq!(notes("app 1.3.2", "2027-01-01"), [""; 0]);
    assert_eq!(
        notes("app 1.3.2", "2027-01-02"),
        ["note support of app 1.3 ended on 2027-01-01"]
    );
}

#[test]
fn what_was_wrong_before_is_a_note() {
    for both in [
        "app 1.1.0, lib 3.0.0",
        "web 0.2.0, lib 1.0.0",
        "app 1.1.1, other 1.0 app ~> 1.0.0",
        "app 1.3.2, ruby 2.7.8",
        "client 1.0.1 driver >= 1.0, driver 1.1.1",
        "client 1.1.0 driver >= 1.0, driver 1.0.0, tracer 4.0",
        "client 1.1.0 driver >= 1.0",
        "client 1.1.0, driver 1.0.0",
        "y 1 driver >= 1",
    ] {
        let found = between(both, &format!("{both}, x 1"), &request());
        assert!(found.is_clean(), "{both}: {:#?}", found.findings());
        assert!(found.count(LintSeverity::Note) > 0, "{both}");
    }
}

/// Rule, severity and message of what is a note.
fn notes(old: &str, new: &str) -> Vec<String> {
    let found = between(old, new, &request());
    let notes = found.findings().iter();
    let notes = notes.filter(|it| it.severity() == LintSeverity::Note);
    let notes = notes.filter(|it| it.rule() != LintRule::EndOfLife);
    notes
        .map(|it| format!("{}: {}", it.id(), it.message()))
        .collect()
}

#[test]
fn what_the_context_excuses_is_a_note() {
    // A release that pins another package below its own line, used with what it pins.
    assert_eq!(
        notes(
            "addon 1.0.0 app >= 1.0, app 1.0.0",
            "addon 1.1.0 app < 1.1, app 1.0.0"
        ),
        [
            "blocked/addon-1.1.0-pins-app: addon 1.1.0 is blocked (it pins app below the line that it \
          is named after), and is used with app 1.0.0 here, which it allows"
        ]
    );
    // One that asks for more than the line that both are named after pins nothing.
    gives(
        "extra 1.0.0 app >= 1.0, app 1.1.1",
        "extra 1.0.1 app >= 1.1, app 1.1.1",
        &request(),
        &["blocked/extra-1.0.1-was-bad extra"],
    );
    // Who was on a prerelease already, and what a prerelease requires.
    assert_eq!(
        notes("app 1.3.1.rc1", "app 1.4.0.rc1"),
        ["prerelease: app 1.4.0.rc1 is a prerelease"]
    );
    let new = "client 1.2.0.rc1 driver >= 1.3.0.rc1, driver 1.3.0.rc1";
    gives(
        "client 1.1.2 driver >= 1.1.1, driver 1.1.1",
        new,
        &request(),
        &["prerelease client"],
    );
    assert_eq!(
        notes("client 1.1.2 driver >= 1.1.1, driver 1.1.1", new),
        ["prerelease: driver 1.3.0.rc1 is a prerelease"]
    );
    gives(
        "driver 1.2.1",
        "driver 1.3.0.rc1",
        &request(),
        &["prerelease driver"],
    );
    // Who leaves one release with a defect for another has it still.
    let found = between("driver 1.2.2", "driver 1.2.3", &request());
    assert_eq!(ids(&found), ["defect/driver-1.2.2-and-1.2.3-race driver"]);
    assert_eq!(found.count(LintSeverity::Warning), 1);
    // What goes down to end a broken pair, or to leave a bad release.
    assert_eq!(
        notes(
            "client 1.0.1 driver >= 1.0, driver 1.1.1",
            "client 1.0.1 driver >= 1.0, driver 1.0.0"
        ),
        [
            "downgrade/client-1.0-and-driver-1.1: driver is downgraded to 1.0.0, which ends this: client \
          patches a class that the driver dropped"
        ]
    );
    assert_eq!(
        notes("driver 1.2.0", "driver 1.1.1"),
        [
            "downgrade/driver-1.2.0-loses-certificates: driver is downgraded to 1.1.1, which ends this: it \
          looks for certificates where there are none"
        ]
    );
    // But not into another one.
    let old = "client 1.0.1 driver >= 1.0, driver 1.2.0";
    let new = "client 1.0.1 driver >= 1.0, driver 1.1.1";
    assert!(ids(&between(old, new, &request())).contains(&"downgrade driver".to_owned()));
}

#[test]
fn defects_that_plans_enter_are_told_once() {
    assert_eq!(
        notes("driver 1.0.0", "driver 1.0.1"),
        [
            "defect/driver-1.0.1-has-no-transactions: driver 1.0.1: transactions are missing; affects: \
          whoever uses transactions"
        ]
    );
    assert_eq!(notes("driver 1.0.1", "driver 1.0.1, x 1"), [""; 0]);
    // Nor is one that plans avoid told where it was before: `rungs status` does.
    assert_eq!(notes("driver 1.2.0", "driver 1.2.0, x 1"), [""; 0]);
    let found = between("driver 1.1.1", "driver 1.2.0", &request());
    assert_eq!(
        found.findings()[0].message().to_string(),
        "driver 1.2.0: it looks for certificates where there are none; affects: whoever uses TLS; \
         workaround: name the file of certificates; fixed in 1.2.1"
    );
    // It may be accepted by name, as it is no `must` rule.
    let mut accepting = request();
    accepting.accept = vec!["driver-1.2.0-loses-certificates".to_owned()];
    let found = between("driver 1.1.1", "driver 1.2.0", &accepting);
    assert_eq!((ids(&found).len(), found.accepted().len()), (0, 1));
}

/// What a change is advised, as changes and command.
fn cure(old: &str, new: &str) -> (String, Vec<String>, Vec<String>) {
    let found = between(old, new, &request());
    let cured = found.findings().iter().filter(|it| it.is_cured());
    let cured: Vec<String> = cured.map(|it| it.id()).collect();
    let Some(cure) = found.cure() else {
        return (String::new(), Vec::new(), cured);
    };
    let changes = cure.changes().iter().map(|change| {
        let place = |text: Option<&str>| text.unwrap_or("-").to_owned();
        format!(
            "{} {} {}",
            change.package(),
            place(change.from()),
            place(change.to())
        )
    });
    let command = cure.bundle().command().unwrap_or_default();
    assert!(cured.is_empty() == command.is_empty(), "{command}");
    for finding in found.findings().iter().filter(|it| it.is_cured()) {
        assert!(
            finding.help().unwrap().to_string().contains(command),
            "{finding:?}"
        );
    }
    (
        format!("{} {command}", cure.kind().name()),
        changes.collect(),
        cured,
    )
}

#[test]
fn one_command_cures_what_is_found() {
    let text = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    // Two gems that cannot move one after the other.
    assert_eq!(
        cure(
            "client 1.0.1 driver >= 1.0, driver 1.0.0",
            "client 1.1.0 driver >= 1.0, driver 1.1.0"
        ),
        (
            "packages bundle update client driver".to_owned(),
            text(&["client 1.1.0 1.1.2", "driver 1.1.0 1.1.1"]),
            text(&["left-behind", "left-behind"])
        )
    );
    // Not to a release that plans avoid, though it is the next.
    assert_eq!(
        cure("driver 1.1.1", "driver 1.2.0"),
        (
            "packages bundle update driver".to_owned(),
            text(&["driver 1.2.0 1.2.4"]),
            text(&["defect/driver-1.2.0-loses-certificates"])
        )
    );
    // A pair that does not run where the other stays on its line: down it goes.
    assert_eq!(
        cure(
            "client 1.0.1 driver >= 1.0, driver 1.0.0",
            "client 1.0.1 driver >= 1.0, driver 1.1.0"
        ),
        (
            "repair bundle update driver".to_owned(),
            text(&["driver 1.1.0 1.0.1"]),
            text(&["conflict/client-1.0-and-driver-1.1"])
        )
    );
    // A gem outside that alone moved.
    assert_eq!(
        cure(
            "client 1.1.0 driver >= 1.0, driver 1.1.1, tracer 3.9",
            "client 1.1.0 driver >= 1.0, driver 1.1.1, tracer 4.0"
        ),
        (
            "packages bundle update client driver".to_owned(),
            text(&["client 1.1.0 1.1.2", "driver 1.1.1 1.2.4"]),
            text(&["conflict/client-and-tracer-4"])
        )
    );
    // Nothing to advise on a step over two lines.
    assert_eq!(
        cure("app 1.0.0", "app 1.2.0"),
        (String::new(), Vec::new(), Vec::new())
    );
}

#[test]
fn what_is_locked_for_other_platforms_is_told() {
    let lockfile = |variants: &[&str], platforms: &[&str]| {
        let specs: String = variants
            .iter()
            .map(|variant| format!("    driver (1.2.1{variant})\n"))
            .collect();
        let platforms: String = platforms.iter().map(|it| format!("  {it}\n")).collect();
        format!(
            "GEM\n  remote: https://rubygems.org/\n  specs:\n{specs}\nPLATFORMS\n{platforms}\n\
             DEPENDENCIES\n  driver\n"
        )
    };
    let told = |old: (&[&str], &[&str]), new: (&[&str], &[&str])| {
        let (old, new) = (lockfile(old.0, old.1), lockfile(new.0, new.1));
        let found = lint(&world(), &snapshot(&old), &snapshot(&new), &request()).unwrap();
        let told = found.findings().iter();
        let told = told.map(|it| format!("{} {}: {}", it.severity().name(), it.id(), it.message()));
        told.collect::<Vec<_>>()
    };
    const LINUX: &str = "x86_64-linux";
    assert_eq!(told((&[""], &[LINUX]), (&[""], &[LINUX])), [""; 0]);
    assert_eq!(
        told((&[""], &[LINUX]), (&["-x86_64-linux-gnu"], &[LINUX])),
        [
            "note platform-variant: driver 1.2.1 is no longer built from source: it is locked \
          precompiled, for x86_64-linux-gnu"
        ]
    );
    assert_eq!(
        told((&[""], &[LINUX]), (&["", "-x86_64-linux-gnu"], &[LINUX])),
        ["note platform-variant: driver 1.2.1 is locked for ruby, x86_64-linux-gnu, was for ruby"]
    );
    // A platform of the lockfile that nothing fits.
    let musl = "x86_64-linux-musl";
    assert_eq!(
        told(
            (&[""], &[LINUX, musl]),
            (&["-x86_64-linux-gnu"], &[LINUX, musl])
        ),
        [
            "warning platform-variant: driver 1.2.1 has no variant for x86_64-linux-musl, which the \
          section PLATFORMS lists: it is locked for x86_64-linux-gnu"
        ]
    );
    assert_eq!(
        told((&[""], &["ruby"]), (&["-arm64-darwin"], &["ruby"])).len(),
        1
    );
    assert_eq!(
        told(
            (&["-arm64-darwin"], &["arm64-darwin-23"]),
            (
                &["-arm64-darwin", "-x86_64-linux"],
                &["arm64-darwin-23", LINUX]
            )
        ),
        [
            "note platform-variant: driver 1.2.1 is locked for arm64-darwin, x86_64-linux, was for \
          arm64-darwin"
        ]
    );
}

#[test]
fn a_fork_is_unknown() {
    let old = lockfile("app 1.1.1");
    let new = old.replace(
        "GEM\n  remote: https://rubygems.org/",
        "GIT\n  remote: x\n  revision: y",
    );
    let found = lint(&world(), &snapshot(&old), &snapshot(&new), &request()).unwrap();
    assert_eq!(ids(&found), ["unknown app"]);
    assert!(found.is_unknown() && !found.is_refused(true));
    // It is only a note where it stands still and nothing else moves either.
    let still = lint(&world(), &snapshot(&new), &snapshot(&new), &request()).unwrap();
    assert!(still.is_clean() && !still.is_unknown());
    let mut accepting = request();
    accepting.accept = vec!["unknown".to_owned()];
    let found = lint(&world(), &snapshot(&old), &snapshot(&new), &accepting).unwrap();
    assert!(found.is_clean() && !found.is_unknown());
}

#[test]
fn findings_say_where_and_why() {
    let found = between("app 1.1.1, web 0.1.0", "app 1.1.1, web 0.2.1", &request());
    let [finding] = found.findings() else {
        panic!("{:#?}", found.findings());
    };
    assert_eq!(finding.line(), Some(5));
    assert_eq!(
        (finding.from(), finding.to()),
        (Some("0.1.0"), Some("0.2.1"))
    );
    assert_eq!(
        finding.message().to_string(),
        "web enters 0.2 from 0.1.0 instead of 0.1.1: the newest first"
    );
    let help = finding.help().map(ToString::to_string);
    assert_eq!(help.as_deref(), Some("deploy web 0.1.1 first"));
    assert_eq!(finding.source(), Some("guide#web"));
    assert_eq!(finding.catalog_rule().unwrap().as_str(), "web-newest");
}

#[test]
fn rules_are_accepted_by_either_name() {
    let with = |names: &[&str]| {
        let mut request = request();
        request.accept = names.iter().map(|name| (*name).to_owned()).collect();
        request
    };
    let change = ("web 0.1.0", "web 0.2.1");
    for name in ["gate-not-met", "web-newest"] {
        let found = between(change.0, change.1, &with(&[name]));
        assert!(found.is_clean());
        assert_eq!(found.accepted().len(), 1);
        assert_eq!(found.accepted()[0].id(), "gate-not-met/web-newest");
    }
    let found = between(change.0, change.1, &with(&["skipped-line"]));
    assert_eq!(ids(&found), ["gate-not-met/web-newest web"]);
    // A rule of lint does not cover what a `must` rule says.
    gives(
        "web 0.2.0, lib 3.0.0",
        "web 0.3.0, lib 3.0.0",
        &with(&["gate-not-met"]),
        &["gate-not-met/web-0.3-from-0.2.1 web"],
    );
    let refused = |name: &str| {
        let both = snapshot(&lockfile("app 1.1.1"));
        let error = lint(&world(), &both, &both, &with(&[name])).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CannotAccept);
        error.to_string()
    };
    assert_eq!(
        refused("gate"),
        "no rule \"gate\", neither of lint nor of the catalog toy"
    );
    assert_eq!(
        refused("web-0.3-from-0.2.1"),
        "rule \"web-0.3-from-0.2.1\" cannot be accepted: only rules marked should can be"
    );
}

#[test]
fn the_document_explains_every_rule() {
    let text = include_str!("../../docs/lint.md");
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches('|').count() == 4)
        .collect();
    let wanted = LintRule::ALL.map(|rule| (rule.name(), rule.severity().name()));
    let found: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| row.split('|').map(str::trim).collect::<Vec<_>>())
        .map(|cells| (cells[1].trim_matches('`'), cells[2]))
        .collect();
    assert_eq!(found, wanted);
    for rule in LintRule::ALL {
        assert_eq!(LintRule::from_name(rule.name()), Some(rule));
        assert!(rule.about().ends_with('.'));
    }
}
