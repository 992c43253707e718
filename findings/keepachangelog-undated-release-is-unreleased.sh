#!/usr/bin/env bash
# keepachangelog 2.0.0 (PyPI): `to_dict` leaves out the section `Unreleased`, unless asked for it. It finds
# it by its date, which is missing, and of several sections without one it leaves out the last. Where the
# first release has no date, that release is missing and `Unreleased` is among the releases. Without a
# section `Unreleased` the oldest of two undated releases is missing. There is no error.
#
# Seen on 2026-11-30 with Python 3.11:
#   Unreleased, 1.1.0 - 2026-01-15, 1.0.0 - 2025-11-03: 1.1.0, 1.0.0
#   Unreleased, 1.1.0 - 2026-01-15, 1.0.0:              unreleased, 1.1.0
#   1.1.0, 1.0.0:                                       1.1.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" keepachangelog==2.0.0
echo "keepachangelog 2.0.0"

expect() {
  local got
  got=$(PYTHONPATH=$work/py python3 - "$1" <<'PY'
import sys
import keepachangelog
text = "# Changelog\n"
for heading in sys.argv[1].split(", "):
    text += f"\n## {heading}\n\n### Added\n\n- Something.\n"
print(", ".join(keepachangelog.to_dict(text.splitlines(keepends=True))))
PY
)
  echo "$1: releases $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect "Unreleased, 1.1.0 - 2026-01-15, 1.0.0 - 2025-11-03" "1.1.0, 1.0.0"
expect "Unreleased, 1.1.0 - 2026-01-15, 1.0.0" "unreleased, 1.1.0"
expect "1.1.0, 1.0.0" "1.1.0"
