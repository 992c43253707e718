# frozen_string_literal: true

require "rake"
require "rake/tasklib"
require_relative "program"

module Rungs
  # Tasks `rungs:plan`, `rungs:next`, `rungs:status` and `rungs:check`; the last fails on a finding.
  #
  #     require "rungs/rake_task"
  #     Rungs::RakeTask.new
  class RakeTask < Rake::TaskLib
    # @return [String] the lockfile
    attr_accessor :lockfile

    # @param name [Symbol] the namespace
    # @yieldparam task [RakeTask]
    def initialize(name = :rungs, lockfile: "Gemfile.lock")
      super()
      @lockfile = lockfile
      yield self if block_given?
      namespace(name) do
        define("plan", "All steps of the upgrade", "plan")
        define("next", "The next step of the upgrade", "next")
        define("status", "Where the installation stands", "status")
        define("check", "Fails when something is wrong with what is installed", "status", "--check")
      end
    end

    private

    def define(name, about, *args)
      desc about
      task(name) do
        code = Program.run([*args, "--lockfile", lockfile.to_s])
        abort "rungs: exit code #{code}" unless code.zero?
      end
    end
  end
end
