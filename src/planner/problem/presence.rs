//! Which packages might leave and come back lower, so that a plan may be longer than its events.

use super::build::Builder;
use crate::catalog::Need;
use std::sync::Arc;

impl Builder<'_> {
    /// Which packages might leave and come back later, and so come back lower.
    ///
    /// A need of a package *begins* where a newer release of another has it and an older has not,
    /// or where the other joins; it *ends* likewise. Where needs of a package only begin, or only
    /// end, it never leaves and comes back. What a repair takes away is not there before the way up,
    /// and may join on it.
    pub(super) fn returns(&self, stays: &[bool], repairs: bool) -> Vec<bool> {
        #[derive(Clone, Copy, Default)]
        struct Dependents {
            any: u64,
            begin: u64,
            end: u64,
        }
        let count = self.scope.len();
        let needs_of = |at: usize, all: bool| {
            let package = self.catalog.get(self.scope[at]);
            if package.requires.is_empty() {
                return Dependents::default();
            }
            let version = self.installed(package.name().as_str());
            let from = match version {
                Some(version) if !all => package
                    .releases
                    .partition_point(|release| release.version < *version),
                _ => 0,
            };
            let mut needs = Dependents::default();
            let mut last = None;
            // What the release before needs, as it is shared.
            let mut shared: Option<&Arc<[Need]>> = None;
            for release in &package.releases[from..] {
                let is_same = shared.is_some_and(|it| Arc::ptr_eq(it, &release.needs));
                if is_same || !self.heed.may_enter(release) && Some(&release.version) != version {
                    continue;
                }
                shared = Some(&release.needs);
                let mut mask: u64 = 0;
                for need in release.needs.iter().filter(|need| need.rule.is_none()) {
                    mask |= self.at[need.on.index()].map_or(0, |on| 1 << on);
                }
                let before = last.unwrap_or(mask);
                needs.any |= mask;
                needs.begin |= mask & !before;
                needs.end |= before & !mask;
                last = Some(mask);
            }
            needs
        };
        let mut needs: Vec<Dependents> =
            (0..count).map(|at| needs_of(at, self.falls[at])).collect();
        let mut returns = vec![false; count];
        let mut leaves: u64 = 0;
        let idle = !self.wanted_now();
        loop {
            let (mut begin, mut end): (u64, u64) = (0, idle);
            for at in 0..count {
                let package = self.catalog.get(self.scope[at]);
                let is_installed = self.installed(package.name().as_str()).is_some();
                let joins = !stays[at] && (returns[at] || repairs || !is_installed);
                begin |= needs[at].begin | if joins { needs[at].any } else { 0 };
                end |= needs[at].end
                    | if leaves >> at & 1 == 1 {
                        needs[at].any
                    } else {
                        0
                    };
            }
            let mut changed = false;
            for at in (0..count).filter(|at| !stays[*at]) {
                changed |= (end & !leaves) >> at & 1 == 1;
                leaves |= end & 1 << at;
                if begin & end & 1 << at != 0 && !returns[at] {
                    returns[at] = true;
                    needs[at] = needs_of(at, true);
                    changed = true;
                }
            }
            if !changed {
                return returns;
            }
        }
    }
}
