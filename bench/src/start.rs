//! How long after its start the server gives a page.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use async_trait::async_trait;
use chartkey_ground::Running;

use crate::{
    bench::Bench,
    workload::{Figure, Workload, spread},
};

pub struct Start;

#[async_trait]
impl Workload for Start {
    fn name(&self) -> &'static str {
        "start"
    }

    fn floor(&self) -> &'static str {
        "from the start of the process to the last byte of the first good page of results"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.ground().await?;
        let address = format!("127.0.0.1:{}", bench.port(1));
        let page = format!("http://{address}/record/{}/results", ground.patient);
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let mut taken = Vec::new();
        for _ in 0..bench.rounds.max(3) {
            let begun = Instant::now();
            let mut command = Command::new(&bench.place.binary);
            command.args(["serve", "--no-worker"]).envs(ground.environment.clone()).env("CHARTKEY_LISTEN", &address);
            let _server = Running(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
            loop {
                let answer = client.get(&page).header("cookie", &ground.own).send().await;
                if let Ok(answer) = answer
                    && answer.status().is_success()
                    && answer.bytes().await.is_ok()
                {
                    break;
                }
                if begun.elapsed() > Duration::from_secs(20) {
                    bail!("there is no page 20 seconds after the start");
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            taken.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(vec![Figure::new("start to the first good page, ms", spread(&taken), "≤ 300")])
    }
}
