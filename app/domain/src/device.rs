//! What a browser says of itself, as far as its owner recognises a device by it.
//!
//! The families are few on purpose: more would be a fingerprint, and a person knows
//! "Firefox on Windows" from "Safari on an iPhone".

use serde::{Deserialize, Serialize};

macro_rules! families {
    ($(#[$doc:meta])* $kind:ident { $($name:ident = $slug:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "each is a name that people know")]
        pub enum $kind {
            $($name,)*
            #[default]
            Unknown,
        }

        impl $kind {
            /// As it is stored.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$name => $slug,)*
                    Self::Unknown => "unknown",
                }
            }

            /// What was stored; a word of another build is unknown to this one.
            #[must_use]
            pub fn from_slug(slug: &str) -> Self {
                match slug {
                    $($slug => Self::$name,)*
                    _ => Self::Unknown,
                }
            }
        }
    };
}

families! {
    /// The family of a browser.
    Browser { Firefox = "firefox", Edge = "edge", Opera = "opera", Samsung = "samsung", Chrome = "chrome", Safari = "safari", }
}

families! {
    /// The family of its system.
    System { Android = "android", Iphone = "iphone", Ipad = "ipad", Windows = "windows", Mac = "mac", Chromebook = "chromebook", Linux = "linux", }
}

/// Whose a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Of whoever signs in on it, as far as they say.
    #[default]
    Own,
    /// Of several people, who said so: nothing is to stay on it.
    Shared,
}

/// Where somebody signed in from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// The browser.
    pub browser: Browser,
    /// Its system.
    pub system: System,
}

/// Words of a User-Agent, in the order in which they decide: nearly every browser
/// names the older ones that it wants to be taken for.
const BROWSERS: [(&str, Browser); 11] = [
    ("Firefox/", Browser::Firefox),
    ("FxiOS/", Browser::Firefox),
    ("Edg/", Browser::Edge),
    ("EdgA/", Browser::Edge),
    ("EdgiOS/", Browser::Edge),
    ("OPR/", Browser::Opera),
    ("SamsungBrowser/", Browser::Samsung),
    ("CriOS/", Browser::Chrome),
    ("Chrome/", Browser::Chrome),
    ("Chromium/", Browser::Chrome),
    ("Safari/", Browser::Safari),
];

const SYSTEMS: [(&str, System); 7] = [
    ("Android", System::Android),
    ("iPhone", System::Iphone),
    ("iPad", System::Ipad),
    ("Windows", System::Windows),
    ("Macintosh", System::Mac),
    ("CrOS", System::Chromebook),
    ("Linux", System::Linux),
];

impl Device {
    /// From a User-Agent header. Whoever sends it may say what they like, so nothing
    /// is decided by it.
    #[must_use]
    pub fn from_user_agent(header: &str) -> Self {
        let browser = BROWSERS.iter().find(|(word, _)| header.contains(word)).map(|(_, browser)| *browser);
        let system = SYSTEMS.iter().find(|(word, _)| header.contains(word)).map(|(_, system)| *system);
        Self { browser: browser.unwrap_or_default(), system: system.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_its_owner_would() {
        for (header, browser, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Browser::Firefox, System::Linux),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                Browser::Edge,
                System::Windows,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                Browser::Chrome,
                System::Android,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                Browser::Safari,
                System::Iphone,
            ),
            ("", Browser::Unknown, System::Unknown),
            ("<script>", Browser::Unknown, System::Unknown),
        ] {
            assert_eq!(Device::from_user_agent(header), Device { browser, system }, "{header}");
        }
    }

    #[test]
    fn a_family_survives_being_stored() {
        assert_eq!(Browser::from_slug(Browser::Samsung.slug()), Browser::Samsung);
        assert_eq!(System::from_slug(System::Ipad.slug()), System::Ipad);
        assert_eq!(System::from_slug("a toaster"), System::Unknown);
    }
}
