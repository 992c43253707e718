#!/usr/bin/env bash
# Bundler 2.3.15 (Debian 12): it takes the `ETag` of `versions` for the MD5 sum of the text. From a
# server whose tag is anything else, such as nginx or Apache serving the same files, it fetches
# `versions` twice, gives the compact index up, and asks for
# `specs.4.8.gz`; without such a file it fails. A server that gives no `ETag` at all is fine.
#
# Seen on 2026-11-29 with ruby-bundler 2.3.15-2+deb12u1, one index, three servers:
#   ETag is the MD5:   locked    GET /versions, /info/one
#   no ETag:           locked    GET /versions, /info/one
#   ETag is nginx's:   not locked, GET /versions twice, then the older interfaces
set -euo pipefail
work=$(mktemp -d)
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq ruby-bundler=2.3.15-2+deb12u1 2>/dev/null
dpkg-deb --extract ruby-bundler_*.deb root
bundler=$(find "$work/root" -type d -path '*/gems/bundler-2.3.15' -o -type f -name 'bundler.rb' -path '*ruby*' | head -1)
[[ -d $bundler ]] && lib=$bundler/lib || lib=$(dirname "$bundler")
cat >server.py <<'PY'
import hashlib, http.server, sys
INFO = b"---\n1.0.0 |\n"
VERSIONS = b"created_at: 2026-01-01T00:00:00Z\n---\none 1.0.0 " + hashlib.md5(INFO).hexdigest().encode() + b"\n"
TEXTS = {"/versions": VERSIONS, "/info/one": INFO}
KIND = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path.split("?")[0], file=sys.stderr, flush=True)
        text = TEXTS.get(self.path)
        self.send_response(200 if text else 404)
        if text and KIND != "none":
            tag = hashlib.md5(text).hexdigest() if KIND == "md5" else "5f8d0c1e-2a"
            self.send_header("ETag", f'"{tag}"')
        self.send_header("Content-Length", str(len(text or b"")))
        self.end_headers()
        self.wfile.write(text or b"")
    do_HEAD = do_GET
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
look() {
  rm -rf "app-$1" && mkdir "app-$1"
  python3 server.py "$1" >"app-$1/port" 2>"app-$1/asked" &
  server=$!
  until [[ -s app-$1/port ]]; do sleep 0.1; done
  printf 'source "http://127.0.0.1:%s"\ngem "one"\n' "$(cat "app-$1/port")" >"app-$1/Gemfile"
  local result=locked
  (cd "app-$1" && env -u BUNDLE_GEMFILE HOME="$PWD" BUNDLE_USER_HOME="$PWD/.bundle" BUNDLE_RETRY=0 \
    ruby -I "$lib" -e 'require "bundler"; require "bundler/friendly_errors"; require "bundler/cli"; Bundler::CLI.start(["lock"])' >out 2>&1) || result="not locked"
  kill $server
  local versions others
  versions=$(grep -c '^/versions$' "app-$1/asked" || true)
  others=$(grep -cvE '^/(versions|info/one)$' "app-$1/asked" || true)
  echo "ETag $1: $result; /versions $versions times, older interfaces $((others > 0))"
  [[ "$result $versions $((others > 0))" == "$2" ]] || { cat "app-$1/asked" "app-$1/out" >&2; exit 1; }
}
ruby -I "$lib" -e 'require "bundler"; puts "Bundler #{Bundler::VERSION}"'
look md5 "locked 1 0"
look none "locked 1 0"
look nginx "not locked 2 1"
