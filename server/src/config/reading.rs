//! Understands one setting after the other, and remembers everything that is wrong.

use std::{fmt, fs, net::IpAddr, ops::RangeInclusive, path::PathBuf};

use chartkey_domain::ages::Ages;
use chartkey_portal::secret_file;
use ipnet::IpNet;
use lettre::message::Mailbox;

use super::{Mail, PublicUrl, Values, is_loopback, values::Origin};
use crate::tls::{self, Pair};

/// What is being understood.
pub(super) struct Reading<'v> {
    pub values: &'v Values,
    pub problems: Vec<String>,
}

impl<'v> Reading<'v> {
    pub fn new(values: &'v Values) -> Self {
        Self { values, problems: values.problems().to_vec() }
    }

    /// Something is wrong with this setting. `what` ends with what to write instead.
    pub fn wrong(&mut self, name: &str, what: impl fmt::Display) {
        self.problems.push(self.values.wrong(name, what));
    }

    /// A number.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let (text, _) = self.values.get(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, format!("{text:?} is no number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// The ages at which children grow up, which come in this order.
    pub fn ages(&mut self) -> Option<Ages> {
        let mut age = |name| self.number(name, 0..=30).and_then(|age| u8::try_from(age).ok());
        let ages = Ages { account: age("account_age")?, sensitive: age("sensitive_age")?, adult: age("adult_age")? };
        if ages.account.max(ages.sensitive) > ages.adult {
            self.wrong("adult_age", format!("{} comes before CHARTKEY_ACCOUNT_AGE or CHARTKEY_SENSITIVE_AGE", ages.adult));
        }
        Some(ages)
    }

    /// An address and a port.
    pub fn address(&mut self, name: &'static str) -> Option<std::net::SocketAddr> {
        let (text, _) = self.values.get(name)?;
        let address = text.parse().ok();
        if address.is_none() {
            self.wrong(name, format!("{text:?} is no IP address with a port; write for example 127.0.0.1:3000 or [::]:443"));
        }
        address
    }

    /// The address of a database, whose value is never repeated.
    pub fn database(&mut self, name: &'static str) -> Option<String> {
        let (text, _) = self.values.get(name)?;
        let is_one = reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql"));
        if !is_one {
            self.wrong(
                name,
                "it is no address of PostgreSQL; write postgres://ROLE:PASSWORD@HOST/DATABASE, with % signs as in web addresses",
            );
        }
        is_one.then(|| text.to_owned())
    }

    /// Networks and single addresses, with commas.
    pub fn networks(&mut self, name: &'static str) -> Vec<IpNet> {
        let text = self.values.text(name).unwrap_or_default();
        let mut networks = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)) {
                Ok(network) if network.prefix_len() == 0 => {
                    self.wrong(name, format!("{part} is everybody, who could then claim any address; name your proxies alone"));
                }
                Ok(network) => networks.push(network.trunc()),
                Err(_) => self.wrong(name, format!("{part:?} is no IP address or network; write for example 10.0.0.1, 10.1.0.0/16")),
            }
        }
        networks
    }

    /// The certificate and its key, if we speak TLS ourselves.
    pub fn tls(&mut self, public: Option<&PublicUrl>) -> Option<Pair> {
        let pair = match (self.values.text("tls_cert"), self.values.text("tls_key")) {
            (None, None) => return None,
            (Some(certificate), Some(key)) => Pair { certificate: certificate.into(), key: key.into() },
            (Some(_), None) => {
                self.wrong("tls_key", "CHARTKEY_TLS_CERT needs the key of the certificate; name its file, or set neither");
                return None;
            }
            (None, Some(_)) => {
                self.wrong("tls_cert", "CHARTKEY_TLS_KEY needs its certificate; name the file with the chain, or set neither");
                return None;
            }
        };
        if let Some(public) = public.filter(|public| !public.is_secure()) {
            self.wrong("public_url", format!("with CHARTKEY_TLS_CERT people reach us by https; write it instead of {public}"));
        }
        match pair.read() {
            Ok(identity) => {
                let host = public.filter(|public| public.is_secure()).map(PublicUrl::host);
                if let Some(host) = host.filter(|host| !tls::is_for(&identity, host)) {
                    self.wrong("tls_cert", format!("the certificate is not for {host}, the host of CHARTKEY_PUBLIC_URL; use one that is"));
                }
            }
            Err(flaw) => self.wrong(flaw.setting, flaw.what),
        }
        Some(pair)
    }

    /// Where messages go.
    pub fn mail(&mut self) -> Option<Mail> {
        let Some(url) = self.values.text("smtp_url") else {
            let folder = PathBuf::from(self.values.text("mail_dir")?);
            if fs::metadata(&folder).is_ok_and(|there| !there.is_dir()) {
                self.wrong("mail_dir", format!("{} is a file; name a folder", folder.display()));
            }
            return Some(Mail::Folder(folder));
        };
        // Its words are never repeated: they hold the password.
        let is_private = reqwest::Url::parse(&url).is_ok_and(|url| match url.scheme() {
            "smtps" => url.has_host(),
            "smtp" => is_loopback(&url) || url.query_pairs().any(|(name, value)| name == "tls" && value == "required"),
            _ => false,
        });
        if !is_private {
            self.wrong(
                "smtp_url",
                "write smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST:587?tls=required, or smtp://localhost for this machine",
            );
        }
        let Some(from) = self.values.text("mail_from") else {
            self.wrong("mail_from", "CHARTKEY_SMTP_URL needs a sender; write for example Chartkey <chartkey@example.org>");
            return None;
        };
        if from.parse::<Mailbox>().is_err() {
            self.wrong("mail_from", format!("{from:?} is no sender; write for example Chartkey <chartkey@example.org>"));
        }
        Some(Mail::Smtp { url, from })
    }

    /// The built site, where it is not the one inside the binary.
    pub fn site(&mut self) -> Option<PathBuf> {
        let (text, origin) = self.values.get("site_dir")?;
        let (directory, is_chosen) = (PathBuf::from(text), *origin != Origin::Default);
        if is_chosen && !directory.join("assets.json").is_file() {
            self.wrong("site_dir", format!("{} holds no assets.json; name what scripts/site built", directory.display()));
        }
        Some(directory)
    }

    /// Where the heads of the access log go.
    pub fn anchor(&mut self, public: Option<&PublicUrl>) -> Option<PathBuf> {
        let anchor = self.values.text("anchor_file").map(PathBuf::from);
        match &anchor {
            None if public.is_some_and(PublicUrl::is_secure) => {
                self.wrong(
                    "anchor_file",
                    "without it nobody can show that the access log was rewritten; name a file, on another machine's disk if you can",
                );
            }
            Some(path) if path.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) => {
                self.wrong("anchor_file", format!("the folder of {} is not there; make it, or name another", path.display()));
            }
            _ => {}
        }
        anchor
    }

    /// Where the key that signs the log is, or will be.
    pub fn log_key(&mut self) -> PathBuf {
        let beside = PathBuf::from(self.values.text("pepper_file").unwrap_or_default()).with_file_name("chartkey.log-key");
        let path = self.values.text("log_key_file").map_or(beside, PathBuf::from);
        if let Err(flaw) = secret_file::read(&path) {
            self.wrong("log_key_file", format!("{}: {flaw}", path.display()));
        }
        path
    }

    /// The filter of our own log.
    pub fn log(&mut self) {
        if let Some((filter, _)) = self.values.get("log")
            && let Err(cause) = tracing_subscriber::EnvFilter::try_new(filter)
        {
            self.wrong("log", format!("{cause}; write for example info or chartkey_server=debug,info"));
        }
    }
}
