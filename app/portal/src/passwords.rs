//! Passwords: argon2id, keyed with the pepper, one or two at a time.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use tokio::sync::Semaphore;

use crate::{Error, secrets::Pepper};

/// 19 MiB, two passes, one lane: the smallest that OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashing takes a core and 19 MiB: more than two at once would starve the rest. On a small machine
/// one core stays free for those who read.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, 2)
}

/// Those who wait longer than about a second are told so at once: a flood of sign-ins is not worked
/// off for minutes after it has ended, for people who have gone.
const WAITING: usize = 16;

/// Hashes and verifies, away from the threads that serve requests.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    pepper: Pepper,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Of a password that nobody has: what an unknown account is verified against.
    nobody: Arc<str>,
}

/// How a password compares with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed with weaker parameters than today's.
    RightButWeak,
}

impl Passwords {
    pub fn new(pepper: Pepper) -> Self {
        let [turns, places] = [at_once(), at_once() + WAITING].map(|permits| Arc::new(Semaphore::new(permits)));
        Self { pepper, turns, places, nobody: nobody().into() }
    }

    /// Refuses before anything is done or counted where too many wait.
    pub fn refuse_a_crowd(&self) -> Result<(), Error> {
        if self.places.available_permits() == 0 { Err(Error::Busy) } else { Ok(()) }
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        let pepper = self.pepper.clone();
        self.in_turn(move || hash(&pepper, &password)).await
    }

    /// Compares; with no stored hash the same work is done and the answer is wrong.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<Verdict, Error> {
        let pepper = self.pepper.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let verdict = self.in_turn(move || verify(&pepper, &password, &stored)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    /// What to store where no password shall be right any more.
    pub fn of_nobody(&self) -> &str {
        &self.nobody
    }

    /// Work as heavy as hashing a password: with the others, behind one queue.
    pub async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, also when nobody waits for it any more.
            let _held = (turn, place);
            work()
        })
        .await
        .map_err(Error::internal)?
    }
}

/// A stored hash that no password was hashed to: drawn, so that nothing is hashed at the start
/// of each process and command.
fn nobody() -> String {
    let [salt, hash] =
        [rand::random::<[u8; 16]>().to_vec(), rand::random::<[u8; 32]>().to_vec()].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

fn hasher(pepper: &Pepper) -> Result<Argon2<'_>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|cause| broken(&cause))?;
    Argon2::new_with_secret(pepper.bytes(), Algorithm::Argon2id, Version::V0x13, params).map_err(|cause| broken(&cause))
}

fn hash(pepper: &Pepper, password: &str) -> Result<String, Error> {
    let hash: PasswordHash = hasher(pepper)?.hash_password(password.as_bytes()).map_err(|cause| broken(&cause))?;
    Ok(hash.to_string())
}

fn verify(pepper: &Pepper, password: &str, stored: &str) -> Result<Verdict, Error> {
    let stored = PasswordHash::new(stored).map_err(|cause| broken(&cause))?;
    // The stored parameters are used, whatever today's are.
    if hasher(pepper)?.verify_password(password.as_bytes(), &stored).is_err() {
        return Ok(Verdict::Wrong);
    }
    let params = Params::try_from(&stored).map_err(|cause| broken(&cause))?;
    let weak = params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES;
    Ok(if weak { Verdict::RightButWeak } else { Verdict::Right })
}

fn broken(cause: &dyn std::fmt::Display) -> Error {
    Error::internal(format!("password hashing: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_a_crowd_only_so_many_wait_and_the_others_are_told_at_once() {
        let passwords = Passwords::new(Pepper::new([1; 32]));
        let crowd = (0..at_once() + WAITING + 5).map(|_| passwords.hash("correct horse".into()));
        let refused = futures::future::join_all(crowd).await.into_iter().filter(|answer| matches!(answer, Err(Error::Busy))).count();
        assert_eq!(refused, 5);
        passwords.refuse_a_crowd().unwrap();
        assert!(passwords.hash("correct horse".into()).await.is_ok(), "and afterwards there is room again");
    }

    #[test]
    fn what_nobody_has_costs_as_much_to_compare_as_what_somebody_has() {
        let pepper = Pepper::new([1; 32]);
        let [nobody, somebody] = [nobody(), hash(&pepper, "correct horse").unwrap()];
        let of = |stored: &str| {
            let stored = PasswordHash::new(stored).unwrap();
            let params = Params::try_from(&stored).unwrap();
            let lengths = (stored.salt.unwrap().len(), stored.hash.unwrap().len());
            (stored.algorithm, stored.version, params.m_cost(), params.t_cost(), params.p_cost(), lengths)
        };
        assert_eq!(of(&nobody), of(&somebody));
        assert_eq!(verify(&pepper, "correct horse", &nobody).unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_password_is_right_only_with_its_pepper() {
        let passwords = Passwords::new(Pepper::new([1; 32]));
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(passwords.verify("correct horse".into(), Some(stored.clone())).await.unwrap(), Verdict::Right);
        assert_eq!(passwords.verify("correct house".into(), Some(stored.clone())).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.verify("correct horse".into(), None).await.unwrap(), Verdict::Wrong);
        let other = Passwords::new(Pepper::new([2; 32]));
        assert_eq!(other.verify("correct horse".into(), Some(stored)).await.unwrap(), Verdict::Wrong);
    }
}
