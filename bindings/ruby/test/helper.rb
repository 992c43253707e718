# frozen_string_literal: true

require "minitest/autorun"
require "open3"
require "pathname"
require "rungs"
require "tmpdir"

# What tests share.
module Helper
  ROOT = File.expand_path("../../..", __dir__)
  LOCKFILE = File.join(ROOT, "examples/Gemfile.lock")
  TEXT = File.read(LOCKFILE)
  NATIVE = Rungs.const_get(:Native)

  # A part of the test that is written in C or run apart: Ruby with the gem's own load path.
  def ruby(script, *args, env: {}, lib: File.expand_path("../lib", __dir__))
    Open3.capture3(env, RbConfig.ruby, "-W", "-I#{lib}", "-e", script, *args)
  end

  # By how many kibibytes a process of its own grows after it has set `before`: here, what other tests
  # left of the heap would decide when Ruby collects.
  def growth(code)
    said, problem, status = ruby(<<~RUBY)
      require "rungs"
      text = File.read(#{LOCKFILE.inspect})
      resident = -> { File.read("/proc/self/statm").split[1].to_i * 4 }
      #{code}
      print resident.() - before
    RUBY
    assert status.success?, problem
    Integer(said)
  end

  # The lockfile with another version of a gem.
  def changed(from, to)
    text = TEXT.sub("    #{from}", "    #{to}")
    raise "no #{from}" if text == TEXT

    text
  end
end
