//! The newest page of 10,000 results beside its floors and beside the generic alternative.

use anyhow::Result;
use async_trait::async_trait;
use chartkey_ground::{RESULTS, cpu};

use crate::{
    bench::Bench,
    nextjs::{self, Alternative},
    side::{Side, interleaved},
    workload::{Figure, Workload},
};

pub struct Pages;

#[async_trait]
impl Workload for Pages {
    fn name(&self) -> &'static str {
        "pages"
    }

    fn floor(&self) -> &'static str {
        "the newest page of 10,000 results, from PostgreSQL to HTML, beside a plain template, the same with session and event, and Next.js 16"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let (ground, floors) = (bench.ground().await?, bench.floor().await?);
        let (server, floor) = (ground.server.pid()?, floors.pid());
        let results = format!("{}/record/{}/results", ground.address, ground.patient);
        let of_floor = |path: &str| format!("{}/{path}/{}", floors.address, ground.patient);
        let mut sides = vec![
            Side::new("floor", of_floor("floor"), "", floor),
            Side::new("second floor", of_floor("second"), &ground.own, floor),
            Side::new("the patient's own", results.clone(), &ground.own, server),
            Side::new("a clinician's", results, &ground.clinician, server),
        ];
        let alternative = nextjs::start(bench, ground).await?;
        if let Alternative::Runs { address, process } = &alternative {
            sides.push(Side::new("Next.js 16", format!("{address}/floor/{}", ground.patient), "", process.0.id()));
        }
        interleaved(bench, ground.postmaster, &mut sides).await?;
        let mut figures: Vec<Figure> = sides.iter().flat_map(Side::figures).collect();
        if let [floor, second, own, clinician, rest @ ..] = sides.as_slice() {
            figures.extend(own.against(floor, "≤ 5"));
            figures.extend(own.against(second, "≤ 1.3"));
            figures.extend(clinician.against(own, "≤ 1.2"));
            figures.extend(rest.iter().flat_map(|other| other.against(own, "")));
        }
        figures.push(Figure::new(
            format!("memory of the server after {RESULTS} results were listed again and again"),
            format!("{:.0} MB", cpu::memory_of(server, "VmRSS")),
            "≤ 64 MB",
        ));
        if let Alternative::Missing(why) = alternative {
            figures.push(Figure::new("Next.js 16", format!("not measured: {why}"), ""));
        }
        Ok(figures)
    }
}
