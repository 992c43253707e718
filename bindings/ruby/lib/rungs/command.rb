# frozen_string_literal: true

require "date"
require "open3"
require "optparse"
require "rungs"

module Rungs
  # `bundle rungs`: the commands of the program for the project at hand. Exit codes are those of the
  # program: 0 done, 1 findings, 2 wrong input, 3 no way, 4 unknown, 5 gave up.
  class Command
    CODES = { planned: 0, already_there: 0, impossible: 3, unknown: 4, gave_up: 5 }.freeze
    VERDICTS = { allowed: 0, refused: 1, unknown: 4 }.freeze
    USAGE = 2
    # The team's decisions, looked for beside the lockfile.
    POLICY = "rungs.toml"
    private_constant :CODES, :VERDICTS, :USAGE, :POLICY

    # @param lockfile [String] path of the project's lockfile
    # @param ruby [String] the Ruby of the project, where its lockfile names none
    # @param out [IO]
    # @param err [IO]
    def initialize(lockfile:, ruby: RUBY_VERSION, out: $stdout, err: $stderr)
      @lockfile = lockfile.to_s
      @ruby = ruby
      @out = out
      @err = err
    end

    # Runs a command.
    # @param args [Array<String>] as `["plan", "--to", "karafka=2.6"]`
    # @return [Integer] the exit code
    def run(args)
      name, *rest = args
      case name
      when "plan", "next", "status", "lint" then send(name, rest)
      when nil, "help", "-h", "--help" then usage
      else wrong("no command #{name.inspect}: expected plan, next, status or lint")
      end
    rescue OptionParser::ParseError, SystemCallError, ArgumentError => e
      wrong(e.message)
    rescue Error => e
      wrong(e.message, e.help)
    end

    private

    def plan(args)
      plan = planned(args)
      @out.print plan.report(@format)
      CODES.fetch(plan.outcome)
    end

    def next(args)
      plan = planned(args)
      return @out.print(plan.to_json) || CODES.fetch(plan.outcome) if @format == :json

      @out.print(plan.size.zero? ? plan.report(@format) : first_step(plan))
      CODES.fetch(plan.outcome)
    end

    def first_step(plan)
      return plan.step_report(0, @format) if %i[markdown html].include?(@format)

      after = case plan.size
              when 1 then "Nothing comes after it."
              when 2 then "One step comes after it."
              else "#{plan.size - 1} steps come after it."
              end
      "#{plan.step_report(0, @format)}\n#{after}\n"
    end

    def planned(args)
      wishes = wishes(args, "plan") { |parser, found| plan_options(parser, found) }
      wishes[:as_of] ||= Date.today
      Rungs.plan(lockfile: snapshot, **wishes)
    end

    def status(args)
      check = false
      wishes = wishes(args, "status") do |parser, _|
        parser.on("--check", "exit with 1 when something is wrong") { check = true }
      end
      day = wishes[:as_of] || Date.today
      status = Rungs.status(lockfile: snapshot, as_of: day)
      @out.print Status.report(Catalog.karafka, snapshot, as_of: day, format: @format)
      return status.findings.zero? ? 0 : 1 if check

      status.unknown ? 4 : 0
    end

    def lint(args)
      base = "HEAD"
      severity = :error
      wishes = wishes(args, "lint") do |parser, found|
        parser.on("--base REV", "the revision of git to compare with (HEAD)") { |rev| base = rev }
        parser.on("--strict", "warnings count as errors do") { severity = :warning }
        shared_options(parser, found)
      end
      wishes[:as_of] ||= Date.today
      lint = Rungs.lint(before: told(Snapshot.parse(committed(base))), after: snapshot, file: @lockfile, **wishes)
      @out.print lint.report(@format)
      VERDICTS.fetch(lint.verdict(severity))
    end

    # What is said on the command line and in the team's file.
    def wishes(args, name)
      found = {}
      @format = style
      parser = OptionParser.new("Usage: bundle rungs #{name} [options]") do |options|
        options.on("--lockfile FILE", "without it the project's own") { |file| @lockfile = file }
        options.on("--ruby VERSION", "the Ruby installed") { |version| @told = version }
        options.on("--as-of DATE", "the day, without it today") { |day| found[:as_of] = day }
        options.on("--format FORMAT", "text, json, …") { |format| @format = format.to_sym }
        yield options, found
      end
      left = parser.parse(args)
      raise ArgumentError, "#{left.first.inspect} is not expected here" unless left.empty?

      policy = File.join(File.dirname(@lockfile), POLICY)
      found[:policy] = File.read(policy, encoding: "UTF-8") if name != "status" && File.file?(policy)
      gemfile = @lockfile.end_with?("gems.locked") ? @lockfile.sub(/locked\z/, "rb") : @lockfile.delete_suffix(".lock")
      is_read = %w[plan next why].include?(name) && gemfile != @lockfile && File.file?(gemfile)
      found[:gemfile] = File.read(gemfile, encoding: "UTF-8") if is_read
      found
    end

    def shared_options(parser, found)
      { to: "PKG=LINE", pins: "PKG=REQUIREMENT", accept: "RULE" }.each do |field, shape|
        option = field == :pins ? "pin" : field
        parser.on("--#{option} #{shape}") { |wish| (found[field] ||= []) << wish }
      end
      parser.on("--property NAME=yes|no", /\A(.+)=(yes|no)\z/) do |_, name, answer|
        (found[:properties] ||= {})[name] = answer == "yes"
      end
      parser.on("--min-age DAYS", Integer) { |days| found[:min_age] = days }
    end

    def plan_options(parser, found)
      shared_options(parser, found)
      parser.on("--ruby-fixed", "Keep the installed Ruby") { found[:ruby_fixed] = true }
      parser.on("--drop GEM", "Remove this gem if it blocks the upgrade") { |gem| (found[:drop] ||= []) << gem }
      parser.on("--keep-gemfile", "what the Gemfile requires stays") { found[:keep_gemfile] = true }
      parser.on("--ruby-to VERSION", "Upgrade Ruby to this line or version") { |version| found[:ruby_to] = version }
    end

    def snapshot
      @snapshot ||= told(Snapshot.parse(File.binread(@lockfile)))
    end

    # The Ruby of the command line, else of the lockfile, else of the project.
    def told(snapshot)
      version = @told || (ruby_of_lockfile? ? nil : @ruby)
      version ? snapshot.with_runtime("ruby", version) : snapshot
    end

    def ruby_of_lockfile?
      JSON.parse(Snapshot.document(File.binread(@lockfile)))["ruby_version"]
    end

    def committed(base)
      raise ArgumentError, "#{base.inspect} is not a revision of git" if base.empty? || base.match?(/\A-|:/)

      name = "#{base}:./#{File.basename(@lockfile)}"
      text, words, done = Open3.capture3("git", "show", name, chdir: File.dirname(@lockfile))
      raise ArgumentError, "git show #{name}: #{words.lines.first&.strip}" unless done.success?

      text
    end

    # Colour only where a person looks at it and did not ask for none.
    def style
      plain = !ENV.fetch("NO_COLOR", "").empty? || ENV["TERM"] == "dumb"
      @out.respond_to?(:tty?) && @out.tty? && !plain ? :ansi : :text
    end

    def usage
      @out.puts "Usage: bundle rungs plan|next|status|lint [options]; --help after each tells more"
      0
    end

    def wrong(message, help = nil)
      @err.puts "rungs: #{message}"
      @err.puts "  #{help}" if help
      USAGE
    end
  end
end
