# frozen_string_literal: true

# `bundle lock` of one Gemfile against the exported index, served as it was written.
#   ruby tests/bundler/resolves.rb EXPORTED [OUTSIDE]

require_relative "index"

index = CompactIndex.new(*ARGV)
server = Server.new
server.files = index.files
bundle = Bundle.new(server.port)
begin
  bundle.gemfile = ['gem "karafka", "~> 2.4.18"']
  said = bundle.lock
  abort "bundle lock failed:\n#{said}" if said
  version = bundle.locked["karafka"]
  abort "karafka is locked at #{version.inspect}" unless version == "2.4.18"
  family = bundle.locked.slice(*index.family)
  puts "Bundler resolved #{bundle.locked.size} gems: #{family.map { _1.join(" ") }.join(", ")}"
ensure
  bundle.gone
  server.stop
end
