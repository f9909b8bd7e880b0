//! What the process counts and measures, for Prometheus: on the operator's listener,
//! on this machine alone. Numbers with route patterns and kinds; never an
//! identifier of a person or a record, a name, an address.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use anyhow::Context;
use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use chartkey_portal::Portal;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, sync::watch};

use crate::serve::{Door, Patience, accept};

/// Upper ends of the classes of durations, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Measurements that nobody collects are summed up so often, so that they do not pile up.
const UPKEEP: Duration = Duration::from_secs(30);

/// Collectors are few.
const COLLECTORS: u32 = 16;

/// Answers `GET /metrics`, and with what else there is for the operator, until the value is
/// dropped. Without an address nothing is measured.
///
/// # Errors
/// An address that is taken.
pub async fn listen(address: Option<SocketAddr>, portal: &Portal, others: Router) -> anyhow::Result<Option<watch::Sender<bool>>> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| format!("listen on {address} for metrics"))?;
    tracing::info!(address = %listener.local_addr()?, "metrics");
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?
        .install_recorder()
        .context("metrics")?;
    describe();
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(keep_up(handle.clone(), stopping.clone()));
    let door = Door { listener, tls: None, clients: COLLECTORS, gauge: None };
    tokio::spawn(accept(door, router(handle, portal.clone(), others), stopping, Patience::default()));
    Ok(Some(stop))
}

fn router(handle: PrometheusHandle, portal: Portal, others: Router) -> Router {
    let answer = move || {
        look(&portal);
        let text = handle.render();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text) }
    };
    others.route("/metrics", get(answer)).layer(middleware::from_fn(only_by_its_own_name))
}

/// A page elsewhere may lead its reader's browser here under a name of its own; it gets nothing.
async fn only_by_its_own_name(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse::<Authority>().ok());
    let name = host.as_ref().map(|host| host.host().trim_matches(['[', ']']));
    let is_ours = name.is_some_and(|name| name == "localhost" || name.parse::<IpAddr>().is_ok());
    if is_ours { next.run(request).await } else { StatusCode::MISDIRECTED_REQUEST.into_response() }
}

async fn keep_up(handle: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    let mut pause = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            _ = pause.tick() => handle.run_upkeep(),
            // Nobody sends: that the other end is gone is the end.
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// What is known at the moment of the question.
fn look(portal: &Portal) {
    let connections = portal.connections();
    gauge!("chartkey_database_connections", "state" => "used").set(f64::from(connections.used));
    gauge!("chartkey_database_connections", "state" => "idle").set(f64::from(connections.idle));
    let tally = portal.tally();
    counter!("chartkey_sign_ins_total", "door" => "person", "result" => "done").absolute(tally.signed_in);
    counter!("chartkey_sign_ins_total", "door" => "person", "result" => "refused").absolute(tally.sign_ins_refused);
    counter!("chartkey_sign_ins_total", "door" => "person", "result" => "has-to-wait").absolute(tally.sign_ins_waiting);
    counter!("chartkey_records_refused_total").absolute(tally.records_refused);
    counter!("chartkey_grants_understood_total", "answer" => "right").absolute(tally.understood);
    counter!("chartkey_grants_understood_total", "answer" => "wrong").absolute(tally.misunderstood);
    counter!("chartkey_grants_understood_total", "answer" => "unsure").absolute(tally.unsure);
}

/// A job of the worker ended well.
pub fn job_done(job: &'static str) {
    gauge!("chartkey_job_last_success_seconds", "job" => job).set(now());
}

/// A job of the worker failed.
pub fn job_failed(job: &'static str) {
    counter!("chartkey_job_failures_total", "job" => job).increment(1);
}

#[expect(clippy::disallowed_methods, reason = "the time that an operator compares with their own clock; nothing is decided by it")]
fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn describe() {
    describe_counter!("chartkey_requests_total", "Requests by route pattern, method and class of status.");
    describe_histogram!("chartkey_request_duration_seconds", "Time until the head of the answer.");
    describe_gauge!("chartkey_connections", "Connections of clients that are open.");
    describe_gauge!("chartkey_event_streams", "Open pages that are told at once.");
    describe_gauge!("chartkey_database_connections", "Connections to the database, used and idle.");
    describe_counter!("chartkey_sign_ins_total", "How attempts to sign in ended.");
    describe_counter!("chartkey_records_refused_total", "Records that were not opened, or are not there.");
    describe_counter!("chartkey_grants_understood_total", "What patients answered when they were asked what a share shows.");
    describe_gauge!("chartkey_job_last_success_seconds", "When a job last ended well, in seconds since 1970.");
    describe_counter!("chartkey_job_failures_total", "Jobs that failed.");
    describe_counter!("chartkey_tls_handshakes_failed_total", "Handshakes that failed or took too long.");
    describe_gauge!("chartkey_certificate_end_seconds", "When our certificate ends, in seconds since 1970.");
    describe_gauge!("process_start_time_seconds", "When the process started, in seconds since 1970.");
    describe_gauge!("chartkey_build_info", "Always 1; the version is a label.");
    gauge!("process_start_time_seconds").set(now());
    gauge!("chartkey_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Counts in a gauge for as long as it lives.
#[derive(Debug)]
pub struct Open(&'static str);

impl Open {
    /// One more in the gauge of this name.
    #[must_use]
    pub fn one(name: &'static str) -> Self {
        gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1.0);
    }
}
