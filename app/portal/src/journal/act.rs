//! What a line of the journal says. The triggers of `0014_journal.sql`,
//! `0016_protection.sql`, `0018_sources.sql`, `0024_by_hand.sql`, `0026_correction_sides.sql`,
//! `0042_emergency.sql`, `0045_asks_first.sql`, `0051_passkeys.sql`, `0062_independent.sql`,
//! `0069_lowering.sql`, `0075_death_reports.sql` and `0076_incapacity.sql` write it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// One act that took access away, or gave back what another had taken. A replay
/// takes away what the last act on a thing took, and never gives anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Act {
    /// A grant moved to another state, or to another end.
    Grant {
        /// Whose record.
        patient: Uuid,
        /// Which grant.
        grant: Uuid,
        /// Where it is now.
        state: String,
        /// Its end now.
        #[serde(default, with = "time::serde::rfc3339::option")]
        ends_at: Option<OffsetDateTime>,
    },
    /// Somebody was blocked, or not any more.
    Block {
        /// Whose record.
        patient: Uuid,
        /// The person.
        account: Option<Uuid>,
        /// Or the organization.
        organization: Option<Uuid>,
        /// The organization of the person.
        of: Option<Uuid>,
        /// Whether the block stands.
        in_force: bool,
    },
    /// An item was kept from somebody, or not any more.
    Exclusion {
        /// Whose record.
        patient: Uuid,
        /// The item.
        item: Uuid,
        /// From this person.
        account: Option<Uuid>,
        /// Or from this organization.
        organization: Option<Uuid>,
        /// The organization of the person.
        of: Option<Uuid>,
        /// Whether it is kept from them.
        in_force: bool,
    },
    /// A file that a patient had added was taken back.
    Undone {
        /// Whose record.
        patient: Uuid,
        /// Which import.
        import: Uuid,
    },
    /// A code of a patient was used, refused or called back.
    Code {
        /// Whose record.
        patient: Uuid,
        /// Which code.
        code: Uuid,
    },
    /// A code with which a record is claimed was used or ended.
    Claim {
        /// Which code.
        claim: Uuid,
    },
    /// A record became an account's own, or is not any more.
    Holder {
        /// Which record.
        patient: Uuid,
        /// Which account.
        account: Uuid,
        /// Whether it is theirs.
        in_force: bool,
    },
    /// A password was changed.
    Password {
        /// Whose.
        account: Uuid,
        /// SHA-256, in hex, of what is stored of the new one.
        digest: Option<String>,
    },
    /// An account got another e-mail address, which stands nowhere here.
    Email {
        /// Whose.
        account: Uuid,
        /// Since when it is the account's.
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
    },
    /// A second factor was turned on, or off.
    SecondFactor {
        /// Whose.
        account: Uuid,
        /// Which: when it was made.
        #[serde(with = "time::serde::rfc3339")]
        made_at: OffsetDateTime,
        /// Whether it is on.
        in_force: bool,
    },
    /// A recovery code was used, or ended by new ones.
    RecoveryCode {
        /// Whose.
        account: Uuid,
        /// The first 16 bytes of what is stored of it.
        code: Uuid,
    },
    /// A passkey was taken away, or stopped.
    Passkey {
        /// Whose.
        account: Uuid,
        /// Which.
        passkey: Uuid,
    },
    /// A patient resolved or withdrew what they had said is wrong.
    Correction {
        /// Whose record.
        patient: Uuid,
        /// Which correction.
        correction: Uuid,
        /// Where it is now. Acts of older servers do not say so.
        #[serde(default)]
        state: Option<String>,
    },
    /// What opens in an emergency was decided, or its card replaced.
    EmergencyPlan {
        /// Whose record.
        patient: Uuid,
        /// The categories that open.
        categories: i32,
        /// The labels that open with them.
        labels: i16,
        /// What the code of the card is derived from.
        code: Uuid,
        /// SHA-256, in hex, of the address of whoever is told.
        contact: Option<String>,
    },
    /// A death was reported, or that was taken back.
    Death {
        /// Whose record.
        patient: Uuid,
        /// When; nothing where it was taken back.
        #[serde(default, with = "time::serde::rfc3339::option")]
        reported_at: Option<OffsetDateTime>,
    },
    /// Who stands in for a patient who cannot decide was named, or nobody is any more.
    IncapacityPlan {
        /// Whose record.
        patient: Uuid,
        /// Who; nobody where it is none.
        account: Option<Uuid>,
        /// The labels that they see.
        labels: i16,
        /// Whether they may share in the patient's place.
        may_delegate: bool,
    },
    /// That clinicians are told to ask before they prescribe was chosen, or not any more.
    AsksFirst {
        /// Whose record.
        patient: Uuid,
        /// Whether it is said.
        in_force: bool,
    },
    /// The operator dismissed an independent clinician, or admitted them again.
    Admission {
        /// Which.
        admission: Uuid,
        /// Whether they are let in.
        in_force: bool,
    },
    /// The labels of an item that do not count, after its patient has changed them.
    Lowering {
        /// Whose record.
        patient: Uuid,
        /// Which item.
        item: Uuid,
        /// All of them.
        labels: i16,
    },
    /// What a patient had written by hand was hidden or taken back, or is shown again.
    ByHand {
        /// Whose record.
        patient: Uuid,
        /// Which item.
        item: Uuid,
        /// Whether it is kept from everybody else, or was taken back.
        in_force: bool,
    },
}

/// The thing an act is about: the last act on it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Grant(Uuid, Uuid),
    Block(Uuid, Option<Uuid>, Option<Uuid>),
    Exclusion(Uuid, Uuid, Option<Uuid>, Option<Uuid>),
    Undone(Uuid, Uuid),
    Code(Uuid, Uuid),
    Claim(Uuid),
    Holder(Uuid, Uuid),
    Password(Uuid),
    Email(Uuid),
    SecondFactor(Uuid),
    RecoveryCode(Uuid, Uuid),
    Passkey(Uuid, Uuid),
    Correction(Uuid, Uuid),
    ByHand(Uuid, Uuid),
    Lowering(Uuid, Uuid),
    EmergencyPlan(Uuid),
    Death(Uuid),
    IncapacityPlan(Uuid),
    AsksFirst(Uuid),
    Admission(Uuid),
}

impl Act {
    pub(super) const fn about(&self) -> About {
        match self {
            Self::Grant { patient, grant, .. } => About::Grant(*patient, *grant),
            Self::Block { patient, account, organization, .. } => About::Block(*patient, *account, *organization),
            Self::Exclusion { patient, item, account, organization, .. } => About::Exclusion(*patient, *item, *account, *organization),
            Self::Undone { patient, import } => About::Undone(*patient, *import),
            Self::Code { patient, code } => About::Code(*patient, *code),
            Self::Claim { claim } => About::Claim(*claim),
            Self::Holder { patient, account, .. } => About::Holder(*patient, *account),
            Self::Password { account, .. } => About::Password(*account),
            Self::Email { account, .. } => About::Email(*account),
            Self::SecondFactor { account, .. } => About::SecondFactor(*account),
            Self::RecoveryCode { account, code } => About::RecoveryCode(*account, *code),
            Self::Passkey { account, passkey } => About::Passkey(*account, *passkey),
            Self::Correction { patient, correction, .. } => About::Correction(*patient, *correction),
            Self::ByHand { patient, item, .. } => About::ByHand(*patient, *item),
            Self::Lowering { patient, item, .. } => About::Lowering(*patient, *item),
            Self::EmergencyPlan { patient, .. } => About::EmergencyPlan(*patient),
            Self::Death { patient, .. } => About::Death(*patient),
            Self::IncapacityPlan { patient, .. } => About::IncapacityPlan(*patient),
            Self::AsksFirst { patient, .. } => About::AsksFirst(*patient),
            Self::Admission { admission, .. } => About::Admission(*admission),
        }
    }

    /// Whether it leaves less open than was before: of two acts of one moment, that one counts.
    pub(super) fn takes(&self) -> bool {
        match self {
            Self::Grant { state, .. } => state != "active",
            Self::Block { in_force, .. }
            | Self::Exclusion { in_force, .. }
            | Self::SecondFactor { in_force, .. }
            | Self::ByHand { in_force, .. } => *in_force,
            Self::Lowering { labels, .. } => *labels == 0,
            Self::Holder { in_force, .. } | Self::AsksFirst { in_force, .. } | Self::Admission { in_force, .. } => !in_force,
            Self::Death { reported_at, .. } => reported_at.is_some(),
            Self::Undone { .. }
            | Self::Code { .. }
            | Self::Claim { .. }
            | Self::Password { .. }
            | Self::Email { .. }
            | Self::RecoveryCode { .. }
            | Self::Passkey { .. }
            | Self::Correction { .. }
            | Self::EmergencyPlan { .. }
            | Self::IncapacityPlan { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_read_as_the_trigger_writes_it() {
        let text = r#"{"kind":"grant","patient":"00000000-0000-0000-0000-000000000001","grant":"00000000-0000-0000-0000-000000000002",
            "state":"withdrawn","ends_at":"2026-11-25T22:15:42.904476+00:00"}"#;
        let act: Act = serde_json::from_str(text).unwrap();
        assert!(act.takes());
        assert_eq!(act.about(), About::Grant(Uuid::from_u128(1), Uuid::from_u128(2)));
        assert!(serde_json::from_str::<Act>(r#"{"kind":"something new"}"#).is_err(), "what is not known is not skipped");
        let before =
            r#"{"kind":"correction","patient":"00000000-0000-0000-0000-000000000001","correction":"00000000-0000-0000-0000-000000000002"}"#;
        let Act::Correction { state, .. } = serde_json::from_str(before).unwrap() else { panic!() };
        assert_eq!(state, None, "a journal of before it said the state is read as well");
    }
}
