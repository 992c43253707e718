//! Bundler's settings, as far as they concern asking a server: credentials, mirrors, time limits.
//!
//! A setting is in the application's `.bundle/config`, in a variable `BUNDLE_KEY`, or in the
//! user's configuration, and counts in this order. In keys `__` is a dot and `___` a dash.

use super::address::{Address, Login, Protocol};
use rungs::Error;
use std::collections::BTreeMap;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The keys and values of one place.
type Values = BTreeMap<String, String>;

/// The largest configuration that is read, in bytes.
const MAX_CONFIG: u64 = 1 << 20;
/// How long Bundler waits for a mirror that has a fallback, where no time is set.
const PROBE: Duration = Duration::from_millis(100);

/// Bundler's settings, first those that count first.
pub(crate) struct ServerSettings(Vec<Values>);

impl ServerSettings {
    /// The settings of the application in a folder.
    pub(crate) fn read(application: &Path) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        let environment: Values = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(key, _)| key.starts_with("BUNDLE_"))
            .map(|(key, value)| (normal(&key), value))
            .collect();
        if variable("BUNDLE_IGNORE_CONFIG").is_some() {
            return ServerSettings(vec![environment]);
        }
        let local = variable("BUNDLE_APP_CONFIG")
            .map_or_else(|| application.join(".bundle"), |it| application.join(it));
        let user = variable("BUNDLE_CONFIG")
            .or_else(|| variable("BUNDLE_USER_CONFIG"))
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(&variable("BUNDLE_USER_HOME")?).join("config")))
            .or_else(|| Some(super::home()?.join(".bundle/config")));
        let user = user.map(|file| config(&file)).unwrap_or_default();
        ServerSettings(vec![config(&local.join("config")), environment, user])
    }

    fn get(&self, key: &str) -> Option<&str> {
        let levels = self.0.iter();
        levels
            .filter_map(|level| level.get(key))
            .map(String::as_str)
            .next()
    }

    fn number(&self, key: &str) -> Option<u32> {
        self.get(key)?.trim().parse().ok()
    }

    /// How often a request that failed is made again; Bundler's default is 3.
    pub(crate) fn retries(&self) -> u32 {
        self.number("BUNDLE_RETRY").unwrap_or(3).min(10)
    }

    /// How many redirects are followed; Bundler's default is 5.
    pub(crate) fn redirects(&self) -> u32 {
        self.number("BUNDLE_REDIRECT").unwrap_or(5).min(20)
    }

    /// The time limit of a request, if one is set.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        let seconds = self.number("BUNDLE_TIMEOUT")?;
        Some(Duration::from_secs(u64::from(seconds.clamp(1, 3600))))
    }

    /// The file of certificates to trust instead of the system's.
    pub(crate) fn certificates(&self) -> Option<PathBuf> {
        self.get("BUNDLE_SSL_CA_CERT").map(PathBuf::from)
    }

    /// Who asks this server, where its address does not say so: by the whole address, else by host.
    pub(crate) fn login(&self, server: &Address) -> Option<Login> {
        let whole = key(&server.to_string());
        let host = key(&server.host);
        let text = self.get(&whole).or_else(|| self.get(&host))?;
        Some(Login::parse(text))
    }

    /// The server that is asked in place of this one.
    ///
    /// # Errors
    /// If the mirror is no address.
    pub(crate) fn mirror(&self, server: &Address) -> Result<Option<Address>, Error> {
        for of in ["all".to_owned(), server.to_string(), server.host.clone()] {
            let mut key = key(&format!("mirror.{of}"));
            // For all, the key ends where it ends; for an address Bundler writes a slash behind it.
            if key.ends_with('/') && self.get(&key).is_none() {
                key.pop();
            }
            let Some(text) = self.get(&key) else { continue };
            let mirror = Address::parse(text)?;
            let fallback = self.get(&format!("{key}__FALLBACK_TIMEOUT"));
            if fallback
                .and_then(wait)
                .is_none_or(|wait| replies(&mirror, wait))
            {
                return Ok(Some(mirror));
            }
        }
        Ok(None)
    }
}

/// The key of a setting, as variables and files have it.
pub(crate) fn key(name: &str) -> String {
    let name = name.replace('-', "___").replace('.', "__");
    format!("BUNDLE_{}", name.to_ascii_uppercase())
}

/// A key as somebody wrote it: addresses end with a slash, dots and dashes are codes.
fn normal(written: &str) -> String {
    let mut key = written.replace('-', "___").replace('.', "__");
    let upper = key.to_ascii_uppercase();
    let is_address = upper.contains("HTTP:") || upper.contains("HTTPS:");
    if is_address && !key.ends_with('/') && !upper.ends_with("__FALLBACK_TIMEOUT") {
        key.push('/');
    }
    key.to_ascii_uppercase()
}

/// A configuration file: lines `KEY: "value"`. What is none of these is left out.
fn config(file: &Path) -> Values {
    let is_fit = std::fs::metadata(file).is_ok_and(|it| it.is_file() && it.len() <= MAX_CONFIG);
    let text = match is_fit {
        true => std::fs::read_to_string(file).unwrap_or_default(),
        false => String::new(),
    };
    text.lines().filter_map(entry).collect()
}

fn entry(line: &str) -> Option<(String, String)> {
    if !line.starts_with("BUNDLE_") && !line.starts_with("\"BUNDLE_") {
        return None;
    }
    // A key may hold an address, so the colon that ends it has a space or the end behind it.
    let (key, value) = line.split_once(": ")?;
    let quoted = |text: &str| -> String {
        let text = text.trim();
        let inner = ['"', '\'']
            .iter()
            .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
        inner.unwrap_or(text).to_owned()
    };
    Some((normal(&quoted(key)), quoted(value)))
}

/// How long to wait for a mirror before the server itself is asked; `None` means for ever.
fn wait(text: &str) -> Option<Duration> {
    match text.trim() {
        "true" => Some(PROBE),
        "false" => None,
        number => {
            let seconds = number.parse().ok().filter(|seconds| *seconds > 0)?;
            Some(Duration::from_secs(u64::min(seconds, 60)))
        }
    }
}

fn replies(mirror: &Address, wait: Duration) -> bool {
    let host = mirror.host.trim_matches(['[', ']']);
    let port = mirror.port.unwrap_or(match mirror.scheme {
        Protocol::Http => 80,
        Protocol::Https => 443,
    });
    let Ok(mut addresses) = (host, port).to_socket_addrs() else {
        return false;
    };
    addresses.any(|address| TcpStream::connect_timeout(&address, wait).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Address, ServerSettings, Values, entry, normal};

    fn settings(pairs: &[(&str, &str)]) -> ServerSettings {
        let level: Values = pairs
            .iter()
            .map(|(key, value)| (normal(key), (*value).to_owned()))
            .collect();
        ServerSettings(vec![level])
    }

    fn server(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn credentials_are_found_by_address_and_by_host() {
        let at = server("https://gems.my-company.com/private");
        let login = |pairs: &[(&str, &str)]| settings(pairs).login(&at).map(|it| it.password);
        let by_host = ("BUNDLE_GEMS__MY___COMPANY__COM", "me:by%2Fhost");
        let by_address = (
            "BUNDLE_HTTPS://GEMS__MY___COMPANY__COM/PRIVATE/",
            "me:by-address",
        );
        assert_eq!(login(&[by_host]).as_deref(), Some("by/host"));
        assert_eq!(login(&[by_host, by_address]).as_deref(), Some("by-address"));
        assert_eq!(login(&[("BUNDLE_OTHER__COM", "me:x")]), None);
    }

    #[test]
    fn mirrors_stand_in_for_servers() {
        let asked = |pairs: &[(&str, &str)]| {
            let mirror = settings(pairs).mirror(&server("https://rubygems.org"));
            mirror.unwrap().map(|it| it.to_string())
        };
        let one = (
            "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
            "https://mirror.example.com",
        );
        let all = ("BUNDLE_MIRROR__ALL", "http://all.example.com/x");
        assert_eq!(
            asked(&[one]).as_deref(),
            Some("https://mirror.example.com/")
        );
        assert_eq!(
            asked(&[one, all]).as_deref(),
            Some("http://all.example.com/x/")
        );
        let unset = (
            "BUNDLE_MIRROR__HTTPS://OTHER__ORG/",
            "https://mirror.example.com",
        );
        assert_eq!(asked(&[unset]), None);
        // Nobody listens on port 1, and Bundler then asks the server itself.
        let off = (
            "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
            "http://127.0.0.1:1",
        );
        let fallback = (
            "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/__FALLBACK_TIMEOUT",
            "1",
        );
        assert_eq!(asked(&[off, fallback]), None);
    }

    #[test]
    fn lines_of_a_configuration_are_read_as_bundler_writes_them() {
        let read = |line| entry(line).map(|(key, value)| format!("{key} = {value}"));
        for (line, is) in [
            (
                "BUNDLE_GEMS__A__COM: \"me:secret\"",
                "BUNDLE_GEMS__A__COM = me:secret",
            ),
            (
                "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"http://m/\"",
                "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/ = http://m/",
            ),
            (
                "BUNDLE_HTTPS://A.COM: me:x",
                "BUNDLE_HTTPS://A__COM/ = me:x",
            ),
            ("BUNDLE_RETRY: 5", "BUNDLE_RETRY = 5"),
        ] {
            assert_eq!(read(line).as_deref(), Some(is));
        }
        for line in ["---", "", "# BUNDLE_A: 1", "  - x", "BUNDLE_WITHOUT:"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
