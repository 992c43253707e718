# frozen_string_literal: true

module Rungs
  # One thing that is wrong with an input.
  class Problem < Value
    reads :code, :message, :file, :line, :column, :help
  end

  # Which catalog answered: name, the day up to which it knows the world, digest.
  class CatalogId < Value
    reads :name, :horizon, :digest, :stale_days
  end

  # One version for each package, and one for each runtime (or the requirement to meet, where the
  # runtime is not known).
  class State < Value
    reads :packages, :runtimes
  end

  # What a step moves: `kind` is `line`, `patch`, `joined`, `left`, `runtime` or `down` (in a repair
  # only); `because` says why it is no newer.
  class Change < Value
    reads :package, :from, :to, :kind, :because
  end

  # What a step moves in one of several catalogs; `packages` is how many move there in lockstep.
  class PartMove < Value
    reads :package, :to, :packages
  end

  # The part of one catalog in a step, where several are joined; no moves where all of it stays.
  class Part < Value
    reads :catalog
    lists :moves, PartMove
  end

  # Releases from a first to a last one.
  class ReachRange < Value
    reads :first, :last
  end

  # Releases that do not go with an installed gem; `if` are the properties under which that is so.
  class Refused < Value
    reads :first, :last, :by, :rule, :if, :why
  end

  # Which releases of what no lockfile has, such as brokers, go with the installed gems.
  class Reach < Value
    reads :package, :with
    lists :ranges, ReachRange
    lists :refused, Refused
  end

  # What a step leaves where it is, and why.
  class Stay < Value
    reads :package, :version, :because
  end

  # A gem that could go further without a temporary line, and where.
  class Overshoot < Value
    reads :gem, :version
  end

  # A line of the Gemfile for a step, `line` as written there. A temporary one goes again
  # afterwards; `overshoots` names what could happen without it.
  class GemfileLine < Value
    reads :gem, :requirement, :temporary
    holds :overshoots, Overshoot
    reads :line
  end

  # What a pure rename or removal writes instead of the bytes from `start` to `end`.
  class Edit < Value
    reads :start, :end, :text
  end

  # Where source that was scanned shows that an action concerns it; `confidence` is `certain` or
  # `likely`.
  class Place < Value
    reads :file, :line, :column, :confidence, :pattern, :excerpt, :replacement
    holds :edit, Edit
  end

  # Something to do because of what a step passes; `applies` is `yes`, `no` or `unknown`, `severity`
  # is `breaking`, `action`, `review` or `info`.
  class Action < Value
    reads :id, :package, :since, :kind, :severity, :phase, :component, :edition, :applies, :affects, :summary,
          :action, :commands, :old, :new, :possible_since, :due_by, :note, :inferred, :contradiction, :source, :link
    lists :findings, Place
  end

  # May old and new run side by side while a step rolls: `yes`, `conditional`, `no` or `unknown`.
  class Rolling < Value
    reads :side_by_side, :because
  end

  # One task of a phase; of a command `text` is the command itself.
  class Task < Value
    reads :kind, :component, :text, :inferred
  end

  # A phase with something to do, from `before` to `monitor`.
  class Phase < Value
    reads :phase
    lists :tasks, Task
  end

  # Something that shows, and what to make of it.
  class Expectation < Value
    reads :what, :meaning
  end

  # Something known of going back.
  class Rollback < Value
    reads :what, :documented, :command, :warning
  end

  # A page to read; `actions` counts those of the step that were read there.
  class Guide < Value
    reads :page, :link, :actions
  end

  # What must be over before a step: it passes a gate (`rule`) that asks for it. `check` is a command
  # that shows it, where there is one.
  class Wait < Value
    reads :package, :version, :rule, :wait, :check
  end

  # The versions that a package passes; `breaking` counts the breaking actions known of them.
  class Changelog < Value
    reads :package, :versions, :breaking, :link
  end

  # A line whose support is over, or ends within 90 days.
  class SupportNotice < Value
    reads :subject, :line, :status, :until, :over, :hint
  end

  # A piece of a document without readers of its own; its members are behind `[]` and in `to_h`.
  class Piece < Value; end

  # Who requires something of a gem, and what.
  class Wanted < Value
    reads :by, :requirement
  end

  # A package outside the catalog that moves, joins or leaves: `wanted` says who needs it elsewhere,
  # `held` who keeps it from going further; `verified` whether an index says that it resolves.
  class Outside < Value
    reads :gem, :from, :to
    holds :wanted, Wanted
    lists :held, Wanted
    reads :verified, :edits_gemfile, :text
  end

  # The same in a step of the plan that was asked.
  class OutsideMove < Outside
    readers.concat(Outside.readers)
    reads :step
  end

  # What of an installation does not go together, in a step that repairs it: `requirement` is nil for
  # a pair that does not run, `rule` for what a release itself requires.
  class Breach < Value
    reads :package, :version, :with, :with_version, :requirement, :rule, :text
  end

  # A gem outside the catalog that leaves, since it would hold the step; `rule` is that of the catalog
  # which calls it discontinued, and nil where the request drops it; `instead` is what replaces it.
  class Leaving < Value
    reads :gem, :version, :package, :requirement, :rule, :instead
  end

  # A release that is known to be bad, and is there after a step. Plans enter one with `avoid` only
  # where its rule is accepted.
  class Defect < Value
    reads :package, :version, :rule, :why, :affects, :workaround, :fixed_in, :avoid
  end

  # What in the lockfile requires a package; `from` is the shortest way to it from a direct package.
  class Want < Value
    reads :by, :version, :requirement, :from
  end

  # A change that is deployed as a unit; `kind` is `packages`, `runtime`, or `repair` for a first step
  # that takes packages down because of what `repairs` lists. `obsolete` names gems whose temporary line
  # of the step before is to be deleted, `removed` the user's own gems whose line is, `command` is the one command to run, `unlocks`
  # gems outside the catalog that it may move besides, `expect` are errors that pass, `alarms` errors at
  # boot, `watch` what to look at afterwards.
  class Step < Value
    reads :number, :kind
    lists :repairs, Breach
    lists :waits, Wait
    lists :parts, Part
    lists :changes, Change
    lists :stays, Stay
    holds :state, State
    lists :leaves, Leaving
    lists :defects, Defect
    lists :gemfile, GemfileLine
    reads :obsolete, :removed, :command, :unlocks
    lists :actions, Action
    holds :rolling, Rolling
    lists :rollout, Phase
    lists :expect, Expectation
    lists :alarms, Expectation
    lists :watch, Expectation
    lists :rollback, Rollback
    lists :guides, Guide
    lists :changelogs, Changelog
    lists :support, SupportNotice
    lists :also_moves, Outside
  end

  # A sentence with the stable code of what it says, such as `not_in_catalog`.
  class Reason < Value
    reads :code, :text
  end

  # The proof that no plan is shorter.
  class Minimal < Value
    reads :steps, :lower_bound, :code, :because, :states_expanded
  end

  # One of the constraints that together leave no way. `text` says it, `collides_with` what it collides
  # with, which is nil where no single fact is.
  class Constraint < Value
    reads :kind, :rule, :package, :requirement, :also, :risks, :collides_with, :text
  end

  # A set of constraints that leaves no way. `minimal` is false where the search limit was reached before
  # each of them was known to be needed, and nil where each is.
  class Cause < Value
    lists :constraints, Constraint
    reads :minimal
  end

  # A package that ends below its newest line because of gems outside the catalog, `by` them.
  class Held < Value
    reads :package, :stays, :newest
    lists :by, Constraint
    reads :text
  end

  # A change that gives a plan, verified by planning again; `steps` is that plan's length.
  class Fix < Value
    reads :kind, :to, :text, :steps
  end

  # The plan that there would be if `gems`, which come from git or a folder, came from a registry:
  # `end` has the version of each package after its last step. Where there would be none, `steps` is 0,
  # `by` is what would be in the way, and `fixes` what would give one.
  class FromRegistry < Value
    reads :gems, :steps, :end
    lists :by, Constraint
    lists :fixes, Fix
    reads :text
  end

  # What lint found; `severity` is `error`, `warning` or `note`, `line` that of the new lockfile.
  class Finding < Value
    reads :rule, :catalog_rule, :source, :severity, :package, :from, :to, :message, :help, :cured, :line
  end

  # What a change of a lockfile moves.
  class Move < Value
    reads :package, :from, :to
  end

  # The one command, with the lines of the Gemfile that it needs, that ends findings of lint; `kind` is
  # `packages`, or `repair` where something has to go down.
  class Cure < Value
    reads :kind
    lists :changes, Move
    lists :gemfile, GemfileLine
    reads :command, :runtimes
  end

  # How long a line is supported.
  class Support < Value
    reads :state, :until
  end

  # What is wrong with an installed package.
  class StatusProblem < Value
    reads :kind, :finding, :rule, :text
  end

  # The state of one package or runtime.
  class Standing < Value
    reads :name, :role, :installed, :line, :newest_of_line, :newest, :newest_line, :lines_ahead
    holds :support, Support
    lists :problems, StatusProblem
  end

  # The way ahead of an installation: how the plan to the newest lines ends, and its length.
  class Ahead < Value
    reads :outcome, :steps, :target, :index
    lists :because, Reason
    lists :warnings, Reason
    lists :held, Held
  end

  # Where a package is after a step, and why it is no newer.
  class Stand < Value
    reads :step, :version, :moved, :because
  end
end
