//! Somebody who is no patient, and helps one.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chartkey_domain::{
    category::Category,
    draft::{Draft, Recipient},
    id::GrantId,
    label::Labels,
};
use chartkey_portal::{
    accounts::{Email, NewPassword, PersonName},
    codes::CodeState,
    sign_in::{FirstStep, SignedIn},
};
use uuid::Uuid;

use super::{
    canary::Canaries,
    probe::{ask, everything, normalised},
    side::visitor,
    table::{Caller, Row, Which},
    world::{World, draft, sentence},
};

/// Answers to two people who are no patients, side by side.
#[derive(Debug, Default)]
pub struct Beside {
    pub compared: usize,
    /// Of these, those that are open to the first of them alone.
    pub open: usize,
    pub different: Vec<String>,
}

/// Everything that a share can reach.
pub fn everything_shareable() -> Draft {
    Draft { labels: Labels::ALL, categories: Category::SHAREABLE.into_iter().collect(), ..draft("") }
}

impl World {
    /// Somebody without a record, and their address; everybody is called the same.
    pub async fn person(&self) -> (SignedIn, String) {
        let (portal, email) = (&self.house.portal, format!("{}@example.org", Uuid::new_v4().simple()));
        let (name, password) = (PersonName::parse("Somebody").unwrap(), "a password nobody expects");
        portal.make_person(&name, &Email::parse(&email).unwrap(), NewPassword::parse(password.into()).unwrap()).await.unwrap();
        let FirstStep::In(person) = portal.sign_in(&email, password.into(), email.as_str()).await.unwrap() else {
            panic!("no second factor")
        };
        (person, email)
    }

    /// Lets somebody help ada with what a draft says, by a code that she confirms.
    pub async fn let_help(&self, carer: &SignedIn, with: Draft) -> GrantId {
        let (portal, own) = (&self.house.portal, self.ada.visitor());
        let (id, terms) = self.drafted(&self.ada, Draft { recipient: Some(Recipient::CarerCode), ..with }).await;
        let code = portal.make_code(&own, id, terms, sentence("A code.")).await.unwrap();
        let codes = portal.codes(&own).await.unwrap().view;
        let secret = codes.into_iter().find_map(|made| match made.state {
            CodeState::Waiting(secret) if made.id == code => Some(secret),
            _ => None,
        });
        portal.redeem_code(&visitor(carer, BTreeMap::new()), &secret.unwrap()).await.unwrap();
        portal.confirm_code(&own, code, carer.actor.account(), sentence("A share.")).await.unwrap()
    }
    /// For a day somebody is told what became of the code that they have used: that is over now.
    pub async fn forget_carer_codes(&self) {
        let yesterday = "update grant_code set redeemed_at = redeemed_at - interval '1 day' where for_carer";
        assert_eq!(sqlx::query(yesterday).execute(&self.house.superuser).await.unwrap().rows_affected(), 1);
    }

    /// What the first of two people, and the second, to whom nobody gave anything, get of these rows with every identifier of ada's
    /// record: what is open to the first is theirs alone, and of everything else both get the same.
    pub async fn beside_anybody(&self, people: &[(SignedIn, String); 2], rows: &[Row], is_open: impl Fn(&Row, Which) -> bool) -> Beside {
        let (mut canaries, mut found) = (Canaries::new(), Beside::default());
        // An account is one's own, with its address and its sessions.
        for row in rows.iter().filter(|row| !(row.method == "GET" && row.pattern.starts_with("/account"))) {
            for which in Which::ALL.into_iter().filter(|which| row.outcomes.iter().any(|(of, _)| of == which)) {
                let open = is_open(row, which);
                let mut names = self.names(Caller::NoGrant, which).await;
                names.insert("mark".to_owned(), "none".to_owned());
                let what = format!("{which:?} {} {}", row.method, row.address);
                let (mut said, mut shown) = (Vec::new(), Vec::new());
                for (place, (person, email)) in people.iter().enumerate() {
                    let answer = ask(&mut self.browser_of(person, None).await, row, &names).await;
                    let eyes = if open && place == 0 { Caller::NarrowGrant } else { Caller::NoGrant };
                    let leaks = canaries.leaks(self, eyes, &what, &everything(&answer));
                    found.different.extend(leaks.iter().map(|leak| format!("{what}: {leak}")));
                    let own = [("email".to_owned(), email.clone()), ("account".to_owned(), person.actor.account().to_string())];
                    shown.push(
                        answer.status == StatusCode::OK || (answer.status.is_redirection() && !answer.location().contains("problem=")),
                    );
                    said.push(without_identifiers(&normalised(&answer, &names.clone().into_iter().chain(own).collect())));
                }
                found.compared += 1;
                found.open += usize::from(open);
                if open && shown != [true, false] {
                    found.different.push(format!("{what}: shown to {shown:?}"));
                } else if !open && said[0] != said[1] {
                    found.different.push(format!("{what}:\n{}\n\n{}", said[0], said[1]));
                }
            }
        }
        found
    }
}

/// A text without identifiers, of which some are made anew for each who asks.
fn without_identifiers(text: &str) -> String {
    let is_one = |part: &str| part.len() == 36 && part.parse::<Uuid>().is_ok();
    text.split_inclusive(|letter: char| !letter.is_ascii_hexdigit() && letter != '-')
        .map(|part| {
            let end = part.trim_end_matches(|letter: char| !letter.is_ascii_hexdigit() && letter != '-').len();
            part.split_at_checked(end)
                .filter(|(before, _)| is_one(before))
                .map_or_else(|| part.to_owned(), |(_, after)| format!("ID{after}"))
        })
        .collect()
}
