//! Values in words for people: pure functions from a plan to a text.

mod text;

pub use text::{plan_text, step_text};
