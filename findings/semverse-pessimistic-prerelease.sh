#!/usr/bin/env bash
# semverse 2.0.0 (Debian 12): `~>` behind which a prerelease stands lets other prereleases in, but not the
# release they lead to. `~> 1.2.0-rc.1` has neither 1.2.0 nor 1.2.1, and of rc.1, 1.2.0 and 1.2.1 the best is
# rc.1. What it lets in depends on the point within: `~> 1.2.0-rc.1` has rc.10, not rc10, and `~> 1.2.0-rc1`
# the other. For RubyGems, whose operator this is, each has all of them.
#
# Seen on 2026-12-01 with ruby-semverse 2.0.0-1 and RubyGems 3.3.15:
#   ~> 1.2.0-rc.1: semverse rc.1 rc.10                 RubyGems rc.1 rc.10 rc10 1.2.0 1.2.1
#   ~> 1.2.0-rc1:  semverse rc10                       RubyGems rc.1 rc.10 rc10 1.2.0 1.2.1
#   ~> 1.2.0:      semverse 1.2.0 1.2.1                RubyGems 1.2.0 1.2.1
#   best for ~> 1.2.0-rc.1 of rc.1, 1.2.0 and 1.2.1: 1.2.0-rc.1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-semverse=2.0.0-1 2>/dev/null
dpkg-deb --extract ruby-semverse_*.deb root
echo "semverse 2.0.0 and RubyGems $(ruby -e 'puts Gem::VERSION')"

expect() {
  local got
  got=$(ruby -I root/usr/lib/ruby/vendor_ruby -r semverse -e 'all = %w[1.2.0-rc.1 1.2.0-rc.10 1.2.0-rc10 1.2.0 1.2.1 1.3.0]
    constraint = Semverse::Constraint.new(ARGV[0])
    requirement = Gem::Requirement.new(ARGV[0].sub("-", "."))
    met = [all.select { |it| constraint.satisfies?(it) }, all.select { |it| requirement.satisfied_by?(Gem::Version.new(it.sub("-", "."))) }]
    puts met.map { |them| them.map { |it| it.sub("1.2.0-", "") }.join(" ") }.join(" | ")' "$1")
  echo "$1, semverse and RubyGems let in: $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect "~> 1.2.0-rc.1" "rc.1 rc.10 | rc.1 rc.10 rc10 1.2.0 1.2.1"
expect "~> 1.2.0-rc1" "rc10 | rc.1 rc.10 rc10 1.2.0 1.2.1"
expect "~> 1.2.0" "1.2.0 1.2.1 | 1.2.0 1.2.1"
best=$(ruby -I root/usr/lib/ruby/vendor_ruby -r semverse -e 'puts Semverse::Constraint.satisfy_best("~> 1.2.0-rc.1", %w[1.2.0-rc.1 1.2.0 1.2.1])')
echo "best for ~> 1.2.0-rc.1 of rc.1, 1.2.0 and 1.2.1: $best"
[[ $best == 1.2.0-rc.1 ]]
