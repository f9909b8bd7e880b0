//! People who ask for pages: as many as there are chairs, or as many as come.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use reqwest::{Client, Method, RequestBuilder};
use tokio::sync::Mutex;

use crate::stats::quantile;

/// Whoever waits longer has gone.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What somebody saw.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub took: Duration,
    /// 0: no answer.
    pub status: u16,
}

/// What everybody saw, in so much time.
#[derive(Debug, Default)]
pub struct Looks {
    pub looks: Vec<Look>,
    pub time: Duration,
}

impl Looks {
    pub fn milliseconds(&self) -> Vec<f64> {
        self.good().map(|look| look.took.as_secs_f64() * 1_000.0).collect()
    }

    fn good(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|look| look.status == 200)
    }

    /// Milliseconds within which this share of the good answers came.
    pub fn within(&self, share: f64) -> f64 {
        quantile(&self.milliseconds(), share)
    }

    /// Good answers a second that came while somebody was still there.
    pub fn goodput(&self) -> f64 {
        self.good().filter(|look| look.took <= PATIENCE).count() as f64 / self.time.as_secs_f64()
    }

    pub fn with_status(&self, status: u16) -> usize {
        self.looks.iter().filter(|look| look.status == status).count()
    }

    /// How many had neither a page nor a word that there is none.
    pub fn lost(&self) -> usize {
        self.looks.iter().filter(|look| !matches!(look.status, 200 | 503)).count()
    }
}

/// One request, as a browser on a page of ours makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    client: Client,
    pub method: Method,
    pub address: String,
    pub cookie: String,
    pub form: Option<String>,
    is_crowd: bool,
}

impl Ask {
    pub fn page(address: String, cookie: &str) -> Result<Self> {
        Ok(Self { client: client()?, method: Method::GET, address, cookie: cookie.to_owned(), form: None, is_crowd: false })
    }

    pub fn form(address: String, cookie: &str, form: String) -> Result<Self> {
        Ok(Self { client: client()?, method: Method::POST, address, cookie: cookie.to_owned(), form: Some(form), is_crowd: false })
    }

    /// The same, each time from another address and with another name in the place of `NAME`.
    #[must_use]
    pub fn of_a_crowd(self) -> Self {
        Self { is_crowd: true, ..self }
    }

    pub fn request(&self) -> RequestBuilder {
        let who: u32 = rand::random();
        let request = self.client.request(self.method.clone(), &self.address).header("cookie", &self.cookie).header("accept", "text/html");
        let request = if self.is_crowd { request.header("x-forwarded-for", std::net::Ipv4Addr::from(who).to_string()) } else { request };
        match &self.form {
            None => request,
            Some(form) => request
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.replace("NAME", &who.to_string())),
        }
    }

    pub async fn look(&self) -> Look {
        let begun = Instant::now();
        let status = async {
            let answer = self.request().send().await?;
            let status = answer.status().as_u16();
            answer.bytes().await.map(|_| status)
        };
        let status = status.await.unwrap_or(0);
        Look { took: begun.elapsed(), status }
    }
}

pub fn client() -> Result<Client> {
    Ok(Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(60)).no_proxy().build()?)
}

/// So many people, each of whom asks again once they have their answer and have read it for so long.
pub async fn closed(ask: &Ask, people: usize, reading: Duration, time: Duration) -> Looks {
    let begun = Instant::now();
    let tasks: Vec<_> = (0..people)
        .map(|_| {
            let ask = ask.clone();
            tokio::spawn(async move {
                let mut looks = Vec::new();
                while begun.elapsed() < time {
                    looks.push(ask.look().await);
                    tokio::time::sleep(reading).await;
                }
                looks
            })
        })
        .collect();
    let mut looks = Vec::new();
    for task in tasks {
        looks.extend(task.await.unwrap_or_default());
    }
    Looks { looks, time: begun.elapsed() }
}

/// People who come at this pace, whether those before them have their answer or not.
pub async fn open(ask: &Ask, a_second: f64, time: Duration) -> Looks {
    let looks = Arc::new(Mutex::new(Vec::new()));
    let begun = Instant::now();
    let mut tasks = Vec::new();
    let mut come = 0_u32;
    while begun.elapsed() < time {
        let due = (begun.elapsed().as_secs_f64() * a_second) as u32;
        while come < due {
            let (ask, looks) = (ask.clone(), Arc::clone(&looks));
            tasks.push(tokio::spawn(async move {
                let look = ask.look().await;
                looks.lock().await.push(look);
            }));
            come += 1;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let time = begun.elapsed();
    for task in tasks {
        let _ = task.await;
    }
    let looks = std::mem::take(&mut *looks.lock().await);
    Looks { looks, time }
}
