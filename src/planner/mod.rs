//! The shortest sequence of jointly resolvable steps, as a pipeline.
//!
//! | part | what it does |
//! |---|---|
//! | `request` | what is asked |
//! | `session` | one value that is passed along: catalog, snapshot, request, what is otherwise |
//! | `gems` | what an index says of gems outside the catalog |
//! | `installed` | what of the catalog is installed, and what it needs |
//! | `lockfile_entries` | whether a lockfile says of its gems what their releases require |
//! | `breaches` | what of an installation does not go together, or is known to be bad |
//! | `problem` | the question as constraints over small integers |
//! | `search` | the best plan of a given number of steps |
//! | `outside` | gems that the catalog does not know |
//! | `solve` | the shortest plan, with repair and an index |
//! | `check` | requests that make no sense, or lie beyond the catalog |
//! | `translate` | states to a plan, with reasons |
//! | `diagnosis` | why there is no plan, and what would give one |
//! | `guidance` | guidance for each step |
//! | `pipeline` | calls these, in this order |
//! | `limits` | every bound of the work |
//! | `due` | what a scan found, in the order in which it becomes due |

mod breaches;
mod check;
mod diagnosis;
mod due;
mod entry;
mod gems;
mod guidance;
pub(crate) mod installed;
mod limits;
mod lockfile_entries;
mod outside;
mod pipeline;
mod problem;
mod request;
mod search;
mod session;
mod solve;
mod translate;

pub use due::{PlaceGroup, PlaceItem, PlacePart, Places, PlacesRequest, WhenDue, places};
pub use entry::{Planner, plan};
pub(crate) use guidance::of_change;
pub use limits::{MAX_STEPS, MAX_VARIABLES};
pub use lockfile_entries::EntryFault;
pub(crate) use lockfile_entries::faults;
pub(crate) use outside::compare;
pub(crate) use pipeline::run;
pub(crate) use request::unknown_package;
pub use request::{Detail, GemfileAsk, Request, RuntimeMove, Target};
pub(crate) use session::Session;
