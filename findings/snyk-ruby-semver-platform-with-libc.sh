#!/usr/bin/env bash
# @snyk/ruby-semver 4.2.1 (npm): it reads the platform behind a version (`1.18.1-aarch64-linux`, as in a
# lockfile) if it is one of ten. With the C library behind it, as in today's gems of nokogiri, the
# release is a prerelease, which does not meet `>= 1.18.1`; of `x86_64-linux-gnu` there is no version at
# all, as `_` is not allowed in one. For Bundler each of the four is the release 1.18.1.
#
# Seen on 2026-11-30 with Node 20 and Bundler 2.3.15:
#   1.18.1-aarch64-linux     snyk 1.18.1-aarch64-linux         true   Bundler 1.18.1 true
#   1.18.1-aarch64-linux-gnu snyk 1.18.1.pre.aarch64-linux-gnu false  Bundler 1.18.1 true
#   1.18.1-x86_64-linux      snyk 1.18.1-x86_64-linux          true   Bundler 1.18.1 true
#   1.18.1-x86_64-linux-gnu  snyk null                         false  Bundler 1.18.1 true
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @snyk/ruby-semver@4.2.1
touch "$work/Gemfile" # Bundler reads no lockfile without one
echo "@snyk/ruby-semver 4.2.1 and Bundler $(ruby -e 'require "bundler"; puts Bundler::VERSION')"

snyk() {
  (cd "$work" && node -e 'const semver = require("@snyk/ruby-semver")
    console.log(semver.valid(process.argv[1]), semver.satisfies(process.argv[1], ">= 1.18.1"))' "$1")
}
bundler() {
  BUNDLE_GEMFILE=$work/Gemfile ruby -e 'require "bundler"
    lock = "GEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (#{ARGV[0]})\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  nokogiri\n"
    version = Bundler::LockfileParser.new(lock).specs.first.version
    puts "#{version} #{Gem::Requirement.new(">= 1.18.1").satisfied_by?(version)}"' "$1"
}
expect() {
  local got
  got="$(snyk "$1") $(bundler "$1")"
  echo "$1, and whether it meets >= 1.18.1: @snyk/ruby-semver and Bundler say $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect 1.18.1-aarch64-linux "1.18.1-aarch64-linux true 1.18.1 true"
expect 1.18.1-aarch64-linux-gnu "1.18.1.pre.aarch64-linux-gnu false 1.18.1 true"
expect 1.18.1-x86_64-linux "1.18.1-x86_64-linux true 1.18.1 true"
expect 1.18.1-x86_64-linux-gnu "null false 1.18.1 true"
