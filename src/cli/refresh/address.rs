//! The address of a gem server, as Bundler takes it: `https://user:password@host/path`.

use rungs::Error;
use std::fmt;
use ureq::http::Uri;

/// A server: where its index is, and who asks.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) scheme: Protocol,
    /// In lower case; with brackets where it is an address of IPv6.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// Begins and ends with `/`.
    pub(crate) path: String,
    pub(crate) login: Option<Login>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    Http,
    Https,
}

/// User and password, decoded; a token is a user without a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Protocol::Http => "http",
            Protocol::Https => "https",
        }
    }

    pub(crate) fn port(self) -> u16 {
        match self {
            Protocol::Http => 80,
            Protocol::Https => 443,
        }
    }
}

impl Login {
    /// `user:password` as settings and addresses have it, percent-encoded where needed.
    pub(crate) fn parse(text: &str) -> Self {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        Login {
            user: decoded(user),
            password: decoded(password),
        }
    }
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            refused(format!(
                "{} is not the address of a gem server: {why}",
                redacted(text)
            ))
        };
        let uri: Uri = text
            .parse()
            .map_err(|_| wrong("expected https://HOST or https://HOST/PATH"))?;
        let scheme = match uri.scheme_str() {
            Some("http") => Protocol::Http,
            Some("https") => Protocol::Https,
            _ => return Err(wrong("expected https://HOST or http://HOST")),
        };
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if host.is_empty() {
            return Err(wrong("expected a host behind ://"));
        }
        if uri.query().is_some() {
            return Err(wrong("expected no ? in it"));
        }
        let authority = uri.authority().map_or("", |it| it.as_str());
        let login = authority.rsplit_once('@').map(|(login, _)| login);
        let mut path = uri.path().to_owned();
        if !path.ends_with('/') {
            path.push('/');
        }
        Ok(Address {
            scheme,
            host,
            port: uri.port_u16(),
            path,
            login: login.filter(|it| !it.is_empty()).map(Login::parse),
        })
    }

    /// The same for what a server says in `Location`, from the address that was asked.
    pub(crate) fn redirected(&self, asked: &str, location: &str) -> Result<(Self, String), Error> {
        let absolute = if location.contains("://") {
            location.to_owned()
        } else if let Some(rest) = location.strip_prefix("//") {
            format!("{}://{rest}", self.scheme.name())
        } else if location.starts_with('/') {
            format!("{}{location}", self.origin())
        } else {
            let folder = asked.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{}{folder}/{location}", self.origin())
        };
        // A query may be part of it: the file is asked for as the server says.
        let plain = absolute.split(['?', '#']).next().unwrap_or_default();
        let to = Address::parse(plain)?;
        let file = absolute.split('#').next().unwrap_or_default();
        let file = file.splitn(4, '/').nth(3).unwrap_or_default();
        Ok((to, format!("/{file}")))
    }

    /// Protocol, host and port.
    pub(crate) fn origin(&self) -> String {
        let port = self.port.filter(|port| *port != self.scheme.port());
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        format!("{}://{}{port}", self.scheme.name(), self.host)
    }

    /// What names the same server names the same folder of the cache.
    pub(crate) fn folder(&self) -> String {
        let port = self.port.unwrap_or(self.scheme.port());
        let host: String = self
            .host
            .chars()
            .map(
                |c| match c.is_ascii_alphanumeric() || c == '.' || c == '-' {
                    true => c,
                    false => '_',
                },
            )
            .collect();
        let who = self.login.as_ref().map_or("", |login| &login.user);
        let identity = format!("{}{} {who}", self.origin(), self.path);
        format!("{host}.{port}.{}", crate::import::digest(&identity))
    }
}

/// Without user and password: this is what people and logs see.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

/// An address that could not be read, without what is before its `@`.
fn redacted(text: &str) -> String {
    let shown: String = text.chars().take(200).collect();
    match (shown.split_once("://"), shown.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        (None, Some((_, host))) => host.to_owned(),
        _ => shown,
    }
}

/// Percent-decoding; what is no code stays as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_read_and_shown_without_who_asks() {
        let address = Address::parse("https://me:p%40ss@Gems.Example.com:8443/private").unwrap();
        assert_eq!(
            address.to_string(),
            "https://gems.example.com:8443/private/"
        );
        let login = address.login.unwrap();
        assert_eq!((&*login.user, &*login.password), ("me", "p@ss"));
        let token = Address::parse("https://TOKEN@gem.example.com/me/").unwrap();
        assert_eq!(token.login.unwrap().user, "TOKEN");
        for wrong in [
            "",
            "gems.example.com",
            "ftp://a",
            "file:///tmp",
            "http://",
            "https://a/?b=c",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
        let error = Address::parse("ftp://me:secret@host/").err().unwrap();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn redirects_lead_where_the_server_says() {
        let address = Address::parse("http://a:81/b/").unwrap();
        let to = |location: &str| {
            let (to, file) = address.redirected("/b/info/x", location).unwrap();
            format!("{}{file}", to.origin())
        };
        assert_eq!(to("/c/info/x"), "http://a:81/c/info/x");
        assert_eq!(to("x?sig=1"), "http://a:81/b/info/x?sig=1");
        assert_eq!(to("//c/d"), "http://c/d");
        assert_eq!(to("https://a/d?e#f"), "https://a/d?e");
    }
}
