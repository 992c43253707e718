# frozen_string_literal: true

module Rungs
  # A frozen piece of a document. Readers exist for what this version of the gem knows; all else is
  # in {#to_h} and behind {#[]}, since newer libraries may add members.
  class Value
    # @return [Hash{String => Object}] the piece of the document, frozen
    attr_reader :to_h

    # @param document [Hash{String => Object}]
    def initialize(document)
      @to_h = Value.deep_freeze(document)
      freeze
    end

    # @param name [String, Symbol] the member of the document
    # @return [Object, nil]
    def [](name)
      to_h[name.to_s]
    end

    def ==(other)
      other.class == self.class && other.to_h == to_h
    end
    alias eql? ==

    def hash
      [self.class, to_h].hash
    end

    # For `case … in { package:, to: }`.
    def deconstruct_keys(names)
      (names || self.class.readers).to_h { |name| [name, respond_to?(name) ? public_send(name) : nil] }
    end

    def inspect
      shown = self.class.readers.map { |name| "#{name}=#{public_send(name).inspect}" }
      "#<#{self.class} #{shown.join(', ')}>"
    end
    alias to_s inspect

    class << self
      # @return [Array<Symbol>] the readers, in the order of the document
      def readers
        @readers ||= []
      end

      # Freezes hashes, arrays and texts from the leaves up.
      # @api private
      def deep_freeze(object)
        case object
        when Hash then object.each_value { |value| deep_freeze(value) }
        when Array then object.each { |value| deep_freeze(value) }
        end
        object.freeze
      end

      private

      # Readers of members as they are.
      def reads(*names)
        names.each do |name|
          readers << name
          define_method(name) { @to_h[name.to_s] }
        end
      end

      # A reader of a list of values; an older library's missing list is empty.
      def lists(name, type)
        readers << name
        define_method(name) { (@to_h[name.to_s] || []).map { |piece| type.new(piece) }.freeze }
      end

      # A reader of one value, or nil.
      def holds(name, type)
        readers << name
        define_method(name) do
          piece = @to_h[name.to_s]
          piece && type.new(piece)
        end
      end
    end
  end
end
