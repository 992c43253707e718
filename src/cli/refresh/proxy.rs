//! The proxy for a server, as Ruby's HTTP client finds it in the environment.

use super::address::{Address, Protocol};
use rungs::Error;
use ureq::Proxy;

/// The proxy to ask through, if any: `http_proxy` or `https_proxy` by the server's scheme, in lower
/// case before upper case, unless `no_proxy` names the host.
pub(crate) fn proxy(server: &Address) -> Result<Option<Proxy>, Error> {
    let variable = |name: &str| {
        let value = std::env::var(name).ok().filter(|it| !it.is_empty());
        // A CGI program has the header `Proxy` of a request in HTTP_PROXY.
        let is_cgi = name == "HTTP_PROXY" && std::env::var_os("REQUEST_METHOD").is_some();
        value.filter(|_| !is_cgi)
    };
    let (lower, upper) = match server.scheme {
        Protocol::Http => ("http_proxy", "HTTP_PROXY"),
        Protocol::Https => ("https_proxy", "HTTPS_PROXY"),
    };
    let Some(address) = variable(lower).or_else(|| variable(upper)) else {
        return Ok(None);
    };
    let excepted = variable("no_proxy").or_else(|| variable("NO_PROXY"));
    let port = server.port.unwrap_or(server.scheme.port());
    if excepted.is_some_and(|list| names(&list, &server.host, port)) {
        return Ok(None);
    }
    Proxy::new(&address).map(Some).map_err(|_| {
        refused(format!(
            "{lower} is not the address of a proxy: expected http://HOST:PORT"
        ))
    })
}

/// Does a list of hosts and domains name this host? `*` names all.
fn names(list: &str, host: &str, port: u16) -> bool {
    let entries = list.split([',', ' ']).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, only) = match entry.rsplit_once(':') {
            Some((name, only)) if only.bytes().all(|b| b.is_ascii_digit()) => (name, Some(only)),
            _ => (entry, None),
        };
        if only.is_some_and(|only| only.parse() != Ok(port)) {
            return false;
        }
        let name = name.trim_start_matches("*.").trim_start_matches('.');
        let name = name.to_ascii_lowercase();
        let inside = host
            .strip_suffix(&*name)
            .is_some_and(|it| it.ends_with('.'));
        entry == "*" || host == name || inside && !name.is_empty()
    })
}

/// The error of a call that ends here.
fn refused(message: impl AsRef<str>) -> Error {
    Error::io(message.as_ref())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_list_names_hosts_domains_and_ports() {
        let host = "gems.example.com";
        for list in [
            "*",
            "gems.example.com",
            "a.com, .example.com",
            "EXAMPLE.com",
            "*.example.com",
            "example.com:8080",
        ] {
            assert!(names(list, host, 8080), "{list}");
        }
        for list in ["", ",", "ample.com", "gems.example.com:81", "example.org"] {
            assert!(!names(list, host, 8080), "{list}");
        }
    }
}
