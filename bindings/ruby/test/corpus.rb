#!/usr/bin/env ruby
# frozen_string_literal: true

# Prints the plan document of a scenario, or its first step, as bindings/c/tests/corpus.c does:
# corpus.rb LOCKFILE RUBY REQUEST NEXT INDEX [OVERLAY]...; tests/cli/scenarios.rs compares the bytes.
$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "rungs"

lockfile, ruby, request, following, index, *overlays = ARGV
begin
  catalog = overlays.inject(Rungs::Catalog.karafka) do |below, path|
    below.overlay(File.read(path, encoding: "UTF-8"), name: path)
  end
  snapshot = Rungs::Snapshot.from(lockfile, ruby: ruby.empty? ? nil : ruby)
  snapshot = snapshot.with_index(Rungs::Index.open(index)) unless index.empty?
  plan = Rungs::Plan.compute(catalog, snapshot, request: request)
  print(if following.empty? then plan.to_json
        elsif plan.size.zero? then plan.report(following.to_sym)
        else plan.step_report(0, following.to_sym)
        end)
rescue Rungs::Error => e
  print e.document
  exit 2
end
