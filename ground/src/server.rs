//! The server as a process.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A process that ends with its value.
#[derive(Debug)]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that can be killed and started again.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    environment: Vec<(String, String)>,
    address: String,
    log: PathBuf,
    running: Option<Running>,
}

impl Server {
    /// Starts it, and waits until it is ready. Its log is appended to a file.
    ///
    /// # Errors
    /// A binary that does not run, ten seconds without an answer.
    pub async fn start(binary: PathBuf, environment: Vec<(String, String)>, address: String, log: PathBuf) -> Result<Self> {
        let mut server = Self { binary, environment, address, log, running: None };
        server.again().await?;
        Ok(server)
    }

    /// Sets a variable of its environment, from its next start on.
    pub fn set(&mut self, name: &str, value: String) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value));
    }

    /// Kills it, if it runs, and starts it again. Returns how long it took to be ready.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn again(&mut self) -> Result<Duration> {
        self.running = None;
        let begun = Instant::now();
        let mut command = Command::new(&self.binary);
        command.args(["serve", "--no-worker"]).envs(self.environment.clone()).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(std::fs::OpenOptions::new().create(true).append(true).open(&self.log)?);
        self.running = Some(Running(command.spawn().context("the server did not start")?));
        self.ready(Duration::from_secs(10)).await?;
        Ok(begun.elapsed())
    }

    /// Kills it: no chance to say goodbye.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// What it has logged.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn logged(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    /// Its process.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn pid(&self) -> Result<u32> {
        self.running.as_ref().map(|running| running.0.id()).context("the server does not run")
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// Where it does not within this time.
    pub async fn ready(&self, within: Duration) -> Result<()> {
        let client = reqwest::Client::new();
        let until = Instant::now() + within;
        let ready = format!("{}/readyz", self.address);
        while !client.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if Instant::now() > until {
                bail!("{ready} does not answer within {within:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}
