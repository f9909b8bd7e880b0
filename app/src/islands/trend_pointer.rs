//! Pointing at a trend shows the date and the value under the pointer.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One point of a trend as the pointer needs it: where it is, and what to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// From the start edge of the chart, in percent.
    pub x: f64,
    /// From the upper edge, in percent.
    pub y: f64,
    /// Date and value in the reader's words.
    pub says: String,
}

/// Wraps a chart that the server drew. `points` run from the oldest to the
/// newest. Without WebAssembly the chart and its table stand for themselves.
#[island]
pub fn TrendPointer(points: Vec<TrendPoint>, children: Children) -> impl IntoView {
    let pointed = RwSignal::new(None::<TrendPoint>);
    // Each point is reached from half-way to its neighbours, over the whole height.
    let edges: Vec<f64> = points.windows(2).map(|pair| pair.iter().map(|point| point.x).sum::<f64>() / 2.0).collect();
    let starts = std::iter::once(0.0).chain(edges.clone());
    let ends = edges.clone().into_iter().chain(std::iter::once(100.0));
    let reaches: Vec<_> = points
        .into_iter()
        .zip(starts.zip(ends))
        .map(|(point, (start, end))| {
            view! {
                <rect
                    x=format!("{start:.1}%")
                    width=format!("{:.1}%", (end - start).max(0.0))
                    height="100%"
                    on:pointerenter=move |_| pointed.set(Some(point.clone()))
                />
            }
        })
        .collect();
    let at = move |pick: fn(&TrendPoint) -> f64| pointed.with(|point| point.as_ref().map(|point| format!("{:.1}%", pick(point))));
    view! {
        <div class="pointed" on:pointerleave=move |_| pointed.set(None)>
            {children()} <svg class="pointer" aria-hidden="true">
                <line x1=move || at(|point| point.x) x2=move || at(|point| point.x) y1="0" y2="92%"/>
                <circle cx=move || at(|point| point.x) cy=move || at(|point| point.y) r="7"/>
                {reaches}
            </svg> <p class="pointed-at" aria-hidden="true">
                {move || pointed.with(|point| point.as_ref().map(|point| point.says.clone()))}
            </p>
        </div>
    }
}
