#!/usr/bin/env bash
# ureq 3.5.2 (crates.io): a plain `http://` address is asked for through a proxy with `CONNECT`, as
# `https://` is. curl, Ruby's Net::HTTP and most clients send `GET http://host/path` to the proxy
# instead. Proxies that allow `CONNECT` for the ports of TLS only, which is usual, refuse the first and
# serve the second.
#
# Seen on 2026-11-29:
#   curl: GET http://gems.invalid/versions HTTP/1.1
#   ureq: CONNECT gems.invalid:80 HTTP/1.1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "ask"
version = "0.1.0"
edition = "2021"
[dependencies]
ureq = { version = "=3.5.2", default-features = false }
[workspace]
TOML
cat >"$work/src/main.rs" <<'RUST'
fn main() {
    let proxy = ureq::Proxy::new(&std::env::args().nth(1).unwrap()).unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(Some(proxy)).build().into();
    let _ = agent.get("http://gems.invalid/versions").call();
}
RUST
cargo build --quiet --manifest-path "$work/Cargo.toml" --target-dir "$work/target"
# A proxy that answers 403 and prints the first line of what it was asked.
cat >"$work/proxy.py" <<'PY'
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
print(server.getsockname()[1], flush=True)
for _ in range(2):
    connection, _ = server.accept()
    print(connection.recv(4096).decode().splitlines()[0], flush=True)
    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    connection.close()
PY
python3 "$work/proxy.py" >"$work/asked" &
until [[ -s $work/asked ]]; do sleep 0.1; done
proxy=http://127.0.0.1:$(head -1 "$work/asked")
curl --silent --output /dev/null --proxy "$proxy" http://gems.invalid/versions
"$work/target/debug/ask" "$proxy"
wait
mapfile -t asked < <(tail -2 "$work/asked")
echo "curl: ${asked[0]}"
echo "ureq: ${asked[1]}"
[[ ${asked[0]} == "GET http://gems.invalid/versions HTTP/1.1" && ${asked[1]} == "CONNECT gems.invalid:80 HTTP/1.1" ]]
