# frozen_string_literal: true

# `rungs smoke` and `apply --smoke` with real Bundler and Ruby, on gems that stand in for the family.
#   ruby tests/bundler/smoke.rb RUNGS EXPORTED [OUTSIDE]

require "open3"
require_relative "index"
require_relative "stand_ins"

RUBY = "3.2"
START = { "karafka" => "2.3.4", "karafka-web" => "0.8.2", "waterdrop" => "2.6.14", "karafka-core" => "2.3.0",
          "karafka-rdkafka" => "0.14.11" }.freeze

class Project
  def initialize(rungs, server)
    @rungs = rungs
    @bundle = Bundle.new(server.port)
    @bundle.gemfile = START.map { |name, version| %(gem "#{name}", "#{version}") }
    said = @bundle.lock
    abort "Bundler does not lock the start: #{said}" if said
    @bundle.gemfile = ['gem "karafka", "~> 2.3.4"', 'gem "karafka-web", group: :ui']
    said = @bundle.lock
    abort "Bundler does not lock the start: #{said}" if said
  end

  def path(name) = File.join(@bundle.folder, name)

  def files = %w[Gemfile Gemfile.lock].map { |name| File.read(path(name)) }

  def environment(stand_in = nil, more = {}) = @bundle.environment.merge("STAND_IN" => stand_in, **more)

  def rungs(*arguments, stand_in: nil, **more)
    Open3.capture3(environment(stand_in, more.transform_keys(&:to_s)), @rungs, *arguments, chdir: @bundle.folder)
  end

  def install
    said, status = Open3.capture2e(environment, "bundle", "install", chdir: @bundle.folder)
    abort "Bundler does not install: #{said}" unless status.success?
  end

  # The document of a run with this exit code.
  def smoke(code, *arguments, **more)
    said, problem, status = rungs("smoke", "--format", "json", *arguments, **more)
    abort "exit code #{status.exitstatus} and not #{code}: #{said}#{problem}" unless status.exitstatus == code
    JSON.parse(said)
  end

  def apply(*arguments, **more) = rungs("apply", "--smoke", "--ruby", RUBY, "--to", "karafka=2.6", *arguments, **more)

  # Starts a run that hangs, kills what started it, and waits for the end of the Ruby that is left.
  def orphan
    process = Process.spawn(environment("hang"), @rungs, "smoke", chdir: @bundle.folder, %i[out err] => File::NULL)
    left = Integer(eventually("the run does not get to hang") { File.exist?(path("hanging")) && File.read(path("hanging"))[/\d+/] })
    Process.kill(:KILL, process)
    Process.wait(process)
    eventually("a Ruby is left behind") { !lives?(left) }
  end

  def lives?(process)
    Process.kill(0, process) && !File.read("/proc/#{process}/stat").include?(") Z ")
  rescue Errno::ESRCH, Errno::ENOENT
    false
  end

  def gone = @bundle.gone

  private

  def eventually(problem)
    200.times do
      value = yield
      return value if value

      sleep(0.1)
    end
    abort problem
  end
end

def same(what, got, want) = got == want || abort("#{what}: #{got.inspect} and not #{want.inspect}")

rungs, exported, outside = ARGV
index = CompactIndex.new(exported, outside)
server = Server.new
listed = index.files(Gem::Version.new("#{RUBY}.0"))
# Gems are made when they are asked for.
server.files = Hash.new do |_, file|
  name, version = file.match(%r{\A/gems/(.+)-(\d[^-]*)\.gem\z})&.captures
  line = name && listed["/info/#{name}"].to_s.lines.find { |it| it.start_with?("#{version} ") }
  line && StandIns.gem(name, version, line.split(" ", 2).last.split("|").first)
end.merge(listed)

project = Project.new(rungs, server)

# Locked, not installed.
document = project.smoke(2)
message = document["problems"].first["message"]
abort "it does not say what to do: #{message}" unless message.include?("run `bundle install`")

project.install
document = project.smoke(0)
same("levels", document["levels"].map { |level| [level["level"], level["result"]] },
     %w[load setup produce error-event consume close].map { |level| [level, "passed"] })
same("reached", document["reached"], "close")
abort "another Ruby ran: #{document["ruby"]}" unless document["ruby"] == RUBY_VERSION

failures = {
  "load" => ["load", "waterdrop-load", "NameError", "uninitialized constant Rdkafka::Producer", "waterdrop-2.6.14/lib/waterdrop.rb:2"],
  "web" => ["load", "karafka-web-load", "LoadError", "no thor", "karafka-web-0.8.2/lib/karafka/web.rb:1"],
  "produce" => ["produce", "waterdrop-produce", "KeyError",
                "no label (raised as ArgumentError: unknown keyword: \u{fffd}[31mwait_timeout\u{fffd}[0m)", "waterdrop-2.6.14/lib/waterdrop.rb:28"],
  "exit" => ["produce", "waterdrop-produce", "SystemExit", "exit", "waterdrop-2.6.14/lib/waterdrop.rb:32"],
  "consume" => ["consume", "karafka-consume", "NotImplementedError", "rebalance", "smoke/karafka-consume:7"]
}
failures.each do |stand_in, (level, id, *error)|
  document = project.smoke(1, stand_in: stand_in)
  same("level of #{stand_in}", document["failed"], level)
  check = document["levels"].flat_map { |it| it["checks"] }.find { |it| it["result"] == "failed" }
  same("check of #{stand_in}", check["id"], id)
  same("error of #{stand_in}", check["failure"].values_at("class", "message", "place"), error)
end
document = project.smoke(1, "--timeout", "3", stand_in: "hang")
failure = document["levels"].flat_map { |it| it["checks"] }.filter_map { |it| it["failure"] }.first
same("a hang", [document["failed"], failure["kind"]], %w[produce timed_out])
abort "a Ruby is left behind" if project.lives?(Integer(File.read(project.path("hanging"))))
File.delete(project.path("hanging"))
document = project.smoke(1, stand_in: "abort")
failure = document["levels"].flat_map { |it| it["checks"] }.filter_map { |it| it["failure"] }.first
same("a crash", [document["failed"], failure["kind"]], %w[produce crashed])
project.orphan

# A group that is left out is skipped.
document = project.smoke(0, BUNDLE_WITHOUT: "ui")
web = document["levels"].flat_map { |it| it["checks"] }.find { |it| it["id"] == "karafka-web-load" }
same("a group that is left out", [web["result"], web["skipped"]], ["skipped", "karafka-web is not installed, its group is excluded"])

# Bundler arrives, and the state does not run.
before = project.files
%w[produce load abort].each do |stand_in|
  said, problem, status = project.apply(stand_in: stand_in)
  abort "#{stand_in}: #{said}#{problem}" unless status.exitstatus == 1 && problem.include?("the smoke checks failed")
  same("the files after #{stand_in}", project.files, before)
end
said, problem, status = project.apply
abort "apply: #{said}#{problem}" unless status.success? && problem.include?("levels passed.")
abort "nothing moved" if project.files == before
abort "left behind" if Dir.children(project.path(".")).any? { |name| name.include?("rungs") }
same("after the step", project.smoke(0)["outcome"], "passed")
project.gone
server.stop
puts "rungs smoke told #{failures.size + 2} ways to fail apart with real Bundler, and apply --smoke put back 3"
