#!/usr/bin/env bash
# gem_version 1.0.0 (crates.io): a number of a version that does not fit into 32 bits is taken for
# letters. Letters come before numbers, so `1.0.20240115103000`, as builds that end in their date and time
# are named, is older than `1.0`. Two such numbers are ordered as text. For RubyGems numbers have no bound.
#
# Seen on 2026-11-30 with RubyGems 3.3.15:
#   1.0.4294967295     <=> 1.0:             gem_version 1   RubyGems 1
#   1.0.4294967296     <=> 1.0:             gem_version -1  RubyGems 1
#   1.0.20240115103000 <=> 1.0:             gem_version -1  RubyGems 1
#   1.0.9999999999     <=> 1.0.10000000000: gem_version 1   RubyGems -1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "compare"
version = "0.1.0"
edition = "2021"
[dependencies]
gem_version = "=1.0.0"
[workspace]
TOML
cat >"$work/src/main.rs" <<'RUST'
fn main() {
    let versions: Vec<gem_version::GemVersion> = std::env::args().skip(1).map(|it| it.parse().unwrap()).collect();
    println!("{}", versions[0].cmp(&versions[1]) as i8);
}
RUST
cargo build --quiet --manifest-path "$work/Cargo.toml" --target-dir "$work/target"

echo "gem_version 1.0.0 and RubyGems $(ruby -e 'puts Gem::VERSION')"
expect() {
  local got
  got="$("$work/target/debug/compare" "$1" "$2")"
  got="$got $(ruby -e 'puts Gem::Version.new(ARGV[0]) <=> Gem::Version.new(ARGV[1])' "$1" "$2")"
  echo "$1 <=> $2: gem_version and RubyGems say $got"
  [[ $got == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
expect 1.0.4294967295 1.0 "1 1"
expect 1.0.4294967296 1.0 "-1 1"
expect 1.0.20240115103000 1.0 "-1 1"
expect 1.0.9999999999 1.0.10000000000 "1 -1"
