# frozen_string_literal: true

require_relative "helper"
require "date"
require "pathname"

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
    assert_match(/\A5 steps to karafka 2.6\n/, plan.report)
    assert_equal plan.report, plan.to_s
    assert_match(/\A\e\[1m5 steps/, plan.report(:ansi))
    assert_equal plan.to_json, plan.report(:json)
    assert_match(/\A## karafka 2.3.0 .* in 5 steps\n/, plan.report(:markdown))
    assert_match(/\A<!doctype html>/i, plan.report(:html))
    assert_match(/\AStep 5: packages/, plan.step_report(4))
    assert_match(/\A## karafka 2.3.0 .*^This is step 1; 4 steps come after it.$/m, plan.step_report(0, :markdown))
    assert_match(/\A<!doctype html>.*id="step-5"/im, plan.step_report(4, :html))
    refute_includes plan.step_report(4, :html), "id=\"step-4\""
    assert_equal plan.step_json(4), plan.step_report(4, :json)
    assert_raises(Rungs::UnsupportedError) { plan.step_report(0, :sarif) }
    assert_equal plan.to_h["steps"][4], JSON.parse(plan.step_json(4))
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
      Rungs::Outside => defs["outside"],
      Rungs::Wanted => defs["wanted"], Rungs::Minimal => plan["properties"]["minimal"], Rungs::Cause => plan["properties"]["causes"]["items"],
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
    assert_raises(Errno::ENOENT) { Rungs.plan(lockfile: "no/Gemfile.lock") }
    assert_raises(TypeError) { Rungs.plan(lockfile: 1) }
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

  def test_no_way
    plan = Rungs.plan(lockfile: TEXT, to: "karafka=2.6", ruby: "3.0", ruby_fixed: true)
    assert plan.impossible?
    assert_equal 0, plan.size
    assert_equal %w[runtime], plan.causes.first.constraints.map(&:kind).uniq
    assert_operator plan.fixes.first.steps, :>, 0
    assert_kind_of Hash, plan.reached
    error = assert_raises(IndexError) { plan.step_json(0) }
    assert_equal "no step 0: the plan has 0", error.message
    [-1, 0.5, 1 << 70].each { |index| assert_raises(IndexError) { plan.step_report(index) } }
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
end
