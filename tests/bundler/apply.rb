# frozen_string_literal: true

# `rungs apply` with real Bundler: step by step to the end of the plan, killed in the middle, with
# Gemfiles as people write them. With TIMES also how long one `bundle lock` and the whole plan take.
#   ruby tests/bundler/apply.rb RUNGS EXPORTED [OUTSIDE]

require "open3"
require_relative "index"

RUBY = "3.2"
START = { "karafka" => "2.0.41", "karafka-web" => "0.5.2", "waterdrop" => "2.5.3", "karafka-rdkafka" => "0.12.4" }.freeze
# What Bundler itself makes of `karafka ~> 2.0`: it does not run, and no step upward cures it.
BROKEN = { "karafka" => "2.0.41", "karafka-core" => "2.6.2", "karafka-rdkafka" => "0.28.0", "waterdrop" => "2.10.3" }.freeze
TO = %w[--to karafka=2.6].freeze

# A project in a folder of its own.
class Project
  attr_reader :bundle

  def initialize(rungs, index, server, gemfile, names: %w[Gemfile Gemfile.lock], files: {}, direct: %w[karafka karafka-web], config: nil, start: START)
    @rungs = rungs
    @family = index.family
    @names = names
    @bundle = Bundle.new(server.port)
    @direct = direct
    files.each do |name, text|
      FileUtils.mkdir_p(File.dirname(path(name)))
      File.write(path(name), text)
    end
    # Locked where the story begins, then the Gemfile as the user has it.
    @source = %(source "http://127.0.0.1:#{server.port}"\n)
    pins = start.map { |name, version| %(gem "#{name}", "#{version}") }
    File.write(path(@names[0]), @source + pins.join("\n"))
    must(@bundle.lock)
    File.write(path(@names[0]), @source + gemfile)
    must(@bundle.lock)
    @start = versions
    File.write(File.join(@bundle.environment["BUNDLE_APP_CONFIG"], "config"), config) if config
  end

  def path(name) = File.join(@bundle.folder, name)

  def gemfile = File.read(path(@names[0])).delete_prefix(@source)

  def lockfile = File.read(path(@names[1]))

  def versions = lockfile.scan(/^    (\S+) \(([^)]+)\)/).to_h.slice(*@family)

  def rungs(*arguments) = Open3.capture3(@bundle.environment, @rungs, *arguments, *common, chdir: @bundle.folder)

  def plan
    said, problem, = rungs("plan", "--format", "json")
    abort "no plan: #{problem}" if said.empty?
    JSON.parse(said)["steps"]
  end

  # Step by step; after each the lockfile is the step's state and the rest of the plan remains.
  def walk
    steps = plan
    abort "the story begins elsewhere" unless steps.size == 7
    steps.each_with_index do |step, at|
      killed(step) if at == 1
      said, problem, status = rungs("apply", "--lock-only")
      abort "step #{at + 1}: #{said}#{problem}" unless status.success?
      abort "step #{at + 1}: #{versions} and not #{step["state"]["packages"]}" unless versions == step["state"]["packages"]
      rest = plan.map { |later| later["state"] }
      abort "after step #{at + 1} the rest is #{rest}" unless rest == steps.drop(at + 1).map { |later| later["state"] }
    end
    abort "temporary lines are left:\n#{gemfile}" if gemfile.include?("rungs")
    left = Dir.children(@bundle.folder).grep(/rungs/)
    abort "left behind: #{left}" unless left.empty?
    steps.size
  end

  # Killed at ten moments of a step, with what it started; the files stay as they are or are new.
  def killed(step)
    before = [gemfile, lockfile]
    10.times do |moment|
      process = Process.spawn(@bundle.environment, @rungs, "apply", "--lock-only", *common,
                              chdir: @bundle.folder, pgroup: true, %i[out err] => File::NULL)
      sleep(0.08 * moment)
      begin
        Process.kill(:KILL, -process)
      rescue Errno::ESRCH
        nil
      end
      Process.wait(process)
      next if [gemfile, lockfile] == before

      # It was done, or is completed by the next call.
      rungs("apply", "--lock-only") if File.exist?(path(".rungs-apply"))
      abort "killed after #{moment}: #{versions}" unless versions == step["state"]["packages"]
      File.write(path(@names[0]), @source + before[0])
      File.write(path(@names[1]), before[1])
    end
  end

  # Bundler fails: both files go back.
  def refused
    before = [gemfile, lockfile]
    said, problem, status = rungs("apply", "--lock-only")
    abort "it went well: #{said}" unless status.exitstatus == 1 && problem.include?("are as they were")
    abort "the files changed" unless [gemfile, lockfile] == before
  end

  # Medians of five whole processes: one step of Bundler, and the plan of all.
  def times
    command = plan.first["command"].split.drop(2)
    bundler = median { Open3.capture2e(@bundle.environment, "bundle", "lock", "--update", *command, "--print", chdir: @bundle.folder) }
    planned = median { rungs("plan") }
    format("bundle lock for one step %<bundler>.0f ms, rungs plan for all %<plan>.1f ms, %<ratio>.0f times",
           bundler: bundler * 1000, plan: planned * 1000, ratio: bundler / planned)
  end

  private

  def common = ["--lockfile", @names[1], "--ruby", RUBY, *TO]

  def must(said) = said && abort("Bundler does not lock the story: #{said}")

  def median
    times = Array.new(5) do
      began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      yield
      Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
    end
    times.sort[2]
  end
end

PLAIN = <<~GEMFILE

  # What we run on.
  gem 'karafka', '~> 2.0', require: false # do not move by hand

  group :default do
    gem("karafka-web",
        ">= 0.5",
        "< 2") # the UI
  end
GEMFILE
PATHS = <<~GEMFILE
  gemspec
  gem "karafka"
  gem "karafka-web"
  gem "local", path: "vendor/local"
  eval_gemfile "more.rb" if File.exist?(File.join(__dir__, "more.rb"))
GEMFILE
SPEC = ->(name) { "Gem::Specification.new { |s| s.name = #{name.inspect}; s.version = '1'; s.summary = 's'; s.authors = ['a'] }\n" }
FILES = { "mine.gemspec" => SPEC["mine"], "vendor/local/local.gemspec" => SPEC["local"], "more.rb" => "# nothing\n" }.freeze

rungs, exported, outside = ARGV
index = CompactIndex.new(exported, outside)
server = Server.new
server.files = index.files(Gem::Version.new("#{RUBY}.0"))

plain = Project.new(rungs, index, server, PLAIN)
puts plain.times if ENV["TIMES"]
steps = plain.walk
kept = plain.gemfile.sub("'~> 2.6.0'", "'~> 2.0'").sub('"~> 1.0.0"', "\">= 0.5\",\n      \"< 2\"")
abort "more than the requirements changed:\n#{plain.gemfile}" unless kept == PLAIN
plain.bundle.gone

# Paths, a gemspec and other files mean the same as ever; so do other names, though the configuration
# names the Gemfile too.
paths = Project.new(rungs, index, server, PATHS, names: %w[gems.rb gems.locked], files: FILES,
                                                 config: "---\nBUNDLE_GEMFILE: \"gems.rb\"\n")
steps += paths.walk
paths.bundle.gone

# The first step is a repair: Bundler takes packages down.
broken = Project.new(rungs, index, server, %(gem "karafka", "~> 2.0"\n), direct: %w[karafka], start: BROKEN)
abort "no repair: #{broken.plan.first["kind"]}" unless broken.plan.first["kind"] == "repair"
steps += broken.walk
broken.bundle.gone

# A server that knows nothing any more.
server.files = index.files(Gem::Version.new("#{RUBY}.0"))
gone = Project.new(rungs, index, server, PLAIN)
server.files = {}
gone.refused
gone.bundle.gone
server.stop
puts "rungs apply took #{steps} steps with real Bundler, was killed 30 times, and put back what failed"
