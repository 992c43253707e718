#!/usr/bin/env bash
# Apache httpd 2.4 with mod_deflate (Debian): the `ETag` of an encoded answer is not known to the server
# that gave it. It ends with `-gzip`, and a request with exactly that tag in `If-None-Match` gets the
# whole text again (200) and never 304, although nothing changed. The tag without `-gzip`, which the
# server never sent for this answer, gets 304.
#
# A static compact index behind such a server is fetched anew by every client on every call.
#
# Seen on 2026-11-29 with apache2-bin 2.4.71-1~deb12u1:
#   ETag of a gzip answer: "…-gzip"; sent back: 200; without -gzip: 304
set -euo pipefail
work=$(mktemp -d)
cleanup() {
  [[ ! -f $work/pid ]] || kill "$(cat "$work/pid")" 2>/dev/null || true
  sleep 0.5
  rm -rf "$work"
}
trap cleanup EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 2>/dev/null
for package in ./*.deb; do dpkg-deb --extract "$package" root; done
export LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libapr-1.so.0' | head -1)")
modules=$work/root/usr/lib/apache2/modules
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir www
for n in $(seq 2000); do echo "gem-$n 1.0,1.1 0123456789abcdef0123456789abcdef"; done >www/versions
touch -d '1 hour ago' www/versions
cat >conf <<CONF
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $work/pid
ErrorLog $work/error.log
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
User nobody
Group nogroup
DocumentRoot $work/www
<Directory $work/www>
  Require all granted
  ForceType text/plain
  SetOutputFilter DEFLATE
</Directory>
CONF
"$work/root/usr/sbin/apache2" -f "$work/conf"
ask() { curl --silent --retry 5 --retry-connrefused --output /dev/null --header 'Accept-Encoding: gzip' "$@" "http://127.0.0.1:$port/versions"; }
tag=$(ask --dump-header - | tr -d '\r' | sed -n 's/^ETag: //p')
same=$(ask --header "If-None-Match: $tag" --write-out '%{http_code}')
plain=$(ask --header "If-None-Match: ${tag/-gzip/}" --write-out '%{http_code}')
"$work/root/usr/sbin/apache2" -v | head -1
echo "ETag of a gzip answer: $tag; sent back: $same; without -gzip: $plain"
[[ $tag == *-gzip\" && $same == 200 && $plain == 304 ]]
