//! The command line as others call it: its commands, its exit codes, what it prints
//! where, and what is left when it is killed.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use chartkey_ground::Size;
use serde_json::Value;
use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// The public contract of the product's description.
const COMMANDS: [&str; 22] = [
    "serve",
    "worker",
    "migrate",
    "check-config",
    "routes",
    "import",
    "export",
    "organization",
    "person",
    "verify-log",
    "sign-log",
    "new-log-key",
    "report",
    "rehearse",
    "healthcheck",
    "backup",
    "restore",
    "verify",
    "replay-journal",
    "archive-wal",
    "restore-wal",
    "status",
];

const NOBODY: &str = "00000000-0000-0000-0000-00000000002a";

/// A database of the test's own, and a folder for what belongs to an installation.
struct Ground {
    superuser: PgPool,
    database: String,
    folder: PathBuf,
}

impl Ground {
    async fn lay(options: PgConnectOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("chartkey-cli-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            superuser: PgPoolOptions::new().max_connections(2).connect_with(options.clone()).await.unwrap(),
            database: options.username("chartkey_runtime").to_url_lossy().to_string(),
            folder,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartkey"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("DATABASE_URL", &self.database)
            .env("CHARTKEY_PUBLIC_URL", "http://127.0.0.1:3999")
            .env("CHARTKEY_ANCHOR_FILE", "anchor")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.superuser).await.unwrap()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn shared(name: &str) -> Vec<PathBuf> {
    let root = std::env::var_os("CHARTKEY_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from)
        .join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    assert!(!files.is_empty(), "{}", root.display());
    files
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[sqlx::test(migrations = "../migrations")]
async fn settings_of_the_folder_are_read_unless_they_are_said_to_be_elsewhere(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let with = |file: &str| {
        let output = ground.command(&["check-config"]).env("CHARTKEY_ENV_FILE", file).output().unwrap();
        let [listed, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.success(), listed.contains("127.0.0.1:4321"), said)
    };
    std::fs::write(ground.folder.join(".env"), "OF_ANOTHER_PROGRAM=two words $x\n").unwrap();
    std::fs::write(ground.folder.join("settings"), "CHARTKEY_LISTEN=127.0.0.1:4321\n").unwrap();
    let read = ground.run(&["check-config"]);
    assert!(!read.status.success() && String::from_utf8_lossy(&read.stderr).contains(".env: its first setting cannot be read"));
    for (file, is_read) in [("none", false), ("settings", true)] {
        let (can_be_used, listed, said) = with(file);
        assert!(can_be_used && listed == is_read, "{file}: {said}");
    }
    let (can_be_used, _, said) = with("missing");
    assert!(!can_be_used && said.contains("missing: ") && said.contains("CHARTKEY_ENV_FILE"), "{said}");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_command_is_there_and_an_exit_code_says_how_it_ended(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    for command in COMMANDS {
        let help = ground.run(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}");
        assert!(help.stderr.is_empty() && !help.stdout.is_empty(), "{command}");
    }
    for wrong in [
        &["polish"][..],
        &["export"],
        &["import", "--source", "s"],
        &["report", "--between", "2026-01-01", "--reason", "test"],
        &["report", "--between", "yesterday", "today", "--reason", "test"],
        &["verify-log", "--anchor"],
        &["export", "--patient", NOBODY, "--reason", ""],
        &["restore"],
        &["organization", "add", "--name", "N", "--slug", "north", "--issuer", "https://n.example", "--client-id", "c"],
        &["organization", "admit", "--organization", "alone", "--subject", "1", "--name", "N", "--profession", "nurse"],
        &["organization", "dismiss", "--organization", "alone", "--subject", "1", "--reason", ""],
        &["organization", "close-request", "--request", "one", "--reason", "done"],
        &["organization", "review-emergency", "--emergency", NOBODY, "--finding", "perhaps", "--checked", "test"],
        &["restore", "--into", "x", "--to", "yesterday"],
        &["archive-wal", "segment"],
    ] {
        let output = ground.run(wrong);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{wrong:?}");
        assert!(!output.stderr.is_empty(), "{wrong:?}");
    }
    for failing in [
        &["export", "--patient", NOBODY, "--reason", "test"][..],
        &["import", "nowhere.json", "--source", "s"],
        &["person", "invite", "--patient", NOBODY],
        &["person", "invite-carer", "--patient", NOBODY, "--reason", "test"],
        &["person", "end-carer", "--patient", NOBODY, "--reason", "test"],
        &["person", "report-death", "--patient", NOBODY, "--reason", "test"],
        &["person", "undo-death", "--patient", NOBODY, "--reason", "test"],
        &["verify-log", "--anchor", "nowhere"],
        &["healthcheck"],
        &["backup", "--to", "backups"],
        &["verify", "--backup", "nowhere"],
        &["verify", "--last"],
        &["restore", "--from", "nowhere", "--into", "x"],
        &["replay-journal"],
        &["organization", "admitted", "--organization", "nowhere"],
        &["organization", "dismiss", "--organization", "nowhere", "--subject", "1", "--reason", "test"],
        &["organization", "close-request", "--request", NOBODY, "--reason", "test"],
        &["organization", "review-emergency", "--emergency", NOBODY, "--finding", "needed", "--checked", "test"],
        &["archive-wal", "nowhere", "000000010000000000000001"],
    ] {
        let output = ground.run(failing);
        assert_eq!(output.status.code(), Some(1), "{failing:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.starts_with(b"chartkey: "), "{failing:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_record_goes_in_and_comes_out_and_the_log_holds(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let file = shared("synthea").into_iter().find(|path| path.to_string_lossy().contains("typical-adult")).unwrap();
    let import = ground.run(&["import", file.to_str().unwrap(), "--source", "synthea", "--json"]);
    let reports = json(&import);
    let patient = reports[0]["patients"][0].as_str().unwrap().to_owned();
    let export = ground.run(&["export", "--patient", &patient, "--reason", "asked for it"]);
    let bundle = json(&export);
    assert_eq!(bundle["entry"].as_array().unwrap().len() as u64, reports[0]["created"].as_u64().unwrap());

    let report = ["report", "--between", "2020-01-01", "2100-01-01", "--reason", "who was it", "--json"];
    let looks = json(&ground.command(&report).env("SUDO_USER", "anna").output().unwrap());
    assert_eq!(
        (looks[0]["patient"].as_str(), &looks[0]["actions"]),
        (Some(patient.as_str()), &serde_json::json!({"imported": 1, "exported": 1}))
    );
    assert_eq!(looks.as_array().unwrap().len(), 1, "the same operator without a name: {looks}");
    let verified = json(&ground.run(&["verify-log", "--json"]));
    assert_eq!((verified["entries"].as_i64(), &verified["anchor_lines"]), (Some(3), &Value::Null), "one import, one export, one report");
    let signed = String::from_utf8(ground.run(&["sign-log"]).stdout).unwrap();
    assert!(signed.starts_with("chartkey-root-1 1 "), "{signed}");
    let another = String::from_utf8(ground.run(&["new-log-key"]).stdout).unwrap();
    assert!(another.starts_with("chartkey-key-1 ") && another.contains("\nchartkey-root-1 2 "), "{another}");
    std::fs::write(ground.folder.join("published"), &signed).unwrap();
    let verified = json(&ground.run(&["verify-log", "--json", "--roots", "published"]));
    assert_eq!(verified["roots"]["count"], 2);
    assert_eq!(verified["roots"]["kept"], 1);
    assert_eq!(verified["roots"]["isOurKey"], true);
    std::fs::write(ground.folder.join("published"), signed.replacen("chartkey-root-1 1 ", "chartkey-root-1 9 ", 1)).unwrap();
    let kept = ground.run(&["verify-log", "--roots", "published"]);
    assert!(String::from_utf8_lossy(&kept.stdout).contains("root 3: this root is not the one that was kept"), "{kept:?}");
    sqlx::query("update event set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'asked for it', 'nothing'), 'UTF8')")
        .execute(&ground.superuser)
        .await
        .unwrap();
    let found = ground.run(&["verify-log"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&found.stdout).contains(&format!("patient/{patient} 2: ")), "the first bad entry is named");
}

#[sqlx::test(migrations = "../migrations")]
async fn independent_clinicians_are_admitted_listed_and_dismissed(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let issuer = ["--issuer", "https://id.example", "--client-id", "chartkey"];
    let add = [&["organization", "add", "--independent", "--name", "Independent clinicians", "--slug", "alone"][..], &issuer].concat();
    assert!(ground.run(&add).status.success());
    let with_professions = [&add[..], &["--profession", "doctor=physician"]].concat();
    assert_eq!(ground.run(&with_professions).status.code(), Some(2), "one or the other");
    let admit = |checked: &str| {
        let who = ["organization", "admit", "--organization", "alone", "--subject", "sub-1", "--name", "Dr Okafor"];
        let what = ["--profession", "physician", "--licence", "L-77", "--checked", checked];
        ground.command(&[&who[..], &what].concat()).env("SUDO_USER", "anna").output().unwrap()
    };
    let refused = admit(&"x".repeat(1_001));
    assert_eq!(
        (refused.status.code(), String::from_utf8_lossy(&refused.stderr).trim()),
        (Some(1), "chartkey: --checked is empty or too long")
    );
    assert!(admit("Passport and register.").status.success());
    assert!(String::from_utf8_lossy(&admit("Passport and register.").stderr).contains("admitted already"));
    let admitted = json(&ground.run(&["organization", "admitted", "--organization", "alone", "--json"]));
    let [one] = &admitted.as_array().unwrap()[..] else { panic!("{admitted}") };
    assert_eq!((&one["name"], &one["admittedBy"], &one["dismissedAt"]), (&"Dr Okafor".into(), &"anna".into(), &Value::Null));
    let dismiss = ["organization", "dismiss", "--organization", "alone", "--subject", "sub-1", "--reason", "licence ended"];
    assert!(ground.run(&dismiss).status.success());
    assert_eq!(ground.run(&dismiss).status.code(), Some(1), "once");
    let listed = ground.run(&["organization", "admitted", "--organization", "alone"]).stdout;
    assert!(String::from_utf8_lossy(&listed).contains("Dr Okafor, physician, L-77; admitted "), "{listed:?}");
    assert!(String::from_utf8_lossy(&listed).contains(", dismissed "), "{listed:?}");
    assert_eq!(json(&ground.run(&["organization", "emergencies", "--json"])), serde_json::json!([]));

    sqlx::query("insert into practice_request (practice, contact, words) values ('By the Sea', 'desk@sea.example', 'Please')")
        .execute(&ground.superuser)
        .await
        .unwrap();
    let requests = json(&ground.run(&["organization", "requests", "--json"]));
    assert_eq!((&requests[0]["practice"], &requests[0]["words"]), (&"By the Sea".into(), &"Please".into()));
    let id = requests[0]["request"].as_str().unwrap();
    assert!(ground.run(&["organization", "close-request", "--request", id, "--reason", "registered"]).status.success());
    assert_eq!(json(&ground.run(&["organization", "requests", "--json"])), serde_json::json!([]));
    assert_eq!(ground.count("select count(*) from event where convert_from(bytes, 'UTF8') like '%sea.example%'").await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rehearsal_begins_again_in_one_step_with_the_same_people(_: PgPoolOptions, options: PgConnectOptions) {
    let migrator = options.clone().username("chartkey_migrator").to_url_lossy().to_string();
    let ground = Ground::lay(options).await;
    let rehearse = |arguments: &[&str]| {
        let output = ground.command(arguments).env("CHARTKEY_MIGRATE_DATABASE_URL", &migrator).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        json(&output)
    };
    #[expect(clippy::disallowed_methods, reason = "a rehearsal is of its day")]
    let day = || time::OffsetDateTime::now_utc().date();
    let begun = day();
    let mut first = rehearse(&["rehearse", "--json"]);
    assert_eq!(ground.run(&["rehearse"]).status.code(), Some(1), "not over somebody's rehearsal");
    let count = "select count(*) from patient";
    let people = ground.count(count).await;
    let newcomer = ground.run(&["rehearse", "--newcomer"]).stdout;
    std::fs::write(ground.folder.join("newcomer.json"), newcomer).unwrap();
    assert!(ground.run(&["import", "newcomer.json", "--source", "Laboratory", "--reason", "first delivery"]).status.success());
    assert_eq!(ground.count(count).await, people + 1);
    // Providers that run on keep signing the same clinicians in.
    let mut again = rehearse(&["rehearse", "--reset", "--json"]);
    if day() != begun {
        // Of another day they are others.
        first = again;
        again = rehearse(&["rehearse", "--reset", "--json"]);
    }
    assert_eq!(again, first);
    assert_eq!(ground.count(count).await, people);
}

/// Kills an import at moments that are spread over its life. Whatever file is in then is in as a
/// whole, and the next run adds the rest.
#[sqlx::test(migrations = "../migrations")]
async fn an_import_that_is_killed_leaves_whole_files_or_nothing_of_them(_: PgPoolOptions, options: PgConnectOptions) {
    let kills = Size::of_environment().of(8, 40);
    let ground = Ground::lay(options).await;
    let files = shared("synthea");
    let arguments = |source: &str| {
        let mut arguments = vec!["import".to_owned(), "--json".to_owned(), "--source".to_owned(), source.to_owned()];
        arguments.extend(files.iter().map(|file| file.to_string_lossy().into_owned()));
        arguments
    };
    let run = |source: &str| {
        let arguments = arguments(source);
        ground.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let begun = Instant::now();
    let whole = json(&run("whole").output().unwrap());
    let life = begun.elapsed();
    let rows: Vec<u64> = whole.as_array().unwrap().iter().map(|report| report["created"].as_u64().unwrap()).collect();

    let mut kept = 0;
    for kill in 0..kills {
        let source = format!("killed {kill}");
        let mut import = run(&source).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(life * (2 * kill + 1) / (2 * kills));
        import.kill().unwrap();
        import.wait().unwrap();
        // The last commit may still be on its way; then the number of files stands still.
        let here = settled(&ground, &source).await;
        kept += here;
        let expected: u64 = rows.iter().take(here).sum();
        assert_eq!(versions(&ground, &source).await, expected, "{here} files");
        let again = json(&run(&source).output().unwrap());
        let created: u64 = again.as_array().unwrap().iter().map(|report| report["created"].as_u64().unwrap()).sum();
        assert_eq!(created, rows.iter().sum::<u64>() - expected, "the next run completes it");
    }
    let others = kills as usize * files.len() - kept;
    chartkey_ground::saw(&format!("{kills} kills over {life:?}: {kept} files were whole, {others} not begun or undone, 0 torn"));
    assert!(kept > 0, "some kills came after a commit");
    assert_eq!(ground.count("select count(*) from import where report = '{}'").await, 0);
}

/// How many files of a source are in, once that does not change any more.
async fn settled(ground: &Ground, source: &str) -> usize {
    let pid_gone = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'chartkey_runtime'";
    while ground.count(pid_gone).await > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let files: i64 = sqlx::query_scalar("select count(*) from import join source using (source_id) where name = $1")
        .bind(source)
        .fetch_one(&ground.superuser)
        .await
        .unwrap();
    usize::try_from(files).unwrap()
}

/// How many rows of a source came in.
async fn versions(ground: &Ground, source: &str) -> u64 {
    let rows: i64 =
        sqlx::query_scalar("select count(*) from item_version join import using (import_id) join source using (source_id) where name = $1")
            .bind(source)
            .fetch_one(&ground.superuser)
            .await
            .unwrap();
    u64::try_from(rows).unwrap()
}

/// A server that ends with its value.
struct Serving(std::process::Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn request(port: u16, head: &str, body: &str) -> std::io::Result<String> {
    raw_request(port, &format!("{head} HTTP/1.1"), body)
}

/// The same with more headers after the first line.
fn raw_request(port: u16, head: &str, body: &str) -> std::io::Result<String> {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    write!(
        stream,
        "{head}\r\nhost: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[sqlx::test(migrations = "../migrations")]
async fn the_log_of_the_server_is_json_and_holds_nothing_that_a_person_typed(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = std::fs::File::create(ground.folder.join("log")).unwrap();
    let mut command =
        ground.command(&["serve", "--listen", &format!("127.0.0.1:{port}"), "--public-url", &format!("http://127.0.0.1:{port}")]);
    let mut server = Serving(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    while !request(port, "GET /healthz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(server.0.try_wait().unwrap().is_none(), "the server ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = [
        ("GET /record/00000000-0000-0000-0000-00000000002a/results?after=Quokka", "", "303"),
        ("GET /record/quokka/medicines", "", "303"),
        ("GET /quokka", "", "404"),
        ("POST /api/sign-in", "email=quokka%40example.org&password=quokka", "303"),
        ("POST /api/sign-in", "email=quokka", "4"),
        ("POST /api/sign-up", "email=quokka%40example.org", "303"),
    ];
    for (head, body, status) in sent {
        let answer = request(port, head, body).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head}: {}", answer.lines().next().unwrap_or_default());
    }
    // Asked to end, it drains and says that it did.
    assert!(Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap().success());
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
    let log = std::fs::read_to_string(ground.folder.join("log")).unwrap();
    assert!(!log.to_lowercase().contains("quokka"), "{log}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect();
    let routes: Vec<&str> = lines.iter().filter_map(|line| line["span"]["route"].as_str()).collect();
    for route in ["/record/{patient}/results", "/api/sign-in"] {
        assert!(routes.iter().any(|logged| logged.trim_end_matches('/').starts_with(route)), "{route}: {routes:?}");
    }
    let answered: Vec<_> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert!(answered.len() >= sent.len() && answered.iter().all(|line| line["span"]["id"].is_string()), "{answered:?}");
}

/// The value of the session's cookie in an answer.
fn cookie(answer: &str) -> String {
    let line = answer.lines().find(|line| line.to_lowercase().starts_with("set-cookie: chartkey=")).unwrap_or_else(|| panic!("{answer}"));
    line.split_once(": ").unwrap().1.split(';').next().unwrap().to_owned()
}

/// Starts a server with a journal, and waits until it answers.
fn serve_with_journal(ground: &Ground) -> (Serving, u16) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = ground.command(&["serve", "--no-worker", "--listen", &address, "--public-url", &format!("http://{address}")]);
    command.env("CHARTKEY_JOURNAL_FILE", "journal");
    let mut server = Serving(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    while !request(port, "GET /healthz", "").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(server.0.try_wait().unwrap().is_none(), "the server ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    (server, port)
}

/// The server dies after a withdrawal was committed and before its line is in the journal: the
/// patient was not told that it is done, and the next start completes it.
#[sqlx::test(migrations = "../migrations")]
async fn a_server_killed_between_the_commit_and_the_journal_has_acknowledged_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let ground = Ground::lay(options).await;
    let pepper = "CwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCws=";
    std::fs::write(ground.folder.join(".env"), format!("CHARTKEY_PEPPER={pepper}\n")).unwrap();
    // A file with a secret that everybody can read is refused.
    std::fs::set_permissions(ground.folder.join(".env"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let portal = chartkey_portal::Portal::connect(&ground.database, chartkey_portal::secrets::Pepper::new([11; 32]), 2).await.unwrap();
    let name = chartkey_portal::accounts::PersonName::parse("Mara").unwrap();
    let email = chartkey_portal::accounts::Email::parse("mara@example.org").unwrap();
    let password = chartkey_portal::accounts::NewPassword::parse("a long enough password".into()).unwrap();
    let account = portal.make_person(&name, &email, password).await.unwrap();
    let grant: String = sqlx::query_scalar(
        "with p as (insert into patient (patient_id, full_name) values (gen_random_uuid(), 'Mara') returning patient_id),
            h as (insert into patient_holder (patient_id, account_id) select patient_id, $1 from p),
            g as (insert into access_grant (patient_id, lineage_id, grantee_account_id, purpose, categories, sentence)
                select patient_id, gen_random_uuid(), $1, 'treatment', 1, 'A sentence' from p returning grant_id)
        select grant_id::text from g",
    )
    .bind(account.0)
    .fetch_one(&ground.superuser)
    .await
    .unwrap();
    let (mut server, port) = serve_with_journal(&ground);
    let session = cookie(&request(port, "POST /api/sign-in", "email=mara%40example.org&password=a+long+enough+password").unwrap());
    let journal = ground.folder.join("journal");
    let lines = || std::fs::read_to_string(&journal).unwrap().lines().filter(|line| line.contains("withdrawn")).count();

    // Whoever holds the file keeps the server from writing it.
    let held = std::fs::File::open(&journal).unwrap();
    held.lock().unwrap();
    let asked = {
        let (head, body) = (format!("POST /api/withdraw-grant HTTP/1.1\r\ncookie: {session}"), format!("grant={grant}"));
        std::thread::spawn(move || raw_request(port, &head, &body))
    };
    let withdrawn = "select count(*) from access_grant where state = 'withdrawn'";
    while ground.count(withdrawn).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.0.kill().unwrap();
    server.0.wait().unwrap();
    let answer = asked.join().unwrap();
    assert!(!answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 303")), "nothing was acknowledged");
    assert_eq!(lines(), 0);

    held.unlock().unwrap();
    let (_server, port) = serve_with_journal(&ground);
    assert_eq!(lines(), 1, "the next start completes what was committed");
    let head = format!("POST /api/withdraw-grant HTTP/1.1\r\ncookie: {session}");
    let again = raw_request(port, &head, &format!("grant={grant}")).unwrap();
    assert!(again.starts_with("HTTP/1.1 303"), "asked again, it is acknowledged: {again}");
    assert_eq!(lines(), 1);
}
