#!/usr/bin/env bash
# keep-a-changelog 3.1.0 (npm): a release with a version that is not semver's has no version. `7.1.3.4` and
# `8.0.0.rc1`, as gems number them, are read without an error, come before all others as what is not released
# does, and are written back as `## Unreleased`: number and date are lost, and of two such releases there is
# one heading twice.
#
# Seen on 2026-12-01 with Node 20:
#   7.1.4, 7.1.3.4, 7.1.3:             written back as Unreleased, 7.1.4, 7.1.3
#   8.0.0, 8.0.0.rc1, 7.1.3.4, 7.1.3:  written back as Unreleased, Unreleased, 8.0.0, 7.1.3
#   8.0.0, 8.0.0-rc1, 7.1.3:           written back as it was
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" keep-a-changelog@3.1.0
cat >"$work/through.mjs" <<'JS'
import { parser } from "keep-a-changelog";
const releases = process.argv[2].split(", ");
const text = releases.map((version, at) => `## [${version}] - 2026-01-${20 - at}\n### Fixed\n- Something.\n`);
const written = parser(`# Changelog\n\n${text.join("\n")}`).toString();
console.log(written.match(/^## .*/gm).map((heading) => heading.slice(3)).join(", "));
JS
echo "keep-a-changelog 3.1.0"

expect() {
  local got
  got=$(node "$work/through.mjs" "$1")
  echo "$1: written back as $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect "7.1.4, 7.1.3.4, 7.1.3" "Unreleased, 7.1.4 - 2026-01-20, 7.1.3 - 2026-01-18"
expect "8.0.0, 8.0.0.rc1, 7.1.3.4, 7.1.3" "Unreleased, Unreleased, 8.0.0 - 2026-01-20, 7.1.3 - 2026-01-17"
expect "8.0.0, 8.0.0-rc1, 7.1.3" "8.0.0 - 2026-01-20, 8.0.0-rc1 - 2026-01-19, 7.1.3 - 2026-01-18"
