# frozen_string_literal: true

require "date"
require "rspec/expectations"
require "rungs"

# `expect("Gemfile.lock").to be_on_supported_rungs`: nothing is wrong with what is installed, and
# nothing unknown. `.as_of("2026-01-31")` names the day on which support is judged.
RSpec::Matchers.define :be_on_supported_rungs do
  chain(:as_of) { |day| @day = day }
  chain(:with_ruby) { |version| @ruby = version }

  match do |lockfile|
    @status = Rungs.status(lockfile: lockfile, as_of: @day || Date.today, ruby: @ruby)
    @status.clean?
  end

  failure_message do
    found = @status.problems
    found += ["something lies beyond the catalog"] if @status.unknown
    "expected supported rungs, but\n  #{found.join("\n  ")}"
  end

  failure_message_when_negated { "expected something that is wrong, but all stands on supported rungs" }
end
