#!/usr/bin/env python3
# `rungs catalog refresh` against real servers on the loopback address: nginx and Apache with and
# without ranges, gzip and validators, with basic auth and TLS, behind tinyproxy and squid, and the
# index of `gem generate_index`; and `bundle lock` against the same index, with the requests and bytes
# of both. `scripts/test-refresh` calls it: refresh.py RUNGS FOLDER. It prints the table of
# docs/refresh.md.

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RUNGS, WORK = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
FILLER = 100_000  # gems of others in `versions`, as a public server has them
NEW = "karafka-testing"  # gets a release between the second and the third refresh
failures = []
servers = []


def check(condition, what):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", flush=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start(command, port, **more):
    log = open(WORK / f"server-{port}.log", "w")
    process = subprocess.Popen(command, stdout=log, stderr=log, **more)
    servers.append(process)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit(f"{command[0]} does not start: {(WORK / f'server-{port}.log').read_text()}")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# ---- the index ---------------------------------------------------------------------------------


def make_index(folder):
    """The embedded catalog as an index, among gems of others."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([RUNGS, "catalog", "export", "--compact-index", folder], check=True)
    versions = folder / "versions"
    head, own = versions.read_text().split("---\n")
    filler = "".join(f"filler-{n} 1.0.{n % 10},1.1.0 {hashlib.md5(str(n).encode()).hexdigest()}\n" for n in range(FILLER))
    versions.write_text(f"{head}---\n{filler}{own}")


def release(folder):
    """A new release of one gem, as a server appends it."""
    info = folder / "info" / NEW
    last = info.read_text().splitlines()[-1]
    line = "9.9.9 " + last.split(" ", 1)[1].split("created_at")[0] + "created_at:2026-11-01T00:00:00Z\n"
    with info.open("a") as out:
        out.write(line)
    digest = hashlib.md5(info.read_bytes()).hexdigest()
    with (folder / "versions").open("a") as out:
        out.write(f"{NEW} 9.9.9 {digest}\n")
    # A server that compares dates sees another one.
    later = time.time() + 5
    for path in [info, folder / "versions"]:
        os.utime(path, (later, later))


# ---- servers -----------------------------------------------------------------------------------


def nginx(port, root, extra="", ssl=None):
    log = WORK / f"access-{port}.log"
    listen = f"listen 127.0.0.1:{port}" + (" ssl" if ssl else "")
    tls = f"ssl_certificate {ssl[0]}; ssl_certificate_key {ssl[1]};" if ssl else ""
    config = write(WORK / f"nginx-{port}.conf", f"""
daemon off; pid {WORK}/nginx-{port}.pid; error_log stderr; user root;
events {{ }}
http {{
  default_type text/plain;
  log_format bytes '$request_method $uri $status $body_bytes_sent';
  access_log {log} bytes;
  server {{ {listen}; {tls} root {root}; {extra} }}
}}
""")
    start(["nginx", "-c", str(config)], port)
    return log


def apache(port, root, extra=""):
    modules = "/usr/lib/apache2/modules"
    names = "mpm_event authz_core authz_host authn_core authn_file auth_basic authz_user deflate filter headers alias"
    load = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names.split())
    config = write(WORK / f"apache-{port}.conf", f"""
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {WORK}/apache-{port}.pid
ErrorLog {WORK}/apache-{port}.err
{load}
User www-data
Group www-data
DocumentRoot {root}
<Directory {root}>
  Require all granted
  ForceType text/plain
  {extra}
</Directory>
""")
    start(["apache2", "-D", "FOREGROUND", "-f", str(config)], port)


class Public(BaseHTTPRequestHandler):
    """As rubygems.org answers: an ETag that is the MD5, Repr-Digest, ranges, gzip."""

    protocol_version = "HTTP/1.1"
    root = None
    log = []

    def do_GET(self):
        path = self.root / self.path.lstrip("/")
        if not path.is_file():
            return self.answer(404, b"", {})
        text = path.read_bytes()
        etag = f'"{hashlib.md5(text).hexdigest()}"'
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        headers = {"ETag": etag, "Repr-Digest": f"sha-256=:{digest}:", "Content-Type": "text/plain"}
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, b"", headers)
        span = self.headers.get("Range", "")
        if span.startswith("bytes=") and span.endswith("-"):
            first = int(span[6:-1])
            if first >= len(text):
                return self.answer(416, b"", {})
            headers["Content-Range"] = f"bytes {first}-{len(text) - 1}/{len(text)}"
            return self.answer(206, text[first:], headers)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            import gzip

            text = gzip.compress(text, 6)
        self.answer(200, text, headers)

    def answer(self, status, body, headers):
        self.log.append((self.path, status, len(body)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def public(root):
    handler = type("Handler", (Public,), {"root": root, "log": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1], handler.log


# ---- calls -------------------------------------------------------------------------------------


def clean_environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BUNDLE_") and "proxy" not in k.lower()}
    return {**kept, "HOME": str(WORK / "home"), "BUNDLE_RETRY": "0", **more}


def refresh(name, url, **environment):
    """Exit code, output, and what it took."""
    command = [RUNGS, "catalog", "refresh", "--from", url, "--cache", WORK / "cache" / name, "--check"]
    folder = WORK / "app"
    folder.mkdir(exist_ok=True)
    run = subprocess.run(command, cwd=folder, text=True, capture_output=True, env=clean_environment(**environment))
    cost = next((line for line in run.stderr.splitlines() if "bytes received" in line), "")
    cost = cost.replace("rungs: ", "").replace(" received", "").replace("requests", "").replace("request", "")
    return run, tuple(int(word) for word in cost.replace("bytes", "").split(",")) if cost else None


rows = []


def three(name, root, url, **environment):
    """First, second and third refresh: nothing new, nothing new, one new release."""
    make_index(root)
    shutil.rmtree(WORK / "cache" / name, ignore_errors=True)
    first, cost1 = refresh(name, url, **environment)
    check(first.returncode == 0 and "known up to" in first.stderr, f"{name}: first: {first.returncode} {first.stdout}{first.stderr}")
    second, cost2 = refresh(name, url, **environment)
    check(second.returncode == 0 and cost2 and cost2[0] == 1, f"{name}: second: {second.stdout}{second.stderr}")
    release(root)
    third, cost3 = refresh(name, url, **environment)
    check(third.returncode == 1 and f"new: {NEW} 9.9.9" in third.stdout, f"{name}: third: {third.stdout}{third.stderr}")
    shown = [f"{cost[0]} / {cost[1]:,}" if cost else "-" for cost in (cost1, cost2, cost3)]
    rows.append(f"| {name} | {' | '.join(shown)} |")
    print(rows[-1], flush=True)


def refused(name, url, words, **environment):
    run, _ = refresh(name, url, **environment)
    lines = run.stderr.splitlines()
    check(run.returncode == 2 and len(lines) == 1 and words in run.stderr, f"{name}: {run.returncode} {run.stdout}{run.stderr}")
    rows.append(f"| {name} | {lines[0].split(': ', 2)[-1] if lines else '-'} | | |")
    print(rows[-1], flush=True)


def bundle_lock(root, log):
    """`bundle lock` of the family, twice, with an empty home first: requests and bytes."""
    folder = WORK / "bundle"
    shutil.rmtree(folder, ignore_errors=True)
    return_port = bundle_lock.port
    write(folder / "Gemfile", f'source "http://127.0.0.1:{return_port}"\n' + "".join(f'gem "{name}"\n' for name in
          ["karafka", "karafka-web", "waterdrop", "karafka-testing"]))
    costs = []
    for _ in range(2):
        log.clear()
        (folder / "Gemfile.lock").unlink(missing_ok=True)
        run = subprocess.run(["bundle", "lock"], cwd=folder, text=True, capture_output=True,
                             env=clean_environment(HOME=str(folder / "home"), BUNDLE_USER_HOME=str(folder / "home/.bundle"), BUNDLE_APP_CONFIG=str(folder / ".bundle")))
        costs.append((len(log), sum(size for _, _, size in log), run.returncode, run.stderr[-300:]))
    return costs


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    os.chmod(WORK, 0o755)
    home = WORK / "home"
    home.mkdir()
    print("| server | first: requests / bytes | second | after one release |\n|---|---|---|---|", flush=True)

    # The same index for rungs and for Bundler.
    root = WORK / "public"
    port, log = public(root)
    three("as rubygems.org answers", root, f"http://127.0.0.1:{port}")
    make_index(root)
    # What the family requires outside itself, so that Bundler can resolve.
    for name, text in OUTSIDE.items():
        write(root / "info" / name, text)
        with (root / "versions").open("a") as out:
            numbers = ",".join(line.split(" ")[0] for line in text.splitlines()[1:])
            out.write(f"{name} {numbers} {hashlib.md5(text.encode()).hexdigest()}\n")
    bundle_lock.port = port
    costs = bundle_lock(root, log)
    shown = " | ".join(f"{requests} / {size:,}" for requests, size, _, _ in costs)
    version = subprocess.run(["bundle", "--version"], text=True, capture_output=True).stdout.split()[-1]
    check(all(code == 0 for _, _, code, _ in costs), f"bundle lock: {costs}")
    rows.append(f"| the same, `bundle lock` of Bundler {version} (with {len(OUTSIDE)} other gems) | {shown} | |")
    print(rows[-1], flush=True)

    root = WORK / "www"
    make_index(root)
    port = free_port()
    nginx(port, root)
    three("nginx", root, f"http://127.0.0.1:{port}")
    port = free_port()
    nginx(port, root, "gzip on; gzip_types text/plain; gzip_min_length 100;")
    three("nginx, gzip", root, f"http://127.0.0.1:{port}")
    port = free_port()
    nginx(port, root, "max_ranges 0;")
    three("nginx without ranges", root, f"http://127.0.0.1:{port}")
    port = free_port()
    nginx(port, root, "etag off;")
    three("nginx without ETag", root, f"http://127.0.0.1:{port}")
    port = free_port()
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "p@ss"], text=True, capture_output=True, check=True).stdout
    users = write(WORK / "users", f"me:{hashed}")
    os.chmod(users, 0o644)
    nginx(port, root, f"auth_basic gems; auth_basic_user_file {users};")
    three("nginx, basic auth", root, f"http://127.0.0.1:{port}", BUNDLE_127__0__0__1="me:p%40ss")
    refused("nginx, basic auth, without credentials", f"http://127.0.0.1:{port}", "asks for credentials (status 401)")

    key, certificate = WORK / "key.pem", WORK / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-addext", "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True)
    tls = free_port()
    nginx(tls, root, ssl=(certificate, key))
    three("nginx, TLS, BUNDLE_SSL_CA_CERT", root, f"https://localhost:{tls}", BUNDLE_SSL_CA_CERT=str(certificate))
    refused("nginx, TLS, certificate not trusted", f"https://localhost:{tls}", "no trusted connection")

    port = free_port()
    apache(port, root)
    three("Apache", root, f"http://127.0.0.1:{port}")
    port = free_port()
    apache(port, root, "SetOutputFilter DEFLATE")
    three("Apache, mod_deflate", root, f"http://127.0.0.1:{port}")
    port = free_port()
    apache(port, root, "MaxRanges none")
    three("Apache without ranges", root, f"http://127.0.0.1:{port}")

    port = free_port()
    config = write(WORK / "tinyproxy.conf", f"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nConnectPort {tls}\n")
    start(["tinyproxy", "-d", "-c", str(config)], port)
    trusted = {"BUNDLE_SSL_CA_CERT": str(certificate)}
    three("nginx, TLS, through tinyproxy", root, f"https://localhost:{tls}", https_proxy=f"http://127.0.0.1:{port}", **trusted)
    plain = free_port()
    nginx(plain, root)
    refused("nginx through tinyproxy, no TLS", f"http://127.0.0.1:{plain}", "the proxy does not lead there",
            http_proxy=f"http://127.0.0.1:{port}")
    port = free_port()
    spool = WORK / "squid"
    spool.mkdir()
    shutil.chown(spool, "proxy")
    config = write(WORK / "squid.conf", f"http_port 127.0.0.1:{port}\nacl here src 127.0.0.1\nhttp_access allow here\n"
                   f"pid_filename {spool}/pid\naccess_log none\ncache_log {spool}/cache.log\ncoredump_dir {spool}\n"
                   "cache deny all\nshutdown_lifetime 1 seconds\n")
    start(["squid", "-N", "-f", str(config)], port)
    three("nginx, TLS, through squid", root, f"https://localhost:{tls}", https_proxy=f"http://127.0.0.1:{port}", **trusted)

    # What `gem generate_index` writes, and `gem server` of older RubyGems serves.
    gems = WORK / "gems"
    (gems / "gems").mkdir(parents=True)
    write(gems / "x.gemspec", 'Gem::Specification.new { |s| s.name = "x"; s.version = "1.0"; s.summary = "x"; s.authors = ["x"] }\n')
    for command in (["gem", "build", "x.gemspec", "-o", "gems/x-1.0.gem"], ["gem", "generate_index", "-d", "."]):
        subprocess.run(command, cwd=gems, check=True, capture_output=True, env=clean_environment())
    port = free_port()
    nginx(port, gems)
    refused("`gem generate_index`", f"http://127.0.0.1:{port}", "has no compact index")

    (WORK / "table.md").write_text("\n".join(rows) + "\n")


# The gems outside that the newest family needs, with one release each.
OUTSIDE = {name: f"---\n{number} |\n" for name, number in {
    "zeitwerk": "2.7.3", "base64": "0.3.0", "erubi": "1.13.1", "roda": "3.100.0", "tilt": "2.6.1", "ffi": "1.17.2",
    "rake": "13.3.0", "json": "2.15.0", "logger": "1.7.0", "ostruct": "0.6.3", "mini_portile2": "2.8.9", "rack": "3.2.0",
}.items()}

try:
    main()
finally:
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
if failures:
    sys.exit(f"{len(failures)} failed")
print("all as expected")
