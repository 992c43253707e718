//! Warnings of a plan.

use super::clauses::{LIMIT, PRERELEASE, YANKED, covers, not_in_catalog, outside_pin, releases};
use super::{counted, together};
use crate::plan::PlanWarning;
use crate::version::Version;
use std::fmt;

/// The most gems that one warning names.
const MAX_NAMED: usize = 8;

impl fmt::Display for PlanWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanWarning::ForeignSource {
                package,
                version,
                packages,
            } => write!(
                f,
                "{} comes from a git repository or a folder",
                together(&format!("{package} {version}"), *packages)
            ),
            PlanWarning::NotInCatalog {
                package,
                version,
                horizon,
            } => write!(f, "{package} {version} {}", not_in_catalog(*horizon)),
            PlanWarning::BeyondCatalog {
                package,
                asked,
                newest,
                horizon,
            } => write!(
                f,
                "{package} {asked} is beyond the catalog, which covers {package} up to {newest} and {}",
                releases(*horizon)
            ),
            PlanWarning::NoRelease {
                package,
                requirement,
                horizon,
            } => write!(
                f,
                "no release of {package} in the catalog is {requirement}; it {}",
                covers(*horizon)
            ),
            PlanWarning::OutsidePin {
                package,
                version,
                pin,
            } => write!(
                f,
                "{package} {version} {}; it may stay, but moves only inside the pin",
                outside_pin(pin)
            ),
            PlanWarning::PropertyNotTold {
                property,
                ask,
                steps,
            } => write!(
                f,
                "{ask} If not, {} will do: --property {property}=no",
                counted(*steps, "step")
            ),
            PlanWarning::UndecidedLine { package, line } => write!(
                f,
                "whether {package} {line} can be reached is undecided: {LIMIT}"
            ),
            PlanWarning::UndecidedOutside { step } => write!(
                f,
                "changes outside the catalog from step {step} on are undecided: {LIMIT}"
            ),
            PlanWarning::WorkLimit { revisions } => {
                write!(f, "the search limit of {revisions} revisions was reached")
            }
            PlanWarning::ExplanationLimit { revisions } => write!(
                f,
                "the search limit of {revisions} revisions for explanations was reached: causes may not \
                 be minimal, and fixes may be missing"
            ),
            PlanWarning::StepLimit { steps } => write!(
                f,
                "no plan has up to {steps} steps; a longer one is not ruled out"
            ),
            PlanWarning::StateLimit { states } => write!(
                f,
                "the search limit of {states} states that do not resolve with the index was reached"
            ),
            PlanWarning::UnreadLines { gem, count, first } => write!(
                f,
                "{count} of the lines on {gem} in the index could not be read: {first}"
            ),
            PlanWarning::Blocked {
                package,
                version,
                rule,
                why,
            } => write!(f, "{package} {version} is excluded: {why} ({rule})"),
            PlanWarning::GemfileDiffers {
                package,
                requirement,
                locked,
            } => {
                let locked = locked.as_ref().map_or("nothing", Version::as_str);
                write!(
                    f,
                    "the Gemfile asks for {package} {requirement}, the lockfile has {locked}: \
                     this is planned from the lockfile; run `bundle install` if it is behind"
                )
            }
            PlanWarning::UnreadLine { package, line } => write!(
                f,
                "nobody has read the guide of {package} {line} for this catalog: rules and actions for \
                 it may be missing"
            ),
            PlanWarning::NeedsRubygems {
                step,
                gem,
                version,
                requirement,
            } => write!(
                f,
                "step {step}: {gem} {version} requires RubyGems {requirement}; with another one Bundler \
                 takes an older release in silence: see `gem --version`"
            ),
            PlanWarning::Precompiled {
                step,
                runtime,
                to,
                gems,
            } => {
                let named = gems.iter().take(MAX_NAMED).map(String::as_str);
                let named = named.collect::<Vec<_>>().join(", ");
                let more = match gems.len().saturating_sub(MAX_NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                write!(
                    f,
                    "step {step}: precompiled gems may not fit {runtime} {to}: {named}{more}; with \
                     --index the plan knows"
                )
            }
            PlanWarning::Yanked { package, version } => {
                write!(f, "{package} {version} is excluded: it {YANKED}")
            }
            PlanWarning::Prerelease { package, version } => {
                write!(f, "{package} {version} is excluded: it {PRERELEASE}")
            }
        }
    }
}
