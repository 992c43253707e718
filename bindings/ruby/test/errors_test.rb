# frozen_string_literal: true

require_relative "helper"

class ErrorsTest < Minitest::Test
  include Helper

  def test_all_are_one_family
    errors = Rungs.constants.map { |name| Rungs.const_get(name) }
                  .select { |type| type.is_a?(Class) && type < StandardError }
    assert_operator errors.size, :>, 10
    errors.each { |type| assert_operator type, :<=, Rungs::Error }
  end

  def test_a_damaged_lockfile
    error = assert_raises(Rungs::LockfileError) { Rungs.plan(lockfile: "GEM\n  remote: x\n<<<<<<< HEAD\n") }
    assert_equal [202, :invalid_input, 3], [error.code, error.status, error.line]
    assert_equal error.code, error.problems.first.code
    assert_equal 204, assert_raises(Rungs::LockfileError) { Rungs.plan(lockfile: "") }.code
  end

  def test_a_file_that_cannot_be_read
    ["nowhere.lock", Pathname("nowhere.lock"), "."].each do |path|
      error = assert_raises(Rungs::FileError) { Rungs.plan(lockfile: path) }
      assert_equal [601, :invalid_input], [error.code, error.status]
      assert_kind_of Rungs::Error, error
      assert_match(/\Acannot read "[^"]+": (No such file or directory|it is a folder)\z/, error.message)
    end
    assert_raises(Rungs::FileError) { Rungs.plan(lockfile: "/dev/zero") } if File.exist?("/dev/zero")
  end

  def test_a_wrong_request
    error = assert_raises(Rungs::RequestError) { Rungs.plan(lockfile: TEXT, to: "sinatra=7") }
    assert_equal 401, error.code
    assert_kind_of Rungs::InvalidInputError, error
    error = assert_raises(Rungs::DocumentError) { Rungs.plan(lockfile: TEXT, request: '{"too": []}') }
    assert_equal [701, 1], [error.code, error.line]
    assert_includes error.message, "unknown member \"too\""
    assert_raises(Rungs::DocumentError) { Rungs.plan(lockfile: TEXT, as_of: "2026-01-31", min_age: -1) }
  end

  # As the program prints it: the message, and what to do next below it.
  def test_an_error_that_nobody_rescues_says_what_to_do
    _, printed, status = ruby('require "rungs"; Rungs.plan(lockfile: ARGV[0], to: "karafca=2.6")', LOCKFILE)
    refute_predicate status, :success?
    assert_match(/no package "karafca" in the catalog karafka.*\n  did you mean karafka\?/, printed)
    error = assert_raises(Rungs::RequestError) { Rungs.plan(lockfile: TEXT, to: "karafca=2.6") }
    assert_equal 'no package "karafca" in the catalog karafka', error.original_message
    assert_match(/\Adid you mean karafka\?/, error.help)
    assert_match(/karafka(.*)\n  did you mean karafka\?/, error.full_message(highlight: false))
    assert_equal "x", Rungs::Error.new("x").original_message
    refute_includes Rungs::Error.new("x").full_message(highlight: false), "\n  "
  end

  def test_not_utf8
    error = assert_raises(Rungs::InvalidUTF8Error) { Rungs::Snapshot.parse("GEM\n\xff".b) }
    assert_equal [203, 4], [error.code, error.offset]
    assert_nil Rungs::Error.new("x").offset
    assert_equal [], Rungs::Error.new("x").problems
  end

  # As the program reads it.
  def test_a_gemfile_that_is_not_utf8
    gemfile = "# caf\xE9\ngem \"karafka\", \"~> 2.4.0\" # na\xEFve\n"
    plain = gemfile.b.gsub(/[\x80-\xFF]/n, "?")
    Dir.mktmpdir do |folder|
      lockfile = File.join(folder, "Gemfile.lock")
      File.write(lockfile, TEXT)
      answers = [plain, gemfile].map do |text|
        File.binwrite(File.join(folder, "Gemfile"), text)
        [Rungs.plan(lockfile: lockfile, to: "karafka=2.6"), Rungs.why("waterdrop", lockfile: lockfile, to: "karafka=2.6"),
         Rungs.status(lockfile: lockfile), Rungs.plan(lockfile: TEXT, gemfile: text.b)].map(&:to_json)
      end
      assert_equal answers.first, answers.last
      assert_includes Rungs.plan(lockfile: lockfile).warnings.map(&:code), "gemfile_differs"
    end
  end

  def test_a_request_that_is_not_utf8
    {
      to: { to: "karafka=\xFF" }, policy: { policy: "# caf\xE9\n".b }, accept: { accept: ["a", "\xFF"] },
      runtimes: { runtimes: { "java\xFF" => "17" } }, catalogs: { catalogs: "\xFF" }
    }.each do |name, request|
      error = assert_raises(Rungs::InvalidUTF8Error) { Rungs.plan(lockfile: TEXT, **request) }
      assert_match(/\A#{name} is not UTF-8 at byte \d\z/, error.message)
      assert_equal [203, :invalid_utf8], [error.code, error.status]
    end
    assert_equal 8, assert_raises(Rungs::InvalidUTF8Error) { Rungs.plan(lockfile: TEXT, to: "karafka=\xFF") }.offset
    assert_raises(Rungs::InvalidUTF8Error) { Rungs::Snapshot.of({ "karafka" => "\xFF" }) }
    assert_raises(Rungs::CallError) { Rungs.plan(lockfile: TEXT, min_age: Float::NAN, as_of: "2026-01-31") }
  end

  DAMAGED = "GEM\n\xFF\xFF\n".dup.force_encoding("EUC-JP").freeze

  # Each with what the message has.
  def test_arguments_of_another_class
    plan = Rungs.plan(lockfile: TEXT, to: "karafka=2.4")
    lint = Rungs.lint(before: TEXT, after: TEXT)
    snapshot = Rungs::Snapshot.parse(TEXT)
    catalog = Rungs::Catalog.karafka
    {
      "nil is no format: expected one of text, " => -> { plan.report(nil) },
      "1 is no format: expected one of text, " => -> { plan.step_report(0, 1) },
      "nil is no severity: expected one of error, " => -> { lint.verdict(nil) },
      "[] is no severity: " => -> { lint.count([]) },
      "nil is no scheme: expected one of rubygems, semver" => -> { Rungs::Versions.compare("1", "2", scheme: nil) },
      "is no scheme: " => -> { Rungs::Versions.valid?("1", scheme: "\xFF") },
      "catalog is of class String: expected a Rungs::Catalog, as Rungs::Catalog.open returns" =>
        -> { Rungs.plan(lockfile: TEXT, catalog: "karafka") },
      "catalog is of class Symbol: " => -> { Rungs.status(lockfile: TEXT, catalog: :karafka) },
      "catalog is nil: " => -> { Rungs::Why.ask(nil, snapshot, "karafka") },
      "catalog is of class Integer: " => -> { Rungs.lint(before: TEXT, after: TEXT, catalog: 1) },
      "snapshot is nil: expected a Rungs::Snapshot, as Rungs::Snapshot.from returns" => -> { Rungs::Catalog.for(nil) },
      "snapshot is of class String: " => -> { Rungs::Plan.compute(catalog, TEXT) },
      "snapshot is of class Array: " => -> { Rungs::Status.of(catalog, []) },
      "after is nil: " => -> { Rungs::Lint.compute(catalog, snapshot, nil) },
      "index is of class String: expected a Rungs::Index, as Rungs::Index.open returns" =>
        -> { Rungs.plan(lockfile: TEXT, index: "dir") },
      "index is nil: " => -> { snapshot.with_index(nil) },
      'properties is of class String: expected a Hash such as { "kerberos" => false }' =>
        -> { Rungs.plan(lockfile: TEXT, properties: "x") },
      "properties is of class Array: " => -> { Rungs.plan(lockfile: TEXT, properties: ["x"]) },
      'runtimes is of class String: expected a Hash such as { "java" => "17" }' =>
        -> { Rungs.plan(lockfile: TEXT, runtimes: "x") },
      "lockfile is of class Integer: expected the text or path of a lockfile, an IO or a Rungs::Snapshot" =>
        -> { Rungs.plan(lockfile: 1) },
      "lockfile is nil: " => -> { Rungs::Snapshot.document(nil) },
      "lockfile is no path (" => -> { Rungs.plan(lockfile: "a\0b") },
      "lockfile is no text in EUC-JP (" => -> { Rungs.plan(lockfile: DAMAGED) },
      "toml is no text in EUC-JP (" => -> { Rungs::Catalog.parse(DAMAGED) },
      "question is no text in EUC-JP (" => -> { Rungs.why(DAMAGED, lockfile: TEXT) },
      "to is no text in EUC-JP (" => -> { Rungs.plan(lockfile: TEXT, to: { "karafka" => DAMAGED }) },
      "name is no text in EUC-JP (" => -> { Rungs::Catalog.open("karafka", DAMAGED) },
      "cannot read \"nope\": No such file or directory; expected the path of a compact index, a folder with `info` in it" =>
        -> { Rungs::Index.open("nope") },
      "cannot read #{LOCKFILE.inspect}: Not a directory; " => -> { Rungs::Index.open(Pathname(LOCKFILE)) },
      "folder is nil: expected the path of a compact index" => -> { Rungs::Index.open(nil) },
      "folder is no path (" => -> { Rungs::Index.open("a\0b") }
    }.each do |message, call|
      error = assert_raises(Rungs::CallError, message, &call)
      assert_includes error.message, message
    end
    # Strings are as good as symbols.
    assert_equal plan.report, plan.report("text")
  end

  def test_a_source_in_a_damaged_encoding_is_reported_in_the_document
    catalog = Rungs::Catalog.karafka
    assert_equal catalog.scan_source("karafka.rb", DAMAGED.b), catalog.scan_source("karafka.rb", DAMAGED)
    assert_raises(Rungs::CallError) { catalog.scan_source("karafka.rb", nil) }
  end

  def test_a_stream_that_cannot_be_read
    reader, writer = IO.pipe
    [writer, reader.tap(&:close)].each do |stream|
      error = assert_raises(Rungs::FileError) { Rungs.plan(lockfile: stream) }
      assert_match(/\Acannot read #<IO:.*>: (not opened for reading|closed stream)\z/, error.message)
    end
  end

  def test_a_limit
    error = assert_raises(Rungs::LimitError) { Rungs.plan(lockfile: TEXT, request: " " * ((8 << 20) + 1)) }
    assert_equal 501, error.code
  end

  def test_texts_with_nul_arrive_whole
    error = assert_raises(Rungs::RequestError) { Rungs.plan(lockfile: TEXT, to: "a\0b=1") }
    assert_includes error.message, "b"
  end

  def test_errors_leak_nothing
    grown = growth(<<~RUBY)
      again = lambda do |times|
        times.times do
          Rungs.plan(lockfile: text, to: "sinatra=7")
          raise "no error"
        rescue Rungs::RequestError
          next
        end
        GC.start
      end
      again.call(500)
      before = resident.()
      again.call(2000)
    RUBY
    assert_operator grown, :<, 8 * 1024
  end
end
