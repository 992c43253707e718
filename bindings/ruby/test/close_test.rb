# frozen_string_literal: true

require_relative "helper"

# A handle is closed while calls of other threads run. Each round runs in a process of its own, which a use after the
# end would crash.
class CloseTest < Minitest::Test
  include Helper

  INDEX = File.join(ROOT, "tests/scenarios/index")
  # What is closed, and what uses it meanwhile.
  USES = {
    "catalog" => "Rungs.plan(lockfile: snapshot, catalog: catalog)",
    "snapshot" => "Rungs.status(lockfile: snapshot, catalog: catalog)",
    "before" => "Rungs.lint(before: before, after: snapshot, catalog: catalog)",
    "plan" => "plan.report(:html)",
    "lint" => "lint.report(:sarif)",
    "index" => "snapshot.with_index(index).tap { |made| Rungs::Plan.compute(catalog, made).close }"
  }.freeze
  # Counts what is freed, and how often.
  SETUP = <<~RUBY
    require "rungs"
    require "timeout"
    FREED = Hash.new(0)
    native = Rungs.const_get(:Native)
    [native::CatalogPointer, native::SnapshotPointer, native::PlanPointer, native::LintPointer, native::IndexPointer].each do |type|
      count = Module.new do
        def release(pointer)
          FREED[pointer.address] += 1
          super
        end
      end
      type.singleton_class.prepend(count)
    end
    text = File.read(#{LOCKFILE.inspect})
    open = lambda do
      catalog = Rungs::Catalog.karafka
      snapshot = Rungs::Snapshot.parse(text)
      { catalog: catalog, snapshot: snapshot, before: Rungs::Snapshot.parse(text), index: Rungs::Index.open(#{INDEX.inspect}),
        plan: Rungs.plan(lockfile: snapshot, to: "karafka=2.6", catalog: catalog),
        lint: Rungs.lint(before: snapshot, after: snapshot, catalog: catalog) }
    end
  RUBY

  def closed(code, *args)
    said, problem, status = ruby(SETUP + code, *args)
    assert status.success?, "#{status}: #{problem[-3000..] || problem}"
    said
  end

  USES.each do |name, use|
    define_method("test_close_of_#{name}_while_it_is_used") do
      closed(<<~RUBY)
        12.times do |round|
          made = open.call
          catalog, snapshot, before, index, plan, lint = made.values_at(:catalog, :snapshot, :before, :index, :plan, :lint)
          begun = Queue.new
          threads = Array.new(4) do
            Thread.new do
              loop { #{use}; begun << true; Thread.pass }
            rescue Rungs::Error => e
              e.class
            end
          end
          4.times { begun.pop }
          sleep(0.0002 * (round % 8))
          made[:#{name}].close
          raise "another error" unless threads.map(&:value).uniq == [Rungs::ClosedError]
          raise "it is open" unless made[:#{name}].closed?
        end
      RUBY
    end
  end

  # Also where no collector runs: the last call frees it.
  def test_it_is_freed_once_and_by_the_last_call
    said = closed(<<~RUBY)
      GC.disable
      catalog = Rungs::Catalog.karafka
      snapshot = Rungs::Snapshot.parse(text)
      catalog.lend do |pointer|
        2.times { catalog.close }
        print FREED[pointer.address]
        snapshot.lend { |installed| Rungs.const_get(:Native).text(:rungs_snapshot_status_document, installed, pointer, nil, 0) }
        begin
          Rungs.plan(lockfile: snapshot, catalog: catalog)
        rescue Rungs::ClosedError => e
          print " ", e.message
        end
        ADDRESS = pointer.address
      end
      print " ", FREED[ADDRESS]
      8.times.map { Thread.new { catalog.close } }.each(&:join)
      print " ", FREED[ADDRESS]
    RUBY
    assert_equal "0 this Rungs::Catalog was closed 1 1", said
  end

  def test_threads_that_end_in_the_middle
    closed(<<~RUBY)
      30.times do
        made = open.call
        catalog, snapshot = made.values_at(:catalog, :snapshot)
        killed = Array.new(3) { Thread.new { loop { Rungs.plan(lockfile: snapshot, catalog: catalog) } } }
        late = Thread.new { Timeout.timeout(0.002) { loop { Rungs.status(lockfile: snapshot, catalog: catalog) } } rescue $!.class }
        sleep 0.001
        killed.each(&:kill)
        catalog.close
        snapshot.close
        killed.each(&:join)
        raise "another error" unless [Timeout::Error, Rungs::ClosedError].include?(late.value)
      end
      GC.start
    RUBY
  end

  def test_close_in_a_trap_handler_in_a_finalizer_and_in_a_fork
    closed(<<~RUBY)
      made = open.call
      catalog, snapshot = made.values_at(:catalog, :snapshot)
      trap("USR1") { Rungs.plan(lockfile: snapshot, catalog: catalog); catalog.close }
      Thread.new { sleep 0.01; Process.kill("USR1", Process.pid) }
      begin
        loop { Rungs.plan(lockfile: snapshot, catalog: catalog) }
      rescue Rungs::ClosedError
        nil
      end
      catalog = Rungs::Catalog.karafka
      other = Rungs::Snapshot.parse(text)
      200.times { ObjectSpace.define_finalizer(Object.new, proc { other.close }) }
      GC.start
      raise "it is open" unless other.closed?
      users = Array.new(2) { Thread.new { loop { Rungs.plan(lockfile: snapshot, catalog: catalog) } rescue nil } }
      10.times do
        child = fork { [catalog, snapshot].each(&:close); GC.start }
        raise "the child failed" unless Process.wait2(child).last.success?
      end
      [catalog, snapshot].each(&:close)
      users.each(&:join)
    RUBY
  end

  # The function of an index may close what the plan uses: the plan goes on.
  def test_close_in_the_function_of_an_index
    said = closed(<<~RUBY)
      catalog = Rungs::Catalog.karafka
      snapshot = Rungs::Snapshot.parse(text)
      index = nil
      index = Rungs::Index.new { index.close; nil }
      print Rungs.plan(lockfile: snapshot, to: "karafka=2.6", catalog: catalog, index: index).outcome
      index = Rungs::Index.new { catalog.close; nil }
      begin
        Rungs.plan(lockfile: snapshot, to: "karafka=2.6", catalog: catalog, index: index)
      rescue Rungs::ClosedError => e
        print " ", e.message
      end
    RUBY
    assert_equal "planned this Rungs::Catalog was closed", said
  end
end
