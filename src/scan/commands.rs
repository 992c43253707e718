//! Commands and their flags in Procfiles, scripts, manifests and units.

use super::pattern::Form;
use super::rules::Rules;
use super::value::Given;
use std::ops::Range;

/// One word with its place.
struct Token<'s> {
    text: &'s str,
    start: usize,
}

/// Calls `found` with each pattern that a text shows, and where.
pub(super) fn commands(rules: &Rules, text: &str, mut found: impl FnMut(usize, Range<usize>)) {
    for command in split(text) {
        for at in &rules.commands {
            let pattern = &rules.patterns[*at];
            match &pattern.form {
                Form::Command(words) => {
                    if let Some(range) = has_words(&command, words) {
                        found(*at, range);
                    }
                }
                Form::Flag(flag) => {
                    let program = rules.actions[pattern.action].package.as_str();
                    let Some(at_program) = program_at(&command, program) else {
                        continue;
                    };
                    let rest = &command[at_program + 1..];
                    for (at_flag, token) in rest.iter().enumerate() {
                        let values = rest[at_flag + 1..].iter();
                        let values = values.take_while(|value| !value.text.starts_with('-'));
                        let is_given = pattern.given != Some(Given::Several) || values.count() > 1;
                        if is_given && is_alike(token.text, flag) {
                            let end = token.start + token.text.len();
                            found(*at, token.start..end);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn has_words(command: &[Token<'_>], words: &[String]) -> Option<Range<usize>> {
    let (first, rest) = words.split_first()?;
    let at = program_at(command, first)?;
    let own = command.get(at + 1..at + 1 + rest.len())?;
    let fits = own
        .iter()
        .zip(rest)
        .all(|(token, word)| is_alike(token.text, word));
    let last = own.last().unwrap_or(&command[at]);
    fits.then(|| command[at].start..last.start + last.text.len())
}

/// Where a program is called: by its name or path, not as something that is installed.
fn program_at(command: &[Token<'_>], program: &str) -> Option<usize> {
    const INSTALLING: &[&str] = &["gem", "install", "add", "update", "info", "show", "open"];
    command.iter().enumerate().position(|(at, token)| {
        let name = token.text.rsplit('/').next().unwrap_or(token.text);
        let before = at.checked_sub(1).map(|at| command[at].text);
        is_alike(name, program) && !before.is_some_and(|word| INSTALLING.contains(&word))
    })
}

/// Dashes and underscores are one.
fn is_alike(a: &str, b: &str) -> bool {
    let one = |byte: u8| if byte == b'_' { b'-' } else { byte };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| one(a) == one(b))
}

/// The commands of a text: lines, joined behind `\`, and the items of a list one below another.
fn split(text: &str) -> Vec<Vec<Token<'_>>> {
    let mut commands: Vec<Vec<Token<'_>>> = Vec::new();
    let mut open: Vec<Token<'_>> = Vec::new();
    let mut items: Vec<Token<'_>> = Vec::new();
    let mut indent = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = start;
        start += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            continue;
        }
        let own = line.len() - trimmed.len();
        if let Some(item) = trimmed.strip_prefix("- ") {
            if indent != Some(own) {
                commands.extend((!items.is_empty()).then(|| std::mem::take(&mut items)));
            }
            indent = Some(own);
            let at = place + line.len() - item.len();
            // A single word is a piece of a command, a whole row is one by itself.
            words(item, at, &mut items, &mut commands);
        } else if indent.is_some() && !trimmed.is_empty() {
            indent = None;
            commands.extend((!items.is_empty()).then(|| std::mem::take(&mut items)));
        }
        let goes_on = line.ends_with('\\');
        let body = line.strip_suffix('\\').unwrap_or(line);
        if indent.is_none() || goes_on || !open.is_empty() {
            words(body, place, &mut open, &mut commands);
        }
        if !goes_on && !open.is_empty() {
            commands.push(std::mem::take(&mut open));
        }
    }
    commands.extend(
        [items, open]
            .into_iter()
            .filter(|tokens| !tokens.is_empty()),
    );
    commands
}

/// Adds the words of a line; what ends a command ends it.
fn words<'s>(
    line: &'s str,
    place: usize,
    open: &mut Vec<Token<'s>>,
    done: &mut Vec<Vec<Token<'s>>>,
) {
    let is_gap = |c: char| c.is_whitespace() || "\"'`[],=(){}".contains(c);
    let mut rest = line;
    while !rest.is_empty() {
        let skip = rest.find(|c| !is_gap(c)).unwrap_or(rest.len());
        rest = &rest[skip..];
        let end = rest.find(is_gap).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let start = place + (line.len() - rest.len());
        rest = after;
        if word.starts_with('#') {
            break;
        }
        let ends = matches!(word, "&&" | "||" | "|" | "&") || word.ends_with(';');
        let word = word.trim_end_matches(';');
        if !word.is_empty() && !matches!(word, "&&" | "||" | "|" | "&") {
            open.push(Token { text: word, start });
        }
        if ends && !open.is_empty() {
            done.push(std::mem::take(open));
        }
    }
}
