# frozen_string_literal: true

module Rungs
  # Keywords as a document `rungs.request/1`.
  # @api private
  module Request
    # @return [String] JSON; empty where nothing is asked for
    def self.document(catalogs: nil, to: nil, pins: nil, ruby_fixed: false, ruby_to: nil, accept: nil, as_of: nil, min_age: nil,
                      policy: nil, keep_gemfile: false, drop: nil, properties: nil, runtimes: nil,
                      runtimes_fixed: nil, within: nil, prereleases: false, gemfile: nil)
      fields = { catalogs: Array(catalogs).map(&:to_s), to: pairs(to, "to"), pins: pairs(pins, "pins"), accept: Array(accept).map(&:to_s),
                 drop: Array(drop).map(&:to_s), properties: members(properties, "properties", '{ "kerberos" => false }'),
                 runtimes: members(runtimes, "runtimes", '{ "java" => "17" }').transform_values(&:to_s),
                 runtimes_fixed: Array(runtimes_fixed).map(&:to_s), within: Array(within).map(&:to_s) }
      fields.reject! { |_, list| list.empty? }
      fields[:ruby_fixed] = true if ruby_fixed
      fields[:ruby_to] = ruby_to.to_s if ruby_to
      fields[:prereleases] = true if prereleases
      fields[:keep_gemfile] = true if keep_gemfile
      fields[:as_of] = day(as_of) if as_of
      fields[:min_age] = min_age if min_age
      fields[:policy] = policy if policy
      fields[:gemfile] = gemfile.is_a?(String) ? Native.readable(gemfile, "gemfile") : gemfile if gemfile
      fields.empty? ? "" : json(fields)
    end

    # Writes a document for the library.
    # @param members [Hash{Symbol => Object}]
    # @return [String] JSON
    # @raise [InvalidUTF8Error] for a text in it that is not UTF-8
    # @raise [CallError] for what JSON has no form for
    def self.json(members)
      JSON.generate(members.to_h { |name, value| [name, valid(value, name)] })
    rescue JSON::JSONError => e
      raise CallError, "the request cannot be written as JSON: #{e.message}"
    end

    # A day as the library reads it: it asks no clock itself.
    # @param day [Date, Time, String]
    # @return [String]
    def self.day(day)
      day.respond_to?(:strftime) ? day.strftime("%Y-%m-%d") : day.to_s
    end

    # `{"karafka" => "2.6"}` is `["karafka=2.6"]`.
    def self.pairs(wishes, name)
      return Array(wishes).map(&:to_s) unless wishes.is_a?(Hash)

      wishes.map { |pair| pair.map { |each| Native.valid(each.to_s, name) }.join("=") }
    end
    private_class_method :pairs

    def self.members(given, name, example)
      return given.to_h if given.nil? || given.is_a?(Hash)

      raise Native.unfit(given, name, "a Hash such as #{example}")
    end
    private_class_method :members

    # The same with every text in UTF-8.
    def self.valid(value, name)
      case value
      when Hash then value.to_h { |key, each| [key.is_a?(String) ? valid(key, name) : key, valid(each, name)] }
      when Array then value.map { |each| valid(each, name) }
      when String then Native.valid(value, name)
      else value
      end
    end
    private_class_method :valid
  end
  private_constant :Request
end
