//! Listens along between a client and PostgreSQL: what is asked, counted as it goes over the
//! wire, and what PostgreSQL remarks on it.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixListener, UnixStream},
};

/// A socket that hands everything on to PostgreSQL, both ways; gone when dropped.
#[derive(Debug)]
pub struct Tap {
    folder: PathBuf,
    heard: Arc<Mutex<Heard>>,
}

/// The number in the name of the socket.
const PORT: u16 = 5432;

/// What went by, in order.
#[derive(Debug, Default)]
struct Heard {
    statements: Vec<Statement>,
    remarks: Vec<String>,
}

/// One statement that PostgreSQL was told to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which role.
    pub role: String,
    /// Its text.
    pub text: String,
}

impl Tap {
    /// Opens it before the server that these options name.
    ///
    /// # Errors
    /// A folder for temporary files in which there can be no socket.
    pub fn open(to: &PgConnectOptions) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("tap-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder)?;
        let tap = Self { folder, heard: Arc::default() };
        let listener = UnixListener::bind(tap.folder.join(format!(".s.PGSQL.{PORT}")))?;
        let (heard, to) = (Arc::clone(&tap.heard), Upstream::of(to));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (heard, to) = (Arc::clone(&heard), to.clone());
                // A connection that ends, ends on both sides.
                tokio::spawn(async move { hand_on(client, &to, heard).await });
            }
        });
        Ok(tap)
    }

    /// The same options, through the tap.
    #[must_use]
    pub fn through(&self, options: PgConnectOptions) -> PgConnectOptions {
        options.socket(&self.folder).port(PORT).ssl_mode(PgSslMode::Disable)
    }

    /// Forgets what went by, and returns the statements.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        std::mem::take(&mut self.heard().statements)
    }

    /// Forgets what PostgreSQL remarked, and returns it.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        std::mem::take(&mut self.heard().remarks)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[derive(Debug, Clone)]
enum Upstream {
    Socket(PathBuf),
    Host(String, u16),
}

impl Upstream {
    fn of(options: &PgConnectOptions) -> Self {
        let host = options.get_host();
        let folder = options.get_socket().cloned().or_else(|| host.starts_with('/').then(|| host.into()));
        match folder {
            Some(folder) => Self::Socket(folder.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Self::Host(host.to_owned(), options.get_port()),
        }
    }
}

async fn hand_on(client: UnixStream, to: &Upstream, heard: Arc<Mutex<Heard>>) -> Result<()> {
    match to {
        Upstream::Socket(path) => both_ways(client, UnixStream::connect(path).await?, heard).await,
        Upstream::Host(host, port) => both_ways(client, TcpStream::connect((host.as_str(), *port)).await?, heard).await,
    }
}

async fn both_ways(client: UnixStream, server: impl AsyncRead + AsyncWrite + Send + 'static, heard: Arc<Mutex<Heard>>) -> Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let notes = Arc::clone(&heard);
    let answers = async move {
        loop {
            let (kind, body) = message(&mut from_server).await?;
            if kind == b'N' {
                notes.lock().unwrap_or_else(PoisonError::into_inner).remarks.push(remark(&body));
            }
            pass(&mut to_client, Some(kind), &body).await?;
        }
    };
    let questions = async move {
        let start = body(&mut from_client).await?;
        let role = field(&start, b"user\0").context("nobody connects")?;
        pass(&mut to_server, None, &start).await?;
        let (mut prepared, mut bound) = (HashMap::new(), HashMap::new());
        loop {
            let (kind, body) = message(&mut from_client).await?;
            let mut words = body.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
            let mut word = || words.next().unwrap_or_default();
            let text = match kind {
                b'Q' => Some(word()),
                b'P' => {
                    let name = word();
                    prepared.insert(name, word());
                    None
                }
                b'B' => {
                    let portal = word();
                    bound.insert(portal, word());
                    None
                }
                b'E' => bound.get(&word()).and_then(|name| prepared.get(name)).cloned(),
                _ => None,
            };
            if let Some(text) = text {
                let statement = Statement { role: role.clone(), text };
                heard.lock().unwrap_or_else(PoisonError::into_inner).statements.push(statement);
            }
            pass(&mut to_server, Some(kind), &body).await?;
        }
    };
    tokio::select! { ended = answers => ended, ended = questions => ended }
}

async fn message(from: &mut (impl AsyncRead + Unpin)) -> Result<(u8, Vec<u8>)> {
    let kind = from.read_u8().await?;
    Ok((kind, body(from).await?))
}

/// What follows its own length (which counts itself).
async fn body(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let length = from.read_u32().await?.checked_sub(4).context("a message is as long as its length")?;
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body).await?;
    Ok(body)
}

async fn pass(to: &mut (impl AsyncWrite + Unpin), kind: Option<u8>, body: &[u8]) -> Result<()> {
    let mut bytes = Vec::with_capacity(body.len() + 5);
    bytes.extend(kind);
    bytes.extend(u32::try_from(body.len() + 4)?.to_be_bytes());
    bytes.extend(body);
    to.write_all(&bytes).await?;
    Ok(to.flush().await?)
}

/// What follows this name in the first message, which is pairs of a name and a value after a version.
fn field(start: &[u8], name: &[u8]) -> Option<String> {
    let pairs = start.get(4..)?;
    let at = pairs.windows(name.len()).position(|window| window == name)? + name.len();
    let value = pairs.get(at..)?.split(|byte| *byte == 0).next()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// The text of a remark: the field `M`.
fn remark(body: &[u8]) -> String {
    let text = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(b"M"));
    String::from_utf8_lossy(text.unwrap_or_default()).into_owned()
}
