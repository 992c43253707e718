#!/usr/bin/env bash
# mixlib-versioning 1.1.0 (Debian 12): of a gem's version the fourth number is a prerelease. `7.1.3.4`, which
# repairs Rails 7.1.3, comes before `7.1.3`, and `find_target_version` passes it over. Its README gives
# MAJOR.MINOR.PATCH.PRERELEASE for the versions of RubyGems, with `alpha.1` or `rc.0` at the end; a number
# alone is taken for one too, without an error. For RubyGems a prerelease has a letter.
#
# Seen on 2026-12-01 with ruby-mixlib-versioning 1.1.0-1.1 and RubyGems 3.3.15:
#   7.1.3.4, prerelease:                     mixlib yes   RubyGems no
#   7.1.3.4 <=> 7.1.3:                       mixlib -1    RubyGems 1
#   newest of 7.1.2 7.1.3 7.1.3.1 7.1.3.4:   mixlib 7.1.3 RubyGems 7.1.3.4
#   newest of 7.1.2 7.1.3 7.1.4.rc.1:        mixlib 7.1.3 RubyGems 7.1.3
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-mixlib-versioning=1.1.0-1.1 2>/dev/null
dpkg-deb --extract ruby-mixlib-versioning_*.deb root
echo "mixlib-versioning 1.1.0 and RubyGems $(ruby -e 'puts Gem::VERSION')"

ask() { ruby -I root/usr/lib/ruby/vendor_ruby -r mixlib/versioning -e "$@"; }
same() {
  echo "$1: mixlib and RubyGems say $2"
  [[ $2 == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
same "7.1.3.4 is a prerelease" "$(ask 'puts [Mixlib::Versioning.parse("7.1.3.4"), Gem::Version.new("7.1.3.4")].map { |it| it.prerelease? ? "yes" : "no" }.join(" ")')" "yes no"
same "7.1.3.4 <=> 7.1.3" "$(ask 'both = %w[7.1.3.4 7.1.3]
  puts [both.map { |it| Mixlib::Versioning.parse(it) }, both.map { |it| Gem::Version.new(it) }].map { |a, b| a <=> b }.join(" ")')" "-1 1"
newest() {
  same "newest of $1" "$(ask 'all = ARGV[0].split
    puts "#{Mixlib::Versioning.find_target_version(all, "7.1")} #{all.map { |it| Gem::Version.new(it) }.reject(&:prerelease?).max}"' "$1")" "$2"
}
newest "7.1.2 7.1.3 7.1.3.1 7.1.3.4" "7.1.3 7.1.3.4"
newest "7.1.2 7.1.3 7.1.4.rc.1" "7.1.3 7.1.3"
