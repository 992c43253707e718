//! The embedded catalog, that of Rails, and what they give joined with that of Kafka, in a form that opens
//! without reading TOML.
//!
//! The TOML files are the one source that people edit. What they give (packages with
//! compiled requirements, rules, actions, rollout, the digest) is written to `.bin` files: a table of texts, then values that refer to it by number. `UPDATE=1 cargo test --lib stored`
//! writes them anew, and without `UPDATE` that test compares them with the TOML files byte for byte.
//!
//! Nothing here is a format for others: a byte that does not fit makes [`StoredFiles::world`] and its like
//! return `None`, and the TOML files are read instead. A build for WebAssembly has none of these files.

#![cfg_attr(
    not(test),
    allow(dead_code, reason = "only the test that keeps the files true writes")
)]

use super::Inner;
use super::action::{
    Action, ActionKind, ActionRange, Actions, Component, Condition, Edition, Phase, Severity,
};
use super::detect::{Detect, DetectKind, DetectRole, DetectUse};
use super::edges::{Edges, Span};
use super::rollout::{Rolling, Rollout};
use super::rule::{Defect, Force, Level, Property, RiskApplies, Rule, Skew, Stop};
use super::{
    Dependency, Late, Line, Moves, Need, Package, PackageId, Release, ReleaseSet, ReleaseSets,
    Role, RuleId, SetId, Support, SupportStatus,
};
use crate::date::Date;
use crate::name::Name;
use crate::plain::Text;
use crate::version::{Requirement, Scheme, Version};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is stored of a catalog, or of several that are joined.
#[derive(Debug)]
pub(super) struct StoredFiles {
    /// The names of the catalogs, in their order.
    pub(super) names: &'static [&'static str],
    #[cfg(test)]
    folder: &'static str,
    /// Packages, rules and the digest.
    world: &'static [u8],
    actions: &'static [u8],
    rollout: &'static [u8],
}

#[cfg(not(target_family = "wasm"))]
macro_rules! stored {
    ($folder:literal: $($name:literal)*) => {
        StoredFiles {
            names: &[$($name),*],
            #[cfg(test)]
            folder: $folder,
            world: include_bytes!(concat!($folder, "/world.bin")),
            actions: include_bytes!(concat!($folder, "/actions.bin")),
            rollout: include_bytes!(concat!($folder, "/rollout.bin")),
        }
    };
}

/// None for WebAssembly: a page is loaded over a network, and what is read from TOML is 130 kB smaller there.
#[cfg(target_family = "wasm")]
static STORED: [StoredFiles; 0] = [];
#[cfg(not(target_family = "wasm"))]
static STORED: [StoredFiles; 3] = [
    stored!("karafka": "karafka"),
    stored!("stored/rails": "rails"),
    stored!("stored/joined": "karafka" "rails" "kafka"),
];

/// What is stored of these catalogs in this order.
pub(super) fn of(names: &[&str]) -> Option<&'static StoredFiles> {
    STORED.iter().find(|it| it.names == names)
}

impl StoredFiles {
    /// Reads the packages and rules, and the digest of all files.
    pub(super) fn world(&self) -> Option<(Inner, String)> {
        read(self.world)
    }

    /// Reads the actions.
    pub(super) fn actions(&self) -> Option<Actions> {
        read(self.actions).map(Actions::from_ordered)
    }

    /// Reads the facts of rollout.
    pub(super) fn rollout(&self) -> Option<Rollout> {
        read(self.rollout)
    }
}

/// Reads all that bytes have.
pub(super) fn read<T: Stored>(bytes: &'static [u8]) -> Option<T> {
    let mut reader = Reader::new(bytes)?;
    let value = T::load(&mut reader)?;
    reader.body.is_empty().then_some(value)
}

/// A value that can be written, and read back the same.
pub(crate) trait Stored: Sized {
    fn store(&self, to: &mut Writer);
    fn load(from: &mut Reader) -> Option<Self>;
}

/// What is written: texts and lists of dependencies once each, values in their order.
#[derive(Default)]
pub(crate) struct Writer {
    texts: Vec<String>,
    at: BTreeMap<String, usize>,
    names: Once,
    shared: Once,
    versions: Once,
    requirements: Once,
    /// Lists that releases share.
    dependencies: Once,
    needs: Once,
    body: Vec<u8>,
}

/// Values that are written once, in the order in which they were met.
#[derive(Default)]
struct Once {
    values: Vec<Vec<u8>>,
    at: BTreeMap<Vec<u8>, usize>,
}

impl Once {
    fn place(&mut self, value: Vec<u8>) -> usize {
        let next = self.values.len();
        let at = *self.at.entry(value.clone()).or_insert(next);
        if at == next {
            self.values.push(value);
        }
        at
    }
}

impl Writer {
    fn run(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::default();
        write(&mut writer);
        let body = std::mem::take(&mut writer.body);
        let texts = std::mem::take(&mut writer.texts);
        texts.len().store(&mut writer);
        texts.iter().for_each(|text| text.len().store(&mut writer));
        writer.body.extend(texts.concat().as_bytes());
        // What stands in others first.
        let once = [
            &mut writer.names,
            &mut writer.shared,
            &mut writer.versions,
            &mut writer.requirements,
            &mut writer.dependencies,
            &mut writer.needs,
        ];
        for values in once.map(|it| std::mem::take(&mut it.values)) {
            values.len().store(&mut writer);
            writer.body.extend(values.concat());
        }
        writer.body.extend(body);
        writer.body
    }

    /// What is written of a value that does not stand here.
    fn aside(&mut self, write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let body = std::mem::take(&mut self.body);
        write(self);
        std::mem::replace(&mut self.body, body)
    }

    pub(super) fn tag(&mut self, number: u8) {
        self.body.push(number);
    }

    fn text(&mut self, text: &str) {
        let next = self.texts.len();
        let at = *self.at.entry(text.to_owned()).or_insert(next);
        if at == next {
            self.texts.push(text.to_owned());
        }
        at.store(self);
    }
}

/// What is read: each text, and what was made of it, once.
pub(crate) struct Reader {
    texts: Vec<&'static str>,
    names: Vec<Name>,
    shared: Vec<Arc<str>>,
    versions: Vec<Version>,
    requirements: Vec<Arc<Requirement>>,
    dependencies: Vec<Arc<[Dependency]>>,
    needs: Vec<Arc<[Need]>>,
    body: &'static [u8],
}

impl Reader {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let mut reader = Reader {
            texts: Vec::new(),
            names: Vec::new(),
            shared: Vec::new(),
            versions: Vec::new(),
            requirements: Vec::new(),
            dependencies: Vec::new(),
            needs: Vec::new(),
            body: bytes,
        };
        let texts = usize::load(&mut reader)?;
        // Each length takes a byte at least.
        let mut lens = Vec::with_capacity(texts.min(bytes.len()));
        for _ in 0..texts {
            lens.push(usize::load(&mut reader)?);
        }
        let all = lens
            .iter()
            .try_fold(0, |all: usize, len| all.checked_add(*len))?;
        let (all, rest) = reader.body.split_at_checked(all)?;
        reader.body = rest;
        let mut all = std::str::from_utf8(all).ok()?;
        reader.texts.reserve_exact(texts);
        for len in lens {
            let (text, rest) = all.split_at_checked(len)?;
            reader.texts.push(text);
            all = rest;
        }
        reader.names = reader.values(|it| it.text().map(Name::stored))?;
        reader.shared = reader.values(|it| it.text().map(Into::into))?;
        reader.versions = reader.values(|it| {
            let scheme = Scheme::load(it)?;
            Version::parse(scheme, it.text()?).ok()
        })?;
        reader.requirements = reader.values(|it| Requirement::load(it).map(Arc::new))?;
        reader.dependencies = reader.values(|it| Vec::load(it).map(Into::into))?;
        reader.needs = reader.values(|it| Vec::load(it).map(Into::into))?;
        Some(reader)
    }

    /// As many values as a number says.
    fn values<T>(&mut self, load: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let len = usize::load(self)?;
        // Each takes a byte at least.
        let mut values = Vec::with_capacity(len.min(self.body.len()));
        for _ in 0..len {
            values.push(load(self)?);
        }
        Some(values)
    }

    pub(super) fn tag(&mut self) -> Option<u8> {
        self.byte()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.body.split_first()?;
        self.body = rest;
        Some(*first)
    }

    fn text(&mut self) -> Option<&'static str> {
        let at = usize::load(self)?;
        self.texts.get(at).copied()
    }
}

impl Stored for u64 {
    fn store(&self, to: &mut Writer) {
        let mut rest = *self;
        while rest >= 0x80 {
            to.body.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        to.body.push(rest.to_le_bytes()[0]);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = from.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

macro_rules! numbers {
    ($($number:ty)*) => { $(
        impl Stored for $number {
            fn store(&self, to: &mut Writer) {
                u64::try_from(*self).unwrap_or(u64::MAX).store(to);
            }

            fn load(from: &mut Reader) -> Option<Self> {
                u64::load(from)?.try_into().ok()
            }
        }
    )* };
}

numbers! { usize u32 u16 u8 }

impl Stored for bool {
    fn store(&self, to: &mut Writer) {
        to.body.push(u8::from(*self));
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Some(from.byte()? == 1)
    }
}

impl Stored for String {
    fn store(&self, to: &mut Writer) {
        to.text(self);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        from.text().map(str::to_owned)
    }
}

impl Stored for Text {
    fn store(&self, to: &mut Writer) {
        to.text(self);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        from.text().map(Cow::Borrowed)
    }
}

/// As it was compiled, since to read its text takes longer.
impl Stored for Requirement {
    fn store(&self, to: &mut Writer) {
        let parts = self.parts();
        parts.store(to);
        if parts.is_none() {
            self.scheme().store(to);
            to.text(&self.to_string());
        }
    }

    fn load(from: &mut Reader) -> Option<Self> {
        if let Some(parts) = Option::load(from)? {
            return Requirement::of_parts(parts);
        }
        let scheme = Scheme::load(from)?;
        Requirement::parse(scheme, from.text()?).ok()
    }
}

impl Stored for Date {
    fn store(&self, to: &mut Writer) {
        self.packed().store(to);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Date::of_packed(u32::load(from)?)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn store(&self, to: &mut Writer) {
        self.is_some().store(to);
        if let Some(value) = self {
            value.store(to);
        }
    }

    fn load(from: &mut Reader) -> Option<Self> {
        match bool::load(from)? {
            true => T::load(from).map(Some),
            false => Some(None),
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store(&self, to: &mut Writer) {
        self.len().store(to);
        for value in self {
            value.store(to);
        }
    }

    fn load(from: &mut Reader) -> Option<Self> {
        from.values(T::load)
    }
}

impl<T: Stored> Stored for Box<T> {
    fn store(&self, to: &mut Writer) {
        (**self).store(to);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        T::load(from).map(Box::new)
    }
}

impl<A: Stored, B: Stored, C: Stored> Stored for (A, B, C) {
    fn store(&self, to: &mut Writer) {
        self.0.store(to);
        self.1.store(to);
        self.2.store(to);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Some((A::load(from)?, B::load(from)?, C::load(from)?))
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn store(&self, to: &mut Writer) {
        self.0.store(to);
        self.1.store(to);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Some((A::load(from)?, B::load(from)?))
    }
}

/// Bits of releases.
impl Stored for Box<[u64]> {
    fn store(&self, to: &mut Writer) {
        self.len().store(to);
        for word in self {
            word.store(to);
        }
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Vec::load(from).map(Vec::into_boxed_slice)
    }
}

/// With texts of their own, since they are read when they are first looked at.
impl<T: Stored + Clone> Stored for Late<T> {
    fn store(&self, to: &mut Writer) {
        let bytes = Writer::run(|to| self.to_vec().store(to));
        bytes.len().store(to);
        to.body.extend(bytes);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        let len = usize::load(from)?;
        let (bytes, rest) = from.body.split_at_checked(len)?;
        from.body = rest;
        Some(Late::stored(bytes))
    }
}

impl Stored for Arc<[String]> {
    fn store(&self, to: &mut Writer) {
        self.to_vec().store(to);
    }

    fn load(from: &mut Reader) -> Option<Self> {
        Vec::load(from).map(Into::into)
    }
}

/// What many share is written once.
macro_rules! once {
    ($($item:ty, $once:ident: |$value:ident, $to:ident| $store:expr;)*) => { $(
        impl Stored for $item {
            fn store(&self, to: &mut Writer) {
                let $value = self;
                let value = to.aside(|$to| $store);
                to.$once.place(value).store(to);
            }

            fn load(from: &mut Reader) -> Option<Self> {
                let at = usize::load(from)?;
                from.$once.get(at).cloned()
            }
        }
    )* };
}

once! {
    Name, names: |name, to| to.text(name.as_str());
    Arc<str>, shared: |text, to| to.text(text);
    Version, versions: |version, to| {
        version.scheme().store(to);
        to.text(version.as_str());
    };
    Arc<Requirement>, requirements: |requirement, to| requirement.as_ref().store(to);
    Arc<[Dependency]>, dependencies: |list, to| list.to_vec().store(to);
    Arc<[Need]>, needs: |list, to| list.to_vec().store(to);
}

/// Records, field by field; a field that is left out does not compile.
macro_rules! records {
    ($($record:ident { $($field:ident)* })*) => { $(
        impl Stored for $record {
            fn store(&self, to: &mut Writer) {
                let $record { $($field),* } = self;
                $($field.store(to);)*
            }

            fn load(from: &mut Reader) -> Option<Self> {
                $(let $field = Stored::load(from)?;)*
                Some($record { $($field),* })
            }
        }
    )* };
}

records! {
    Inner { name families horizon scheme packages properties rules sets idle_risks }
    Package {
        name families role about changelog scheme no_way_back replaced_by one_line_at_a_time early
        moves edges alone lockstep command instruction releases lines requires rules plain prereleases
    }
    Release {
        version date line requirements yanked marks blocked avoided needs prerelease enterable
        signature
    }
    Dependency { name requirement }
    Need { on set rule }
    ReleaseSet { on requirement negated bits }
    Line { name support is_rung unread }
    Support { first_release status end_of_life }
    Rule { id package force why source inferred level evidence conditions kind }
    Edges { starts spans risks }
    Span { first end risks }
    Stop { wait check }
    Skew { versions set of behind ahead while_rolling }
    Defect { versions fixed_in affects workaround avoid with }
    Property { id ask shown_by }
    Action {
        id package planned since kind severity phase component edition summary action commands
        affects look conditions decides by_plan stages constraint old new detects note inferred
        contradiction source link possible_since due_by
    }
    ActionRange { kind package range before }
    Detect { kind value scope replacement mechanical role of given lacks used }
}

/// Numbers with a meaning.
macro_rules! wrapped {
    ($($record:ident)*) => { $(
        impl Stored for $record {
            fn store(&self, to: &mut Writer) {
                self.0.store(to);
            }

            fn load(from: &mut Reader) -> Option<Self> {
                Stored::load(from).map($record)
            }
        }
    )* };
}

wrapped! { PackageId RuleId SetId ReleaseSets }

/// Enums without data, by their place in a list of all.
macro_rules! words {
    ($($word:ident in $all:expr;)*) => { $(
        impl Stored for $word {
            fn store(&self, to: &mut Writer) {
                let at = $all.iter().position(|it| it == self);
                at.unwrap_or(usize::MAX).store(to);
            }

            fn load(from: &mut Reader) -> Option<Self> {
                $all.get(usize::load(from)?).copied()
            }
        }
    )* };
}

words! {
    Scheme in [Scheme::RubyGems, Scheme::SemVer];
    Role in Role::ALL;
    Moves in Moves::ALL;
    RiskApplies in RiskApplies::ALL;
    Force in [Force::Should, Force::Must];
    Level in Level::ALL;
    SupportStatus in SupportStatus::ALL;
    ActionKind in ActionKind::ALL;
    Severity in Severity::ALL;
    Phase in Phase::ALL;
    Component in Component::ALL;
    Edition in Edition::ALL;
    DetectKind in DetectKind::ALL;
    DetectRole in DetectRole::ALL;
    DetectUse in DetectUse::ALL;
    Rolling in Rolling::ALL;
}

/// Enums with data: a number for the variant, then its fields.
macro_rules! variants {
    ($($name:ident { $($number:literal: $variant:ident { $($field:tt)* },)* })*) => { $(
        impl Stored for $name {
            fn store(&self, to: &mut Writer) {
                match self {
                    $($name::$variant { $($field)* } => {
                        to.tag($number);
                        variants!(store to $($field)*);
                    })*
                }
            }

            fn load(from: &mut Reader) -> Option<Self> {
                match from.tag()? {
                    $($number => {
                        variants!(load from $($field)*);
                        Some($name::$variant { $($field)* })
                    })*
                    _ => None,
                }
            }
        }
    )* };
    (store $to:ident $(0: $only:ident)? $($field:ident),*) => { $($only.store($to);)? $($field.store($to);)* };
    (load $from:ident $(0: $only:ident)? $($field:ident),*) => {
        $(let $only = Stored::load($from)?;)?
        $(let $field = Stored::load($from)?;)*
    };
}
pub(super) use variants;

variants! {
    Condition {
        0: Present { package, versions },
        1: Absent { package },
    }
}

#[cfg(test)]
mod tests;
