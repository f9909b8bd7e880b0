//! Configuration: a flag, then the environment, then `.env`, then a TOML file,
//! then the default. The only module that reads the environment.

use std::{env, fmt, net::SocketAddr, path::PathBuf};

use chartkey_domain::ages::Ages;
use chartkey_portal::secrets::Pepper;
use ipnet::IpNet;
use time::Duration;

use crate::tls::Pair;

pub mod keeping;
mod keys;
mod pepper;
mod public_url;
mod reading;
mod values;

pub use keys::{KEYS, Key};
pub use public_url::PublicUrl;
pub(crate) use public_url::is_loopback;
pub use values::{Flags, Origin, Values};

use reading::Reading;

/// Every problem of a configuration, each a sentence for an operator.
#[derive(Debug)]
pub struct Problems(pub Vec<String>);

impl Problems {
    /// A single one.
    #[must_use]
    pub fn one(problem: String) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// A variable that a flag names: for secrets, which are never flags themselves.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the file that may read the environment")]
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// What the server needs, understood.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address of the runtime role.
    pub database_url: String,
    /// How many connections at most.
    pub connections: u32,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How many connections of clients at most.
    pub clients: u32,
    /// The address that people type.
    pub public_url: PublicUrl,
    /// Certificate and key, where we speak TLS ourselves.
    pub tls: Option<Pair>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where to listen for whoever collects metrics: on this machine.
    pub metrics_listen: Option<SocketAddr>,
    /// The built site; none where it is inside the binary.
    pub site_dir: Option<PathBuf>,
    /// Where messages go.
    pub mail: Mail,
    /// Lives of sessions.
    pub sessions: SessionTimes,
    /// The ages at which children grow up.
    pub ages: Ages,
    /// Mixed into every stored hash.
    pub pepper: Pepper,
    /// Where the heads of the chains are written.
    pub anchor_file: Option<PathBuf>,
    /// Where the key is that signs the log; nothing is signed without one.
    pub log_key_file: Option<PathBuf>,
    /// The journal and the backups.
    pub keeping: keeping::Keeping,
}

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Mail {
    /// Each into a file of this folder.
    Folder(PathBuf),
    /// Through this server, from this address.
    Smtp {
        /// `smtp://` or `smtps://`, with user and password.
        url: String,
        /// The sender.
        from: String,
    },
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct SessionTimes {
    /// Unused, a person's.
    pub person_idle: Duration,
    /// Unused, a clinician's.
    pub clinician_idle: Duration,
    /// At most.
    pub absolute: Duration,
}

impl Config {
    /// Understands the values.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn understand(values: &Values) -> Result<Self, Problems> {
        let mut reading = Reading::new(values);
        let listen = reading.address("listen");
        // To sign the log takes two at a time.
        let connections = reading.number("database_connections", 2..=1000);
        let clients = reading.number("client_connections", 16..=100_000);
        let person = reading.number("session_idle_minutes", 1..=24 * 60);
        let clinician = reading.number("clinician_idle_minutes", 1..=24 * 60);
        let hours = reading.number("session_hours", 1..=24 * 7);
        let ages = reading.ages();
        let metrics_listen = reading.address("metrics_listen");
        if let Some(address) = metrics_listen.filter(|address| !address.ip().is_loopback()) {
            reading.wrong("metrics_listen", format!("{address} can be reached from elsewhere; write for example 127.0.0.1:8471"));
        }
        if metrics_listen.is_some_and(|address| listen == Some(address) && address.port() != 0) {
            reading.wrong("metrics_listen", "it is the address of CHARTKEY_LISTEN; choose another port");
        }
        let speaks_tls = values.get("tls_cert").is_some();
        let scheme = if speaks_tls { "https" } else { "http" };
        let public_url = values.text("public_url").or_else(|| listen.map(|listen| format!("{scheme}://{listen}")));
        let public_url = public_url.and_then(|text| PublicUrl::parse(&text).map_err(|problem| reading.wrong("public_url", problem)).ok());
        let tls = reading.tls(public_url.as_ref());
        let trusted_proxies = reading.networks("trusted_proxies");
        let anchor_file = reading.anchor(public_url.as_ref());
        let log_key_file = Some(reading.log_key());
        let database_url = reading.database("database_url");
        if values.get("database_url").is_none() {
            reading.wrong("database_url", "write postgres://chartkey_runtime:PASSWORD@HOST/DATABASE");
        }
        reading.database("migrate_database_url");
        reading.database("admin_database_url");
        let mail = reading.mail();
        let site_dir = reading.site();
        let pepper = pepper::read(values).map_err(|(name, what)| reading.wrong(name, what)).ok();
        reading.log();
        let keeping = keeping::Keeping::understand(&mut reading);
        if keeping.journal_file.is_none() && public_url.as_ref().is_some_and(PublicUrl::is_secure) {
            reading.wrong(
                "journal_file",
                "without it a restored backup would give back what patients had withdrawn; name a file, on another disk",
            );
        }
        let config = (|| {
            Some(Self {
                database_url: database_url?,
                connections: connections?,
                listen: listen?,
                clients: clients?,
                public_url: public_url?,
                tls,
                trusted_proxies,
                metrics_listen,
                site_dir,
                mail: mail?,
                sessions: SessionTimes {
                    person_idle: Duration::minutes(person?.into()),
                    clinician_idle: Duration::minutes(clinician?.into()),
                    absolute: Duration::hours(hours?.into()),
                },
                ages: ages?,
                pepper: pepper?,
                anchor_file,
                log_key_file,
                keeping,
            })
        })();
        match config {
            Some(config) if reading.problems.is_empty() => Ok(config),
            _ => Err(Problems(reading.problems)),
        }
    }
}
