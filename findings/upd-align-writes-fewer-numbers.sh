#!/usr/bin/env bash
# upd 0.18.0 (PyPI): `upd align` brings a gem of several Gemfiles to the highest version. It writes as many
# numbers as were there, and takes what begins alike for aligned. Of 7.1.2 and 7.1.3.4 it says `7.1.2 → 7.1.3.4`
# and writes 7.1.3; `--check` finds all aligned afterwards, although a Gemfile means exactly what it says. 7.1.3.3
# beside 7.1.3.4 is not aligned. The manual has fewer numbers for bounds (`flask>=2.0`), where they are wider;
# `--full-precision` writes 7.1.3.4.
#
# Seen on 2026-12-01, beside `gem "rails", "7.1.3.4"`:
#   7.1.2:                   says 7.1.3.4, writes 7.1.3, then all aligned
#   7.1.3:                   all aligned
#   7.1.3.3:                 says 7.1.3.4, writes 7.1.3.4
#   7.1.2, --full-precision: says 7.1.3.4, writes 7.1.3.4
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/py"
"$work/py/bin/pip" install --quiet --disable-pip-version-check upd==0.18.0
"$work/py/bin/upd" --version

upd() { (cd "$work/app" && HOME=$work "$work/py/bin/upd" align . --format text --no-color "$@"); }
expect() {
  local before=$1 expected=$2 said written after
  shift 2
  rm -rf "$work/app" && mkdir -p "$work/app/one" "$work/app/two"
  printf 'source "https://rubygems.org"\ngem "rails", "%s"\n' "$before" >"$work/app/one/Gemfile"
  printf 'source "https://rubygems.org"\ngem "rails", "7.1.3.4"\n' >"$work/app/two/Gemfile"
  said=$(upd --apply "$@" | sed -nE "s/.* $before → //p; s/.*(all) packages are (aligned).*/\1 \2/p")
  written=$(sed -nE 's/^gem "rails", "(.*)"$/\1/p' "$work/app/one/Gemfile")
  upd --check >/dev/null && after=aligned || after="not aligned"
  echo "$before $*: says $said; the Gemfile has $written; --check: $after"
  [[ "$said, $written, $after" == "$expected" ]] || { echo "expected: $expected" >&2; exit 1; }
}
expect 7.1.2 "7.1.3.4, 7.1.3, aligned"
expect 7.1.3 "all aligned, 7.1.3, aligned"
expect 7.1.3.3 "7.1.3.4, 7.1.3.4, aligned"
expect 7.1.2 "7.1.3.4, 7.1.3.4, aligned" --full-precision
