# frozen_string_literal: true

require_relative "helper"

class VersionsTest < Minitest::Test
  include Helper

  # RubyGems itself judges, in the same process.
  def test_as_gem_version
    random = Random.new(7)
    parts = %w[0 1 2 10 a b1 rc1 pre 00 3a]
    versions = Array.new(300) { "#{random.rand(4)}#{Array.new(random.rand(4)) { ".#{parts.sample(random: random)}" }.join}" }
    signs = ["=", "!=", ">", "<", ">=", "<=", "~>"]
    versions.each_cons(2) do |left, right|
      next unless Gem::Version.correct?(left) && Gem::Version.correct?(right)

      wanted = Gem::Version.new(left) <=> Gem::Version.new(right)
      assert_equal wanted, Rungs::Versions.compare(left, right), "#{left} #{right}"
      requirement = "#{signs.sample(random: random)} #{left}"
      wanted = Gem::Requirement.new(requirement).satisfied_by?(Gem::Version.new(right))
      assert_equal wanted, Rungs::Versions.match?(requirement, right), "#{requirement} #{right}"
    end
    (versions + ["", "1..2", "a", "1-2", " 1 "]).each do |version|
      assert_equal Gem::Version.correct?(version) ? true : false, Rungs::Versions.valid?(version), version
    end
  end

  def test_semver
    assert_equal(-1, Rungs::Versions.compare("1.0.0-rc.1", "1.0.0", scheme: :semver))
    assert Rungs::Versions.match?("^1.2, <1.5", "1.4.0", scheme: :semver)
    refute Rungs::Versions.valid?("1", scheme: :semver)
    error = assert_raises(Rungs::CallError) { Rungs::Versions.valid?("1", scheme: :pep440) }
    assert_equal ":pep440 is no scheme: expected one of rubygems, semver", error.message
    assert_equal 101, assert_raises(Rungs::VersionError) { Rungs::Versions.compare("2..1", "1") }.code
  end
end
