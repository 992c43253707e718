//! Why a server gave no answer that can be used.

use super::address::Address;
use rungs::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// What went wrong with one request.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The host has no address.
    NoHost,
    /// Nobody listens there.
    Refused,
    /// The answer did not come, or did not end, in time.
    TooSlow(Duration),
    /// The connection ended before the answer did.
    CutOff,
    /// More than may be read.
    TooLarge(usize),
    /// The certificate or the handshake.
    Tls(String),
    /// The proxy, or its address.
    Proxy(String),
    /// What came is not HTTP, or not as HTTP says.
    Protocol(String),
    /// A status that means neither a text nor that there is none.
    Status(u16),
    /// Who asks is not known to the server.
    Unauthorized { sent: bool, key: String },
    /// Who asks may not.
    Forbidden,
    /// The server asks to slow down.
    Busy(Option<Duration>),
    /// It leads to another host, or from https to http.
    Elsewhere(String),
    /// Too many redirects.
    Redirects(u32),
    /// A page for people instead of an index.
    Page,
    /// A coding that was not asked for, or damaged data in it.
    Coding(String),
    /// The text is not the one that its digest names.
    Digest,
}

impl Failure {
    /// What an error of the client means.
    pub(crate) fn of(error: ureq::Error, limit: Duration, most: usize) -> Self {
        match error {
            ureq::Error::Timeout(_) => Failure::TooSlow(limit),
            ureq::Error::HostNotFound => Failure::NoHost,
            ureq::Error::BodyExceedsLimit(_) => Failure::TooLarge(most),
            ureq::Error::ConnectProxyFailed(why) => Failure::Proxy(why),
            ureq::Error::InvalidProxyUrl => Failure::Proxy(String::new()),
            ureq::Error::Tls(why) => Failure::Tls(why.to_owned()),
            ureq::Error::Rustls(why) => Failure::Tls(why.to_string()),
            ureq::Error::Pem(why) => Failure::Tls(why.to_string()),
            ureq::Error::Io(error) => Failure::of_io(&error, limit, most),
            other => Failure::Protocol(other.to_string()),
        }
    }

    /// The same of an error while a body is read.
    pub(crate) fn of_io(error: &std::io::Error, limit: Duration, most: usize) -> Self {
        let inner = error
            .get_ref()
            .and_then(|it| it.downcast_ref::<ureq::Error>());
        match inner {
            Some(ureq::Error::Timeout(_)) => return Failure::TooSlow(limit),
            Some(ureq::Error::BodyExceedsLimit(_)) => return Failure::TooLarge(most),
            Some(ureq::Error::Rustls(why)) => return Failure::Tls(why.to_string()),
            _ => {}
        }
        match error.kind() {
            ErrorKind::ConnectionRefused => Failure::Refused,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::TooSlow(limit),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => Failure::CutOff,
            ErrorKind::InvalidData => Failure::Tls(error.to_string()),
            _ => Failure::Protocol(error.to_string()),
        }
    }

    /// Whether the same request may go through a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Failure::TooSlow(_) | Failure::CutOff | Failure::Busy(_) | Failure::Digest => true,
            Failure::Status(status) => matches!(status, 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// How long to wait before that, if the server says so.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self {
            Failure::Busy(wait) => *wait,
            _ => None,
        }
    }

    /// The error of a refresh that ends here: one sentence, with what to do.
    pub(crate) fn error(&self, server: &Address, file: &str, tries: u32) -> Error {
        let what = format!("{server}{file}");
        let host = &server.host;
        let error = refused(match self {
            Failure::NoHost => format!("{what}: the host {host} is not known"),
            Failure::Refused => format!("{what}: no server listens there"),
            Failure::TooSlow(limit) => format!(
                "{what}: no whole answer within {} s; --timeout SECONDS waits longer",
                limit.as_secs_f32()
            ),
            Failure::CutOff => format!("{what}: the answer was cut off"),
            Failure::TooLarge(most) => {
                format!("{what}: the answer is too large: expected at most {most} bytes")
            }
            Failure::Tls(why) => format!(
                "{what}: no trusted connection: {}; BUNDLE_SSL_CA_CERT or SSL_CERT_FILE names \
                 certificates to trust",
                short(why)
            ),
            Failure::Proxy(why) => format!(
                "{what}: the proxy does not lead there: {}; http_proxy, https_proxy and no_proxy say \
                 which proxy is used",
                short(why)
            ),
            Failure::Protocol(why) => format!("{what}: the answer is not HTTP: {}", short(why)),
            Failure::Status(status) => format!(
                "{what}: the server answered with status {status}: expected the text of a compact index"
            ),
            Failure::Unauthorized { sent: true, .. } => {
                format!("{what}: {host} does not accept these credentials (status 401)")
            }
            Failure::Unauthorized { sent: false, key } => format!(
                "{what}: {host} asks for credentials (status 401): expected {key}=user:password, as for \
                 Bundler"
            ),
            Failure::Forbidden => {
                format!("{what}: {host} does not let this user read it (status 403)")
            }
            Failure::Busy(_) => {
                format!("{what}: {host} refuses more requests for now (status 429)")
            }
            Failure::Elsewhere(to) => format!(
                "{what}: the server redirects to {to}, which is another host or less secure; --from {to} \
                 asks there, if you trust it"
            ),
            Failure::Redirects(most) => {
                format!("{what}: more than {most} redirects: expected an answer")
            }
            Failure::Page => format!(
                "{what}: the server answered with a web page, perhaps a login: expected a compact index"
            ),
            Failure::Coding(why) => {
                format!("{what}: the answer cannot be decoded: {}", short(why))
            }
            Failure::Digest => {
                format!("{what}: the text does not have the digest that the server gives for it")
            }
        });
        match tries {
            0 | 1 => error,
            _ => refused(format!("{} ({tries} tries)", error.message())),
        }
    }
}

/// A foreign text for a message: one line, not too long.
fn short(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    line
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}
