# frozen_string_literal: true

module Rungs
  # Why a package is where it is along a plan, or why it cannot be elsewhere. A frozen value.
  class Why < Value
    reads :package
    lists :stands, Stand
    lists :moves, OutsideMove
    lists :wanted_by, Want

    # Asks; see {Rungs.why} for the keywords.
    # @return [Why]
    # @raise [RequestError]
    def self.ask(catalog, snapshot, question, **request)
      document = request.key?(:request) ? request.fetch(:request) : Request.document(**request)
      new(Snapshot.check(snapshot, "snapshot").answered(catalog) do |judge, installed|
        Native.text(:rungs_why_document, judge, installed, *Native.bytes(document, "request"),
                    *Native.bytes(question, "question"))
      end)
    end

    # The same in words.
    # @param format [Symbol] `:text` or `:json`
    # @return [String]
    def self.report(catalog, snapshot, question, format: :text, **request)
      document = request.key?(:request) ? request.fetch(:request) : Request.document(**request)
      Snapshot.check(snapshot, "snapshot").answered(catalog) do |judge, installed|
        Native.text(:rungs_why_report, judge, installed, *Native.bytes(document, "request"),
                    *Native.bytes(question, "question"), Native.number(Native::FORMATS, format, "format"))
      end
    end

    # @api private
    def initialize(json)
      @json = json
      super(JSON.parse(json))
    end

    # The document `rungs.why/1`, byte for byte what `rungs why --format json` prints.
    # @return [String] JSON
    def to_json(*)
      @json
    end

    # @return [Symbol] how the plan that was asked ended
    def outcome
      self["plan"].fetch("outcome").to_sym
    end

    # @return [Array<Cause>] why it cannot be
    def causes
      (self["plan"]["causes"] || []).map { |cause| Cause.new(cause) }.freeze
    end
  end
end
