# frozen_string_literal: true

require "ffi"

module Rungs
  # The border: every declaration of `rungs.h` that the gem uses, and nothing else. A test compares
  # each with the header, since FFI itself notices neither a wrong arity nor a wrong type.
  #
  # What may take longer than a millisecond is `blocking: true`: other threads of Ruby run
  # meanwhile. That is safe because inputs are copied to native memory first and handles never
  # change. The library keeps nothing of a thread or a process, so `fork` needs no care either.
  # @api private
  module Native
    extend FFI::Library

    # The version of the ABI that these declarations were written for.
    ABI_VERSION = 1
    # The documents that are read here, with their versions.
    SCHEMAS = {
      "plan" => 1, "status" => 1, "lint" => 1, "why" => 1, "actions" => 1, "scan" => 1, "error" => 1
    }.freeze

    STATUS_OK = 0
    STATUSES = {
      1 => :null_argument, 2 => :invalid_utf8, 3 => :invalid_input, 4 => :limit, 5 => :unsupported,
      6 => :out_of_range, 7 => :panic
    }.freeze
    OUTCOMES = { 1 => :planned, 2 => :already_there, 3 => :impossible, 4 => :unknown, 5 => :gave_up }.freeze
    VERDICTS = { 1 => :allowed, 2 => :refused, 3 => :unknown }.freeze
    SEVERITIES = { error: 1, warning: 2, note: 3 }.freeze
    FORMATS = { text: 1, ansi: 2, json: 3, markdown: 4, html: 5, sarif: 6, github: 7, rows: 8 }.freeze
    SCHEMES = { rubygems: 1, semver: 2 }.freeze

    # Where the library may be, in the order of the search: `RUNGS_LIBRARY`, the gem itself, the
    # system under the name that says which versions fit.
    # @return [Array<String>]
    def self.candidates
      named = ENV.fetch("RUNGS_LIBRARY", "")
      return [named] unless named.empty?

      [File.join(__dir__, FFI.map_library_name("rungs")), system_name]
    end

    # The SONAME, as cargo-c has it: before 1.0 every 0.y has an ABI of its own.
    def self.system_name
      major, minor = VERSION.split(".")
      number = major == "0" ? "0.#{minor}" : major
      case FFI::Platform::OS
      when "darwin" then "librungs.#{number}.dylib"
      when "windows" then "rungs.dll"
      else "librungs.so.#{number}"
      end
    end

    def self.open
      tried = candidates.map do |name|
        ffi_lib(name)
        return name
      rescue LoadError => e
        "  #{name}: #{e.message.lines.first.strip}"
      end
      raise LibraryError, <<~WORDS
        no library of rungs could be loaded. It was looked for here:
        #{tried.join("\n")}
        This is #{RUBY_ENGINE} #{RUBY_VERSION} on #{RUBY_PLATFORM}. Install the gem again with cargo (Rust 1.85 or
        newer) at hand, install #{system_name}, or name the library in RUNGS_LIBRARY.
      WORDS
    end
    private_class_method :open

    # @return [String] the library that was found
    PATH = open

    # Handles, outputs and numbers by the names that they have in the header.
    %i[catalog snapshot index plan lint error text].each do |type|
      typedef :pointer, :"rungs_#{type}"
      typedef :pointer, :"rungs_#{type}_out"
    end
    typedef :pointer, :bytes
    typedef :pointer, :bool_out
    typedef :pointer, :int32_out
    %i[status outcome verdict].each { |type| typedef :uint32, :"rungs_#{type}" }

    # Attaches a function, and remembers its types for the test.
    def self.declare(name, parameters, returns, **options)
      attach_function(name, parameters, returns, **options)
      (@declared ||= {})[name] = [parameters, returns, options]
    rescue FFI::NotFoundError
      raise LibraryError, "#{PATH} has no #{name}: it is older than rungs #{VERSION} for Ruby"
    end
    private_class_method :declare

    # @return [Hash] name to parameters, result and options
    def self.declared
      @declared
    end

    declare :rungs_version, [], :string
    declare :rungs_abi_version, [], :uint32
    declare :rungs_abi_is_compatible, [:uint32], :bool
    declare :rungs_version_is_compatible, %i[bytes size_t bool_out rungs_error_out], :rungs_status
    declare :rungs_schema_version, %i[bytes size_t], :uint32
    declare :rungs_schema, %i[bytes size_t rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_catalog_format_version, [], :uint32

    declare :rungs_error_code, [:rungs_error], :uint32
    declare :rungs_error_message, [:rungs_error], :string
    declare :rungs_error_help, [:rungs_error], :string
    declare :rungs_error_offset, [:rungs_error], :size_t
    declare :rungs_error_line, [:rungs_error], :uint32
    declare :rungs_error_column, [:rungs_error], :uint32
    declare :rungs_error_document, %i[rungs_error rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_error_free, [:rungs_error], :void

    declare :rungs_text_data, [:rungs_text], :pointer
    declare :rungs_text_len, [:rungs_text], :size_t
    declare :rungs_text_free, [:rungs_text], :void

    declare :rungs_catalog_karafka, %i[rungs_catalog_out rungs_error_out], :rungs_status, blocking: true
    declare :rungs_catalog_open, %i[bytes size_t rungs_catalog_out rungs_error_out], :rungs_status, blocking: true
    declare :rungs_catalog_for, %i[rungs_snapshot bytes size_t rungs_catalog_out rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_catalog_parse, %i[bytes size_t bytes size_t rungs_catalog_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_catalog_overlay,
            %i[rungs_catalog bytes size_t bytes size_t rungs_catalog_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_catalog_document, %i[rungs_catalog rungs_text_out rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_catalog_actions_document, %i[rungs_catalog rungs_text_out rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_scan_source, %i[rungs_catalog bytes size_t bytes size_t rungs_text_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_catalog_free, [:rungs_catalog], :void

    declare :rungs_snapshot_from_lockfile, %i[bytes size_t rungs_snapshot_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_snapshot_from_document, %i[bytes size_t rungs_snapshot_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_snapshot_with_runtime,
            %i[rungs_snapshot bytes size_t bytes size_t rungs_snapshot_out rungs_error_out], :rungs_status
    declare :rungs_snapshot_with_gemfile,
            %i[rungs_snapshot bytes size_t rungs_snapshot_out rungs_error_out], :rungs_status, blocking: true
    declare :rungs_index_new, %i[rungs_index_out rungs_error_out], :rungs_status
    declare :rungs_index_add, %i[rungs_index bytes size_t bytes size_t rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_index_missing, %i[rungs_index rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_index_free, [:rungs_index], :void
    declare :rungs_snapshot_with_index, %i[rungs_snapshot rungs_index rungs_snapshot_out rungs_error_out],
            :rungs_status
    declare :rungs_snapshot_status_document,
            %i[rungs_snapshot rungs_catalog bytes size_t rungs_text_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_snapshot_status_report,
            %i[rungs_snapshot rungs_catalog bytes size_t uint32 rungs_text_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_lockfile_document, %i[bytes size_t rungs_text_out rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_snapshot_free, [:rungs_snapshot], :void

    declare :rungs_plan_compute,
            %i[rungs_catalog rungs_snapshot bytes size_t rungs_plan_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_plan_outcome, [:rungs_plan], :rungs_outcome
    declare :rungs_plan_step_count, [:rungs_plan], :size_t
    declare :rungs_plan_document, %i[rungs_plan rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_plan_report, %i[rungs_plan uint32 rungs_text_out rungs_error_out], :rungs_status,
            blocking: true
    declare :rungs_plan_step_document, %i[rungs_plan size_t rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_plan_step_report, %i[rungs_plan size_t uint32 rungs_text_out rungs_error_out],
            :rungs_status
    declare :rungs_plan_free, [:rungs_plan], :void

    declare :rungs_lint_compute,
            %i[rungs_catalog rungs_snapshot rungs_snapshot bytes size_t rungs_lint_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_lint_verdict, %i[rungs_lint uint32], :rungs_verdict
    declare :rungs_lint_count, %i[rungs_lint uint32], :size_t
    declare :rungs_lint_document, %i[rungs_lint bytes size_t rungs_text_out rungs_error_out], :rungs_status
    declare :rungs_lint_report, %i[rungs_lint bytes size_t uint32 rungs_text_out rungs_error_out],
            :rungs_status
    declare :rungs_lint_free, [:rungs_lint], :void

    declare :rungs_why_document,
            %i[rungs_catalog rungs_snapshot bytes size_t bytes size_t rungs_text_out rungs_error_out],
            :rungs_status, blocking: true
    declare :rungs_why_report,
            %i[rungs_catalog rungs_snapshot bytes size_t bytes size_t uint32 rungs_text_out rungs_error_out],
            :rungs_status, blocking: true

    declare :rungs_version_compare, %i[uint32 bytes size_t bytes size_t int32_out rungs_error_out],
            :rungs_status
    declare :rungs_version_is_valid, %i[uint32 bytes size_t bool_out rungs_error_out], :rungs_status
    declare :rungs_requirement_matches, %i[uint32 bytes size_t bytes size_t bool_out rungs_error_out],
            :rungs_status

    # Handles that end with their object. `self.release` is a method of the class: a closure would
    # keep the object alive.
    class CatalogPointer < FFI::AutoPointer
      def self.release(pointer)
        Native.rungs_catalog_free(pointer)
      end
    end

    # See CatalogPointer.
    class SnapshotPointer < FFI::AutoPointer
      def self.release(pointer)
        Native.rungs_snapshot_free(pointer)
      end
    end

    # See CatalogPointer.
    class IndexPointer < FFI::AutoPointer
      def self.release(pointer)
        Native.rungs_index_free(pointer)
      end
    end

    # See CatalogPointer.
    class PlanPointer < FFI::AutoPointer
      def self.release(pointer)
        Native.rungs_plan_free(pointer)
      end
    end

    # See CatalogPointer.
    class LintPointer < FFI::AutoPointer
      def self.release(pointer)
        Native.rungs_lint_free(pointer)
      end
    end

    class << self
      # A text as pointer and length: its bytes in UTF-8, copied out of Ruby's reach.
      # @return [Array(FFI::Pointer, Integer)]
      def bytes(text, name)
        text = utf8(text, name)
        size = text.bytesize
        return [FFI::Pointer::NULL, 0] if size.zero?

        memory = FFI::MemoryPointer.new(:uint8, size, false)
        memory.put_bytes(0, text)
        [memory, size]
      end

      # The same for a source, of which the library reports what it cannot read.
      def source(text, name)
        bytes(text, name)
      rescue CallError
        text.is_a?(String) ? bytes(text.b, name) : raise
      end

      # A text in UTF-8, whose bytes are checked: JSON has no form for others.
      # @return [String]
      # @raise [InvalidUTF8Error] as from the library, for a text that it reads itself
      def valid(text, name)
        text = utf8(text, name).dup.force_encoding(Encoding::UTF_8)
        return text if text.valid_encoding?

        offset = text.each_char.take_while(&:valid_encoding?).sum(&:bytesize)
        raise InvalidUTF8Error.new("#{name} is not UTF-8 at byte #{offset}", code: 203, status: :invalid_utf8,
                                                                            offset: offset)
      end

      # The same for a Gemfile, in which what is not UTF-8 is read over, as the program does: it is in comments and
      # strings.
      # @return [String]
      def readable(text, name)
        utf8(text, name).dup.force_encoding(Encoding::UTF_8).scrub
      end

      # Calls a function that gives a handle, and wraps it.
      def handle(type, function, *arguments)
        out = FFI::MemoryPointer.new(:pointer)
        call(function, *arguments, out)
        type.new(out.read_pointer)
      end

      # Calls a function that gives a text, and copies it out.
      # @return [String] frozen, UTF-8
      def text(function, *arguments)
        out = FFI::MemoryPointer.new(:pointer)
        call(function, *arguments, out)
        take(out.read_pointer)
      end

      # Calls a function that writes a number or a truth.
      def scalar(type, function, *arguments)
        out = FFI::MemoryPointer.new(type)
        call(function, *arguments, out)
        out.get(type, 0)
      end

      # Raises what a function that can fail says.
      def call(function, *arguments)
        failed = FFI::MemoryPointer.new(:pointer)
        status = public_send(function, *arguments, failed)
        return if status == STATUS_OK

        raise_error(status, failed.read_pointer)
      end

      # The number of a format, a scheme, a severity.
      def number(numbers, name, what)
        found = numbers.find { |word, _| word == name || word.to_s == name }
        return found.last if found

        raise CallError, "#{name.inspect} is no #{what}: expected one of #{numbers.keys.join(', ')}"
      end

      # A path as the files of Ruby take it.
      # @return [String]
      # @raise [CallError] for what is none
      def path(path, name, expected)
        path = path.to_path if path.respond_to?(:to_path)
        path = utf8(path, name) if path.is_a?(String) && !path.encoding.ascii_compatible?
        File.path(path)
      rescue TypeError
        raise unfit(path, name, expected)
      rescue ArgumentError, IOError, EncodingError => e
        raise CallError, "#{name} is no path (#{e.message}): expected #{expected}"
      end

      # The error for an argument of another class.
      # @return [CallError]
      def unfit(value, name, expected)
        CallError.new("#{name} is #{value.nil? ? 'nil' : "of class #{value.class}"}: expected #{expected}")
      end

      # Refuses a library that does not fit these declarations.
      def check
        unless rungs_abi_is_compatible(ABI_VERSION)
          raise LibraryError, "#{PATH} is rungs #{rungs_version} with ABI #{rungs_abi_version}; " \
                              "rungs #{VERSION} for Ruby needs ABI #{ABI_VERSION}"
        end
        SCHEMAS.each do |name, version|
          found = rungs_schema_version(*bytes(name, "name"))
          next if found == version

          raise LibraryError, "#{PATH} is rungs #{rungs_version} and writes rungs.#{name}/#{found}; " \
                              "rungs #{VERSION} for Ruby reads rungs.#{name}/#{version}"
        end
      end

      private

      def utf8(text, name)
        raise unfit(text, name, "a String") unless text.is_a?(String)

        case text.encoding
        when Encoding::UTF_8, Encoding::US_ASCII, Encoding::BINARY then text
        else text.encode(Encoding::UTF_8)
        end
      rescue EncodingError => e
        raise CallError, "#{name} is no text in #{text.encoding} (#{e.message}): expected another encoding, or UTF-8"
      end

      def take(text)
        size = rungs_text_len(text)
        size.zero? ? "".freeze : rungs_text_data(text).read_bytes(size).force_encoding(Encoding::UTF_8).freeze
      ensure
        rungs_text_free(text)
      end

      def raise_error(status, failed)
        out = FFI::MemoryPointer.new(:pointer)
        document = take(out.read_pointer) if rungs_error_document(failed, out, nil) == STATUS_OK
        offset = rungs_error_offset(failed)
        raise Error.of(
          status: STATUSES.fetch(status, :unknown),
          code: rungs_error_code(failed),
          message: rungs_error_message(failed).to_s.dup.force_encoding(Encoding::UTF_8),
          help: rungs_error_help(failed)&.dup&.force_encoding(Encoding::UTF_8),
          line: positive(rungs_error_line(failed)),
          column: positive(rungs_error_column(failed)),
          offset: offset == SIZE_MAX ? nil : offset,
          document: document
        )
      ensure
        rungs_error_free(failed)
      end

      def positive(number)
        number.zero? ? nil : number
      end
    end

    SIZE_MAX = (1 << (8 * FFI.type_size(:size_t))) - 1
    private_constant :SIZE_MAX

    check
  end
  private_constant :Native
end
