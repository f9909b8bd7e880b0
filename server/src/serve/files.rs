//! Open files: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is open besides connections of clients and of the database.
const OTHERS: u64 = 64;

/// Raises the limit of open files as far as we may, and says how many clients fit: as many as
/// were asked for, or fewer, with a warning.
pub(super) fn enough_for(clients: u32, database: u32) -> u32 {
    let needed = u64::from(clients) + u64::from(database) + OTHERS;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(mut limit) = current else { return clients };
    if limit < needed {
        let raised = maximum.map_or(needed, |maximum| maximum.min(needed));
        if setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok() {
            limit = raised;
        }
    }
    let fit = limit.saturating_sub(u64::from(database) + OTHERS);
    match u32::try_from(fit) {
        Ok(fit) if fit < clients => {
            tracing::warn!(fit, asked = clients, limit, "fewer connections than set: the limit of open files is lower");
            fit.max(16)
        }
        _ => clients,
    }
}
