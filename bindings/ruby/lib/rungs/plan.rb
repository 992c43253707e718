# frozen_string_literal: true

module Rungs
  # The answer to a question: the steps, or why there are none. It is Enumerable over its steps:
  # `plan.first`, `plan.map(&:command)`.
  class Plan < Handle
    include Enumerable

    # Computes it; see {Rungs.plan} for the keywords.
    # @param catalog [Catalog]
    # @param snapshot [Snapshot]
    # @return [Plan]
    # @raise [RequestError]
    def self.compute(catalog, snapshot, **request)
      document = request.key?(:request) ? request.fetch(:request) : Request.document(**request)
      Snapshot.check(snapshot, "snapshot").answered(catalog) do |judge, installed|
        new(Native.handle(Native::PlanPointer, :rungs_plan_compute, judge, installed,
                          *Native.bytes(document, "request")))
      end
    end

    # How the question ended: `:planned`, `:already_there`, `:impossible`, `:unknown` or `:gave_up`.
    # @return [Symbol]
    def outcome
      Native::OUTCOMES.fetch(lend { |pointer| Native.rungs_plan_outcome(pointer) }, :unknown)
    end

    # @return [Boolean] whether there are steps to take
    def planned?
      outcome == :planned
    end

    # @return [Boolean] whether nothing has to move
    def already_there?
      outcome == :already_there
    end

    # @return [Boolean] whether there is no way
    def impossible?
      outcome == :impossible
    end

    # @return [Integer] the number of steps, without reading the document
    def size
      lend { |pointer| Native.rungs_plan_step_count(pointer) }
    end

    # The document `rungs.plan/1`, byte for byte what `rungs plan --format json` prints.
    # @return [String] JSON, frozen
    def to_json(*)
      lend { |pointer| Native.text(:rungs_plan_document, pointer) }
    end

    # The document, read once.
    # @return [Hash] frozen
    def to_h
      @to_h ||= Value.deep_freeze(JSON.parse(to_json))
    end

    # @return [Array<Step>] frozen
    def steps
      @steps ||= to_h.fetch("steps").map { |step| Step.new(step) }.freeze
    end

    # Calls the block with each step, in order.
    # @yieldparam step [Step]
    # @return [Plan, Enumerator] an Enumerator without a block
    def each(&block)
      return enum_for(:each) { size } unless block

      steps.each(&block)
      self
    end

    # The document of one step.
    # @param index [Integer] from 0
    # @return [String] JSON
    # @raise [CallError] beyond the last step
    def step_json(index)
      lend { |pointer| Native.text(:rungs_plan_step_document, pointer, within(index)) }
    end

    # The plan in words.
    # @param format [Symbol] `:text` (80 columns), `:ansi`, `:json`, `:markdown`, `:html`, `:rows`
    # @return [String]
    # @raise [UnsupportedError] for a format that the library does not write
    def report(format = :text)
      number = Native.number(Native::FORMATS, format, "format")
      lend { |pointer| Native.text(:rungs_plan_report, pointer, number) }
    end

    # One step in words, or as a page. As `:markdown` and `:html` step 0 is what `rungs next` prints.
    # @param index [Integer] from 0
    # @param format [Symbol] as for {#report}
    # @return [String]
    # @raise [CallError] beyond the last step
    # @raise [UnsupportedError] for a format that the library does not write
    def step_report(index, format = :text)
      number = Native.number(Native::FORMATS, format, "format")
      lend { |pointer| Native.text(:rungs_plan_step_report, pointer, within(index), number) }
    end

    # @return [CatalogId] which catalog answered
    def catalog
      CatalogId.new(to_h.fetch("catalog"))
    end

    # @return [State] what was installed
    def start
      State.new(to_h.fetch("start"))
    end

    # @return [Hash{String => String}] package and what was asked of it
    def target
      to_h.fetch("target")
    end

    # @return [Minimal, nil] the proof that no plan is shorter
    def minimal
      to_h["minimal"] && Minimal.new(to_h["minimal"])
    end

    # @return [Array<Cause>] why there is no way
    def causes
      (to_h["causes"] || []).map { |cause| Cause.new(cause) }.freeze
    end

    # @return [Array<Fix>] changes that each give a plan
    def fixes
      (to_h["fixes"] || []).map { |fix| Fix.new(fix) }.freeze
    end

    # @return [Hash{String => String}] how far one gets where there is no way
    def reached
      to_h["reached"] || {}.freeze
    end

    # @return [Array<Held>] packages that end below their newest line because of gems outside the catalog
    def held
      (to_h["held"] || []).map { |held| Held.new(held) }.freeze
    end

    # @return [FromRegistry, nil] the plan if what comes from git or a folder came from a registry
    def from_registry
      to_h["from_registry"] && FromRegistry.new(to_h["from_registry"])
    end

    # @return [String, nil] the day on which the plan is made
    def as_of
      to_h["as_of"]
    end

    # @return [Array<String>] gems whose temporary line is to be deleted after the last step
    def cleanup
      to_h["cleanup"] || [].freeze
    end

    # @return [Array<Action>] what the guides ask of things that no step moves, brokers for example
    def beside
      (to_h["beside"] || []).map { |action| Action.new(action) }.freeze
    end

    # @return [Array<Reason>]
    def warnings
      (to_h["warnings"] || []).map { |warning| Reason.new(warning) }.freeze
    end

    def inspect
      "#<#{self.class} #{outcome} steps=#{size}>"
    rescue ClosedError
      super
    end
    alias to_s report

    private

    def within(index)
      return index if index.is_a?(Integer) && (0...size).cover?(index)

      raise CallError, "no step #{index.inspect}: the plan has #{size}"
    end
  end
end
