# frozen_string_literal: true

require_relative "helper"
require "rubygems/package"

# What is in the gem, and that signatures and documentation cover what callers see.
class GemTest < Minitest::Test
  include Helper

  def test_the_gem_holds_what_it_is_built_from
    path = ENV["RUNGS_GEM"]
    skip "RUNGS_GEM names no gem" unless path
    spec = Gem::Package.new(path).spec
    ours = Dir.glob("{lib/**/*.rb,sig/*.rbs}", base: File.expand_path("..", __dir__))
    crate = Dir.glob("{Cargo.*,src/**/*,schemas/*,catalogs/**/*,include/*,benches/*,examples/*}", base: ROOT)
               .select { |file| File.file?(File.join(ROOT, file)) }.map { |file| "ext/rungs/crate/#{file}" }
    alone = %w[README.md plugins.rb exe/rungs LICENSE-MIT LICENSE-APACHE ext/rungs/extconf.rb] +
            %w[README.md LICENSE-MIT LICENSE-APACHE].map { |file| "ext/rungs/crate/#{file}" }
    wanted = ours + crate + alone
    assert_equal [[], []], [wanted - spec.files, spec.files - wanted]
    assert_operator crate.size, :>, 100
    assert_equal [Rungs::VERSION, ["ext/rungs/extconf.rb"], ["ffi"]],
                 [spec.version.to_s, spec.extensions, spec.runtime_dependencies.map(&:name)]
  end

  def test_signatures_are_sound_and_whole
    begin
      rbs = Gem.bin_path("rbs", "rbs")
      words, status = Open3.capture2e(RbConfig.ruby, rbs, "-I", File.expand_path("../sig", __dir__), "validate", "--silent")
      assert status.success?, words
    rescue Gem::GemNotFoundException
      puts "NOT RUN: this Ruby has no rbs to judge the signatures"
    end
    signed = File.read(File.expand_path("../sig/rungs.rbs", __dir__))
    each_method do |type, name|
      assert_match(/^ +(def (self\.)?|attr_reader )#{Regexp.escape(name)}(:| )/, signed, "#{type} #{name}")
    end
  end

  def test_what_is_public_is_documented
    Dir[File.expand_path("../lib/**/*.rb", __dir__)].each do |path|
      lines = File.readlines(path)
      before_private = lines.take_while { |line| !line.match?(/^\s+private$/) }
      before_private.each_with_index do |line, at|
        next unless line.match?(/^\s+(class|module) [A-Z]/) && !line.include?("class << self")
        next if lines[at].match?(/\b(module Rungs|module Minitest|class Error$)/)

        assert_match(/^\s*#|< \w*Error; end/, lines[at - 1], "#{path}:#{at + 1}")
      end
    end
  end

  def test_the_block_of_the_readme
    [File.expand_path("../README.md", __dir__), File.join(ROOT, "README.md")].each do |path|
      blocks = File.read(path).scan(/^```ruby\n(.*?)^```$/m).flatten
      refute_empty blocks, path
      Dir.chdir(File.dirname(LOCKFILE)) do
        blocks.each do |block|
          out, words, status = ruby(block)
          assert status.success?, "#{path}: #{words}"
          assert_includes out, "karafka 2.3.0 -> 2.3.4"
          assert_equal "", words
        end
      end
    end
  end

  private

  def each_method
    types = Rungs.constants.map { |name| Rungs.const_get(name) }.grep(Module)
    types.each do |type|
      type.public_instance_methods(false).each { |name| yield type, name.to_s unless hidden?(name) }
      type.singleton_methods(false).each { |name| yield type, name.to_s unless hidden?(name) }
    end
  end

  def hidden?(name)
    %i[lend inspect to_s inherited deep_freeze of answered complete].include?(name)
  end
end
