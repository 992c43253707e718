# frozen_string_literal: true

require_relative "errors"
require_relative "version"

module Rungs
  # The program `rungs`, which the gem brings: the command `rungs`, `bundle rungs` and the tasks of Rake
  # all run it, so that they have the same commands, options and help.
  module Program
    NAME = Gem.win_platform? ? "rungs.exe" : "rungs"
    private_constant :NAME

    class << self
      # Where the program is: `RUNGS_PROGRAM`, else the gem, else a program of the system on the PATH.
      # @return [String]
      # @raise [LibraryError] where there is none
      def path
        named = ENV.fetch("RUNGS_PROGRAM", "")
        return named unless named.empty?

        candidates.find { |path| program?(path) } || raise(LibraryError, <<~WORDS.chomp)
          no program rungs was found. It was looked for here: #{candidates.first}, and on the PATH. Install the
          gem again with cargo (Rust 1.85 or newer) at hand, install the program, or name it in RUNGS_PROGRAM.
        WORDS
      end

      # Runs the program in place of this process.
      # @param args [Array<String>] as `["plan", "--to", "karafka=2.6"]`
      def exec(args)
        Kernel.exec([path, "rungs"], *args)
      end

      # Runs the program; its output goes where that of this process goes.
      # @param args [Array<String>]
      # @return [Integer] the exit code: 0 done, 1 findings, 2 wrong input, 3 impossible, 4 unknown, 5 gave up
      def run(args)
        system([path, "rungs"], *args)
        # Ended by a signal: as a shell says it.
        $?.exitstatus || (128 + $?.termsig.to_i)
      end

      private

      def candidates
        folders = ENV.fetch("PATH", "").split(File::PATH_SEPARATOR)
        [File.join(__dir__, NAME), *folders.map { |folder| File.join(folder, NAME) }]
      end

      # Scripts are what RubyGems writes for this gem: they lead here again.
      def program?(path)
        File.file?(path) && File.executable?(path) && File.binread(path, 2) != "#!"
      end
    end
  end
end
