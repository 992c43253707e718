# frozen_string_literal: true

module Rungs
  # Versions and requirements by themselves.
  module Versions
    class << self
      # Compares as the scheme orders: `"1.0"` equals `"1"`, and `"1.0.rc1"` comes before it.
      # @param scheme [Symbol] `:rubygems` or `:semver`
      # @return [Integer] -1, 0 or 1
      # @raise [VersionError]
      def compare(left, right, scheme: :rubygems)
        Native.scalar(:int32, :rungs_version_compare, number(scheme), *Native.bytes(left, "left"),
                      *Native.bytes(right, "right"))
      end

      # @return [Boolean] whether the text is a version of the scheme
      def valid?(version, scheme: :rubygems)
        Native.scalar(:uint8, :rungs_version_is_valid, number(scheme), *Native.bytes(version, "version")) == 1
      end

      # @param requirement [String] comparisons with commas between them: `"~> 2.3, >= 2.3.4"`
      # @return [Boolean] whether the version meets the requirement
      # @raise [VersionError]
      def match?(requirement, version, scheme: :rubygems)
        Native.scalar(:uint8, :rungs_requirement_matches, number(scheme),
                      *Native.bytes(requirement, "requirement"), *Native.bytes(version, "version")) == 1
      end

      private

      def number(scheme)
        Native.number(Native::SCHEMES, scheme, "scheme")
      end
    end
  end
end
