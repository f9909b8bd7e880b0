//! The values as they were said, layer over layer, before they are understood.

use std::{
    collections::BTreeMap,
    env, fmt, fs,
    io::ErrorKind,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    Problems,
    keys::{self, KEYS, Key},
};

/// What flags said: the names of [`KEYS`] and their values.
pub type Flags = Vec<(&'static str, String)>;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag,
    /// The environment.
    Environment,
    /// The file `.env`.
    DotEnv,
    /// This TOML file.
    File(PathBuf),
    /// Nobody said anything else.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment => f.write_str("environment"),
            Self::DotEnv => f.write_str(".env"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The values as they were said, and what was wrong with how they were said.
#[derive(Debug, Default)]
pub struct Values {
    values: BTreeMap<&'static str, (String, Origin)>,
    problems: Vec<String>,
}

impl Values {
    /// Gathers every layer.
    #[must_use]
    pub fn gather(flags: Flags) -> Self {
        let mut problems = Vec::new();
        let mut environment = Vec::new();
        for (name, value) in env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => environment.push((name, value)),
                (Ok(name), Err(_)) if KEYS.iter().any(|key| key.variable == name) => {
                    problems.push(format!("{name} [environment]: it is not UTF-8; write it again"));
                }
                _ => {}
            }
        }
        let dot_env = match named(&environment, "CHARTKEY_ENV_FILE").as_deref() {
            Some("none") => Vec::new(),
            Some(path) => read_dot_env(Path::new(path), true, &mut problems),
            None => read_dot_env(Path::new(".env"), false, &mut problems),
        };
        let mut gathered = Self::layered(flags, environment, dot_env);
        gathered.problems.splice(0..0, problems);
        gathered
    }

    /// The same over layers that are given, for tests.
    #[must_use]
    pub fn layered(flags: Flags, environment: Vec<(String, String)>, dot_env: Vec<(String, String)>) -> Self {
        let mut gathered = Self::default();
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
            gathered.read_toml(Path::new(&file));
        }
        gathered.read_variables(dot_env, &Origin::DotEnv);
        gathered.read_variables(environment, &Origin::Environment);
        for (name, value) in flags {
            gathered.values.insert(name, (value, Origin::Flag));
        }
        for key in KEYS.iter().filter(|key| key.secret) {
            if gathered.get(key.name).is_some_and(|(value, _)| keys::is_example(value)) {
                gathered.problems.push(gathered.wrong(key.name, "it is the example from the documentation; choose a secret of your own"));
            }
        }
        gathered
    }

    fn read_toml(&mut self, path: &Path) {
        let place = path.display();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) => return self.problems.push(format!("{place}: {cause}; CHARTKEY_CONFIG or --config names a TOML file")),
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            // The whole error would quote the line, which may hold a secret.
            Err(cause) => {
                let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                return self.problems.push(format!("{place}: line {line} cannot be read: {}; write NAME = \"VALUE\"", cause.message()));
            }
        };
        let mut holds_secret = false;
        for (name, value) in table {
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                self.problems.push(format!("{place}: {name} is not a setting{}", nearest(&name, |key| key.name)));
                continue;
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(switch) => switch.to_string(),
                _ => {
                    self.problems.push(format!("{place}: {name} is not a text or a number; write {name} = \"VALUE\""));
                    continue;
                }
            };
            if !text.is_empty() {
                holds_secret |= key.secret;
                self.values.insert(key.name, (text, Origin::File(path.to_owned())));
            }
        }
        if holds_secret {
            self.problems.extend(open_to_others(path));
        }
    }

    fn read_variables(&mut self, variables: Vec<(String, String)>, origin: &Origin) {
        for (variable, value) in variables {
            if let Some(key) = KEYS.iter().find(|key| key.variable == variable) {
                // As in a shell: what is empty is not set, and hides nothing below it.
                if value.is_empty() {
                    continue;
                }
                self.values.insert(key.name, (value, origin.clone()));
            } else if variable.starts_with("CHARTKEY_") && !keys::OF_SCRIPTS.contains(&variable.as_str()) {
                self.problems.push(format!("{variable} [{origin}]: it is not a setting{}", nearest(&variable, |key| key.variable)));
            }
        }
    }

    /// Whether everything that was said is a setting.
    ///
    /// # Errors
    /// Unknown keys, files that cannot be read, secrets from an example.
    pub fn sound(&self) -> Result<(), Problems> {
        if self.problems.is_empty() { Ok(()) } else { Err(Problems(self.problems.clone())) }
    }

    /// What [`Self::sound`] would say.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// A value and where it came from.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&str, &Origin)> {
        self.values.get(name).map(|(value, origin)| (value.as_str(), origin)).filter(|(value, _)| !value.is_empty())
    }

    /// A value, whoever said it.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|(value, _)| value.to_owned())
    }

    /// A value that a command cannot do without.
    ///
    /// # Errors
    /// Where nobody said it.
    pub fn required(&self, name: &str) -> Result<String, Problems> {
        self.text(name).ok_or_else(|| Problems::one(self.wrong(name, "set it in the environment or in a file")))
    }

    /// What is wrong with a setting, beginning with its variable and where its value came from.
    pub(super) fn wrong(&self, name: &str, what: impl fmt::Display) -> String {
        let variable = KEYS.iter().find(|key| key.name == name).map_or(name, |key| key.variable);
        match self.get(name) {
            Some((_, origin)) => format!("{variable} [{origin}]: {what}"),
            None => format!("{variable} is not set: {what}"),
        }
    }
}

/// The variables of the file; none where it is not there, unless somebody has named it.
fn read_dot_env(path: &Path, is_named: bool, problems: &mut Vec<String>) -> Vec<(String, String)> {
    let place = path.display();
    let mut variables: Vec<(String, String)> = Vec::new();
    let entries = match dotenvy::from_path_iter(path) {
        Ok(entries) => entries,
        Err(dotenvy::Error::Io(cause)) if cause.kind() == ErrorKind::NotFound && !is_named => return variables,
        Err(cause) => {
            problems.push(format!(
                "{place}: {cause}; settings are looked for there, or in the file that CHARTKEY_ENV_FILE names (none: in no file)"
            ));
            return variables;
        }
    };
    for entry in entries {
        match entry {
            Ok(variable) => variables.push(variable),
            // Its words would quote the line, which may hold a secret.
            Err(_) => {
                let before = variables.last().map_or_else(|| "its first setting".to_owned(), |(name, _)| format!("a line after {name}"));
                problems.push(format!("{place}: {before} cannot be read; write NAME=VALUE, a value with spaces in single quotes"));
                break;
            }
        }
    }
    let is_secret = |variable: &str| KEYS.iter().any(|key| key.secret && key.variable == variable);
    if variables.iter().any(|(variable, value)| is_secret(variable) && !value.is_empty()) {
        problems.extend(open_to_others(path));
    }
    variables
}

/// A file with secrets that everybody on the machine can read is a problem.
fn open_to_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o007 != 0).then(|| format!("{}: it holds secrets and everybody on this machine can read it; chmod 600", path.display()))
}

/// The setting that was probably meant.
fn nearest(typed: &str, name: fn(&Key) -> &'static str) -> String {
    let alike = KEYS.iter().map(|key| (name(key), strsim::jaro_winkler(name(key), typed))).max_by(|one, other| one.1.total_cmp(&other.1));
    match alike {
        Some((meant, likeness)) if likeness > 0.9 => format!("; did you mean {meant}?"),
        _ => "; `chartkey check-config` lists them".to_owned(),
    }
}

fn named(layer: &[(String, String)], name: &str) -> Option<String> {
    layer.iter().find(|(variable, value)| variable == name && !value.is_empty()).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_beats_dot_env() {
        let environment = variables(&[("CHARTKEY_LISTEN", "127.0.0.1:2"), ("CHARTKEY_MAIL_FROM", "a@example.org")]);
        let dot_env =
            variables(&[("CHARTKEY_LISTEN", "127.0.0.1:3"), ("CHARTKEY_MAIL_FROM", "b@example.org"), ("CHARTKEY_MAIL_DIR", "post")]);
        let values = Values::layered(vec![("listen", "127.0.0.1:1".into())], environment, dot_env);
        assert_eq!(values.get("listen"), Some(("127.0.0.1:1", &Origin::Flag)));
        assert_eq!(values.get("mail_from"), Some(("a@example.org", &Origin::Environment)));
        assert_eq!(values.get("mail_dir"), Some(("post", &Origin::DotEnv)));
        assert_eq!(values.get("session_hours"), Some(("12", &Origin::Default)));
    }

    #[test]
    fn an_unknown_key_is_refused_and_those_of_scripts_are_not() {
        let values = Values::layered(Vec::new(), variables(&[("CHARTKEY_LISTN", "x")]), Vec::new());
        assert!(values.sound().unwrap_err().to_string().contains("did you mean CHARTKEY_LISTEN?"));
        assert!(Values::layered(Vec::new(), variables(&[("CHARTKEY_TEST_DATABASE_URL", "x"), ("PATH", "x")]), Vec::new()).sound().is_ok());
    }

    #[test]
    fn an_example_secret_is_refused() {
        for secret in ["DATABASE_URL", "CHARTKEY_ADMIN_DATABASE_URL"] {
            let example = variables(&[(secret, "postgres://chartkey_runtime:change-me@localhost/chartkey")]);
            let refused = Values::layered(Vec::new(), Vec::new(), example).sound().unwrap_err();
            assert!(refused.to_string().contains(&format!("{secret} [.env]: it is the example")));
        }
    }

    #[test]
    fn what_is_empty_is_not_set() {
        let environment = variables(&[("CHARTKEY_LISTEN", ""), ("CHARTKEY_MAIL_DIR", "")]);
        let values = Values::layered(Vec::new(), environment, variables(&[("CHARTKEY_MAIL_DIR", "post")]));
        assert_eq!(values.get("listen"), Some(("127.0.0.1:3000", &Origin::Default)));
        assert_eq!(values.get("mail_dir"), Some(("post", &Origin::DotEnv)));
    }
}
