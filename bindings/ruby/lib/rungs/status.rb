# frozen_string_literal: true

module Rungs
  # The state of an installation. A frozen value.
  class Status < Value
    reads :as_of, :findings, :unknown
    holds :catalog, CatalogId
    lists :packages, Standing
    lists :runtimes, Standing
    lists :reaches, Reach
    holds :ahead, Ahead

    # Looks; see {Rungs.status} for the keywords.
    # @return [Status]
    # @raise [VersionError] for a day that is none
    def self.of(catalog, snapshot, as_of: nil)
      day = as_of ? Request.day(as_of) : ""
      new(Snapshot.check(snapshot, "snapshot").answered(catalog) do |judge, installed|
        Native.text(:rungs_snapshot_status_document, installed, judge, *Native.bytes(day, "as_of"))
      end)
    end

    # The same in words.
    # @param format [Symbol] `:text`, `:ansi` or `:json`
    # @return [String]
    def self.report(catalog, snapshot, as_of: nil, format: :text)
      day = as_of ? Request.day(as_of) : ""
      Snapshot.check(snapshot, "snapshot").answered(catalog) do |judge, installed|
        Native.text(:rungs_snapshot_status_report, installed, judge, *Native.bytes(day, "as_of"),
                    Native.number(Native::FORMATS, format, "format"))
      end
    end

    # @api private
    def initialize(json)
      @json = json
      super(JSON.parse(json))
    end

    # The document `rungs.status/1`, byte for byte what `rungs status --format json` prints.
    # @return [String] JSON
    def to_json(*)
      @json
    end

    # @return [Boolean] whether nothing is wrong and nothing unknown
    def clean?
      findings.zero? && !unknown
    end

    # All that is wrong with packages and runtimes, as `name: words`.
    # @return [Array<String>]
    def problems
      (packages + runtimes).flat_map do |standing|
        standing.problems.select(&:finding).map { |problem| "#{standing.name}: #{problem.text}" }
      end
    end
  end
end
