//! Constants, through lexical nesting and leading `::`.

use super::chain::constant_path;
use super::classes::{ClassNeed, Want};
use super::edit;
use super::finding::{Confidence, Edit};
use super::frames::Evidence;
use super::pattern::{Form, Scope};
use super::walk::Walk;
use crate::ruby::{Kind, Node, NodeRole};

impl<'w> Walk<'w> {
    pub(super) fn constant(&mut self, node: Node<'w>) {
        let rules = self.rules;
        let Ok(name) = std::str::from_utf8(node.name()) else {
            return;
        };
        for at in rules.constants.get(name.as_bytes()).into_iter().flatten() {
            self.constant_fits(*at, node);
        }
    }

    fn constant_fits(&mut self, at: usize, node: Node<'w>) {
        let pattern = &self.rules.patterns[at];
        let Form::Constant {
            path,
            below,
            method,
        } = &pattern.form
        else {
            return;
        };
        let wanted = path.join("::");
        let written = constant_path(node);
        let Some((proof, shadows)) = self.resolves(node, &written, &wanted) else {
            return;
        };
        let parent = node.parent();
        let mut range = node.range();
        if *below {
            // `A::*` is what stands right below; what the replacement adds is not meant.
            let Some(parent) = parent.filter(|one| one.kind() == Kind::Path) else {
                return;
            };
            let replaced = pattern.replacement.as_deref().unwrap_or("");
            let added = replaced.strip_prefix(&wanted).unwrap_or("");
            let added = added.trim_start_matches("::").split("::").next();
            if added.is_some_and(|added| added.as_bytes() == parent.name()) {
                return;
            }
            range = parent.range();
        }
        if let Some(method) = method {
            let is_sent = parent.is_some_and(|call| {
                call.kind() == Kind::Call
                    && node.role() == NodeRole::Receiver
                    && call.name() == method.as_bytes()
            });
            if !is_sent {
                return;
            }
        }
        let proof = match &pattern.scope {
            // Only where the application's own class of this name is one of those.
            Scope::Subclass(base) => {
                let need = ClassNeed {
                    class: self.meant(&written),
                    want: Want::Base(base.clone()),
                };
                proof.and(Evidence::If(need, Confidence::Certain))
            }
            _ => proof,
        };
        let shadows = match &pattern.scope {
            Scope::Subclass(_) => Vec::new(),
            _ => shadows,
        };
        let edit = self.constant_edit(at, node, &written, &wanted);
        self.hit_with(at, range, proof, edit, shadows);
    }

    /// Whether a constant as it is written can be the wanted one, and what would be meant instead if
    /// the application defined it.
    fn resolves(
        &self,
        node: Node<'w>,
        written: &str,
        wanted: &str,
    ) -> Option<(Evidence, Vec<String>)> {
        if let Some(absolute) = written.strip_prefix("::") {
            return (absolute == wanted).then(|| (Evidence::Certain, Vec::new()));
        }
        let is_of_class = matches!(node.role(), NodeRole::Name | NodeRole::Superclass)
            && node
                .parent()
                .is_some_and(|one| matches!(one.kind(), Kind::Class | Kind::Module));
        // The frame of a class is entered after its own node, before its name is seen.
        let nesting = match is_of_class {
            true => self.frames.nesting_around(),
            false => self.frames.nesting(),
        };
        let around = std::iter::successors(nesting, |name| {
            name.rsplit_once("::").map(|(around, _)| around)
        });
        let mut shadows = Vec::new();
        for around in around {
            let whole = format!("{around}::{written}");
            if whole == wanted {
                return Some((Evidence::Certain, shadows));
            }
            shadows.push(whole);
            // Any part of the nesting may define what the path begins with.
            let first = written.split("::").next().unwrap_or(written);
            if first != written {
                shadows.push(format!("{around}::{first}"));
            }
        }
        if written != wanted {
            return None;
        }
        let defines = is_of_class && node.role() == NodeRole::Name;
        // A class of the application that is called alike.
        if defines && !wanted.contains("::") && self.rules.namespaces.contains(wanted) {
            return None;
        }
        Some((Evidence::Certain, shadows))
    }

    fn constant_edit(
        &self,
        at: usize,
        node: Node<'w>,
        written: &str,
        wanted: &str,
    ) -> Option<Edit> {
        let pattern = &self.rules.patterns[at];
        let replacement = pattern.replacement.as_deref()?;
        let whole = written.trim_start_matches("::") == wanted;
        if !pattern.is_edit || !whole || matches!(node.role(), NodeRole::Name) {
            return None;
        }
        let lead = if written.starts_with("::") { "::" } else { "" };
        Some(edit::replace(node.range(), &format!("{lead}{replacement}")))
    }
}
