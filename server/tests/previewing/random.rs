//! Grants that nobody chose.

use chartkey_app::catalogue::{Named, Say};
use chartkey_domain::{
    category::{Categories, Category},
    draft::{Draft, End, Recipient, Thing, TypedDay},
    grant::{Grantee, Purpose},
    label::{Label, Labels},
};
use chartkey_ground::mutate::Dice;

use super::World;

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// This clinician of the world.
    Named(usize),
    /// Whoever has this profession at the clinic.
    Anyone(&'static str),
    /// Whichever clinician redeems a code.
    Code,
    /// Whoever redeems a code to help the patient.
    Carer,
}

impl Whom {
    /// Whether nobody knows who it will be before they have redeemed a code.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Code | Self::Carer)
    }
}

/// One grant as it is drafted, and what it says.
#[derive(Debug, Clone)]
pub struct Plan {
    pub kind: &'static str,
    pub whom: Whom,
    pub draft: Draft,
    pub sentence: String,
}

/// Any grant.
pub async fn plan(world: &World, dice: &mut Dice, record: usize, trial: usize) -> Plan {
    let whom = match dice.below(9) {
        0 => Whom::Code,
        8 => Whom::Carer,
        1 | 2 => Whom::Anyone(if dice.below(2) == 0 { "physician" } else { "nurse" }),
        _ => Whom::Named(dice.below(world.named.len())),
    };
    let wide = dice.below(4) == 0;
    let categories = Category::SHAREABLE.into_iter().filter(|_| wide || dice.below(2) == 0).collect::<Categories>();
    let labels = Label::ALL.into_iter().filter(|_| dice.below(3) == 0).collect::<Labels>();
    let mut day = |from: usize, years: usize| TypedDay {
        day: (1 + dice.below(28)).to_string(),
        month: (1 + dice.below(12)).to_string(),
        year: (from + dice.below(years)).to_string(),
    };
    let (from, to) = (day(1990, 34), day(2024, 6));
    let dated = dice.below(3);
    // Single things beside the parts, or alone.
    let all = world.things(record).await;
    let things: Vec<Thing> = (0..[0, 0, 4, 12][dice.below(4)]).map(|_| all[dice.below(all.len())]).collect();
    let alone = !things.is_empty() && dice.below(3) == 0;
    let categories = match (categories.is_empty(), alone) {
        (_, true) => Categories::NONE,
        (true, false) => Categories::NONE.with(Category::Results),
        (false, false) => categories,
    };
    let mut draft = Draft {
        purpose: Some(*dice.pick(&Purpose::CHOICES)),
        purpose_text: "a reason of my own".to_owned(),
        categories,
        labels,
        from: if dated == 1 { from } else { TypedDay::default() },
        to: if dated == 2 { to } else { TypedDay::default() },
        // A child lets nobody help for ever.
        end: if whom == Whom::Carer { End::Preset } else { End::Open },
        only_todays: dice.below(4) == 0,
        may_export: dice.below(2) == 0,
        may_write: dice.below(2) == 0,
        ..Draft::default()
    };
    draft.name(things);
    finished(world, record, whom, draft, trial)
}

/// A grant of a good deal to this one.
pub fn plan_for(world: &World, record: usize, whom: Whom, purpose: Purpose) -> Plan {
    let categories = Category::SHAREABLE.into_iter().filter(|category| *category != Category::Insurance).collect();
    finished(world, record, whom, Draft { purpose: Some(purpose), categories, may_export: true, ..Draft::default() }, 0)
}

/// The same to the first clinician.
pub fn wide(world: &World, record: usize) -> Plan {
    plan_for(world, record, Whom::Named(0), Purpose::Treatment)
}

/// A grant of results alone.
pub fn narrow(world: &World, record: usize, whom: Whom) -> Plan {
    let categories = Categories::NONE.with(Category::Results);
    finished(world, record, whom, Draft { purpose: Some(Purpose::Treatment), categories, ..Draft::default() }, 0)
}

fn finished(world: &World, record: usize, whom: Whom, draft: Draft, trial: usize) -> Plan {
    let (kind, recipient, named) = match whom {
        Whom::Named(place) => {
            let clinician = &world.named[place];
            let grantee = Grantee::Clinician { account: clinician.actor.account(), organization: world.clinic };
            ("named", Recipient::Known(grantee), Named::Clinician { name: clinician.name.clone(), organization: super::CLINIC.to_owned() })
        }
        Whom::Anyone(profession) => {
            let professions = vec![profession.to_owned()];
            let grantee = Grantee::Professions { organization: world.clinic, professions: professions.clone() };
            ("profession", Recipient::Known(grantee), Named::Professions { professions, organization: super::CLINIC.to_owned() })
        }
        Whom::Code => ("code", Recipient::Code, Named::Code),
        Whom::Carer => ("carer", Recipient::CarerCode, Named::CarerCode),
    };
    let draft = Draft { recipient: Some(recipient), ..draft };
    let terms = draft.terms(world.today).unwrap_or_else(|problem| panic!("{record} {trial} {problem:?}"));
    Plan { kind, whom, sentence: Say::default().grant_sentence(&named, &terms), draft }
}
