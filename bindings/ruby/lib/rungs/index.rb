# frozen_string_literal: true

require "digest"
require "monitor"

module Rungs
  # What a gem server says of gems outside the catalog. Plans from a snapshot with an index resolve
  # every state together with these gems.
  #
  #     index = Rungs::Index.open("/srv/mirror")
  #     Rungs.plan(lockfile: "Gemfile.lock", to: "karafka=2.6", index: index)
  #
  # Texts are asked for when a plan reaches a gem, once for each gem as long as the index is open.
  class Index < Handle
    # What {check} names.
    MADE_BY = "open"
    private_constant :MADE_BY

    class << self
      # Reads a folder: a mirror (`info/NAME`), or Bundler's cache of one or several servers.
      # @param folder [String, Pathname]
      # @return [Index]
      # @raise [CallError] where there is no folder `info`, and no folder of a server with `info` and `versions`
      def open(folder)
        folder = Native.path(folder, "folder", "the path of a compact index")
        # `.git` has a folder `info` too.
        names = Dir.children(folder).sort.reject { |name| name.start_with?(".") }
        servers = names.map { |name| File.join(folder, name) }
        servers = [folder, *servers.select { |server| File.file?(File.join(server, "versions")) }]
        plain, special = %w[info info-special-characters].map do |name|
          servers.map { |server| File.join(server, name) }.select { |path| File.directory?(path) }
        end
        if plain.empty?
          raise CallError, "#{folder} is no compact index: expected a folder `info` in it, or folders of servers " \
                           "with `info` and `versions`"
        end

        new { |name| file(plain, special, name) }
      rescue SystemCallError => e
        raise CallError, "cannot read #{folder.inspect}: #{SystemCallError.new(nil, e.errno).message}; expected the path " \
                         "of a compact index, a folder with `info` in it"
      end

      public :new

      private

      def file(plain, special, name)
        # A name from a lockfile names no other place.
        return if name.match?(%r{[/\\]}) || name.start_with?(".")

        paths = plain.map { |folder| File.join(folder, name) }
        paths += special.map { |folder| File.join(folder, "#{name}-#{Digest::MD5.hexdigest(name)}") }
        path = paths.find { |candidate| File.file?(candidate) }
        path && Snapshot.send(:read, path)
      end
    end

    # @yieldparam name [String] a gem
    # @yieldreturn [String, nil] the text of `info/NAME`, or nil where the server has no such gem
    def initialize(&fetch)
      raise CallError, "expected a block that returns the text of info/NAME" unless fetch

      super(Native.handle(Native::IndexPointer, :rungs_index_new))
      @fetch = fetch
      @lock = Monitor.new
    end

    # Adds what was asked for in vain.
    # @api private
    # @return [Boolean] whether there was something to add
    def complete
      return false unless (pointer = enter)

      @lock.synchronize do
        missing = Native.text(:rungs_index_missing, pointer).split("\n")
        missing.each do |name|
          info = @fetch.call(name)
          Native.call(:rungs_index_add, pointer, *Native.bytes(name, "name"), *Native.bytes(info.to_s.b, "info"))
        end
        !missing.empty?
      end
    ensure
      leave if pointer
    end
  end
end
