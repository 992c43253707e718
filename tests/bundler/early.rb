# frozen_string_literal: true

# When Bundler looks at the prereleases of a gem: where the Gemfile names one, not where another gem requires one.
# Then no line of the Gemfile has to keep them out (`Gem::is_early` in src/planner/guidance).

require_relative "index"

RELEASES = {
  "a" => ["1.1.0 b:>= 1.0.a|"],
  "b" => ["1.0.0 |", "1.1.0 |", "1.1.1.rc1 |", "1.2.0.rc1 |"]
}.freeze

infos = RELEASES.transform_values { |lines| "---\n#{lines.join("\n")}\n" }
versions = RELEASES.map do |name, lines|
  "#{name} #{lines.map { _1.split.first }.join(",")} #{Digest::MD5.hexdigest(infos[name])}\n"
end
server = Server.new
server.files = infos.transform_keys { "/info/#{_1}" }.merge(
  "/versions" => "created_at: 2026-01-01T00:00:00Z\n---\n#{versions.join}", "/names" => "---\na\nb\n"
)

# The version of b that is locked, with nothing locked before, or that lock before an update.
locked = lambda do |gemfile, before: nil|
  bundle = Bundle.new(server.port)
  bundle.vendor("c", "1.0.0", [["b", [">= 1.0.a"]]])
  ([before].compact + [gemfile]).each_with_index do |lines, at|
    bundle.gemfile = lines
    said = bundle.lock(*(at.zero? ? [] : ["--update", "b"]))
    abort "bundle lock failed:\n#{said}" if said
  end
  bundle.locked["b"]
ensure
  bundle.gone
end

begin
  {
    ['gem "a"'] => "1.1.0",
    ['gem "c", path: "vendor/c"'] => "1.1.0",
    ['gem "a"', 'gem "b", "~> 1.1.0"'] => "1.1.0",
    ['gem "a"', 'gem "b", ">= 1.0"'] => "1.1.0",
    ['gem "a"', 'gem "b", ">= 1.0.a"'] => "1.2.0.rc1"
  }.each do |gemfile, expected|
    [nil, ['gem "a"', 'gem "c", path: "vendor/c"', 'gem "b", "1.0.0"']].each do |before|
      version = locked.call(gemfile, before:)
      abort "#{gemfile.join("; ")}: b is locked at #{version}, not #{expected}" unless version == expected
    end
  end
  puts "Bundler looks at prereleases where the Gemfile names one"
ensure
  server.stop
end
