#!/usr/bin/env bash
# A blank at the end of a line of a lockfile makes another gem of it.
#
# `    rake (13.0.0) ` with a blank behind it is read without an error: the name is `rake (13.0.0) `, blank
# included, and there is no version.
#
# Seen with Bundler 4.0.22 (Debian sid). Fails where that changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Ruby and Bundler of Debian sid, from where apt gets its packages. FINDINGS_ROOTS may name a folder
# that has such a root already.
root=${FINDINGS_ROOTS:+$FINDINGS_ROOTS/sid}
if [ -z "$root" ] || [ ! -x "$root/usr/bin/bundle" ]; then
  root=$work/root
  mirror=$(apt-cache policy base-files | sed -nE 's/^ +[0-9]+ (https?:[^ ]+) .*/\1/p' | head -1)
  debootstrap --variant=minbase --include=ruby,ruby-bundler sid "$root" "$mirror" >"$work/log" 2>&1
fi
case=$(mktemp -d "$root/finding.XXXXXX")
trap 'rm -rf "$work" "$case"' EXIT
inside=${case#"$root"}
run() { chroot "$root" env HOME="$inside" BUNDLE_USER_HOME="$inside" LC_ALL=C.UTF-8 "$@"; }
version=$(run bundle --version | sed 's/.* //')
[ "$version" = 4.0.22 ] || { echo "this is Bundler $version, not 4.0.22"; exit 1; }
cat >"$case/read.rb" <<'RUBY'
require "bundler"
text = "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.0.0) \n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rake\n"
spec = Bundler::LockfileParser.new(text).specs.first
puts "#{spec.name.inspect} #{spec.version.to_s.inspect}"
RUBY
got=$(run ruby "$inside/read.rb" 2>/dev/null)
echo "Bundler $version reads $got"
[ "$got" = '"rake (13.0.0) " "0"' ] || exit 1
