# frozen_string_literal: true

require "json"

module Rungs
  # All that goes wrong. The code is the same in Rust, C, Go and JSON, and never gets another
  # meaning: 402 is an unknown line.
  class Error < StandardError
    # @return [Integer, nil] the number of the kind of error, from 100 to 999
    attr_reader :code
    # @return [Symbol, nil] `:invalid_input`, `:limit`, …
    attr_reader :status
    # @return [String, nil] what to do next
    attr_reader :help
    # @return [Integer, nil] the line of the input, from 1
    attr_reader :line
    # @return [Integer, nil] the column of the input in characters, from 1
    attr_reader :column
    # @return [Integer, nil] the first byte of the input that is not UTF-8, from 0
    attr_reader :offset
    # @return [String, nil] all problems as the document `rungs.error/1`
    attr_reader :document

    def initialize(message = nil, code: nil, status: nil, help: nil, line: nil, column: nil, offset: nil,
                   document: nil)
      super(message)
      @code = code
      @status = status
      @help = help
      @line = line
      @column = column
      @offset = offset
      @document = document
    end

    # @return [String] the message without what to do next, whatever the Ruby
    alias original_message to_s

    # What Ruby prints of an error that nobody rescues has what to do next below the message.
    if Exception.method_defined?(:detailed_message)
      def detailed_message(highlight: false, **)
        with_help(super)
      end
    else
      # Ruby before 3.2 prints the message only.
      def to_s
        with_help(super)
      end
    end

    # All problems of the input; the error has the code and message of the first.
    # @return [Array<Problem>]
    def problems
      return [].freeze unless document

      JSON.parse(document).fetch("problems").map { |problem| Problem.new(problem) }.freeze
    end

    # The error of the class that fits.
    # @api private
    def self.of(status:, code:, message:, **rest)
      type = KINDS[status] || HUNDREDS[code / 100] || InvalidInputError
      type.new(message, code: code, status: status, **rest)
    end

    private

    def with_help(text)
      help.to_s.empty? ? text : "#{text}\n#{help.gsub(/^/, '  ')}"
    end
  end

  # No library, or one that does not fit this gem.
  class LibraryError < Error; end
  # The object was closed.
  class ClosedError < Error; end
  # A bug of the library; please report it. All objects stay usable.
  class InternalError < Error; end
  # An input is not what it should be.
  class InvalidInputError < Error; end
  # An input is larger than the library reads.
  class LimitError < InvalidInputError; end
  # A call is wrong: an argument of another class, a format that no report has, a step beyond the last.
  class CallError < InvalidInputError; end
  # A text is not UTF-8; `offset` says where.
  class InvalidUTF8Error < InvalidInputError; end
  # A format or a document that the library does not know.
  class UnsupportedError < InvalidInputError; end
  # A version, requirement, name or day that is none (1xx).
  class VersionError < InvalidInputError; end
  # A damaged lockfile, or one without a package of the catalog (2xx).
  class LockfileError < InvalidInputError; end
  # A catalog that contradicts its format or itself (3xx).
  class CatalogError < InvalidInputError; end
  # A request that the catalog or the lockfile contradicts (4xx).
  class RequestError < InvalidInputError; end
  # A file that cannot be read (6xx).
  class FileError < InvalidInputError; end
  # A document that is not what its schema asks (7xx).
  class DocumentError < InvalidInputError; end

  class Error
    KINDS = {
      limit: LimitError, invalid_utf8: InvalidUTF8Error, unsupported: UnsupportedError, panic: InternalError,
      null_argument: InternalError, out_of_range: InternalError
    }.freeze
    HUNDREDS = {
      1 => VersionError, 2 => LockfileError, 3 => CatalogError, 4 => RequestError, 6 => FileError, 7 => DocumentError
    }.freeze
    private_constant :KINDS, :HUNDREDS
  end
end
