# frozen_string_literal: true

# `rungs apply` killed at every call to the system that changes or decides something, one after the other:
# afterwards all is old or all is new, or the journal is there and the next call completes it; and the
# next call leaves nothing behind. With a script in the place of Bundler; `strace` does the killing.
#   ruby tests/bundler/killed.rb RUNGS

require "fileutils"
require "open3"
require "tmpdir"

CALLS = %w[openat write rename unlink fsync fchmod fchown mkdir rmdir close flock clone3 vfork wait4].freeze
LOCK = lambda do |versions|
  specs = versions.sort.map { |name, version| "    #{name} (#{version})\n" }.join
  "GEM\n  remote: https://rubygems.org/\n  specs:\n#{specs}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  karafka\n\nBUNDLED WITH\n   2.3.15\n"
end
OLD = LOCK.call("karafka" => "2.3.0", "karafka-core" => "2.3.0", "karafka-rdkafka" => "0.14.8", "waterdrop" => "2.6.12")
GEMFILE = "source 'https://rubygems.org'\ngem 'karafka'\n"

rungs = File.expand_path(ARGV.fetch(0))
abort "no strace here" unless system("strace", "-V", out: File::NULL)
folder = Dir.mktmpdir("rungs-killed")
at_exit { FileUtils.rm_rf(folder) }
call = [rungs, "apply", "--bundle", "./bundle", "--ruby", "3.2", "--to", "karafka=2.4"]
inside = ->(*words) { Open3.capture3(*words, chdir: folder) }
file = ->(name) { File.join(folder, name) }

File.write(file["Gemfile"], GEMFILE)
File.write(file["Gemfile.lock"], OLD)
plan, problem, = inside.call(rungs, "plan", "--ruby", "3.2", "--to", "karafka=2.4", "--format", "json")
abort problem if plan.empty?
require "json"
new = LOCK.call(JSON.parse(plan)["steps"].first["state"]["packages"])
File.write(file["new.lock"], new)
File.write(file["bundle"], "#!/bin/sh\ncp new.lock \"$BUNDLE_GEMFILE.lock\"\n")
File.chmod(0o755, file["bundle"])
_, said, status = inside.call(*call)
abort "the step is not taken: #{said}" unless status.success?
gemfile = File.read(file["Gemfile"])
abort "nothing is edited" if gemfile == GEMFILE

moments = Hash.new(0)
CALLS.each do |name|
  (1..).each do |number|
    Dir.children(folder).each { |child| FileUtils.rm_rf(file[child]) unless %w[bundle new.lock].include?(child) }
    File.write(file["Gemfile"], GEMFILE)
    File.write(file["Gemfile.lock"], OLD)
    *, status = inside.call("strace", "-qq", "-o", "/dev/null", "-e", "trace=#{name}",
                            "-e", "inject=#{name}:signal=KILL:when=#{number}", *call)
    break if status.success?

    decided = File.exist?(file[".rungs-apply"])
    files = [File.read(file["Gemfile"]), File.read(file["Gemfile.lock"])]
    unless decided || files == [GEMFILE, OLD] || files == [gemfile, new]
      abort "killed at #{name} #{number}: half of a change\n#{files.join("\n")}"
    end
    moments[decided ? "decided" : files[1] == new ? "new" : "old"] += 1
    2.times { inside.call(*call) unless File.read(file["Gemfile.lock"]) == new && !File.exist?(file[".rungs-apply"]) }
    now = [File.read(file["Gemfile"]), File.read(file["Gemfile.lock"])]
    abort "after #{name} #{number} the next call did not arrive" unless now == [gemfile, new]
    # What only a later call takes away is the lock's empty file and what was staged.
    inside.call(*call) unless Dir.children(folder).grep(/rungs/).empty?
    left = Dir.children(folder).grep(/rungs/)
    abort "after #{name} #{number}: left behind #{left}" unless left.empty?
  end
end
puts "killed at #{moments.values.sum} calls to the system: #{moments.map { |what, count| "#{count} #{what}" }.join(", ")}"
