//! Reading lockfiles: every section, every error with its place, and no input that breaks it.

use proptest::prelude::*;
use rungs::ErrorCode::{EmptyLockfile, InvalidLockfile, InvalidUtf8, LockfileConflict, TooLarge};
use rungs::lockfile::{Lockfile, SourceKind};
use rungs::{Error, ErrorCode};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lockfiles");
    fs::read(folder.join(format!("{name}.lock"))).unwrap()
}

fn example() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/Gemfile.lock")).unwrap()
}

fn read(name: &str) -> Lockfile {
    Lockfile::parse(&fixture(name)).unwrap()
}

fn warnings(lockfile: &Lockfile) -> Vec<String> {
    lockfile
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn all_sections_are_read() {
    let lockfile = read("all_sections");
    assert_eq!(warnings(&lockfile), [""; 0]);

    let sources: Vec<_> = lockfile
        .sources()
        .map(|s| (s.kind(), s.remotes().collect::<Vec<_>>(), s.line()))
        .collect();
    assert_eq!(
        sources,
        [
            (
                SourceKind::Git,
                vec!["https://example.org/made-up/courier.git"],
                7
            ),
            (
                SourceKind::Git,
                vec!["git@example.org:made-up/parcel.git"],
                16
            ),
            (SourceKind::Path, vec!["engines/billing"], 21),
            (
                SourceKind::Gem,
                vec!["https://rubygems.org/", "https://gems.example.org/"],
                29
            ),
            (SourceKind::Plugin, vec!["https://plugins.example.org"], 40),
        ]
    );
    let courier = lockfile.source(0).unwrap();
    assert!(courier.options().eq([
        ("revision", "0123456789abcdef0123456789abcdef01234567"),
        ("branch", "main"),
        ("submodules", "true"),
        ("glob", "gems/*.gemspec"),
    ]));
    assert_eq!(lockfile.source(1).unwrap().option("ref"), Some("89abcde"));
    assert_eq!(lockfile.source(1).unwrap().option("branch"), None);
    assert_eq!(lockfile.source(4).unwrap().option("type"), Some("vault"));
    assert_eq!(lockfile.source(4).unwrap().kind().header(), "PLUGIN SOURCE");
    assert!(lockfile.source(5).is_none());

    let specs: Vec<_> = lockfile
        .specs()
        .map(|s| (s.name(), s.version(), s.platform(), s.source(), s.line()))
        .collect();
    assert_eq!(
        specs,
        [
            ("courier", "1.4.0", "ruby", 0, 8),
            ("parcel", "0.2.0", "ruby", 1, 17),
            ("billing", "0.1.0", "ruby", 2, 22),
            ("ffi", "1.16.3", "ruby", 3, 30),
            ("ffi", "1.16.3", "x86_64-linux", 3, 31),
            ("karafka", "2.3.0", "ruby", 3, 32),
            ("karafka-core", "2.3.0", "ruby", 3, 34),
            ("zeitwerk", "2.7.0.beta1", "ruby", 3, 35),
            ("locked-away", "3.0.0", "ruby", 4, 41),
        ]
    );
    let billing = lockfile.spec(2).unwrap();
    let needs: Vec<_> = billing
        .dependencies()
        .map(|d| (d.name(), d.requirement().collect::<Vec<_>>(), d.line()))
        .collect();
    assert_eq!(
        needs,
        [
            ("courier", vec![], 23),
            ("karafka", vec!["~> 2.3", "!= 2.3.2"], 24)
        ]
    );

    assert!(lockfile.platforms().eq(["ruby", "x86_64-linux"]));
    let direct: Vec<_> = lockfile
        .dependencies()
        .map(|d| {
            let requirement: Vec<_> = d.requirement().collect();
            (
                d.name(),
                requirement,
                d.is_pinned(),
                d.pinned_source(),
                d.line(),
            )
        })
        .collect();
    assert_eq!(
        direct,
        [
            ("billing", vec![], true, Some(2), 48),
            ("bundler", vec![], true, None, 49),
            ("courier", vec!["= 1.4.0"], true, Some(0), 50),
            ("karafka", vec!["~> 2.3.0"], false, None, 51),
            ("locked-away", vec![], true, Some(4), 52),
            ("parcel", vec![], true, Some(1), 53),
        ]
    );

    let lines: Vec<_> = lockfile.checksums().unwrap().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((lines[0].name(), lines[0].sums().len()), ("billing", 0));
    let ffi = lines[2];
    assert_eq!((ffi.version(), ffi.platform()), ("1.16.3", "x86_64-linux"));
    assert_eq!((ffi.spec(), ffi.line()), (Some(4), 58));
    let sums: Vec<_> = ffi.sums().collect();
    assert_eq!(sums[0].algorithm(), "sha256");
    assert_eq!(
        sums[0].digest(),
        "lrVMEyrhcgGG1j_yGDyy3Ba8yABbnjfMp5b7Mfv0Xms="
    );
    assert_eq!(
        sums[0].hex(),
        "96b54c132ae1720186d63ff2183cb2dc16bcc8005b9e37cca796fb31fbf45e6b"
    );
    assert_eq!((sums[1].algorithm(), sums[1].hex()), ("md5", "63".into()));

    assert_eq!(lockfile.ruby_version(), Some("ruby 3.2.2p53"));
    assert_eq!(lockfile.bundled_with(), Some("2.6.9"));
    assert_eq!(lockfile.unknown_sections().len(), 0);
}

#[test]
fn old_files_have_fewer_sections() {
    let lockfile = read("old_bundler");
    assert_eq!(warnings(&lockfile), [""; 0]);
    assert_eq!(lockfile.specs().len(), 2);
    assert!(lockfile.checksums().is_none());
    assert_eq!(
        (lockfile.ruby_version(), lockfile.bundled_with()),
        (None, None)
    );
}

#[test]
fn line_ends_do_not_count() {
    assert!(
        fixture("all_sections_crlf")
            .windows(2)
            .any(|two| two == b"\r\n")
    );
    assert_eq!(read("all_sections_crlf"), read("all_sections"));
}

#[test]
fn what_bundler_ignores_is_said() {
    let lockfile = read("odd");
    let expected = [
        "1:3: \"  a line above all\" is ignored, expected a section header such as GEM first",
        "2:1: \"FUTURE THINGS\" is no section that Bundler knows; it is ignored",
        "5:1: \"GEM\\t\" is not the header GEM, so Bundler ignores the section",
        "12:6: \"     five (1.0)\" is ignored, expected an option, \"specs:\", a gem or its \
         dependency",
        "14:8: \"       seven (> 1)\" is ignored, expected an option, \"specs:\", a gem or its \
         dependency",
        "15:5: \"rake\" replaces the same gem of line 13",
        "16:21: \"java\" after the requirement of \"other\" is ignored",
        "17:5: \"raké\" has no version, which reads as 0",
        "17:5: \"raké\" is not a name: 'é' cannot stand in one",
        "18:5: \"none\" has no version, which reads as 0",
        "19:3: option \"late: option\" is after \"specs:\"",
        "20:3: a second \"specs:\" starts another source",
        "21:3: \"  stray\" is ignored, expected an option, \"specs:\", a gem or its dependency",
        "24:2: \" one-blank\" is ignored, expected two blanks and a platform",
        "28:4: \"   three\" is ignored, expected two blanks and a dependency",
        "29:3: no source above lists \"ghost\", to which it is pinned",
        "31:3: \"rake\" replaces the same dependency of line 30",
        "34:4: \"   three (1.0)\" is ignored, expected two blanks and a checksum",
        "35:3: no source above lists \"gone (1.0) sha256=zz\"; its checksum is ignored",
        "36:12: the checksum \"sha3\" has no digest",
        "40:4: \"ruby 3.3.0\" replaces the \"ruby 3.2.2\" above as the Ruby version",
        "43:4: \"two point six\" is not a version of Bundler; it is ignored",
        "45:4: \"2.6.0-rc1\" replaces the \"2.5.6\" above as the version of Bundler",
    ];
    assert_eq!(warnings(&lockfile), expected);

    let unknown: Vec<_> = lockfile
        .unknown_sections()
        .map(|s| (s.header(), s.lines().collect::<Vec<_>>(), s.line()))
        .collect();
    assert_eq!(
        unknown,
        [
            ("FUTURE THINGS", vec!["  thing (1.0)"], 2),
            ("GEM\t", vec!["  specs:", "    lost (1.0)"], 5),
        ]
    );
    let rake: Vec<_> = lockfile.specs().filter(|s| s.name() == "rake").collect();
    assert_eq!((rake.len(), rake[0].line()), (1, 15));
    assert_eq!(rake[0].dependencies().next().unwrap().name(), "other");
    assert_eq!(lockfile.specs().next().unwrap().name(), "rake");
    assert_eq!(lockfile.specs().nth(2).unwrap().version(), "0");
    assert_eq!(lockfile.sources().len(), 2);
    let gone = lockfile.checksums().unwrap().next().unwrap();
    assert_eq!((gone.name(), gone.spec()), ("gone", None));
    let rake = lockfile.dependencies().nth(1).unwrap();
    assert!(rake.requirement().eq([">= 13"]));
    assert_eq!(lockfile.ruby_version(), Some("ruby 3.3.0"));
    assert_eq!(lockfile.bundled_with(), Some("2.6.0-rc1"));
}

#[test]
fn a_byte_order_mark_hides_the_first_section_from_bundler() {
    let lockfile = read("bom");
    assert_eq!(
        warnings(&lockfile),
        ["1:1: \"\\u{feff}GIT\" is not the header GIT, so Bundler ignores the section"]
    );
    assert!(lockfile.specs().map(|spec| spec.name()).eq(["rake"]));
    // Where it hides all that there is.
    let text = "\u{feff}GEM\n  specs:\n    rake (13.1.0)\n";
    let error = Lockfile::parse(text.as_bytes()).unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.help()),
        (
            "1:1: the file is not a lockfile: none of its headers is written as Bundler writes it; \
             \"\\u{feff}GEM\" is where a section such as GEM was expected",
            Some(
                "remove blanks and byte order marks (U+FEFF) around the headers and write them in capitals, or run `bundle lock`"
            )
        )
    );
}

#[test]
fn bundler_itself_is_never_pinned() {
    let text = "GEM\n  specs:\n    bundler (2.6.9)\n\nDEPENDENCIES\n  bundler!\n";
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    let bundler = lockfile.dependencies().next().unwrap();
    assert_eq!((bundler.is_pinned(), bundler.pinned_source()), (true, None));
}

#[test]
fn a_missing_end_is_a_warning_since_bundler_reads_on() {
    assert_eq!(
        warnings(&read("cut_after_gems")),
        ["4:1: the section DEPENDENCIES is missing; is the file cut off?"]
    );
}

/// A fixture, the code, the whole text with its place, and the help.
const ERRORS: [(&str, ErrorCode, &str, &str); 21] = [
    (
        "empty",
        EmptyLockfile,
        "1:1: the lockfile is empty, expected sections such as GEM and DEPENDENCIES",
        "run `bundle lock` to write it",
    ),
    (
        "blank",
        EmptyLockfile,
        "1:1: the lockfile is empty, expected sections such as GEM and DEPENDENCIES",
        "run `bundle lock` to write it",
    ),
    (
        "conflict",
        LockfileConflict,
        "4:1: the lockfile has a merge conflict marker \"<<<<<<<\", expected none",
        "resolve the conflict, then run `bundle lock`",
    ),
    (
        "conflict_leftover",
        LockfileConflict,
        "5:20: the lockfile has a merge conflict marker \"=======\", expected none",
        "resolve the conflict, then run `bundle lock`",
    ),
    (
        "latin1",
        InvalidUtf8,
        "3:8: the lockfile is not UTF-8: byte 0xe9 at offset 20, expected text",
        "save the file as UTF-8, or run `bundle lock` to write it anew",
    ),
    (
        "binary",
        InvalidLockfile,
        "3:9: the lockfile has binary data, byte 0x00, expected text",
        "restore the Gemfile.lock from version control, or run `bundle lock` to write it anew",
    ),
    (
        "gemfile",
        InvalidLockfile,
        "2:1: the file is not a lockfile: it looks like a Gemfile; \"# frozen_string_literal: \
         true\" is where a section such as GEM was expected",
        "give the Gemfile.lock beside it; `bundle lock` writes one",
    ),
    (
        "json",
        InvalidLockfile,
        "1:1: the file is not a lockfile: it looks like JSON; \"{\" is where a section such \
         as GEM was expected",
        "give the Gemfile.lock itself",
    ),
    (
        "prose",
        InvalidLockfile,
        "1:1: the file is not a lockfile: it has none of its sections; \"Dear reader,\" is \
         where a section such as GEM was expected",
        "give the Gemfile.lock of the application; `bundle lock` writes one",
    ),
    (
        "lone_cr",
        InvalidLockfile,
        "1:1: the file is not a lockfile: its lines end in lone carriage returns, where Bundler \
         sees one line; \"GEM\\r  specs:\\r    rake (13.1.0)\\r\" is where a section such as \
         GEM was expected",
        "convert the line ends to \\n",
    ),
    (
        "trailing_blank_header",
        InvalidLockfile,
        "1:1: the file is not a lockfile: none of its headers is written as Bundler writes it; \
         \"GEM \" is where a section such as GEM was expected",
        "remove blanks and byte order marks (U+FEFF) around the headers and write them in capitals, or run \
         `bundle lock`",
    ),
    (
        "cut_in_source",
        InvalidLockfile,
        "1:1: the section GEM has no line \"  specs:\", expected one; is it cut off?",
        "run `bundle lock` to write the file anew",
    ),
    (
        "cut_in_gem",
        InvalidLockfile,
        "4:5: \"karafka (2.3\" does not read as a gem, expected name (version)",
        REPAIR,
    ),
    (
        "cut_in_dependency",
        InvalidLockfile,
        "5:7: \"waterdrop (>= 2.6.12, < 3\" does not read as a gem, expected name (version)",
        REPAIR,
    ),
    (
        "bad_parentheses",
        InvalidLockfile,
        "3:5: \"rake (13.1.0)) \" does not read as a gem, expected name (version)",
        REPAIR,
    ),
    (
        "bad_direct_dependency",
        InvalidLockfile,
        "6:3: \"rake (>= 13 # the build\" does not read as a gem, expected name (version)",
        REPAIR,
    ),
    (
        "gem_before_specs",
        InvalidLockfile,
        "3:5: \"rake (13.1.0)\" is before \"  specs:\", expected that first",
        REPAIR,
    ),
    (
        "dependency_without_gem",
        InvalidLockfile,
        "4:7: \"waterdrop (>= 2.6.12)\" needs a gem above it, expected one",
        REPAIR,
    ),
    (
        "bad_requirement",
        InvalidLockfile,
        "4:25: \"=> 2.4\" is not a requirement, expected one such as ~> 2.5",
        REPAIR,
    ),
    (
        "bad_checksum",
        InvalidLockfile,
        "6:17: \"sha256=abc\" is not a checksum, expected sha256= and 64 hexadecimal digits",
        REPAIR,
    ),
    (
        "two_checksums",
        InvalidLockfile,
        "7:17: \"md5=2\" is not the \"md5\" of the same gem above, expected one checksum",
        REPAIR,
    ),
];

const REPAIR: &str = "correct the line, or run `bundle lock` to write the file anew";

#[test]
fn each_error_says_what_where_and_what_next() {
    for (name, code, text, help) in ERRORS {
        let error = Lockfile::parse(&fixture(name)).unwrap_err();
        assert_eq!(error.to_string(), text, "{name}");
        assert_eq!(error.code(), code, "{name}");
        assert_eq!(error.help(), Some(help), "{name}");
    }
    let error = Lockfile::parse(&fixture("bad_version")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "3:11: \"13..1\" is not a version, expected one such as 2.5.0"
    );
}

#[test]
fn every_fixture_is_used() {
    let fine = [
        "all_sections",
        "all_sections_crlf",
        "bad_version",
        "bom",
        "cut_after_gems",
        "odd",
        "old_bundler",
    ];
    let mut used: Vec<&str> = ERRORS.iter().map(|row| row.0).chain(fine).collect();
    used.sort_unstable();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lockfiles");
    let mut found: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".lock").map(str::to_owned))
        .collect();
    found.sort();
    assert_eq!(found, used);
}

#[test]
fn sizes_are_bounded() {
    let mut bytes = b"DEPENDENCIES\n  rake\n".to_vec();
    bytes.resize(Lockfile::MAX_BYTES, b'\n');
    assert!(Lockfile::parse(&bytes).is_ok());
    bytes.push(b'\n');
    assert_eq!(Lockfile::parse(&bytes).unwrap_err().code(), TooLarge);

    let odd = |lines: usize| {
        let text = format!("DEPENDENCIES\n{}", " odd\n".repeat(lines));
        warnings(&Lockfile::parse(text.as_bytes()).unwrap())
    };
    let most = odd(Lockfile::MAX_WARNINGS);
    assert_eq!(most.len(), Lockfile::MAX_WARNINGS);
    assert!(most[Lockfile::MAX_WARNINGS - 1].starts_with("101:2: \" odd\" is ignored"));
    let more = odd(Lockfile::MAX_WARNINGS + 1);
    assert_eq!(more.len(), Lockfile::MAX_WARNINGS);
    assert_eq!(more[..99], most[..99]);
    assert_eq!(more[99], "101:2: 2 more warnings are left off");
}

/// Lines that all lead to the same gem, pin or checksum: whoever compares each with each takes
/// minutes over this.
#[test]
fn long_files_take_time_by_their_length_only() {
    let mut text = String::from("GEM\n  specs:\n");
    for n in 0..20_000 {
        text.push_str(&format!("    a ({n})\n"));
    }
    text.push_str(&"  specs:\n".repeat(20_000));
    text.push_str("DEPENDENCIES\n");
    text.push_str(&"  a!\n".repeat(20_000));
    text.push_str("CHECKSUMS\n");
    for n in 0..20_000 {
        text.push_str(&format!("  a (1) x{n}=1\n"));
    }
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    assert_eq!(lockfile.specs().len(), 20_000);
    assert_eq!(lockfile.sources().len(), 20_001);
}

#[test]
fn the_example_is_a_whole_application() {
    let lockfile = Lockfile::parse(&example()).unwrap();
    assert_eq!(warnings(&lockfile), [""; 0]);
    for (name, version) in [
        ("karafka", "2.3.0"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.8"),
        ("karafka-testing", "2.3.1"),
        ("karafka-web", "0.8.0"),
        ("waterdrop", "2.6.12"),
    ] {
        let spec = lockfile.specs().find(|spec| spec.name() == name).unwrap();
        assert_eq!(spec.version(), version, "{name}");
    }
    let is_there = |name: &str| name == "bundler" || lockfile.specs().any(|s| s.name() == name);
    for spec in lockfile.specs() {
        for needed in spec.dependencies() {
            assert!(
                is_there(needed.name()),
                "{} needs {}",
                spec.name(),
                needed.name()
            );
        }
    }
    assert!(lockfile.dependencies().all(|d| is_there(d.name())));
    assert_eq!(lockfile.ruby_version(), Some("ruby 3.2.2p53"));
    assert!(lockfile.platforms().eq(["ruby", "x86_64-linux"]));
}

/// The place of an error or warning lies inside the file, or just behind its end.
fn is_inside(bytes: &[u8], line: u32, column: u32) -> bool {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let Some(found) = lines.get(line as usize - 1) else {
        return false;
    };
    column >= 1 && column as usize <= found.len() + 1
}

fn check(bytes: &[u8]) {
    let places: Vec<_> = match Lockfile::parse(bytes) {
        Ok(lockfile) => {
            look_at_everything(&lockfile);
            lockfile.warnings().iter().map(|w| w.place()).collect()
        }
        Err(error) => {
            assert!(!error.message().is_empty() && error.help().is_some());
            vec![place(&error)]
        }
    };
    for place in places {
        assert!(
            is_inside(bytes, place.line, place.column),
            "{place} in {bytes:?}"
        );
    }
}

fn place(error: &Error) -> rungs::Place {
    error.place().expect("a place")
}

fn look_at_everything(lockfile: &Lockfile) {
    for spec in lockfile.specs() {
        assert!(!spec.name().is_empty() && !spec.version().is_empty());
        assert!(lockfile.source(spec.source()).is_some());
        for needed in spec.dependencies() {
            assert!(!needed.name().is_empty() && needed.requirement().all(|r| !r.is_empty()));
        }
    }
    for direct in lockfile.dependencies() {
        assert!(!direct.name().is_empty());
        assert!(
            direct
                .pinned_source()
                .is_none_or(|s| lockfile.source(s).is_some())
        );
    }
    for line in lockfile.checksums().into_iter().flatten() {
        let spec = line.spec().and_then(|index| lockfile.spec(index));
        assert!(spec.is_none_or(|spec| spec.name() == line.name()));
        assert!(
            line.sums()
                .all(|sum| sum.hex().len() <= 64 || sum.hex() == sum.digest())
        );
    }
    for source in lockfile.sources() {
        assert!(source.options().all(|(key, _)| !key.is_empty()));
        assert!(source.remotes().len() < usize::MAX);
    }
    assert!(
        lockfile
            .unknown_sections()
            .all(|s| s.lines().count() < usize::MAX)
    );
}

/// Lines below a header, or below none.
fn lines(most: usize) -> impl Strategy<Value = Vec<String>> {
    let head = prop::sample::select(vec!["", "GEM\n  specs:", "DEPENDENCIES", "CHECKSUMS"]);
    (head, prop::collection::vec(line(), 0..most)).prop_map(|(head, mut lines)| {
        lines.splice(0..0, head.split('\n').map(str::to_owned));
        lines
    })
}

/// Texts that look like lines of a lockfile, whole or in parts.
fn line() -> impl Strategy<Value = String> {
    let indent = prop::sample::select(vec!["", " ", "  ", "    ", "      ", "\t"]);
    let word = prop::sample::select(vec![
        "GEM",
        "GIT",
        "PATH",
        "PLUGIN SOURCE",
        "PLATFORMS",
        "DEPENDENCIES",
        "CHECKSUMS",
        "RUBY VERSION",
        "BUNDLED WITH",
        "specs:",
        "remote: x",
        "branch: y",
        "rake",
        "rake!",
        "rake (1)",
        "rake (1-java)",
        "rake (1) sha256=1",
        "rake (> 1, < 2)!",
        "rake (",
        ")",
        "é (1)",
        "2.6",
        "\u{feff}",
        "(",
        "-",
        ",",
        " ",
        "======",
    ]);
    (indent, prop::collection::vec(word, 1..3))
        .prop_map(|(i, words)| i.to_owned() + &words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124), ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn any_lines_are_read_or_refused(lines in lines(30)) {
        check(lines.join("\n").as_bytes());
    }

    #[test]
    fn damaged_files_are_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        put in prop::collection::vec(any::<u8>(), 0..6),
        whole in any::<bool>(),
    ) {
        let mut bytes = if whole { example() } else { fixture("all_sections") };
        let start = at.index(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, put);
        check(&bytes);
    }

    #[test]
    fn cut_files_are_read_or_refused(at in any::<prop::sample::Index>()) {
        let bytes = fixture("all_sections");
        check(&bytes[..at.index(bytes.len())]);
    }

    #[test]
    fn line_ends_never_count(lines in lines(30)) {
        let one = Lockfile::parse((lines.join("\n") + "\n").as_bytes());
        let other = Lockfile::parse((lines.join("\r\n") + "\r\n").as_bytes());
        prop_assert_eq!(one, other);
    }
}

#[test]
fn the_lines_made_up_for_properties_are_often_lockfiles() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let lines = lines(4);
    let read = (0..1000)
        .filter(|_| {
            let lines = lines.new_tree(&mut runner).unwrap().current();
            Lockfile::parse(lines.join("\n").as_bytes()).is_ok()
        })
        .count();
    assert!((50..950).contains(&read), "{read} of 1000");
}

/// Each was run through Bundler 4.0.22.
#[test]
fn blanks_that_bundler_overlooks_are_overlooked() {
    let sum = "a".repeat(64);
    let source =
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.0.0)\n    x (1.0-java )\n";
    let text = format!(
        "{source}\nPLATFORMS\n   ruby\n  \tjava \n    x86_64-linux\n\nDEPENDENCIES\n  rake\n\nCHECKSUMS\n  \
         bundler (4.0.2) sha256={sum}\n  rake (13.0.0) sha256={sum},\tsha512=ab\t\n  x (1.0-java ) \
         sha256={sum}\t\n"
    );
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    assert_eq!(warnings(&lockfile), [""; 0]);
    assert!(lockfile.platforms().eq(["ruby", "java", "x86_64-linux"]));
    let platforms = lockfile.specs().map(|spec| spec.platform());
    assert!(platforms.eq(["ruby", "java"]));
    let sums = lockfile.checksums().unwrap().map(|checksum| {
        let sums = checksum
            .sums()
            .map(|sum| format!("{}={}", sum.algorithm(), sum.digest()));
        let sums: Vec<String> = sums.collect();
        format!(
            "{} {} {}",
            checksum.name(),
            checksum.platform(),
            sums.join(",")
        )
    });
    let want = [
        format!("bundler ruby sha256={sum}"),
        format!("rake ruby sha256={sum},sha512=ab"),
        format!("x java sha256={sum}"),
    ];
    assert!(sums.eq(want));
    // A blank before a platform belongs to it, and what Bundler notes of itself is looked at.
    let text = format!("{source}    y (1.0- java)\n\nDEPENDENCIES\n  rake\n");
    let lockfile = Lockfile::parse(text.as_bytes()).unwrap();
    assert_eq!(lockfile.specs().last().unwrap().platform(), " java");
    for bad in [
        "sha256=zz".to_owned(),
        format!("sha256={sum},sha256={}", "b".repeat(64)),
    ] {
        let text =
            format!("{source}\nDEPENDENCIES\n  rake\n\nCHECKSUMS\n  bundler (4.0.2) {bad}\n");
        let error = Lockfile::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.place().unwrap().line, 11, "{error}");
    }
}
