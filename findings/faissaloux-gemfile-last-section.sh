#!/usr/bin/env bash
# @faissaloux/gemfile 0.3.0 (npm): of several sections of a lockfile with one name the last is left. Bundler
# writes one `GIT` for each repository, and one `GEM` for each gem server; of two repositories the gems of the
# first are missing. Of `DEPENDENCIES` nothing is read but the heading. There is no error.
#
# Seen on 2026-12-01 with Node 20 and Bundler 2.3.15:
#   gems of GIT:  karafka            Bundler karafka rails
#   gems of GEM:  rake waterdrop     Bundler house rake waterdrop
#   dependencies: none               Bundler house karafka rails
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @faissaloux/gemfile@0.3.0
cat >"$work/Gemfile.lock" <<'LOCK'
GIT
  remote: https://github.com/rails/rails.git
  revision: 0123456789abcdef0123456789abcdef01234567
  specs:
    rails (8.1.0)
      rake

GIT
  remote: https://github.com/karafka/karafka.git
  revision: 89abcdef0123456789abcdef0123456789abcdef
  specs:
    karafka (2.5.0)
      waterdrop (>= 2.8.0)

GEM
  remote: https://gems.example.com/
  specs:
    house (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    rake (13.2.1)
    waterdrop (2.8.0)

PLATFORMS
  ruby

DEPENDENCIES
  house!
  karafka!
  rails!

BUNDLED WITH
   2.6.7
LOCK
touch "$work/Gemfile" # Bundler reads no lockfile without one
cat >"$work/read.mjs" <<'JS'
import { LockParser } from "@faissaloux/gemfile";
const lock = JSON.parse(new LockParser().file("Gemfile.lock").parse());
const names = (them) => Object.keys(them).map((name) => name.split(" ")[0]).sort().join(" ");
console.log([names(lock.GIT.specs), names(lock.GEM.specs), names(lock.DEPENDENCIES) || "none"].join("\n"));
JS
echo "@faissaloux/gemfile 0.3.0 and Bundler $(ruby -e 'require "bundler"; puts Bundler::VERSION')"
read_by() { (cd "$work" && node read.mjs); }
bundler=$(cd "$work" && BUNDLE_GEMFILE=$work/Gemfile ruby -e 'require "bundler"
  lock = Bundler::LockfileParser.new(File.read("Gemfile.lock"))
  git, gem = lock.specs.partition { |spec| spec.source.is_a?(Bundler::Source::Git) }
  puts [git, gem].map { |them| them.map(&:name).sort.join(" ") }, lock.dependencies.keys.sort.join(" ")')
printf 'of GIT, of GEM, and dependencies:\n%s\nBundler:\n%s\n' "$(read_by)" "$bundler"
[[ $(read_by) == "karafka
rake waterdrop
none" ]]
[[ $bundler == "karafka rails
house rake waterdrop
house karafka rails" ]]
