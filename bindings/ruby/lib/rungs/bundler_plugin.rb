# frozen_string_literal: true

module Rungs
  # The command of the Bundler plugin.
  class BundlerPlugin < ::Bundler::Plugin::API
    command "rungs"

    # Called by Bundler.
    # @param _command [String] `rungs`
    # @param args [Array<String>] what is behind it
    def exec(_command, args)
      # Bundler gives a plugin the paths of its own gem only; what it needs lies beside it.
      Gem.use_paths(Gem.dir, Gem.path | [::Bundler::Plugin.root.to_s])
      $LOAD_PATH.unshift(File.expand_path("..", __dir__))
      require "rungs/command"
      code = Command.new(lockfile: ::Bundler.default_lockfile).run(args)
      exit(code) unless code.zero?
    end
  end
end
