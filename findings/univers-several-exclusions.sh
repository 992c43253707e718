#!/usr/bin/env bash
# univers 32.0.1 (PyPI): a gem requirement with two exclusions, `!= 2.2.14, != 2.2.5`, contains no
# version at all, although each exclusion alone contains every other version. RubyGems takes the parts
# of a requirement as a conjunction: 1.2.10 meets both.
#
# Seen on 2026-11-29 with Python 3.11 and RubyGems 3.3.15:
#   != 2.2.14           contains 1.2.10: True   RubyGems: true
#   != 2.2.14, != 2.2.5 contains 1.2.10: False  RubyGems: true
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" univers==32.0.1

seen() {
  PYTHONPATH=$work/py python3 - "$1" "$2" <<'PY'
import sys
from univers.version_range import GemVersionRange
from univers.versions import RubygemsVersion
print(RubygemsVersion(sys.argv[2]) in GemVersionRange.from_native(sys.argv[1]))
PY
}
rubygems() {
  ruby -e 'puts Gem::Requirement.new(ARGV[0].split(", ")).satisfied_by?(Gem::Version.new(ARGV[1]))' "$1" "$2"
}
expect() {
  local got
  got="$(seen "$1" "$2") $(rubygems "$1" "$2")"
  echo "$1 contains $2: univers and RubyGems say $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect "!= 2.2.14" 1.2.10 "True true"
expect "!= 2.2.5" 1.2.10 "True true"
expect "!= 2.2.14, != 2.2.5" 1.2.10 "False true"
