# frozen_string_literal: true

require_relative "lib/rungs/version"

Gem::Specification.new do |spec|
  spec.name = "rungs"
  spec.version = Rungs::VERSION
  spec.summary = "Upgrade paths: the shortest sequence of deployable steps"
  spec.description = "From a Gemfile.lock and a target rungs computes the shortest sequence of upgrade steps in " \
                     "which no version line is skipped, every one exact and jointly resolvable. It knows the " \
                     "Karafka family."
  spec.authors = ["The rungs authors"]
  spec.licenses = ["MIT", "Apache-2.0"]
  spec.required_ruby_version = ">= 2.7"
  spec.metadata = { "rubygems_mfa_required" => "true" }
  spec.files = Dir.glob(%w[
                          README.md LICENSE-* plugins.rb exe/rungs lib/**/*.rb sig/*.rbs ext/rungs/extconf.rb
                          ext/rungs/crate/**/*
                        ], base: __dir__).select { |path| File.file?(File.join(__dir__, path)) }.sort
  spec.bindir = "exe"
  spec.executables = ["rungs"]
  spec.require_paths = ["lib"]
  spec.extensions = ["ext/rungs/extconf.rb"]
  spec.add_dependency "ffi", ">= 1.15", "< 2"
end
