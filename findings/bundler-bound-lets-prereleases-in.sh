#!/usr/bin/env bash
# The bound that keeps a prerelease out lets others in, if the Gemfile has it.
#
# `< 2` contains 2.0.0.rc1, so one writes `< 2.a` to stay before the next line. A letter anywhere in what the
# Gemfile requires of a gem has Bundler consider all its prereleases: with 1.0.0 and 1.1.0.rc1 on offer it locks
# 1.1.0.rc1, where `< 2` locks 1.0.0. The same bound in another gem does not: there 1.0.0 is locked.
#
# Seen with Bundler 2.6.7 (Debian trixie). Fails where that changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Ruby and Bundler of Debian trixie, from where apt gets its packages. FINDINGS_ROOTS may name a folder
# that has such a root already.
root=${FINDINGS_ROOTS:+$FINDINGS_ROOTS/trixie}
if [ -z "$root" ] || [ ! -x "$root/usr/bin/bundle" ]; then
  root=$work/root
  mirror=$(apt-cache policy base-files | sed -nE 's/^ +[0-9]+ (https?:[^ ]+) .*/\1/p' | head -1)
  debootstrap --variant=minbase --include=ruby,ruby-bundler trixie "$root" "$mirror" >"$work/log" 2>&1
fi
case=$(mktemp -d "$root/finding.XXXXXX")
trap 'rm -rf "$work" "$case"' EXIT
inside=${case#"$root"}
run() { chroot "$root" env HOME="$inside" BUNDLE_USER_HOME="$inside" LC_ALL=C.UTF-8 "$@"; }
version=$(run bundle --version | sed 's/.* //')
[ "$version" = 2.6.7 ] || { echo "this is Bundler $version, not 2.6.7"; exit 1; }
# A gem server that answers with the files of $case/index.
cat >"$case/serve.rb" <<'RUBY'
require "socket"; require "digest"
server = TCPServer.new("127.0.0.1", 0)
Thread.new do
  loop do
    client = server.accept
    request = client.gets.to_s.split[1].to_s
    nil until client.gets.to_s.chomp.empty?
    names = Dir.children("index").sort
    text = if request == "/versions"
      "created_at: 2026-01-01T00:00:00Z\n---\n" + names.map { |name|
        lines = File.readlines("index/#{name}", chomp: true)
        "#{name} #{lines.map { _1.split(" ").first }.join(",")} #{Digest::MD5.hexdigest("---\n#{lines.join("\n")}\n")}\n" }.join
    elsif request.start_with?("/info/") && File.file?("index/#{File.basename(request)}")
      "---\n" + File.read("index/#{File.basename(request)}")
    end
    client.write("HTTP/1.1 #{text ? "200 OK" : "404 Not Found"}\r\nContent-Type: text/plain\r\nContent-Length: #{text.to_s.bytesize}\r\nConnection: close\r\n\r\n#{text}")
    client.close
  end
end
ENV["SOURCE"] = "http://127.0.0.1:#{server.addr[1]}"
File.write("Gemfile.lock", File.read("start.lock").gsub("SOURCE", ENV["SOURCE"])) if File.file?("start.lock")
exit(system(*ARGV) ? 0 : 1)
RUBY
mkdir "$case/index"
bundle_in_case() { run sh -c "cd $inside && ruby serve.rb bundle $*" >"$case/said" 2>&1 || { cat "$case/said"; exit 1; }; }
printf '1.0.0 |\n1.1.0.rc1 |\n2.0.0.rc1 |\n2.0.0 |\n' >"$case/index/a"
printf '1.0.0 a:< 2.a|\n' >"$case/index/b"
expect() {
  printf 'source ENV["SOURCE"]\n%s\n' "$1" >"$case/Gemfile"
  rm -f "$case/Gemfile.lock"
  bundle_in_case lock
  local got
  got=$(sed -nE 's/^    a \((.*)\)$/\1/p' "$case/Gemfile.lock")
  echo "$1${3:+, $3}: Bundler $version locks a $got"
  [ "$got" = "$2" ] || { echo "expected $2"; exit 1; }
}
expect 'gem "a", "< 2"' 1.0.0
expect 'gem "a", "< 2.a"' 1.1.0.rc1
expect 'gem "b"' 1.0.0 'which requires a < 2.a'
