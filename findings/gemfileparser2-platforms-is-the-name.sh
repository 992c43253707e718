#!/usr/bin/env bash
# gemfileparser2 0.9.4 (PyPI): it takes the name of an option for the name of the gem. Of the line
# `gem "tzinfo-data", platforms: %i[ mingw mswin x64_mingw jruby ]`, which Rails 7.0 writes into each new
# Gemfile, the gem is called `platforms`; with `tag:` it is called `tag`. With `platform:` and `branch:`
# the gem keeps its name. There is no error.
#
# Seen on 2026-11-30 with Python 3.11 and Bundler 2.3.15:
#   platforms: gemfileparser2 platforms    Bundler tzinfo-data
#   platform:  gemfileparser2 tzinfo-data  Bundler tzinfo-data
#   tag:       gemfileparser2 tag          Bundler karafka
#   branch:    gemfileparser2 karafka      Bundler karafka
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" gemfileparser2==0.9.4
echo "gemfileparser2 0.9.4 and Bundler $(ruby -e 'require "bundler"; puts Bundler::VERSION')"

seen() {
  PYTHONPATH=$work/py python3 - "$work/Gemfile" <<'PY'
import sys
from gemfileparser2 import GemfileParser
print(*[gem.name for gems in GemfileParser(sys.argv[1]).parse().values() for gem in gems])
PY
}
bundler() {
  BUNDLE_GEMFILE=$work/Gemfile ruby -e 'require "bundler"
    gemfile = Bundler::Dsl.evaluate(Bundler.default_gemfile, Bundler.default_lockfile, {})
    puts gemfile.dependencies.map(&:name).join(" ")'
}
expect() {
  printf 'source "https://rubygems.org"\n%s\n' "$1" >"$work/Gemfile"
  local got
  got="$(seen) $(bundler)"
  echo "$1: gemfileparser2 and Bundler say $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect 'gem "tzinfo-data", platforms: %i[ mingw mswin x64_mingw jruby ]' "platforms tzinfo-data"
expect 'gem "tzinfo-data", platform: :jruby' "tzinfo-data tzinfo-data"
expect 'gem "karafka", git: "https://gems.invalid/karafka", tag: "v2.4.0"' "tag karafka"
expect 'gem "karafka", git: "https://gems.invalid/karafka", branch: "main"' "karafka karafka"
