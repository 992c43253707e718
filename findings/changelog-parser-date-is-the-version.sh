#!/usr/bin/env bash
# changelog-parser 4.1.0 (npm): of a heading as Rails writes them, `## Rails 7.1.3.4 (June 04, 2024) ##`,
# the date is the version's first three numbers. It reads dates such as `June 04, 2024` (its README says
# so), but any three numbers behind a blank come first, with points between them too. Without the word
# `Rails` the same heading has its date. There is no error.
#
# Seen on 2026-11-30 with Node 20:
#   ## 7.1.3.4 (June 04, 2024) ##        version 7.1.3.4, date 2024-06-04
#   ## Rails 7.1.3.4 (June 04, 2024) ##  version 7.1.3.4, date 7.1.3
#   ## Rails 7.1.0 (October 05, 2023) ## version 7.1.0, date 7.1.0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" changelog-parser@4.1.0
cat >"$work/read.mjs" <<'JS'
import * as parser from "changelog-parser";
const parse = parser.default ?? parser.parseChangelog;
const { versions } = await parse({ text: process.argv[2] + "\n\n*   A change.\n" });
console.log(versions.map((it) => `${it.version} ${it.date}`).join("\n"));
JS
echo "changelog-parser 4.1.0"

expect() {
  local got
  got="$(node "$work/read.mjs" "$1")"
  echo "$1: version and date are $got"
  [[ $got == "$2" ]] || { echo "expected: $2" >&2; exit 1; }
}
expect "## 7.1.3.4 (June 04, 2024) ##" "7.1.3.4 2024-06-04"
expect "## Rails 7.1.3.4 (June 04, 2024) ##" "7.1.3.4 7.1.3"
expect "## Rails 7.1.0 (October 05, 2023) ##" "7.1.0 7.1.0"
