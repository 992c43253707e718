# frozen_string_literal: true

# Does real Bundler arrive, step by step, where the plan says? For each starting state: plan, and for
# each step edit the Gemfile as the plan says, run the plan's command as `bundle lock --update …` on
# the lockfile of the step before, and compare every version of the family. The plan made anew from
# the lockfile must be the rest of the plan; without its temporary lines the last lockfile must stay
# as it is. Half of the plans, or with INDEX=both each twice, know the index that Bundler resolves
# from: then of the other gems those move that the plan moves, as far as it says or further, and no
# more than the plan says that its command unlocks.
#   ruby tests/bundler/agree.rb RUNGS EXPORTED [OUTSIDE [LOCKFILES]]
#
# Starting states: for each line of Karafka from 1.4 on, with and without the Web UI, on each Ruby,
# what Bundler itself would have locked some days after the line appeared; and real lockfiles, on the
# Ruby named there, with the gems outside the family that the index knows. What of the family comes
# from git or a folder there comes from a folder here, and needs what the lockfile says. And each
# prerelease of the family, some days after it appeared.
#
# CATALOG=rails walks from lines of Rails instead, alone, with gems that require it, and without the gem
# rails itself; the exported index is then of that catalog. CATALOG="karafka rails" walks from applications with both
# to the newest lines of both.
#
# ONLY=TEXT tries those with the text in their name; STARTS=N tries so many of them, evenly spread; LEAST=N fails unless so many states were compared;
# WORKERS=N at a time. REST=no does not plan anew after each step.

require "date"
require "open3"
require_relative "index"
require_relative "lines"
require_relative "parallel"

RUBIES = %w[2.7 3.0 3.1 3.2 3.3 3.4].freeze
# The last is long after its time: `~> 2.0` alone then takes companions with which it does not run.
DAYS = [45, 240, 1200].freeze
SETS = [%w[karafka], %w[karafka karafka-testing karafka-web]].freeze
PRERELEASES_FROM = "2022-08-01"
FIRST = Gem::Version.new("1.4")
LAST = Gem::Version.new("2.5")

# The catalogs whose plans are walked.
CATALOG = ENV.fetch("CATALOG", "karafka").split.freeze
CATALOGS = CATALOG.flat_map { |name| ["--catalog", name] }.freeze

# What an application on Rails asks for; the versions are what Bundler takes.
RAILS_RUBIES = %w[2.4 2.5 2.6 2.7 3.0 3.1 3.2 3.3 3.4].freeze
RAILS_SETS = [
  %w[rails],
  %w[rails devise rspec-rails paper_trail web-console sprockets-rails],
  %w[rails activeadmin ransack kaminari simple_form friendly_id acts-as-taggable-on],
  %w[activerecord activejob activerecord-import],
].freeze

# What an application with both asks for, and how long after a line of Karafka.
JOINT_SETS = [
  %w[karafka rails],
  %w[karafka rails karafka-web karafka-testing devise rspec-rails sprockets-rails],
].freeze
JOINT_DAYS = [60, 400].freeze

# Words of a command that are no gems.
KNOWN = %w[bundle update --ruby].freeze

# A state to start from: `gemfile` locks it, `direct` is what the user asks for, `local` comes from
# folders: its versions and needs by name.
Start = Struct.new(:name, :gemfile, :direct, :local, :rubies, :day, :ruby, :lockfile, :family, :indexed,
                   keyword_init: true)

# Plans, locks and compares; one for each process.
class Walk
  def initialize(rungs, index, rubies, mirror)
    @rungs = rungs
    @index = index
    @mirror = mirror
    @rubies = rubies
    @server = Server.new
  end

  # Makes the lockfile of a start; its Ruby, lockfile and family, or `nil`.
  def make(start)
    inside(start) do |bundle|
      bundle.gemfile = start.gemfile
      ruby = start.rubies.find do |line|
        bundle.forget_lockfile
        @server.files = @index.files(version_of(line), start.day)
        bundle.lock.nil?
      end
      next unless ruby

      lines = Lines.new(start.direct, start.local.keys)
      bundle.gemfile = lines.to_a
      @server.files = @index.files(version_of(ruby))
      before = bundle.locked
      said = bundle.lock
      next { problem: "the start does not lock again: #{said}" } if said

      # What only a gem needed that the index does not know leaves; the rest stays.
      family = bundle.locked.slice(*@index.family)
      next { problem: "Bundler moved the start" } unless family == before.slice(*family.keys)

      { ruby: ruby, lockfile: File.read(path(bundle)).gsub(":#{@server.port}/", ":PORT/"), family: family }
    end
  end

  # Follows the plan; what came of it.
  def follow(start)
    inside(start) do |bundle|
      File.write(path(bundle), start.lockfile.gsub(":PORT/", ":#{@server.port}/"))
      lines = Lines.new(start.direct, start.local.keys)
      ruby = start.ruby
      @indexed = start.indexed
      @start = bundle.locked.keys
      bundle.gemfile = lines.to_a
      plan = plan_from(bundle, ruby)
      outcome = plan["outcome"]
      next { outcome: outcome || "failed", problem: plan["problem"] } unless plan["steps"]

      targets = plan["target"].map { |name, version| "#{name}=#{version}" }
      agreed = { "packages" => 0, "runtime" => 0, "repair" => 0, "as said" => 0, "further" => 0, "unlocked" => 0 }
      problem = nil
      plan["steps"].each_with_index do |step, at|
        ruby = step["state"]["runtimes"]["ruby"]
        problem = take(step, bundle, lines, agreed) || (ENV["REST"] != "no" && rest(plan, at + 1, bundle, ruby, targets, agreed)) || nil
        problem = "step #{step["number"]}: #{problem}" if problem.is_a?(String)
        agreed[step["kind"]] += 1 if problem.nil? || problem == :too_far
        break if problem
      end
      too_far = problem == :too_far
      problem = too_far ? nil : problem || cleaned(plan, bundle, lines)
      { outcome: outcome, agreed: agreed, problem: problem, too_far: too_far }
    rescue RuntimeError => e
      { outcome: "failed", problem: e.message }
    end
  end

  private

  def inside(start)
    bundle = Bundle.new(@server.port)
    start.local.each { |name, (version, needs)| bundle.vendor(name, version, needs) }
    yield bundle
  ensure
    bundle.gone
  end

  def path(bundle) = File.join(bundle.folder, "Gemfile.lock")

  # Did Bundler arrive?
  def take(step, bundle, lines, agreed)
    @server.files = @index.files(version_of(step["state"]["runtimes"]["ruby"]))
    lines.edit(step)
    bundle.gemfile = lines.to_a
    before = bundle.locked
    said = bundle.lock(*Lines.arguments(step))
    return "bundle lock failed: #{said}" if said

    want = step["state"]["packages"]
    got = bundle.locked.slice(*@index.family)
    return outside(step, before.except(*@index.family), bundle.locked.except(*@index.family), agreed) if got == want

    differs = (want.keys | got.keys).reject { |name| want[name] == got[name] }
    differs.map { |name| "#{name} wanted #{want[name] || "nothing"}, locked #{got[name] || "nothing"}" }.join("; ")
  end

  # Did the gems outside the family move as the plan says?
  def outside(step, before, after, agreed)
    says = step["also_moves"].to_a.to_h { |move| [move["gem"], move] }
    moved = (before.keys & after.keys).reject { |gem| before[gem] == after[gem] }
    agreed["unlocked"] += (moved - says.keys).size
    # Of what joined on the way only the index knows what it needs.
    more = (moved & @start) - says.keys - step["unlocks"]
    return "moved, and nobody said so: #{more.join(", ")}" unless more.empty?

    # What leaves stays where something that was unlocked needs it now.
    says.each_value.select { |move| move["verified"] && move["to"] }.each do |move|
      from, to, got = move["from"], move["to"], after[move["gem"]]
      return "#{move["gem"]} wanted #{to}, locked #{got || "nothing"}" if got.nil? || newer?(to, got)

      agreed[to == got ? "as said" : "further"] += 1 if from
    end
    nil
  end

  def newer?(one, other) = Gem::Version.new(one) > Gem::Version.new(other)

  # Planned anew from where Bundler arrived the rest remains, with its lines and commands. Of the gems
  # outside these may name fewer: Bundler took some along. With an index it may be told that one of
  # them went too far and has to come down; of a state with packages from folders no cause is told.
  def rest(plan, taken, bundle, ruby, targets, agreed)
    now = plan_from(bundle, ruby, targets)
    want = plan["steps"].drop(taken)
    if @indexed && now["steps"]&.empty? && !want.empty?
      said = JSON.generate(now["causes"]).include?("never downgrades")
      silent = now["outcome"] == "unknown" && agreed["further"].positive?
      return :too_far if said || silent
    end
    return "planning again fails: #{now["problem"]}" unless now["steps"]

    inside = ->(step) { step["command"]&.split&.intersection(KNOWN + @index.family) }
    said = %w[state gemfile obsolete command].find do |key|
      next now["steps"].map(&inside) != want.map(&inside) if key == "command"

      now["steps"].map { |step| step[key] } != want.map { |step| step[key] }
    end
    return unless said

    return "planned again: #{now["outcome"]}, #{now["causes"]}" if now["steps"].empty?

    got = now["steps"].map { |step| step[said] }
    "planned again, #{said} of the rest is\n  #{got.join("\n  ")}\nand not\n  #{want.map { _1[said] }.join("\n  ")}"
  end

  # After the last step the temporary lines go and nothing moves.
  def cleaned(plan, bundle, lines)
    lines.forget(plan["cleanup"])
    return "temporary lines are left: #{lines.temporary}" unless lines.temporary.empty?

    before = bundle.locked
    bundle.gemfile = lines.to_a
    said = bundle.lock
    return "bundle lock without the temporary lines failed: #{said}" if said

    "something moved when the temporary lines went" unless bundle.locked == before
  end

  # The plan from the lockfile; the Gemfile beside it says which lines are temporary.
  def plan_from(bundle, ruby, targets = [])
    to = targets.flat_map { |target| ["--to", target] }
    to += ["--index", @mirror] if @indexed
    to += CATALOGS unless CATALOG == %w[karafka]
    said, problem, = Open3.capture3(@rungs, "plan", "--lockfile", path(bundle), "--ruby", version_of(ruby).to_s,
                                   *to, "--format", "json")
    said.empty? ? { "problem" => problem } : JSON.parse(said).merge("problem" => problem)
  end

  # The newest patch of a line, or the version itself.
  def version_of(ruby)
    return Gem::Version.new(ruby) if ruby.count(".") == 2

    patches = @rubies.select { |patch| patch.start_with?("#{ruby}.") && patch.match?(/\A[\d.]+\z/) }
    patches.map { |patch| Gem::Version.new(patch) }.max || Gem::Version.new("#{ruby}.0")
  end
end

# The starting states there are.
class Starts
  def initialize(packages, index, lockfiles)
    @packages = packages
    @index = index
    @lockfiles = lockfiles
  end

  # So many of them at most, evenly over all.
  def spread(most)
    all = case CATALOG
          when %w[karafka] then made + found + prereleases
          when %w[rails] then rails + rails_found
          else joint
          end
    starts = all.select { |start| start.name.include?(ENV.fetch("ONLY", "")) }
    return starts if most.nil? || starts.size <= most

    Array.new(most) { |at| starts[at * starts.size / most] }
  end

  private

  # What Bundler makes of lines of a Gemfile, a Ruby, a day.
  def made
    lines = @packages["karafka"]["lines"].select do |line|
      Gem::Version.new(line["name"]).between?(FIRST, LAST)
    end
    lines.flat_map do |line|
      first = first_day(line["name"])
      DAYS.product(RUBIES, SETS).filter_map do |days, ruby, set|
        next unless @index.runs?("karafka", line["name"], Gem::Version.new("#{ruby}.99"))

        gems = set.map { |name| name == "karafka" ? %(gem "karafka", "~> #{line["name"]}.0") : %(gem "#{name}") }
        Start.new(name: "karafka #{line["name"]} after #{days} days, #{set.size} direct, ruby #{ruby}",
                  gemfile: gems, direct: set, local: {}, rubies: [ruby], day: (first + days).to_s)
      end
    end
  end

  # Some days after each line of Rails, on the newest Ruby on which Bundler locks it.
  def rails
    lines = @packages["rails"]["lines"].map { |line| line["name"] }
    lines.flat_map do |line|
      first = first_day(line, "rails")
      DAYS.first(2).product(RAILS_SETS).map do |days, set|
        gems = set.map { |name| name == set.first ? %(gem "#{name}", "~> #{line}.0") : %(gem "#{name}") }
        day = first + days
        Start.new(name: "#{set.first} #{line} after #{days} days, #{set.size} direct", gemfile: gems, direct: set,
                  local: {}, rubies: RAILS_RUBIES.select { |ruby| @index.released?(ruby, day) }.reverse, day: day.to_s)
      end
    end
  end

  # Some days after each line of Karafka, with the Rails of that day, on the newest Ruby on which Bundler locks both.
  def joint
    lines = @packages["karafka"]["lines"].map { |line| line["name"] }
    lines = lines.select { |line| Gem::Version.new(line).between?(FIRST, LAST) }
    lines.flat_map do |line|
      JOINT_DAYS.product(JOINT_SETS).map do |days, set|
        gems = set.map { |name| name == "karafka" ? %(gem "karafka", "~> #{line}.0") : %(gem "#{name}") }
        day = first_day(line) + days
        Start.new(name: "karafka #{line} and rails after #{days} days, #{set.size} direct", gemfile: gems, direct: set,
                  local: {}, rubies: RAILS_RUBIES.select { |ruby| @index.released?(ruby, day) }.reverse, day: day.to_s)
      end
    end
  end

  # Real lockfiles with Rails, with what the catalog knows of them.
  def rails_found
    return [] unless @lockfiles

    starts = Dir[File.join(@lockfiles, "files", "[0-9]*.lock")].sort.filter_map do |file|
      text = File.read(file, encoding: "UTF-8").scrub
      locked = text.scan(/^    (\S+) \((\d[^)-]*)\)/).to_h.select { |name, version| @index.family.include?(name) && @index.knows?(name, version) }
      ruby = text[/^RUBY VERSION\n\s+ruby (\d+\.\d+)/, 1]
      direct = locked.keys & text[/^DEPENDENCIES\n(.*?)(\n\n|\z)/m, 1].to_s.scan(/^  ([^\s!]+)/).flatten
      next unless locked.key?("activesupport") && !direct.empty?

      gemfile = locked.map { |gem, version| %(gem "#{gem}", "= #{version}") }
      Start.new(name: File.basename(file), direct: direct, local: {}, gemfile: gemfile, rubies: ruby ? [ruby] : RAILS_RUBIES.reverse)
    end
    starts.uniq { |start| [start.gemfile, start.rubies] }
  end

  # With each prerelease of the family since Karafka 2, some days after it appeared.
  def prereleases
    (@index.family - %w[rdkafka]).flat_map do |gem|
      @packages[gem]["releases"].filter_map do |release|
        next unless release["version"].match?(/[a-z]/) && release["date"].to_s >= PRERELEASES_FROM

        direct = ["karafka"] | (%w[karafka-testing karafka-web] & [gem])
        gems = (direct | [gem]).map { |name| name == gem ? %(gem "#{gem}", "= #{release["version"]}") : %(gem "#{name}") }
        Start.new(name: "prerelease #{gem} #{release["version"]}", gemfile: gems, direct: direct, local: {},
                  rubies: RUBIES.reverse, day: (Date.parse(release["date"]) + 3).to_s)
      end
    end
  end

  def first_day(line, package = "karafka")
    days = @packages[package]["releases"].filter_map do |release|
      numbers = release["version"].split(".")
      release["date"] if numbers.first(2).join(".") == line && numbers.size == 3
    end
    Date.parse(days.min)
  end

  # Real lockfiles, each set of versions once.
  def found
    return [] unless @lockfiles

    starts = Dir[File.join(@lockfiles, "files", "[0-9]*.lock")].sort.filter_map do |file|
      text = File.read(file, encoding: "UTF-8").scrub
      local = local(text)
      locked = text.scan(/^    (\S+) \((\d[^)-]*)\)/).to_h.select { |name, version| @index.knows?(name, version) }
      next unless locked.key?("karafka")

      ruby = text[/^RUBY VERSION\n\s+ruby (\d+\.\d+)/, 1]
      direct = locked.keys & text[/^DEPENDENCIES\n(.*?)(\n\n|\z)/m, 1].to_s.scan(/^  ([^\s!]+)/).flatten
      next if (direct & @index.family).empty?

      gemfile = locked.map do |gem, version|
        local.key?(gem) ? Lines.local(gem) : %(gem "#{gem}", "= #{version}")
      end
      name = local.empty? ? File.basename(file) : "#{File.basename(file)}, from folders: #{local.keys.join(", ")}"
      Start.new(name: name, direct: direct, local: local, gemfile: gemfile, rubies: ruby ? [ruby] : RUBIES.reverse)
    end
    starts.uniq { |start| [start.gemfile, start.local, start.rubies] }
  end

  # What of the family comes from git or a folder, with what it needs.
  def local(text)
    sections = text.split(/\n(?=[A-Z])/).grep(/\A(GIT|PATH)\n/)
    specs = sections.flat_map { |section| section.scan(/^    (\S+) \(([^)]+)\)\n((?:      .*\n?)*)/) }
    specs.select { |name, version, _| @index.family.include?(name) && @index.knows?(name, version) }.to_h do |name, version, needs|
      needs = needs.scan(/^      (\S+?)!?(?: \(([^)]+)\))?$/)
      [name, [version, needs.to_h { |on, requirements| [on, requirements.to_s.split(", ")] }]]
    end
  end
end

main = Process.pid
began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
rungs, exported, outside, lockfiles = ARGV
workers = Integer(ENV.fetch("WORKERS", "2"))
index = CompactIndex.new(exported, outside)
shown, = Open3.capture2(rungs, "catalog", "show", *CATALOGS, "--format", "json")
packages = JSON.parse(shown)["packages"].to_h { |package| [package["name"], package] }
rubies = packages["ruby"]["releases"].map { |release| release["version"] }
walk = nil
counts = Hash.new(0)
differences = []
differ = lambda do |start, what|
  differences << "#{start.name}: #{what}"
  warn differences.last
end

mirror = Dir.mktmpdir("rungs-mirror")
at_exit { FileUtils.rm_rf(mirror) if Process.pid == main }
index.write(mirror)
starts = Starts.new(packages, index, lockfiles).spread(ENV["STARTS"]&.then { |most| Integer(most) })
made = in_parallel(starts, workers) { |start| (walk ||= Walk.new(rungs, index, rubies, mirror)).make(start) }
starts.zip(made) do |start, answer|
  next counts["starts that Bundler does not lock on that Ruby"] += 1 unless answer
  next differ.(start, answer[:problem]) if answer[:problem]

  answer.each { |key, value| start[key] = value }
end
states = starts.select(&:lockfile).uniq { |start| [start.family, start.ruby, start.direct, start.local] }
counts["starts met before"] = starts.count(&:lockfile) - states.size
states.each_with_index { |start, at| start.indexed = at.odd? }
states += states.map { |start| start.dup.tap { _1.indexed = !start.indexed } } if ENV["INDEX"] == "both"

answers = in_parallel(states, workers) { |start| (walk ||= Walk.new(rungs, index, rubies, mirror)).follow(start) }
compared = 0
steps = Hash.new(0)
states.zip(answers) do |start, answer|
  counts["plans: #{answer[:outcome]}"] += 1
  counts["plans left at a step that unlocks a gem which goes too far"] += 1 if answer[:too_far]
  answer.fetch(:agreed, {}).each { |kind, count| steps[kind] += count }
  next differ.(start, answer[:problem]) if answer[:problem] && answer[:outcome] != "impossible"

  compared += 1 if answer.fetch(:agreed, {}).values_at("packages", "runtime", "repair").compact.sum.positive?
end
counts.sort.each { |what, count| puts "#{count.to_s.rjust(5)} #{what}" }
seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
puts "of the gems outside #{steps["as said"]} moved as the plans say, #{steps["further"]} further, #{steps["unlocked"]} " \
     "because they were unlocked"
puts "Bundler and the plan agree on #{compared} states x #{steps.values_at("packages", "runtime", "repair").sum} steps " \
     "(#{steps["packages"]} of packages, #{steps["runtime"]} of Ruby, #{steps["repair"]} repairs), #{seconds.round} s"
abort "#{differences.size} differences" unless differences.empty?
least = Integer(ENV.fetch("LEAST", "1"))
abort "expected at least #{least} states" if compared < least
