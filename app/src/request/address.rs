//! Addresses of ours, and the way back that they carry.

use std::fmt::Write as _;

use chartkey_domain::{
    device::Use,
    id::{PatientId, PreviewId},
};
use leptos::reactive::owner::with_context;

use super::Caller;

/// The address of a page of a record, with what follows it: that of the preview where one is looked at, so that every link
/// of its pages stays in it.
#[must_use]
pub fn of_record(patient: PatientId, rest: &str) -> String {
    match with_context::<Caller, _>(|caller| caller.preview).flatten() {
        Some(preview) => format!("{}{rest}", preview_page(preview)),
        None => format!("/record/{patient}{rest}"),
    }
}

/// The first page of a preview.
#[must_use]
pub fn preview_page(preview: PreviewId) -> String {
    format!("/sharing/{preview}/preview")
}

/// The preview to which a path belongs, if it is one of one.
#[must_use]
pub fn preview_of(path: &str) -> Option<PreviewId> {
    let (preview, rest) = path.strip_prefix("/sharing/")?.split_once('/')?;
    if rest == "preview" || rest.starts_with("preview/") { preview.parse().ok() } else { None }
}

/// The page with both doors, which leads back to `path`.
#[must_use]
pub fn welcome(path: &str) -> String {
    with_way_back("/welcome", Some(path))
}

/// The page that asks for the password again, and leads back to `path`: to its form, never
/// to what the form had sent.
#[must_use]
pub fn again(path: &str) -> String {
    with_way_back("/sign-in/again", Some(path))
}

/// `page`, which leads back to the path `to` afterwards, if there is one.
#[must_use]
pub fn with_way_back(page: &str, to: Option<&str>) -> String {
    to.map_or_else(|| page.to_owned(), |to| format!("{page}?to={}", percent_encoded(to, b"-_.~/")))
}

/// The page that asks for a code, with where to go afterwards and whose the device is.
#[must_use]
pub fn code_page(to: Option<&str>, of: Use) -> String {
    let page = with_way_back("/sign-in/code", to);
    match of {
        Use::Own => page,
        Use::Shared => format!("{page}{}shared=1", if to.is_some() { '&' } else { '?' }),
    }
}

/// `text` for an address: letters, digits and what is `plain` stay as they are (RFC 3986,
/// section 2.1).
#[must_use]
pub fn percent_encoded(text: &str, plain: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut address, byte| {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
        address
    })
}

/// `page` with the token of a message; what cannot be in a token is left out.
#[must_use]
pub fn with_token(page: &str, token: &str) -> String {
    let token: String = token.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect();
    format!("{page}?token={token}")
}

/// Whether it is a path of this site, and not an address that only looks like one.
#[must_use]
pub fn ours(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|letter: char| letter == '\\' || letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_the_site() {
        for (path, is_ours) in [
            ("/shared", true),
            ("/record/1?x=2", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/\tx", false),
            ("", false),
        ] {
            assert_eq!(ours(path), is_ours, "{path}");
        }
    }

    #[test]
    fn a_path_says_of_which_preview_it_is() {
        let id = "00000000-0000-0000-0000-000000000001";
        let preview = id.parse().ok();
        for (path, of) in [
            (format!("/sharing/{id}/preview"), preview),
            (format!("/sharing/{id}/preview/results"), preview),
            (format!("/sharing/{id}/previews"), None),
            (format!("/sharing/{id}"), None),
            (format!("/record/{id}/preview"), None),
            ("/sharing/new/preview".to_owned(), None),
        ] {
            assert_eq!(preview_of(&path), of, "{path}");
        }
        assert!(preview.is_some_and(|preview| preview_of(&preview_page(preview)) == Some(preview)));
    }

    #[test]
    fn the_way_back_survives_a_query() {
        assert_eq!(welcome("/record/1/results?after=x&all=1"), "/welcome?to=/record/1/results%3Fafter%3Dx%26all%3D1");
    }
}
