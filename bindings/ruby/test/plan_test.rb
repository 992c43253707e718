# frozen_string_literal: true

require_relative "helper"
require "date"
require "fileutils"
require "pathname"
require "stringio"

class PlanTest < Minitest::Test
  include Helper

  def plan
    @plan ||= Rungs.plan(lockfile: TEXT, to: "karafka=2.6")
  end

  def test_a_plan
    assert_equal :planned, plan.outcome
    assert plan.planned?
    assert_equal [5, 5], [plan.size, plan.steps.size]
    first = plan.steps.first.changes.first
    assert_equal %w[karafka 2.3.0 2.3.4 patch], [first.package, first.from, first.to, first.kind]
    assert_match(/newest 2.3 release/, first.because)
    assert_equal "karafka-core", plan.steps.first.stays.first.package
    assert_equal "2.6.0", plan.steps.last.state.packages["karafka"]
    assert_equal({ "karafka" => "2.6" }, plan.target)
    assert_equal "2.3.0", plan.start.packages["karafka"]
    assert_equal "karafka", plan.catalog.name
    assert_equal [5, 5], [plan.minimal.steps, plan.minimal.lower_bound]
    assert_equal [[], [], {}, []], [plan.causes, plan.fixes, plan.reached, plan.warnings]
    assert_equal [[], nil], [plan.held, plan.from_registry]
    assert_match(/\A5 steps to karafka 2.6, from Ruby 3.2.2\n/, plan.report)
    assert_equal plan.report, plan.to_s
    assert_match(/\A\e\[1m5 steps/, plan.report(:ansi))
    assert_equal plan.to_json, plan.report(:json)
    assert_match(/\A## karafka 2.3.0 .* in 5 steps\n/, plan.report(:markdown))
    assert_match(/\A<!doctype html>/i, plan.report(:html))
    assert_match(/\AStep 5: karafka 2.6.0/, plan.step_report(4))
    assert_match(/\A## karafka 2.3.0 .*^This is step 1; 4 steps come after it.$/m, plan.step_report(0, :markdown))
    assert_match(/\A<!doctype html>.*id="step-5"/im, plan.step_report(4, :html))
    refute_includes plan.step_report(4, :html), "id=\"step-4\""
    assert_equal plan.step_json(4), plan.step_report(4, :json)
    assert_raises(Rungs::UnsupportedError) { plan.step_report(0, :sarif) }
    assert_equal plan.to_h["steps"][4], JSON.parse(plan.step_json(4))
  end

  HOLDING = File.join(ROOT, "tests/impossible/16-index-a-gem-it-does-not-know-holds/Gemfile.lock")
  INDEX = File.join(ROOT, "tests/scenarios/index")

  def test_an_index_frees_what_holds
    without = Rungs.plan(lockfile: HOLDING, to: "karafka=2.6")
    assert_includes without.steps.flat_map(&:also_moves).map(&:verified), false
    index = Rungs::Index.open(INDEX)
    plan = Rungs.plan(lockfile: HOLDING, to: "karafka=2.6", index: index)
    assert_equal :planned, plan.outcome
    moves = plan.steps.flat_map(&:also_moves)
    assert_includes moves.map(&:verified), true
    moves = moves.map { |move| [move.gem, move.to] }
    assert_includes moves, ["c_bridge", "1.1.0"]
    asked = []
    counted = Rungs::Index.new { |name| asked << name && nil }
    snapshot = Rungs::Snapshot.from(HOLDING).with_index(counted)
    2.times { Rungs::Plan.compute(Rungs::Catalog.karafka, snapshot, to: "karafka=2.6") }
    assert_equal asked.uniq, asked, "each gem is asked for once"
    assert Rungs.status(lockfile: HOLDING, index: index).ahead.index
    assert_equal "planned", Rungs.why("karafka", lockfile: HOLDING, to: "karafka=2.6", index: index).outcome.to_s
    failing = Rungs::Index.new { raise IOError, "down" }
    assert_raises(IOError) { Rungs.plan(lockfile: HOLDING, to: "karafka=2.6", index: failing) }
    assert_raises(Rungs::CallError) { Rungs::Index.open(__dir__) }
    Dir.mktmpdir do |folder|
      # Those of git and of an application are none.
      FileUtils.mkdir_p([File.join(folder, ".git/info"), File.join(folder, "app/info")])
      assert_raises(Rungs::CallError) { Rungs::Index.open(folder) }
      File.write(File.join(folder, "app/versions"), "---\n")
      assert_instance_of Rungs::Index, Rungs::Index.open(folder)
    end
    index.close
    assert index.closed?
  end

  def test_what_comes_with_a_step
    step = plan.steps[1]
    line = step.gemfile.find { |each| each.gem == "waterdrop" }
    assert_equal ["~> 2.7.4", true], [line.requirement, line.temporary], step.gemfile.inspect
    assert_equal "waterdrop", line.overshoots.gem
    assert_match(/\Abundle update .*karafka/, step.command)
    action = step.actions.first
    assert_equal %w[unknown String], [action.applies, action.summary.class.name]
    assert_includes %w[yes conditional no unknown], step.rolling.side_by_side
    deploy = step.rollout.find { |phase| phase.phase == "deploy" }
    assert_includes deploy.tasks.filter_map(&:component), "consumers"
    assert_operator step.guides.first.actions, :>=, 0
    assert_includes step.changelogs.map(&:package), "karafka"
    [step.expect, step.alarms, step.watch, step.rollback, step.support].each { |list| assert_kind_of Array, list }
  end

  # A reader for each member of the schema; none of any other.
  def test_readers_are_those_of_the_schema
    plan = JSON.parse(Rungs.schema("plan"))
    defs = plan["$defs"]
    task = defs["step"]["properties"]["rollout"]["items"]
    (plan["properties"].keys - ["schema"]).each { |name| assert_respond_to self.plan, name }
    assert_equal [nil, true], [self.plan.as_of, self.plan.beside.all?(Rungs::Action)]
    assert_kind_of Array, self.plan.cleanup
    { Rungs::Step => defs["step"], Rungs::Change => defs["change"], Rungs::Stay => defs["stay"],
      Rungs::State => defs["state"], Rungs::CatalogId => defs["catalog"], Rungs::GemfileLine => defs["line"],
      Rungs::Action => defs["due"], Rungs::Rolling => defs["step"]["properties"]["rolling"], Rungs::Phase => task,
      Rungs::Place => defs["place"], Rungs::Edit => defs["edit"], Rungs::Task => defs["task"], Rungs::Expectation => defs["expectation"], Rungs::Rollback => defs["rollback"],
      Rungs::Guide => defs["guide"], Rungs::Changelog => defs["changelog"], Rungs::SupportNotice => defs["support"],
      Rungs::Outside => defs["outside"], Rungs::Breach => defs["breach"], Rungs::Defect => defs["defect"],
      Rungs::Leaving => defs["step"]["properties"]["leaves"]["items"],
      Rungs::Held => plan["properties"]["held"]["items"], Rungs::FromRegistry => plan["properties"]["from_registry"],
      Rungs::Wanted => defs["wanted"], Rungs::Minimal => plan["properties"]["minimal"], Rungs::Reason => defs["warning"], Rungs::Cause => plan["properties"]["causes"]["items"],
      Rungs::Constraint => plan["properties"]["causes"]["items"]["properties"]["constraints"]["items"],
      Rungs::Fix => plan["properties"]["fixes"]["items"] }.each do |type, schema|
      assert_equal schema["properties"].keys.sort, type.readers.map(&:to_s).sort, type
    end
  end

  def test_members_of_tomorrow_and_of_yesterday
    newer = Rungs::Step.new("number" => 1, "kind" => "packages", "changes" => [], "mood" => { "a" => ["b"] },
                            "actions" => [{ "id" => "x", "applies" => "unknown", "odd" => 1 }])
    assert_equal({ "a" => ["b"] }, newer[:mood])
    assert_equal ["unknown", 1, nil], [newer.actions.first.applies, newer.actions.first["odd"], newer.actions.first.link]
    assert_equal [[], nil, nil, []], [newer.gemfile, newer.command, newer.rolling, newer.support]
  end

  def test_values_are_frozen_and_plain
    change = plan.steps.first.changes.first
    [change, change.to_h, change.package, plan.steps, plan.steps.first, plan.to_h, plan.to_h["start"]["packages"],
     plan.to_json].each { |value| assert value.frozen?, value.inspect }
    assert_equal change, plan.steps.first.changes.first
    assert_equal change.hash, plan.steps.first.changes.first.hash
    refute_equal change, plan.steps.first.changes.last
    assert_includes change.inspect, '#<Rungs::Change package="karafka", from="2.3.0"'
    assert_equal({ package: "karafka", to: "2.3.4" }, change.deconstruct_keys(%i[package to]))
  end

  def test_every_way_to_name_a_lockfile
    wanted = plan.to_json
    File.open(LOCKFILE) do |file|
      [LOCKFILE, Pathname.new(LOCKFILE), file, Rungs::Snapshot.parse(TEXT), TEXT.encode("UTF-16LE")].each do |lockfile|
        assert_equal wanted, Rungs.plan(lockfile: lockfile, to: ["karafka=2.6"]).to_json
      end
    end
    reader, writer = IO.pipe
    writer.write(TEXT)
    writer.close
    [reader, StringIO.new(TEXT), LOCKFILE.encode("UTF-16LE")].each do |lockfile|
      assert_equal wanted, Rungs.plan(lockfile: lockfile, to: "karafka=2.6").to_json
    end
    # The gem that is tested may be an installed one.
    lib = File.dirname($LOADED_FEATURES.find { |file| file.end_with?("/lib/rungs.rb") })
    said, = Open3.capture2(RbConfig.ruby, "-I#{lib}", "-rrungs",
                           "-e", 'print Rungs.plan(lockfile: $stdin, to: "karafka=2.6").to_json', stdin_data: TEXT)
    assert_equal wanted, said
    assert_raises(Rungs::FileError) { Rungs.plan(lockfile: "no/Gemfile.lock") }
    assert_raises(Rungs::CallError) { Rungs.plan(lockfile: 1) }
  end

  def test_every_wish
    plan = Rungs.plan(lockfile: TEXT, to: { "karafka" => "2.5" }, pins: { "waterdrop" => "< 2.8.5" })
    assert_equal 4, plan.size
    assert_equal 5, Rungs.plan(lockfile: TEXT, to: "karafka=2.5", ruby_to: "3.4").size
    early = Rungs.plan(lockfile: TEXT, as_of: Date.new(2025, 1, 31), min_age: 30)
    assert_equal early.to_json, Rungs.plan(lockfile: TEXT, as_of: "2025-01-31", policy: "min_age = 30").to_json
    assert_equal 3, early.size
    assert_raises(ArgumentError) { Rungs.plan(lockfile: TEXT, too: "karafka=2.6") }
  end

  # Bundler makes such states itself: `karafka ~> 2.0` alone.
  def test_a_step_that_repairs
    installed = Rungs::Snapshot.of({ "karafka" => "2.0.41", "waterdrop" => "2.10.3", "karafka-core" => "2.6.2",
                                     "karafka-rdkafka" => "0.28.0" }, direct: ["karafka"], runtimes: { "ruby" => "3.2" })
    plan = Rungs.plan(lockfile: installed, to: "karafka=2.6")
    repair, *others = plan.steps
    assert_equal "repair", repair.kind
    breach = repair.repairs.first
    assert_equal %w[karafka 2.0.41 karafka-core 2.6.2],
                 [breach.package, breach.version, breach.with, breach.with_version]
    assert_equal ["karafka-below-2.1.5-core-2.3", nil], [breach.rule, breach.requirement]
    assert_match(/\Akarafka 2.0.41 does not run with karafka-core 2.6.2: /, breach.text)
    assert_equal %w[down], repair.changes.map(&:kind).uniq
    refute_empty others
    others.each { |step| assert_equal ["packages", []], [step.kind, step.repairs] }
    defect = repair.defects.find { |each| each.package == "karafka-rdkafka" }
    assert_equal ["0.12.4", "karafka-rdkafka-0.14.9-logger-after-fork", "0.14.10", false, nil],
                 [defect.version, defect.rule, defect.fixed_in, defect.avoid, defect.workaround]
  end

  HELD = <<~LOCK
    GEM
      remote: https://rubygems.org/
      specs:
        events_kit (1.0.0)
          karafka (< 2.1)
        karafka (1.4.13)
          waterdrop (~> 1.4)
        karafka-sidekiq-backend (1.4.1)
          karafka (~> 1.4.0)
        waterdrop (1.4.4)

    PLATFORMS
      ruby

    DEPENDENCIES
      events_kit
      karafka
      karafka-sidekiq-backend

    RUBY VERSION
       ruby 3.2.2
  LOCK

  def test_gems_that_hold_and_gems_that_leave
    plan = Rungs.plan(lockfile: HELD)
    held = plan.held.first
    assert_equal ["karafka", "2.0", "events_kit 1.0.0 requires karafka < 2.1"],
                 [held.package, held.stays, held.by.first.text]
    leaving = plan.steps.flat_map(&:leaves)
    assert_equal [%w[karafka-sidekiq-backend karafka-sidekiq-backend-discontinued]],
                 leaving.map { |each| [each.gem, each.rule] }
    assert_equal ["karafka", "~> 1.4.0"], [leaving.first.package, leaving.first.requirement]
    assert_match(/threads of Karafka 2/, leaving.first.instead)
    assert_equal [["karafka-sidekiq-backend"]], plan.steps.filter_map(&:removed)
    freed = Rungs.plan(lockfile: HELD, drop: "events_kit")
    assert_equal [], freed.held
    assert_equal "2.6.0", freed.steps.last.state.packages["karafka"]
    assert_equal %w[karafka-sidekiq-backend events_kit], freed.steps.flat_map(&:leaves).map(&:gem)
  end

  def test_what_comes_from_git
    locked = HELD.sub("GEM\n", "GIT\n  remote: https://example.org/karafka.git\n  revision: 0123\n  specs:\n" \
                               "    karafka (1.4.13)\n      waterdrop (~> 1.4)\n\nGEM\n")
                 .sub("    karafka (1.4.13)\n      waterdrop (~> 1.4)\n    karafka-s", "    karafka-s")
                 .sub(/    events_kit .*\n.*\n/, "").sub("  events_kit\n  karafka\n", "  karafka!\n")
    registry = Rungs.plan(lockfile: locked).from_registry
    assert_equal [["karafka"], "2.6.0"], [registry.gems, registry.end["karafka"]]
    assert_operator registry.steps, :>, 1
    assert_match(/\Awith karafka from a registry /, registry.text)
  end

  def test_properties
    installed = Rungs::Snapshot.of({ "karafka" => "2.5.0", "waterdrop" => "2.8.4", "karafka-core" => "2.5.2",
                                     "karafka-rdkafka" => "0.20.0" }, direct: ["karafka"], runtimes: { "ruby" => "3.2" })
    driver = lambda do |properties|
      plan = Rungs.plan(lockfile: installed, to: "karafka=2.5", pins: { "karafka-rdkafka" => "= 0.20.1" },
                        properties: properties)
      plan.steps.last.state.packages["karafka-rdkafka"]
    end
    # 0.20.1 is avoided unless it is known that its fault does not show here.
    assert_equal "0.20.0", driver.call(nil)
    assert_equal "0.20.0", driver.call({ "tls-system-certificates" => true })
    assert_equal "0.20.1", driver.call({ "tls-system-certificates" => false })
    assert_equal "0.20.1", driver.call({ "tls-system-certificates": false })
    error = assert_raises(Rungs::RequestError) { Rungs.plan(lockfile: TEXT, properties: { "mood" => true }) }
    assert_match(/mood/, error.message)
  end

  def test_no_way
    plan = Rungs.plan(lockfile: TEXT, to: "karafka=2.6", ruby: "3.0", ruby_fixed: true)
    assert plan.impossible?
    assert_equal 0, plan.size
    assert_equal %w[runtime], plan.causes.first.constraints.map(&:kind).uniq
    constraint = plan.causes.first.constraints.first
    assert_equal ["ruby is fixed at 3.0", "karafka 2.6.0 requires ruby >= 3.2.0"],
                 [constraint.text, constraint.collides_with]
    assert_operator plan.fixes.first.steps, :>, 0
    assert_kind_of Hash, plan.reached
    error = assert_raises(Rungs::CallError) { plan.step_json(0) }
    assert_equal "no step 0: the plan has 0", error.message
    [-1, 0.5, 1 << 70].each { |index| assert_raises(Rungs::CallError) { plan.step_report(index) } }
  end

  def test_nothing_to_do
    settled = Rungs::Snapshot.of({ "karafka" => "2.6.0", "waterdrop" => "2.10.3", "karafka-core" => "2.6.2",
                                   "karafka-rdkafka" => "0.28.0" }, direct: ["karafka"], runtimes: { "ruby" => "3.4" })
    plan = Rungs.plan(lockfile: settled, to: "karafka=2.6", ruby_fixed: true)
    assert plan.already_there?, plan.report
  end

  def test_catalogs
    overlay = File.read(File.join(ROOT, "tests/scenarios/overlay.toml"))
    catalog = Rungs::Catalog.karafka.overlay(overlay)
    assert_equal 2, Rungs.plan(lockfile: TEXT, to: "karafka=2.4", catalog: catalog).size
    assert_equal "rungs.catalog/1", catalog.to_h["schema"]
    assert_operator catalog.rules.size, :>, Rungs::Catalog.karafka.rules.size
    actions = Rungs::Catalog.karafka.actions
    assert_operator actions.size, :>, 300
    assert_equal [nil, true], [actions.first.applies, actions.any? { |action| action.severity == "breaking" }]
    error = assert_raises(Rungs::CatalogError) { Rungs::Catalog.parse("format = 1\nx = 1\n", name: "ours.toml") }
    assert_match(/\Aours\.toml:/, error.message)
    assert_operator error.problems.size, :>, 1
  end

  def test_no_name_of_a_catalog_is_karafka
    wanted = Rungs::Catalog.karafka.to_json
    [[], [""], [" "], [","], ["", "karafka", nil]].each { |names| assert_equal wanted, Rungs::Catalog.open(*names).to_json }
    assert_raises(Rungs::InvalidInputError) { Rungs::Catalog.open("karafka", "nope") }
  end

  def test_handles_end_once
    plan = Rungs.plan(lockfile: TEXT)
    refute plan.closed?
    assert_nil plan.close
    assert_nil plan.close
    assert plan.closed?
    error = assert_raises(Rungs::ClosedError) { plan.outcome }
    assert_equal "this Rungs::Plan was closed", error.message
    assert_equal "#<Rungs::Plan closed>", plan.inspect
    assert_raises(NoMethodError) { Rungs::Catalog.karafka.dup }
    assert_raises(NoMethodError) { Rungs::Catalog.karafka.clone }
    assert_raises(NoMethodError) { Rungs::Plan.new(1) }
  end

  def test_a_plan_outlives_what_it_was_made_of
    catalog = Rungs::Catalog.karafka
    snapshot = Rungs::Snapshot.parse(TEXT)
    plan = Rungs.plan(lockfile: snapshot, to: "karafka=2.6", catalog: catalog)
    [catalog, snapshot].each(&:close)
    assert_equal self.plan.to_json, plan.to_json
  end

  def test_threads_share_handles
    catalog = Rungs::Catalog.karafka
    snapshot = Rungs::Snapshot.parse(TEXT)
    texts = Array.new(8) do
      Thread.new { Array.new(5) { Rungs.plan(lockfile: snapshot, to: "karafka=2.6", catalog: catalog).to_json } }
    end
    assert_equal [plan.to_json], texts.flat_map(&:value).uniq
  end

  def test_a_forked_process_reads_and_ends_its_copy
    wanted = plan.to_json
    snapshot = Rungs::Snapshot.parse(TEXT)
    reader, writer = IO.pipe
    child = fork do
      again = Rungs.plan(lockfile: snapshot, to: "karafka=2.6").to_json
      writer.write(wanted == plan.to_json && wanted == again ? "same" : "other")
      plan.close
      snapshot.close
      GC.start
      writer.close
      exit!(0)
    end
    writer.close
    assert_equal "same", reader.read
    assert Process.wait2(child).last.success?
    assert_equal wanted, plan.to_json
  end

  def test_a_plan_is_enumerable_over_its_steps
    Rungs.plan(lockfile: TEXT, to: "karafka=2.6").tap do |plan|
      assert_kind_of Enumerable, plan
      assert_equal plan.steps, plan.to_a
      assert_equal [1, 5], [plan.first.number, plan.each.size]
      assert_equal plan.steps.map(&:command), plan.map(&:command)
      assert_same plan, plan.each { |step| refute_nil step }
    end
  end

  def test_whatever_is_wrong_is_an_error_of_rungs
    plan = Rungs.plan(lockfile: TEXT, to: "karafka=2.6")
    [
      -> { Rungs.plan(lockfile: 1) }, -> { Rungs.plan(lockfile: "no such file") }, -> { plan.report(:pdf) },
      -> { plan.step_json(5) }, -> { Rungs.plan(lockfile: TEXT, to: "x") }, -> { Rungs::Index.open(__dir__) },
      -> { Rungs::Versions.valid?("1", scheme: :pep440) }, -> { plan.tap(&:close).report }
    ].each { |call| assert_kind_of Rungs::Error, assert_raises(StandardError, &call) }
  end

  def test_rows_need_no_parser_of_json
    rows = plan.report(:rows).lines.map { |line| line.chomp.split("\t", -1) }
    assert_equal ["outcome", "planned", "5"], rows.first
    assert_equal plan.steps.map(&:command), rows.select { |row| row.first == "step" }.map { |row| row[3] }
    changes = plan.steps.flat_map { |step| step.changes.map { |change| [step.number.to_s, change.package, change.from.to_s, change.to.to_s] } }
    assert_equal changes, rows.select { |row| row.first == "change" }.map { |row| row[1, 4] }
    assert_equal rows.map { |row| row.join("\t") }.grep(/\A(step|change|gemfile)\t3\t/).join("\n"), plan.step_report(2, :rows).chomp
  end
end
