#!/usr/bin/env bash
# @snyk/ruby-semver 4.2.1 (npm): it orders `1.a` before `1.0.a`. For RubyGems these are one version,
# because zeros before the first letter do not count (as `1` and `1.0` are one, on which both agree).
#
# Seen on 2026-11-29 with Node 20 and RubyGems 3.3.15:
#   1   <=> 1.0   snyk 0   RubyGems 0
#   1.a <=> 1.0.a snyk -1  RubyGems 0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @snyk/ruby-semver@4.2.1

expect() {
  local got
  got="$(cd "$work" && node -e 'console.log(require("@snyk/ruby-semver").compare(process.argv[1], process.argv[2]))' "$1" "$2")"
  got="$got $(ruby -e 'puts Gem::Version.new(ARGV[0]) <=> Gem::Version.new(ARGV[1])' "$1" "$2")"
  echo "$1 <=> $2: @snyk/ruby-semver and RubyGems say $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect 1 1.0 "0 0"
expect 1.a 1.0.a "-1 0"
