//! The section CHECKSUMS.

use super::entry::{Entry, commas, trim};
use super::gems::key;
use super::input::shown;
use super::model::{ChecksumData, Run};
use super::reader::{Reader, count, indent, within};
use crate::error::Result;
use std::borrow::Cow;

/// Stands for Bundler itself, which is in no source.
const OWN: usize = usize::MAX;

impl<'t> Reader<'t> {
    pub(super) fn checksum(&mut self, line: &'t str) -> Result<()> {
        let (indent, rest) = indent(line);
        if indent != 2 {
            self.ignored(line, "two blanks and a checksum");
            return Ok(());
        }
        let entry = self.entry(line, rest, true)?;
        let (version, platform) = self.version(line, entry)?;
        let spec = self.listed(rest, entry, version, platform);
        // Bundler notes a checksum of its own; no source lists it.
        let is_own = spec.is_none() && entry.name == "bundler";
        if spec.is_none() && !is_own {
            let message = format!(
                "no source above lists {}; its checksum is ignored",
                shown(rest)
            );
            self.warn(line, rest, message);
        }
        let base = self.keep(rest).start;
        let start = count(self.lockfile.sums.len());
        let list = entry.rest.unwrap_or_default().trim_end_matches(',');
        for sum in commas(list).filter(|_| !list.is_empty()) {
            let checked = spec.or(is_own.then_some(OWN));
            let (algorithm, digest) = self.sum(checked, line, trim(sum))?;
            let pair = (within(base, rest, algorithm), within(base, rest, digest));
            self.lockfile.sums.push(pair);
        }
        let data = ChecksumData {
            name: within(base, rest, entry.name),
            version: self.keep_version(base, rest, version),
            platform: self.keep_platform(base, rest, platform),
            sums: Run {
                start,
                end: count(self.lockfile.sums.len()),
            },
            spec: spec.map(count),
            line: self.line,
        };
        self.lockfile
            .checksums
            .get_or_insert_with(Vec::new)
            .push(data);
        Ok(())
    }

    /// The gem of these three, if a source above lists it. Both sections are sorted, so it is
    /// nearly always the one after the last one asked for.
    fn listed(
        &mut self,
        rest: &'t str,
        entry: Entry<'t>,
        version: &str,
        platform: &str,
    ) -> Option<usize> {
        let guess = self.next_listed;
        let is_it = self.lockfile.spec(guess).is_some_and(|spec| {
            spec.name() == entry.name && spec.version() == version && spec.platform() == platform
        });
        let found = if is_it {
            Some(guess)
        } else {
            self.specs
                .get(&key(rest, entry, version, platform))
                .copied()
        };
        self.next_listed = found.map_or(guess, |found| found + 1);
        found
    }

    fn sum(
        &mut self,
        spec: Option<usize>,
        line: &'t str,
        sum: &'t str,
    ) -> Result<(&'t str, &'t str)> {
        // Both parts are slices of the line, the empty one too, so that their places are known.
        let (algorithm, digest) = sum
            .split_once('=')
            .unwrap_or((sum, sum.get(sum.len()..).unwrap_or_default()));
        // Bundler does not look at sums of gems that it does not know.
        if let Some(spec) = spec {
            let Some(hex) = hex(algorithm, digest).filter(|_| !sum.is_empty()) else {
                return Err(self.damaged(
                    line,
                    sum,
                    format!(
                        "{} is not a checksum, expected sha256= and 64 hexadecimal digits",
                        shown(sum)
                    ),
                ));
            };
            if digest.is_empty() {
                let message = format!("the checksum {} has no digest", shown(sum));
                self.warn(line, sum, message);
            }
            let agrees = if algorithm == "sha256" && spec != OWN {
                if self.sha256.len() <= spec {
                    self.sha256.resize(self.lockfile.specs.len(), None);
                }
                let slot = self.sha256.get_mut(spec);
                slot.is_none_or(|slot| *slot.get_or_insert_with(|| hex.clone()) == hex)
            } else {
                *self.sums.entry((spec, algorithm)).or_insert(digest) == digest
            };
            if !agrees {
                return Err(self.damaged(
                    line,
                    sum,
                    format!(
                        "{} is not the {} of the same gem above, expected one checksum",
                        shown(sum),
                        shown(algorithm)
                    ),
                ));
            }
        }
        Ok((algorithm, digest))
    }
}

/// The digest in hexadecimal, or `None` where Bundler refuses it: a `sha256` is 64 hexadecimal
/// digits, or 43 of base64 (the alphabet of addresses too) and one `=`. Other algorithms may
/// say what they like.
pub(super) fn hex<'a>(algorithm: &str, digest: &'a str) -> Option<Cow<'a, str>> {
    // All bytes without an early way out, which compares many of them at once.
    let digits = |all: bool, byte: u8| all & byte.is_ascii_hexdigit();
    let is_hex = || digest.len() == 64 && digest.bytes().fold(true, digits);
    if algorithm != "sha256" || is_hex() {
        return Some(Cow::Borrowed(digest));
    }
    let digits = digest.strip_suffix('=').filter(|text| text.len() == 43)?;
    let mut hex = String::with_capacity(66);
    for three in digits.as_bytes().chunks(4) {
        let mut bits = 0;
        for place in 0..4 {
            let value = three.get(place).map_or(Some(0), |b| base64(*b))?;
            bits = bits << 6 | value;
        }
        hex.push_str(&format!("{bits:06x}"));
    }
    // 43 digits are 258 bits, 256 of them the sum's; Ruby asks that the other two are zero.
    if hex.get(64..) != Some("00") {
        return None;
    }
    hex.truncate(64);
    Some(Cow::Owned(hex))
}

fn base64(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sha256_is_hexadecimal_or_base64() {
        let sum = "96b54c132ae1720186d63ff2183cb2dc16bcc8005b9e37cca796fb31fbf45e6b";
        let padded = "lrVMEyrhcgGG1j_yGDyy3Ba8yABbnjfMp5b7Mfv0Xms=";
        assert_eq!(hex("sha256", sum).as_deref(), Some(sum));
        assert_eq!(hex("sha256", padded).as_deref(), Some(sum));
        assert_eq!(hex("sha256", &padded[..43]), None);
        assert_eq!(hex("sha256", &format!("{padded}=")), None);
        assert_eq!(hex("sha256", &padded.replace('_', "*")), None);
        assert_eq!(hex("sha256", &padded.replace("Xms", "Xmt")), None);
        assert_eq!(hex("sha256", ""), None);
        assert_eq!(hex("sha256", &"é".repeat(32)), None);
        assert_eq!(hex("sha3", "anything").as_deref(), Some("anything"));
    }
}
