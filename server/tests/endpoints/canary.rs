//! The strings by which a leak is known.

use std::collections::BTreeSet;

use chartkey_domain::{category::Category, emergency::Extent};

use super::{
    record::{mark, number},
    table::Caller,
    world::World,
};

/// Who may see a string, beside whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Nobody.
    Patient,
    /// Every grantee; those of an ended grant on `/shared`, and not among what is printed.
    Grantees,
    /// Who reads results.
    Readers,
}

struct Canary {
    text: String,
    owner: &'static str,
    audience: Audience,
    /// Whether the patient has a page that shows it.
    is_shown: bool,
}

pub struct Canaries {
    all: Vec<Canary>,
    sung: BTreeSet<String>,
}

impl Canaries {
    pub fn new() -> Self {
        let mut all = Vec::new();
        for owner in ["ada", "bea", "gil"] {
            let mut add = |text: String, audience, is_shown| all.push(Canary { text: text.to_lowercase(), owner, audience, is_shown });
            for category in Category::SHAREABLE.into_iter().chain([Category::Own]) {
                let slug = category.slug();
                let audience = if category == Category::Results { Audience::Readers } else { Audience::Patient };
                // The name of the Patient is that of the record.
                if category != Category::Details {
                    add(mark(owner, slug), audience, true);
                }
                add(mark(owner, &format!("raw{slug}")), Audience::Patient, true);
            }
            add(number(owner, "results"), Audience::Readers, true);
            add(number(owner, "second"), Audience::Readers, true);
            add(mark(owner, "second"), Audience::Readers, true);
            // Seen through the result that names them.
            add(mark(owner, "author"), Audience::Readers, true);
            for place in ["private", "lonely", "labelled"] {
                add(mark(owner, place), Audience::Patient, true);
                add(number(owner, place), Audience::Patient, true);
            }
            // A statement is seen by whoever sees its item, and one that was not said yet by nobody else.
            add(mark(owner, "wrongresults"), Audience::Readers, true);
            for place in ["wrongprivate", "wronglabelled", "speaks", "worded"] {
                add(mark(owner, place), Audience::Patient, true);
            }
            // What the patient wrote by hand, and what waits to be.
            for place in ["written", "writing", "note"] {
                add(mark(owner, place), Audience::Patient, true);
            }
            for place in ["elsewhere", "place", "encounter", "phone", "address", "bytes", "payor", "account", "mail", "purpose"] {
                add(mark(owner, place), Audience::Patient, true);
            }
            add(mark(owner, "name"), Audience::Grantees, true);
            add(mark(owner, "gone"), Audience::Patient, false);
        }
        for canary in &all {
            assert!(Found::of(&canary.text).has(&canary.text), "{} would not be found", canary.text);
        }
        Self { all, sung: BTreeSet::new() }
    }

    /// The strings in an answer that this caller must not see there. `what` ends with the path that was asked for.
    pub fn leaks(&mut self, world: &World, caller: Caller, what: &str, answer: &str) -> Vec<String> {
        let answer = answer.to_lowercase();
        let found = Found::of(&answer);
        let mut leaks = Vec::new();
        for canary in self.all.iter().filter(|canary| found.has(&canary.text)) {
            if is_for(canary, caller, what) {
                self.sung.insert(canary.text.clone());
            } else {
                leaks.push(canary.text.clone());
            }
        }
        // A code that waits is a secret between the patient and whom they tell.
        for (side, holder) in [(&world.ada, Caller::Patient), (&world.bea, Caller::OtherPatient)] {
            if caller != holder && answer.contains(&side.typed_code().to_lowercase()) {
                leaks.push(format!("the code of {}", side.owner));
            }
        }
        leaks
    }

    /// What no answer has shown to those who may see it: it would not have been
    /// found in a wrong one either.
    pub fn silent(&self) -> Vec<&str> {
        let shown = self.all.iter().filter(|canary| canary.is_shown && canary.owner != "gil");
        shown.map(|canary| canary.text.as_str()).filter(|text| !self.sung.contains(*text)).collect()
    }
}

fn is_for(canary: &Canary, caller: Caller, what: &str) -> bool {
    let path = what.split(' ').next_back().unwrap_or_default();
    // Looked at with the eyes of who reads results. What stands around the page names its account all the same.
    let is_seen =
        !path.contains("/preview") || canary.audience != Audience::Patient || canary.text == mark(canary.owner, "account").to_lowercase();
    // Whoever checks what a colleague has opened in an emergency has to know of whom.
    let is_checked = path.starts_with("/emergency") && canary.text == mark(canary.owner, "name").to_lowercase();
    match caller {
        Caller::NoGrant | Caller::NarrowGrant | Caller::Withdrawn if is_checked => true,
        Caller::NoGrant | Caller::NarrowGrant | Caller::Withdrawn if what.starts_with(OPENED) && is_in_summary(canary) => true,
        Caller::Patient => canary.owner == "ada" && is_seen,
        Caller::OtherPatient => canary.owner == "bea" && is_seen,
        Caller::NarrowGrant => canary.owner == "ada" && canary.audience != Audience::Patient,
        Caller::Withdrawn => {
            canary.owner == "ada" && canary.audience == Audience::Grantees && path.starts_with("/shared") && path != "/shared/print"
        }
        Caller::Anonymous | Caller::NoGrant => false,
    }
}

/// Where in an answer a string of a record may be: every mark begins alike, and every number ends alike. To look for each of them everywhere
/// would be most of the work of its test.
struct Found<'answer> {
    marks: Vec<&'answer str>,
    numbers: Vec<&'answer str>,
}

impl<'answer> Found<'answer> {
    fn of(answer: &'answer str) -> Self {
        let (begin, end) = (mark("", "").to_lowercase(), number("", ""));
        let end = &end[end.find('.').unwrap()..];
        Self {
            marks: answer.match_indices(&begin).map(|(at, _)| &answer[at..]).collect(),
            numbers: answer.match_indices(end).map(|(at, end)| &answer[..at + end.len()]).collect(),
        }
    }

    fn has(&self, text: &str) -> bool {
        self.marks.iter().any(|rest| rest.starts_with(text)) || self.numbers.iter().any(|until| until.ends_with(text))
    }
}

/// The page to which a clinician is led who has opened the record of Ada in an emergency.
const OPENED: &str = "after Own POST /api/open-emergency /record/";

/// What Ada has decided that it opens, without what has a label or is private.
fn is_in_summary(canary: &Canary) -> bool {
    let categories = Extent::Summary.categories();
    let mut places = categories.iter().map(Category::slug).chain(["name"]);
    canary.owner == "ada" && places.any(|place| canary.text == mark(canary.owner, place).to_lowercase())
}
