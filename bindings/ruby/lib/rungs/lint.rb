# frozen_string_literal: true

module Rungs
  # What lint says of a change of a lockfile.
  class Lint < Handle
    # Judges a change; see {Rungs.lint} for the keywords.
    # @return [Lint]
    # @raise [RequestError]
    def self.compute(catalog, before, after, file: "Gemfile.lock", **request)
      document = request.key?(:request) ? request.fetch(:request) : Request.document(**request)
      pointer = Catalog.check(catalog, "catalog").lend do |judge|
        Snapshot.check(before, "before").lend do |old|
          Snapshot.check(after, "after").lend do |changed|
            Native.handle(Native::LintPointer, :rungs_lint_compute, judge, old, changed,
                          *Native.bytes(document, "request"))
          end
        end
      end
      new(pointer, file)
    end

    # @return [String] the name of the new lockfile in reports
    attr_reader :file

    # @api private
    def initialize(pointer, file)
      super(pointer)
      @file = file
    end

    # @param severity [Symbol] from which on a finding refuses: `:error`, `:warning` or `:note`
    # @return [Symbol] `:allowed`, `:refused`, or `:unknown` where the catalog cannot know
    def verdict(severity = :error)
      number = Native.number(Native::SEVERITIES, severity, "severity")
      Native::VERDICTS.fetch(lend { |pointer| Native.rungs_lint_verdict(pointer, number) }, :unknown)
    end

    # @return [Boolean] whether the rules allow the change
    def allowed?(severity = :error)
      verdict(severity) == :allowed
    end

    # @param severity [Symbol]
    # @return [Integer] the number of findings of it
    def count(severity = :error)
      number = Native.number(Native::SEVERITIES, severity, "severity")
      lend { |pointer| Native.rungs_lint_count(pointer, number) }
    end

    # The document `rungs.lint/1`, byte for byte what `rungs lint --format json` prints.
    # @return [String] JSON
    def to_json(*)
      lend { |pointer| Native.text(:rungs_lint_document, pointer, *Native.bytes(file, "file")) }
    end

    # @return [Hash] frozen
    def to_h
      @to_h ||= Value.deep_freeze(JSON.parse(to_json))
    end

    # @return [Array<Finding>]
    def findings
      to_h.fetch("findings").map { |finding| Finding.new(finding) }.freeze
    end

    # @return [Array<Finding>] those that the request accepts
    def accepted
      to_h.fetch("accepted").map { |finding| Finding.new(finding) }.freeze
    end

    # @return [Array<Move>] what the change moves
    def changes
      to_h.fetch("changes").map { |move| Move.new(move) }.freeze
    end

    # @return [Cure, nil] the one command that ends the findings that are `cured`
    def cure
      to_h["cure"] && Cure.new(to_h["cure"])
    end

    # @return [Rolling, nil] may old and new run side by side while the change rolls?
    def rolling
      to_h["rolling"] && Rolling.new(to_h["rolling"])
    end

    # The guidance for the change, as for a step of a plan.
    # @!method actions
    #   @return [Array<Action>]
    # @!method rollout
    #   @return [Array<Phase>]
    # @!method expect
    #   @return [Array<Expectation>]
    # @!method alarms
    #   @return [Array<Expectation>]
    # @!method watch
    #   @return [Array<Expectation>]
    # @!method rollback
    #   @return [Array<Rollback>]
    # @!method guides
    #   @return [Array<Guide>]
    # @!method changelogs
    #   @return [Array<Changelog>]
    # @!method support
    #   @return [Array<SupportNotice>]
    { actions: Action, rollout: Phase, expect: Expectation, alarms: Expectation, watch: Expectation,
      rollback: Rollback, guides: Guide, changelogs: Changelog, support: SupportNotice }.each do |name, type|
      define_method(name) { (to_h[name.to_s] || []).map { |piece| type.new(piece) }.freeze }
    end

    # @param format [Symbol] `:text`, `:ansi`, `:json`, `:sarif` (2.1.0) or `:github` (annotations)
    # @return [String]
    # @raise [UnsupportedError]
    def report(format = :text)
      lend do |pointer|
        Native.text(:rungs_lint_report, pointer, *Native.bytes(file, "file"),
                    Native.number(Native::FORMATS, format, "format"))
      end
    end

    def inspect
      "#<#{self.class} #{verdict} errors=#{count} warnings=#{count(:warning)}>"
    rescue ClosedError
      super
    end
    alias to_s report
  end
end
