#!/usr/bin/env bash
# packageurl-python 0.17.6 (PyPI): between a gem built for a platform and its address nothing goes through. Of
# the address of such a gem `url2purl` takes what is behind the last `-` for the version, so nokogiri 1.18.1 for
# `java` is the gem `nokogiri-1.18.1` in version `java`. The other way `purl2url` gives the address of another
# file, the gem without a platform, although purl's types name `platform` for gems. A gem without a platform
# goes through both ways, with `-` in its name too. There is no error.
#
# Seen on 2026-12-01 with Python 3.11:
#   i18n-js-3.0.11.gem:                   name i18n-js, version 3.0.11
#   nokogiri-1.18.1-java.gem:             name nokogiri-1.18.1, version java
#   nokogiri-1.18.1-x86_64-linux-gnu.gem: name nokogiri-1.18.1-x86_64-linux, version gnu
#   gem/i18n-js@3.0.11:                   i18n-js-3.0.11.gem
#   gem/nokogiri@1.18.1?platform=java:    nokogiri-1.18.1.gem
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" packageurl-python==0.17.6
echo "packageurl-python 0.17.6"

ask() { PYTHONPATH=$work/py python3 -c "$@"; }
same() {
  echo "$1: $2"
  [[ $2 == "$3" ]] || { echo "expected: $3" >&2; exit 1; }
}
purl() {
  same "$1" "$(ask 'import sys
from packageurl.contrib.url2purl import get_purl
it = get_purl("https://rubygems.org/downloads/" + sys.argv[1])
print(f"name {it.name}, version {it.version}, qualifiers {it.qualifiers}")' "$1")" "$2, qualifiers {}"
}
purl i18n-js-3.0.11.gem "name i18n-js, version 3.0.11"
purl nokogiri-1.18.1-java.gem "name nokogiri-1.18.1, version java"
purl nokogiri-1.18.1-x86_64-linux-gnu.gem "name nokogiri-1.18.1-x86_64-linux, version gnu"
url() {
  same "$1" "$(ask 'import sys
from packageurl.contrib.purl2url import get_download_url
print(get_download_url("pkg:" + sys.argv[1]).split("/")[-1])' "$1")" "$2"
}
url gem/i18n-js@3.0.11 i18n-js-3.0.11.gem
url "gem/nokogiri@1.18.1?platform=java" nokogiri-1.18.1.gem
