#!/usr/bin/env bash
# librarianp 0.6.4 (Debian 12), under librarian-puppet: of a requirement it takes the first `number.x`, or the
# first pair of bounds, and drops the rest without an error. `<2.x` becomes `~> 2.0`, its opposite, and `7.1.3.x`
# becomes `~> 1.3.0`, another major version. What follows `||` is gone, and the fourth number of the second
# bound, which a single bound keeps.
#
# Seen on 2026-12-01 with ruby-librarian 0.6.4-4 and, for Puppet's own reading, ruby-semantic-puppet 1.0.4-1:
#   1.x                       is ~> 1.0             1.5.0:   librarian true   Puppet true
#   <2.x                      is ~> 2.0             1.5.0:   librarian false  Puppet true
#   >=1.x                     is ~> 1.0             2.0.0:   librarian false  Puppet true
#   >=1.0.0 <2.0.0 || >=3.0.0 is >= 1.0.0, < 2.0.0  3.1.0:   librarian false  Puppet true
#   7.1.3.x                   is ~> 1.3.0           7.1.3.2: librarian false  Puppet ArgumentError
#   >=7.0.0 <7.1.3.4          is >= 7.0.0, < 7.1.3  7.1.3.1: librarian false  Puppet ArgumentError
#   <7.1.3.4                  is < 7.1.3.4          7.1.3.1: librarian true   Puppet ArgumentError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-librarian=0.6.4-4 ruby-semantic-puppet=1.0.4-1 2>/dev/null
for package in ruby-*.deb; do dpkg-deb --extract "$package" root; done
gems=root/usr/share/rubygems-integration/all/gems
cat >reads.rb <<'RB'
require "librarian/dependency"
require "librarian/manifest/version"
require "semantic_puppet"
text, version = ARGV
requirement = Librarian::Dependency::Requirement.new(text)
met = requirement.satisfied_by?(Librarian::Manifest::Version.new(version))
puppet = begin
  SemanticPuppet::VersionRange.parse(text).include?(SemanticPuppet::Version.parse(version))
rescue ArgumentError => error
  error.class
end
puts "is #{requirement}, #{version}: librarian #{met} Puppet #{puppet}"
RB
echo "librarianp 0.6.4 and semantic_puppet 1.0.4"

expect() {
  local got
  got=$(ruby -I $gems/librarianp-0.6.4/lib -I $gems/semantic_puppet-1.0.4/lib reads.rb "$1" "$2")
  echo "$1 $got"
  [[ $got == "is $3, $2: $4" ]] || { echo "expected: is $3, $2: $4" >&2; exit 1; }
}
expect "1.x" 1.5.0 "~> 1.0" "librarian true Puppet true"
expect "<2.x" 1.5.0 "~> 2.0" "librarian false Puppet true"
expect ">=1.x" 2.0.0 "~> 1.0" "librarian false Puppet true"
expect ">=1.0.0 <2.0.0 || >=3.0.0" 3.1.0 ">= 1.0.0, < 2.0.0" "librarian false Puppet true"
expect "7.1.3.x" 7.1.3.2 "~> 1.3.0" "librarian false Puppet ArgumentError"
expect ">=7.0.0 <7.1.3.4" 7.1.3.1 ">= 7.0.0, < 7.1.3" "librarian false Puppet ArgumentError"
expect "<7.1.3.4" 7.1.3.1 "< 7.1.3.4" "librarian true Puppet ArgumentError"
