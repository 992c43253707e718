//! `rungs catalog refresh` against gem servers on the loopback address: what it tells and writes,
//! what it asks for, and what happens when a server lies, stalls, cuts off, sends too much, changes
//! in between or is not there. Nothing is written then, and one sentence says why.

use crate::gem_server::{Asked, GemServer, Sent, answer, raw};
use crate::program::{Folder, Run};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::{Digest as _, Md5};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CATALOG: &str = "format = 1
name = \"small\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"a\", \"b\"]

[package.a]
role = \"stepped\"
lines = '''
1.0  2025-01-01  active
1.1  2025-02-01  active
'''
releases = '''
1.0.0  2025-01-01  ruby >= 3.0; b >= 1.0
1.1.0  2025-02-01  ruby >= 3.0; b >= 1.0, < 3
'''

[package.b]
role = \"follower\"
releases = '''
1.0.0  2025-01-01
'''

[package.ruby]
role = \"runtime\"
releases = '''
3.2.0 2022-12-25
'''
";

const A: &str = "---
1.0.0 b:>= 1.0|checksum:00,ruby:>= 3.0
1.1.0 b:< 3&>= 1.0|checksum:00,ruby:>= 3.0
";
const B: &str = "---
1.0.0 |checksum:00
";

/// A lockfile of `small`.
const LOCKED: &str = "GEM
  remote: https://rubygems.org/
  specs:
    a (1.0.0)
      b (>= 1.0)
    b (1.0.0)

DEPENDENCIES
  a

RUBY VERSION
   ruby 3.2.0
";

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn md5(text: &str) -> String {
    hex(Md5::digest(text))
}

fn sha256(text: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(text).unwrap();
    out.finish().unwrap()
}

/// The files of an index: `versions` is made from the others.
type Index = BTreeMap<String, String>;

fn index(infos: &[(&str, &str)]) -> Index {
    let mut versions = String::from("created_at: 2026-01-01T00:00:00Z\n---\nother 9.9 0123\n");
    let mut index = Index::new();
    for (name, info) in infos {
        let lines = info.lines().skip(1);
        let words: Vec<&str> = lines.filter_map(|line| line.split(' ').next()).collect();
        versions.push_str(&format!("{name} {} {}\n", words.join(","), md5(info)));
        index.insert(format!("/info/{name}"), (*info).to_owned());
    }
    index.insert("/versions".to_owned(), versions);
    index
}

/// As rubygems.org: `ETag`, `Repr-Digest`, ranges, gzip.
fn good(index: &Index, asked: &Asked) -> Sent {
    let Some(text) = index.get(&asked.path) else {
        return answer("404 Not Found", &[], b"not here\n");
    };
    let text = text.as_bytes();
    let etag = format!("\"{}\"", hex(Md5::digest(text)));
    let digest = format!("sha-256=:{}:", sha256(text));
    let mut headers = vec![
        ("ETag", &*etag),
        ("Repr-Digest", &*digest),
        ("Accept-Ranges", "bytes"),
    ];
    if asked.header("if-none-match") == Some(&etag) {
        return answer("304 Not Modified", &headers, b"");
    }
    let from = asked
        .header("range")
        .and_then(|it| it.strip_prefix("bytes="));
    if let Some(from) = from.and_then(|it| it.strip_suffix('-')) {
        let from: usize = from.parse().unwrap();
        if from >= text.len() {
            return answer("416 Range Not Satisfiable", &[], b"");
        }
        let range = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
        headers.push(("Content-Range", &range));
        return answer("206 Partial Content", &headers, &text[from..]);
    }
    if asked
        .header("accept-encoding")
        .is_some_and(|it| it.contains("gzip"))
    {
        headers.push(("Content-Encoding", "gzip"));
        return answer("200 OK", &headers, &gzip(text));
    }
    answer("200 OK", &headers, text)
}

fn serving(infos: &[(&str, &str)]) -> GemServer {
    let index = index(infos);
    GemServer::new(move |asked| good(&index, asked))
}

/// A server whose files can be changed while it runs.
fn changing(infos: &[(&str, &str)]) -> (GemServer, Arc<Mutex<Index>>) {
    let files = Arc::new(Mutex::new(index(infos)));
    let served = Arc::clone(&files);
    let server = GemServer::new(move |asked| good(&served.lock().unwrap(), asked));
    (server, files)
}

fn application() -> Folder {
    Folder::with(&[("small.toml", CATALOG), ("Gemfile.lock", LOCKED)])
}

/// The call in a folder, with a cache and a home of its own.
fn call(folder: &Folder, from: &str, more: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    command.args([
        "catalog",
        "refresh",
        "--catalog",
        "small.toml",
        "--cache",
        "cache",
    ]);
    command
        .args(["--as-of", "2026-11-01", "--from", from])
        .args(more);
    command.current_dir(&folder.0).env("HOME", &folder.0);
    for name in [
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
    ] {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUNDLE_")) {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let run = Run {
        code: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

fn overlay(folder: &Folder) -> Option<String> {
    fs::read_to_string(folder.0.join("rungs.catalog.toml")).ok()
}

/// Refused: one sentence, with these words in it, and nothing is written.
#[track_caller]
fn refused(server: &GemServer, more: &[&str], variables: &[(&str, &str)], words: &[&str]) {
    let folder = application();
    let run = call(
        &folder,
        &server.url("/"),
        &[&["--write"], more].concat(),
        variables,
    );
    is_refusal(&folder, &run, words);
}

#[track_caller]
fn is_refusal(folder: &Folder, run: &Run, words: &[&str]) {
    assert_eq!((run.code, &*run.out), (2, ""), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    for word in words {
        assert!(run.err.contains(word), "{word:?} is not in {}", run.err);
    }
    assert_eq!(overlay(folder), None);
}

const QUICK: &[(&str, &str)] = &[("BUNDLE_RETRY", "0")];

// ---- what it tells and writes ------------------------------------------------------------------

#[test]
fn new_withdrawn_and_changed_releases_are_told_and_written_once() {
    let a = "---
1.0.0 b:>= 1.0|checksum:00,ruby:>= 3.0
1.1.0 b:>= 2.0,c:>= 0|checksum:00,ruby:>= 3.0
1.1.1 b:>= 1.0|checksum:00,ruby:>= 3.1,created_at:2026-03-02T10:00:00Z
1.2.0 b:>= 1.0|checksum:00,ruby:>= 3.1,created_at:2026-04-02T10:00:00Z
1.2.0-java b:>= 1.0|checksum:00
";
    let b = "---\n1.0.1 |checksum:00\n";
    let server = serving(&[("a", a), ("b", b)]);
    let folder = application();
    let shown = call(&folder, &server.url(""), &[], &[]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for line in [
        "new: a 1.1.1 of 2026-03-02, requires ruby >= 3.1; b >= 1.0\n",
        "new: a 1.2.0 of 2026-04-02, requires ruby >= 3.1; b >= 1.0\n",
        "new line: a 1.2; nobody has read its guide for this catalog yet\n",
        "warning: a 1.1.0 has other requirements than when it was published: \
         b was < 3, >= 1.0, is >= 2.0; c was no requirement, is any version\n",
        "new: b 1.0.1\n",
        "withdrawn: b 1.0.0\n",
        "--- /dev/null\n+++ rungs.catalog.toml\n",
        "+1.2.0    2026-04-02 [from a compact index; guide unread] ruby >= 3.1; b >= 1.0\n",
        "+1.1.0    2025-02-01 [requirements changed] ruby >= 3.0; b >= 2.0; c\n",
        "+1.0.0    2025-01-01 [yanked]\n",
        "+horizon = 2026-11-01\n",
    ] {
        assert!(shown.out.contains(line), "{line}\nis not in\n{}", shown.out);
    }
    assert!(shown.err.contains("3 requests"), "{}", shown.err);
    assert!(
        shown
            .err
            .contains("known up to 2026-11-01, before up to 2026-01-01")
    );
    assert_eq!(overlay(&folder), None);
    assert_eq!(server.paths(), ["/versions", "/info/a", "/info/b"]);

    // Nothing but `versions` is asked for again, and that has not changed.
    assert_eq!(call(&folder, &server.url(""), &["--check"], &[]).code, 1);
    assert_eq!(server.paths(), ["/versions"]);
    let written = call(&folder, &server.url(""), &["--write"], &[]);
    assert_eq!((written.code, &written.out), (0, &shown.out));
    let text = overlay(&folder).unwrap();
    assert!(
        text.contains("extends = \"small\"\nhorizon = 2026-11-01\n"),
        "{text}"
    );
    let again = call(&folder, &server.url(""), &["--write", "--check"], &[]);
    assert_eq!((again.code, &*again.out), (0, ""), "{}", again.err);
    assert!(
        again.err.contains("1 request, 0 bytes received\n"),
        "{}",
        again.err
    );
    assert_eq!(overlay(&folder).unwrap(), text);
}

#[test]
fn a_later_refresh_edits_the_overlay_and_keeps_what_people_wrote() {
    let (server, files) = changing(&[("a", A), ("b", B)]);
    let folder = application();
    let first = call(&folder, &server.url("/"), &["--write"], &[]);
    assert_eq!(first.code, 0, "{}", first.err);
    let path = folder.0.join("rungs.catalog.toml");
    let own = "\n[[blocked]] # ours\nid = \"no-1-0\"\npackage = \"a\"\nversions = \"= 1.0.0\"\n\
               why = \"it fails here\"\nsource = \"ticket 1\"\n";
    let text = overlay(&folder).unwrap() + own;
    fs::write(&path, &text).unwrap();
    let more = format!("{A}1.2.0 |ruby:>= 3.0\n");
    *files.lock().unwrap() = index(&[("a", &more), ("b", B)]);
    let run = call(&folder, &server.url("/"), &["--write"], &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let now = overlay(&folder).unwrap();
    assert!(now.starts_with(text.trim_end()), "{now}");
    assert!(
        now.ends_with(
            "\n\n[package.a]\nreleases = '''\n1.2.0    ?          [from a compact index; \
                           guide unread] ruby >= 3.0\n'''\n"
        ),
        "{now}"
    );
    // A further release of the same line goes below it, and 1.2.0 is withdrawn where it stands.
    let more = format!("{A}1.2.1 |ruby:>= 3.0\n");
    *files.lock().unwrap() = index(&[("a", &more), ("b", B)]);
    call(&folder, &server.url("/"), &["--write"], &[]);
    let now = overlay(&folder).unwrap();
    let lines = "1.2.0    ?          [from a compact index; guide unread; yanked] ruby >= 3.0\n\
                 1.2.1    ?          [from a compact index; guide unread] ruby >= 3.0\n";
    assert!(now.contains(lines) && now.contains("# ours"), "{now}");
}

#[test]
fn a_maintainer_refreshes_the_files_of_a_catalog() {
    let more = format!("{A}1.1.1 |ruby:>= 3.0\n");
    let server = serving(&[("a", &more), ("b", B)]);
    let folder = application();
    fs::create_dir(folder.0.join("mine")).unwrap();
    fs::write(folder.0.join("mine/small.toml"), CATALOG).unwrap();
    let run = call(
        &folder,
        &server.url("/"),
        &["--into", "mine", "--write"],
        &[],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(folder.0.join("mine/small.toml")).unwrap();
    let new = "1.1.1    ?          [from a compact index] ruby >= 3.0\n";
    let expected = CATALOG
        .replace("horizon = 2026-01-01", "horizon = 2026-11-01")
        .replace("b >= 1.0, < 3\n", &format!("b >= 1.0, < 3\n{new}"));
    assert_eq!(text, expected);
    assert_eq!(overlay(&folder), None);
}

#[test]
fn the_horizon_stays_where_a_package_is_not_known_whole() {
    let old: String = (0..20).map(|n| format!("1.1.{n}  2025-02-01\n")).collect();
    let catalog = CATALOG.replace("1.1.0  2025-02-01  ruby >= 3.0; b >= 1.0, < 3\n", &old);
    let part: String = (0..10).map(|n| format!("1.1.{n} |\n")).collect();
    let part = format!("---\n1.0.0 b:>= 1.0|ruby:>= 3.0\n{part}");
    for (a, b, words) in [
        (
            &*part,
            Some(B),
            "the server lacks 10 of the 21 known releases of a; it has a part",
        ),
        (A, None, "the server does not have b"),
        (
            A,
            Some("---\n1.0.0 |\n1.0.1 x\n"),
            "1 line about b could not be read",
        ),
    ] {
        let mut infos = vec![("a", a)];
        infos.extend(b.map(|b| ("b", b)));
        let server = serving(&infos);
        let folder = application();
        let is_part = a == part;
        fs::write(
            folder.0.join("small.toml"),
            if is_part { &catalog } else { CATALOG },
        )
        .unwrap();
        let run = call(&folder, &server.url("/"), &["--write", "--check"], &[]);
        assert_eq!((run.code, &*run.out), (0, ""), "{}{}", run.out, run.err);
        assert!(run.err.contains(words), "{}", run.err);
        assert!(
            run.err.contains("still known up to 2026-01-01"),
            "{}",
            run.err
        );
        assert_eq!(overlay(&folder), None);
    }
}

#[test]
fn every_command_uses_the_overlay_and_names_it() {
    let more = format!("{A}1.2.0 b:>= 1.0|ruby:>= 3.0\n");
    let server = serving(&[("a", &more), ("b", B)]);
    let folder = application();
    let refreshed = call(&folder, &server.url("/"), &["--write"], &[]);
    assert_eq!(refreshed.code, 0, "{}", refreshed.err);
    fs::write(folder.0.join("Gemfile"), "gem 'a'\n").unwrap();
    let catalog = ["--catalog", "small.toml", "--as-of", "2026-11-01"];
    for args in [
        &["plan"][..],
        &["next"],
        &["why", "a"],
        &["status"],
        &["apply", "--dry-run"],
        &["lint", "Gemfile.lock", "Gemfile.lock"],
    ] {
        let run = folder.run(&[args, &catalog].concat());
        assert_eq!(run.code, 0, "{args:?}: {}", run.err);
        let used = "rungs: rungs.catalog.toml extends the catalog small\n";
        assert!(run.err.contains(used), "{args:?}: {}", run.err);
        let unread = "nobody has read the guide of a 1.2 for this catalog";
        let tells = !matches!(args[0], "lint" | "apply");
        let flat = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(flat.contains(unread), tells, "{args:?}: {}", run.out);
    }
    let scan = folder.run(&["scan", "--catalog", "small.toml"]);
    assert!(
        scan.err.contains("rungs.catalog.toml extends"),
        "{}",
        scan.err
    );
    let json = folder.run(&[&["plan", "--format", "json"][..], &catalog].concat());
    assert!(json.out.contains("\"code\": \"unread_line\"") || json.out.contains("unread_line"));
    // Over another catalog it is left aside, and over a newer one its horizon is.
    let other = CATALOG.replace("\"small\"", "\"other\"");
    fs::write(folder.0.join("small.toml"), other).unwrap();
    let run = folder.run(&[&["plan"][..], &catalog].concat());
    assert!(
        run.err
            .contains("is not used: it extends the catalog small, not other"),
        "{}",
        run.err
    );
    let newer = CATALOG.replace("horizon = 2026-01-01", "horizon = 2026-11-20");
    fs::write(folder.0.join("small.toml"), newer).unwrap();
    let run = folder.run(&[&["plan"][..], &catalog].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.err
            .contains("newer (up to 2026-11-20) than the file (up to 2026-11-01)"),
        "{}",
        run.err
    );
    assert!(run.out.contains("known up to 2026-11-20"), "{}", run.out);
    fs::write(folder.0.join("rungs.catalog.toml"), "format = 1\n").unwrap();
    let run = folder.run(&["plan"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .contains("rungs.catalog.toml extends no catalog: expected extends"),
        "{}",
        run.err
    );
}

// ---- the protocol ------------------------------------------------------------------------------

#[test]
fn a_text_that_grew_is_asked_for_from_its_last_byte() {
    let (server, files) = changing(&[("a", A), ("b", B)]);
    let folder = application();
    call(&folder, &server.url("/"), &[], &[]);
    let before = files.lock().unwrap()["/versions"].clone();
    server.asked();
    let more = format!("{A}1.1.1 |\n");
    let sum = md5(&more);
    {
        let mut files = files.lock().unwrap();
        files.insert("/info/a".to_owned(), more);
        files.insert("/versions".to_owned(), format!("{before}a 1.1.1 {sum}\n"));
    }
    let run = call(&folder, &server.url("/"), &[], &[]);
    assert!(run.out.contains("new: a 1.1.1\n"), "{}{}", run.out, run.err);
    let asked = server.asked();
    let first = format!("bytes={}-", before.len() - 1);
    assert_eq!(asked[0].header("range"), Some(&*first));
    assert_eq!(asked[0].header("accept-encoding"), Some("identity"));
    assert_eq!(asked.len(), 2);
    // Only what was added came: one byte of overlap and the line, twice.
    let grown = 1 + format!("a 1.1.1 {sum}\n").len() + 1 + "1.1.1 |\n".len();
    assert!(
        run.err
            .contains(&format!("2 requests, {grown} bytes received")),
        "{}",
        run.err
    );
}

/// What servers make of a request for a part, and that the whole is taken wherever a part would not
/// do.
#[test]
fn a_part_that_does_not_fit_is_not_taken() {
    type Answer = fn(&Asked, &str) -> Option<Sent>;
    let cases: [(&str, Answer); 7] = [
        (
            "without a digest nothing proves the whole",
            |asked, text| {
                let from = from(asked)?;
                let range = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
                let headers = [("Content-Range", &*range)];
                Some(answer(
                    "206 Partial Content",
                    &headers,
                    &text.as_bytes()[from..],
                ))
            },
        ),
        ("it was made anew", |asked, text| {
            let from = from(asked)?.min(text.len() - 2);
            let range = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
            let digest = format!("sha-256=:{}:", sha256(text.as_bytes()));
            let headers = [("Content-Range", &*range), ("Repr-Digest", &*digest)];
            Some(answer(
                "206 Partial Content",
                &headers,
                &text.as_bytes()[from..],
            ))
        }),
        ("another part", |asked, text| {
            from(asked)?;
            let headers = [("Content-Range", "bytes 0-4/9")];
            Some(answer(
                "206 Partial Content",
                &headers,
                &text.as_bytes()[..5],
            ))
        }),
        ("an encoded part", |asked, text| {
            let from = from(asked)?;
            let range = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
            let headers = [("Content-Range", &*range), ("Content-Encoding", "gzip")];
            Some(answer(
                "206 Partial Content",
                &headers,
                &gzip(&text.as_bytes()[from..]),
            ))
        }),
        ("no part of it", |asked, _| {
            from(asked)?;
            Some(answer("416 Range Not Satisfiable", &[], b""))
        }),
        ("ranges are not known", |_, _| None),
        ("no byte of it", |asked, _| {
            from(asked)?;
            let headers = [("Content-Range", "bytes 5-5/6")];
            Some(answer("206 Partial Content", &headers, b""))
        }),
    ];
    for (what, part) in cases {
        let files = Arc::new(Mutex::new(index(&[("a", A), ("b", B)])));
        let served = Arc::clone(&files);
        let server = GemServer::new(move |asked| {
            let files = served.lock().unwrap();
            let Some(text) = files.get(&asked.path) else {
                return answer("404 Not Found", &[], b"");
            };
            part(asked, text).unwrap_or_else(|| {
                let digest = format!("sha-256=:{}:", sha256(text.as_bytes()));
                answer("200 OK", &[("Repr-Digest", &digest)], text.as_bytes())
            })
        });
        let folder = application();
        let first = call(&folder, &server.url("/"), &[], QUICK);
        assert_eq!(first.code, 0, "{what}: {}", first.err);
        // All lines are others than before.
        let more = A.replace("1.1.0 b", "1.1.9 b:>= 0\n1.1.0 b");
        *files.lock().unwrap() = index(&[("b", B), ("a", &more)]);
        let run = call(&folder, &server.url("/"), &[], QUICK);
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        assert!(
            run.out.contains("new: a 1.1.9"),
            "{what}: {}{}",
            run.out,
            run.err
        );
    }
}

fn from(asked: &Asked) -> Option<usize> {
    let range = asked.header("range")?.strip_prefix("bytes=")?;
    range.strip_suffix('-')?.parse().ok()
}

#[test]
fn a_server_with_dates_only_is_asked_with_dates() {
    let files = index(&[("a", A), ("b", B)]);
    let day = "Sun, 01 Nov 2026 00:00:00 GMT";
    let server = GemServer::new(move |asked| {
        if asked.header("if-modified-since") == Some(day) {
            return answer("304 Not Modified", &[], b"");
        }
        answer(
            "200 OK",
            &[("Last-Modified", day)],
            files[&asked.path].as_bytes(),
        )
    });
    let folder = application();
    call(&folder, &server.url("/"), &[], &[]);
    server.asked();
    let run = call(&folder, &server.url("/"), &[], &[]);
    assert!(run.err.contains("1 request, 0 bytes"), "{}", run.err);
}

#[test]
fn a_damaged_cache_costs_requests_and_nothing_else() {
    let server = serving(&[("a", A), ("b", B)]);
    let folder = application();
    call(&folder, &server.url("/"), &[], &[]);
    let host = fs::read_dir(folder.0.join("cache"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    for (file, text) in [
        ("versions", "---\nb 1.0.0 00\n"),
        ("info/a", "---\n9.9.9 |\n"),
    ] {
        fs::write(host.join(file), text).unwrap();
    }
    fs::remove_file(host.join("info/b")).unwrap();
    server.asked();
    let run = call(&folder, &server.url("/"), &["--check"], &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(server.paths().contains(&"/info/a".to_owned()));
    // Where nothing can be kept everything is fetched.
    let _ = fs::remove_dir_all(folder.0.join("cache"));
    fs::write(folder.0.join("cache"), "a file").unwrap();
    for _ in 0..2 {
        assert_eq!(call(&folder, &server.url("/"), &["--check"], &[]).code, 0);
        assert_eq!(server.paths().len(), 3);
    }
}

#[test]
fn two_processes_share_a_cache() {
    let infos: Vec<String> = (0..6).map(|n| format!("{A}1.1.{} |\n", n + 1)).collect();
    let (server, files) = changing(&[("a", &infos[0]), ("b", B)]);
    let folder = application();
    for info in &infos {
        *files.lock().unwrap() = index(&[("a", info), ("b", B)]);
        let newest = info.lines().last().unwrap().trim_end_matches(" |");
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| call(&folder, &server.url("/"), &[], &[])))
                .collect();
            for run in runs {
                let run = run.join().unwrap();
                assert_eq!(run.code, 0, "{}", run.err);
                assert!(
                    run.out.contains(&format!("new: a {newest}\n")),
                    "{}",
                    run.out
                );
            }
        });
    }
    let host = fs::read_dir(folder.0.join("cache"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let left = fs::read_dir(host.join("info")).unwrap().flatten();
    let mut left: Vec<_> = left
        .map(|it| it.file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["a", "b"]);
}

// ---- who asks, and where -----------------------------------------------------------------------

#[test]
fn credentials_are_bundlers_and_are_never_shown() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| {
        let path = asked.path.strip_prefix("/private").unwrap_or_default();
        let asked = Asked {
            path: path.to_owned(),
            ..asked.clone()
        };
        match asked.header("authorization") {
            Some(it) if *it == format!("Basic {}", BASE64_STANDARD.encode("me:p@ss")) => {
                good(&files, &asked)
            }
            _ => answer(
                "401 Unauthorized",
                &[("WWW-Authenticate", "Basic")],
                b"who?",
            ),
        }
    });
    let at = format!("127.0.0.1:{}/private", server.port);
    let plain = format!("http://{at}");
    let folder = application();
    let by_host = [("BUNDLE_127__0__0__1", "me:p%40ss")];
    let key = format!("BUNDLE_HTTP://127__0__0__1:{}/PRIVATE/", server.port);
    let by_address = [(&*key, "me:p%40ss"), ("BUNDLE_127__0__0__1", "nobody:x")];
    for (from, variables) in [
        (format!("http://me:p%40ss@{at}"), &[][..]),
        (plain.clone(), &by_host),
        (plain.clone(), &by_address),
    ] {
        let run = call(&folder, &from, &["--no-cache"][..0], variables);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!format!("{}{}", run.out, run.err).contains("p%40ss"));
    }
    fs::create_dir(folder.0.join(".bundle")).unwrap();
    let config = "---\nBUNDLE_127__0__0__1: \"me:p%40ss\"\n";
    fs::write(folder.0.join(".bundle/config"), config).unwrap();
    assert_eq!(call(&folder, &plain, &[], &[]).code, 0);
    fs::remove_file(folder.0.join(".bundle/config")).unwrap();

    let run = call(&folder, &plain, &[], &[]);
    let words =
        "127.0.0.1 asks for credentials (status 401): expected BUNDLE_127__0__0__1=user:password";
    is_refusal(&folder, &run, &[words]);
    let run = call(&folder, &format!("http://me:secret@{at}"), &[], &[]);
    is_refusal(
        &folder,
        &run,
        &["does not accept these credentials (status 401)"],
    );
    assert!(!run.err.contains("secret"), "{}", run.err);
    let shown = GemServer::new(|_| answer("403 Forbidden", &[], b""));
    refused(
        &shown,
        &[],
        QUICK,
        &["does not let this user read it (status 403)"],
    );
}

#[test]
fn a_mirror_stands_in_for_the_server() {
    let server = serving(&[("a", A), ("b", B)]);
    let folder = application();
    let mirror = server.url("/");
    let variables = [("BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/", &*mirror)];
    let run = call(&folder, "https://rubygems.org", &[], &variables);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(server.paths().len(), 3);
}

#[test]
fn a_proxy_is_used_except_for_hosts_that_need_none() {
    let server = serving(&[("a", A), ("b", B)]);
    let proxy = GemServer::new(|_| answer("403 Forbidden", &[], b""));
    let address = proxy.url("/");
    let folder = application();
    let run = call(
        &folder,
        &server.url("/"),
        &[],
        &[("http_proxy", &address), ("BUNDLE_RETRY", "0")],
    );
    is_refusal(&folder, &run, &["the proxy does not lead there"]);
    let asked = proxy.asked();
    assert_eq!(
        (&*asked[0].method, asked[0].path.clone()),
        ("CONNECT", format!("127.0.0.1:{}", server.port))
    );
    assert_eq!(server.paths().len(), 0);
    let variables = [
        ("http_proxy", &*address),
        ("no_proxy", "localhost, 127.0.0.1"),
    ];
    assert_eq!(call(&folder, &server.url("/"), &[], &variables).code, 0);
    let variables = [("http_proxy", "not a proxy:x")];
    let run = call(&folder, &server.url("/"), &["--no-cache"][..0], &variables);
    is_refusal(
        &folder,
        &run,
        &["http_proxy is not the address of a proxy: expected http://HOST:PORT"],
    );
}

#[test]
fn redirects_are_followed_within_the_host_only() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| match asked.path.strip_prefix("/moved") {
        Some(path) => good(
            &files,
            &Asked {
                path: path.to_owned(),
                ..asked.clone()
            },
        ),
        None => answer(
            "302 Found",
            &[("Location", &format!("/moved{}", asked.path))],
            b"",
        ),
    });
    let folder = application();
    assert_eq!(call(&folder, &server.url("/"), &[], &[]).code, 0);
    let away = GemServer::new(|asked| {
        let to = format!("https://rubygems.org{}", asked.path);
        answer("302 Found", &[("Location", &to)], b"")
    });
    refused(
        &away,
        &[],
        QUICK,
        &["redirects to https://rubygems.org, which is another host"],
    );
    let round = GemServer::new(|_| answer("302 Found", &[("Location", "/versions")], b""));
    refused(&round, &[], QUICK, &["more than 5 redirects"]);
    assert_eq!(round.asked().len(), 6);
    let nowhere = GemServer::new(|_| answer("302 Found", &[], b""));
    refused(&nowhere, &[], QUICK, &["more than 5 redirects"]);
}

// ---- servers that are broken -------------------------------------------------------------------

#[test]
fn a_server_that_lies_is_not_believed() {
    let digest = GemServer::new(|_| {
        let digest = format!("sha-256=:{}:", sha256(b"something else"));
        answer("200 OK", &[("Repr-Digest", &digest)], b"---\na 1.0.0 00\n")
    });
    refused(
        &digest,
        &[],
        QUICK,
        &["/versions: the text does not have the digest"],
    );
    let files = index(&[("a", A), ("b", B)]);
    let sum = GemServer::new(move |asked| match &*asked.path {
        "/info/b" => answer("200 OK", &[], b"---\n1.0.0 |\n6.6.6 |\n"),
        _ => good(&files, asked),
    });
    refused(
        &sum,
        &[],
        QUICK,
        &["/info/b: the text does not have the MD5 sum that http://127.0.0.1"],
    );
    let page = GemServer::new(|_| {
        answer(
            "200 OK",
            &[("Content-Type", "text/html; charset=utf-8")],
            b"<!doctype html>\n",
        )
    });
    refused(
        &page,
        &[],
        QUICK,
        &["answered with a web page, perhaps a login"],
    );
    let noise = GemServer::new(|_| raw(b"SSH-2.0-OpenSSH_9.2\r\n", b""));
    refused(&noise, &[], QUICK, &["the answer is not HTTP"]);
    let coding = GemServer::new(|_| answer("200 OK", &[("Content-Encoding", "br")], b"xxx"));
    refused(&coding, &[], QUICK, &["cannot be decoded: br"]);
    let damaged = GemServer::new(|_| {
        let mut body = gzip(A.as_bytes());
        let end = body.len() - 12;
        body[end] ^= 0xff;
        answer("200 OK", &[("Content-Encoding", "gzip")], &body)
    });
    refused(&damaged, &[], QUICK, &["cannot be decoded"]);
}

#[test]
fn a_digest_may_be_of_what_was_sent() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| {
        let body = gzip(files[&asked.path].as_bytes());
        let digest = format!("sha-512=:x:, sha-256=:{}:", sha256(&body));
        let headers = [("Content-Encoding", "gzip"), ("Repr-Digest", &*digest)];
        answer("200 OK", &headers, &body)
    });
    assert_eq!(call(&application(), &server.url("/"), &[], QUICK).code, 0);
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let stall = Some(Duration::from_secs(10));
    let silent = GemServer::new(move |_| Sent {
        stall,
        ..Sent::default()
    });
    let start = Instant::now();
    refused(
        &silent,
        &["--timeout", "1"],
        QUICK,
        &["no whole answer within 1 s"],
    );
    let slow = GemServer::new(move |_| Sent {
        stall,
        ..raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"---\n")
    });
    refused(
        &slow,
        &["--timeout", "1"],
        QUICK,
        &["no whole answer within 1 s"],
    );
    assert!(start.elapsed() < Duration::from_secs(9));
}

#[test]
fn an_answer_that_is_cut_off_is_not_taken() {
    for (head, body) in [
        ("Content-Length: 100\r\n", "---\na 1.0.0 00\n"),
        (
            "Transfer-Encoding: chunked\r\n",
            "f\r\n---\na 1.0.0 00\n\r\n",
        ),
        ("Connection: close\r\n", "---\na 1.0.0 0"),
    ] {
        let server = GemServer::new(move |_| {
            raw(
                format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(),
                body.as_bytes(),
            )
        });
        refused(&server, &[], QUICK, &["/versions: the answer was cut off"]);
    }
    let gone = GemServer::new(|_| Sent::default());
    refused(
        &gone,
        &[],
        &[("BUNDLE_RETRY", "2")],
        &["the answer was cut off (3 tries)"],
    );
    assert_eq!(gone.asked().len(), 3);
}

#[test]
fn an_answer_that_is_too_large_is_not_read() {
    let told = GemServer::new(|_| {
        raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"---\n",
        )
    });
    refused(
        &told,
        &[],
        QUICK,
        &["too large: expected at most 67108864 bytes"],
    );
    let bomb = GemServer::new(|_| {
        let body = gzip(&vec![b'\n'; 65 << 20]);
        answer("200 OK", &[("Content-Encoding", "gzip")], &body)
    });
    refused(
        &bomb,
        &[],
        QUICK,
        &["too large: expected at most 67108864 bytes"],
    );
    let endless = GemServer::new(|asked| match &*asked.path {
        "/versions" => answer("200 OK", &[], b"---\na 1.0.0 00\nb 1.0.0 00\n"),
        _ => raw(b"HTTP/1.1 200 OK\r\n\r\n", &vec![b'\n'; 17 << 20]),
    });
    refused(
        &endless,
        &[],
        QUICK,
        &["/info/a: the answer is too large: expected at most 16777216"],
    );
    let head = GemServer::new(|_| {
        let many = "X-A: b\r\n".repeat(20_000);
        raw(
            format!("HTTP/1.1 200 OK\r\n{many}\r\n").as_bytes(),
            b"---\n",
        )
    });
    refused(&head, &[], QUICK, &["/versions: "]);
}

#[test]
fn a_server_that_changes_in_between_is_asked_again() {
    let newer = format!("{A}1.1.1 |\n");
    let (old, new) = (
        index(&[("a", A), ("b", B)]),
        index(&[("a", &newer), ("b", B)]),
    );
    let mut count = 0;
    let server = GemServer::new(move |asked| {
        count += 1;
        // `versions` is of before, and everything behind it of after.
        good(if count == 1 { &old } else { &new }, asked)
    });
    let run = call(&application(), &server.url("/"), &[], &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("new: a 1.1.1\n"), "{}", run.out);
    let mut count = 0;
    let never = GemServer::new(move |asked| {
        count += 1;
        let info = format!("{A}1.1.{count} |\n");
        good(&index(&[("a", &info), ("b", B)]), asked)
    });
    refused(
        &never,
        &[],
        QUICK,
        &["/info/a: the text does not have the MD5 sum"],
    );
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let folder = application();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let run = call(
        &folder,
        &format!("http://127.0.0.1:{port}"),
        &["--write"],
        &[],
    );
    is_refusal(&folder, &run, &["/versions: no server listens there"]);
    let run = call(&folder, "http://no-such-host.invalid", &["--write"], &[]);
    is_refusal(&folder, &run, &["no-such-host.invalid"]);
    for wrong in [
        "rubygems.org",
        "ftp://rubygems.org",
        "https://",
        "https://a/?b",
    ] {
        let run = call(&folder, wrong, &["--write"], &[]);
        is_refusal(&folder, &run, &["is not the address of a gem server"]);
    }
    let run = call(
        &folder,
        &format!("http://127.0.0.1:{port}"),
        &["--as-of", "2099-01-01"][..0],
        &[],
    );
    assert_eq!(run.code, 2);
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    for status in [
        "429 Too Many Requests",
        "503 Service Unavailable",
        "502 Bad Gateway",
    ] {
        let files = index(&[("a", A), ("b", B)]);
        let mut count = 0;
        let server = GemServer::new(move |asked| {
            count += 1;
            match count {
                1 => answer(status, &[("Retry-After", "0")], b""),
                _ => good(&files, asked),
            }
        });
        assert_eq!(
            call(&application(), &server.url("/"), &[], &[]).code,
            0,
            "{status}"
        );
        assert_eq!(
            server.paths(),
            ["/versions", "/versions", "/info/a", "/info/b"]
        );
    }
    let always = GemServer::new(|_| answer("429 Too Many Requests", &[("Retry-After", "0")], b""));
    refused(
        &always,
        &[],
        &[("BUNDLE_RETRY", "1")],
        &["refuses more requests for now (status 429) (2 tries)"],
    );
    let wrong = GemServer::new(|_| answer("500 Internal Server Error", &[], b""));
    refused(
        &wrong,
        &[],
        &[("BUNDLE_RETRY", "1")],
        &["answered with status 500", "(2 tries)"],
    );
}

// ---- servers of vendors ------------------------------------------------------------------------

/// JFrog Artifactory: a path below `/artifactory/api/gems`, an `ETag` that is a SHA-1 and no MD5, the
/// MD5 in a header of its own, no `Repr-Digest`. Bundler took the `ETag` for an MD5
/// (ruby/rubygems#6632).
#[test]
fn artifactory() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| {
        let path = asked
            .path
            .strip_prefix("/artifactory/api/gems/all")
            .unwrap();
        let Some(text) = files.get(path) else {
            return answer("404 Not Found", &[], b"{}");
        };
        let etag = "c1297f747c0b500377c1035dacab1ca2e098d516";
        if asked.header("if-none-match") == Some(etag) {
            return answer("304 Not Modified", &[], b"");
        }
        let sum = md5(text);
        let headers = [
            ("ETag", etag),
            ("X-Checksum-Md5", &sum),
            ("Content-Type", "application/octet-stream"),
        ];
        answer("200 OK", &headers, text.as_bytes())
    });
    let folder = application();
    let from = server.url("/artifactory/api/gems/all");
    assert_eq!(call(&folder, &from, &[], &[]).code, 0);
    server.asked();
    let run = call(&folder, &from, &[], &[]);
    assert!(run.err.contains("1 request, 0 bytes"), "{}", run.err);
    // Before its compact index is switched on it has neither file.
    let off = GemServer::new(|_| answer("404 Not Found", &[], b"{\"errors\": []}"));
    refused(
        &off,
        &[],
        QUICK,
        &["has no compact index: expected http://127.0.0.1"],
    );
}

/// Sonatype Nexus before 3.78: `versions` gives 400 with a web page (ruby/rubygems#5447); later, in a
/// group, `versions` is there and `info` is not (sonatype/nexus-public#108).
#[test]
fn nexus() {
    let old = GemServer::new(|_| {
        answer(
            "400 Bad Request",
            &[("Content-Type", "text/html")],
            b"<!DOCTYPE html>\n",
        )
    });
    refused(
        &old,
        &[],
        QUICK,
        &["answered with status 400: expected the text of a compact index"],
    );
    let files = index(&[("a", A), ("b", B)]);
    let group = GemServer::new(move |asked| match &*asked.path {
        "/versions" => good(&files, asked),
        _ => answer("404 Not Found", &[], b""),
    });
    refused(&group, &[], QUICK, &["/info/a"]);
}

/// Gemfury: a token as the user of the address, and an `ETag` that is weak or no MD5
/// (rubygems/bundler#4472, #4764).
#[test]
fn gemfury() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| {
        let token = format!("Basic {}", BASE64_STANDARD.encode("TOKEN:"));
        if asked.header("authorization") != Some(&token) {
            return answer("401 Unauthorized", &[], b"");
        }
        let etag = "W/\"2c6cafa9793dec\"";
        if asked.header("if-none-match") == Some(etag) {
            return answer("304 Not Modified", &[], b"");
        }
        let path = asked.path.strip_prefix("/me").unwrap();
        answer("200 OK", &[("ETag", etag)], files[path].as_bytes())
    });
    let folder = application();
    let from = format!("http://TOKEN@127.0.0.1:{}/me/", server.port);
    assert_eq!(call(&folder, &from, &[], &[]).code, 0);
    server.asked();
    let run = call(&folder, &from, &[], &[]);
    assert!(run.err.contains("1 request, 0 bytes"), "{}", run.err);
}

/// GitHub Packages: no compact index, so Bundler reads `specs.4.8.gz` (ruby/rubygems#5385); without
/// credentials everything is 401.
#[test]
fn github_packages() {
    let server = GemServer::new(|asked| match asked.header("authorization") {
        Some(_) => answer("404 Not Found", &[], b"{\"message\": \"Not Found\"}"),
        None => answer("401 Unauthorized", &[], b"{\"message\": \"Unauthorized\"}"),
    });
    refused(&server, &[], QUICK, &["asks for credentials (status 401)"]);
    let variables = [
        ("BUNDLE_127__0__0__1", "me:ghp_token"),
        ("BUNDLE_RETRY", "0"),
    ];
    refused(&server, &[], &variables, &["has no compact index"]);
}

/// Apache with mod_deflate: the `ETag` of an encoded text ends with `-gzip`, and only the one without
/// that is known when it comes back.
#[test]
fn apache_with_deflate() {
    let files = index(&[("a", A), ("b", B)]);
    let server = GemServer::new(move |asked| {
        let known = asked.header("if-none-match").unwrap_or_default();
        if known.split(", ").any(|tag| tag == "\"f16f9-6616\"") {
            return answer("304 Not Modified", &[], b"");
        }
        let headers = [
            ("ETag", "\"f16f9-6616-gzip\""),
            ("Content-Encoding", "gzip"),
        ];
        answer("200 OK", &headers, &gzip(files[&asked.path].as_bytes()))
    });
    let folder = application();
    assert_eq!(call(&folder, &server.url("/"), &[], &[]).code, 0);
    server.asked();
    let run = call(&folder, &server.url("/"), &[], &[]);
    assert!(run.err.contains("1 request, 0 bytes"), "{}", run.err);
    // Without a digest a part would prove nothing: none is asked for.
    assert_eq!(server.asked()[0].header("range"), None);
}

/// Gemstash and some mirrors: `versions` is a redirect to rubygems.org (rubygems/bundler#4764).
#[test]
fn gemstash() {
    let server = GemServer::new(|asked| {
        answer(
            "302 Found",
            &[("Location", &format!("https://rubygems.org{}", asked.path))],
            b"",
        )
    });
    refused(
        &server,
        &[],
        QUICK,
        &["--from https://rubygems.org asks there"],
    );
}
