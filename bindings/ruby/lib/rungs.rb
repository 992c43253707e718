# frozen_string_literal: true

require "json"
require_relative "rungs/version"
require_relative "rungs/value"
require_relative "rungs/values"
require_relative "rungs/errors"
require_relative "rungs/native"
require_relative "rungs/handle"
require_relative "rungs/request"
require_relative "rungs/catalog"
require_relative "rungs/snapshot"
require_relative "rungs/index"
require_relative "rungs/plan"
require_relative "rungs/lint"
require_relative "rungs/status"
require_relative "rungs/why"
require_relative "rungs/versions"

# Upgrade paths: the shortest sequence of deployable steps, every one exact and jointly resolvable.
#
#     plan = Rungs.plan(lockfile: "Gemfile.lock", to: "karafka=2.6")
#     plan.steps.first.changes.each { |change| puts "#{change.package} #{change.from} -> #{change.to}" }
#
# A question without an answer is no error: look at {Plan#outcome}. The library reads no file, clock
# or environment; a path given as `lockfile:` is read here. Calls that compute leave other threads of
# Ruby running; `Timeout` does not end them, their work is bounded by a count.
module Rungs
  class << self
    # The one best plan.
    # @param lockfile [String, Pathname, IO, Snapshot] text or path of a lockfile, see {Snapshot.from}
    # @param to [String, Array<String>, Hash, nil] `"karafka=2.6"` or `{"karafka" => "2.6"}`; without it
    #   the newest lines that can be reached
    # @param ruby [String, nil] the Ruby installed, whatever the lockfile says
    # @param catalog [Catalog, nil] without it what {Catalog.for} opens: the Karafka family, and beside it Rails
    #   and Kafka where the lockfile has it or the request names it
    # @param index [Index, nil] what a gem server says of all other gems: every step then resolves with them
    # @param request [Hash] further wishes: `catalogs:` names of catalogs that ship, instead of those;
    #   `pins:` (as `to:`) what nothing moves out of, `ruby_fixed: true`, `keep_gemfile: true`, `ruby_to: "3.4"`,
    #   `accept:` rules marked `should` that need not hold, `drop:` gems outside the catalog that leave
    #   where they would hold, `properties:` what a lockfile cannot show, as `{ "kerberos" => false }`, `as_of:` a Date or `"2026-01-31"`,
    #   `min_age:` days that a release must be old (needs `as_of:`), `policy:` the text of a
    #   `rungs.toml`, `gemfile:` the text of the Gemfile, which without it is read beside a lockfile that is
    #   given as a path: it may name the Ruby where the lockfile names none
    # @return [Plan]
    # @raise [LockfileError], [RequestError]
    def plan(lockfile:, to: nil, ruby: nil, catalog: nil, index: nil, **request)
      request[:to] = to unless request.key?(:request)
      with_gemfile(lockfile, request)
      opened(catalog, ruby, lockfile, index: index, request: request) do |judge, snapshot|
        Plan.compute(judge, snapshot, **request)
      end
    end

    # The state of an installation: what its lines offer, their support, what is wrong.
    # @param lockfile see {plan}
    # @param as_of [Date, String, nil] the day on which support is judged; without it none is
    # @param ruby see {plan}
    # @param catalog see {plan}
    # @param index see {plan}; a Gemfile beside a lockfile that is given as a path is read as there
    # @return [Status]
    # @raise [LockfileError], [VersionError]
    def status(lockfile:, as_of: nil, ruby: nil, catalog: nil, index: nil)
      opened(catalog, ruby, lockfile, index: index, gemfile: Snapshot.gemfile_beside(lockfile)) do |judge, snapshot|
        Status.of(judge, snapshot, as_of: as_of)
      end
    end

    # Is a change of a lockfile a step that the rules allow?
    # @param before the lockfile as it was, see {plan}
    # @param after the lockfile as it is now
    # @param file [String] what reports call the new lockfile
    # @param ruby [String, nil] the Ruby installed before and after
    # @param catalog see {plan}
    # @param request [Hash] `to:`, `pins:`, `accept:`, `properties:`, `as_of:`, `min_age:` and
    #   `policy:` of {plan}
    # @return [Lint]
    # @raise [LockfileError], [RequestError]
    def lint(before:, after:, file: "Gemfile.lock", ruby: nil, catalog: nil, **request)
      opened(catalog, ruby, before, after, request: request) do |judge, old, new|
        Lint.compute(judge, old, new, file: file, **request)
      end
    end

    # Why a package is where it is along a plan (`"waterdrop"`), or why it cannot be elsewhere
    # (`"karafka@2.5"`, `"karafka@2.5.1"`).
    # @param question [String]
    # @return [Why]
    # @raise [LockfileError], [RequestError]
    def why(question, lockfile:, ruby: nil, catalog: nil, index: nil, **request)
      with_gemfile(lockfile, request)
      opened(catalog, ruby, lockfile, index: index, request: request) do |judge, snapshot|
        Why.ask(judge, snapshot, question, **request)
      end
    end

    # @return [String] the version of the library, which may be newer than that of the gem
    def library_version
      Native.rungs_version
    end

    # Whether the library can stand for another version of it, as Cargo judges.
    # @param version [String] as `"0.1.0"`
    # @return [Boolean]
    # @raise [VersionError]
    def compatible?(version)
      Native.scalar(:uint8, :rungs_version_is_compatible, *Native.bytes(version, "version")) == 1
    end

    # The JSON Schema (draft 2020-12) of a document.
    # @param name [String] as `"plan"` or `"rungs.plan/1"`
    # @return [String]
    # @raise [UnsupportedError]
    def schema(name)
      Native.text(:rungs_schema, *Native.bytes(name, "name"))
    end

    private

    def with_gemfile(lockfile, request)
      return if request.key?(:request) || request.key?(:gemfile)

      gemfile = Snapshot.gemfile_beside(lockfile)
      request[:gemfile] = gemfile if gemfile
    end

    # The catalog and the lockfiles, opened; what was not given as a handle ends with the call, since
    # the collector of Ruby does not see how much memory is behind one.
    def opened(catalog, ruby, *lockfiles, index: nil, request: {}, gemfile: nil)
      ours = []
      snapshots = lockfiles.map do |lockfile|
        snapshot = Snapshot.from(lockfile, ruby: ruby)
        ours << snapshot unless snapshot.equal?(lockfile)
        snapshot = snapshot.with_gemfile(gemfile).tap { |made| ours << made } if gemfile
        index ? snapshot.with_index(index).tap { |made| ours << made } : snapshot
      end
      judge = catalog || Catalog.for(snapshots.last, **request).tap { |made| ours << made }
      yield judge, *snapshots
    ensure
      ours&.each(&:close)
    end
  end
end
