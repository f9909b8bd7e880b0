//! Every wrong value is named with where it came from and what to write instead, all at once.

mod authority;

use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

use authority::Authority;
use chartkey_server::config::{Config, Values};

const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://chartkey_runtime:secret-of-mine@localhost/chartkey");
const PEPPER: (&str, &str) = ("CHARTKEY_PEPPER", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopk=");

/// Variables, and what one of the problems has to say.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// What is said of an environment, beside a database and a pepper that are right unless it says otherwise.
fn said(environment: &[(&str, &str)]) -> Vec<String> {
    said_of(environment, &[])
}

fn said_of(environment: &[(&str, &str)], dot_env: &[(&str, &str)]) -> Vec<String> {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let mut variables = owned(&[DATABASE, PEPPER]);
    variables.retain(|(name, _)| !environment.iter().chain(dot_env).any(|(other, _)| other == name));
    variables.extend(owned(environment));
    let values = Values::layered(Vec::new(), variables, owned(dot_env));
    Config::understand(&values).err().map(|problems| problems.0).unwrap_or_default()
}

fn file(authority: &Authority, name: &str, text: &str, mode: u32) -> String {
    let path = authority.folder().join(name);
    authority.write(&path, text, mode);
    path.to_string_lossy().into_owned()
}

#[test]
fn each_wrong_value_is_named_with_its_source_and_what_to_write() {
    let long = "https://chartkey.example";
    let missing = "/nowhere/at/all";
    let cases: &[Case<'_>] = &[
        (&[("CHARTKEY_LISTN", "x")], &["CHARTKEY_LISTN [environment]", "did you mean CHARTKEY_LISTEN?"]),
        (&[("CHARTKEY_QUOKKA", "x")], &["CHARTKEY_QUOKKA [environment]", "check-config"]),
        (&[("DATABASE_URL", "")], &["DATABASE_URL is not set", "postgres://chartkey_runtime:PASSWORD@HOST/DATABASE"]),
        (&[("DATABASE_URL", "mysql://secret-of-mine@localhost/x")], &["DATABASE_URL [environment]", "postgres://"]),
        (&[("DATABASE_URL", "secret-of-mine")], &["DATABASE_URL [environment]", "postgres://"]),
        (&[("DATABASE_URL", "postgres://a:change-me@localhost/x")], &["DATABASE_URL [environment]", "a secret of your own"]),
        (&[("CHARTKEY_MIGRATE_DATABASE_URL", "localhost")], &["CHARTKEY_MIGRATE_DATABASE_URL [environment]", "postgres://"]),
        (&[("CHARTKEY_ADMIN_DATABASE_URL", "http://localhost")], &["CHARTKEY_ADMIN_DATABASE_URL [environment]", "postgres://"]),
        (&[("CHARTKEY_DATABASE_CONNECTIONS", "0")], &["CHARTKEY_DATABASE_CONNECTIONS [environment]", "from 2 to 1000"]),
        (&[("CHARTKEY_DATABASE_CONNECTIONS", "many")], &["CHARTKEY_DATABASE_CONNECTIONS [environment]", "\"many\""]),
        (&[("CHARTKEY_CLIENT_CONNECTIONS", "1")], &["CHARTKEY_CLIENT_CONNECTIONS [environment]", "from 16"]),
        (&[("CHARTKEY_LISTEN", "3000")], &["CHARTKEY_LISTEN [environment]", "127.0.0.1:3000"]),
        (&[("CHARTKEY_LISTEN", "localhost:3000")], &["CHARTKEY_LISTEN [environment]", "127.0.0.1:3000"]),
        (&[("CHARTKEY_PUBLIC_URL", "chartkey.example")], &["CHARTKEY_PUBLIC_URL [environment]", "https://chartkey.example"]),
        (&[("CHARTKEY_PUBLIC_URL", "http://chartkey.example")], &["CHARTKEY_PUBLIC_URL [environment]", "must be https"]),
        (
            &[("CHARTKEY_PUBLIC_URL", "https://chartkey.example/key"), ("CHARTKEY_ANCHOR_FILE", "anchor")],
            &["CHARTKEY_PUBLIC_URL [environment]", "write https://chartkey.example"],
        ),
        (&[("CHARTKEY_PUBLIC_URL", long)], &["CHARTKEY_ANCHOR_FILE is not set", "name a file"]),
        (&[("CHARTKEY_ANCHOR_FILE", "/nowhere/anchor")], &["CHARTKEY_ANCHOR_FILE [environment]", "make it"]),
        (&[("CHARTKEY_TRUSTED_PROXIES", "10.0.0.1, proxy")], &["CHARTKEY_TRUSTED_PROXIES [environment]", "\"proxy\"", "10.1.0.0/16"]),
        (&[("CHARTKEY_TRUSTED_PROXIES", "10.0.0.0/33")], &["CHARTKEY_TRUSTED_PROXIES [environment]", "\"10.0.0.0/33\""]),
        (&[("CHARTKEY_TRUSTED_PROXIES", "::/0")], &["CHARTKEY_TRUSTED_PROXIES [environment]", "is everybody"]),
        (&[("CHARTKEY_METRICS_LISTEN", "0.0.0.0:9100")], &["CHARTKEY_METRICS_LISTEN [environment]", "127.0.0.1:8471"]),
        (&[("CHARTKEY_METRICS_LISTEN", "9100")], &["CHARTKEY_METRICS_LISTEN [environment]", "no IP address with a port"]),
        (&[("CHARTKEY_METRICS_LISTEN", "127.0.0.1:3000")], &["CHARTKEY_METRICS_LISTEN [environment]", "another port"]),
        (&[("CHARTKEY_SITE_DIR", missing)], &["CHARTKEY_SITE_DIR [environment]", "scripts/site"]),
        (&[("CHARTKEY_MAIL_DIR", "Cargo.toml")], &["CHARTKEY_MAIL_DIR [environment]", "name a folder"]),
        (&[("CHARTKEY_SMTP_URL", "smtps://a:b@mail.example")], &["CHARTKEY_MAIL_FROM is not set", "Chartkey <chartkey@example.org>"]),
        (
            &[("CHARTKEY_SMTP_URL", "smtp://a:secret-of-mine@mail.example"), ("CHARTKEY_MAIL_FROM", "a@example.org")],
            &["CHARTKEY_SMTP_URL [environment]", "smtps://"],
        ),
        (
            &[("CHARTKEY_SMTP_URL", "smtps://mail.example"), ("CHARTKEY_MAIL_FROM", "Chartkey")],
            &["CHARTKEY_MAIL_FROM [environment]", "\"Chartkey\""],
        ),
        (&[("CHARTKEY_SESSION_IDLE_MINUTES", "-1")], &["CHARTKEY_SESSION_IDLE_MINUTES [environment]", "from 1 to 1440"]),
        (&[("CHARTKEY_ADULT_AGE", "12")], &["CHARTKEY_ADULT_AGE [environment]", "comes before"]),
        (&[("CHARTKEY_ACCOUNT_AGE", "a child")], &["CHARTKEY_ACCOUNT_AGE [environment]", "from 0 to 30"]),
        (&[("CHARTKEY_CLINICIAN_IDLE_MINUTES", "1.5")], &["CHARTKEY_CLINICIAN_IDLE_MINUTES [environment]", "from 1 to 1440"]),
        (&[("CHARTKEY_SESSION_HOURS", "1000")], &["CHARTKEY_SESSION_HOURS [environment]", "from 1 to 168"]),
        (&[("CHARTKEY_PEPPER", "c2VjcmV0LW9mLW1pbmU=")], &["CHARTKEY_PEPPER [environment]", "head -c 32"]),
        (
            &[("CHARTKEY_PEPPER", ""), ("CHARTKEY_PEPPER_FILE", "/nowhere/pepper")],
            &["CHARTKEY_PEPPER_FILE [environment]", "cannot be made"],
        ),
        (&[("RUST_LOG", "info,=x=y")], &["RUST_LOG [environment]", "write for example info"]),
        (&[("CHARTKEY_CONFIG", missing)], &["/nowhere/at/all: ", "names a TOML file"]),
        (&[("CHARTKEY_TLS_CERT", missing)], &["CHARTKEY_TLS_KEY is not set", "needs the key"]),
        (&[("CHARTKEY_TLS_KEY", missing)], &["CHARTKEY_TLS_CERT is not set", "needs its certificate"]),
        (
            &[("CHARTKEY_TLS_CERT", missing), ("CHARTKEY_TLS_KEY", missing)],
            &["CHARTKEY_TLS_CERT [environment]", "/nowhere/at/all: the file is not there"],
        ),
    ];
    for (environment, expected) in cases {
        let problems = said(environment);
        assert!(
            problems.iter().any(|problem| expected.iter().all(|part| problem.contains(part))),
            "{environment:?} should say {expected:?}: {problems:#?}"
        );
        assert!(!problems.join("\n").contains("secret-of-mine"), "a secret is repeated: {problems:#?}");
    }
    assert!(cases.len() >= 25);
    assert_eq!(said(&[]), Vec::<String>::new(), "what is right has no problem");
}

#[test]
fn the_file_that_a_wrong_value_came_from_is_named() {
    let authority = Authority::new();
    let toml = file(&authority, "settings.toml", "listen = \"nonsense\"\nsession_hours = 0\nmail_from = [1]\nlistn = 1\n", 0o600);
    let problems = said_of(&[], &[("CHARTKEY_CONFIG", &toml), ("CHARTKEY_DATABASE_CONNECTIONS", "x")]);
    for expected in [
        format!("CHARTKEY_LISTEN [file {toml}]: \"nonsense\""),
        format!("CHARTKEY_SESSION_HOURS [file {toml}]: \"0\""),
        format!("{toml}: mail_from is not a text or a number"),
        format!("{toml}: listn is not a setting; did you mean listen?"),
        "CHARTKEY_DATABASE_CONNECTIONS [.env]: \"x\"".to_owned(),
    ] {
        assert!(problems.iter().any(|problem| problem.starts_with(&expected)), "{expected}: {problems:#?}");
    }
    let broken = file(&authority, "broken.toml", "listen = \"127.0.0.1:1\"\nsmtp_url = secret-of-mine\n", 0o600);
    let problems = said(&[("CHARTKEY_CONFIG", &broken)]).join("\n");
    assert!(problems.contains("broken.toml: line 2 cannot be read") && !problems.contains("secret-of-mine"), "{problems}");
    let open = file(&authority, "open.toml", "pepper = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopk=\"\n", 0o644);
    assert!(
        said(&[("CHARTKEY_CONFIG", &open)]).join("\n").contains("it holds secrets and everybody on this machine can read it; chmod 600")
    );
}

#[test]
fn each_certificate_that_cannot_be_used_is_told_by_its_fault() {
    let authority = Authority::new();
    let (good, its_key) = authority.sign("chartkey.example", |_| {});
    let (_, another_key) = authority.sign("chartkey.example", |_| {});
    let (ended, ended_key) = authority.sign("chartkey.example", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 2));
    let (early, early_key) = authority.sign("chartkey.example", |params| params.not_before = rcgen::date_time_ymd(2999, 1, 2));
    let (other_host, other_key) = authority.sign("other.example", |_| {});
    let https = "https://chartkey.example";
    let cases = [
        ("nonsense", its_key.as_str(), 0o600, https, "CHARTKEY_TLS_CERT", "it holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n", &its_key, 0o600, https, "CHARTKEY_TLS_CERT", "has to be PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &its_key, 0o600, https, "CHARTKEY_TLS_CERT", "has to be X.509"),
        (&good, "nonsense", 0o600, https, "CHARTKEY_TLS_KEY", "it holds no private key"),
        (&good, &another_key, 0o600, https, "CHARTKEY_TLS_KEY", "does not belong to the certificate"),
        (&good, &its_key, 0o644, https, "CHARTKEY_TLS_KEY", "chmod 600"),
        (&ended, &ended_key, 0o600, https, "CHARTKEY_TLS_CERT", "ended on 2020-01-02; renew it"),
        (&early, &early_key, 0o600, https, "CHARTKEY_TLS_CERT", "begins on 2999-01-02"),
        (&other_host, &other_key, 0o600, https, "CHARTKEY_TLS_CERT", "not for chartkey.example"),
        (&good, &its_key, 0o600, "http://127.0.0.1:3000", "CHARTKEY_PUBLIC_URL", "people reach us by https"),
    ];
    for (certificate, key, mode, public, variable, expected) in cases {
        let (certificate, key) = (file(&authority, "chain.pem", certificate, 0o644), file(&authority, "key.pem", key, mode));
        let problems = said(&[
            ("CHARTKEY_TLS_CERT", &certificate),
            ("CHARTKEY_TLS_KEY", &key),
            ("CHARTKEY_PUBLIC_URL", public),
            ("CHARTKEY_ANCHOR_FILE", "anchor"),
            ("CHARTKEY_JOURNAL_FILE", "journal"),
        ]);
        assert!(
            matches!(problems.as_slice(), [problem] if problem.starts_with(&format!("{variable} [environment]")) && problem.contains(expected)),
            "{expected}: {problems:#?}"
        );
    }
}

#[test]
fn check_config_prints_every_setting_says_all_that_is_wrong_and_ends_with_2() {
    let authority = Authority::new();
    let folder: &Path = authority.folder();
    std::fs::write(folder.join(".env"), "CHARTKEY_LISTEN=nonsense\nDATABASE_URL=mysql://a:secret-of-mine@b/c\nthis is no line\n").unwrap();
    std::fs::set_permissions(folder.join(".env"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let check = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartkey"));
        command.args(["check-config"]).current_dir(folder).env_clear().envs(variables.iter().copied()).output().unwrap()
    };
    let output = check(&[("CHARTKEY_SESSION_HOURS", "x"), ("CHARTKEY_LISTN", "x"), ("RUST_LOG", "==")]);
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{said}");
    for expected in [
        "CHARTKEY_LISTEN [.env]",
        "DATABASE_URL [.env]",
        ".env: a line after DATABASE_URL cannot be read",
        ".env: it holds secrets",
        "CHARTKEY_SESSION_HOURS [environment]",
        "CHARTKEY_LISTN [environment]",
        "RUST_LOG [environment]",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(printed.contains("CHARTKEY_METRICS_LISTEN") && printed.contains("[not set]"), "{printed}");
    assert!(!said.contains("secret-of-mine") && !printed.contains("secret-of-mine"));
    std::fs::remove_file(folder.join(".env")).unwrap();
    assert_eq!(check(&[DATABASE, PEPPER]).status.code(), Some(0));
}
