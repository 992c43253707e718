# frozen_string_literal: true

# Builds the library with cargo from the sources in this gem and puts it beside lib/rungs/native.rb.
# `gem install rungs -- --with-system-library` leaves that out: then librungs of the system serves.

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

if ARGV.include?("--with-system-library")
  makefile
  exit
end

abort "no sources of the library in #{here}: the gem is incomplete" unless crate
cargo = ENV.fetch("CARGO", "cargo")
unless system(cargo, "--version", out: File::NULL, err: File::NULL)
  abort <<~WORDS
    rungs builds its library with cargo, and there is none (tried #{cargo.inspect}). Install Rust 1.85 or
    newer (https://rustup.rs), name cargo in CARGO, or install librungs and then
      gem install rungs -- --with-system-library
  WORDS
end

target = ENV.fetch("CARGO_TARGET_DIR", File.join(here, "target"))
system(cargo, "rustc", "--release", "--locked", "--lib", "--features", "capi", "--crate-type", "cdylib",
       "--target-dir", target, chdir: crate) || abort("cargo could not build the library")

name = case RbConfig::CONFIG["host_os"]
       when /darwin/ then "librungs.dylib"
       when /mswin|mingw/ then "rungs.dll"
       else "librungs.so"
       end
FileUtils.cp(File.join(target, "release", name), File.join(gem_root, "lib/rungs", name))
FileUtils.rm_rf(File.join(here, "target"))
makefile
