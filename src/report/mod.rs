//! Values in words for people: pure functions from a value to a text.

mod catalog;
mod lint;
mod status;
mod style;
mod text;

pub use catalog::{catalog_files, catalog_toml};
pub use lint::{lint_github, lint_text};
pub use status::status_text;
pub use style::Style;
pub use text::{plan_text, plan_text_in, step_text, step_text_in};
