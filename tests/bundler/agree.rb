# frozen_string_literal: true

# Does real Bundler arrive, step by step, where the plan says? For each starting state: plan, and for
# each step write the Gemfile, run `bundle lock --update …` on the lockfile of the step before, and
# compare every version of the family.
#   ruby tests/bundler/agree.rb RUNGS EXPORTED [OUTSIDE [LOCKFILES]]
#
# Starting states: for each line of Karafka from 1.4 on, with and without the Web UI, on each Ruby that
# runs it, what Bundler itself would have locked some days after the line appeared; and the family as
# it stands in real lockfiles, on the Ruby named there.

require "date"
require "open3"
require_relative "index"
require_relative "lines"

RUBIES = %w[2.7 3.0 3.1 3.2 3.3 3.4].freeze
DAYS = [45, 240].freeze
SETS = [%w[karafka], %w[karafka karafka-testing karafka-web]].freeze
FIRST = Gem::Version.new("1.4")
LAST = Gem::Version.new("2.5")

# Plans, locks and compares.
class Agreement
  attr_reader :counts, :differences

  def initialize(rungs, exported, outside = nil, lockfiles = nil)
    @rungs = rungs
    @index = CompactIndex.new(exported, outside)
    @lockfiles = lockfiles
    shown, = Open3.capture2(rungs, "catalog", "show", "--format", "json")
    @packages = JSON.parse(shown)["packages"].to_h { |package| [package["name"], package] }
    @counts = Hash.new(0)
    @differences = []
    @lock = Mutex.new
    @seen = {}
  end

  # In so many threads; each has its own server and folder.
  def run(threads)
    queue = Queue.new
    spread(made + found).each { |start| queue << start }
    queue.close
    Array.new(threads) do
      Thread.new do
        server = Server.new
        while (start = queue.pop)
          bundle = Bundle.new(server.port)
          begin
            try(start, server, bundle)
          ensure
            bundle.gone
          end
        end
        server.stop
      end
    end.each(&:join)
  end

  private

  # At most STARTS of them, evenly over all; a start with its steps takes Bundler about five seconds.
  def spread(starts)
    most = Integer(ENV.fetch("STARTS", starts.size.to_s))
    return starts if starts.size <= most

    Array.new(most) { |at| starts[at * starts.size / most] }
  end

  # Starting states that Bundler makes: lines of a Gemfile, a Ruby, a day.
  def made
    lines = @packages["karafka"]["lines"].select do |line|
      Gem::Version.new(line["name"]).between?(FIRST, LAST)
    end
    lines.flat_map do |line|
      first = first_day(line["name"])
      DAYS.product(RUBIES, SETS).map do |days, ruby, set|
        gems = set.map { |name| name == "karafka" ? %(gem "karafka", "~> #{line["name"]}.0") : %(gem "#{name}") }
        { name: "#{line["name"]}+#{days}d #{set.size} ruby #{ruby}", gemfile: gems, direct: set,
          rubies: [ruby], day: (first + days).to_s }
      end
    end
  end

  def first_day(line)
    days = @packages["karafka"]["releases"].filter_map do |release|
      numbers = release["version"].split(".")
      release["date"] if numbers.first(2).join(".") == line && numbers.size == 3
    end
    Date.parse(days.min)
  end

  # The family of real lockfiles, each set of versions once.
  def found
    return [] unless @lockfiles

    Dir[File.join(@lockfiles, "files", "[0-9]*.lock")].sort.filter_map do |file|
      text = File.read(file, encoding: "UTF-8").scrub
      family = text.scan(/^    (\S+) \((\d[^)-]*)\)/).to_h.slice(*@index.family)
      next if family.empty? || !family.key?("karafka")

      ruby = text[/^RUBY VERSION\n\s+ruby (\d+\.\d+)/, 1]
      direct = family.keys & text[/^DEPENDENCIES\n(.*?)(\n\n|\z)/m, 1].to_s.scan(/^  ([^\s!]+)/).flatten
      next if direct.empty?

      { name: File.basename(file), gemfile: family.map { |gem, version| %(gem "#{gem}", "= #{version}") },
        direct: direct, rubies: ruby ? [ruby] : RUBIES.reverse }
    end.uniq { |start| start.values_at(:gemfile, :rubies) }
  end

  def try(start, server, bundle)
    ruby = start[:rubies].find { |line| starts?(start, line, server, bundle) }
    return count("starts that Bundler does not lock", start) unless ruby

    state = [bundle.locked.slice(*@index.family), ruby, start[:direct]]
    return count("starts met before", start) unless @lock.synchronize { @seen.key?(state) ? nil : @seen[state] = true }

    # Unless the user pins, the Gemfile has names only.
    bundle.gemfile = start[:direct].map { |name| %(gem "#{name}") }
    server.files = @index.files(version_of(ruby))
    said = bundle.lock
    return differ(start, 0, "the start does not lock again: #{said}") if said
    return differ(start, 0, "Bundler moved the start") unless bundle.locked.slice(*@index.family) == state[0]

    lockfile = File.join(bundle.folder, "Gemfile.lock")
    text, problem, = Open3.capture3(@rungs, "plan", "--lockfile", lockfile, "--ruby", version_of(ruby).to_s,
                                   "--format", "json")
    plan = JSON.parse(text)
    return differ(start, 0, "no plan: #{problem}") unless plan["outcome"]

    outcome = plan["outcome"].is_a?(Hash) ? plan["outcome"].values.first : plan["outcome"]
    count("starts: #{outcome}", start)
    plan["steps"].each { |step| return unless follow(start, step, server, bundle) }
  end

  def starts?(start, ruby, server, bundle)
    bundle.forget_lockfile
    server.files = @index.files(version_of(ruby), start[:day])
    bundle.gemfile = start[:gemfile]
    bundle.lock.nil?
  end

  # Did Bundler arrive?
  def follow(start, step, server, bundle)
    server.files = @index.files(version_of(step["state"]["runtimes"]["ruby"]))
    bundle.gemfile = Lines.gemfile(step)
    said = bundle.lock(*Lines.arguments(step))
    return differ(start, step["number"], "bundle lock failed: #{said}") if said

    want = step["state"]["packages"]
    got = bundle.locked.slice(*@index.family)
    return differ(start, step["number"], "wanted #{want}, locked #{got}") unless got == want

    count("steps that agree: #{step["kind"]}", start)
  end

  # The newest patch of a line, or the version itself.
  def version_of(ruby)
    return Gem::Version.new(ruby) if ruby.count(".") == 2

    patches = @packages["ruby"]["releases"].map { |release| release["version"] }
    patches = patches.select { |patch| patch.start_with?("#{ruby}.") && patch.match?(/\A[\d.]+\z/) }
    patches.map { |patch| Gem::Version.new(patch) }.max || Gem::Version.new("#{ruby}.0")
  end

  def count(what, _start)
    @lock.synchronize { @counts[what] += 1 }
  end

  def differ(start, number, what)
    text = "#{start[:name]} step #{number}: #{what}"
    warn text
    @lock.synchronize { @differences << text }
    nil
  end
end

agreement = Agreement.new(*ARGV)
begin
  agreement.run(Integer(ENV.fetch("THREADS", "2")))
rescue SignalException
  # What was counted until now still counts.
  warn "stopped early"
  stopped = true
end
agreement.counts.sort.each { |what, count| puts "#{count.to_s.rjust(5)} #{what}" }
abort "#{agreement.differences.size} differences" unless agreement.differences.empty?
abort "stopped early" if stopped
abort "nothing was compared" if agreement.counts.keys.none? { |what| what.start_with?("steps") }
