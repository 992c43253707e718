#!/usr/bin/env ruby
# frozen_string_literal: true

# Prints the plan document of a scenario, as bindings/c/tests/corpus.c does:
# corpus.rb LOCKFILE RUBY REQUEST [OVERLAY]...; tests/scenarios.rs compares the bytes.
$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "rungs"

lockfile, ruby, request, *overlays = ARGV
begin
  catalog = overlays.inject(Rungs::Catalog.karafka) do |below, path|
    below.overlay(File.read(path, encoding: "UTF-8"), name: path)
  end
  snapshot = Rungs::Snapshot.from(lockfile, ruby: ruby.empty? ? nil : ruby)
  print Rungs::Plan.compute(catalog, snapshot, request: request).to_json
rescue Rungs::Error => e
  print e.document
  exit 2
end
