# frozen_string_literal: true

# `rungs apply` beside what people have around Bundler, with real Bundler: settings that freeze the
# lockfile, checksums, a cooldown, `bundle exec`, BUNDLE_LOCKFILE, `lockfile` in the Gemfile. What this
# Bundler does not know is not asked of it.
#   ruby tests/bundler/around.rb RUNGS EXPORTED [OUTSIDE]

require "open3"
require_relative "index"

VERSION = Gem::Version.new(Bundler::VERSION)
FOUR = VERSION >= Gem::Version.new("4")
RUBY_LINE = RUBY_VERSION[/\d+\.\d+/]
START = { "karafka" => "2.4.18", "karafka-core" => "2.4.11", "karafka-rdkafka" => "0.19.5", "waterdrop" => "2.8.5" }.freeze
TO = %w[--to karafka=2.5].freeze

# One project at its start.
class Story
  attr_reader :bundle

  def initialize(rungs, server, gemfile: "", options: "")
    @rungs = rungs
    @bundle = Bundle.new(server.port)
    source = %(source "http://127.0.0.1:#{server.port}"\n)
    write("Gemfile", source + START.map { |name, version| %(gem "#{name}", "#{version}") }.join("\n"))
    must(@bundle.lock)
    write("Gemfile", source + %(gem "karafka"\n))
    must(@bundle.lock)
    @gemfile = "#{gemfile}#{source.chomp}#{options}\ngem \"karafka\"\n"
    write("Gemfile", @gemfile)
  end

  def path(name) = File.join(@bundle.folder, name)

  def read(name) = File.read(path(name))

  def write(name, text)
    FileUtils.mkdir_p(File.dirname(path(name)))
    File.write(path(name), text)
  end

  # The call; `before` are the words before `rungs`.
  def apply(env = {}, before: [], more: [])
    words = [*before, @rungs, "apply", "--lock-only", "--ruby", RUBY_LINE, *TO, *more]
    said, problem, status = Open3.capture3(@bundle.environment.merge(env), *words, chdir: @bundle.folder)
    [status.exitstatus, said + problem]
  end

  def arrives(what, env = {}, lockfile: "Gemfile.lock", **options)
    code, said = apply(env, **options)
    abort "#{what}: exit code #{code}\n#{said}" unless code.zero?
    abort "#{what}: karafka is not there\n#{read(lockfile)}" unless read(lockfile).match?(/^    karafka \(2\.5\.\d+\)/)
    left = Dir.children(@bundle.folder).grep(/rungs/)
    abort "#{what}: left behind #{left}" unless left.empty?
    tell(what, "applied")
    said
  end

  def refused(what, words, env = {})
    old = [read("Gemfile"), read("Gemfile.lock")]
    code, said = apply(env)
    abort "#{what}: exit code #{code}, not refused:\n#{said}" unless code == 2 && said.include?(words)
    abort "#{what}: something changed" unless [read("Gemfile"), read("Gemfile.lock")] == old
    tell(what, said.lines.last.chomp)
  end

  def tell(what, said) = puts("  #{what}: #{said}")

  private

  def must(said) = said && abort("Bundler does not lock the story: #{said}")
end

rungs, exported, outside = ARGV
rungs = File.expand_path(rungs)
index = CompactIndex.new(exported, outside)
server = Server.new
server.files = index.files(Gem::Version.new("#{RUBY_LINE}.99"))
puts "around Bundler #{VERSION}:"
stories = 0
story = lambda do |**options, &tell|
  it = Story.new(rungs, server, **options)
  tell.call(it)
  it.bundle.gone
  stories += 1
end

story.call do |it|
  it.write("config/config", "---\nBUNDLE_FROZEN: \"true\"\n")
  it.refused("frozen in the configuration", "bundle config unset frozen", { "BUNDLE_APP_CONFIG" => it.path("config") })
  it.refused("deployment in the environment", "unset BUNDLE_DEPLOYMENT", { "BUNDLE_DEPLOYMENT" => "true" })
end
story.call do |it|
  checksums = it.read("Gemfile.lock").sub("\nBUNDLED WITH", "\nCHECKSUMS\n  karafka (2.4.18)\n\nBUNDLED WITH")
  it.write("Gemfile.lock", checksums.include?("CHECKSUMS") ? checksums : "#{checksums}\nCHECKSUMS\n  karafka (2.4.18)\n")
  if VERSION >= Gem::Version.new("2.5")
    it.arrives("CHECKSUMS in the lockfile")
    abort "CHECKSUMS are lost" unless it.read("Gemfile.lock").include?("\nCHECKSUMS\n")
  else
    it.refused("CHECKSUMS in the lockfile", "would drop the section CHECKSUMS")
  end
end
story.call do |it|
  later = "#{VERSION.segments.first + 1}.0.0"
  it.write("Gemfile.lock", it.read("Gemfile.lock").sub(/(BUNDLED WITH\n +)\S+/, "\\1#{later}"))
  # Bundler looks for the one that is locked, and there is none.
  it.refused("BUNDLED WITH a later major", "would lower BUNDLED WITH", { "BUNDLER_VERSION" => VERSION.to_s }) if later >= "3"
end
story.call do |it|
  it.write("outer/Gemfile", "source \"http://127.0.0.1:1\"\n")
  it.write("outer/Gemfile.lock", "GEM\n  remote: http://127.0.0.1:1/\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n\nBUNDLED WITH\n   #{VERSION}\n")
  env = { "BUNDLE_GEMFILE" => it.path("outer/Gemfile") }
  before = it.read("outer/Gemfile.lock")
  it.arrives("inside of bundle exec", env, before: %w[bundle exec], more: ["--lockfile", "Gemfile.lock"])
  abort "the lockfile of bundle exec changed" unless it.read("outer/Gemfile.lock").lines(chomp: true).include?("GEM") && before.include?("GEM")
end
story.call do |it|
  it.arrives("BUNDLE_LOCKFILE in the environment", { "BUNDLE_LOCKFILE" => it.path("Gemfile.lock") })
end
if FOUR
  story.call(gemfile: "lockfile \"ours.lock\"\n") do |it|
    FileUtils.mv(it.path("Gemfile.lock"), it.path("ours.lock"))
    it.arrives("lockfile in the Gemfile", lockfile: "ours.lock")
    abort "another lockfile was made" if File.exist?(it.path("Gemfile.lock"))
  end
  server.files = index.files
  story.call(options: ", cooldown: 200") do |it|
    said = it.arrives("cooldown of a source")
    abort "the cooldown is not said:\n#{said}" unless said.include?("last 200 days (Gemfile)")
  end
  story.call do |it|
    said = it.arrives("cooldown in the environment", { "BUNDLE_COOLDOWN" => "200" })
    abort "the cooldown is not said:\n#{said}" unless said.include?("last 200 days (the variable BUNDLE_COOLDOWN)")
  end
end
server.stop
puts "rungs apply did what it should around Bundler #{VERSION} in #{stories} stories"
