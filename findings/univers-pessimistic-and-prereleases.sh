#!/usr/bin/env bash
# univers 32.0.1 (PyPI): a gem's `~>` becomes two bounds that hold other versions than it. `~> 1.2.0.rc1` becomes
# `>=1.2.0|<1.3`, without the candidate that it names; `~> 1.2` becomes `>=1.2|<2`, which has 2.0.0.rc1. The
# requirement itself, in the same package, says what RubyGems says.
#
# Seen on 2026-12-01 with Python 3.11 and RubyGems 3.3.15:
#   ~> 1.2.0.rc1, 1.2.0.rc1: range False  requirement True   RubyGems true
#   ~> 1.2.0.rc1, 1.2.0:     range True   requirement True   RubyGems true
#   ~> 1.2,       2.0.0.rc1: range True   requirement False  RubyGems false
#   >= 1.2.0.rc1, 1.2.0.rc1: range True   requirement True   RubyGems true
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" univers==32.0.1
echo "univers 32.0.1 and RubyGems $(ruby -e 'puts Gem::VERSION')"

seen() {
  PYTHONPATH=$work/py python3 - "$1" "$2" <<'PY'
import sys
from univers.gem import GemRequirement, GemVersion
from univers.version_range import GemVersionRange
from univers.versions import RubygemsVersion
text, version = sys.argv[1:]
in_range = GemVersionRange.from_native(text)
print(str(in_range).split("/")[1], RubygemsVersion(version) in in_range, GemRequirement.from_string(text).satisfied_by(GemVersion(version)))
PY
}
expect() {
  local got
  got="$(seen "$1" "$2") $(ruby -e 'puts Gem::Requirement.new(ARGV[0]).satisfied_by?(Gem::Version.new(ARGV[1]))' "$1" "$2")"
  echo "$1 as a range, and whether range, requirement and RubyGems have $2: $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect "~> 1.2.0.rc1" 1.2.0.rc1 ">=1.2.0|<1.3 False True true"
expect "~> 1.2.0.rc1" 1.2.0 ">=1.2.0|<1.3 True True true"
expect "~> 1.2" 2.0.0.rc1 ">=1.2|<2 True False false"
expect ">= 1.2.0.rc1" 1.2.0.rc1 ">=1.2.0.rc1 True True true"
