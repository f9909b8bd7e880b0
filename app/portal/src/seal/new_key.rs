//! A new key, with the word of the one before.

use chartkey_evidence::key::Key;
use ed25519_dalek::{Signer, SigningKey};
use sqlx::PgConnection;

use super::{
    Seal, blocking,
    file::RootsFile,
    keys, moment, newest,
    sign::{current, enter, keep_key},
};
use crate::{Error, Portal, pool::detached, secret_file};

impl Portal {
    /// Makes the key that signs from the next root on, and has the key before it sign that; the
    /// key before is overwritten. Without that one, where `is_lost`, nothing but the operator's
    /// word says that the new one may sign, and browsers say so. Returns it; none where no key is
    /// set or another server is signing.
    ///
    /// # Errors
    /// [`Error::Internal`] where the key before is not there, or nothing was ever signed.
    pub async fn new_log_key(&self, is_lost: bool) -> Result<Option<Key>, Error> {
        let Some(seal) = self.seal.clone() else { return Ok(None) };
        let portal = self.clone();
        detached(async move {
            let path = seal.roots_file();
            let _held = blocking(move || RootsFile::hold(&path)).await?;
            let mut transaction = portal.pool.begin().await?;
            let made = make(&mut transaction, &seal, is_lost).await;
            if let Ok(Some(_)) = made {
                transaction.commit().await?;
                std::fs::rename(seal.next_key_file(), &seal.key_file).map_err(Error::internal)?;
            } else {
                // At once: whoever tries again finds nobody signing.
                transaction.rollback().await?;
            }
            made
        })
        .await
    }
}

/// The new key, written beside the one that it will take the place of; none where another server is signing.
async fn make(connection: &mut PgConnection, seal: &Seal, is_lost: bool) -> Result<Option<Key>, Error> {
    let entered = enter(&mut *connection).await?;
    if !entered.is_alone {
        return Ok(None);
    }
    let known = keys(&mut *connection).await?;
    let (Some(last), Some(newest)) = (known.last(), newest(&mut *connection).await?) else {
        return Err(Error::internal("nothing has been signed yet; the first root makes the key"));
    };
    let before = current(seal, &last.public)?;
    if before.is_none() && !is_lost {
        return Err(Error::internal("the key that signs now is not there; put back its copy, or say --lost"));
    }
    let secret = rand::random();
    let mut key = Key {
        public: SigningKey::from_bytes(&secret).verifying_key().to_bytes(),
        from: newest.root.number + 1,
        at: moment(entered.at),
        before: Some(last.public),
        endorsement: None,
    };
    key.endorsement = before.map(|before| before.sign(key.text().as_bytes()).to_bytes());
    // What an earlier try has left was never committed, or it would be the key by now.
    let _ = std::fs::remove_file(seal.next_key_file());
    secret_file::make(&seal.next_key_file(), &secret).map_err(Error::internal)?;
    keep_key(connection, &key).await?;
    Ok(Some(key))
}
