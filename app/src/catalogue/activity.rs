//! What the access log and the pages of codes say.

use chartkey_domain::verdict::Reason;

use super::messages;

messages! {
    who_has_looked { English: "Who has looked" }
    log_says { English: "Every look at your record, newest first: when, who, what, and the key that was used." }
    log_foot { English: "Times are in UTC. This look is written down too. Nobody can take an entry out without it showing." }
    show { English: "Show" }
    show_all { English: "All" }
    show_unusual { English: "Unusual" }
    show_refused { English: "Refused" }
    show_others { English: "Not me" }
    older_entries { English: "Older entries" }
    stopped_at_once { English: "The share is stopped. Nothing more opens through it. Look at it under Sharing: start it again if it was right, or end it." }
    nothing_to_stop { English: "The share had been stopped before. Nothing opens through it." }
    you { English: "You" }
    not_recognised { English: "I don’t recognise this" }
    why_own { English: "Your own record" }
    why_share { English: "Share:" }
    why_operator(reason: &str) { English: "The operator said why: {reason}" }
    why_code { English: "The code that you made" }
    why_refused { English: "No share covers this" }
    verdict_you { English: "You" }
    verdict_refused { English: "Refused" }
    verdict_expected { English: "Expected" }
    verdict_unusual { English: "Unusual" }
    nothing_was_shown { English: "Nothing was shown." }
    reason_hours { English: "Late at night." }
    reason_many { English: "Many things at once." }
    reason_first { English: "The first look of somebody you did not name." }
    was_refused { English: "asked and was refused" }
    did_open_log { English: "opened this log" }
    did_open_sharing { English: "looked at your shares" }
    codes_title { English: "Your codes" }
    codes_says { English: "A code lets somebody ask. Nothing opens until you have seen who it is and said yes." }
    no_codes { English: "No code waits." }
    code_waits { English: "Waits for somebody to use it" }
    code_until { English: "Give it to one person. It works until" }
    code_opens_nothing { English: "By itself it opens nothing." }
    code_picture { English: "The same code as a picture to scan" }
    cancel_code { English: "Cancel this code" }
    code_redeemed(name: &str) { English: "{name} used your code" }
    code_confirm_says { English: "Is this who you gave the code to? Only if you say yes, the share begins." }
    fact_profession { English: "Profession" }
    fact_organization { English: "Organization" }
    fact_verified { English: "How we know" }
    verified_by(organization: &str, issuer: &str) { English: "Signed in through {organization} ({issuer})," }
    refuse { English: "No, refuse" }
    redeem_says { English: "Type the code that your patient gave you. They then see your name, profession and organization, and decide." }
    redeemed_title { English: "The code is taken" }
    redeemed_says { English: "Your patient has to confirm now. Once they have, the share is in your list." }
    code_word { English: "Code" }
    code_hint { English: "Eleven letters and digits, as in ABCD-EFGH-JKL. Small letters work too." }
}

impl super::Say {
    /// Why a look is unusual.
    #[must_use]
    pub const fn reason(self, reason: Reason) -> &'static str {
        match reason {
            Reason::OutOfHours => self.reason_hours(),
            Reason::ManyItems => self.reason_many(),
            Reason::FirstTime => self.reason_first(),
        }
    }

    /// A change, by the stable word of its event.
    #[must_use]
    pub fn did_change(self, action: &str) -> &'static str {
        match self.0 {
            super::Language::English => match action {
                "grant-given" => "handed out a key",
                "grant-withdrawn" => "ended a share",
                "grant-paused" => "stopped a share for now",
                "grant-resumed" => "started a share again",
                "not-recognised" => "did not recognise a look, and stopped its share",
                "code-made" => "made a code",
                "code-redeemed" => "used a code and waits for you",
                "code-redeemer-refused" => "refused who used a code",
                "code-cancelled" => "cancelled a code",
                "claim-code-made" => "made a code to claim this record",
                "record-claimed" => "claimed this record",
                "imported" => "added a file to this record",
                "exported" => "took a copy of this record",
                "grant-aged" => "moved a share into the past, for this rehearsal",
                "kept-closed" => "closed again, after a restore, what had been closed",
                _ => "changed something",
            },
        }
    }
}
