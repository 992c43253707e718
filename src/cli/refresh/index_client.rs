//! The compact index of a server: its files as they are now, with as few bytes as that takes.
//!
//! `versions` gives for each package the MD5 of its `info`, so a second call asks for `versions` only,
//! and the server says that it has not changed. A text that only grew is asked for from its last byte
//! on; it is taken only where a digest proves the whole, as Bundler does.

use super::cache::{Cache, Kept};
use super::progress::Progress;
use super::transport::{Ask, Reply, Text, Transport};
use crate::import::md5;
use rungs::index::{self, Versions};
use rungs::refresh::IndexAnswer;
use rungs::{Error, Name, Scheme, Version};
use std::collections::BTreeSet;

/// The most bytes of one package's `info`; the largest of rubygems.org has about 2 million.
const MAX_INFO: usize = 16 << 20;
/// How often `versions` and an `info` may disagree before the server is not believed: it may change
/// between two requests.
const ROUNDS: usize = 3;

pub(crate) struct IndexClient {
    pub(crate) transport: Transport,
    cache: Cache,
    progress: Progress,
    /// Lines that could not be read, each with its file.
    pub(crate) problems: Vec<Error>,
}

/// What `versions` says of the packages that were asked for.
struct NamedVersions {
    versions: Versions,
    text: Vec<u8>,
}

impl IndexClient {
    pub(crate) fn new(transport: Transport, cache: Cache) -> Self {
        IndexClient {
            progress: Progress::new(&transport.server.host),
            transport,
            cache,
            problems: Vec::new(),
        }
    }

    /// The answers about packages, in their order, each consistent with the others.
    pub(crate) fn answers(&mut self, names: &[Name]) -> Result<Vec<(Name, IndexAnswer)>, Error> {
        let mut listed = self.listed(names)?;
        let mut answers = Vec::new();
        for (at, name) in names.iter().enumerate() {
            self.progress.show(name.as_str(), at + 1, names.len());
            let text = self.consistent(name, names, &mut listed)?;
            answers.push((name.clone(), self.answer(name, text, listed.as_ref())));
        }
        self.progress.clear();
        if listed.is_none() && self.is_nothing_there(&answers) {
            let server = &self.transport.server;
            return Err(refused(format!(
                "{server} has no compact index: expected {server}versions and {server}info/NAME; \
                 `rungs catalog import` reads the index of a mirror or of Bundler's cache"
            )));
        }
        // A gem that was renamed or withdrawn in between would be of another day.
        if let Some(listed) = &listed {
            for (name, answer) in &mut answers {
                let withdrawn = withdrawn(&listed.text, name);
                *answer = std::mem::take(answer).withdrawn(withdrawn);
            }
        }
        Ok(answers)
    }

    fn is_nothing_there(&self, answers: &[(Name, IndexAnswer)]) -> bool {
        answers.iter().all(|(_, answer)| answer.is_absent())
    }

    /// The `info` of a package that has the sum that `versions` names; `None` where the server has no
    /// such package.
    fn consistent(
        &mut self,
        name: &Name,
        names: &[Name],
        listed: &mut Option<NamedVersions>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let path = format!("info/{name}");
        for _ in 0..ROUNDS {
            let Some(now) = listed.as_ref() else {
                return self.update(&path, MAX_INFO);
            };
            let Some(entry) = now.versions.get(name.as_str()) else {
                return Ok(None);
            };
            let sum = entry.checksum().to_ascii_lowercase();
            let kept = self.cache.read(&path, MAX_INFO);
            if let Some(kept) = kept.filter(|kept| md5(&kept.text) == sum) {
                return Ok(Some(kept.text));
            }
            let text = self.update(&path, MAX_INFO)?;
            match &text {
                // Some servers give no sum.
                Some(text) if sum.len() != 32 || md5(text) == sum => return Ok(Some(text.clone())),
                None if entry.versions().next().is_none() => return Ok(None),
                _ => *listed = self.listed(names)?,
            }
        }
        let server = &self.transport.server;
        Err(refused(format!(
            "{server}{path}: the text does not have the MD5 sum that {server}versions names for it; the \
             server is being changed, or contradicts itself"
        )))
    }

    fn answer(
        &mut self,
        name: &Name,
        text: Option<Vec<u8>>,
        listed: Option<&NamedVersions>,
    ) -> IndexAnswer {
        let Some(text) = text else {
            return IndexAnswer::absent();
        };
        let (releases, problems) = index::read_info(&text);
        let mut unread = problems.len();
        let file = format!("{}info/{name}", self.transport.server);
        let problems = problems.into_iter().map(|it| it.in_file(&file));
        self.problems.extend(problems);
        // A version that is only named is not described: as if its line could not be read.
        if let Some(entry) = listed.and_then(|it| it.versions.get(name.as_str())) {
            let there: BTreeSet<&Version> = releases.iter().map(|it| it.version()).collect();
            let named = entry.versions().map(|(version, _)| version);
            unread = unread.max(named.filter(|version| !there.contains(version)).count());
        }
        IndexAnswer::new(releases).unread_lines(unread)
    }

    /// `versions`, read for these packages only: it names all that the server has.
    fn listed(&mut self, names: &[Name]) -> Result<Option<NamedVersions>, Error> {
        self.progress.show("versions", 0, names.len());
        let Some(text) = self.update("versions", index::MAX_BYTES)? else {
            return Ok(None);
        };
        let text = lines_of(&text, names);
        let (versions, problems) = index::read_versions(&text);
        let file = format!("{}versions", self.transport.server);
        let problems = problems.into_iter().map(|it| it.in_file(&file));
        self.problems.extend(problems);
        Ok(Some(NamedVersions { versions, text }))
    }

    /// A file as the server has it now; `None` where it does not have it.
    fn update(&mut self, path: &str, most: usize) -> Result<Option<Vec<u8>>, Error> {
        let kept = self.cache.read(path, most).filter(|it| !it.text.is_empty());
        if let Some(kept) = kept {
            let validators = &kept.validators;
            let is_conditional = validators.etag.is_some() || validators.last_modified.is_some();
            let reply = self.transport.ask(&Ask {
                file: path,
                most,
                validators: is_conditional.then_some(validators),
                from: validators.has_digest.then(|| kept.text.len() - 1),
            })?;
            match reply {
                Reply::NotModified => return Ok(Some(kept.text)),
                Reply::Whole(text) => return Ok(Some(self.keep(path, text))),
                Reply::NotThere => return Ok(None),
                Reply::RangeRefused => {}
                Reply::Part(part) => {
                    if let Some(whole) = appended(&kept.text, &part, most) {
                        let text = Text {
                            bytes: whole,
                            ..part
                        };
                        return Ok(Some(self.keep(path, text)));
                    }
                }
            }
        }
        let reply = self.transport.ask(&Ask {
            file: path,
            most,
            validators: None,
            from: None,
        })?;
        Ok(match reply {
            Reply::Whole(text) => Some(self.keep(path, text)),
            _ => None,
        })
    }

    fn keep(&self, path: &str, text: Text) -> Vec<u8> {
        let kept = Kept {
            text: text.bytes,
            validators: text.validators,
        };
        self.cache.write(path, &kept);
        kept.text
    }
}

/// What was kept with what came behind its last byte, where a digest proves the whole.
fn appended(kept: &[u8], part: &Text, most: usize) -> Option<Vec<u8>> {
    let (first, rest) = part.bytes.split_first()?;
    if Some(first) != kept.last() || kept.len() + rest.len() > most {
        return None;
    }
    let mut whole = kept.to_vec();
    whole.extend_from_slice(rest);
    part.proves(&whole).then_some(whole)
}

/// The lines of `versions` that are about these packages.
fn lines_of(text: &[u8], names: &[Name]) -> Vec<u8> {
    let names: BTreeSet<&[u8]> = names.iter().map(|name| name.as_str().as_bytes()).collect();
    let mut out = b"---\n".to_vec();
    for line in text.split(|byte| *byte == b'\n') {
        let name = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        if names.contains(name) {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
    out
}

/// The versions that `versions` names as withdrawn, and not as offered again further down.
fn withdrawn(lines: &[u8], name: &Name) -> Vec<Version> {
    let mut found: BTreeSet<Version> = BTreeSet::new();
    let lines = String::from_utf8_lossy(lines);
    for line in lines.lines() {
        let mut words = line.split(' ').filter(|word| !word.is_empty());
        if words.next() != Some(name.as_str()) {
            continue;
        }
        for entry in words.next().unwrap_or_default().split(',') {
            let (is_withdrawn, entry) = match entry.strip_prefix('-') {
                Some(entry) => (true, entry),
                None => (false, entry),
            };
            // A build for one platform says nothing of the others.
            if entry.contains('-') {
                continue;
            }
            let Ok(version) = Version::parse(Scheme::RubyGems, entry) else {
                continue;
            };
            match is_withdrawn {
                true => found.insert(version),
                false => found.remove(&version),
            };
        }
    }
    found.into_iter().collect()
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
