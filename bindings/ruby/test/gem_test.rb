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

  # Under the name that is looked for, whatever its name was.
  def test_the_library_in_the_gem_of_a_platform
    Dir.mktmpdir do |folder|
      built = %w[librungs.so librungs.so.0.1.0 librungs.so.0.1 librungs.0.1.0.dylib librungs.a].to_h do |name|
        [name, File.join(folder, name).tap { |path| File.write(path, name) }]
      end
      package = lambda do |name, platform|
        env = { "LIBRARY" => built.fetch(name), "PROGRAM" => __FILE__, "OUT" => File.join(folder, "out"), "PLATFORM" => platform }
        said, status = Open3.capture2e(env, "rake", "-s", "package:native", chdir: File.expand_path("..", __dir__))
        [said, status.success?]
      end
      { "librungs.so" => "x86_64-linux", "librungs.so.0.1.0" => "x86_64-linux", "librungs.so.0.1" => "aarch64-linux-musl",
        "librungs.0.1.0.dylib" => "arm64-darwin" }.each do |name, platform|
        said, done = package.call(name, platform)
        assert done, said
        files = Gem::Package.new(said.lines.last.chomp).spec.files
        assert_equal [platform.include?("darwin") ? "lib/rungs/librungs.dylib" : "lib/rungs/librungs.so"],
                     files.grep(/librungs/), name
      end
      said, done = package.call("librungs.a", "x86_64-linux")
      refute done
      assert_includes said, "librungs.a is no shared library by its name: expected librungs.so"
    end
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
