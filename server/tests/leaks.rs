//! What a reader may not see changes nothing that they can: not a page, a list, a count, an order, a search, a title, a
//! header, an entry in the log. Something that is kept from them comes in, is altered, is entered in error, is disputed or
//! is written, and everything that they can ask is answered as before.

mod harness;
mod leaking;
mod previewing;

use std::collections::BTreeMap;

use chartkey_ground::{Size, mutate::Dice, saw};
use leaking::{
    Reader,
    change::{Change, Kinds, change},
    meddles,
    sight::{Question, Sight, differences, questions, sight, without_the_line},
};
use previewing::{World, random};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// What was compared, so that it can be said that it was not nothing.
#[derive(Debug, Default)]
struct Compared {
    pairs: usize,
    /// Of these, how many were pages that were there.
    shown: usize,
    kinds: BTreeMap<Kinds, usize>,
    /// Pages that said that the patient is to be asked, and of how many that was another than before.
    asked: usize,
    turned: usize,
    /// Changes that are not compared, since they are meant to mark what others tell.
    meddled: usize,
    different: Vec<String>,
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_kept_from_a_reader_changes_nothing_for_them(_: PgPoolOptions, options: PgConnectOptions) {
    let trials = Size::of_environment().of(18, 120);
    let world = World::build(options).await;
    let (mut dice, mut compared) = (Dice(11), Compared::default());
    for trial in 0..trials {
        one(&world, &mut dice, trial, &mut compared).await;
    }
    let Compared { pairs, shown, kinds, asked, turned, meddled, different } = compared;
    saw(&format!(
        "{trials} readers × {} records, {pairs} answers compared, {shown} of them there ({kinds:?}), {} different; \
         told to ask before prescribing on {asked}, otherwise than before on {turned}; {meddled} changes left out",
        world.records.len(),
        different.len()
    ));
    assert!(different.is_empty(), "{}", different.join("\n\n"));
    assert!(pairs > 40 * trials && shown > pairs / 3, "{pairs} answers, {shown} there");
    // Of few readers, one kind may be possible for none.
    assert!(kinds.len() + 1 >= Kinds::ALL.len() && asked > 0, "{kinds:?}, {asked}");
}

/// One reader, one change.
async fn one(world: &World, dice: &mut Dice, trial: usize, compared: &mut Compared) {
    let record = trial % world.records.len();
    let plan = loop {
        let plan = random::plan(world, dice, record, trial).await;
        if plan.whom != random::Whom::Code {
            break plan;
        }
    };
    world.unsettle(record, &plan, dice).await;
    let mut reader = Reader::build(world, record, &plan).await;
    let asks = dice.below(2) == 0;
    world.house.portal.choose_asks_first(&world.own(record), asks).await.unwrap();
    let mut made = None;
    for attempt in 0..6 {
        // Where a kind of change cannot be kept from this reader, another can.
        let kind = Kinds::ALL[(trial + attempt / 3) % Kinds::ALL.len()];
        let Some(change) = change(world, &reader, dice, kind).await else { continue };
        made = around(world, &mut reader, dice, &change, &mut compared.meddled).await.map(|(before, after)| (change, before, after));
        if made.is_some() {
            break;
        }
    }
    let Some((change, before, after)) = made else { return reader.leave(world, dice).await };
    reader.leave(world, dice).await;
    let [(before, were), (after, are)] = [before, after].map(|sight| if asks { without_the_line(sight) } else { (sight, 0) });
    *compared.kinds.entry(change.kind).or_default() += 1;
    compared.pairs += before.len();
    compared.shown += before.values().filter(|said| said.starts_with("200")).count();
    compared.asked += are;
    compared.turned += are.abs_diff(were);
    // What somebody searches for is said to them again; no page has a word that only the change brings.
    let canary = change.words.last().map_or("", String::as_str);
    let told = after.iter().filter(|(question, said)| matches!(question, Question::Page(_)) && said.contains(canary));
    compared.different.extend(told.map(|(question, _)| format!("{question:?} has the words of {:?}", change.kind)));
    compared.different.extend(
        differences(&before, &after)
            .into_iter()
            .map(|said| format!("{:?} of {:?}, kept from whom is told {:?}: {said}", change.kind, change.places, plan.sentence)),
    );
}

/// What the reader sees before and after a change, with what they leave in the log; none where what has changed is not, after
/// all, kept from them.
async fn around(world: &World, reader: &mut Reader, dice: &mut Dice, change: &Change, meddled: &mut usize) -> Option<(Sight, Sight)> {
    if let Some(item) = change.item
        && meddles(world, reader.record, item).await
    {
        *meddled += 1;
        return None;
    }
    // Whoever looks sets a mark up to which they have seen everything.
    sight(world, reader, &[Question::Page(reader.address(world))]).await;
    tell_lists(world).await;
    let asked = questions(world, reader, dice, &change.places, &change.words).await;
    let mut seen = Vec::new();
    for is_after in [false, true] {
        if is_after {
            let item = change.happen(world, reader).await?;
            if meddles(world, reader.record, item).await {
                *meddled += 1;
                return None;
            }
            if !reader.is_kept(world, item).await {
                return None;
            }
            tell_lists(world).await;
        }
        let events = world.events(reader.record).await.len();
        let mut answers = sight(world, reader, &asked).await;
        let left = reader.left(world, events).await;
        answers.insert(Question::Page("(log)".to_owned()), serde_json::to_string_pretty(&left).unwrap());
        seen.push(answers);
    }
    let after = seen.pop()?;
    Some((seen.pop()?, after))
}

/// The lists of clinicians say what came in: the worker has done what it had to.
async fn tell_lists(world: &World) {
    while world.house.portal.note_next_unread().await.unwrap() {}
}

/// With a policy too many, the same comparison fails.
#[sqlx::test(migrations = "../migrations")]
async fn a_leak_that_is_planted_is_found(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::build(options).await;
    world.run("create policy planted on item for select using (patient_id = (select gate.shared_patient()))").await;
    let (mut dice, mut compared) = (Dice(5), Compared::default());
    let mut trials = 0;
    while trials < 60 && compared.different.is_empty() {
        one(&world, &mut dice, trials, &mut compared).await;
        trials += 1;
    }
    let different = compared.different.len();
    saw(&format!("with a policy that lets too much through: found with reader {trials}, in {different} answers"));
    assert!(different > 0, "{trials} readers, {} answers", compared.pairs);
}
