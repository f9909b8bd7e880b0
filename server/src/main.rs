//! The Chartkey server and command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    chartkey_server::cli::run()
}
