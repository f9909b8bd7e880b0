//! Random small worlds around one record, and an oracle that reads the rule of
//! sharing literally, item by item, without the table of the policy.

use chartkey_domain::{
    account::Actor,
    category::{Categories, Category},
    grant::{Dates, Grant, GrantState, Grantee, Purpose, Scope, Seen, Through},
    id::{AccountId, GrantId, ItemId, OrganizationId},
    item::{ItemFacts, PartFacts},
    label::Labels,
    policy::{InForce, Whom},
    when::{Interval, Precision},
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// The clinician who looks, at [`HERE`].
pub const LOOKS: AccountId = AccountId(Uuid::from_u128(0xa1));
/// A colleague at [`HERE`], who may have passed on a grant.
pub const COLLEAGUE: AccountId = AccountId(Uuid::from_u128(0xa2));
/// A carer of the patient.
pub const CARER: AccountId = AccountId(Uuid::from_u128(0xa3));
/// Where they work.
pub const HERE: OrganizationId = OrganizationId(Uuid::from_u128(0xb1));
/// Another place.
pub const ELSEWHERE: OrganizationId = OrganizationId(Uuid::from_u128(0xb2));

/// A record with everything in force around it, and who looks for what.
#[derive(Debug, Clone)]
pub struct World {
    pub items: Vec<ItemFacts>,
    pub in_force: InForce,
    pub actor: Actor,
    pub purpose: Option<Purpose>,
}

/// A small generator of random numbers (SplitMix64, Steele et al. 2014): the
/// same seed gives the same worlds everywhere.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap()
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    pub fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.number(), self.number())
    }
}

/// Few moments, so that edges meet; some a microsecond apart.
fn moment(dice: &mut Dice) -> OffsetDateTime {
    let base = dice.pick(&[
        datetime!(2019-01-01 0:00 UTC),
        datetime!(2020-06-15 12:00 UTC),
        datetime!(2022-01-01 0:00 UTC),
        datetime!(2023-03-03 3:03 UTC),
    ]);
    base + Duration::microseconds(dice.pick(&[-1, 0, 0, 0, 1]))
}

const CATEGORIES: [Category; 6] =
    [Category::Problems, Category::Medicines, Category::Allergies, Category::Results, Category::Visits, Category::Own];

fn item(dice: &mut Dice) -> ItemFacts {
    let category = dice.pick(&CATEGORIES);
    let first = moment(dice);
    let when = match dice.below(4) {
        0 => None,
        1 => Some(Interval { first, last: Some(first), precision: Precision::Instant }),
        2 => Some(Interval { first, last: Some(first.max(moment(dice))), precision: Precision::Day }),
        _ => Some(Interval { first, last: None, precision: Precision::Day }),
    };
    ItemFacts {
        id: ItemId(dice.id()),
        version: 1 + i32::from(dice.percent(30)),
        category,
        labels: labels(dice),
        labels_current: dice.percent(95),
        when,
        added_at: moment(dice),
        is_private: dice.percent(8),
    }
}

fn labels(dice: &mut Dice) -> Labels {
    Labels::from_bits(dice.pick(&[0, 0, 0, 0, 1, 1, 2, 3, 8, 63]))
}

fn grant(dice: &mut Dice, grantee: Grantee, items: &[ItemFacts], now: OffsetDateTime) -> Grant {
    let (from, to) = (moment(dice), moment(dice));
    let from = dice.percent(35).then_some(from);
    let to = (dice.percent(35) && from.is_none_or(|from| from < to)).then_some(to);
    let categories: Categories = CATEGORIES.into_iter().filter(|_| dice.percent(65)).collect();
    let categories = if categories.is_empty() { categories.with(Category::Results) } else { categories };
    let mut named = Vec::new();
    for item in items {
        if dice.percent(8) {
            let version = if dice.percent(80) { item.version } else { item.version + 1 };
            // A label may have come to it since.
            let labels = if dice.percent(80) { item.labels } else { labels(dice) };
            named.push(Seen { item: item.id, version, labels });
        }
    }
    let purpose = dice.pick(&[Purpose::Treatment; 8].into_iter().chain([Purpose::SecondOpinion, Purpose::Emergency]).collect::<Vec<_>>());
    // As the database has them: an emergency names one clinician, and ends.
    let is_emergency = purpose == Purpose::Emergency && matches!(grantee, Grantee::Clinician { .. });
    Grant {
        id: GrantId(dice.id()),
        grantee,
        purpose: if purpose == Purpose::Emergency && !is_emergency { Purpose::SecondOpinion } else { purpose },
        scope: Scope {
            categories,
            labels: labels(dice),
            dates: Dates { from, to },
            added_before: dice.percent(20).then(|| moment(dice)),
            named,
        },
        state: match dice.below(20) {
            0 => GrantState::Paused,
            1 => GrantState::Withdrawn,
            2 => GrantState::Replaced,
            _ => GrantState::Active,
        },
        starts_at: match dice.below(100) {
            _ if is_emergency => now - Duration::minutes(20),
            0..93 => now - Duration::days(2),
            _ => now + Duration::days(1),
        },
        ends_at: match dice.below(10) {
            // An hour, a moment more, less than has passed; and as no server gives one, without an end.
            place if is_emergency => {
                [Some(40), Some(41), Some(-1), Some(5), None][place % 5].map(|minutes| now + Duration::minutes(minutes))
            }
            0 => Some(now - Duration::days(1)),
            1..=6 => Some(now + Duration::days(30)),
            _ => None,
        },
        may_delegate: dice.percent(70) && !is_emergency,
        may_export: dice.percent(50) && !is_emergency,
        may_write: dice.percent(50) && !is_emergency,
        through: None,
    }
}

fn grantee(dice: &mut Dice) -> Grantee {
    match dice.below(12) {
        0..=4 => Grantee::Clinician { account: LOOKS, organization: HERE },
        5 => Grantee::Clinician { account: COLLEAGUE, organization: HERE },
        6 => Grantee::Clinician { account: LOOKS, organization: ELSEWHERE },
        7 => Grantee::Clinician { account: COLLEAGUE, organization: HERE },
        8 | 9 => Grantee::Professions { organization: HERE, professions: vec!["physician".into(), "nurse".into()] },
        10 => Grantee::Professions { organization: HERE, professions: vec!["pharmacist".into()] },
        _ => Grantee::Carer { account: CARER },
    }
}

/// At most one grant in force for each grantee and purpose, as in the database.
fn is_free(grants: &[Grant], grant: &Grant) -> bool {
    let place = |grant: &Grant| match &grant.grantee {
        Grantee::Clinician { account, organization } => (Some(*account), Some(*organization)),
        Grantee::Professions { organization, .. } => (None, Some(*organization)),
        Grantee::Carer { account } => (Some(*account), None),
    };
    let live = |grant: &Grant| matches!(grant.state, GrantState::Active | GrantState::Paused);
    !live(grant) || !grants.iter().any(|other| live(other) && other.purpose == grant.purpose && place(other) == place(grant))
}

/// One world. `now` is the time at which it will be asked.
pub fn world(dice: &mut Dice, now: OffsetDateTime) -> World {
    let items: Vec<_> = (0..12).map(|_| item(dice)).collect();
    let mut grants: Vec<Grant> = Vec::new();
    for _ in 0..3 + dice.below(6) {
        let grantee = grantee(dice);
        let mut grant = grant(dice, grantee, &items, now);
        let carried = match grant.grantee {
            Grantee::Clinician { account: LOOKS, .. } | Grantee::Professions { .. } => dice.percent(25),
            _ => false,
        };
        if carried {
            // On what it rests is any of them, also one that has no such giver.
            let parents: Vec<_> = grants.iter().filter(|grant| grant.through.is_none() || dice.percent(10)).collect();
            let giver = |parent: &Grant| match parent.grantee {
                Grantee::Clinician { account, .. } | Grantee::Carer { account } => account,
                Grantee::Professions { .. } => COLLEAGUE,
            };
            let parent = (!parents.is_empty()).then(|| dice.pick(&parents));
            let is_wrong = dice.percent(5);
            grant.through = parent.map(|parent| Through { parent: parent.id, giver: if is_wrong { LOOKS } else { giver(parent) } });
        }
        if is_free(&grants, &grant) {
            grants.push(grant);
        }
    }
    let whom = |dice: &mut Dice| {
        dice.pick(&[
            Whom::Account(LOOKS),
            Whom::Account(COLLEAGUE),
            Whom::Account(CARER),
            Whom::Organization(HERE),
            Whom::Organization(ELSEWHERE),
        ])
    };
    let blocks = if dice.percent(6) { vec![whom(dice)] } else { Vec::new() };
    let mut exclusions: Vec<(ItemId, Whom)> = Vec::new();
    for item in &items {
        if dice.percent(6) {
            exclusions.push((item.id, if dice.percent(10) { Whom::Everybody } else { whom(dice) }));
        }
    }
    let singled = items
        .iter()
        .filter(|item| {
            exclusions.iter().any(|(excluded, _)| *excluded == item.id)
                || grants.iter().any(|grant| grant.scope.named.iter().any(|seen| seen.item == item.id))
        })
        .cloned()
        .collect();
    let actor = if dice.percent(85) {
        Actor::Clinician { account: LOOKS, organization: HERE, profession: dice.pick(&["physician", "physician", "dentist"]).to_owned() }
    } else {
        Actor::Person { account: CARER }
    };
    let purpose =
        dice.pick(&[Some(Purpose::Treatment), Some(Purpose::Treatment), Some(Purpose::Treatment), Some(Purpose::SecondOpinion), None]);
    World { items, in_force: InForce { own: false, grants, blocks, exclusions, singled }, actor, purpose }
}

/// What the rule says of one item, read from top to bottom.
pub fn oracle(world: &World, item: &ItemFacts, now: OffsetDateTime) -> bool {
    let in_force = &world.in_force;
    let (account, organization, profession) = match &world.actor {
        Actor::Person { account } => (*account, None, None),
        Actor::Clinician { account, organization, profession } => (*account, Some(*organization), Some(profession.as_str())),
    };
    if in_force.own {
        return organization.is_none();
    }
    let matches = |whom: &Whom, account: AccountId, organization: Option<OrganizationId>| match whom {
        Whom::Account(named) => *named == account,
        Whom::Organization(named) => organization == Some(*named),
        Whom::Everybody => true,
    };
    let blocked = |account, organization| in_force.blocks.iter().any(|whom| matches(whom, account, organization));
    let excluded =
        |account, organization| in_force.exclusions.iter().any(|(id, whom)| *id == item.id && matches(whom, account, organization));
    if blocked(account, organization)
        || item.is_private
        || !item.labels_current
        || item.category == Category::Own
        || excluded(account, organization)
    {
        return false;
    }
    let running = |grant: &Grant| {
        grant.state == GrantState::Active
            && grant.starts_at <= now
            && grant.ends_at.unwrap_or(OffsetDateTime::new_utc(time::Date::MAX, time::Time::MIDNIGHT)) > now
    };
    in_force.grants.iter().any(|grant| {
        let for_me = match &grant.grantee {
            Grantee::Clinician { account: named, organization: at } => {
                let within_the_hour = grant.ends_at.is_some_and(|end| end <= grant.starts_at + Duration::hours(1));
                let on_purpose = if grant.purpose == Purpose::Emergency { within_the_hour } else { world.purpose == Some(grant.purpose) };
                *named == account && organization == Some(*at) && on_purpose
            }
            Grantee::Professions { organization: at, professions } => {
                organization == Some(*at)
                    && profession.is_some_and(|mine| professions.iter().any(|named| named == mine))
                    && grant.purpose != Purpose::Emergency
                    && world.purpose == Some(grant.purpose)
            }
            Grantee::Carer { account: named } => *named == account && organization.is_none(),
        };
        let ground = match grant.through {
            None => true,
            Some(Through { parent, giver }) => in_force.grants.iter().any(|candidate| {
                // Where the giver is: a carer is nowhere.
                let at = match &candidate.grantee {
                    Grantee::Clinician { account, organization } => (*account == giver).then_some(Some(*organization)),
                    Grantee::Professions { organization, .. } => Some(Some(*organization)),
                    Grantee::Carer { account } => (*account == giver).then_some(None),
                };
                candidate.id == parent
                    && candidate.through.is_none()
                    && candidate.may_delegate
                    && running(candidate)
                    && at.is_some_and(|at| !blocked(giver, at) && !excluded(giver, at))
                    && covered(candidate, item, now)
            }),
        };
        for_me && running(grant) && ground && covered(grant, item, now)
    })
}

/// What an item may have as a part: of one category, or of two that nothing tells apart.
pub fn part(dice: &mut Dice) -> PartFacts {
    let facts = item(dice);
    let categories = Categories::NONE.with(facts.category);
    let categories = if dice.percent(20) { categories.with(dice.pick(&CATEGORIES)) } else { categories };
    PartFacts { categories, labels: facts.labels, when: facts.when }
}

/// What the rule says of a part: it belongs somewhere, its item is seen, and so would be an item with the labels and the time
/// of the part that nobody has named, in each of its categories.
pub fn oracle_of_part(world: &World, item: &ItemFacts, part: &PartFacts, now: OffsetDateTime) -> bool {
    let mut unnamed = world.clone();
    unnamed.in_force.grants.iter_mut().for_each(|grant| grant.scope.named.clear());
    let as_item = |category| ItemFacts { category, labels: part.labels, when: part.when, ..item.clone() };
    !part.categories.is_empty()
        && oracle(world, item, now)
        && part.categories.iter().all(|category| oracle(&unnamed, &as_item(category), now))
}

/// What the rule says of words about an item that have labels of their own: the item is seen, and so would be one with
/// those labels, too, that nobody has named. Words that add no label go with the item.
pub fn oracle_of_words(world: &World, item: &ItemFacts, with: Labels, now: OffsetDateTime) -> bool {
    let mut unnamed = world.clone();
    unnamed.in_force.grants.iter_mut().for_each(|grant| grant.scope.named.clear());
    let adds = with.iter().any(|label| !item.labels.contains(label));
    let with_both = ItemFacts { labels: item.labels.union(with), ..item.clone() };
    oracle(world, item, now) && (!adds || oracle(&unnamed, &with_both, now))
}

/// Rule 4, on intervals.
fn covered(grant: &Grant, item: &ItemFacts, now: OffsetDateTime) -> bool {
    let scope = &grant.scope;
    let as_seen = |seen: &&Seen| seen.version == item.version && item.labels.iter().all(|label| seen.labels.contains(label));
    if scope.named.iter().filter(|seen| seen.item == item.id).any(|seen| as_seen(&seen)) {
        return true;
    }
    let Dates { from, to } = scope.dates;
    let dated = match item.when {
        _ if item.category == Category::Allergies => true,
        None => from.is_none() && to.is_none(),
        Some(Interval { first, last: None, .. }) if item.category.reaches_to_today() => {
            // From `first` up to today overlaps [from, to).
            (from.is_none() && to.is_none()) || (from.is_none_or(|from| from <= now) && to.is_none_or(|to| first < to))
        }
        Some(Interval { first, last, .. }) => {
            let ends_inside = match (last, to) {
                (_, None) => true,
                (Some(last), Some(to)) => last < to,
                (None, Some(_)) => false,
            };
            from.is_none_or(|from| from <= first) && ends_inside
        }
    };
    scope.categories.contains(item.category)
        && item.labels.iter().all(|label| scope.labels.contains(label))
        && dated
        && scope.added_before.is_none_or(|before| item.added_at < before)
}
