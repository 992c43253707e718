//! One request: with a time limit and a size, redirects within the host, and tries.

use super::address::{Address, Login, Protocol};
use super::cache::Validators;
use super::failure::Failure;
use super::proxy;
use super::settings::ServerSettings;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::MultiGzDecoder;
use rungs::Error;
use sha2::{Digest as _, Sha256};
use std::io::Read;
use std::path::Path;
use std::time::Duration;
use ureq::http::{HeaderMap, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// How long a connection may take, at most.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may ask to wait before the next try, at most.
const MOST_WAIT: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// A request for one file of an index.
pub(crate) struct Ask<'a> {
    /// Below the server's path.
    pub(crate) file: &'a str,
    /// The most bytes of the text.
    pub(crate) most: usize,
    pub(crate) validators: Option<&'a Validators>,
    /// Only the bytes from this one on.
    pub(crate) from: Option<usize>,
}

/// What came back.
pub(crate) enum Reply {
    NotModified,
    Whole(Text),
    /// From the byte that was asked for.
    Part(Text),
    NotThere,
    RangeRefused,
}

/// A text as it came, decoded.
pub(crate) struct Text {
    pub(crate) bytes: Vec<u8>,
    pub(crate) validators: Validators,
    /// The SHA-256 of the whole text in base64, as the server gives it.
    pub(crate) digest: Option<String>,
    /// The same of what was sent, where that was encoded.
    pub(crate) sent: Option<String>,
}

impl Text {
    /// Whether there is a digest that this whole text has.
    pub(crate) fn proves(&self, whole: &[u8]) -> bool {
        self.digest
            .as_ref()
            .is_some_and(|it| *it == base64_sum(whole))
    }

    /// Whether there is a digest that this whole text does not have. One of what was sent, with its
    /// coding, is as good: that is what the standard says, and servers do either.
    pub(crate) fn is_disproved(&self) -> bool {
        let wrong = |digest: &String| {
            *digest != base64_sum(&self.bytes) && self.sent.as_ref() != Some(digest)
        };
        self.digest.as_ref().is_some_and(wrong)
    }
}

/// A server that is asked, and what that took.
pub(crate) struct Transport {
    agent: Agent,
    pub(crate) server: Address,
    login: Option<Login>,
    limit: Duration,
    retries: u32,
    redirects: u32,
    pub(crate) requests: usize,
    /// Bodies as they came over the wire.
    pub(crate) bytes: u64,
}

impl Transport {
    pub(crate) fn new(
        server: Address,
        settings: &ServerSettings,
        limit: Duration,
    ) -> Result<Self, Error> {
        let login = server.login.clone().or_else(|| settings.login(&server));
        let mut tls = TlsConfig::builder();
        if server.scheme == Protocol::Https {
            tls = tls.root_certs(roots(settings.certificates().as_deref())?);
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(limit))
            .timeout_connect(Some(CONNECT.min(limit)))
            .user_agent(concat!("rungs/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy::proxy(&server)?)
            .tls_config(tls.build())
            .build();
        Ok(Transport {
            agent: config.into(),
            server,
            login,
            limit,
            retries: settings.retries(),
            redirects: settings.redirects(),
            requests: 0,
            bytes: 0,
        })
    }

    /// Asks until there is an answer, or no further try would help.
    pub(crate) fn ask(&mut self, ask: &Ask<'_>) -> Result<Reply, Error> {
        let mut tries = 0;
        loop {
            let failure = match self.follow(ask) {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            tries += 1;
            if tries > self.retries || !failure.is_passing() {
                return Err(failure.error(&self.server, ask.file, tries));
            }
            let own = FIRST_WAIT * 2u32.pow(tries.min(6) - 1);
            std::thread::sleep(failure.wait().unwrap_or(own).min(MOST_WAIT));
        }
    }

    fn follow(&mut self, ask: &Ask<'_>) -> Result<Reply, Failure> {
        let mut at = self.server.clone();
        let mut path = format!("{}{}", at.path, encoded(ask.file));
        for _ in 0..=self.redirects {
            let response = self.send(&at, &path, ask)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.read(response, ask);
            }
            let location = text(response.headers(), "location").unwrap_or_default();
            let (to, next) = at
                .redirected(&path, &location)
                .map_err(|_| Failure::Status(status))?;
            let is_less = at.scheme == Protocol::Https && to.scheme == Protocol::Http;
            if to.host != self.server.host || is_less {
                return Err(Failure::Elsewhere(to.origin()));
            }
            (at, path) = (to, next);
        }
        Err(Failure::Redirects(self.redirects))
    }

    fn send(&mut self, at: &Address, path: &str, ask: &Ask<'_>) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.get(format!("{}{path}", at.origin()));
        // A part of an encoded text is of no use, so it is asked for as it is.
        request = match ask.from {
            None => request.header("Accept-Encoding", "gzip"),
            Some(from) => request
                .header("Accept-Encoding", "identity")
                .header("Range", format!("bytes={from}-")),
        };
        if let Some(validators) = ask.validators {
            if let Some(etag) = &validators.etag {
                request = request.header("If-None-Match", tags(etag));
            } else if let Some(day) = &validators.last_modified {
                request = request.header("If-Modified-Since", day);
            }
        }
        if let Some(login) = &self.login {
            let pair = BASE64_STANDARD.encode(format!("{}:{}", login.user, login.password));
            request = request.header("Authorization", format!("Basic {pair}"));
        }
        self.requests += 1;
        request
            .call()
            .map_err(|error| Failure::of(error, self.limit, ask.most))
    }

    fn read(&mut self, mut response: Response<Body>, ask: &Ask<'_>) -> Result<Reply, Failure> {
        let status = response.status().as_u16();
        let is_conditional = ask.validators.is_some();
        match status {
            200 | 203 => {}
            206 if ask.from.is_some() => {}
            304 if is_conditional => return Ok(Reply::NotModified),
            404 | 410 => return Ok(Reply::NotThere),
            416 if ask.from.is_some() => return Ok(Reply::RangeRefused),
            401 => {
                return Err(Failure::Unauthorized {
                    sent: self.login.is_some(),
                    key: crate::settings::key(&self.server.host),
                });
            }
            403 => return Err(Failure::Forbidden),
            429 => {
                let wait = text(response.headers(), "retry-after");
                let wait = wait.and_then(|it| it.trim().parse().ok());
                return Err(Failure::Busy(wait.map(Duration::from_secs)));
            }
            _ => return Err(Failure::Status(status)),
        }
        let (headers, limit) = (response.headers().clone(), self.limit);
        let length = text(&headers, "content-length").and_then(|it| it.trim().parse::<u64>().ok());
        if length.is_some_and(|length| length > ask.most as u64) {
            return Err(Failure::TooLarge(ask.most));
        }
        let mut raw = Vec::new();
        let mut body = response
            .body_mut()
            .with_config()
            .limit(ask.most as u64)
            .reader();
        let read = body.read_to_end(&mut raw);
        self.bytes += raw.len() as u64;
        read.map_err(|error| Failure::of_io(&error, limit, ask.most))?;
        let coding = text(&headers, "content-encoding").unwrap_or_default();
        let coding = coding.trim().to_ascii_lowercase();
        let (bytes, sent) = match &*coding {
            "" | "identity" => (raw, None),
            _ if status == 206 => return Ok(Reply::RangeRefused),
            "gzip" | "x-gzip" => {
                let sent = base64_sum(&raw);
                (inflated(&raw, ask.most)?, Some(sent))
            }
            other => return Err(Failure::Coding(other.to_owned())),
        };
        let digest = digest(&headers);
        let text = Text {
            validators: Validators {
                etag: text(&headers, "etag").filter(|it| it.len() <= 1_000),
                last_modified: text(&headers, "last-modified").filter(|it| it.len() <= 100),
                has_digest: digest.is_some(),
            },
            digest,
            bytes,
            sent,
        };
        if status == 206 {
            let range = self::text(&headers, "content-range").unwrap_or_default();
            let start = range.trim().strip_prefix("bytes ");
            let start = start.and_then(|it| it.split('-').next()?.trim().parse().ok());
            return Ok(match start == ask.from {
                true => Reply::Part(text),
                false => Reply::RangeRefused,
            });
        }
        let is_page = self::text(&headers, "content-type")
            .is_some_and(|it| it.trim().to_ascii_lowercase().starts_with("text/html"));
        if is_page || text.bytes.trim_ascii_start().starts_with(b"<") {
            return Err(Failure::Page);
        }
        if text.is_disproved() {
            return Err(Failure::Digest);
        }
        // Without a length nothing else shows that the end is missing.
        if text.digest.is_none() && !text.bytes.is_empty() && !text.bytes.ends_with(b"\n") {
            return Err(Failure::CutOff);
        }
        Ok(Reply::Whole(text))
    }
}

/// The certificates to trust: those of a file, else the system's, else those of the client.
fn roots(file: Option<&Path>) -> Result<RootCerts, Error> {
    let Some(file) = file else {
        let system = rustls_native_certs::load_native_certs().certs;
        let certificates: Vec<_> = system
            .iter()
            .map(|it| Certificate::from_der(it).to_owned())
            .collect();
        return Ok(match certificates.is_empty() {
            true => RootCerts::WebPki,
            false => RootCerts::new_with_certs(&certificates),
        });
    };
    let text = crate::files::read(file)?;
    let items = ureq::tls::parse_pem(&text).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = items.collect();
    if certificates.is_empty() {
        return Err(refused(format!(
            "{} has no certificate: expected a PEM file, as BUNDLE_SSL_CA_CERT names it",
            file.display()
        )));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The tags to send back for one: Apache's mod_deflate puts `-gzip` behind the tag of what it encodes,
/// and then knows the tag only without it.
fn tags(etag: &str) -> String {
    match etag.strip_suffix("-gzip\"") {
        Some(plain) => format!("{etag}, {plain}\""),
        None => etag.to_owned(),
    }
}

/// The SHA-256 of `Repr-Digest` (RFC 9530), or of the older `Digest`, in base64.
fn digest(headers: &HeaderMap) -> Option<String> {
    let list = text(headers, "repr-digest").or_else(|| text(headers, "digest"))?;
    list.split(',').find_map(|entry| {
        let (name, value) = entry.split_once('=')?;
        let is_known = name.trim().eq_ignore_ascii_case("sha-256");
        let value = value.trim().trim_matches([':', '"']);
        is_known.then(|| value.to_owned())
    })
}

fn base64_sum(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

fn inflated(raw: &[u8], most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut decoder = MultiGzDecoder::new(raw).take(most as u64 + 1);
    decoder
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Coding(error.to_string()))?;
    match bytes.len() > most {
        true => Err(Failure::TooLarge(most)),
        false => Ok(bytes),
    }
}

/// A file's name in an address: what has a meaning there is encoded.
fn encoded(file: &str) -> String {
    let mut out = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
