//! Configuration: a flag, then the environment, then `.env`, then a TOML file,
//! then the default. The only file that reads the environment.

use std::{
    collections::BTreeMap,
    env, fmt, fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use time::Duration;

pub mod keeping;
mod keys;
mod pepper;
mod public_url;

pub use keys::{KEYS, Key};
pub use public_url::PublicUrl;
pub(crate) use public_url::is_loopback;

use chartkey_portal::secrets::Pepper;

/// What flags said: the names of [`KEYS`] and their values.
pub type Flags = Vec<(&'static str, String)>;

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag,
    /// The environment.
    Environment,
    /// The file `.env`.
    DotEnv,
    /// The TOML file.
    File,
    /// Nobody said anything else.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::File => "file",
            Self::Default => "default",
        })
    }
}

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

/// The values as they were said, before they are understood.
#[derive(Debug, Default)]
pub struct Values {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Values {
    /// Gathers every layer.
    ///
    /// # Errors
    /// Unknown keys, files that cannot be read, secrets from an example.
    pub fn gather(flags: Flags) -> Result<Self, Problems> {
        let dot_env = match dotenvy::from_path_iter(".env") {
            Ok(entries) => entries.collect::<Result<Vec<_>, _>>().map_err(|cause| Problems(vec![format!(".env: {cause}")]))?,
            Err(dotenvy::Error::Io(_)) => Vec::new(),
            Err(cause) => return Err(Problems(vec![format!(".env: {cause}")])),
        };
        let environment = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
        Self::layered(flags, environment, dot_env)
    }

    /// The same over layers that are given, for tests.
    ///
    /// # Errors
    /// Unknown keys, a TOML file that cannot be read, secrets from an example.
    pub fn layered(flags: Flags, environment: Vec<(String, String)>, dot_env: Vec<(String, String)>) -> Result<Self, Problems> {
        let mut gathered = Self::default();
        let mut problems = Vec::new();
        for key in KEYS {
            if let Some(default) = key.default {
                gathered.values.insert(key.name, (default.to_owned(), Origin::Default));
            }
        }
        let file = flags
            .iter()
            .find(|(name, _)| *name == "config")
            .map(|(_, value)| value.clone())
            .or_else(|| [&environment, &dot_env].into_iter().find_map(|layer| named(layer, "CHARTKEY_CONFIG")));
        if let Some(file) = file {
            gathered.read_toml(Path::new(&file), &mut problems);
        }
        gathered.read_variables(dot_env, Origin::DotEnv, &mut problems);
        gathered.read_variables(environment, Origin::Environment, &mut problems);
        for (name, value) in flags {
            gathered.values.insert(name, (value, Origin::Flag));
        }
        for key in KEYS.iter().filter(|key| key.secret) {
            if gathered.get(key.name).is_some_and(|(value, _)| keys::is_example(value)) {
                problems.push(format!("{} is the example from the documentation; choose your own", key.variable));
            }
        }
        if problems.is_empty() { Ok(gathered) } else { Err(Problems(problems)) }
    }

    fn read_toml(&mut self, path: &Path, problems: &mut Vec<String>) {
        let table = match fs::read_to_string(path).map_err(|cause| cause.to_string()).and_then(|text| {
            // The reason of a TOML error quotes the line, which may hold a secret.
            text.parse::<toml::Table>().map_err(|cause| cause.message().to_owned())
        }) {
            Ok(table) => table,
            Err(cause) => return problems.push(format!("{}: {cause}", path.display())),
        };
        for (name, value) in table {
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                problems.push(format!("{}: {name} is not a setting", path.display()));
                continue;
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(switch) => switch.to_string(),
                _ => {
                    problems.push(format!("{}: {name} is not a text or a number", path.display()));
                    continue;
                }
            };
            self.values.insert(key.name, (text, Origin::File));
        }
    }

    fn read_variables(&mut self, variables: Vec<(String, String)>, origin: Origin, problems: &mut Vec<String>) {
        for (variable, value) in variables {
            if let Some(key) = KEYS.iter().find(|key| key.variable == variable) {
                // As in a shell: what is empty is not set, and hides nothing below it.
                if value.is_empty() {
                    continue;
                }
                self.values.insert(key.name, (value, origin));
            } else if variable.starts_with("CHARTKEY_") && !keys::OF_SCRIPTS.contains(&variable.as_str()) {
                problems.push(format!("{origin}: {variable} is not a setting; `chartkey check-config` lists them"));
            }
        }
    }

    /// A value and where it came from.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&str, Origin)> {
        self.values.get(name).map(|(value, origin)| (value.as_str(), *origin)).filter(|(value, _)| !value.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|(value, _)| value.to_owned())
    }

    /// A value that a command cannot do without.
    ///
    /// # Errors
    /// Where nobody said it.
    pub fn required(&self, name: &str) -> Result<String, Problems> {
        self.text(name).ok_or_else(|| {
            let variable = KEYS.iter().find(|key| key.name == name).map_or(name, |key| key.variable);
            Problems(vec![format!("{variable} is not set")])
        })
    }
}

fn named(layer: &[(String, String)], name: &str) -> Option<String> {
    layer.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.clone())
}

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
    /// The address that people type.
    pub public_url: PublicUrl,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The built site.
    pub site_dir: PathBuf,
    /// Where messages go.
    pub mail: Mail,
    /// Lives of sessions.
    pub sessions: SessionTimes,
    /// Mixed into every stored hash.
    pub pepper: Pepper,
    /// Where the heads of the chains are written.
    pub anchor_file: Option<PathBuf>,
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
        let mut problems = Vec::new();
        let mut note = |problem: String| problems.push(problem);
        let listen = understood::<SocketAddr>(values, "listen", &mut note);
        let connections = understood::<u32>(values, "database_connections", &mut note);
        let person = understood::<u32>(values, "session_idle_minutes", &mut note);
        let clinician = understood::<u32>(values, "clinician_idle_minutes", &mut note);
        let hours = understood::<u32>(values, "session_hours", &mut note);
        let public_url = values.text("public_url").or_else(|| listen.map(|listen| format!("http://{listen}")));
        let public_url =
            public_url.and_then(|text| PublicUrl::parse(&text).map_err(|problem| note(format!("CHARTKEY_PUBLIC_URL {problem}"))).ok());
        let trusted_proxies = proxies(values, &mut note);
        let anchor_file = values.text("anchor_file").map(PathBuf::from);
        if anchor_file.is_none() && public_url.as_ref().is_some_and(PublicUrl::is_secure) {
            note("CHARTKEY_ANCHOR_FILE is not set: without it nobody can show that the access log was rewritten".to_owned());
        }
        let keeping = keeping::Keeping::understand(values, &mut note);
        if keeping.journal_file.is_none() && public_url.as_ref().is_some_and(PublicUrl::is_secure) {
            note("CHARTKEY_JOURNAL_FILE is not set: without it a restored backup would give back what patients had withdrawn".to_owned());
        }
        let database_url = values.required("database_url").map_err(|problem| note(problem.to_string())).ok();
        let mail = mail(values, &mut note);
        let pepper = pepper::read(values).map_err(note).ok();
        let config = (|| {
            Some(Self {
                database_url: database_url?,
                connections: connections?,
                listen: listen?,
                public_url: public_url?,
                trusted_proxies,
                site_dir: values.text("site_dir")?.into(),
                mail: mail?,
                sessions: SessionTimes {
                    person_idle: Duration::minutes(person?.into()),
                    clinician_idle: Duration::minutes(clinician?.into()),
                    absolute: Duration::hours(hours?.into()),
                },
                pepper: pepper?,
                anchor_file,
                keeping,
            })
        })();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(Problems(problems)),
        }
    }
}

fn understood<T: std::str::FromStr>(values: &Values, name: &'static str, note: &mut impl FnMut(String)) -> Option<T> {
    let (text, _) = values.get(name)?;
    let value = text.parse().ok();
    if value.is_none() {
        let variable = KEYS.iter().find(|key| key.name == name).map_or(name, |key| key.variable);
        note(format!("{variable} cannot be read: {text}"));
    }
    value
}

fn proxies(values: &Values, note: &mut impl FnMut(String)) -> Vec<IpAddr> {
    let text = values.text("trusted_proxies").unwrap_or_default();
    let mut proxies = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse() {
            Ok(proxy) => proxies.push(proxy),
            Err(_) => note(format!("CHARTKEY_TRUSTED_PROXIES: {part} is not an IP address")),
        }
    }
    proxies
}

fn mail(values: &Values, note: &mut impl FnMut(String)) -> Option<Mail> {
    let Some(url) = values.text("smtp_url") else { return values.text("mail_dir").map(|folder| Mail::Folder(folder.into())) };
    match values.text("mail_from") {
        Some(from) => Some(Mail::Smtp { url, from }),
        None => {
            note("CHARTKEY_MAIL_FROM is not set, and CHARTKEY_SMTP_URL needs it".to_owned());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_beats_dot_env() {
        let environment = variables(&[("CHARTKEY_LISTEN", "127.0.0.1:2"), ("CHARTKEY_SITE_DIR", "site")]);
        let dot_env = variables(&[("CHARTKEY_LISTEN", "127.0.0.1:3"), ("CHARTKEY_SITE_DIR", "other"), ("CHARTKEY_MAIL_DIR", "post")]);
        let values = Values::layered(vec![("listen", "127.0.0.1:1".into())], environment, dot_env).unwrap();
        assert_eq!(values.get("listen"), Some(("127.0.0.1:1", Origin::Flag)));
        assert_eq!(values.get("site_dir"), Some(("site", Origin::Environment)));
        assert_eq!(values.get("mail_dir"), Some(("post", Origin::DotEnv)));
        assert_eq!(values.get("session_hours"), Some(("12", Origin::Default)));
    }

    #[test]
    fn an_unknown_key_is_refused_and_those_of_scripts_are_not() {
        let problems = Values::layered(Vec::new(), variables(&[("CHARTKEY_LISTN", "x")]), Vec::new()).unwrap_err();
        assert!(problems.to_string().contains("CHARTKEY_LISTN"));
        assert!(Values::layered(Vec::new(), variables(&[("CHARTKEY_TEST_DATABASE_URL", "x"), ("PATH", "x")]), Vec::new()).is_ok());
    }

    #[test]
    fn an_example_secret_is_refused() {
        for secret in ["DATABASE_URL", "CHARTKEY_ADMIN_DATABASE_URL"] {
            let example = variables(&[(secret, "postgres://chartkey_runtime:change-me@localhost/chartkey")]);
            let refused = Values::layered(Vec::new(), Vec::new(), example).unwrap_err();
            assert!(refused.to_string().contains(&format!("{secret} is the example")));
        }
    }

    #[test]
    fn what_is_empty_is_not_set() {
        let environment = variables(&[("CHARTKEY_LISTEN", ""), ("CHARTKEY_SITE_DIR", "")]);
        let values = Values::layered(Vec::new(), environment, variables(&[("CHARTKEY_SITE_DIR", "site")])).unwrap();
        assert_eq!(values.get("listen"), Some(("127.0.0.1:3000", Origin::Default)));
        assert_eq!(values.get("site_dir"), Some(("site", Origin::DotEnv)));
    }

    #[test]
    fn the_anchor_file_and_the_journal_are_required_in_production() {
        let said = |url: &str| {
            let variables =
                variables(&[("CHARTKEY_PUBLIC_URL", url), ("DATABASE_URL", "postgres://localhost/chartkey"), ("CHARTKEY_PEPPER", "AA")]);
            Config::understand(&Values::layered(Vec::new(), variables, Vec::new()).unwrap()).unwrap_err().to_string()
        };
        for required in ["CHARTKEY_ANCHOR_FILE", "CHARTKEY_JOURNAL_FILE"] {
            assert!(said("https://chartkey.test").contains(required));
            assert!(!said("http://127.0.0.1:3000").contains(required));
        }
    }
}
