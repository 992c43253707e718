# frozen_string_literal: true

module Rungs
  # A handle of the library. It ends with the object, or earlier with {#close}.
  # Any number of threads, and a forked process, may use one, also while another closes it.
  class Handle
    undef_method :dup, :clone

    class << self
      # @api private
      # @return [Handle] the argument
      # @raise [CallError] where it is no handle of this class
      def check(handle, name)
        return handle if handle.is_a?(self)

        raise Native.unfit(handle, name, "a #{self}, as #{self}.#{const_get(:MADE_BY)} returns")
      end
    end

    # Counts without a lock: a call adds itself before it looks whether the handle was closed, {#close} looks for
    # calls after it has closed it, so that one of both sees the other. A `Queue` does each step at once on every
    # Ruby, in a trap handler too, where a `Mutex` may not be locked. A call that is killed while it counts stays
    # counted: then nothing is freed here, and the collector frees the memory with the object.
    # @api private
    def initialize(pointer)
      @pointer = pointer
      @closed = false
      @calls = Queue.new # an entry for each call that runs
      @owned = Queue.new << pointer # until one thread takes it to free it
    end

    # Ends it now; a second time is nothing to do. A call that another thread has begun completes, and the memory
    # is freed at its end.
    # @return [nil]
    def close
      @closed = true
      free_unused
      nil
    end

    # @return [Boolean]
    def closed?
      @closed
    end

    # Lends the pointer to the block, and keeps the memory until the block ends.
    # @api private
    # @raise [ClosedError] after {#close}
    def lend
      pointer = enter || raise(ClosedError, "this #{self.class} was closed")
      yield pointer
    ensure
      leave if pointer
    end

    def inspect
      "#<#{self.class}#{' closed' if closed?}>"
    end
    alias to_s inspect

    private_class_method :new

    private

    # @return [Object, nil] the pointer; nil after {#close}; else {#leave} must follow
    def enter
      @calls << true
      return @pointer unless @closed

      leave
      nil
    end

    def leave
      @calls.pop(true)
      free_unused if @closed
    end

    def free_unused
      return unless @calls.empty?

      @pointer = nil
      @owned.pop(true).free
    rescue ThreadError # empty: freed already
      nil
    end
  end
end
