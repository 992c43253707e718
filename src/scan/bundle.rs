//! Entries of Gemfiles and gemspecs, and what a file requires.

use super::edit;
use super::file::is_gemfile;
use super::frames::Evidence;
use super::pattern::{Argument, Form};
use super::value::Certainty;
use super::walk::Walk;
use crate::ruby::{Kind, Node, NodeRole};
use crate::version::{Requirement, Scheme, VersionSet};

impl<'w> Walk<'w> {
    pub(super) fn gem(&mut self, node: Node<'w>) {
        let Some(first) = node.arguments().next() else {
            return;
        };
        let Some(name) = first.value().filter(|_| first.kind() == Kind::Text) else {
            return;
        };
        let base = self.path.rsplit('/').next().unwrap_or(self.path);
        let proof = match (node.name(), is_gemfile(base), base.ends_with(".gemspec")) {
            (b"gem", true, _) if node.receiver().is_none() => Evidence::Certain,
            (b"gem", false, _) => return,
            (_, _, true) => Evidence::Likely,
            _ => return,
        };
        let rules = self.rules;
        let package = String::from_utf8_lossy(&name).into_owned();
        if rules.packages.contains(&package) {
            let (own, is_open) = required(node);
            let own = if is_open { VersionSet::full() } else { own };
            self.seen.gems.push((package, own));
        }
        for at in rules.gems.get(&*name).into_iter().flatten() {
            let admitted = rules.patterns[*at].admitted.as_ref();
            let excludes = admitted.map_or(Certainty::Yes, |wanted| excludes(node, wanted));
            let own = match excludes {
                Certainty::Yes => Evidence::Certain,
                Certainty::Unknown => Evidence::Possible,
                Certainty::No => Evidence::No,
            };
            self.hit(*at, node.range(), proof.clone().and(own));
        }
    }

    pub(super) fn require(&mut self, node: Node<'w>) {
        let Some(first) = node.arguments().next() else {
            return;
        };
        let rules = self.rules;
        let is_plain = node.name() == b"require";
        let text = |node: Node<'w>| match node.kind() {
            Kind::Text => node.value(),
            _ => None,
        };
        for at in &rules.requires {
            let pattern = &rules.patterns[*at];
            let fits = match &pattern.form {
                Form::Require(Argument::Text(path)) => match path.strip_prefix('*') {
                    // However it is put together, it ends like this.
                    Some(end) => first.below().chain([first]).filter_map(text).any(|text| {
                        let text = text.strip_suffix(b".rb").unwrap_or(&text);
                        text.ends_with(end.as_bytes())
                    }),
                    None => is_plain && text(first).as_deref() == Some(path.as_bytes()),
                },
                Form::Require(Argument::Source(source)) => {
                    is_plain && first.text() == source.as_bytes()
                }
                _ => false,
            };
            if fits {
                let edit = pattern
                    .is_edit
                    .then(|| edit::require(pattern, first))
                    .flatten();
                self.hit_with(*at, node.range(), Evidence::Certain, edit, Vec::new());
            }
        }
    }
}

/// Whether the requirement that an entry of a Gemfile states admits none of these versions.
fn excludes(node: Node<'_>, wanted: &VersionSet) -> Certainty {
    let (own, is_open) = required(node);
    match (own.is_disjoint_from(wanted), is_open) {
        (true, _) => Certainty::Yes,
        (false, true) => Certainty::Unknown,
        (false, false) => Certainty::No,
    }
}

/// What an entry requires, as far as it is written, and whether it says more that is not.
fn required(node: Node<'_>) -> (VersionSet, bool) {
    let mut own = VersionSet::full();
    let mut is_open = false;
    for argument in node.arguments().skip(1) {
        let nodes: Vec<Node<'_>> = match argument.kind() {
            Kind::Array => argument.children().collect(),
            // Where a gem comes from says nothing of its version.
            Kind::Keywords | Kind::Hash => {
                let keys = argument
                    .children()
                    .filter_map(|pair| pair.child(NodeRole::Key));
                let values = keys.map(|key| key.value());
                is_open |= values.into_iter().any(|key| {
                    key.is_none_or(|key| matches!(&*key, b"git" | b"github" | b"path" | b"gist"))
                });
                continue;
            }
            _ => vec![argument],
        };
        for node in nodes {
            let text = node.value().filter(|_| node.kind() == Kind::Text);
            let text = text.and_then(|text| String::from_utf8(text.into_owned()).ok());
            let read = text.and_then(|text| Requirement::parse(Scheme::RubyGems, &text).ok());
            match read {
                Some(requirement) => own = own.intersection(&requirement.to_set()),
                None => is_open = true,
            }
        }
    }
    (own, is_open)
}
