//! Bundler's settings, as far as they concern asking a server: credentials, mirrors, time limits.

use super::address::{Address, Login, Protocol};
use crate::settings::{Settings, key};
use rungs::Error;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long Bundler waits for a mirror that has a fallback, where no time is set.
const PROBE: Duration = Duration::from_millis(100);

/// What the settings of a project say about servers.
pub(crate) struct ServerSettings(Settings);

impl ServerSettings {
    /// The settings of the application in a folder.
    pub(crate) fn read(application: &Path) -> Result<Self, Error> {
        Ok(ServerSettings(Settings::of(application)?))
    }

    fn get(&self, key: &str) -> Option<String> {
        Some(self.0.get(key)?.value)
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
        Some(Login::parse(&text))
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
            let mirror = Address::parse(&text)?;
            let fallback = self.get(&format!("{key}__FALLBACK_TIMEOUT"));
            if fallback
                .and_then(|text| wait(&text))
                .is_none_or(|wait| replies(&mirror, wait))
            {
                return Ok(Some(mirror));
            }
        }
        Ok(None)
    }
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
    use super::{Address, ServerSettings, Settings};

    fn settings(pairs: &[(&str, &str)]) -> ServerSettings {
        ServerSettings(Settings::with(pairs))
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
}
