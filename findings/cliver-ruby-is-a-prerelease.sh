#!/usr/bin/env bash
# cliver 0.3.2 (Debian 12): of `ruby --version` it takes `3.1.2p20` for the version, where `p20` is the patch
# level of the release 3.1.2. For RubyGems, which it compares with, a letter makes a prerelease of it: the
# Ruby that is installed does not meet `>= 3.1.2` or `~> 3.1.2`, but `< 3.1.2`. Its README asks for versions of
# Ruby this way, with found versions such as 1.8.7. Ruby itself meets `>= 3.1.2` by its `RUBY_VERSION`.
#
# Seen on 2026-11-30 with ruby-cliver 0.3.2-3.1 and Ruby 3.1.2:
#   >= 3.1.2  cliver no   RUBY_VERSION yes
#   ~> 3.1.2  cliver no   RUBY_VERSION yes
#   < 3.1.2   cliver yes  RUBY_VERSION no
#   >= 3.1.1  cliver yes  RUBY_VERSION yes
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-cliver=0.3.2-3.1 2>/dev/null
dpkg-deb --extract ruby-cliver_*.deb root
echo "cliver 0.3.2 and $(ruby --version)"
[[ $(ruby -e "print RUBY_VERSION") == 3.1.2 ]] || { echo "expected: Ruby 3.1.2" >&2; exit 1; }

expect() {
  local got
  got=$(ruby -I root/usr/lib/ruby/vendor_ruby -e 'require "cliver"
    met = [Cliver.detect("ruby", ARGV[0]), Gem::Requirement.new(ARGV[0]).satisfied_by?(Gem::Version.new(RUBY_VERSION))]
    puts met.map { |it| it ? "yes" : "no" }.join(" ")' "$1")
  echo "Ruby meets $1: cliver and RUBY_VERSION say $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect ">= 3.1.2" "no yes"
expect "~> 3.1.2" "no yes"
expect "< 3.1.2" "yes no"
expect ">= 3.1.1" "yes yes"
