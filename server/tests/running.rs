//! The real binary as it runs: what it measures, and how it ends.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};

const NOBODY: &str = "00000000-0000-0000-0000-00000000002a";

/// A database and a folder of the test's own.
struct Ground {
    database: String,
    folder: PathBuf,
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A process that ends with its value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap().success());
    }

    fn ends_with(&mut self, code: i32) {
        assert_eq!(self.0.wait().unwrap().code(), Some(code));
    }
}

impl Ground {
    async fn lay(options: PgConnectOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("chartkey-running-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let superuser = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
        sqlx::query("grant select on _sqlx_migrations to chartkey_runtime").execute(&superuser).await.unwrap();
        Self { database: options.username("chartkey_runtime").to_url_lossy().to_string(), folder }
    }

    fn command(&self, arguments: &[&str], variables: &[(&str, String)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartkey"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("DATABASE_URL", &self.database)
            .env("CHARTKEY_ANCHOR_FILE", "anchor")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn start(&self, arguments: &[&str], variables: &[(&str, String)]) -> Running {
        Running(self.command(arguments, variables).stdout(Stdio::null()).spawn().unwrap())
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Asks until there is an answer in which `is_it`.
async fn until(url: &str, is_it: impl Fn(&str) -> bool) -> String {
    let asking = async {
        loop {
            if let Ok(answer) = client().get(url).send().await
                && let Ok(text) = answer.text().await
                && is_it(&text)
            {
                return text;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("{url} does not say it"))
}

fn holds_identifier(text: &str) -> bool {
    let is_one = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    };
    text.as_bytes().windows(36).any(is_one)
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_measured_names_nobody_and_the_end_is_orderly(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let rehearsal = ground.command(&["rehearse", "--json"], &[]).output().unwrap();
    let rehearsal: Value = serde_json::from_slice(&rehearsal.stdout).unwrap();
    let person = |key: &str| rehearsal["people"][0][key].as_str().unwrap().to_owned();

    let (at, measured) = (free(), free());
    let variables = [
        ("CHARTKEY_LISTEN", at.to_string()),
        ("CHARTKEY_PUBLIC_URL", format!("http://{at}")),
        ("CHARTKEY_METRICS_LISTEN", measured.to_string()),
    ];
    let mut server = ground.start(&["serve"], &variables);
    until(&format!("http://{at}/readyz"), |text| text == "ready\n").await;
    assert!(ground.command(&["healthcheck"], &variables).status().unwrap().success());

    let http = client();
    let sign_in = |password: String| {
        let form = format!("email={}&password={}", person("email").replace('@', "%40"), password.replace(' ', "+"));
        let request = http.post(format!("http://{at}/api/sign-in")).header("origin", format!("http://{at}"));
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    let session = |answer: reqwest::Response| {
        let cookies =
            answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        cookies.into_iter().find(|cookie| cookie.starts_with("chartkey="))
    };
    assert_eq!(session(sign_in("wrong".to_owned()).await.unwrap()), None);
    let cookie = session(sign_in(person("password")).await.unwrap()).unwrap();
    let get = |path: String| http.get(format!("http://{at}{path}")).header("cookie", &cookie).send();
    let home = get("/home".to_owned()).await.unwrap().text().await.unwrap();
    let patient = home.split("/record/").nth(1).unwrap()[..36].to_owned();
    for path in ["", "/results", "/visits", "/medicines", "/nothing"] {
        get(format!("/record/{patient}{path}")).await.unwrap().text().await.unwrap();
    }
    assert_eq!(get(format!("/record/{NOBODY}/results")).await.unwrap().status(), 404);
    let stream = get(format!("/events?patient={patient}&mark=own")).await.unwrap();
    assert_eq!(stream.status(), 200);

    let text = until(&format!("http://{measured}/metrics"), |text| text.contains("job=\"anchor\"")).await;
    for expected in [
        "chartkey_requests_total{method=\"GET\",route=\"/record/{patient}/results\",status=\"2xx\"} 1",
        "chartkey_requests_total{method=\"GET\",route=\"/record/{patient}/results\",status=\"4xx\"} 1",
        "chartkey_request_duration_seconds_bucket{method=\"GET\",route=\"/home\",status=\"2xx\",le=\"+Inf\"} 1",
        "chartkey_sign_ins_total{door=\"person\",result=\"done\"} 1",
        "chartkey_sign_ins_total{door=\"person\",result=\"refused\"} 1",
        "chartkey_records_refused_total 1",
        "chartkey_event_streams 1",
        "chartkey_database_connections{state=\"idle\"}",
        "chartkey_job_last_success_seconds{job=\"sweep-sessions\"}",
        "chartkey_build_info{version=",
        "process_start_time_seconds ",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!holds_identifier(&text), "{text}");
    assert!(holds_identifier(&patient), "the search would find one");
    for said in [person("email"), person("name"), patient, at.ip().to_string()] {
        assert!(!text.contains(&said), "{said}: {text}");
    }

    // A request that has begun is answered, and told the truth; nobody else comes in.
    let mut begun = TcpStream::connect(at).unwrap();
    begun.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n").unwrap();
    let mut kept_alive = TcpStream::connect(at).unwrap();
    kept_alive.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = [0; 15];
    kept_alive.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    server.terminate();
    while TcpStream::connect(at).is_ok() {}
    begun.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("stopping\n"), "{answer}");
    let mut rest = String::new();
    kept_alive.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("ready\n"), "an idle connection is closed: {rest}");
    assert!(stream.text().await.unwrap().starts_with("event: "), "a stream of events ends as it should");
    server.ends_with(0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_operator_sees_when_a_backup_was_proved_and_nobody_else_does(_: PgPoolOptions, options: PgConnectOptions) {
    let database = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
    let ground = Ground::lay(options).await;
    let (at, measured) = (free(), free());
    let variables = [("CHARTKEY_LISTEN", at.to_string()), ("CHARTKEY_METRICS_LISTEN", measured.to_string())];
    let mut server = ground.start(&["serve"], &variables);
    let page = format!("http://{measured}/");
    let before = until(&page, |text| text.contains("</html>")).await;
    assert!(before.contains("No backup has been proved yet") && before.contains("Not archived"), "{before}");
    let proofs = [
        "('older', 2000000, 7.5, null, false, 'pg_basebackup: no space', now() - interval '1 day')",
        "('newer', 13400000, 12.5, 0, true, null, now())",
    ];
    for proof in proofs {
        let insert = format!("insert into backup_proof (backup, size_bytes, seconds, differences, is_restored, failed, at) values {proof}");
        sqlx::query(sqlx::AssertSqlSafe(insert)).execute(&database).await.unwrap();
    }
    let after = until(&page, |text| text.contains("Restored and compared")).await;
    for said in ["Restored and compared: 0 differences", "12.5 s", "13.4 MB", "pg_basebackup: no space", "7.5 s"] {
        assert!(after.contains(said), "{said}: {after}");
    }
    assert!(!after.contains("would not help") && !after.contains("/sign-in"), "{after}");
    let style = after.split("href=\"/assets/").nth(1);
    assert!(style.is_some(), "{after}");

    // Whoever leads a browser here by another name gets nothing, and the door of everybody has no such page.
    let led = client().get(&page).header("host", "elsewhere.example").send().await.unwrap();
    assert_eq!(led.status(), 421);
    let front = client().get(format!("http://{at}/")).send().await.unwrap().text().await.unwrap();
    assert!(!front.contains("Restored and compared"), "{front}");
    server.terminate();
    server.ends_with(0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_worker_alone_tells_when_its_jobs_last_ended_well(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let measured = free();
    let mut worker = ground.start(&["worker"], &[("CHARTKEY_METRICS_LISTEN", measured.to_string())]);
    let text = until(&format!("http://{measured}/metrics"), |text| text.contains("job=\"anchor\"")).await;
    for job in ["tell-refusals", "sweep-sessions", "sweep-drafts", "label-again", "phrase-again"] {
        assert!(text.contains(&format!("chartkey_job_last_success_seconds{{job=\"{job}\"}}")), "{job}: {text}");
    }
    worker.terminate();
    worker.ends_with(0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_certificate_ends_the_start_with_a_sentence(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let variables = [
        ("CHARTKEY_PUBLIC_URL", "https://chartkey.example".to_owned()),
        ("CHARTKEY_TLS_CERT", "nowhere".to_owned()),
        ("CHARTKEY_TLS_KEY", "nowhere".to_owned()),
    ];
    let output = ground.command(&["serve"], &variables).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("CHARTKEY_TLS_CERT [environment]: nowhere: the file is not there"), "{said}");
}
