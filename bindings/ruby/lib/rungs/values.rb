# frozen_string_literal: true

module Rungs
  # One thing that is wrong with an input.
  class Problem < Value
    reads :code, :message, :file, :line, :column, :help
  end

  # Which catalog answered: name, the day up to which it knows the world, digest.
  class CatalogId < Value
    reads :name, :horizon, :digest
  end

  # One version for each package, and one for each runtime (or the requirement to meet, where the
  # runtime is not known).
  class State < Value
    reads :packages, :runtimes
  end

  # What a step moves: `kind` is `line`, `patch`, `joined`, `left` or `runtime`; `because` says why
  # it is no newer.
  class Change < Value
    reads :package, :from, :to, :kind, :because
  end

  # What a step leaves where it is, and why.
  class Stay < Value
    reads :package, :version, :because
  end

  # A line of the Gemfile for a step; a temporary one goes again afterwards.
  class GemfileLine < Value
    reads :gem, :requirement, :temporary
  end

  # Something to do in a step; `applies` is `yes`, `no` or `unknown`.
  class Action < Value
    reads :id, :phase, :component, :text, :applies
  end

  # Any other piece of a step; its members are behind `[]` and in `to_h`.
  class Piece < Value; end

  # A change that is deployed as a unit; `kind` is `packages` or `runtime`.
  class Step < Value
    reads :number, :kind
    lists :changes, Change
    lists :stays, Stay
    holds :state, State
    lists :gemfile, GemfileLine
    reads :command
    lists :actions, Action
    reads :rollout
    lists :guides, Piece
    lists :changelogs, Piece
    lists :support, Piece
  end

  # The proof that no plan is shorter.
  class Minimal < Value
    reads :steps, :lower_bound, :because, :states_expanded
  end

  # One of the constraints that together leave no way.
  class Constraint < Value
    reads :kind, :rule, :package, :requirement, :text
  end

  # A minimal set of constraints that leaves no way.
  class Cause < Value
    lists :constraints, Constraint
  end

  # A change that gives a plan, verified by planning again; `steps` is that plan's length.
  class Fix < Value
    reads :kind, :to, :text, :steps
  end

  # What lint found; `severity` is `error`, `warning` or `note`, `line` that of the new lockfile.
  class Finding < Value
    reads :rule, :catalog_rule, :source, :severity, :package, :from, :to, :message, :help, :line
  end

  # What a change of a lockfile moves.
  class Move < Value
    reads :package, :from, :to
  end

  # How long a line is supported.
  class Support < Value
    reads :state, :until
  end

  # What is wrong with an installed package.
  class StatusProblem < Value
    reads :kind, :finding, :rule, :text
  end

  # Where one package or runtime stands.
  class Standing < Value
    reads :name, :role, :installed, :line, :newest_of_line, :newest, :newest_line, :lines_ahead
    holds :support, Support
    lists :problems, StatusProblem
  end

  # Where a package stands after a step, and why it is no newer.
  class Stand < Value
    reads :step, :version, :moved, :because
  end
end
