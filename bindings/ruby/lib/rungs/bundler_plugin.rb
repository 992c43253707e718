# frozen_string_literal: true

module Rungs
  # The command of the Bundler plugin: `bundle rungs …` is `rungs …`.
  class BundlerPlugin < ::Bundler::Plugin::API
    command "rungs"

    # Called by Bundler.
    # @param _command [String] `rungs`
    # @param args [Array<String>] what is behind it
    def exec(_command, args)
      require_relative "program"
      # What Bundler has set for itself is none of the program's business.
      # It ends here in any case: after `bundle rungs --help` Bundler would go on to look for a page of its own.
      exit(::Bundler.with_original_env { Program.run(args) })
    rescue LibraryError => e
      warn "rungs: #{e.message}"
      exit(2)
    end
  end
end
