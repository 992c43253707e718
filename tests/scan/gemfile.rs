//! Edits of Gemfiles: only the lines concerned, byte for byte the rest; what is unsure is refused.

use rungs::catalog::Catalog;
use rungs::gemfile::Gemfile;
use rungs::lockfile::Snapshot;
use rungs::plan::{GemLine, Plan};
use rungs::planner::{Request, plan};
use rungs::{ErrorCode, Scheme, Version};

fn planned(direct: &[&str], temporary: &[&str]) -> Plan {
    let start = [
        ("karafka", "2.3.0"),
        ("waterdrop", "2.6.12"),
        ("karafka-web", "0.8.0"),
        ("karafka-core", "2.3.0"),
        ("karafka-rdkafka", "0.14.8"),
    ];
    let mut snapshot = Snapshot::new().with_runtime("ruby", "3.2");
    for (name, version) in start {
        let version = Version::parse(Scheme::RubyGems, version).unwrap();
        snapshot = snapshot.with(name, version);
    }
    for name in direct {
        snapshot = snapshot.direct(name);
    }
    for name in temporary {
        snapshot = snapshot.temporary(name);
    }
    let catalog = Catalog::karafka().unwrap();
    let request = Request::new().to(&catalog, "karafka=2.6").unwrap();
    plan(&catalog, &snapshot, &request).unwrap()
}

/// The lines of the first step: `karafka ~> 2.3.4`, `karafka-web ~> 0.8.2` where it is direct.
fn lines(direct: &[&str]) -> Vec<GemLine> {
    planned(direct, &[]).steps()[0].bundle().lines().to_vec()
}

/// The second step has `waterdrop ~> 2.7.4` as a temporary line.
fn with_temporary() -> Vec<GemLine> {
    let plan = planned(&["karafka", "karafka-web"], &[]);
    let lines = plan.steps()[1].bundle().lines().to_vec();
    let shown: Vec<String> = lines.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "gem \"karafka\", \"~> 2.4.18\"",
            "gem \"karafka-web\", \"~> 0.9.2\"",
            "gem \"waterdrop\", \"~> 2.7.4\""
        ]
    );
    lines
}

#[track_caller]
fn edited(source: &str, lines: &[GemLine]) -> String {
    let gemfile = Gemfile::parse(source.as_bytes()).unwrap();
    String::from_utf8(gemfile.edit(lines, &[]).unwrap()).unwrap()
}

#[track_caller]
fn refused(source: &str, lines: &[GemLine]) -> String {
    let gemfile = Gemfile::parse(source.as_bytes()).unwrap();
    let error = gemfile.edit(lines, &[]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidGemfile);
    assert!(error.help().is_some(), "{error}");
    error.to_string()
}

#[test]
fn only_the_requirement_changes() {
    let one = lines(&["karafka"]);
    let one: Vec<GemLine> = one
        .into_iter()
        .filter(|line| !line.is_temporary())
        .collect();
    for (before, after) in [
        ("gem \"karafka\"\n", "gem \"karafka\", \"~> 2.3.4\"\n"),
        ("gem 'karafka', '~> 2'\n", "gem 'karafka', '~> 2.3.4'\n"),
        (
            "gem 'karafka', \"~> 2.3.4\"\n",
            "gem 'karafka', \"~> 2.3.4\"\n",
        ),
        (
            "gem 'karafka', '>= 2', '< 3', require: false # why\n",
            "gem 'karafka', '~> 2.3.4', require: false # why\n",
        ),
        (
            "gem 'karafka', ['>= 2', '< 3'], group: %i[a b]\n",
            "gem 'karafka', '~> 2.3.4', group: %i[a b]\n",
        ),
        (
            "gem(\"karafka\", platforms: [:ruby])\n",
            "gem(\"karafka\", \"~> 2.3.4\", platforms: [:ruby])\n",
        ),
        (
            "gem 'karafka', :require => false, 'group' => :x\n",
            "gem 'karafka', '~> 2.3.4', :require => false, 'group' => :x\n",
        ),
        (
            "gem \"karafka\", # ours\n    \"~> 2.0\", # old\n    require: false\n",
            "gem \"karafka\", # ours\n    \"~> 2.3.4\", # old\n    require: false\n",
        ),
        (
            "gem(\n  'karafka'\n)\n",
            "gem(\n  'karafka', '~> 2.3.4'\n)\n",
        ),
        (
            "gem 'a'; gem 'karafka'",
            "gem 'a'; gem 'karafka', '~> 2.3.4'",
        ),
        (
            "source 'https://a' do\n  group :x do\n    gem 'karafka'\n  end\nend\n",
            "source 'https://a' do\n  group :x do\n    gem 'karafka', '~> 2.3.4'\n  end\nend\n",
        ),
        (
            "group(:x) { gem 'karafka' }\n",
            "group(:x) { gem 'karafka', '~> 2.3.4' }\n",
        ),
        ("gem %q(karafka)\n", "gem %q(karafka), \"~> 2.3.4\"\n"),
        (
            "\u{feff}gem 'karafka'\r\ngem 'b'\r\n",
            "\u{feff}gem 'karafka', '~> 2.3.4'\r\ngem 'b'\r\n",
        ),
        (
            "# gem 'karafka', '1'\nx = \"gem 'karafka'\"\ngem 'karafka'\n__END__\ngem 'karafka'\n",
            "# gem 'karafka', '1'\nx = \"gem 'karafka'\"\ngem 'karafka', '~> 2.3.4'\n__END__\ngem 'karafka'\n",
        ),
        (
            "gemspec\neval_gemfile 'x'\ngem 'karafka'\ngem 'b', path: 'b'\ngem 'c' if d\n",
            "gemspec\neval_gemfile 'x'\ngem 'karafka', '~> 2.3.4'\ngem 'b', path: 'b'\ngem 'c' if d\n",
        ),
        (
            "gem 'kärafka'\ngem 'karafka'\n",
            "gem 'kärafka'\ngem 'karafka', '~> 2.3.4'\n",
        ),
    ] {
        assert_eq!(edited(before, &one), after);
        assert_eq!(edited(after, &one), after, "twice is once");
    }
}

#[test]
fn what_is_unsure_is_refused_with_its_place() {
    let one = lines(&["karafka"]);
    let one: Vec<GemLine> = one
        .into_iter()
        .filter(|line| !line.is_temporary())
        .collect();
    for (source, message) in [
        (
            "gem 'karafka' if ENV['A']\n",
            "1:1: gem \"karafka\" is under a condition: expected a plain line",
        ),
        (
            "if a\n  gem 'karafka'\nend\n",
            "2:3: gem \"karafka\" is under a condition: expected a plain line",
        ),
        (
            "gem 'karafka', V\n",
            "1:1: gem \"karafka\" has a requirement that is computed: expected a plain line",
        ),
        (
            "gem 'karafka', \"~> #{v}\"\n",
            "1:1: gem \"karafka\" has a requirement that is computed: expected a plain line",
        ),
        (
            "gem 'karafka', *v\n",
            "1:1: gem \"karafka\" has a requirement that is computed: expected a plain line",
        ),
        (
            "gem 'karafka', **v\n",
            "1:1: gem \"karafka\" has options that are computed: expected a plain line",
        ),
        (
            "gem 'karafka', ['1', v]\n",
            "1:1: gem \"karafka\" has a requirement that is computed: expected a plain line",
        ),
        (
            "gem 'karafka', git: 'x'\n",
            "1:1: gem \"karafka\" may come from elsewhere than a server of gems: expected a plain line",
        ),
        (
            "gem 'karafka', { path: 'x' }\n",
            "1:1: gem \"karafka\" may come from elsewhere than a server of gems: expected a plain line",
        ),
        (
            "path 'x' do\n  gem 'karafka'\nend\n",
            "2:3: gem \"karafka\" comes from elsewhere than a server of gems: expected a plain line",
        ),
        (
            "2.times do\n  gem 'karafka'\nend\n",
            "2:3: gem \"karafka\" is in a block that is not known: expected a plain line",
        ),
        (
            "mine do\n  gem 'karafka'\nend\n",
            "2:3: gem \"karafka\" is in a block that is not known: expected a plain line",
        ),
        (
            "x = gem('karafka')\n",
            "1:5: gem \"karafka\" is inside of other code: expected a plain line",
        ),
        (
            "def a = gem('karafka')\n",
            "1:9: gem \"karafka\" is inside of other code: expected a plain line",
        ),
        (
            "gem 'karafka' or b\n",
            "1:1: gem \"karafka\" is inside of other code: expected a plain line",
        ),
        (
            "begin\n  gem 'karafka'\nend\n",
            "2:3: gem \"karafka\" is inside of other code: expected a plain line",
        ),
        (
            "gem 'karafka', <<~V\n  1\nV\n",
            "1:1: gem \"karafka\" is written as a heredoc: expected a plain line",
        ),
        (
            "gem 'karafka', '>= 2', # a\n  '< 3'\n",
            "1:1: gem \"karafka\" has a comment among its requirements: expected a plain line",
        ),
        (
            "gem 'karafka'\ngem 'karafka'\n",
            "2:1: gem \"karafka\" is named twice: expected once (first on line 1)",
        ),
        (
            "gemspec\n",
            "1:1: no line of the Gemfile names \"karafka\", and `gemspec` may: expected `gem \"karafka\"` as a plain line",
        ),
        (
            "eval_gemfile 'a'\n",
            "1:1: no line of the Gemfile names \"karafka\", and `eval_gemfile 'a'` may: expected `gem \"karafka\"` as a plain line",
        ),
        (
            "gem 'rake'\n\neval_gemfile File.join('a', 'b')\ngemspec\n",
            "3:1: no line of the Gemfile names \"karafka\", and `eval_gemfile File.join('a', 'b')` or `gemspec` (line 4) may: expected `gem \"karafka\"` as a plain line",
        ),
        (
            "%w[karafka].each { |g| gem g }\n",
            "1:24: no line of the Gemfile names \"karafka\", and `gem g` may: expected `gem \"karafka\"` as a plain line",
        ),
        (
            "a.gem 'karafka'\n",
            "no line of the Gemfile names \"karafka\": expected `gem \"karafka\"` as a plain line",
        ),
    ] {
        assert_eq!(refused(source, &one), message);
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let two = lines(&["karafka", "karafka-web"]);
    let source = "gem 'karafka' if a\ngem 'karafka-web', b\n";
    let error = Gemfile::parse(source.as_bytes())
        .unwrap()
        .edit(&two, &[])
        .unwrap_err();
    let places: Vec<String> = error
        .problems()
        .map(|it| it.place().unwrap().to_string())
        .collect();
    assert_eq!(places, ["1:1", "2:1"]);
}

#[test]
fn what_is_not_ruby_is_an_error_with_a_place() {
    let error = Gemfile::parse(b"gem 'a'\ngem 'b',,\n").unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidGemfile);
    assert_eq!(error.place().unwrap().line, 2);
    assert!(error.message().starts_with("not Ruby: "), "{error}");
    let long = vec![b'#'; rungs::ruby::MAX_BYTES + 1];
    let error = Gemfile::parse(&long).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TooLarge);
    assert_eq!(
        error.to_string(),
        "the Gemfile is longer than 2097152 bytes"
    );
    assert!(Gemfile::parse(&long[1..]).is_ok());
}

/// Temporary lines come behind a line of the user's, and leave no trace.
#[test]
fn temporary_lines_come_and_go() {
    let lines = with_temporary();
    for (before, between) in [
        (
            "gem 'karafka'\n\ngem 'karafka-web' # ui\ngem 'z'\n",
            "gem 'karafka', '~> 2.4.18'\n\ngem 'karafka-web', '~> 0.9.2' # ui\n\
             gem 'waterdrop', '~> 2.7.4' # rungs: temporary\ngem 'z'\n",
        ),
        (
            "gem \"karafka\"\r\ngroup :a do\r\n  gem \"karafka-web\"\r\nend\r\n",
            "gem \"karafka\", \"~> 2.4.18\"\r\ngem \"waterdrop\", \"~> 2.7.4\" # rungs: temporary\r\n\
             group :a do\r\n  gem \"karafka-web\", \"~> 0.9.2\"\r\nend\r\n",
        ),
        (
            "group :a do\n  gem 'karafka'\n  gem 'karafka-web'\nend",
            "group :a do\n  gem 'karafka', '~> 2.4.18'\n  gem 'karafka-web', '~> 0.9.2'\n  \
             gem 'waterdrop', '~> 2.7.4' # rungs: temporary\nend",
        ),
        (
            "gem 'karafka'\ngem 'karafka-web'",
            "gem 'karafka', '~> 2.4.18'\ngem 'karafka-web', '~> 0.9.2'\n\
             gem 'waterdrop', '~> 2.7.4' # rungs: temporary",
        ),
        (
            "gem 'karafka'\r\ngem 'karafka-web'",
            "gem 'karafka', '~> 2.4.18'\r\ngem 'karafka-web', '~> 0.9.2'\r\n\
             gem 'waterdrop', '~> 2.7.4' # rungs: temporary",
        ),
    ] {
        let with = edited(before, &lines);
        assert_eq!(with, between);
        let gemfile = Gemfile::parse(with.as_bytes()).unwrap();
        assert_eq!(gemfile.temporary().collect::<Vec<_>>(), ["waterdrop"]);
        assert_eq!(edited(&with, &lines), with, "twice is once");
        // The requirements of the user's lines stay; the rest is as it was.
        let users: Vec<GemLine> = lines
            .iter()
            .filter(|it| !it.is_temporary())
            .cloned()
            .collect();
        assert_eq!(edited(&with, &[]), edited(before, &users));
    }
}

#[test]
fn a_temporary_line_is_known_by_its_mark() {
    for (source, marked) in [
        ("gem 'waterdrop', '2' # rungs: temporary\n", true),
        ("gem 'waterdrop' #rungs: temporary, see the plan\n", true),
        (
            "gem 'waterdrop', '2',\n  require: false # rungs: temporary\n",
            true,
        ),
        ("gem 'waterdrop' # rungs: temporary\r\n", true),
        ("gem 'waterdrop' # rungs: temporaryish\n", false),
        ("gem 'waterdrop' # not rungs: temporary\n", false),
        ("gem 'waterdrop'\n# rungs: temporary\n", false),
        ("gem 'waterdrop' if a # rungs: temporary\n", false),
    ] {
        let gemfile = Gemfile::parse(source.as_bytes()).unwrap();
        assert_eq!(gemfile.temporary().count() == 1, marked, "{source}");
        if marked {
            assert_eq!(gemfile.edit(&[], &[]).unwrap(), b"", "{source}");
        }
    }
    let source = "gem 'a'; gem 'waterdrop' # rungs: temporary\n";
    assert_eq!(
        refused(source, &[]),
        "1:10: gem \"waterdrop\" is on a line with something else: expected a line of its own"
    );
}

#[test]
fn a_gem_of_the_users_is_never_made_temporary() {
    let source = "gem 'karafka'\ngem 'karafka-web'\ngem 'waterdrop'\n";
    assert_eq!(
        refused(source, &with_temporary()),
        "3:1: gem \"waterdrop\" is in the Gemfile but not among the DEPENDENCIES of the lockfile"
    );
}

/// Where inserting a line would change what the file says, nothing is inserted.
#[test]
fn an_edit_that_would_spoil_the_file_is_refused() {
    let source = "gem 'karafka'\ngem 'karafka-web', require: (x = <<A; false)\n text\nA\n";
    let gemfile = Gemfile::parse(source.as_bytes()).unwrap();
    let error = gemfile.edit(&with_temporary(), &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the Gemfile is laid out in a way that an edit would spoil"
    );
}

#[test]
fn what_is_temporary_is_not_the_users_and_goes() {
    let without = planned(&["karafka", "karafka-web"], &[]);
    let with = planned(&["karafka", "karafka-web"], &["waterdrop"]);
    let states = |plan: &Plan| -> Vec<_> {
        plan.steps()
            .iter()
            .map(|step| step.state().clone())
            .collect()
    };
    assert_eq!(states(&without), states(&with));
    let direct = planned(&["karafka", "karafka-web", "waterdrop"], &["waterdrop"]);
    assert_eq!(states(&direct), states(&with));
    let first = with.steps()[0].bundle();
    let needed = first.lines().iter().any(|line| *line.gem() == *"waterdrop");
    let obsolete: Vec<&str> = first.obsolete().iter().map(rungs::Name::as_str).collect();
    assert_eq!(obsolete, if needed { vec![] } else { vec!["waterdrop"] });
}
