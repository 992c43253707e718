# frozen_string_literal: true

require_relative "helper"

# Memory stays flat; the bound is on growth, never on time.
class MemoryTest < Minitest::Test
  include Helper

  PLANS = Integer(ENV.fetch("RUNGS_PLANS", "10000"))
  # Plans of 20 kB that were all kept would be 200 MB.
  GROWTH = 16 * 1024

  def test_ten_thousand_plans
    grown = growth(<<~RUBY)
      catalog = Rungs::Catalog.karafka
      again = lambda do |times|
        times.times do
          plan = Rungs.plan(lockfile: text, to: "karafka=2.4", catalog: catalog)
          raise "another plan" unless plan.size == 2 && plan.to_json.bytesize > 1000
        end
        GC.start
      end
      again.call(500)
      before = resident.()
      again.call(#{PLANS})
    RUBY
    puts "#{PLANS} plans: memory grew by #{grown} KiB"
    assert_operator grown, :<, GROWTH
  end

  # The measure sees what is kept.
  def test_what_is_kept_is_seen
    grown = growth(<<~RUBY)
      before = resident.()
      kept = Array.new(1000) { Rungs.plan(lockfile: text, to: "karafka=2.4").tap(&:to_json) }
      raise "lost" unless kept.size == 1000
    RUBY
    assert_operator grown, :>, GROWTH / 8
  end
end
