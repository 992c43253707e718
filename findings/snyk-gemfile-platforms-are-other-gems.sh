#!/usr/bin/env bash
# @snyk/gemfile 1.3.0 (npm): a gem that is locked for several platforms becomes several gems. The last
# keeps its name, those before it are called after it with a number behind: of three lines of nokogiri two
# are gems `nokogiri0` and `nokogiri1`, and which one is `nokogiri` depends on the order of the lines alone.
# There is no error, and a gem could have such a name. For Bundler the three have one name.
#
# Seen on 2026-11-30 with Node 20 and Bundler 2.3.15:
#   nokogiri (1.18.1)                   snyk nokogiri0  Bundler nokogiri
#   nokogiri (1.18.1-aarch64-linux-gnu) snyk nokogiri1  Bundler nokogiri
#   nokogiri (1.18.1-x86_64-linux-gnu)  snyk nokogiri   Bundler nokogiri
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @snyk/gemfile@1.3.0
cat >"$work/Gemfile.lock" <<'LOCK'
GEM
  remote: https://rubygems.org/
  specs:
    mini_portile2 (2.8.8)
    nokogiri (1.18.1)
      mini_portile2 (~> 2.8.2)
      racc (~> 1.4)
    nokogiri (1.18.1-aarch64-linux-gnu)
      racc (~> 1.4)
    nokogiri (1.18.1-x86_64-linux-gnu)
      racc (~> 1.4)
    racc (1.8.1)

PLATFORMS
  aarch64-linux-gnu
  ruby
  x86_64-linux-gnu

DEPENDENCIES
  nokogiri
LOCK
touch "$work/Gemfile" # Bundler reads no lockfile without one
echo "@snyk/gemfile 1.3.0 and Bundler $(ruby -e 'require "bundler"; puts Bundler::VERSION')"
snyk=$(cd "$work" && node -e 'const { specs } = require("@snyk/gemfile").parseSync("Gemfile.lock", true)
  console.log(Object.keys(specs).map((name) => `${specs[name].version} ${name}`).sort().join("\n"))')
bundler=$(cd "$work" && BUNDLE_GEMFILE=$work/Gemfile ruby -e 'require "bundler"
  puts Bundler::LockfileParser.new(File.read("Gemfile.lock")).specs.map(&:name).sort.join(" ")')
printf 'Bundler: %s\nsnyk:\n%s\n' "$bundler" "$snyk"
[[ $bundler == "mini_portile2 nokogiri nokogiri nokogiri racc" ]]
[[ $snyk == "1.18.1 nokogiri0
1.18.1-aarch64-linux-gnu nokogiri1
1.18.1-x86_64-linux-gnu nokogiri
1.8.1 racc
2.8.8 mini_portile2" ]]
