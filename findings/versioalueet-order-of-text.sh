#!/usr/bin/env bash
# versioalueet 2025.1.8 (PyPI): it orders the bounds of a `vers` range as text, `1.10` before `1.9`, and
# then leaves out those that seem to lie within others. `normalize` returns another range than it was
# given: of `>=2.8|<2.9|>=2.10|<3` the part of 2.8 is gone, in another the gap between two parts. Without a
# number of two digits it returns the range itself. The specification orders bounds as the ecosystem
# orders versions.
#
# Seen on 2026-11-30 with Python 3.11, contained according to univers 32.0.1:
#   >=2.6|<2.7|>=2.8|<3    returned as it is            2.6.1: before and after True
#   >=2.8|<2.9|>=2.10|<3   returned as >=2.10|<3        2.8.1: before True, after False
#   >=1.2|<1.9|>=1.20|<2   returned as >=1.2|<2         1.15:  before False, after True
#   >=1.9|<1.10|>=1.20|<2  returned as <1.10|>=1.20|<2  1.0:   before False, after True
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" versioalueet==2025.1.8 univers==32.0.1
echo "versioalueet 2025.1.8 and univers 32.0.1"

seen() {
  PYTHONPATH=$work/py python3 - "$1" "$2" <<'PY'
import sys
from univers.version_range import VersionRange
from univers.versions import RubygemsVersion
from versioalueet.api import VersionRanges
before = "vers:gem/" + sys.argv[1]
after = VersionRanges(before).normalize()
print(after.split("/")[1], *[RubygemsVersion(sys.argv[2]) in VersionRange.from_string(it) for it in (before, after)])
PY
}
expect() {
  local got
  got="$(seen "$1" "$2")"
  echo "$1, as returned, and whether each contains $2: $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect ">=2.6|<2.7|>=2.8|<3" 2.6.1 ">=2.6|<2.7|>=2.8|<3 True True"
expect ">=2.8|<2.9|>=2.10|<3" 2.8.1 ">=2.10|<3 True False"
expect ">=1.2|<1.9|>=1.20|<2" 1.15 ">=1.2|<2 False True"
expect ">=1.9|<1.10|>=1.20|<2" 1.0 "<1.10|>=1.20|<2 False True"
