#!/usr/bin/env bash
# gem2deb 2.1 (Debian 12) writes a gem's requirements as dependencies of its package, with RubyGems' versions for
# dpkg to compare. dpkg orders `7.1.0.rc1` behind 7.1.0, so the package of 7.1.0 does not meet `>= 7.1.0.rc1`, and
# of 7.2.0 meets `< 7.2.0.a`. dpkg compares Debian's revision too: 1.0-1 meets `> 1.0`. For `<=` gem2deb adds
# `-9999` against that. Of `~>` only the lower bound is left. There is no warning.
#
# Seen on 2026-12-01 with gem2deb-test-runner 2.1, RubyGems 3.3.15 and dpkg 1.21:
#   >= 7.1.0.rc1 is (>= 7.1.0.rc1)  7.1.0: dpkg no   RubyGems yes
#   < 7.2.0.a    is (<< 7.2.0.a)    7.2.0: dpkg yes  RubyGems no
#   > 1.0        is (>> 1.0)        1.0:   dpkg yes  RubyGems no
#   <= 1.0       is (<= 1.0-9999)   1.0:   dpkg yes  RubyGems yes
#   ~> 7.1       is (>= 7.1)        8.0.0: dpkg yes  RubyGems no
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq gem2deb-test-runner=2.1 2>/dev/null
dpkg-deb --extract gem2deb-test-runner_*.deb root
echo "gem2deb 2.1, RubyGems $(ruby -e 'puts Gem::VERSION') and $(dpkg --version | head -1)"

mkdir gem
cat >written.rb <<'RB'
require "gem2deb/metadata"
spec = Gem::Specification.new("karafka-web", "1.0.0") do |it|
  it.summary = it.author = "Somebody"
  it.files = []
  it.add_runtime_dependency("upgraded", ARGV[0])
end
File.write("gem/karafka-web.gemspec", spec.to_ruby)
puts Gem2Deb::Metadata.new("gem").get_debian_dependencies(false)
RB
expect() {
  local written operator bound dpkg=no rubygems
  written=$(ruby -I root/usr/lib/ruby/vendor_ruby written.rb "$1" 2>/dev/null | sed -n 's/^ruby-upgraded //p')
  read -r operator bound <<<"${written//[()]/}"
  dpkg --compare-versions "$2-1" "$operator" "$bound" && dpkg=yes
  rubygems=$(ruby -e 'puts Gem::Requirement.new(ARGV[0]).satisfied_by?(Gem::Version.new(ARGV[1])) ? "yes" : "no"' "$1" "$2")
  echo "$1 is $written; met by $2: dpkg $dpkg, RubyGems $rubygems"
  [[ "$written $dpkg $rubygems" == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect ">= 7.1.0.rc1" 7.1.0 "(>= 7.1.0.rc1) no yes"
expect "< 7.2.0.a" 7.2.0 "(<< 7.2.0.a) yes no"
expect "> 1.0" 1.0 "(>> 1.0) yes no"
expect "<= 1.0" 1.0 "(<= 1.0-9999) yes yes"
expect "~> 7.1" 8.0.0 "(>= 7.1) yes no"
