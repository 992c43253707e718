# frozen_string_literal: true

module Rungs
  # The version of the gem; that of the library it was written for.
  VERSION = "0.1.0"
end
