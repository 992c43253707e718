# frozen_string_literal: true

require "date"
require "minitest"
require "rungs"

module Minitest
  # For the tests of projects.
  module Assertions
    # Fails unless nothing is wrong with what is installed, and nothing unknown.
    # @param lockfile text or path, see Rungs.plan
    # @param as_of the day on which support is judged
    # @param ruby the Ruby installed
    def assert_on_supported_rungs(lockfile, as_of: Date.today, ruby: nil)
      status = Rungs.status(lockfile: lockfile, as_of: as_of, ruby: ruby)
      found = status.problems
      found += ["something lies beyond the catalog"] if status.unknown
      assert status.clean?, "Expected supported rungs, but\n  #{found.join("\n  ")}"
    end
  end
end
