//! Every bound of the planner's work, in one table. All are counts; none is a time.
//!
//! | bound | of what | beyond it |
//! |---|---|---|
//! | [`MAX_STEPS`] | steps of a plan | `gave_up` |
//! | `MAX_VARIABLES` | packages and runtimes of a question | an error |
//! | `MAX_VALUES` | values of one of them | an error |
//! | `MAX_WORK` | revisions of a search | `gave_up` |
//! | `LINE_WORK` | revisions for one line, where no target is named | a warning |
//! | `MAX_NOGOODS` | combinations that an index rules out | `gave_up` |
//! | `INDEX_WORK` | work of one question to the resolver | a warning |
//! | `MAX_CAUSES` | independent causes of an impossible plan | the rest is left out |
//! | `MAX_RISK_SETS` | comparisons of sets of risks | all that need be are named |
//! | `MAX_PROPERTIES` | properties that were not given | the rest is left out |
//! | `ASK_WORK` | revisions of one question of an explanation | it counts as a no |
//! | `EXPLAIN_WORK` | revisions of all of them, and what they read | a warning; causes may not be minimal |

/// On a page code is loaded before anything is answered, so what only saves time is left out there.
pub(super) const IS_PAGE: bool = cfg!(target_family = "wasm");
/// The most steps that a plan is searched for.
pub const MAX_STEPS: usize = 64;
/// The most packages and runtimes of one question.
pub const MAX_VARIABLES: usize = 64;
/// The most values that a variable may have, *absent* among them.
pub(super) const MAX_VALUES: usize = crate::catalog::MAX_RELEASES + 2;
/// The number of revisions after which a question is given up.
pub(super) const MAX_WORK: u64 = 10_000_000;
/// The share of it that one line may take when no target is named.
pub(super) const LINE_WORK: u64 = MAX_WORK / 10;
/// The most combinations that one plan learns to avoid.
pub(super) const MAX_NOGOODS: usize = 500;
/// The work of one question to the resolver.
pub(super) const INDEX_WORK: u64 = crate::resolve::MAX_WORK / 50;
/// The most independent causes that are reported.
pub(super) const MAX_CAUSES: usize = 4;
/// The most properties of which a plan reports what knowing them would change.
pub(super) const MAX_PROPERTIES: usize = 16;
/// The most comparisons of sets of risks on the way to the fewest.
pub(super) const MAX_RISK_SETS: usize = 20_000_000;
/// The work of one question that is asked while explaining.
pub(super) const ASK_WORK: u64 = MAX_WORK / 20;
/// The work of all questions of one explanation.
pub(super) const EXPLAIN_WORK: u64 = MAX_WORK / 2;
/// What asking costs besides: building the problem, in revisions.
pub(super) const ASKED: u64 = 2_000;
