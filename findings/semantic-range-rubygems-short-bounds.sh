#!/usr/bin/env bash
# semantic_range 3.0.0 (Debian 12): `platform: "Rubygems"` makes one thing of RubyGems out of npm's ranges, `~>`
# with two numbers. Every other bound with fewer than three numbers stays npm's, where `1.0` stands for each
# 1.0.x: `> 1.0` leaves 1.0.5 out, `<= 1.0` and `= 1.0` let it in. For RubyGems `1.0` is 1.0.0. Its README says
# only that the option changes behaviour for RubyGems.
#
# Seen on 2026-12-01 with ruby-semantic-range 3.0.0-2 and RubyGems 3.3.15:
#   ~> 1.0   has 1.9.0: semantic_range true   RubyGems true
#   > 1.0    has 1.0.5: semantic_range false  RubyGems true
#   <= 1.0   has 1.0.5: semantic_range true   RubyGems false
#   = 1.0    has 1.0.5: semantic_range true   RubyGems false
#   <= 1.0.0 has 1.0.5: semantic_range false  RubyGems false
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-semantic-range=3.0.0-2 2>/dev/null
dpkg-deb --extract ruby-semantic-range_*.deb root
echo "semantic_range 3.0.0 and RubyGems $(ruby -e 'puts Gem::VERSION')"

expect() {
  local got
  got=$(ruby -I root/usr/share/rubygems-integration/all/gems/semantic_range-3.0.0/lib -r semantic_range -e '
    puts "#{SemanticRange.satisfies?(ARGV[1], ARGV[0], platform: "Rubygems")} #{Gem::Requirement.new(ARGV[0]).satisfied_by?(Gem::Version.new(ARGV[1]))}"' "$1" "$2")
  echo "$1 has $2: semantic_range and RubyGems say $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect "~> 1.0" 1.9.0 "true true"
expect "> 1.0" 1.0.5 "false true"
expect "<= 1.0" 1.0.5 "true false"
expect "= 1.0" 1.0.5 "true false"
expect "<= 1.0.0" 1.0.5 "false false"
