# frozen_string_literal: true

module Rungs
  # What is installed.
  class Snapshot < Handle
    # What {check} names.
    MADE_BY = "from"
    private_constant :MADE_BY

    class << self
      # Reads a lockfile.
      # @param lockfile [String] the text of a `Gemfile.lock`
      # @return [Snapshot]
      # @raise [LockfileError] with line and column of what is damaged
      def parse(lockfile)
        new(Native.handle(Native::SnapshotPointer, :rungs_snapshot_from_lockfile,
                          *Native.bytes(lockfile, "lockfile")))
      end

      # From a lockfile in any form that the functions of {Rungs} take.
      # @param lockfile [String, Pathname, IO, Snapshot] the text of a lockfile; the path of one, which
      #   is a String without a line break, or what has `to_path`; an IO that is read to its end, such as a pipe or
      #   `$stdin`; or a snapshot
      # @param ruby [String, nil] the Ruby installed, whatever the lockfile says: `"3.2"`, `"3.2.2"`
      # @return [Snapshot]
      # @raise [LockfileError], [FileError]
      def from(lockfile, ruby: nil)
        given = lockfile.is_a?(Snapshot)
        snapshot = given ? lockfile : parse(text_of(lockfile))
        return snapshot unless ruby

        begin
          snapshot.with_runtime("ruby", ruby)
        ensure
          snapshot.close unless given
        end
      end

      # From versions that you know.
      # @param packages [Hash{String => String}] package to version
      # @param direct [Array<String>] those that the Gemfile names; empty means all
      # @param runtimes [Hash{String => String}] as `{"ruby" => "3.2"}`
      # @return [Snapshot]
      # @raise [DocumentError], [VersionError], [RequestError]
      def of(packages, direct: [], runtimes: {})
        document = Request.json(packages: packages, direct: direct, runtimes: runtimes)
        new(Native.handle(Native::SnapshotPointer, :rungs_snapshot_from_document,
                          *Native.bytes(document, "document")))
      end

      # All that was read in a lockfile.
      # @param lockfile [String, Pathname, IO] as for {from}
      # @return [String] the document `rungs.snapshot/1`
      # @raise [LockfileError]
      def document(lockfile)
        Native.text(:rungs_lockfile_document, *Native.bytes(text_of(lockfile), "lockfile"))
      end

      # The Gemfile beside a lockfile that is given as a path, as the program reads it.
      # @api private
      # @return [String, nil] its text
      def gemfile_beside(lockfile)
        path = path_of(lockfile)
        return unless path

        gemfile = path.end_with?("gems.locked") ? path.sub(/locked\z/, "rb") : path.delete_suffix(".lock")
        read(gemfile) if gemfile != path && File.file?(gemfile)
      end

      private

      # A String without a line break is a path, and so is what has `to_path`; newer Rubies have it for pipes, too.
      def path_of(lockfile)
        return if lockfile.is_a?(IO) && !lockfile.is_a?(File)

        is_path = lockfile.respond_to?(:to_path)
        is_path ||= lockfile.is_a?(String) && !lockfile.empty? && !lockfile.b.include?("\n")
        Native.path(lockfile, "lockfile", "the text or path of a lockfile") if is_path
      end

      def text_of(lockfile)
        path = path_of(lockfile)
        return read(path) if path
        return lockfile if lockfile.is_a?(String)
        return drain(lockfile) if lockfile.respond_to?(:read)

        raise Native.unfit(lockfile, "lockfile", "the text or path of a lockfile, an IO or a Rungs::Snapshot")
      end

      # One byte more than the library reads reports it that the file is too long.
      MOST = (16 << 20) + 1
      private_constant :MOST

      def read(path)
        raise refused(path, File.directory?(path) ? "it is a folder" : "it is no regular file") if File.exist?(path) && !File.file?(path)

        File.binread(path, MOST) || ""
      rescue SystemCallError => e
        raise refused(path, SystemCallError.new(nil, e.errno).message)
      end

      def drain(io)
        io.read(MOST) || ""
      rescue IOError => e
        raise refused(io, e.message)
      rescue SystemCallError => e
        raise refused(io, SystemCallError.new(nil, e.errno).message)
      end

      def refused(path, why)
        FileError.new("cannot read #{path.inspect}: #{why}", code: 601, status: :invalid_input)
      end
    end

    # The same with another runtime.
    # @param name [String] as `"ruby"`
    # @param version [String] a line (`"3.2"`, its newest patch) or a version
    # @return [Snapshot]
    def with_runtime(name, version)
      made = lend do |pointer|
        Native.handle(Native::SnapshotPointer, :rungs_snapshot_with_runtime, pointer, *Native.bytes(name, "name"),
                      *Native.bytes(version.to_s, "version"))
      end
      self.class.send(:new, made, @index)
    end

    # The same with what the Gemfile beside the lockfile says: the Ruby that it names, where the lockfile names
    # none, and for the state what it requires. Plans and reasons take the Gemfile in their request.
    # @param gemfile [String] the text of the Gemfile
    # @return [Snapshot]
    def with_gemfile(gemfile)
      made = lend do |pointer|
        Native.handle(Native::SnapshotPointer, :rungs_snapshot_with_gemfile, pointer, *Native.bytes(gemfile, "gemfile"))
      end
      self.class.send(:new, made, @index)
    end

    # The same with an index: plans, status and reasons take gems outside the catalog into account.
    # @param index [Index]
    # @return [Snapshot]
    def with_index(index)
      Index.check(index, "index")
      made = lend do |pointer|
        index.lend { |other| Native.handle(Native::SnapshotPointer, :rungs_snapshot_with_index, pointer, other) }
      end
      self.class.send(:new, made, index)
    end

    # @api private
    def initialize(pointer, index = nil)
      super(pointer)
      @index = index
    end

    # Computes again until the index has all that is asked for.
    # @api private
    # @param catalog [Catalog]
    # @yieldparam judge the pointer of the catalog
    # @yieldparam installed the pointer of this snapshot
    def answered(catalog)
      Catalog.check(catalog, "catalog")
      loop do
        answer = catalog.lend { |judge| lend { |installed| yield judge, installed } }
        return answer unless @index&.complete

        answer.close if answer.is_a?(Handle)
      end
    end
  end
end
