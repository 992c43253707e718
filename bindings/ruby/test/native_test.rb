# frozen_string_literal: true

require_relative "helper"

class NativeTest < Minitest::Test
  include Helper

  HEADER = File.read(File.join(ROOT, "include/rungs.h"))
  TYPES = { "bool" => "bool", "size_t" => "size_t", "uint32_t" => "uint32", "void" => "void" }.freeze

  def test_each_declaration_is_that_of_the_header
    declared = NATIVE.declared
    assert_operator declared.size, :>, 45
    declared.each do |name, (parameters, returns, _)|
      assert_equal functions.fetch(name), [parameters.map(&:to_s), returns.to_s], name
    end
  end

  def test_each_function_of_the_header_is_used_or_excluded
    excluded = File.readlines(File.join(ROOT, "tests/abi/excluded.txt"), chomp: true)
                   .filter_map { |line| line.split[1]&.to_sym if line.start_with?("ruby ") }
    assert_equal functions.keys.sort, (NATIVE.declared.keys + excluded).sort
  end

  def test_nothing_is_declared_in_vain
    code = Dir[File.expand_path("../lib/**/*.rb", __dir__)].map { |path| File.read(path) }.join
    NATIVE.declared.each_key { |name| assert_operator code.scan(/\b#{name}\b/).size, :>, 1, name }
  end

  def test_declarations_stand_in_one_file
    Dir[File.expand_path("../lib/**/*.rb", __dir__)].each do |path|
      next if path.end_with?("/native.rb")

      refute_match(/attach_function|FFI::|ffi_lib/, File.read(path), path)
    end
  end

  def test_numbers_are_those_of_the_header
    { "FORMAT" => NATIVE::FORMATS, "SCHEME" => NATIVE::SCHEMES, "SEVERITY" => NATIVE::SEVERITIES,
      "STATUS" => NATIVE::STATUSES.invert.merge(ok: 0), "OUTCOME" => NATIVE::OUTCOMES.invert.merge(none: 0),
      "VERDICT" => NATIVE::VERDICTS.invert.merge(none: 0) }.each do |name, ours|
      theirs = HEADER.scan(/RUNGS_#{name}_(\w+) = (\d+)/).to_h { |word, number| [word.downcase.to_sym, number.to_i] }
      refute_empty theirs
      assert_equal theirs, ours.slice(*theirs.keys), name
    end
    assert_equal NATIVE::ABI_VERSION, HEADER[/#define RUNGS_ABI_VERSION (\d+)/, 1].to_i
  end

  # What the header lists by name.
  def test_lists_of_the_header_are_whole
    handles = HEADER.scan(/^typedef struct (rungs_\w+) \1;/).flatten
    assert_operator handles.size, :>, 6
    listed = HEADER[/ \* Handles\. (.*?) are\b/m, 1].scan(/rungs_\w+/)
    assert_equal handles.sort, listed.sort
    documents = Dir.children(File.join(ROOT, "schemas")).filter_map { |file| file[/\Arungs\.(.*)\.1\.json\z/, 1] }
    listed = HEADER[/There are (plan, .*?)\./m, 1].delete("*\n ").split(",")
    assert_equal documents.sort, listed.sort
    documents.each { |name| assert_equal 1, NATIVE.rungs_schema_version(*NATIVE.bytes(name, "name")), name }
  end

  def test_versions_are_one
    manifest = File.read(File.join(ROOT, "Cargo.toml"))[/^version = "(.*)"/, 1]
    assert_equal manifest, Rungs::VERSION
    assert_equal manifest, Rungs.library_version
    assert Rungs.compatible?(manifest)
    refute Rungs.compatible?("999.0.0")
    assert_equal 1, Rungs::Catalog.format_version
  end

  def test_it_is_private
    assert_raises(NameError) { Rungs::Native }
  end

  def test_a_library_that_is_not_there
    _, words, status = ruby("require 'rungs'", env: { "RUNGS_LIBRARY" => "/nowhere/librungs.so" })
    refute status.success?
    assert_includes words, "Rungs::LibraryError"
    assert_includes words, "no library of rungs could be loaded. It was looked for here:"
    assert_includes words, "  /nowhere/librungs.so: "
    assert_includes words, RUBY_PLATFORM
  end

  def test_a_library_that_is_another_one
    libc = "libc.so.6"
    _, words, status = ruby("require 'rungs'", env: { "RUNGS_LIBRARY" => libc })
    refute status.success?
    assert_includes words, "#{libc} has no rungs_version: it is older than rungs"
  end

  def test_the_order_of_the_search
    script = "require 'rungs'; puts Rungs.const_get(:Native).candidates"
    out, = ruby("ENV.delete('RUNGS_LIBRARY') if ARGV.any?; #{script}", env: { "RUNGS_LIBRARY" => NATIVE::PATH })
    assert_equal [NATIVE::PATH], out.split
    ENV.stub(:fetch, "") do
      major, minor = Rungs::VERSION.split(".")
      assert_equal [File.expand_path("../lib/rungs/librungs.so", __dir__),
                    "librungs.so.#{major == '0' ? "0.#{minor}" : major}"], NATIVE.candidates
    end
  end

  private

  # Name to the types of parameters and result, in the words of native.rb.
  def functions
    @functions ||= HEADER.gsub(%r{/\*.*?\*/}m, "").scan(/^([\w ]+?[ *]+)(rungs_\w+)\(([^)]*)\);/)
                         .to_h do |returns, name, parameters|
      list = parameters.split(",").map(&:strip).reject { |parameter| parameter == "void" }
      [name.to_sym, [list.map { |parameter| type(parameter.sub(/\w+\z/, "")) }, result(returns)]]
    end
  end

  def type(text)
    name = text.delete(" ").delete_prefix("const")
    case name
    when /\Arungs_(\w+)\*\*\z/ then "rungs_#{Regexp.last_match(1)}_out"
    when /\A(rungs_\w+)\*\z/ then Regexp.last_match(1)
    when "uint8_t*" then "bytes"
    when "bool*" then "bool_out"
    when "int32_t*" then "int32_out"
    else TYPES.fetch(name)
    end
  end

  def result(text)
    case text.delete(" ")
    when "constchar*" then "string"
    when "constuint8_t*" then "pointer"
    when /\A(rungs_\w+)\z/ then Regexp.last_match(1)
    else TYPES.fetch(text.strip)
    end
  end
end
