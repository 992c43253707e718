#!/usr/bin/env bash
# sbomdiff 0.6.0 (PyPI): of several components with one name only the first counts, whatever their purls are. In
# an app with the npm package redis and the gem redis (stripe and pg are such pairs too) it does not report that
# the gem went from 4.8.1 to 5.0.8, or came, and exits with 0. Where the order of the two differs, it reports a
# change that there was not. Its README has equal names without a path as one entry, among instances of a package.
#
# Seen on 2026-12-01 with Python 3.11 and lib4sbom 0.10.4, CycloneDX 1.5:
#   gem 4.8.1 -> gem 5.0.8:                       1, Version changed from 4.8.1 to 5.0.8
#   npm 4.6.0, gem 4.8.1 -> npm 4.6.0, gem 5.0.8: 0, nothing
#   npm 4.6.0 -> npm 4.6.0, gem 5.0.8:            0, nothing
#   npm 4.6.0, gem 4.8.1 -> gem 4.8.1, npm 4.6.0: 1, Version changed from 4.6.0 to 4.8.1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/py"
"$work/py/bin/pip" install --quiet --disable-pip-version-check sbomdiff==0.6.0 lib4sbom==0.10.4
echo "sbomdiff $("$work/py/bin/sbomdiff" --version)"

sbom() {
  python3 - "$1" <<'PY'
import json, sys
components = []
for one in sys.argv[1].split(", "):
    ecosystem, version = one.split()
    purl = f"pkg:{ecosystem}/redis@{version}"
    components.append({"type": "library", "bom-ref": purl, "name": "redis", "version": version, "purl": purl})
print(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}))
PY
}
expect() {
  local status=0 said
  sbom "$1" >"$work/before.json"
  sbom "$2" >"$work/after.json"
  "$work/py/bin/sbomdiff" "$work/before.json" "$work/after.json" >"$work/said" || status=$?
  said=$(sed -n 's/^\[.*\] redis: //p' "$work/said")
  echo "redis, $1 -> $2: $status, ${said:=nothing}"
  [[ "$status, $said" == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect "gem 4.8.1" "gem 5.0.8" "1, Version changed from 4.8.1 to 5.0.8"
expect "npm 4.6.0, gem 4.8.1" "npm 4.6.0, gem 5.0.8" "0, nothing"
expect "npm 4.6.0" "npm 4.6.0, gem 5.0.8" "0, nothing"
expect "npm 4.6.0, gem 4.8.1" "gem 4.8.1, npm 4.6.0" "1, Version changed from 4.6.0 to 4.8.1"
