//! Every setting, once: its name in a TOML file, its variable, and what it is.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// In the TOML file.
    pub name: &'static str,
    /// In the environment and in `.env`.
    pub variable: &'static str,
    /// Never printed, and refused where it is an example.
    pub secret: bool,
    /// What it is where nobody says anything.
    pub default: Option<&'static str>,
    /// One sentence.
    pub help: &'static str,
}

const fn key(name: &'static str, variable: &'static str, default: Option<&'static str>, help: &'static str) -> Key {
    Key { name, variable, secret: false, default, help }
}

const fn secret(name: &'static str, variable: &'static str, help: &'static str) -> Key {
    Key { name, variable, secret: true, default: None, help }
}

/// Every setting.
pub const KEYS: &[Key] = &[
    key("config", "CHARTKEY_CONFIG", None, "A TOML file with settings."),
    secret("database_url", "DATABASE_URL", "The database, as chartkey_runtime."),
    secret("migrate_database_url", "CHARTKEY_MIGRATE_DATABASE_URL", "The same database, as chartkey_migrator; for `migrate`."),
    secret(
        "admin_database_url",
        "CHARTKEY_ADMIN_DATABASE_URL",
        "A role that may make roles and databases; for `migrate --create-roles`. Without it the migrator's address is tried.",
    ),
    key("database_connections", "CHARTKEY_DATABASE_CONNECTIONS", Some("16"), "Connections to the database at most."),
    key("listen", "CHARTKEY_LISTEN", Some("127.0.0.1:3000"), "Where to listen."),
    key(
        "public_url",
        "CHARTKEY_PUBLIC_URL",
        None,
        "The address that people type: https, or http on this machine. Without it, the address that is listened on.",
    ),
    key("trusted_proxies", "CHARTKEY_TRUSTED_PROXIES", None, "IP addresses of proxies whose X-Forwarded-For is believed, with commas."),
    key("site_dir", "CHARTKEY_SITE_DIR", Some("target/site"), "The built style sheet, modules and WebAssembly."),
    key("mail_dir", "CHARTKEY_MAIL_DIR", Some("mail"), "Where messages are written while no mail server is set."),
    secret("smtp_url", "CHARTKEY_SMTP_URL", "A mail server: smtps://user:password@host, or smtp:// on this machine."),
    key("mail_from", "CHARTKEY_MAIL_FROM", None, "The sender of messages."),
    key("session_idle_minutes", "CHARTKEY_SESSION_IDLE_MINUTES", Some("30"), "A person's session ends after so long without use."),
    key("clinician_idle_minutes", "CHARTKEY_CLINICIAN_IDLE_MINUTES", Some("20"), "A clinician's session ends after so long without use."),
    key("session_hours", "CHARTKEY_SESSION_HOURS", Some("12"), "Every session ends after so long."),
    secret("pepper", "CHARTKEY_PEPPER", "32 bytes in base64, mixed into every stored hash. Instead of the file."),
    key(
        "pepper_file",
        "CHARTKEY_PEPPER_FILE",
        Some("chartkey.pepper"),
        "The file with those 32 bytes, made at the first start. Without it nobody can sign in with a password: keep a copy.",
    ),
    key(
        "anchor_file",
        "CHARTKEY_ANCHOR_FILE",
        None,
        "Where the heads of the access log are appended every minute; on another machine's disk, best. Required with https.",
    ),
    key(
        "operator",
        "CHARTKEY_OPERATOR",
        None,
        "Your name beside what you do at the command line, in the log. Without it, the name you signed in to this machine with.",
    ),
    key("log", "RUST_LOG", Some("info,sqlx::postgres::notice=warn"), "What the server's own log says, as a filter of tracing."),
];

/// Variables of scripts and tests that begin like ours.
pub(super) const OF_SCRIPTS: &[&str] = &[
    "CHARTKEY_TEST_DATABASE_URL",
    "CHARTKEY_RACES",
    "CHARTKEY_SHARED_DATA",
    "CHARTKEY_CHROMIUM",
    "CHARTKEY_PRINT",
    "CHARTKEY_CLIENT_SECRET",
];

/// Whether a secret is one of those that documentation shows.
pub(super) fn is_example(value: &str) -> bool {
    ["change-me", "changeme", "example-secret", "your-password", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
        .iter()
        .any(|example| value.contains(example))
}
