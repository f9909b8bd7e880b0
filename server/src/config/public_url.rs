//! The address that people type: an origin, https unless it is this machine's.

use std::{fmt, net::IpAddr};

/// An origin: scheme, host and port, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    secure: bool,
}

impl PublicUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, to be read after the name of the setting.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        let url = reqwest::Url::parse(text)
            .map_err(|cause| format!("{text:?} cannot be read: {cause}; write for example https://chartkey.example"))?;
        let origin = url.origin().ascii_serialization();
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(format!("{text:?} is more than scheme and host; write {origin}"));
        }
        let secure = match url.scheme() {
            "https" => true,
            "http" if is_loopback(&url) => false,
            _ => {
                return Err(format!(
                    "{text:?} must be https, unless it is http on this machine; write for example https://chartkey.example"
                ));
            }
        };
        Ok(Self { origin, secure })
    }

    /// The origin, as browsers say it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is https.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host alone, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.origin.split_once("://").map_or("", |(_, authority)| authority);
        match authority.strip_prefix('[') {
            Some(address) => address.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// The address of a path of ours.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// Whether an address is of this machine: then, and only then, http is enough.
pub(crate) fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_this_machine_alone() {
        for (text, origin) in [
            ("https://key.example.org", Some("https://key.example.org")),
            ("https://key.example.org/", Some("https://key.example.org")),
            ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://localhost", Some("http://localhost")),
            ("http://key.example.org", None),
            ("http://127.0.0.1.example.org", None),
            ("https://key.example.org/path", None),
            ("ftp://localhost", None),
            ("key.example.org", None),
        ] {
            assert_eq!(PublicUrl::parse(text).ok().map(|url| url.origin().to_owned()).as_deref(), origin, "{text}");
        }
    }
}
