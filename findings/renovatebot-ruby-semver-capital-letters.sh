#!/usr/bin/env bash
# @renovatebot/ruby-semver 5.0.0 (npm): it orders the words of prereleases as a dictionary does, `RC` after
# `beta`. For RubyGems, of which it is a port, each capital letter comes before all small ones: a gem that
# went from `1.0.0.beta1` to `1.0.0.RC1` went back, and `>= 1.0.0.beta1` does not contain the candidate.
# With small letters both agree.
#
# Seen on 2026-11-30 with Node 20 and RubyGems 3.3.15:
#   1.0.0.rc1 >= 1.0.0.beta1  ruby-semver true  RubyGems true
#   1.0.0.RC1 >= 1.0.0.beta1  ruby-semver true  RubyGems false
#   1.0.0.M1  >= 1.0.0.alpha  ruby-semver true  RubyGems false
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @renovatebot/ruby-semver@5.0.0
cat >"$work/met.mjs" <<'JS'
import { satisfies } from "@renovatebot/ruby-semver";
console.log(satisfies(process.argv[2], process.argv[3]));
JS
echo "@renovatebot/ruby-semver 5.0.0 and RubyGems $(ruby -e 'puts Gem::VERSION')"

expect() {
  local got
  got="$(node "$work/met.mjs" "$1" "$2")"
  got="$got $(ruby -e 'puts Gem::Requirement.new(ARGV[1]).satisfied_by?(Gem::Version.new(ARGV[0]))' "$1" "$2")"
  echo "$1 meets $2: @renovatebot/ruby-semver and RubyGems say $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect 1.0.0.rc1 ">= 1.0.0.beta1" "true true"
expect 1.0.0.RC1 ">= 1.0.0.beta1" "true false"
expect 1.0.0.M1 ">= 1.0.0.alpha" "true false"
