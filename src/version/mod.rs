//! Versions, requirements and sets of versions, by the rules of a [`Scheme`].
//!
//! RubyGems is the law for the scheme `rubygems`: what `Gem::Version` and `Gem::Requirement`
//! (4.0) answer is what these types answer, prereleases and odd spellings included. For the
//! scheme `semver` the law is the crate `semver`, that is Cargo.
//!
//! Three things surprise people:
//!
//! * `1.0` and `1` are equal, and hash alike; [`Version::same_precision`] distinguishes them. In
//!   the same way semver versions that differ in build metadata only are equal.
//! * `>= 0` does not hold for `0.a`, so [`Requirement::any`] is not the full [`VersionSet`].
//! * `~> 2.0` matches no prerelease of 3, while `< 3` matches all of them; there is no
//!   smallest prerelease of 3 either (`3.A.A` is below `3.A`), so sets have a bound of its own
//!   kind for it.
//!
//! | file | contents |
//! |---|---|
//! | `scheme` | the schemes by name |
//! | `parsed` | one version |
//! | `key` | bytes that order versions as their scheme does |
//! | `rubygems`, `semver` | all that only one scheme knows |
//! | `requirement` | lists of comparisons |
//! | `set` | sets of versions and their algebra |

mod key;
mod parsed;
mod requirement;
mod rubygems;
mod scheme;
mod semver;
mod set;

pub use parsed::{Segment, Version};
pub use requirement::Requirement;
pub use scheme::Scheme;
pub use set::VersionSet;

/// An input as error messages show it: in quotes, its first 60 characters.
fn shown(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!("{start:?}")
}
