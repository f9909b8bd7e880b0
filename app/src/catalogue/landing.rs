//! What the first page says.

use super::messages;

messages! {
    promise { English: "Your whole record. Your key." }
    promise_says { English: "Every practice, laboratory and hospital in one place, and nobody opens it unless you hand them a key." }
    promise_key { English: "Each key is for one person or place, for what you choose, until a day you choose." }
    promise_log { English: "See who looked, when, at what and why." }
    promise_back { English: "Take a key back, or keep something private, whenever you like." }
    /// Markup of ours: nothing in it comes from a record.
    promise_sentence { English: "<strong>Dr Hana Lindqvist</strong> may read my <strong>heart tests and medicines</strong>, until <strong>22 December 2026</strong>." }
    promise_caption { English: "What a key looks like. You read it before you hand it over." }
    make_account { English: "Make an account" }
    have_code { English: "Have you been given a code for your record?" }
    claim_record { English: "Claim your record" }
    are_you_clinician { English: "Are you a clinician?" }
    sign_in_organization { English: "Sign in through your organization" }
}
