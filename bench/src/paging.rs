//! How far down a list costs.

use anyhow::{Context, Result};
use async_trait::async_trait;

use crate::{
    bench::Bench,
    side::{Side, interleaved},
    workload::{Figure, Workload},
};

/// Pages before the one that is deep.
const PAGES: usize = 150;

pub struct Paging;

#[async_trait]
impl Workload for Paging {
    fn name(&self) -> &'static str {
        "paging"
    }

    fn floor(&self) -> &'static str {
        "the page of results that 150 older ones lead to, beside the newest"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let ground = bench.ground().await?;
        let newest = format!("{}/record/{}/results", ground.address, ground.patient);
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut deep = newest.clone();
        for page in 0..PAGES {
            let html = client.get(&deep).header("cookie", &ground.own).send().await?.text().await?;
            let place = html.split("after=").nth(1).and_then(|rest| rest.split(['"', '&']).next());
            deep = format!("{newest}?after={}", place.with_context(|| format!("page {page} leads to no older one"))?);
        }
        let process = ground.server.pid()?;
        let mut sides = [Side::new("deep", deep, &ground.own, process), Side::new("newest", newest, &ground.own, process)];
        interleaved(bench, ground.postmaster, &mut sides).await?;
        let [deep, newest] = &sides;
        Ok(deep.figures().into_iter().chain(newest.figures()).chain(deep.against(newest, "≤ 1.2")).collect())
    }
}
