//! What every page of a record begins with.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};
use chartkey_portal::{Portal, Whose, cursor::Cursor};

use crate::{
    api::ApiError,
    catalogue::Say,
    request::{caller, of_record, patient, portal, query},
    shell::{Page, Place},
};

/// Who reads which record, in which language.
#[derive(Debug)]
pub struct Reader {
    /// The portal.
    pub portal: Portal,
    /// Who is signed in.
    pub visitor: Visitor,
    /// Whose record is asked for.
    pub patient: PatientId,
    /// The catalogue.
    pub say: Say,
}

impl Reader {
    /// The reader of a page under `/record/{patient}`, or under the preview of a grant of theirs: then the portal opens
    /// their own record alone, as it is open to the grantee.
    ///
    /// # Errors
    /// [`ApiError::SignedOut`] where nobody is signed in, whatever the address says;
    /// then [`ApiError::NotFound`] where it names no record.
    pub fn of_record() -> Result<Self, ApiError> {
        let caller = caller();
        let say = caller.say();
        let visitor = caller.visitor.ok_or(ApiError::SignedOut)?;
        let (portal, patient) = match caller.preview {
            Some(preview) => (portal()?.previewing(preview), caller.record.ok_or(ApiError::NotFound)?),
            None => (portal()?, patient()?),
        };
        Ok(Self { portal, visitor, patient, say })
    }

    /// The address of this record, with what follows it.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        of_record(self.patient, rest)
    }

    /// The address of a category of this record.
    #[must_use]
    pub fn category(&self, category: Category) -> String {
        self.path(&format!("/{}", category.slug()))
    }

    /// The document of a page that shows a part of this record.
    pub fn page(&self, title: impl Into<String>, place: Place, whose: &Whose) -> Page {
        Page::new(title, place).of_record(whose, self.visitor.session_ends_at)
    }
}

/// Where the list begins, from `?after=`; a token that is none begins at the newest.
#[must_use]
pub fn after() -> Option<Cursor> {
    query("after").and_then(|token| token.parse().ok())
}

/// Whether the reader asked for what was entered in error, too.
#[must_use]
pub fn with_errors() -> bool {
    query("errors").is_some()
}
