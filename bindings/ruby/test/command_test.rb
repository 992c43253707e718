# frozen_string_literal: true

require_relative "helper"
require "rungs/command"
require "rungs/minitest"
require "rspec/expectations"
require "rungs/rspec"
require "stringio"

class CommandTest < Minitest::Test
  include Helper
  include RSpec::Matchers

  # Runs in a folder with these files; gives code, output, errors.
  def run_in(files, *args, ruby: "3.2.2")
    Dir.mktmpdir do |folder|
      files.each { |name, text| File.write(File.join(folder, name), text) }
      yield folder if block_given?
      out = StringIO.new
      err = StringIO.new
      code = Rungs::Command.new(lockfile: File.join(folder, "Gemfile.lock"), ruby: ruby, out: out, err: err).run(args)
      return [code, out.string, err.string]
    end
  end

  def project(*args, **options, &block)
    run_in({ "Gemfile.lock" => TEXT }, *args, **options, &block)
  end

  DAY = "2026-08-19"

  def test_plan_and_next
    wanted = Rungs.plan(lockfile: TEXT, to: "karafka=2.6", as_of: DAY)
    asked = ["--to", "karafka=2.6", "--as-of", DAY]
    assert_equal [0, wanted.report, ""], project("plan", *asked)
    assert_equal [0, wanted.to_json, ""], project("plan", *asked, "--format", "json")
    code, text, = project("next", *asked)
    assert_equal [0, "#{wanted.step_report(0)}\n4 steps come after it.\n"], [code, text]
    assert_equal wanted.to_json, project("next", *asked, "--format", "json")[1]
    %i[markdown html].each do |format|
      assert_equal [0, wanted.step_report(0, format), ""], project("next", *asked, "--format", format.to_s)
    end
    code, text, = project("plan", *asked, "--ruby", "3.0", "--ruby-fixed")
    assert_equal 3, code
    assert_includes text, "Blocked by: ruby is fixed at 3.0; karafka 2.6.0 requires ruby >= 3.2.0"
    today = JSON.parse(project("plan", "--format", "json")[1])["as_of"]
    assert_in_delta Date.today.jd, Date.parse(today).jd, 1
  end

  def test_what_leaves_and_what_is_known
    asked = ["--to", "karafka=2.6", "--as-of", DAY]
    wanted = Rungs.plan(lockfile: TEXT, to: "karafka=2.6", as_of: DAY, drop: ["sidekiq"],
                        properties: { "precompiled-driver" => false, "forking-processes" => true })
    options = %w[--drop sidekiq --property precompiled-driver=no --property forking-processes=yes]
    code, document, error = project("plan", *asked, *options, "--format", "json")
    assert_equal [0, wanted.to_json, ""], [code, document, error]
    code, text, error = project("plan", "--property", "precompiled-driver=perhaps")
    assert_equal [2, ""], [code, text]
    assert_includes error, "--property precompiled-driver=perhaps"
    code, _, error = project("plan", "--property", "mood=yes")
    assert_equal 2, code
    assert_includes error, 'no property "mood"'
  end

  def test_the_ruby_of_the_project
    without = TEXT.sub(/^RUBY VERSION\n.*\n\n/, "")
    refute_equal TEXT, without
    ruby_of = lambda do |lockfile|
      JSON.parse(run_in({ "Gemfile.lock" => lockfile }, "plan", "--format", "json", ruby: "3.3.1")[1])["start"]["runtimes"]
    end
    assert_equal({ "ruby" => "3.2.2" }, ruby_of.call(TEXT))
    assert_equal({ "ruby" => "3.3.1" }, ruby_of.call(without))
  end

  def test_a_policy_beside_the_lockfile
    files = { "Gemfile.lock" => TEXT, "rungs.toml" => "[targets]\nkarafka = \"2.4\"\n" }
    assert_match(/\A2 steps to karafka 2.4\n/, run_in(files, "plan")[1])
    files["rungs.toml"] = "x = 1\n"
    code, _, words = run_in(files, "plan")
    assert_equal [2, "rungs: rungs.toml:1:1: unknown key \"x\" of a policy: expected accept, pins, min_age, targets\n"],
                 [code, words]
  end

  def test_status
    code, text, = project("status", "--as-of", "2026-01-31")
    assert_equal 0, code
    assert_includes text, "karafka"
    assert_equal 1, project("status", "--check").first
  end

  def test_lint
    repository = lambda do |folder|
      git = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org"]
      [%w[init -q], %w[add .], %w[commit -q -m a]].each { |args| assert system(*git, *args) }
      File.write(File.join(folder, "Gemfile.lock"), changed("karafka (2.3.0)", "karafka (2.5.9)"))
    end
    code, text, words = project("lint", &repository)
    assert_equal [1, ""], [code, words]
    assert_includes text, "skipped-line"
    assert_equal "2.1.0", JSON.parse(project("lint", "--format", "sarif", &repository)[1])["version"]
    assert_match(/git show nowhere:/, project("lint", "--base", "nowhere", &repository)[2])
    assert_equal [2, "", "rungs: \"-x\" is not a revision of git\n"], project("lint", "--base=-x", &repository)
  end

  def test_what_is_wrong_is_said
    assert_equal [2, "", "rungs: no command \"fly\": expected plan, next, status or lint\n"], project("fly")
    assert_equal [2, "", "rungs: invalid option: --fly\n"], project("plan", "--fly")
    assert_equal [2, "", "rungs: \"here\" is not expected here\n"], project("plan", "here")
    code, _, words = project("plan", "--format", "pdf")
    assert_equal 2, code
    assert_match(/:pdf is no format: expected one of text, ansi/, words)
    code, _, words = run_in({}, "plan")
    assert_equal 2, code
    assert_match(/No such file or directory/, words)
    assert_equal 2, project("plan", "--to", "rails=7").first
    assert_equal 0, project("help").first
  end

  # The newest of each gem of the family, and what it requires.
  NEWEST = {
    "karafka" => ["2.6.0", "karafka-core (>= 2.6.2, < 2.7.0)", "karafka-rdkafka (>= 0.28.0)",
                  "waterdrop (>= 2.10.2, < 3.0.0)"],
    "karafka-core" => ["2.6.2", "karafka-rdkafka (>= 0.20.0)"],
    "karafka-rdkafka" => ["0.28.0"],
    "karafka-testing" => ["2.6.2", "karafka (>= 2.6.0.rc2, < 2.7.0)", "waterdrop (>= 2.10.0)"],
    "karafka-web" => ["1.0.0", "karafka (>= 2.6.0, < 2.7.0)", "karafka-core (>= 2.6.2, < 2.7.0)"],
    "waterdrop" => ["2.10.3", "karafka-core (>= 2.5.12, < 3.0.0)", "karafka-rdkafka (>= 0.24.0)"]
  }.freeze
  SETTLED = TEXT.gsub(/^      karafka.*\n|^      waterdrop.*\n/, "").gsub(/^    ([\w-]+) \(.*/) do |line|
    version, *needs = NEWEST[Regexp.last_match(1)]
    version ? ["    #{Regexp.last_match(1)} (#{version})", *needs.map { |need| "      #{need}" }].join("\n") : line
  end.freeze

  def test_helpers
    assert_on_supported_rungs(SETTLED, as_of: "2026-08-19", ruby: "3.4")
    expect(SETTLED).to be_on_supported_rungs.as_of("2026-08-19").with_ruby("3.4")
    expect(TEXT).not_to be_on_supported_rungs.as_of("2026-08-19")
    failure = assert_raises(Minitest::Assertion) { assert_on_supported_rungs(TEXT, as_of: "2026-08-19") }
    assert_includes failure.message, "karafka: its line 2.3 ended on 2025-03-01"
    error = assert_raises(RSpec::Expectations::ExpectationNotMetError) do
      expect(TEXT).to be_on_supported_rungs.as_of("2026-08-19")
    end
    assert_includes error.message, "expected supported rungs, but\n  karafka: its line 2.3 ended"
  end

  def test_rake
    script = "require 'rake'; require 'rungs/rake_task'; Rungs::RakeTask.new(lockfile: ARGV[0]); " \
             "Rake::Task['rungs:next'].invoke; Rake::Task['rungs:check'].invoke"
    out, words, status = ruby(script, LOCKFILE)
    assert_includes out, "Step 1: karafka 2.3.4"
    assert_equal "rungs: exit code 1\n", words
    assert_equal 1, status.exitstatus
  end
end
