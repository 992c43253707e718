# frozen_string_literal: true

# Builds the library and the program with cargo from the sources in this gem, and puts them beside
# lib/rungs/native.rb. `gem install rungs -- --with-system-library` leaves that out: then librungs and
# the program of the system serve. `bundle plugin install` passes no options on, so the variable
# RUNGS_WITH_SYSTEM_LIBRARY=1 does the same.

require "fileutils"
require "rbconfig"

here = __dir__
gem_root = File.expand_path("../..", here)
crate = [File.join(here, "crate"), File.expand_path("../../../..", here)].find do |folder|
  File.file?(File.join(folder, "Cargo.toml"))
end

# What make is asked for is done already.
def makefile
  File.write("Makefile", "all install clean distclean:\n\t@true\n.PHONY: all install clean distclean\n")
end

# RubyGems shows what an extension prints only after it failed, or with --verbose. Who waits for minutes
# wants to know why, so this goes to the terminal where there is one.
def tell(words)
  puts words
  File.open("/dev/tty", "w") { |terminal| terminal.puts "rungs: #{words}" } if !$stdout.tty? && !ENV["CI"]
rescue SystemCallError
  nil
end

if ARGV.include?("--with-system-library") || ENV["RUNGS_WITH_SYSTEM_LIBRARY"] == "1"
  tell "using librungs and the program rungs of the system"
  makefile
  exit
end

abort "no sources of the library in #{here}: the gem is incomplete" unless crate
cargo = ENV.fetch("CARGO", "cargo")
unless system(cargo, "--version", out: File::NULL, err: File::NULL)
  abort <<~WORDS
    rungs builds its library with cargo, and there is none (tried #{cargo.inspect}). There are gems with a
    built library for x86-64 and arm64, Linux and macOS: `gem install rungs` takes one unless an option forbids it
    (`--platform ruby`, `force_ruby_platform`). Else install Rust 1.85 or newer (https://rustup.rs), name
    cargo in CARGO, or install librungs and then
      gem install rungs -- --with-system-library
  WORDS
end

target = ENV.fetch("CARGO_TARGET_DIR", File.join(here, "target"))
build = lambda do |*what|
  system(cargo, *what, "--release", "--locked", "--target-dir", target, chdir: crate)
end
started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
tell "compiling the library with cargo: this takes some minutes (1 of 2)"
build.call("rustc", "--lib", "--features", "capi", "--crate-type", "cdylib") || abort("cargo could not build the library")
tell "compiling the program with cargo (2 of 2)"
build.call("build", "--bin", "rungs", "--features", "refresh") || abort("cargo could not build the program")
tell "compiled in #{(Process.clock_gettime(Process::CLOCK_MONOTONIC) - started).round} s"

library, program = case RbConfig::CONFIG["host_os"]
                   when /darwin/ then ["librungs.dylib", "rungs"]
                   when /mswin|mingw/ then ["rungs.dll", "rungs.exe"]
                   else ["librungs.so", "rungs"]
                   end
[library, program].each do |name|
  FileUtils.cp(File.join(target, "release", name), File.join(gem_root, "lib/rungs", name))
end
FileUtils.rm_rf(File.join(here, "target"))
makefile
