#!/usr/bin/env bash
# Downloads the program of a release, checks its sum, and puts it on the PATH of the steps that follow.
#   RUNGS_VERSION   version; default: that of this checkout
#   RUNGS_RELEASES  address below which the releases are; a folder as file:///… for tests and mirrors
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
version=${RUNGS_VERSION:-$(awk -F'"' '/^version = / { print $2; exit }' "$here/Cargo.toml")}
releases=${RUNGS_RELEASES:?the address of the releases}
case $(uname -s)-$(uname -m) in
  Linux-x86_64) name=x86_64-linux ;;
  Linux-aarch64 | Linux-arm64) name=aarch64-linux ;;
  Darwin-arm64) name=aarch64-darwin ;;
  Darwin-x86_64) name=x86_64-darwin ;;
  *)
    echo "::error::rungs: no program is built for $(uname -s) on $(uname -m); install it and set the input program" >&2
    exit 2
    ;;
esac
if [[ $name == *-linux ]]; then
  if ldd --version 2>&1 | grep -qi musl; then name+=-musl; else name+=-gnu; fi
fi
archive=rungs-$version-$name.tar.gz
folder=${RUNNER_TEMP:-$(mktemp -d)}/rungs-$version
mkdir -p "$folder"
for file in "$archive" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" "$releases/v$version/$file" || {
    echo "::error::rungs: cannot download $releases/v$version/$file" >&2
    exit 2
  }
done
sum=$(if command -v sha256sum >/dev/null; then sha256sum "$folder/$archive"; else shasum -a 256 "$folder/$archive"; fi | cut -d' ' -f1)
if ! grep -qxF "$sum  $archive" "$folder/SHA256SUMS"; then
  echo "::error::rungs: the checksum of $archive is not the one in SHA256SUMS" >&2
  exit 2
fi
tar -xzf "$folder/$archive" -C "$folder" --strip-components=1
echo "$folder" >>"${GITHUB_PATH:-/dev/stdout}"
