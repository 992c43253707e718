//! Putting layers of drafts together: what overrides what, whether all fits, and the compiled sets.
//!
//! Later layers win. They may add packages, releases, lines and rules, and replace a release, the
//! support of a line or a rule by the same version, line or id. They may not change the role of a
//! package, turn a `must` rule into a `should`, give a rule's id to another kind or package, or
//! move the horizon back.

use super::alike::{sign, sign_edges};
use super::edge_source::{DraftEdge, resolve_edges};
use super::edges::Edges;
use super::rule::{Beside, DraftProperty, DraftRule, Force, Rule, properties, resolve_rule};
use super::source::{At, Draft, DraftPackage, DraftRelease, Spot, short};
use super::{Inner, MAX_RELEASES};
use super::{
    Line, Moves, Need, Package, PackageId, Release, ReleaseSet, ReleaseSets, Role, RuleId, SetId,
    Support,
};
use crate::date::Date;
use crate::error::{Error, ErrorCode};
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Requirement, Scheme, Version};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) type Problems = Vec<(Spot, Error)>;

/// Joins layers into one catalog; adds every problem to `problems`.
pub(super) fn build(layers: Vec<Draft>, problems: &mut Problems) -> Option<Inner> {
    let merged = merge(layers, problems);
    let (mut packages, edges) = order(&merged.order, merged.packages, merged.scheme, problems);
    let properties = properties(merged.properties, &packages, problems);
    let mut rules = Vec::new();
    for draft in merged.rules.into_values() {
        if let Some(rule) = resolve_rule(draft, &packages, &properties, problems) {
            rules.push(rule);
        }
    }
    for (at, (place, drafts)) in edges.into_iter().enumerate() {
        let Some(id) = u16::try_from(at).ok().map(PackageId) else {
            continue;
        };
        let edges = resolve_edges(&packages[at], id, place, drafts, &rules, problems);
        packages[at].edges = edges;
    }
    lockstep(&packages, problems);
    let Some((name, horizon)) = merged.name.zip(merged.horizon) else {
        problems.push((
            Spot { file: 0, offset: 0 },
            Error::new(
                ErrorCode::InvalidCatalog,
                "the catalog lacks name or horizon: expected both in one of its files",
            ),
        ));
        return None;
    };
    if !problems.is_empty() {
        return None;
    }
    let sets = compile(&mut packages, &mut rules);
    let idle = rules.iter().enumerate().filter(|(_, rule)| rule.is_idle());
    let idle_risks = idle.map(|(at, _)| RuleId::at(at)).collect();
    Some(Inner {
        idle_risks,
        name,
        families: merged.families,
        horizon,
        scheme: merged.scheme,
        packages,
        properties,
        rules,
        sets,
    })
}

/// Packages that share each version move in the same way, and none of them requires another version
/// of another than its own.
fn lockstep(packages: &[Package], problems: &mut Problems) {
    let place = Spot { file: 0, offset: 0 };
    let mut first: BTreeMap<&Name, &Package> = BTreeMap::new();
    for package in packages {
        let Some(group) = &package.lockstep else {
            continue;
        };
        let leader = *first.entry(group).or_insert(package);
        if (leader.role, leader.moves, leader.alone) != (package.role, package.moves, package.alone)
            || package.role == Role::Runtime
        {
            let text = format!(
                "{} and {} are in lockstep {group}: expected one role other than runtime, the same \
                 moves and alone",
                leader.name, package.name
            );
            problems.push((place, inconsistent(text)));
        }
    }
    let group_of = |name: &Name| {
        packages
            .iter()
            .find(|it| it.name == *name)?
            .lockstep
            .as_ref()
    };
    for package in packages.iter().filter(|it| it.lockstep.is_some()) {
        for release in &package.releases {
            let mut needs = release.requirements.iter();
            let other = needs.find(|need| {
                group_of(&need.name) == package.lockstep.as_ref()
                    && !need.requirement.matches(&release.version)
            });
            if let Some(need) = other {
                let text = format!(
                    "{} {} is in lockstep with {} and requires {} of it",
                    package.name, release.version, need.name, need.requirement
                );
                problems.push((place, inconsistent(text)));
            }
        }
    }
}

struct Merged {
    name: Option<Name>,
    /// The catalogs that are joined, in their order.
    families: Vec<Name>,
    horizon: Option<Date>,
    scheme: Scheme,
    order: Vec<At<Name>>,
    packages: BTreeMap<Name, MergedPackage>,
    properties: BTreeMap<Name, DraftProperty>,
    rules: BTreeMap<Name, DraftRule>,
}

struct MergedPackage {
    place: Spot,
    families: Vec<Name>,
    role: Option<Role>,
    /// Some file names a role, known or not.
    has_role: bool,
    about: String,
    changelog: Option<String>,
    one_line_at_a_time: bool,
    early: Option<Name>,
    moves: Moves,
    alone: bool,
    lockstep: Option<Name>,
    command: Option<String>,
    instruction: Option<String>,
    no_way_back: Option<String>,
    replaced_by: Option<Name>,
    edges: Vec<DraftEdge>,
    lines: BTreeMap<String, (Spot, Support)>,
    /// Ascending, no two equal.
    releases: Vec<DraftRelease>,
}

fn merge(layers: Vec<Draft>, problems: &mut Problems) -> Merged {
    let mut merged = Merged {
        name: None,
        families: Vec::new(),
        horizon: None,
        scheme: Scheme::RubyGems,
        order: Vec::new(),
        packages: BTreeMap::new(),
        properties: BTreeMap::new(),
        rules: BTreeMap::new(),
    };
    for layer in layers {
        merged.scheme = layer.scheme.unwrap_or(merged.scheme);
        // Another catalog stands beside those before; an overlay lies over them.
        let stands_beside = layer.extends.is_none() && layer.name.is_some();
        let beside = merged.name.clone().filter(|_| stands_beside);
        if let Some(name) = layer.name {
            if stands_beside && !merged.families.contains(&name.value) {
                merged.families.push(name.value.clone());
            }
            merged.name = match &beside {
                Some(first) => Name::new(&format!("{first}-{}", name.value)).ok(),
                None => Some(name.value),
            };
        }
        if let (Some(At { value, .. }), Some(_)) = (&layer.horizon, &beside) {
            // Both know the world up to the earlier day.
            merged.horizon = merged.horizon.min(Some(*value));
        } else if let Some(At { value, place }) = layer.horizon {
            if merged.horizon.is_some_and(|before| value < before) {
                problems.push((
                    place,
                    forbidden("the horizon of a catalog cannot move back"),
                ));
            }
            merged.horizon = Some(value);
        }
        for name in layer.order {
            let is_known = merged.order.iter().any(|known| known.value == name.value);
            if is_known && beside.is_some() {
                continue;
            }
            if is_known {
                let text = format!("{} is in the order already", name.value);
                problems.push((name.place, inconsistent(text)));
            } else {
                merged.order.push(name);
            }
        }
        // An overlay adds to the family that it names, another catalog begins one.
        let extended = layer.extends.map(|name| name.value);
        let extended = extended.filter(|name| merged.families.contains(name));
        let family = extended.or_else(|| match stands_beside {
            true => merged.families.last().cloned(),
            false => merged.families.first().cloned(),
        });
        let mut seen: Vec<Name> = Vec::new();
        for package in layer.packages {
            if seen.contains(&package.name.value) {
                let text = format!("package {} is described twice", package.name.value);
                problems.push((package.name.place, inconsistent(text)));
            }
            seen.push(package.name.value.clone());
            merge_package(&mut merged.packages, package, family.as_ref(), problems);
        }
        let mut ids: Vec<Name> = Vec::new();
        for property in layer.properties {
            let id = property.id.value.clone();
            if ids.contains(&id) {
                let text = format!("the property {id} occurs twice");
                problems.push((property.id.place, inconsistent(text)));
            }
            ids.push(id.clone());
            merged.properties.insert(id, property);
        }
        let mut ids: Vec<Name> = Vec::new();
        for rule in layer.rules {
            let place = rule.id.place;
            if ids.contains(&rule.id.value) {
                let text = format!("the id {} is given twice", rule.id.value);
                problems.push((place, inconsistent(text)));
                continue;
            }
            ids.push(rule.id.value.clone());
            if let Some(before) = merged.rules.get(&rule.id.value) {
                let same_kind =
                    std::mem::discriminant(&before.kind) == std::mem::discriminant(&rule.kind);
                if !same_kind || before.package.value != rule.package.value {
                    let text = format!("rule {} is of another kind or package", rule.id.value);
                    problems.push((place, forbidden(text)));
                } else if before.force == Force::Must && rule.force == Force::Should {
                    let text = format!("rule {} is a must and stays one", rule.id.value);
                    problems.push((place, forbidden(text)));
                }
            }
            merged.rules.insert(rule.id.value.clone(), rule);
        }
    }
    merged
}

fn merge_package(
    packages: &mut BTreeMap<Name, MergedPackage>,
    draft: DraftPackage,
    family: Option<&Name>,
    problems: &mut Problems,
) {
    let entry = packages
        .entry(draft.name.value.clone())
        .or_insert_with(|| MergedPackage {
            place: draft.name.place,
            families: Vec::new(),
            role: None,
            has_role: false,
            about: String::new(),
            changelog: None,
            one_line_at_a_time: false,
            early: None,
            moves: Moves::Lines,
            alone: false,
            lockstep: None,
            command: None,
            instruction: None,
            edges: Vec::new(),
            no_way_back: None,
            replaced_by: None,
            lines: BTreeMap::new(),
            releases: Vec::new(),
        });
    if let Some(family) = family.filter(|it| !entry.families.contains(it)) {
        entry.families.push(family.clone());
    }
    entry.has_role |= draft.has_role;
    if let Some(role) = draft.role {
        if entry.role.is_some_and(|before| before != role.value) {
            let text = format!("the role of {} cannot be changed", draft.name.value);
            problems.push((role.place, forbidden(text)));
        }
        entry.role = Some(role.value);
    }
    if let Some(about) = draft.about {
        entry.about = about;
    }
    if draft.changelog.is_some() {
        entry.changelog = draft.changelog;
    }
    if let Some(other) = draft.replaced_by {
        entry.replaced_by = Some(other.value);
    }
    if draft.no_way_back.is_some() {
        entry.no_way_back = draft.no_way_back;
    }
    if let Some(stride) = draft.one_line_at_a_time {
        entry.one_line_at_a_time = stride;
    }
    entry.moves = draft.moves.unwrap_or(entry.moves);
    if let Some(early) = draft.early {
        entry.early = family.filter(|_| early).cloned();
    }
    entry.alone = draft.alone.unwrap_or(entry.alone);
    if let Some(group) = draft.lockstep {
        entry.lockstep = Some(group.value);
    }
    // A later layer's way to move it stands for the one before, whether it is a command or not.
    if draft.command.is_some() || draft.instruction.is_some() {
        entry.command = draft.command;
        entry.instruction = draft.instruction;
    }
    // What a later layer says of entering a release stands for what was said before.
    let edges = &draft.edges;
    if !(edges.is_empty() || entry.edges.is_empty()) {
        let mut told: Vec<&Version> = edges.iter().map(|edge| &edge.to.value).collect();
        told.sort();
        let kept = |edge: &DraftEdge| told.binary_search(&&edge.to.value).is_err();
        entry.edges.retain(kept);
    }
    entry.edges.extend(draft.edges);
    for line in draft.lines {
        let support = Support {
            first_release: line.first_release,
            status: line.status,
            end_of_life: line.end_of_life,
        };
        entry
            .lines
            .insert(line.name.value, (line.name.place, support));
    }
    let mut releases = draft.releases;
    let by_version = |a: &DraftRelease, b: &DraftRelease| a.version.value.cmp(&b.version.value);
    releases.sort_by(by_version);
    for pair in releases.windows(2) {
        let version = &pair[1].version;
        if pair[0].version.value == version.value {
            let text = format!("{} {} occurs twice", draft.name.value, version.value);
            problems.push((version.place, inconsistent(text)));
        }
    }
    entry.releases.append(&mut releases);
    entry.releases.sort_by(by_version);
    entry.releases.dedup_by(|later, earlier| {
        let same = later.version.value == earlier.version.value;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
}

/// The packages in the catalog's order, runtimes last, with their lines.
fn order(
    order: &[At<Name>],
    mut packages: BTreeMap<Name, MergedPackage>,
    scheme: Scheme,
    problems: &mut Problems,
) -> (Vec<Package>, Vec<(Spot, Vec<DraftEdge>)>) {
    let mut names: Vec<Name> = Vec::new();
    for name in order {
        match packages.get(&name.value) {
            Some(package) if package.role != Some(Role::Runtime) => names.push(name.value.clone()),
            Some(_) => {
                let text = format!("{} is a runtime and has no place in the order", name.value);
                problems.push((name.place, inconsistent(text)));
            }
            None => problems.push((name.place, unknown_package(&name.value))),
        }
    }
    for (name, package) in &packages {
        match package.role {
            // An unknown one is reported where it is read.
            None if package.has_role => {}
            None => {
                let text = format!(
                    "package {name} has no role: expected stepped, follower, lazy or runtime"
                );
                problems.push((package.place, inconsistent(text)));
            }
            Some(Role::Runtime) => names.push(name.clone()),
            Some(_) if !names.contains(name) => {
                let text = format!("package {name} is missing in the order");
                problems.push((package.place, inconsistent(text)));
            }
            Some(_) => {}
        }
    }
    let (mut ordered, mut edges) = (Vec::new(), Vec::new());
    for name in names {
        let Some(mut package) = packages.remove(&name) else {
            continue;
        };
        if package.releases.len() > MAX_RELEASES {
            let text = format!("package {name} has more than {MAX_RELEASES} releases");
            problems.push((package.place, Error::new(ErrorCode::TooLarge, text)));
            continue;
        }
        edges.push((package.place, std::mem::take(&mut package.edges)));
        ordered.push(make_package(name, package, scheme, problems));
    }
    if ordered.len() > usize::from(u16::MAX) {
        let text = "the catalog has more than 65,535 packages";
        problems.push((
            Spot { file: 0, offset: 0 },
            Error::new(ErrorCode::TooLarge, text),
        ));
        ordered.clear();
        edges.clear();
    }
    (ordered, edges)
}

fn make_package(
    name: Name,
    package: MergedPackage,
    scheme: Scheme,
    problems: &mut Problems,
) -> Package {
    let mut lines: Vec<Line> = Vec::new();
    let mut releases = Vec::new();
    for release in package.releases {
        let text = release.version.value.as_str();
        let on_last = lines.last().is_some_and(|last| {
            let rest = text.strip_prefix(&*last.name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        });
        if !on_last {
            add_line(&mut lines, release.version.value.line(), &package.lines);
        }
        releases.push(Release {
            version: release.version.value,
            date: release.date,
            line: lines.len() - 1,
            requirements: release.requirements,
            yanked: release.yanked,
            marks: release.marks,
            blocked: Vec::new(),
            avoided: Vec::new(),
            needs: [].into(),
            prerelease: false,
            enterable: false,
            signature: 0,
        });
    }
    for (line, (place, _)) in &package.lines {
        let known = line.ends_with(".x") || lines.iter().any(|known| *known.name == **line);
        if !known {
            let text = format!("line {:?} of {name} has no release", short(line));
            problems.push((*place, inconsistent(text)));
        }
    }
    for line in &mut lines {
        line.unread = line.support.is_none();
    }
    for release in &releases {
        lines[release.line].unread &= release.marks.iter().any(|it| it == Line::UNREAD);
    }
    Package {
        name,
        families: package.families,
        role: package.role.unwrap_or(Role::Follower),
        about: package.about.into(),
        changelog: package.changelog.map(Text::from),
        scheme,
        one_line_at_a_time: package.one_line_at_a_time,
        early: package.early,
        moves: package.moves,
        edges: Edges::default(),
        alone: package.alone,
        lockstep: package.lockstep,
        command: package.command.map(Text::from),
        instruction: package.instruction.map(Text::from),
        no_way_back: package.no_way_back.map(Text::from),
        replaced_by: package.replaced_by,
        releases: releases.into(),
        lines,
        requires: Vec::new(),
        rules: Vec::new(),
        plain: Vec::new(),
        prereleases: Vec::new(),
    }
}

/// Adds the line of a release, unless it is the last one already.
fn add_line(lines: &mut Vec<Line>, name: String, supports: &BTreeMap<String, (Spot, Support)>) {
    if lines.last().is_some_and(|last| *last.name == *name) {
        return;
    }
    let major = name.split('.').next().unwrap_or("");
    let support = supports
        .get(&name)
        .or_else(|| supports.get(&format!("{major}.x")));
    lines.push(Line {
        support: support.map(|(_, support)| *support),
        name: name.into(),
        is_rung: false,
        unread: false,
    });
}

// ---- compiling -------------------------------------------------------------------------------

/// Requirements as sets over sorted releases, each set once.
struct Sets {
    sets: Vec<ReleaseSet>,
    known: BTreeMap<(PackageId, usize, bool), SetId>,
}

impl Sets {
    fn of(
        &mut self,
        packages: &[Package],
        on: PackageId,
        requirement: &Arc<Requirement>,
        negated: bool,
    ) -> SetId {
        // Requirements are shared by text when read, so the same pointer is the same requirement.
        let key = (on, Arc::as_ptr(requirement) as usize, negated);
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let releases = &packages[on.index()].releases;
        let mut bits = vec![0u64; releases.len().div_ceil(64)].into_boxed_slice();
        for at in requirement.matching(releases, Release::version) {
            bits[at / 64] |= 1 << (at % 64);
        }
        if negated {
            for at in 0..releases.len() {
                bits[at / 64] ^= 1 << (at % 64);
            }
        }
        let id = SetId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.sets.push(ReleaseSet {
            on,
            requirement: requirement.clone(),
            negated,
            bits,
        });
        self.known.insert(key, id);
        id
    }
}

fn compile(packages: &mut [Package], rules: &mut [Rule]) -> ReleaseSets {
    let ids: BTreeMap<Name, PackageId> = packages
        .iter()
        .enumerate()
        .filter_map(|(at, package)| {
            Some((package.name.clone(), PackageId(u16::try_from(at).ok()?)))
        })
        .collect();
    let mut sets = Sets {
        sets: Vec::new(),
        known: BTreeMap::new(),
    };
    // Of each release of each package.
    let mut needs: Vec<Vec<Vec<Need>>> = Vec::with_capacity(packages.len());
    for at in 0..packages.len() {
        let mut own: Vec<Vec<Need>> = Vec::with_capacity(packages[at].releases.len());
        for release in 0..packages[at].releases.len() {
            let releases = &packages[at].releases;
            let requirements = releases[release].requirements.clone();
            let last = release.checked_sub(1).map(|last| &releases[last]);
            let needs = match last {
                Some(last) if Arc::ptr_eq(&last.requirements, &requirements) => {
                    own[release - 1].clone()
                }
                _ => requirements
                    .iter()
                    .filter_map(|dependency| Some((*ids.get(&dependency.name)?, dependency)))
                    .map(|(on, dependency)| Need {
                        on,
                        set: sets.of(packages, on, &dependency.requirement, false),
                        rule: None,
                    })
                    .collect(),
            };
            for need in &needs {
                if !packages[at].requires.contains(&need.on) {
                    packages[at].requires.push(need.on);
                }
            }
            own.push(needs);
        }
        needs.push(own);
    }
    for (number, rule) in rules.iter_mut().enumerate() {
        let id = RuleId(u32::try_from(number).unwrap_or(u32::MAX));
        let of = rule.package;
        packages[of.index()].rules.push(id);
        for (requirement, set) in rule.sets_to_compile() {
            *set = sets.of(packages, of, requirement, false);
        }
        let releases = &mut packages[of.index()].releases;
        if let Some(versions) = rule.blocks() {
            for at in versions.matching(releases, Release::version) {
                releases[at].blocked.push(id);
            }
        }
        if let Some(versions) = rule.avoids() {
            for at in versions.matching(releases, Release::version) {
                releases[at].avoided.push(id);
            }
        }
        // Of what no section tells, the lockfile does: see `crate::rules`.
        if let Some(pair) = rule.pair() {
            if let Beside::Package(on) = pair.with {
                let set = sets.of(packages, on, pair.requirement, !pair.meets);
                let rule = Some(id);
                let releases = &mut packages[of.index()].releases;
                for at in pair.versions.matching(releases, Release::version) {
                    needs[of.index()][at].push(Need { on, set, rule });
                }
            }
        }
    }
    for (package, needs) in packages.iter_mut().zip(needs) {
        share(package, needs);
    }
    sign(packages, &sets.sets, rules);
    for package in packages.iter_mut() {
        sign_edges(package);
    }
    for package in packages.iter_mut() {
        package.plain = vec![0; package.releases.len().div_ceil(64)];
        package.prereleases = package.plain.clone();
        for (at, release) in package.releases.iter_mut().enumerate() {
            release.prerelease = release.version.is_prerelease();
            if !release.yanked {
                let bits = match release.prerelease {
                    true => &mut package.prereleases,
                    false => &mut package.plain,
                };
                bits[at / 64] |= 1 << (at % 64);
            }
            release.enterable = !release.yanked
                && release.blocked.is_empty()
                && release.avoided.is_empty()
                && !release.prerelease;
            package.lines[release.line].is_rung |= release.enterable;
        }
    }
    ReleaseSets::new(sets.sets)
}

/// Gives the releases of a package what they need; those that need the same share it.
fn share(package: &mut Package, needs: Vec<Vec<Need>>) {
    let mut known: BTreeMap<Vec<Need>, Arc<[Need]>> = BTreeMap::new();
    for (release, needs) in package.releases.iter_mut().zip(needs) {
        release.needs = match known.get(&needs) {
            Some(known) => known.clone(),
            None => {
                let shared: Arc<[Need]> = needs.as_slice().into();
                known.insert(needs, shared.clone());
                shared
            }
        };
    }
}

pub(super) fn inconsistent(text: impl Into<String>) -> Error {
    Error::new(ErrorCode::InconsistentCatalog, text)
}

fn forbidden(text: impl Into<String>) -> Error {
    Error::new(ErrorCode::ForbiddenOverride, text)
}

pub(super) fn unknown_package(name: &Name) -> Error {
    inconsistent(format!("no package {name} in this catalog"))
}
