#!/usr/bin/env bash
# Apache httpd 2.4 (Debian): whether `If-None-Match` gives 304 depends on how young the file was when it
# was first fetched, if the request has a `Range` too. The `ETag` of a file that was written less than a
# second ago is weak (`W/"…"`). Sent back later it gets 304, but with a `Range` header beside it the part
# is sent (206), although nothing changed. The tag of an older file gets 304 both ways.
#
# Clients of compact indexes send `Range` and `If-None-Match` together (Bundler does).
#
# Seen on 2026-11-29 with apache2-bin 2.4.71-1~deb12u1:
#   young: W/"…"  304 alone, 206 with Range
#   old:   "…"    304 alone, 304 with Range
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
cat >conf <<CONF
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $work/pid
ErrorLog $work/error.log
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
User nobody
Group nogroup
DocumentRoot $work/www
<Directory $work/www>
  Require all granted
</Directory>
CONF
"$work/root/usr/sbin/apache2" -f "$work/conf"
ask() { curl --silent --retry 5 --retry-connrefused --output /dev/null "$@" "http://127.0.0.1:$port/versions"; }
"$work/root/usr/sbin/apache2" -v | head -1
look() {
  local tag alone range
  tag=$(ask --dump-header - | tr -d '\r' | sed -n 's/^ETag: //p')
  sleep 2
  alone=$(ask --header "If-None-Match: $tag" --write-out '%{http_code}')
  range=$(ask --header "If-None-Match: $tag" --header 'Range: bytes=5-' --write-out '%{http_code}')
  echo "$1: $tag  $alone alone, $range with Range"
  [[ "${tag:0:2} $alone $range" == "$2" ]]
}
printf 'created_at: 2026-01-01\n---\n' >www/versions
ask >/dev/null # the server answers
touch www/versions
look young "W/ 304 206"
touch -d '1 hour ago' www/versions
tag=$(ask --dump-header - | tr -d '\r' | sed -n 's/^ETag: //p')
look old "${tag:0:2} 304 304"
