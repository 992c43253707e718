//! Where patterns count: scopes under other names, through files and nesting, and how sure that is.

use rungs::catalog::{Applies, Catalog};
use rungs::scan::{Scan, Scanner};

fn scan(files: &[(&str, &str)]) -> Scan {
    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    let files = files.iter();
    scanner.finish(files.map(|(path, text)| scanner.scan(path, text.as_bytes())))
}

/// `PATH:LINE:COLUMN CONFIDENCE` of one rule.
fn places(files: &[(&str, &str)], rule: &str) -> Vec<String> {
    let scan = scan(files);
    assert_eq!(scan.problems(), []);
    let own = scan.findings().iter();
    own.filter(|finding| finding.action().as_str() == rule)
        .map(|finding| {
            let (path, place) = (finding.path(), finding.place());
            format!("{path}:{place} {}", finding.confidence().name())
        })
        .collect()
}

fn in_one(text: &str, rule: &str) -> Vec<String> {
    places(&[("a.rb", text)], rule)
}

#[test]
fn a_setup_is_a_setup_whatever_its_parameter_is_called() {
    let rule = "karafka-2.0-batch-fetching-removed";
    for text in [
        "Karafka::App.setup { |c| c.batch_fetching = true }",
        "::Karafka::App.setup do |settings| settings.batch_fetching ||= true end",
        "Karafka::App.setup { it.batch_fetching = true }",
        "Karafka::App.setup { _1.batch_fetching = true }",
        "class App < Karafka::App\n setup { |x| x.batch_fetching = true }\nend",
        "module A\n class App < ::Karafka::App\n  self.setup { |x| x.batch_fetching = true }\n end\nend",
        "class App < Karafka::App\nend\nApp.setup { |x| x.batch_fetching = true }",
    ] {
        let found = in_one(text, rule);
        assert!(
            found.len() == 1 && found[0].ends_with(" certain"),
            "{text}: {found:?}"
        );
    }
    for text in [
        "Karafka::Web.setup { |c| c.batch_fetching = true }",
        "Other::App.setup { |c| c.batch_fetching = true }",
        "Karafka::App.setup { |c| other.batch_fetching = true }",
        "class App < Sinatra::Base\n setup { |x| x.batch_fetching = true }\nend",
        "Karafka::App.setup { |c| c.batch_fetching.size }",
    ] {
        assert_eq!(in_one(text, rule), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn keys_of_the_driver_are_found_in_each_form() {
    let rule = "karafka-2.0-bootstrap-servers-format";
    let setup = |body: &str| format!("Karafka::App.setup do |c|\n{body}\nend\n");
    for body in [
        "c.kafka = { 'bootstrap.servers': 'a' }",
        "c.kafka = { 'bootstrap.servers' => 'a' }",
        "c.kafka = { acks: 1, :'bootstrap.servers' => 'a' }.freeze",
        "c.kafka[:'bootstrap.servers'] = 'a'",
        "c.kafka['bootstrap.servers'] ||= 'a'",
        "c.kafka.merge!('bootstrap.servers' => 'a')",
    ] {
        let found = in_one(&setup(body), rule);
        assert_eq!(found.len(), 1, "{body}: {found:?}");
    }
    assert!(
        in_one(
            &setup("c.kafka = { 'client.id': 'bootstrap.servers' }"),
            rule
        )
        .is_empty()
    );
}

#[test]
fn classes_inherit_through_files() {
    let rule = "karafka-2.0-params-batch-renamed";
    let consumer = "module Shop\n  class Orders < Base\n    def consume\n      params_batch\n    end\n  \
                    end\nend\n";
    let base = "module Shop\n  class Base < ::ApplicationConsumer\n  end\nend\n";
    let top = "class ApplicationConsumer < Karafka::BaseConsumer\nend\n";
    let all = [("c.rb", consumer), ("b.rb", base), ("a.rb", top)];
    assert_eq!(places(&all, rule), ["c.rb:4:7 certain"]);
    // What the last class inherits from stands in no file.
    assert_eq!(places(&all[..2], rule), ["c.rb:4:7 likely"]);
    let foreign = "class ApplicationConsumer < Kafkaesque::Thing\nend\n";
    let others = [all[0], all[1], ("a.rb", foreign)];
    assert_eq!(places(&others, rule), Vec::<String>::new());
}

#[test]
fn constants_resolve_through_nesting() {
    let rule = "karafka-2.0-params-constants-renamed";
    assert_eq!(
        in_one("A = ::Karafka::Params::Params", rule),
        ["a.rb:1:5 certain"]
    );
    assert_eq!(
        in_one(
            "module Karafka\n  module Params\n    X = Metadata\n  end\nend",
            rule
        ),
        ["a.rb:3:9 certain"]
    );
    assert!(in_one("X = Params::Metadata", rule).is_empty());
    assert!(in_one("X = Shop::Karafka::Params::Params", rule).is_empty());
    // The application's own constant of that name is meant.
    let own = "module Shop\n  class Thor\n  end\n  A = Thor\nend";
    assert!(in_one(own, "karafka-2.2-thor-removed").is_empty());
    assert_eq!(
        in_one("class Tool < Thor\nend", "karafka-2.2-thor-removed").len(),
        1
    );
}

#[test]
fn routing_knows_its_blocks() {
    let draw =
        |body: &str| format!("class A < Karafka::App\n  routes.draw do\n{body}\n  end\nend\n");
    let rule = "karafka-2.4-implicit-group-id";
    assert_eq!(in_one(&draw("topic(:a) { consumer B }"), rule).len(), 1);
    assert!(
        in_one(
            &draw("consumer_group(:g) { topic(:a) { consumer B } }"),
            rule
        )
        .is_empty()
    );
    assert!(in_one("Rails.application.routes.draw do\n  topic :a\nend", rule).is_empty());
    let config = "karafka-2.6-declaratives-draw";
    assert_eq!(
        in_one(&draw("topic(:a) { config(partitions: 2) }"), config).len(),
        1
    );
    assert!(in_one(&draw("config(partitions: 2)"), config).is_empty());
}

#[test]
fn templates_and_commands_are_read() {
    let view = "<h1>a</h1>\n<%= form do %>\n  <%= csrf_tag %>\n<% end %>\n";
    let files = [("a.html.erb", view), ("b.rb", "A = Karafka::Web::App\n")];
    assert!(
        places(&files, "karafka-web-1.0-csrf-sec-fetch-site")
            .contains(&"b.rb:1:5 certain".to_owned())
    );
    let rule = "karafka-2.0-pidfile-daemonize-removed";
    for (path, text) in [
        ("Procfile", "c: bundle exec karafka server --daemon\n"),
        ("Dockerfile.prod", "CMD [\"karafka\", \"server\", \"-d\"]\n"),
        (
            "bin/start.sh",
            "exec bundle exec \\\n  karafka server \\\n  --daemon\n",
        ),
        (
            "k8s.yaml",
            "command:\n  - karafka\n  - server\n  - --pid\n  - a.pid\n",
        ),
        ("k.service", "ExecStart=/srv/bin/karafka server --daemon\n"),
        ("config/deploy.yml.erb", "cmd: karafka server --daemon\n"),
        (
            "lib/start.rb",
            "system('bundle exec karafka server --daemon')\n",
        ),
        ("Rakefile", "task(:a) { `karafka server --daemon` }\n"),
    ] {
        assert_eq!(places(&[(path, text)], rule).len(), 1, "{path}");
    }
    for (path, text) in [
        ("Procfile", "c: bundle exec puma --daemon\n"),
        ("Procfile", "c: karafka server && puma -d\n"),
        ("bin/start.sh", "# karafka server --daemon\n"),
        ("README.md", "karafka server --daemon\n"),
        ("lib/start.rb", "puts 'karafka server --daemon'\n"),
    ] {
        assert_eq!(
            places(&[(path, text)], rule),
            Vec::<String>::new(),
            "{path}"
        );
    }
}

#[test]
fn a_class_may_be_called_like_one_of_the_catalog() {
    let text = "class KarafkaApp < Karafka::App\n KarafkaApp.consumer_groups.draw do\n  \
                consumer_group(:a) { topic :b }\n end\nend\nKarafkaApp.setup { |c| \
                c.batch_fetching = true }\n";
    for rule in [
        "karafka-2.4-explicit-group-names-prefix",
        "karafka-2.0-batch-fetching-removed",
    ] {
        assert_eq!(in_one(text, rule).len(), 1, "{rule}");
    }
}

#[test]
fn what_cannot_be_told_is_unknown() {
    let rule = rungs::Name::new("karafka-2.0-batch-fetching-removed").unwrap();
    let of = |text: &str| scan(&[("a.rb", text)]).of(&rule).0;
    assert_eq!(
        of("Karafka::App.setup { |c| c.concurrency = 2 }"),
        Applies::No
    );
    assert_eq!(
        of("Karafka::App.setup { |c| Settings.apply(c) }"),
        Applies::Unknown
    );
    assert_eq!(of("class A\n  def b(\nend"), Applies::Unknown, "not Ruby");
    let servers = rungs::Name::new("karafka-2.0-bootstrap-servers-format").unwrap();
    let of = |text: &str| scan(&[("a.rb", text)]).of(&servers).0;
    assert_eq!(
        of("Karafka::App.setup { |c| c.kafka = { acks: 1 } }"),
        Applies::No
    );
    assert_eq!(
        of("Karafka::App.setup { |c| c.kafka = SETTINGS }"),
        Applies::Unknown
    );
    assert_eq!(
        of("Karafka::App.setup { |c| c.kafka = { **SETTINGS } }"),
        Applies::Unknown
    );
}

#[test]
fn a_superclass_that_cannot_be_told_is_never_no() {
    let rule = rungs::Name::new("karafka-2.0-params-batch-renamed").unwrap();
    let of = |files: &[(&str, &str)]| {
        let scan = scan(files);
        assert_eq!(scan.problems(), []);
        let (applies, findings) = scan.of(&rule);
        (applies, findings.len())
    };
    let body = "def consume\n params_batch.each { |one| one }\nend\n";
    let class = |head: &str| format!("class OrdersConsumer < {head}\n{body}end\n");
    for (head, more, wanted) in [
        // A class that is made, and one that is made of one that is made.
        (
            "Base",
            "Base = Class.new(::Karafka::BaseConsumer)",
            Applies::Yes,
        ),
        (
            "Base",
            "Base = Class.new(Karafka::BaseConsumer) do\n def a = 1\nend",
            Applies::Yes,
        ),
        (
            "Top",
            "Base = Class.new(Karafka::BaseConsumer)\nTop = Class.new(Base)",
            Applies::Yes,
        ),
        ("Base", "Base = Karafka::BaseConsumer", Applies::Yes),
        ("Class.new(Karafka::BaseConsumer)", "", Applies::Yes),
        // An expression, or a name that is nowhere defined.
        ("base_class", "", Applies::Unknown),
        ("Shop.base_class", "", Applies::Unknown),
        ("(Shop.new? ? A : B)", "", Applies::Unknown),
        ("Base", "Base = Shop.base_class", Applies::Unknown),
        ("Shop::Base", "", Applies::Unknown),
        ("Racecar::Consumer", "", Applies::Unknown),
        // What is told to be something else.
        ("Struct.new(:a)", "", Applies::No),
        ("StandardError", "", Applies::No),
        ("Karafka::App", "", Applies::No),
        // A base of an older version, which the catalog does not name.
        ("Karafka::BaseController", "", Applies::Unknown),
        ("Base", "class Base\nend", Applies::No),
    ] {
        let class = class(head);
        let (applies, _) = of(&[("app/a.rb", &class), ("lib/b.rb", more)]);
        assert_eq!(applies, wanted, "{head} {more}");
    }
    // Routing says what it is, whatever it inherits from.
    let routed = "class App < Karafka::App\n routes.draw do\n  topic(:a) { consumer OrdersConsumer }\n end\nend";
    let class_ = class("Shop::Base");
    assert_eq!(
        of(&[("a.rb", &class_), ("karafka.rb", routed)]),
        (Applies::Yes, 1)
    );
    // So does a folder and a name.
    let controller = format!("class OrdersController < Shop::Base\n{body}end\n");
    let path = "app/controllers/orders_controller.rb";
    assert_eq!(of(&[(path, &controller)]), (Applies::No, 0));
    // Unless it inherits from the base all the same, or from an older one of the house.
    for (base, wanted) in [
        ("BaseConsumer", Applies::Yes),
        ("BaseController", Applies::Unknown),
    ] {
        let top = format!("class ApplicationController < Karafka::{base}\nend\n");
        let controller = controller.replace("Shop::Base", "ApplicationController");
        let top = ("app/controllers/application_controller.rb", top.as_str());
        assert_eq!(of(&[(path, &controller), top]).0, wanted, "{base}");
    }
    // A block that is the body of a class.
    let anonymous = format!("let(:one) {{ Class.new(Karafka::BaseConsumer) do\n{body}end }}");
    assert_eq!(of(&[("spec/a_spec.rb", &anonymous)]), (Applies::Yes, 1));
}

#[test]
fn a_module_counts_where_it_is_mixed_in() {
    let rule = rungs::Name::new("karafka-2.0-params-batch-renamed").unwrap();
    let module = "module Shop\n module Each\n  def each_one = params_batch.each\n end\nend";
    let of = |more: &str| scan(&[("a.rb", module), ("b.rb", more)]).of(&rule).0;
    for (more, wanted) in [
        (
            "class A < Karafka::BaseConsumer\n include Shop::Each\nend",
            Applies::Yes,
        ),
        (
            "module Shop\n class A < Karafka::BaseConsumer\n  prepend Each\n end\nend",
            Applies::Yes,
        ),
        (
            "class A < Karafka::BaseConsumer\nend\nA.include(Shop::Each)",
            Applies::Yes,
        ),
        (
            "module B\n include Shop::Each\nend\nclass A < Karafka::BaseConsumer\n include B\nend",
            Applies::Yes,
        ),
        (
            "class A < Other::Base\n include Shop::Each\nend",
            Applies::Unknown,
        ),
        ("base.send(:include, Shop::Each)", Applies::Unknown),
        ("class A\n include Shop::Each\nend", Applies::No),
        ("class A\nend", Applies::No),
    ] {
        assert_eq!(of(more), wanted, "{more}");
    }
}

#[test]
fn a_template_is_the_body_of_a_method() {
    let rule = rungs::Name::new("karafka-2.0-batch-fetching-removed").unwrap();
    let layout = "<html><%= yield %><% yield :head if content_for?(:head) %></html>";
    for path in ["app/views/layouts/a.html.erb", "lib/templates/views/a.rb"] {
        let scan = scan(&[(path, layout)]);
        assert_eq!(scan.problems(), [], "{path}");
        assert_eq!(scan.of(&rule).0, Applies::No);
    }
    // In a file of Ruby it is a fault, and what is no Ruby in a template is one too.
    for (path, text) in [("a.rb", "yield"), ("a.erb", "<% if a %>")] {
        let scan = scan(&[(path, text)]);
        assert_eq!(scan.problems().len(), 1, "{path}");
        assert_eq!(scan.of(&rule).0, Applies::Unknown);
    }
}

#[test]
fn what_can_hold_only_commands_leaves_ruby_decided() {
    let rule = |rule: &str| rungs::Name::new(rule).unwrap();
    let long = "1".repeat(rungs::scan::MAX_TEXT_BYTES + 1);
    let scan = scan(&[("config/data.json", &long), ("deploy.sh", "\u{0}")]);
    assert_eq!(scan.problems().len(), 1);
    let of = |one: &str| scan.of(&rule(one)).0;
    assert_eq!(of("karafka-2.0-batch-fetching-removed"), Applies::No);
    assert_eq!(
        of("karafka-2.0-pidfile-daemonize-removed"),
        Applies::Unknown
    );
    // The same where the caller could not hand it over.
    let catalog = Catalog::karafka().unwrap();
    let scanner = Scanner::new(catalog.actions().unwrap().iter());
    for (path, wanted) in [
        ("config/deploy.yml", Applies::No),
        ("karafka.rb", Applies::Unknown),
        ("app", Applies::Unknown),
    ] {
        let mut collector = rungs::scan::Collector::default();
        collector.add_problem(rungs::scan::ScanProblem::new(path, "no permission"));
        let scan = collector.finish(&scanner);
        let one = rule("karafka-2.0-batch-fetching-removed");
        assert_eq!(scan.of(&one).0, wanted, "{path}");
    }
}

#[test]
fn what_no_application_loads_is_left_aside() {
    let rule = rungs::Name::new("karafka-2.0-batch-fetching-removed").unwrap();
    let setup = "Karafka::App.setup { |c| c.batch_fetching = true }";
    for path in [
        "spec/fixtures/app/karafka.rb",
        "test/fixtures/karafka.rb",
        "lib/generators/shop/templates/karafka.rb",
        "engines/a/vendor/bundle/karafka.rb",
    ] {
        let scan = scan(&[(path, setup)]);
        assert_eq!((scan.files(), scan.aside()), (0, 1), "{path}");
        assert_eq!(scan.of(&rule).0, Applies::No, "{path}");
    }
    for path in [
        "spec/karafka.rb",
        "lib/fixtures/karafka.rb",
        "app/templates/karafka.rb",
    ] {
        assert_eq!(scan(&[(path, setup)]).of(&rule).0, Applies::Yes, "{path}");
    }
}

#[test]
fn a_gemfile_says_whether_the_family_is_there() {
    let names = |files: &[(&str, &str)]| scan(files).names_family();
    assert_eq!(names(&[("a.rb", "Karafka::App.setup")]), None);
    assert_eq!(names(&[("Gemfile", "gem 'rails'")]), Some(false));
    assert_eq!(
        names(&[("Gemfile", "gem 'rails'\ngem \"waterdrop\", '~> 2.8'")]),
        Some(true)
    );
    assert_eq!(
        names(&[(
            "shop.gemspec",
            "Gem::Specification.new { |s| s.add_dependency 'karafka' }"
        )]),
        Some(true)
    );
}

#[test]
fn a_monitor_has_an_owner() {
    let rule = "waterdrop-2.10-statistics-opt-in";
    let subscribed = |to: &str| format!("{to}.subscribe('statistics.emitted') {{ |event| event }}");
    for to in [
        "Karafka.producer.monitor",
        "WaterDrop.monitor",
        "Shop.kafka_producer.monitor",
        "producer = Karafka.producer\nproducer.monitor",
        "EVENTS = WaterDrop::Producer.new\nEVENTS.monitor",
    ] {
        assert_eq!(in_one(&subscribed(to), rule).len(), 1, "{to}");
    }
    for to in [
        "Karafka.monitor",
        "Karafka::App.monitor",
        "monitor = Karafka.monitor\nmonitor",
        "Rails.monitor",
    ] {
        assert_eq!(in_one(&subscribed(to), rule), Vec::<String>::new(), "{to}");
    }
}
