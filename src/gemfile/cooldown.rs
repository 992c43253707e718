//! `source "…", cooldown: 7` of a Gemfile (Bundler 4): how old releases have to be.

use super::read::Gemfile;
use crate::ruby::{Kind, NodeRole, Tree};

/// The longest cooldown of the sources, in days.
///
/// Which source a gem comes from is not followed: what is older than the longest is old enough for all.
pub(super) fn read(tree: &Tree<'_>) -> Option<u32> {
    let sources = tree.nodes().filter(|node| {
        node.kind() == Kind::Call && node.name() == b"source" && node.receiver().is_none()
    });
    let options = sources.flat_map(|node| {
        let options = node.arguments();
        options.filter(|it| matches!(it.kind(), Kind::Keywords | Kind::Hash))
    });
    let pairs = options.flat_map(|options| options.children());
    let days = pairs.filter_map(|pair| {
        let key = pair.child(NodeRole::Key)?.value()?;
        let value = pair.child(NodeRole::Value)?;
        if &*key != b"cooldown" || value.kind() != Kind::Integer {
            return None;
        }
        let text = std::str::from_utf8(&tree.source()[value.range()]).ok()?;
        text.replace('_', "").parse::<u32>().ok()
    });
    days.max()
}

impl Gemfile {
    /// The longest `cooldown:` of its sources in days, if one has any.
    ///
    /// ```
    /// use rungs::gemfile::Gemfile;
    /// let gemfile = Gemfile::parse(b"source 'https://rubygems.org', cooldown: 7\n")?;
    /// assert_eq!(gemfile.cooldown(), Some(7));
    /// # Ok::<(), rungs::Error>(())
    /// ```
    #[must_use]
    pub fn cooldown(&self) -> Option<u32> {
        self.cooldown
    }
}
