//! CPU time, memory and descriptors of processes, from /proc.

use std::fs;

use anyhow::{Context, Result};

/// CPU time used so far by a process, in milliseconds; 0 once it is gone.
#[must_use]
pub fn of_process(pid: u32) -> f64 {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    // The name, in brackets, may hold anything: the numbers follow the last one.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10.0
}

/// CPU time used so far by a postmaster and all its children, in milliseconds.
///
/// # Errors
/// Without `/proc`.
pub fn of_cluster(postmaster: u32) -> Result<f64> {
    let mut sum = of_process(postmaster);
    for entry in fs::read_dir("/proc").context("no /proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { continue };
        if status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|parent| parent.trim() == postmaster.to_string())) {
            sum += of_process(pid);
        }
    }
    Ok(sum)
}

/// A figure of the memory of a process, in megabytes: `VmRSS` is what it holds now, `VmHWM` what it
/// held at most.
#[must_use]
pub fn memory_of(pid: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// How many files and sockets a process has open.
#[must_use]
pub fn descriptors_of(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}
