//! `rungs catalog export --compact-index` and `rungs catalog import --compact-index`.

use crate::program::{Folder, Run, run};
use std::fs;

const CATALOG: &str = "format = 1
name = \"mine\"
scheme = \"rubygems\"
horizon = 2026-01-01
order = [\"a\", \"B.c\"]

[package.a]
role = \"stepped\"
# version date
releases = '''
# the first
1.0.0    2025-01-01 ruby >= 2.7; B.c ~> 1.0
# after the first
1.2.0    2025-03-01 [yanked] B.c   # a comment
'''

[package.\"B.c\"]
role = \"follower\"
releases = '''
1.1 ?
1.0 ?
'''

[package.ruby]
role = \"runtime\"
releases = '''
3.0 ?
'''
";

const NEW_A: &str = "---
1.0.0 B.c:~> 1.0|checksum:abc,ruby:>= 2.7
1.1.0 B.c:>= 1&< 3,other:>= 0|checksum:abc,ruby:>= 2.7,created_at:2025-02-01T10:00:00Z
1.1.0-java B.c:>= 1|checksum:abc
1.3.0.rc1 |checksum:abc
";

fn with_catalog(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(&[("mine.toml", CATALOG)]);
    for (path, text) in files {
        let path = folder.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn import(folder: &Folder, more: &[&str]) -> Run {
    let mut args = vec!["catalog", "import", "--catalog", "mine.toml"];
    args.extend(more);
    folder.run(&args)
}

const DIFF: &str = "--- mine.toml
+++ mine.toml
@@ -10,8 +10,10 @@
 releases = '''
 # the first
 1.0.0    2025-01-01 ruby >= 2.7; B.c ~> 1.0
+1.1.0    2025-02-01 [from a compact index] ruby >= 2.7; B.c >= 1, < 3; other
 # after the first
 1.2.0    2025-03-01 [yanked] B.c   # a comment
+1.3.0.rc1 ?          [from a compact index]
 '''
 \n";

#[test]
fn an_import_shows_a_diff_and_writes_when_asked() {
    let folder = with_catalog(&[("a", NEW_A)]);
    let shown = import(&folder, &["--compact-index", "a"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    let file = folder.0.join("mine.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), CATALOG);
    let written = import(&folder, &["--write", "--compact-index", "a"]);
    assert_eq!((written.code, &written.out), (0, &shown.out));
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        CATALOG
            .replace(
                "# after the first\n",
                "1.1.0    2025-02-01 [from a compact index] ruby >= 2.7; B.c >= 1, < 3; other\n\
                 # after the first\n"
            )
            .replace(
                "# a comment\n",
                "# a comment\n1.3.0.rc1 ?          [from a compact index]\n"
            )
    );
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().flatten().collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let again = import(&folder, &["--write", "--compact-index", "a"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert_eq!(again.err, "rungs: mine knows all of these releases\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(shown.out.starts_with(DIFF.trim_end()), "{}", shown.out);
}

/// `printf %s B.c | md5sum`
const DIGEST: &str = "d6ecdfc3df525646b43d2c70de520cff";

#[test]
fn the_cache_of_bundler_is_read_and_newest_first_stays_so() {
    let host = "cache/rubygems.org.443.29b0360b937aa4d161703e6160654e47";
    let special = format!("{host}/info-special-characters/B.c-{DIGEST}");
    let folder = with_catalog(&[
        (
            &format!("{host}/versions"),
            "---\na 1.0.0,1.4.0 m\nB.c 1.0,1.1 m\nz 9 m\n",
        ),
        (&format!("{host}/info/a"), "---\n1.0.0 |\n"),
        (&format!("{host}/info/z"), "---\nx\n"),
        (
            &format!("{host}/info-etags/a-0cc175b9c0f1b6a831c399e269772661"),
            "W/\"x\"",
        ),
        (&special, "---\n0.9 |\n1.0.5 |\n1.2 |\n"),
    ]);
    let all = import(&folder, &["--compact-index", "cache"]);
    assert_eq!(
        all.err,
        format!(
            "rungs: {host_} names a 1.4.0, which no info file describes: not added\n",
            host_ = format_args!("{host}/versions")
        )
    );
    assert_eq!(all.code, 0);
    let part = "+1.2      ?          [from a compact index]\n 1.1 ?\n\
                +1.0.5    ?          [from a compact index]\n 1.0 ?\n\
                +0.9      ?          [from a compact index]\n '''\n";
    assert!(all.out.contains(part), "{}", all.out);
    for path in [host, &special] {
        let one = import(&folder, &["--compact-index", path]);
        assert_eq!((one.code, &one.out), (0, &all.out), "{}", one.err);
    }
}

#[test]
fn damaged_lines_are_told_and_the_rest_is_kept() {
    let folder = with_catalog(&[
        ("ix/info/a", "---\n1.1.0 B.c\n1.3.0 |\n\n"),
        ("ix/versions", "---\na 1.3.0 m m\n"),
        ("bad/info/a", "---\nx |\n"),
        ("none/readme", "x"),
    ]);
    let some = import(&folder, &["--compact-index", "ix"]);
    assert_eq!(some.code, 1);
    assert_eq!(
        some.err,
        "rungs: ix/versions:2:10: ' ' cannot stand in a checksum: expected letters and digits\n\
         rungs: ix/info/a:2:7: \"B.c\" has no requirement: expected NAME:REQUIREMENT\n"
    );
    assert!(some.out.contains("\n+1.3.0 "), "{}", some.out);
    assert!(!some.out.contains("1.1.0"), "{}", some.out);
    let bad = import(&folder, &["--compact-index", "bad"]);
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
    assert!(
        bad.err.starts_with("rungs: bad/info/a:2:1: "),
        "{}",
        bad.err
    );
    assert!(
        bad.err
            .ends_with("rungs: no release of a package of mine could be read\n")
    );
    for (path, why) in [
        (
            "none",
            "none is no compact index: expected `versions` and `info`, or files named as packages",
        ),
        (
            "none/readme",
            "none/readme is named as no package of mine: expected one, or versions",
        ),
        ("nowhere", "cannot read nowhere: no such file"),
    ] {
        let refused = import(&folder, &["--compact-index", path]);
        assert_eq!((refused.code, refused.err), (2, format!("rungs: {why}\n")));
    }
}

#[test]
fn the_embedded_catalog_gets_an_overlay() {
    let folder = with_catalog(&[
        (
            "karafka",
            "---\n2.6.0 |\n2.6.1 waterdrop:>= 2.10.2&< 3.0.0|ruby:>= 3.2.0\n",
        ),
        ("over.toml", "format = 1\nextends = \"karafka\"\n"),
    ]);
    let shown = folder.run(&["catalog", "import", "--compact-index", "karafka"]);
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    let section = "[package.karafka]\nreleases = '''\n\
                   2.6.1    ?          [from a compact index] ruby >= 3.2.0; \
                   waterdrop >= 2.10.2, < 3.0.0\n'''\n";
    let overlay = format!("format = 1\nextends = \"karafka\"\n\n{section}");
    assert_eq!(shown.out, overlay);
    // An overlay that does not speak of the package yet gets the same section.
    let args = [
        "catalog",
        "import",
        "--write",
        "--catalog",
        "over.toml",
        "--compact-index",
        "karafka",
    ];
    assert_eq!(folder.run(&args).code, 0);
    assert_eq!(
        fs::read_to_string(folder.0.join("over.toml")).unwrap(),
        overlay
    );
    assert_eq!(folder.run(&["catalog", "validate", "over.toml"]).code, 0);
    assert!(folder.run(&args).err.contains("knows all of these"));
    let call = folder.run(&["catalog", "import", "--write", "--compact-index", "karafka"]);
    assert_eq!(call.code, 2);
    assert!(call.err.contains("--catalog"), "{}", call.err);
}

#[test]
fn what_cannot_be_edited_is_refused() {
    for (from, to, why) in [
        (
            "releases = '''\n1.1 ?\n1.0 ?\n'''\n",
            "about = \"x\"\n",
            "rungs: mine.toml: package B.c has no block `releases` here: expected one, it may be empty\n",
        ),
        ("scheme = \"rubygems\"", "scheme = \"semver\"", ""),
    ] {
        let folder = with_catalog(&[("ix/info/B.c", "---\n3.0 |\n"), ("ix/info/a", NEW_A)]);
        let text = CATALOG.replace(from, to);
        fs::write(folder.0.join("mine.toml"), &text).unwrap();
        let refused = import(&folder, &["--write", "--compact-index", "ix"]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        assert!(refused.err.ends_with(why), "{}", refused.err);
        assert_eq!(
            fs::read_to_string(folder.0.join("mine.toml")).unwrap(),
            text
        );
    }
    let folder = with_catalog(&[("ix/info/B.c", "---\n3.0 |\n")]);
    let empty = CATALOG.replace("releases = '''\n1.1 ?\n1.0 ?\n'''\n", "releases = ''''''\n");
    fs::write(folder.0.join("mine.toml"), &empty).unwrap();
    assert_eq!(
        import(&folder, &["--write", "--compact-index", "ix/info"]).code,
        0
    );
    assert_eq!(
        fs::read_to_string(folder.0.join("mine.toml")).unwrap(),
        empty.replace(
            "''''''",
            "'''\n3.0      ?          [from a compact index]\n'''"
        )
    );
}

#[test]
fn an_exported_index_says_what_the_catalog_says() {
    let folder = with_catalog(&[]);
    let args = [
        "catalog",
        "export",
        "--catalog",
        "mine.toml",
        "--compact-index",
    ];
    let export = |to: &str| folder.run(&[&args[..], &[to]].concat());
    let done = export("one");
    assert_eq!(
        (done.code, done.out.as_str(), done.err.as_str()),
        (0, "", "")
    );
    assert_eq!(
        export("one").err,
        "rungs: one is not empty: expected a new or empty folder\n"
    );
    let read = |name: &str| fs::read_to_string(folder.0.join("one").join(name)).unwrap();
    // Withdrawn releases and runtimes are left out.
    let a = "---\n1.0.0 B.c:~> 1.0|ruby:>= 2.7,created_at:2025-01-01T00:00:00Z\n";
    assert_eq!(read("info/a"), a);
    assert_eq!(read("info/B.c"), "---\n1.0 |\n1.1 |\n");
    assert_eq!(read("names"), "---\nB.c\na\n");
    assert_eq!(
        read("versions"),
        "created_at: 2026-01-01T00:00:00Z\n---\nB.c 1.0,1.1 d076f42575b62b57f16f9c1208048952\na 1.0.0 7cc58841e0e7cbc63da0dc7c01560a50\n"
    );
    let semver = CATALOG.replace("rubygems", "semver");
    let refused = run(
        &[("mine.toml", semver.split("[package.a]").next().unwrap())],
        &[
            "catalog",
            "export",
            "--catalog",
            "mine.toml",
            "--compact-index",
            "x",
        ],
    );
    assert_eq!(refused.code, 2);
}

#[test]
fn the_family_goes_out_and_comes_back() {
    let folder = Folder::with(&[]);
    assert_eq!(
        folder
            .run(&["catalog", "export", "--compact-index", "ix"])
            .code,
        0
    );
    let nothing = folder.run(&["catalog", "import", "--compact-index", "ix"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
    assert_eq!(nothing.err, "rungs: karafka knows all of these releases\n");
    // Into a catalog that knows one release of each package all others come back.
    assert_eq!(folder.run(&["catalog", "export", "whole"]).code, 0);
    fs::remove_file(folder.0.join("whole/rules.toml")).unwrap();
    for entry in fs::read_dir(folder.0.join("whole")).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        let Some((head, block)) = text.split_once("\nreleases = '''\n") else {
            continue;
        };
        if !entry.path().ends_with("ruby.toml") {
            let head = head.split("\nlines = ").next().unwrap();
            let first = block.lines().next().unwrap();
            let text = format!("{head}\nreleases = '''\n{first}\n'''\n");
            fs::write(entry.path(), text).unwrap();
        }
    }
    let args = ["catalog", "import", "--catalog", "whole"];
    let back = folder.run(&[&args[..], &["--write", "--compact-index", "ix"]].concat());
    assert_eq!((back.code, back.err.as_str()), (0, ""));
    let args = ["catalog", "export", "--catalog", "whole"];
    let again = folder.run(&[&args[..], &["--compact-index", "again"]].concat());
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    let added = back
        .out
        .lines()
        .filter(|line| line.contains("a compact index"))
        .count();
    assert!(added > 500, "only {added} releases came back");
    for file in [
        "versions",
        "names",
        "info/karafka",
        "info/rdkafka",
        "info/karafka-web",
    ] {
        let read = |index: &str| fs::read_to_string(folder.0.join(index).join(file)).unwrap();
        assert_eq!(read("again"), read("ix"), "{file}");
    }
}
