# frozen_string_literal: true

# Does the one command that `rungs lint` advises lead real Bundler to the state that it names? Old
# lockfiles are what Bundler locks some days after a line of Karafka appeared; a change of one is what
# `bundle update GEM` makes of it later, and a bump of one gem by hand. Where lint names a fix, its lines
# go into the Gemfile, its command is run on the new lockfile with the whole index, and every version
# of the family is compared. Judged again, the change with the fix has nothing left to fix.
#   ruby tests/bundler/lint.rb RUNGS EXPORTED [OUTSIDE]
#
# PAIRS=N tries so many changes, evenly spread; LEAST=N fails unless so many fixes were compared;
# WORKERS=N at a time.

require "date"
require "open3"
require_relative "index"
require_relative "lines"
require_relative "parallel"

LINES = %w[1.4 2.0 2.1 2.2 2.3 2.4 2.5].freeze
RUBIES = %w[2.7.8 3.1.7 3.3.9].freeze
DAYS = [20, 150].freeze
LATER = 120
SETS = [%w[karafka], %w[karafka karafka-testing karafka-web], %w[waterdrop]].freeze

# A change: the day and Ruby of the old lockfile, what is asked for directly, and the gem that moves.
Change = Struct.new(:line, :set, :ruby, :day, :gem, :by_hand, keyword_init: true) do
  def to_s = "#{set.join(" ")} of #{line} on #{day}, ruby #{ruby}, #{gem} moves#{" by hand" if by_hand}"
end

# Makes a change with Bundler, asks lint, and does what it says.
class Advice
  # `beside` is the other package of each rule about a pair.
  def initialize(rungs, index, horizon, beside)
    @rungs = rungs
    @beside = beside
    @index = index
    @horizon = horizon
    @server = Server.new
  end

  # What came of it: `:unmade`, `:silent`, `[:arrived, kind]`, `[:unlocked, kind]` where Bundler took a gem
  # outside the family that the command unlocks to a release which conflicts, or what differs.
  def follow(change)
    bundle = Bundle.new(@server.port)
    old, new = make(change, bundle)
    return :unmade unless new

    said = lint(bundle, change, old, new)
    return "lint says: #{said}" if said.is_a?(String)
    return :silent unless said["cure"]

    kind = said["cure"]["kind"]
    differs = arrives(bundle, change, said["cure"])
    return differs if differs

    left = settled(bundle, change, old)
    left.is_a?(String) ? left : [left, kind]
  rescue RuntimeError => e
    e.message
  ensure
    bundle&.gone
  end

  private

  def path(bundle) = File.join(bundle.folder, "Gemfile.lock")

  def family(bundle) = bundle.locked.slice(*@index.family)

  # The texts of both lockfiles, with the plain Gemfile in place.
  def make(change, bundle)
    ruby = Gem::Version.new(change.ruby)
    first = change.line == "-" ? %(gem "waterdrop") : %(gem "karafka", "~> #{change.line}.0")
    bundle.gemfile = [first, *(change.set - %w[karafka waterdrop]).map { |name| %(gem "#{name}") }]
    @server.files = @index.files(ruby, change.day.to_s)
    return if bundle.lock

    @lines = Lines.new(change.set)
    bundle.gemfile = @lines.to_a
    return if bundle.lock || !bundle.locked.key?(change.gem)

    old = File.read(path(bundle))
    if change.by_hand
      version = @index.following(change.gem, bundle.locked[change.gem], ruby) or return
      @server.files = @index.files(ruby)
      bundle.gemfile = [*@lines.to_a.grep_v(/"#{change.gem}"/), %(gem "#{change.gem}", "#{version}")]
    else
      @server.files = @index.files(ruby, (change.day + LATER).to_s)
    end
    return if bundle.lock("--update", change.gem)

    bundle.gemfile = @lines.to_a
    return if bundle.lock

    new = File.read(path(bundle))
    [old, new] unless old == new
  end

  def lint(bundle, change, old, new)
    files = { "old.lock" => old, "new.lock" => new }.map do |name, text|
      File.join(bundle.folder, name).tap { |file| File.write(file, text) }
    end
    said, problem, = Open3.capture3(@rungs, "lint", *files, "--ruby", change.ruby, "--as-of", @horizon, "--format", "json")
    said.empty? ? problem : JSON.parse(said)
  end

  # Does the command arrive at the new state with the changes of the fix?
  def arrives(bundle, change, cure)
    want = family(bundle)
    cure["changes"].each do |move|
      move["to"] ? want[move["package"]] = move["to"] : want.delete(move["package"])
    end
    @lines.edit("obsolete" => [], "gemfile" => cure["gemfile"])
    bundle.gemfile = @lines.to_a
    @server.files = @index.files(Gem::Version.new(change.ruby))
    said = bundle.lock(*Lines.arguments(cure))
    return "bundle lock failed: #{said}" if said

    got = family(bundle)
    differs = (want.keys | got.keys).reject { |name| want[name] == got[name] }
    return if differs.empty?

    differs.map { |name| "#{name} wanted #{want[name] || "nothing"}, locked #{got[name] || "nothing"}" }.join("; ")
  end

  # Nothing is left to fix within the family.
  def settled(bundle, change, old)
    said = lint(bundle, change, old, File.read(path(bundle)))
    return "then lint says: #{said}" if said.is_a?(String)

    left = said["findings"].select { |it| it["severity"] != "note" && FIXED.include?(it["rule"]) }
    return :arrived if left.empty? && said["cure"].nil?

    outside = ->(finding) { !@index.family.include?(@beside.fetch(finding["catalog_rule"], "karafka")) }
    left.any? && left.all?(&outside) ? :unlocked : "still #{left.map { |it| it["message"] }}"
  end

  FIXED = %w[conflict requires requirement defect broken-entry left-behind].freeze
end

# The changes there are.
def changes(packages, index)
  LINES.product(RUBIES, DAYS, SETS).flat_map do |line, ruby, days, set|
    next [] unless index.runs?("karafka", line, Gem::Version.new(ruby))

    day = first_day(packages["karafka"], line) + days
    gems = set | %w[waterdrop karafka-core karafka-rdkafka]
    gems.product([false, true]).map do |gem, by_hand|
      Change.new(line: set == %w[waterdrop] ? "-" : line, set:, ruby:, day:, gem:, by_hand:)
    end
  end
end

def first_day(package, line)
  days = package["releases"].filter_map do |release|
    release["date"] if release["version"].match?(/\A#{Regexp.escape(line)}\.\d+\z/)
  end
  Date.parse(days.min)
end

began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
rungs, exported, outside = ARGV
index = CompactIndex.new(exported, outside)
shown, = Open3.capture2(rungs, "catalog", "show", "--format", "json")
catalog = JSON.parse(shown)
packages = catalog["packages"].to_h { |package| [package["name"], package] }
horizon = catalog["horizon"]
beside = catalog["rules"].filter_map { |rule| [rule["id"], rule["with"]] if rule["with"] }.to_h
all = changes(packages, index)
most = Integer(ENV.fetch("PAIRS", all.size.to_s))
all = Array.new([most, all.size].min) { |at| all[at * all.size / [most, all.size].min] }
advice = nil
answers = in_parallel(all, Integer(ENV.fetch("WORKERS", "2"))) do |change|
  (advice ||= Advice.new(rungs, index, horizon, beside)).follow(change)
end
counts = answers.map { |it| it.is_a?(String) ? :differs : it }.tally
counts.sort_by(&:to_s).each { |what, count| puts "#{count.to_s.rjust(5)} #{[*what].join(" with a fix of kind ")}" }
all.zip(answers) { |change, answer| warn "#{change}: #{answer}" if answer.is_a?(String) }
arrived = answers.count { |it| it.is_a?(Array) && it.first == :arrived }
seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
puts "Bundler arrives where lint says after #{arrived} changes, #{seconds.round} s"
abort "#{counts[:differs]} differences" if counts[:differs]
abort "expected at least #{ENV["LEAST"]} fixes" if arrived < Integer(ENV.fetch("LEAST", "1"))
