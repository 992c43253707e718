# frozen_string_literal: true

require_relative "helper"
require "date"

class AnswersTest < Minitest::Test
  include Helper

  JUMPED = TEXT.sub("    karafka (2.3.0)", "    karafka (2.5.9)")

  def test_status
    status = Rungs.status(lockfile: TEXT, as_of: Date.new(2026, 1, 31))
    assert_equal "2026-01-31", status.as_of
    refute status.clean?
    assert_operator status.findings, :>, 0
    karafka = status.packages.first
    assert_equal %w[karafka 2.3.0 2.3.4 ended], [karafka.name, karafka.installed, karafka.newest_of_line,
                                                 karafka.support.state]
    assert_includes status.problems, "karafka: its line 2.3 ended on 2025-03-01"
    assert_equal ["ruby"], status.runtimes.map(&:name)
    assert_equal "karafka", status.catalog.name
    assert status.frozen?
    catalog = Rungs::Catalog.karafka
    snapshot = Rungs::Snapshot.parse(TEXT)
    assert_equal status.to_json, Rungs::Status.report(catalog, snapshot, as_of: "2026-01-31", format: :json)
    assert_includes Rungs::Status.report(catalog, snapshot), "karafka"
    error = assert_raises(Rungs::VersionError) { Rungs.status(lockfile: TEXT, as_of: "today") }
    assert_equal 105, error.code
  end

  def test_scan
    source = "Karafka::App.setup { |config| config.batch_fetching = true }\n"
    document = JSON.parse(Rungs::Catalog.karafka.scan_source("karafka.rb", source))
    found = document["groups"].flat_map { |group| group["actions"] }.flat_map do |action|
      action["findings"].map { |place| [action["id"], place["line"], place["column"]] }
    end
    assert_equal [["karafka-2.0-batch-fetching-removed", 1, 31]], found
    assert_equal ["rungs.scan/1", 1], document.values_at("schema", "findings")
  end

  def test_lint
    lint = Rungs.lint(before: TEXT, after: JUMPED, as_of: "2026-01-31")
    assert_equal :refused, lint.verdict
    refute lint.allowed?
    assert_includes lint.findings.map(&:rule), "skipped-line"
    finding = lint.findings.first
    assert_equal ["karafka", "2.3.0", "2.5.9", "error"], [finding.package, finding.from, finding.to, finding.severity]
    assert_equal 1 + JUMPED.lines.index("    karafka (2.5.9)\n"), finding.line
    assert_equal [["karafka", "2.3.0", "2.5.9"]], lint.changes.map { |move| [move.package, move.from, move.to] }
    assert_operator lint.count, :>, 0
    assert_match(/skipped-line/, lint.report)
    assert_equal "2.1.0", JSON.parse(lint.report(:sarif))["version"]
    assert_match(/^::error file=Gemfile.lock,line=\d+/, lint.report(:github))
    assert_equal lint.to_json, lint.report(:json)
    assert_raises(Rungs::UnsupportedError) { lint.report(:html) }
    assert_raises(Rungs::CallError) { lint.report(:pdf) }
    assert_raises(Rungs::CallError) { lint.count(:fatal) }
    assert_includes lint.inspect, "refused"
  end

  def test_lint_with_a_policy
    policy = "accept = [{ rule = 'skipped-line', why = 'a test' }]"
    lint = Rungs.lint(before: TEXT, after: JUMPED, policy: policy)
    assert_equal ["skipped-line"], lint.accepted.map(&:rule)
    idle = "accept = [{ rule = 'downgrade', why = 'a test' }]"
    error = assert_raises(Rungs::RequestError) { Rungs.lint(before: TEXT, after: JUMPED, policy: idle) }
    assert_equal 'rungs.toml:1:20: the acceptance of "downgrade" matches nothing here', error.original_message
    assert Rungs.lint(before: TEXT, after: TEXT, policy: idle).allowed?
  end

  def test_why
    why = Rungs.why("waterdrop", lockfile: TEXT, to: "karafka=2.6")
    assert_equal "waterdrop", why.package
    assert_equal :planned, why.outcome
    assert_equal 5, why.stands.size
    assert_match(/requires karafka-rdkafka >= 0.20.0/, why.stands[2].because)
    assert_equal [], why.causes
    catalog = Rungs::Catalog.karafka
    snapshot = Rungs::Snapshot.parse(TEXT)
    assert_match(/\Awaterdrop is at 2.6.12/, Rungs::Why.report(catalog, snapshot, "waterdrop"))
    assert_equal why.to_json, Rungs::Why.report(catalog, snapshot, "waterdrop", format: :json, to: "karafka=2.6")
    never = Rungs.why("karafka@2.6", lockfile: TEXT, ruby: "3.0", ruby_fixed: true)
    assert_equal :impossible, never.outcome
    refute_empty never.causes
  end

  # What the program prints, where it was built: byte for byte.
  def test_the_program_says_the_same
    program = ENV["RUNGS_PROGRAM"]
    skip "RUNGS_PROGRAM names no program" unless program
    Dir.mktmpdir do |folder|
      File.write(File.join(folder, "Gemfile.lock"), JUMPED)
      File.write(File.join(folder, "old.lock"), TEXT)
      said = ->(*args) { Open3.capture2(program, *args, "--format", "json", chdir: folder).first }
      day = "2026-01-31"
      { %W[status --as-of #{day}] => Rungs.status(lockfile: JUMPED, as_of: day),
        %W[lint old.lock Gemfile.lock --as-of #{day}] => Rungs.lint(before: TEXT, after: JUMPED, as_of: day),
        %W[why karafka@2.6 --as-of #{day}] => Rungs.why("karafka@2.6", lockfile: JUMPED, as_of: day),
        %w[catalog show] => Rungs::Catalog.karafka }.each do |args, answer|
        assert_equal said.call(*args), answer.to_json, args.join(" ")
      end
      assert_equal said.call("snapshot", "Gemfile.lock"), Rungs::Snapshot.document(JUMPED)
    end
  end

  # A reader for each member of the schemas.
  def test_readers_are_those_of_the_schemas
    lint, status, why = %w[lint status why].map { |name| JSON.parse(Rungs.schema(name)) }
    assert_equal why["properties"].keys - %w[schema plan], Rungs::Why.readers.map(&:to_s)
    assert_equal (status["properties"].keys - ["schema"]).sort, Rungs::Status.readers.map(&:to_s).sort
    { Rungs::Finding => lint["$defs"]["finding"], Rungs::Move => lint["$defs"]["change"],
      Rungs::Cure => lint["properties"]["cure"]["oneOf"].last,
      Rungs::Standing => status["$defs"]["standing"], Rungs::Support => status["$defs"]["support"],
      Rungs::StatusProblem => status["$defs"]["problem"], Rungs::Ahead => status["properties"]["ahead"],
      Rungs::OutsideMove => why["properties"]["moves"]["items"], Rungs::Want => why["properties"]["wanted_by"]["items"],
      Rungs::Stand => why["properties"]["stands"]["items"] }.each do |type, schema|
      assert_equal schema["properties"].keys.sort, type.readers.map(&:to_s).sort, type
    end
    judged = Rungs.lint(before: TEXT, after: JUMPED)
    counted = %w[schema catalog as_of errors warnings notes unknown]
    (lint["properties"].keys - counted).each { |name| assert_respond_to judged, name }
    assert_includes %w[yes conditional no unknown], judged.rolling.side_by_side
    refute_empty judged.actions
    assert judged.changelogs.all?(Rungs::Changelog)
  end

  def test_schemas
    assert_equal "rungs.plan/1", JSON.parse(Rungs.schema("plan"))["title"]
    error = assert_raises(Rungs::UnsupportedError) { Rungs.schema("rungs.plan/9") }
    assert_equal [802, :unsupported], [error.code, error.status]
  end
end
