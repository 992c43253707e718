# frozen_string_literal: true

require_relative "helper"
require "rungs/program"
require "rungs/minitest"
require "rspec/expectations"
require "rungs/rspec"

# The program that the gem brings, and the helpers for tests of projects.
class ProgramTest < Minitest::Test
  include Helper
  include RSpec::Matchers

  DAY = "2026-08-19"
  EXE = File.expand_path("../exe/rungs", __dir__)

  # Runs exe/rungs in a folder with these files; gives code, output, errors.
  def run_in(files, *args, env: {})
    Dir.mktmpdir do |folder|
      files.each { |name, text| File.write(File.join(folder, name), text) }
      lib = File.expand_path("../lib", __dir__)
      out, words, status = Open3.capture3(env, RbConfig.ruby, "-W", "-I#{lib}", EXE, *args, chdir: folder)
      return [status.exitstatus, out, words]
    end
  end

  def project(*args, **options)
    run_in({ "Gemfile.lock" => TEXT }, *args, **options)
  end

  def test_the_library_and_the_program_answer_alike
    wanted = Rungs.plan(lockfile: TEXT, to: "karafka=2.6", as_of: DAY)
    asked = ["--to", "karafka=2.6", "--as-of", DAY]
    assert_equal [0, wanted.report, ""], project("plan", *asked)
    assert_equal [0, wanted.to_json, ""], project("plan", *asked, "--format", "json")
    assert_equal [0, wanted.step_report(0, :markdown), ""], project("next", *asked, "--format", "markdown")
    code, text, = project("plan", *asked, "--ruby", "3.0", "--ruby-fixed")
    assert_equal 3, code
    assert_includes text, "Blocked by: ruby is fixed at 3.0; karafka 2.6.0 requires ruby >= 3.2.0"
  end

  def test_help_and_errors_are_those_of_the_program
    code, text, words = project("plan", "--help")
    assert_equal [0, ""], [code, words]
    assert_match(/--ruby-fixed.*Exit codes:/m, text)
    code, text, words = project("plan", "--to", "karfka=2.6")
    assert_equal [2, ""], [code, text]
    assert_includes words, "did you mean karafka?"
    assert_equal 1, project("status", "--check").first
    assert_equal "rungs #{Rungs::VERSION}", project("--version")[1].lines.first.chomp
  end

  # All doors assume the same Ruby: of the lockfile, else of the Gemfile, else none; and say which.
  def test_every_door_assumes_the_same_ruby
    without = TEXT.sub(/^RUBY VERSION\n.*\n\n?/, "")
    refute_equal TEXT, without
    {
      { "Gemfile.lock" => TEXT } => ", from Ruby 3.2.2\n",
      { "Gemfile.lock" => without } => ", from Ruby >= 2.7 (no version is named)\n",
      { "Gemfile.lock" => without, "Gemfile" => "ruby '3.3.1'\ngem 'karafka'\n" } => ", from Ruby 3.3.1\n",
      { "Gemfile.lock" => TEXT, "Gemfile" => "ruby '3.2.2'\ngem 'karafka'\n" } => ", from Ruby 3.2.2\n"
    }.each do |files, from|
      printed = run_in(files, "plan", "--to", "karafka=2.6", "--as-of", DAY)[1]
      Dir.mktmpdir do |folder|
        files.each { |name, text| File.write(File.join(folder, name), text) }
        lockfile = File.join(folder, "Gemfile.lock")
        assert_equal Rungs.plan(lockfile: lockfile, to: "karafka=2.6", as_of: DAY).report, printed
        state = run_in(files, "status", "--as-of", DAY, "--format", "json")[1]
        assert_equal state, Rungs.status(lockfile: lockfile, as_of: DAY).to_json
      end
      assert_equal "5 steps to karafka 2.6#{from}", printed.lines.first
    end
  end

  def test_where_the_program_is
    assert_equal ENV.fetch("RUNGS_PROGRAM"), Rungs::Program.path
    Dir.mktmpdir do |folder|
      # A script of RubyGems on the PATH leads back to the gem; a program after it is taken.
      %w[script binary].each { |name| Dir.mkdir(File.join(folder, name)) }
      script = File.join(folder, "script/rungs")
      File.write(script, "#!/usr/bin/env ruby\n")
      File.chmod(0o755, script)
      env = { "RUNGS_PROGRAM" => nil, "PATH" => File.dirname(script) }
      code, text, words = project("plan", env: env)
      assert_equal [2, ""], [code, text]
      assert_match(/\Arungs: no program rungs was found. It was looked for here: .*RUNGS_PROGRAM/m, words)
      binary = File.join(folder, "binary/rungs")
      File.symlink(ENV.fetch("RUNGS_PROGRAM"), binary)
      env["PATH"] = [script, binary].map { |path| File.dirname(path) }.join(File::PATH_SEPARATOR)
      assert_equal [0, "rungs #{Rungs::VERSION}\n"], project("--version", env: env).then { |it| [it[0], it[1].lines.first] }
    end
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
    assert_includes words, "rungs: exit code 1\n"
    assert_equal 1, status.exitstatus
  end
end
