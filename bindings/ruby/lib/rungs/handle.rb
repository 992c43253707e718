# frozen_string_literal: true

module Rungs
  # A handle of the library. It ends with the object, or earlier with {#close}.
  # Any number of threads, and a forked process, may use one.
  class Handle
    undef_method :dup, :clone

    # @api private
    def initialize(pointer)
      @pointer = pointer
    end

    # Ends it now; a second time is nothing to do.
    # @return [nil]
    def close
      @pointer&.free
      @pointer = nil
    end

    # @return [Boolean]
    def closed?
      @pointer.nil?
    end

    # @api private
    # @raise [ClosedError] after {#close}
    def pointer
      @pointer || raise(ClosedError, "this #{self.class} was closed")
    end

    def inspect
      "#<#{self.class}#{' closed' if closed?}>"
    end
    alias to_s inspect

    private_class_method :new
  end
end
