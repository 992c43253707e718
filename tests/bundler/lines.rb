# frozen_string_literal: true

# What a step of a plan asks of the user: lines of the Gemfile and arguments of `bundle lock`.
# The only file to change when plans name both themselves.
module Lines
  module_function

  # Every gem of the family exactly as the step has it: Bundler has no choice among them.
  def gemfile(step)
    step["state"]["packages"].map { |name, version| %(gem "#{name}", "= #{version}") }
  end

  # Bundler refuses to update a gem that is not locked yet, and one that goes away has no line.
  def arguments(step)
    moved = step["changes"].select { |change| change["from"] }.map { |change| change["package"] }
    moved &= step["state"]["packages"].keys
    moved.empty? ? [] : ["--update", *moved]
  end
end
