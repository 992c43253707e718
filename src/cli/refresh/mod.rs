//! `rungs catalog refresh`: asks a gem server what the catalog does not know. The only command that
//! uses the network.

mod address;
mod cache;
mod failure;
mod index_client;
mod progress;
mod proxy;
mod settings;
mod transport;
mod write;

use crate::args::RefreshArgs;
use crate::files::{open_layers, read_sources};
use crate::import::packages;
use crate::{Done, FINDINGS, overlay};
use address::Address;
use cache::Cache;
use index_client::IndexClient;
use rungs::catalog::{Catalog, Source};
use rungs::refresh::{IndexAnswers, Refresh};
use rungs::{Date, Error, Name, Scheme, report};
use settings::ServerSettings;
use std::path::{Path, PathBuf};
use std::time::Duration;
use transport::Transport;

/// The time limit of a request where neither the call nor Bundler's settings have one.
const LIMIT: Duration = Duration::from_secs(60);
/// The server that serves the index of rubygems.org; Bundler asks it too.
const PUBLIC: (&str, &str) = ("rubygems.org", "index.rubygems.org");

pub(crate) fn refresh(args: &RefreshArgs) -> Done {
    let day = day(args)?;
    let target = args
        .into
        .clone()
        .unwrap_or_else(|| args.lockfile.with_file_name(overlay::FILE));
    let layers = layers(args, &target)?;
    let catalog = open_layers(layers.clone())?;
    if catalog.scheme() != Scheme::RubyGems {
        return Err(refused(format!(
            "{} has the scheme {}: a gem server is for rubygems",
            catalog.name(),
            catalog.scheme()
        )));
    }
    let names: Vec<Name> = packages(&catalog).cloned().collect();
    let settings = ServerSettings::read(folder_of(&args.lockfile))?;
    let server = server(&args.from, &settings)?;
    let limit = args.timeout.map(Duration::from_secs);
    let limit = limit.or_else(|| settings.timeout()).unwrap_or(LIMIT);
    let cache = Cache::new(cache_folder(args).map(|it| it.join(server.folder())));
    let transport = Transport::new(server, &settings, limit)?;
    let mut client = IndexClient::new(transport, cache);
    let answered = client.answers(&names)?;
    client.problems.iter().for_each(crate::tell);
    let mut answers = IndexAnswers::new();
    for (name, answer) in answered {
        answers.insert(name, answer);
    }
    let refresh = Refresh::compare(&catalog, &answers);
    let horizon = Some(day).filter(|_| refresh.is_complete());
    let files = write::edited(&catalog, &layers, &target, &refresh, horizon)?;
    let out = format!("{}{}", report::refresh_text(&refresh), write::diff(&files));
    if args.write {
        write::write(&files)?;
    }
    let transport = &client.transport;
    let asked = report::refresh_cost(transport.requests, transport.bytes);
    eprint!("rungs: {asked}");
    for line in report::refresh_notes(&catalog, &refresh, horizon).lines() {
        eprintln!("rungs: {line}");
    }
    let code = match args.check && !refresh.is_empty() {
        true => FINDINGS,
        false => 0,
    };
    Ok((out, code))
}

/// The day of the refresh: today, or one before.
fn day(args: &RefreshArgs) -> Result<Date, Error> {
    let today = crate::today();
    match &args.as_of {
        None => today.ok_or_else(|| refused("the clock has no day: expected --as-of DATE")),
        Some(text) => {
            let day = Date::parse(text)?;
            match today.is_some_and(|today| day > today) {
                true => Err(refused(format!(
                    "--as-of {day} is in the future: expected a day up to today"
                ))),
                false => Ok(day),
            }
        }
    }
}

/// The layers of the catalog, with what is refreshed as the last one.
fn layers(args: &RefreshArgs, target: &Path) -> Result<Vec<Vec<Source>>, Error> {
    let named: Result<Vec<_>, _> = args.catalog.iter().map(|path| read_sources(path)).collect();
    let mut layers = named?;
    if target.is_dir() {
        let sources = read_sources(target)?;
        // A whole catalog stands by itself, whatever else is named.
        if !sources.iter().any(Catalog::extends) {
            layers.clear();
        }
        layers.push(sources);
    } else if target.is_file() {
        let base = open_layers(layers.clone())?;
        let Some(source) = overlay::source(target, &base)? else {
            return Err(refused(format!(
                "{} extends another catalog than {}: expected an overlay over it",
                target.display(),
                base.name()
            )));
        };
        layers.push(vec![source]);
    }
    Ok(layers)
}

/// The server to ask: a mirror where Bundler has one, and the index of rubygems.org for that.
fn server(from: &str, settings: &ServerSettings) -> Result<Address, Error> {
    let asked = Address::parse(from)?;
    let mut server = settings.mirror(&asked)?.unwrap_or(asked);
    if server.host == PUBLIC.0 {
        PUBLIC.1.clone_into(&mut server.host);
    }
    Ok(server)
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The folder of the user who calls.
fn home() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|it| !it.is_empty());
    set("HOME")
        .or_else(|| set("USERPROFILE"))
        .map(PathBuf::from)
}

/// Where what was fetched is kept: as the platform has it, or as the call says.
fn cache_folder(args: &RefreshArgs) -> Option<PathBuf> {
    if args.no_cache {
        return None;
    }
    let set = |name| std::env::var_os(name).filter(|it| !it.is_empty());
    args.cache.clone().or_else(|| {
        let base = match () {
            () if cfg!(windows) => PathBuf::from(set("LOCALAPPDATA")?),
            () if set("XDG_CACHE_HOME").is_some() => PathBuf::from(set("XDG_CACHE_HOME")?),
            () if cfg!(target_os = "macos") => home()?.join("Library/Caches"),
            () => home()?.join(".cache"),
        };
        Some(base.join("rungs/compact_index"))
    })
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
