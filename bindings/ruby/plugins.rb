# frozen_string_literal: true

# `bundle rungs`: read by Bundler when the plugin is installed and when the command is called. The
# library is loaded by the command only, so that an installation needs nothing but this file.
require_relative "lib/rungs/bundler_plugin"
