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
    key("env_file", "CHARTKEY_ENV_FILE", Some(".env"), "Settings in the folder of the command, or `none`; only the environment says it."),
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
    key(
        "tls_cert",
        "CHARTKEY_TLS_CERT",
        None,
        "The certificate with its chain (PEM), where no proxy speaks TLS. Read again when it changes, and on SIGHUP.",
    ),
    key("tls_key", "CHARTKEY_TLS_KEY", None, "The private key of the certificate (PEM)."),
    key(
        "trusted_proxies",
        "CHARTKEY_TRUSTED_PROXIES",
        None,
        "IP addresses and networks of proxies whose X-Forwarded-For is believed, with commas.",
    ),
    key("client_connections", "CHARTKEY_CLIENT_CONNECTIONS", Some("4096"), "Connections of clients at most; more wait."),
    key(
        "metrics_listen",
        "CHARTKEY_METRICS_LISTEN",
        None,
        "Where the operator looks, and Prometheus (/metrics): on this machine. Without it nothing is measured.",
    ),
    key(
        "site_dir",
        "CHARTKEY_SITE_DIR",
        if cfg!(feature = "embedded-site") { None } else { Some("target/site") },
        "The built style sheet, modules and WebAssembly. A release holds them itself.",
    ),
    key("mail_dir", "CHARTKEY_MAIL_DIR", Some("mail"), "Where messages are written while no mail server is set."),
    secret("smtp_url", "CHARTKEY_SMTP_URL", "A mail server: smtps://user:password@host, or smtp:// on this machine."),
    key("mail_from", "CHARTKEY_MAIL_FROM", None, "The sender of messages."),
    key("session_idle_minutes", "CHARTKEY_SESSION_IDLE_MINUTES", Some("30"), "A person's session ends after so long without use."),
    key("clinician_idle_minutes", "CHARTKEY_CLINICIAN_IDLE_MINUTES", Some("20"), "A clinician's session ends after so long without use."),
    key("session_hours", "CHARTKEY_SESSION_HOURS", Some("12"), "Every session ends after so long."),
    key("account_age", "CHARTKEY_ACCOUNT_AGE", Some("12"), "From this age on a patient may have an account of their own."),
    key(
        "sensitive_age",
        "CHARTKEY_SENSITIVE_AGE",
        Some("13"),
        "At this age what is marked as sensitive is closed to whoever was given it for a child.",
    ),
    key("adult_age", "CHARTKEY_ADULT_AGE", Some("18"), "At this age whoever helps with a child's record stops seeing it."),
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
        "log_key_file",
        "CHARTKEY_LOG_KEY_FILE",
        None,
        "The file with the key that signs the access log every hour, made with the first root; the roots are kept in a file beside it. \
         Away from the database, and copied away. Without it, a file beside the pepper's.",
    ),
    key(
        "operator",
        "CHARTKEY_OPERATOR",
        None,
        "Your name beside what you do at the command line, in the log. Without it, the name you signed in to this machine with.",
    ),
    key(
        "journal_file",
        "CHARTKEY_JOURNAL_FILE",
        None,
        "Where everything that takes access away is written before it is acknowledged, so that a restore cannot give it back; on another \
         disk than the database, best. Required with https.",
    ),
    secret(
        "backup_database_url",
        "CHARTKEY_BACKUP_DATABASE_URL",
        "The same database, as chartkey_backup; for `backup` and for comparing with it.",
    ),
    key("backup_dir", "CHARTKEY_BACKUP_DIR", None, "Where backups are kept. With it the worker makes and proves one every night."),
    key("backup_hour", "CHARTKEY_BACKUP_HOUR", Some("3"), "The hour of the nightly backup, 0 to 23, in UTC."),
    key("backup_keep", "CHARTKEY_BACKUP_KEEP", Some("7"), "How many backups the nightly job keeps."),
    key(
        "backup_recipient",
        "CHARTKEY_BACKUP_RECIPIENT",
        None,
        "The public key that backups are encrypted for: `age1…`, printed by `chartkey backup key`.",
    ),
    key(
        "backup_identity_file",
        "CHARTKEY_BACKUP_IDENTITY_FILE",
        None,
        "The file with the secret key that opens backups. Best not on this machine; without it nightly backups are checked, not restored.",
    ),
    key("wal_dir", "CHARTKEY_WAL_DIR", None, "Where `archive-wal` keeps PostgreSQL's write-ahead log, encrypted."),
    key("pg_bin", "CHARTKEY_PG_BIN", None, "The directory of PostgreSQL's programs, where they are not found by themselves."),
    key("scratch_dir", "CHARTKEY_SCRATCH_DIR", Some("/var/tmp"), "Where a backup is unpacked to be proved; as large as the database."),
    key("log", "RUST_LOG", Some("info,sqlx::postgres::notice=warn"), "What the server's own log says, as a filter of tracing."),
];

/// Variables of scripts and tests that begin like ours.
pub(super) const OF_SCRIPTS: &[&str] = &[
    "CHARTKEY_TEST_DATABASE_URL",
    "CHARTKEY_SHARED_DATA",
    "CHARTKEY_CHROMIUM",
    "CHARTKEY_PRINT",
    "CHARTKEY_CLIENT_SECRET",
    "CHARTKEY_PROOF_SIZE",
];

/// Whether a secret is one of those that documentation shows.
pub(super) fn is_example(value: &str) -> bool {
    ["change-me", "changeme", "example-secret", "your-password", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
        .iter()
        .any(|example| value.contains(example))
}
