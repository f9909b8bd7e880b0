//! What is measured, and how it is written down.

use anyhow::Result;
use async_trait::async_trait;

use crate::bench::Bench;

/// One thing that is measured, beside what it is held against.
#[async_trait]
pub trait Workload: Sync {
    /// By which it is asked for on the command line.
    fn name(&self) -> &'static str;

    /// What is measured and what it is held against.
    fn floor(&self) -> &'static str;

    /// Measures it.
    async fn run(&self, bench: &Bench) -> Result<Vec<Figure>>;
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    pub what: String,
    pub value: String,
    /// What is promised, or nothing.
    pub target: &'static str,
}

impl Figure {
    pub fn new(what: impl Into<String>, value: impl Into<String>, target: &'static str) -> Self {
        Self { what: what.into(), value: value.into(), target }
    }
}

/// The value below which this share lies; NaN of nothing.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// The median, and from the least to the greatest.
pub fn spread(values: &[f64]) -> String {
    format!("{:.2} ({:.2}–{:.2})", quantile(values, 0.5), quantile(values, 0.0), quantile(values, 1.0))
}

/// One by the other, round by round.
pub fn ratios(above: &[f64], below: &[f64]) -> Vec<f64> {
    above.iter().zip(below).map(|(above, below)| above / below).collect()
}
