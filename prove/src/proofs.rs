//! Every proof: what it promises, how it is tried, and what it does not say.

use anyhow::Result;

use crate::{
    arena::{Arena, Seen},
    browsers, crawl, crowd, kills, outside, provider, slow,
    suites::Suite,
    timing, tls, troubles,
};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    pub name: &'static str,
    pub promise: &'static str,
    /// In words, at the small size and at the full one.
    pub sizes: [&'static str; 2],
    /// What it does not show.
    pub limit: &'static str,
    pub how: How,
}

/// How it is tried.
#[derive(Debug, Clone, Copy)]
pub enum How {
    Tests(Suite),
    Here(Here),
}

/// What is tried on the server as it is shipped.
#[derive(Debug, Clone, Copy)]
pub enum Here {
    KilledServer,
    KilledPostgres,
    FullDisk,
    PausedPostgres,
    StoppedPostgres,
    SlowDisk,
    ProviderDown,
    SlowClients,
    SignInFlood,
    Timing,
    Overload,
    Soak,
    Ffuf,
    Wapiti,
    Sqlmap,
    Html,
    Crawl,
    Browsers,
    Testssl,
}

impl How {
    pub async fn run(self, arena: &Arena) -> Result<Seen> {
        match self {
            Self::Tests(suite) => suite.run(arena),
            Self::Here(here) => match here {
                Here::KilledServer => kills::server(arena).await,
                Here::KilledPostgres => kills::postgres(arena).await,
                Here::FullDisk => troubles::full_disk(arena).await,
                Here::PausedPostgres => troubles::paused(arena).await,
                Here::StoppedPostgres => troubles::stopped(arena).await,
                Here::SlowDisk => troubles::slow_disk(arena).await,
                Here::ProviderDown => provider::down(arena).await,
                Here::SlowClients => slow::clients(arena).await,
                Here::SignInFlood => slow::sign_ins(arena).await,
                Here::Timing => timing::alike(arena).await,
                Here::Overload => crowd::overload(arena).await,
                Here::Soak => crowd::soak(arena).await,
                Here::Ffuf => outside::ffuf(arena).await,
                Here::Wapiti => outside::wapiti(arena).await,
                Here::Sqlmap => outside::sqlmap(arena).await,
                Here::Html => outside::html(arena).await,
                Here::Crawl => crawl::records(arena).await,
                Here::Browsers => browsers::read(arena).await,
                Here::Testssl => tls::testssl(arena).await,
            },
        }
    }
}

const fn tests(package: &'static str, test: &'static str, only: &'static str) -> How {
    How::Tests(Suite { package, test, only })
}

const fn proof(name: &'static str, promise: &'static str, sizes: [&'static str; 2], limit: &'static str, how: How) -> Proof {
    Proof { name, promise, sizes, limit, how }
}

/// The table, in the order in which it is run.
pub const PROOFS: &[Proof] = &[
    proof(
        "killed-server",
        "Of writes that were acknowledged none is lost when the server is killed, and every page that was shown has its event.",
        ["8 kills", "200 kills"],
        "The write is the smallest that there is, a token for a sign-up; reads are pages of results.",
        How::Here(Here::KilledServer),
    ),
    proof(
        "killed-postgres",
        "The same when PostgreSQL is killed, and the server finds it again by itself.",
        ["4 kills", "50 kills"],
        "A killed process, not a lost machine: what the operating system had taken is on the disk.",
        How::Here(Here::KilledPostgres),
    ),
    proof(
        "cancelled",
        "Of acknowledged writes none is lost by requests whose clients hung up; without the guard some are.",
        ["1,000 requests", "5,000 requests"],
        "Requests are dropped where they wait, in process; a socket that closes does the same to them.",
        tests("chartkey-portal", "lost_writes", ""),
    ),
    proof(
        "killed-import",
        "An import that is killed leaves whole files or nothing of them, and the next run adds the rest.",
        ["8 kills", "40 kills"],
        "Files of Synthea.",
        tests("chartkey", "command_line", "an_import_that_is_killed"),
    ),
    proof(
        "migration",
        "An upgrade of the database fails no reader and no writer, and makes none wait for three seconds, even behind somebody's long transaction.",
        ["10,000 items, as many events", "100,000 items, as many events"],
        "The newest step alone. The load is this build's; of the binary before only the statements are tried, as far as this build has them too.",
        tests("chartkey-portal", "migration_drill", ""),
    ),
    proof(
        "full-disk",
        "With a full disk nothing is lost, a person is told within six seconds, and room is enough to be well again.",
        ["10 s", "30 s"],
        "PostgreSQL's disk, in memory; the server's own is not filled.",
        How::Here(Here::FullDisk),
    ),
    proof(
        "paused-postgres",
        "While PostgreSQL stands still a person is told within six seconds what that means for what they did.",
        ["8 s", "30 s"],
        "Its processes are stopped by signal; a network that swallows packets is not tried.",
        How::Here(Here::PausedPostgres),
    ),
    proof(
        "stopped-postgres",
        "The same while PostgreSQL is down, and pages are back within six seconds after it is.",
        ["3 stops", "20 stops"],
        "On a socket of this machine.",
        How::Here(Here::StoppedPostgres),
    ),
    proof(
        "slow-disk",
        "A disk that is slow makes pages slow and refuses nobody.",
        ["75 pages", "750 pages"],
        "No slow device: PostgreSQL waits 100 ms before each flush of its log (commit_delay).",
        How::Here(Here::SlowDisk),
    ),
    proof(
        "provider-down",
        "With an identity provider that is down or silent a clinician is told within six seconds, and nobody else waits.",
        ["two kinds", "two kinds"],
        "Only the first step of a sign-in.",
        How::Here(Here::ProviderDown),
    ),
    proof(
        "races",
        "A session that is signed out, signed out everywhere, or ended by a new password is dead, whatever is in flight.",
        ["25 races each", "500 races each"],
        "In process.",
        tests("chartkey", "races", ""),
    ),
    proof(
        "step-up-races",
        "Proving anew who one is, a change that needs it, a changed password and a second step are before or after what ends a session, never beside it.",
        ["50 races each", "500 races each"],
        "In process, at the portal.",
        tests("chartkey-portal", "fresh", "race_"),
    ),
    proof(
        "session-races",
        "The same beneath: saving, noting its use and beginning never revive a session.",
        ["100 races each", "500 races each"],
        "In process.",
        tests("chartkey-portal", "sessions", ""),
    ),
    proof(
        "revocation",
        "No read that starts after a withdrawal was answered returns anything.",
        ["40 trials", "500 trials"],
        "Three readers a trial, in process, over one database.",
        tests("chartkey-portal", "revocation", ""),
    ),
    proof(
        "policy",
        "The rule of sharing says what an independent one says.",
        ["100,000 worlds", "100,000 worlds"],
        "Worlds of at most a few grants and items.",
        tests("chartkey-domain", "policy", ""),
    ),
    proof(
        "row-security",
        "PostgreSQL as the server's role says of each item what the rule says.",
        ["20,000 worlds", "20,000 worlds"],
        "The same worlds.",
        tests("chartkey-portal", "", "record::tests"),
    ),
    proof(
        "preview",
        "What a patient sees with the eyes of a grantee, before a grant is given and after, is what the grantee then sees: every page, word for word.",
        ["14 grants, 10 pages each", "1,000 grants, 40 pages each"],
        "In process. Of each page the inside of `<main>`, without the address of the record, nonces and where a link to a copy leads; what is typed into search is not tried, since nothing can be.",
        tests("chartkey", "preview", "what_is_seen_in_advance"),
    ),
    proof(
        "leaks",
        "What is kept from a reader changes nothing that they can see, whatever becomes of it: pages, lists, counts, order, search, lens, trends, titles, headers, what they leave in the log.",
        ["18 readers, some 900 answers", "120 readers, more than 5,000 answers"],
        "In process; neither times nor the stream of an open page are compared. With what is computed on purpose, \"ask before prescribing\", taken out where the patient has chosen it. A statement that no allergy is known, which the rule takes from whom one is kept, stands in none of these records; and what is told by another source as well, which its label is meant to mark, is left out, and counted.",
        tests("chartkey", "leaks", "what_is_kept_from_a_reader"),
    ),
    proof(
        "planted-leaks",
        "The same comparison finds a policy that lets too much through.",
        ["one policy", "the same"],
        "Policies of PostgreSQL; a fault of the pages themselves can show only what PostgreSQL gives them.",
        tests("chartkey", "leaks", "a_leak_that_is_planted"),
    ),
    proof(
        "tampered-log",
        "A log that was updated, deleted from, inserted into, reordered, cut or written anew is found by the code that browsers check it with, and so are altered, forked, foreign and older roots.",
        ["6 kinds × 50 places, a million entries", "the same"],
        "Compiled for this machine; the WebAssembly itself is tried by the browser tests, on logs that a second implementation makes.",
        tests("chartkey-evidence", "tampering", ""),
    ),
    proof(
        "signed-roots",
        "Roots are signed over logs that follow alone, never silently over a database that was put back, and what is published names nobody.",
        ["one house", "the same"],
        "A restore is played by taking rows back.",
        tests("chartkey-portal", "roots", ""),
    ),
    proof(
        "matrix",
        "Every endpoint answers every kind of caller for every kind of identifier as one table says; foreign and random look the same; no canary of another patient in any answer.",
        ["one round", "eight rounds in other orders, with other identifiers"],
        "In process, two patients.",
        tests("chartkey", "endpoint_table", ""),
    ),
    proof(
        "malformed",
        "Malformed bodies are refused, never with a failure of ours or anything of our insides.",
        ["1,000 bodies", "10,000 bodies"],
        "Some are forms that can be read and make no sense: those lead back to their page with the problem.",
        tests("chartkey", "malformed", ""),
    ),
    proof(
        "fuzz",
        "No input makes us panic, hang or fail: files, dates, cursors, session records, forms, addresses.",
        ["8 s each", "10 minutes each"],
        "Changes of known inputs, not led by what code they reach.",
        tests("chartkey", "fuzz", ""),
    ),
    proof(
        "hostile-providers",
        "A provider that lies signs nobody in.",
        ["every lie", "every lie"],
        "Lies that somebody thought of.",
        tests("chartkey", "hostile_providers", ""),
    ),
    proof(
        "admission",
        "More than can be served are told so soon, and sign-ins keep nobody from reading.",
        ["40 at once", "40 at once"],
        "In process.",
        tests("chartkey", "admission", ""),
    ),
    proof(
        "timing",
        "The time of an answer does not tell a known account from an unknown one, nor a refused patient from an absent one.",
        ["100 each", "1,000 each"],
        "From this machine, one at a time. Fails where the ranks are apart by more than chance in one of a thousand and the medians by 0.1 ms.",
        How::Here(Here::Timing),
    ),
    proof(
        "slow-clients",
        "Slow and half-open clients cost readers at most twice their time.",
        ["300 clients, 8 s", "1,000 clients, 60 s"],
        "slowhttptest of Debian, on the same machine; p95 of two readers.",
        How::Here(Here::SlowClients),
    ),
    proof(
        "sign-in-flood",
        "A flood of sign-ins from many addresses costs readers at most twice their time.",
        ["60 a second, 8 s", "200 a second, 60 s"],
        "Through a trusted proxy, on the same machine.",
        How::Here(Here::SignInFlood),
    ),
    proof(
        "overload",
        "When three times as many come as can be served, at least 80 % of the peak is.",
        ["6 s", "60 s"],
        "Whoever asks runs on the same machine and takes a share of it, at the peak as well.",
        How::Here(Here::Overload),
    ),
    proof(
        "soak",
        "At 60 % of what can be served memory, descriptors and p99 stay where they are.",
        ["40 s", "30 minutes"],
        "One page, the patient's results.",
        How::Here(Here::Soak),
    ),
    proof(
        "ffuf",
        "Nothing answers that is not in the table of endpoints.",
        ["2,000 words", "Debian's largest list of dirb"],
        "One level of paths, nobody signed in.",
        How::Here(Here::Ffuf),
    ),
    proof(
        "wapiti",
        "A scanner for the common holes finds none.",
        ["a minute", "20 minutes"],
        "Version of Debian. Pages as the patient, forms as nobody.",
        How::Here(Here::Wapiti),
    ),
    proof(
        "sqlmap",
        "Nothing can be injected into a query.",
        ["level 1, two techniques", "level 3, every technique"],
        "Five addresses and forms.",
        How::Here(Here::Sqlmap),
    ),
    proof(
        "html",
        "Every page is valid HTML.",
        ["every page at hand", "every page at hand"],
        "html-validate's recommended rules, but for the one against pages that refresh themselves (without scripts, a shared page does, at its end); pages without identifiers and those of one record. Empty marks (`<!>`) are taken out first: Leptos leaves them for its islands, and browsers read them as comments.",
        How::Here(Here::Html),
    ),
    proof(
        "crawl",
        "Every item of every shared record stands on a page that its patient gets to from the summary; no page fails, and no cell, heading or link is without words.",
        ["the records of two folders", "every file of FHIR"],
        "Lists in parts (by category, person, place, days) are not followed: they show nothing that the whole list does not. Names that are only a code, and what is said to be not recorded, are counted, not judged.",
        How::Here(Here::Crawl),
    ),
    proof(
        "browsers",
        "A patient reads, searches and signs out in Firefox and in WebKit as in Chromium: no page is too wide, without style or without words.",
        ["Firefox and WebKitGTK of Debian", "Firefox and WebKitGTK of Debian"],
        "Through WebDriver, 500 and 1280 px wide: Firefox makes no window narrower. Safari itself, and telephones, were not at hand; axe runs in Chromium alone.",
        How::Here(Here::Browsers),
    ),
    proof(
        "testssl",
        "Nobody finds fault with our own TLS.",
        ["protocols, certificate, headers", "every check"],
        "A certificate of the run's own, so what is said of who signed it is dismissed.",
        How::Here(Here::Testssl),
    ),
];
