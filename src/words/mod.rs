//! The sentences, each of them once. Lower rooms answer with data; `wire`, `report` and the program
//! ask this room what it says in words.
//!
//! | file | sentences about |
//! |---|---|
//! | `clauses` | facts that several files state: a requirement that is not met, a version out of the catalog |
//! | `reasons` | why a package has its version, why no plan is shorter |
//! | `causes` | what blocks a plan, and which change gives one |
//! | `warnings` | what a plan is not sure of |
//! | `steps` | what a step changes and asks for |
//! | `titles` | headings, phases, severities, outcomes |
//! | `lint` | findings of lint, and what helps |
//! | `status` | what is wrong with an installation |
//! | `pages` | what comes before the steps of a plan, and the groups of a step |
//! | `fleet` | the summary of many lockfiles |
//! | `scan` | files that could not be read |
//!
//! A type of a lower room gets its sentence by `impl Display` here, so `to_string` gives it wherever
//! the value goes. Words that stand for no type are functions.

mod causes;
mod clauses;
pub(crate) mod fleet;
mod lint;
mod pages;
mod reach;
mod reasons;
mod scan;
mod status;
mod steps;
mod titles;
mod warnings;

#[cfg(feature = "wire")]
pub(crate) use causes::to_reach;
pub(crate) use pages::*;
pub(crate) use reach::*;
pub(crate) use titles::*;

/// `1 step`, `2 steps`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
