# frozen_string_literal: true

# What a plan costs from Ruby, as benches/bindings.rs measures it: bench.rb LOCKFILE.
$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "rungs"

ROUNDS = 400
CATALOG = Rungs::Catalog.karafka
SNAPSHOT = Rungs::Snapshot.from(ARGV.fetch(0))

def answer
  Rungs.plan(lockfile: SNAPSHOT, to: "karafka=2.6", catalog: CATALOG)
end

def median(name)
  times = Array.new(ROUNDS) do
    start = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
    yield
    Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - start
  end
  puts "#{name} #{times.sort[ROUNDS / 2]}"
end

median("plan") do
  plan = answer
  raise unless plan.size == 5

  plan.close
end
median("json") do
  plan = answer
  raise unless plan.to_json.bytesize > 1000

  plan.close
end
median("values") do
  plan = answer
  raise unless plan.steps.size == 5

  plan.close
end
