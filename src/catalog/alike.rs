//! Which releases nothing in a catalog can tell apart: they have one signature, and a plan looks at the
//! newest of them alone.

use super::rule::Rule;
use super::{Moves, Need, Package, Release, ReleaseSet, SetId};
use crate::name::Name;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What distinguishes releases: line, needs, and the sets that have them.
type Signature = (usize, Vec<Need>, Vec<u64>);

/// Gives equal numbers to releases that nothing in the catalog can tell apart.
pub(super) fn sign(packages: &mut [Package], sets: &[ReleaseSet], rules: &[Rule]) {
    // Packages in lockstep share each version, so which of one another they require tells nothing apart;
    // that they require one another does, where one of them is absent.
    let groups: Vec<Option<Name>> = packages.iter().map(|it| it.lockstep.clone()).collect();
    let is_within = |at: usize, need: &Need| {
        let group = groups[at].as_ref();
        group.is_some() && group == groups[need.on.index()].as_ref() && need.rule.is_none()
    };
    let telling = groups.iter().any(Option::is_some).then(|| {
        let mut telling = vec![false; sets.len()];
        for (at, package) in packages.iter().enumerate() {
            let needs = package
                .releases
                .iter()
                .flat_map(|release| release.needs.iter());
            for need in needs.filter(|need| !is_within(at, need)) {
                telling[need.set.0 as usize] = true;
            }
        }
        for set in rules.iter().flat_map(Rule::sets) {
            telling[set.0 as usize] = true;
        }
        telling
    });
    for (at, package) in packages.iter_mut().enumerate() {
        let own = sets.iter().enumerate().filter(|(number, set)| {
            let tells = telling.as_ref().is_none_or(|telling| telling[*number]);
            set.on.index() == at && tells
        });
        let own: Vec<&ReleaseSet> = own.map(|(_, set)| set).collect();
        let needs = |release: &Release| {
            let mut needs = release.needs.to_vec();
            if telling.is_some() {
                for need in needs.iter_mut().filter(|need| is_within(at, need)) {
                    need.set = SetId(u32::MAX);
                }
            }
            needs
        };
        let same = |one: &Release, other: &Release| match telling.is_some() {
            false => Arc::ptr_eq(&one.needs, &other.needs),
            true => needs(one) == needs(other),
        };
        // The releases that some set holds without the one before, or the other way round.
        let mut turns = vec![0u64; package.releases.len().div_ceil(64)];
        for set in &own {
            let mut last = 0;
            for (turns, bits) in turns.iter_mut().zip(&set.bits) {
                *turns |= bits ^ (bits << 1 | last);
                last = bits >> 63;
            }
        }
        let mut known: BTreeMap<Signature, u32> = BTreeMap::new();
        for number in 0..package.releases.len() {
            let (before, rest) = package.releases.split_at_mut(number);
            let release = &mut rest[0];
            let turned = turns[number / 64] >> (number % 64) & 1 == 1;
            release.signature = match before.last() {
                Some(last) if !turned && last.line == release.line && same(last, release) => {
                    last.signature
                }
                _ => {
                    let mut member = vec![0u64; own.len().div_ceil(64)];
                    for (bit, set) in own.iter().enumerate() {
                        member[bit / 64] |= u64::from(set.contains(number)) << (bit % 64);
                    }
                    let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                    let key = (release.line, needs(release), member);
                    *known.entry(key).or_insert(next)
                }
            };
        }
    }
}

/// Where a package moves along edges, parts releases of which one cannot stand for the other: the newer
/// is entered from wherever the older is, and leads wherever that leads.
pub(super) fn sign_edges(package: &mut Package) {
    if package.moves != Moves::Edges {
        return;
    }
    let parted = package.edges.parted(package.releases.len());
    let (mut number, mut last) = (0, None);
    for (release, parted) in package.releases.iter_mut().zip(parted) {
        if last.is_some_and(|last| last != release.signature) {
            number += 1;
        }
        last = Some(release.signature);
        release.signature = number;
        number += u32::from(parted);
    }
}
