//! A browser that is driven through the protocol that they all speak (W3C WebDriver).

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use chartkey_ground::Running;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::load::client;

/// The name under which an answer holds an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver and the one browser that it has opened. Both end with it.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    session: String,
    _driver: Running,
}

/// A port that nobody listens at.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Browser {
    /// Starts a driver, which takes `--port`, and has it open a browser.
    pub async fn open(mut driver: Command, port: u16, capabilities: Value) -> Result<Self> {
        let name = Path::new(driver.get_program()).display().to_string();
        let driver = driver.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let driver = Running(driver.with_context(|| format!("{name} is not installed; scripts/install tools"))?);
        let (client, root) = (client()?, format!("http://127.0.0.1:{port}"));
        let until = Instant::now() + Duration::from_secs(20);
        while !client.get(format!("{root}/status")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if Instant::now() > until {
                bail!("{name} does not answer");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let asked = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let opened = said(client.post(format!("{root}/session")).json(&asked).send().await?.json().await?)?;
        let id = opened["sessionId"].as_str().context("a session has an id")?;
        Ok(Self { session: format!("{root}/session/{id}"), client, _driver: driver })
    }

    async fn ask(&self, method: Method, command: &str, body: Option<Value>) -> Result<Value> {
        let request = self.client.request(method, format!("{}{command}", self.session));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        said(request.send().await?.json().await?).with_context(|| command.to_owned())
    }

    /// Makes the window so wide and high.
    pub async fn size(&self, width: u32, height: u32) -> Result<()> {
        self.ask(Method::POST, "/window/rect", Some(json!({ "width": width, "height": height }))).await.map(drop)
    }

    pub async fn go(&self, address: &str) -> Result<()> {
        self.ask(Method::POST, "/url", Some(json!({ "url": address }))).await.map(drop)
    }

    pub async fn address(&self) -> Result<String> {
        Ok(self.ask(Method::GET, "/url", None).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Sets a cookie for the site that is open; it is written `name=value`.
    pub async fn cookie(&self, cookie: &str) -> Result<()> {
        let (name, value) = cookie.split_once('=').context("a cookie has a name")?;
        let cookie = json!({ "cookie": { "name": name, "value": value, "path": "/", "httpOnly": true } });
        self.ask(Method::POST, "/cookie", Some(cookie)).await.map(drop)
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Result<Value> {
        self.ask(Method::POST, "/execute/sync", Some(json!({ "script": script, "args": [] }))).await
    }

    /// The first element, waited for.
    async fn element(&self, selector: &str) -> Result<String> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let found = self.ask(Method::POST, "/element", Some(json!({ "using": "css selector", "value": selector }))).await;
            match found {
                Ok(found) => return Ok(found[ELEMENT].as_str().context("an element has an id")?.to_owned()),
                Err(error) if Instant::now() > until => return Err(error.context(selector.to_owned())),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = self.element(selector).await?;
        self.ask(Method::POST, &format!("/element/{element}/click"), Some(json!({}))).await.map(drop)
    }

    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.element(selector).await?;
        self.ask(Method::POST, &format!("/element/{element}/value"), Some(json!({ "text": text }))).await.map(drop)
    }

    /// Waits until a script says yes.
    pub async fn until(&self, what: &str, script: &str) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(10);
        while self.script(script).await.unwrap_or_default() != json!(true) {
            if Instant::now() > until {
                bail!("{what}: not within ten seconds, at {}", self.address().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    pub async fn close(self) -> Result<()> {
        self.client.delete(&self.session).send().await?;
        Ok(())
    }
}

/// The value of an answer, or what the driver says is wrong.
fn said(answer: Value) -> Result<Value> {
    let value = answer["value"].clone();
    match value["error"].as_str() {
        Some(error) => bail!("{error}: {}", value["message"].as_str().unwrap_or_default()),
        None => Ok(value),
    }
}
