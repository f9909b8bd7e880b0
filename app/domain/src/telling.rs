//! What a patient is written to about, unless they have chosen not to be. Of an emergency, and of what happens to their account, they
//! always are.

/// A kind of message that can be turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Somebody has opened the record for the first time.
    Look,
    /// Somebody asks for a share.
    Request,
    /// A share ends soon.
    Ending,
}

impl Telling {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Look, Self::Request, Self::Ending];

    /// The name in forms and tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Request => "request",
            Self::Ending => "ending",
        }
    }

    /// The one of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|telling| telling.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own() {
        for telling in Telling::ALL {
            assert_eq!(Telling::from_slug(telling.slug()), Some(telling));
        }
        assert_eq!(Telling::from_slug("emergency"), None, "nobody turns that off");
    }
}
