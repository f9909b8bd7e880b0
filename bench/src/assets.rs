//! What a browser is sent, in bytes.

use std::{collections::BTreeMap, fs};

use anyhow::Result;
use async_trait::async_trait;

use crate::{
    bench::Bench,
    workload::{Figure, Workload},
};

pub struct Assets;

#[async_trait]
impl Workload for Assets {
    fn name(&self) -> &'static str {
        "assets"
    }

    fn floor(&self) -> &'static str {
        "the files of the site with Brotli, beside what `scripts/site` refuses to go over"
    }

    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>> {
        let manifest: BTreeMap<String, String> = serde_json::from_slice(&fs::read(bench.place.site.join("assets.json"))?)?;
        let mut islands = 0;
        let mut figures = Vec::new();
        for (name, address) in manifest {
            let file = bench.place.site.join(address.trim_start_matches('/'));
            let bytes = fs::metadata(&file)?.len();
            let brotli = fs::metadata(format!("{}.br", file.display())).map_or(bytes, |data| data.len());
            if name.starts_with("app.") {
                islands += brotli;
            }
            let target = match name.as_str() {
                "style.css" => "≤ 10 kB",
                "cover.js" => "≤ 2 kB",
                _ => "",
            };
            figures.push(Figure::new(name, format!("{bytes} bytes, {brotli} with Brotli"), target));
        }
        figures.push(Figure::new("WebAssembly and glue together", format!("{islands} bytes with Brotli"), "≤ 100 kB"));
        Ok(figures)
    }
}
