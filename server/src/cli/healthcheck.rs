//! `chartkey healthcheck`.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::config::Values;

pub(super) async fn run(values: &Values) -> anyhow::Result<()> {
    let address = values.required("listen")?;
    let answer = tokio::time::timeout(Duration::from_secs(5), ask(&address)).await.context("no answer in five seconds")??;
    if !answer.starts_with("HTTP/1.1 200") {
        bail!("not ready");
    }
    println!("ready");
    Ok(())
}

async fn ask(address: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer).await?;
    Ok(answer)
}
