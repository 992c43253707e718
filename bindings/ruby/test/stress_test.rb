# frozen_string_literal: true

require_relative "helper"

# Ruby collects at every allocation, and many threads use what they share: what is freed too early or
# twice, or moved meanwhile, ends the process or changes an answer. In processes of their own.
class StressTest < Minitest::Test
  include Helper

  # Each of them makes handles, texts and errors.
  CALLS = <<~RUBY
    calls = {
      plan: -> { Rungs.plan(lockfile: text, to: "karafka=2.4", catalog: catalog).to_json },
      report: -> { Rungs.plan(lockfile: text, to: "karafka=2.4", catalog: catalog).report(:markdown) },
      status: -> { Rungs.status(lockfile: text, as_of: "2026-08-19", catalog: catalog).to_json },
      lint: -> { Rungs.lint(before: text, after: changed, catalog: catalog).report(:sarif) },
      index: lambda do
        index = Rungs::Index.new { |name| name == "ffi" ? "---\\n1.16.3 |\\n1.17.2 |\\n" : nil }
        Rungs.plan(lockfile: text, to: "karafka=2.4", catalog: catalog, index: index).to_json
      end,
      error: lambda do
        Rungs.plan(lockfile: "GEM\\n<<<<<<< a\\n", catalog: catalog)
      rescue Rungs::Error => e
        [e.class, e.message, e.code].inspect
      end
    }
  RUBY

  def stressed(code)
    said, problem, status = ruby(<<~RUBY)
      require "rungs"
      text = File.read(#{LOCKFILE.inspect})
      changed = text.sub("    karafka (2.3.0)", "    karafka (2.5.9)")
      catalog = Rungs::Catalog.karafka
      #{CALLS}
      wanted = calls.transform_values(&:call)
      raise "nothing is asked" unless wanted.size == 6 && wanted.values.all? { |it| it.size > 20 }
      #{code}
    RUBY
    assert status.success?, "#{status}: #{problem[-3000..] || problem}"
    said
  end

  def test_gc_stress
    rounds = Integer(ENV.fetch("RUNGS_STRESS", "1"))
    said = stressed(<<~RUBY)
      before = GC.count
      #{rounds}.times do
        calls.each do |name, call|
          GC.stress = true
          found = call.call
          GC.stress = false
          raise "\#{name} changed" unless found == wanted[name]
        end
      end
      print GC.count - before
    RUBY
    # The collector has really run all the time.
    assert_operator Integer(said), :>, 500
  end

  def test_many_threads
    said = stressed(<<~RUBY)
      done = Queue.new
      collector = Thread.new { loop { GC.start(full_mark: true); sleep 0.002 } }
      threads = Array.new(16) do |at|
        Thread.new do
          3.times do
            calls.keys.rotate(at).each do |name|
              raise "\#{name} changed" unless calls[name].call == wanted[name]

              done << name
            end
          end
        end
      end
      threads.each(&:join)
      collector.kill
      print done.size
    RUBY
    assert_equal 16 * 3 * 6, Integer(said)
  end
end
