//! Whoever changes a log, or what was signed over it, is found by whoever checks it.

use std::{io::Write, time::Instant};

use chartkey_evidence::{
    BEGINNING, Digest,
    chain::link,
    check::{CHAIN, Check, END, EVENTS, Fault, Leaf, Memory, Report, Seen},
    hex,
    key::Key,
    root::{Restored, Root, Signed, back, way},
    tree,
};
use ed25519_dalek::{Signer, SigningKey};

const NAME: &str = "patient/0190c2a4-0000-7000-8000-000000000001";
const AT: &str = "2026-11-27T01:00:00Z";

/// Says what was seen, also where the output of tests that pass is kept back, as `make prove` reads it.
fn saw(text: &str) {
    let _ = writeln!(std::io::stderr(), "proof: {text}");
}

/// Entries with the hashes that are stored beside them.
type Entries = Vec<(Digest, Vec<u8>)>;

fn entry(place: u64) -> Vec<u8> {
    format!("{{\"at\":\"2026-11-26T10:00:00Z\",\"what\":{{\"action\":\"read\",\"items\":{place}}},\"why\":{{\"kind\":\"own\"}}}}")
        .into_bytes()
}

/// The hashes anew, from the start.
fn follow(events: impl IntoIterator<Item = Vec<u8>>) -> Entries {
    let mut previous = BEGINNING;
    (1..)
        .zip(events)
        .map(|(seq, event)| {
            previous = link(NAME, seq, &previous, &event);
            (previous, event)
        })
        .collect()
}

fn entries(count: u64) -> Entries {
    follow((1..=count).map(entry))
}

/// What signs.
struct House {
    signing: SigningKey,
    keys: Vec<Key>,
    roots: Vec<Signed>,
    leaf: Option<Leaf>,
    restored: Option<Restored>,
}

impl House {
    fn new() -> Self {
        let signing = SigningKey::from_bytes(&[1; 32]);
        let first = Key { public: signing.verifying_key().to_bytes(), from: 1, at: AT.to_owned(), before: None, endorsement: None };
        Self { signing, keys: vec![first], roots: Vec::new(), leaf: None, restored: None }
    }

    /// Signs a root that holds the chain up to this place.
    fn seal(&mut self, entries: &Entries, seq: u64) {
        let number = self.roots.len() as u64 + 1;
        let salt = [number as u8; 32];
        let own = tree::leaf(&salt, NAME, seq, &entries[seq as usize - 1].0);
        let size = 1 << tree::LOWEST;
        let leaves = (1..size as u64).map(|other| tree::filling(&link("salt", other, &salt, b""))).chain([own]).collect();
        let nodes = tree::grow(leaves);
        let place = nodes[..size].iter().position(|node| *node == own).unwrap();
        let (mut way, mut level, mut at, mut width) = (Vec::new(), 0, place, size);
        while width > 1 {
            way.push(nodes[level + (at ^ 1)]);
            (level, at, width) = (level + width, at / 2, width / 2);
        }
        let hash = |number: u64| number.checked_sub(1).map_or(BEGINNING, |place| self.roots[place as usize].root.hash());
        let root = Root {
            number,
            at: AT.to_owned(),
            height: tree::LOWEST,
            tree: *nodes.last().unwrap(),
            previous: hash(number - 1),
            skip: hash(back(number)),
            restored: self.restored.clone(),
            key: self.signing.verifying_key().to_bytes(),
        };
        self.leaf = Some(Leaf { seq, salt, place: place as u64, way });
        self.roots.push(self.sign(root));
    }

    fn sign(&self, root: Root) -> Signed {
        Signed { signature: self.signing.sign(root.text().as_bytes()).to_bytes(), root }
    }

    /// Goes on with another key, with the word of the one before or without.
    fn change_key(&mut self, secret: u8, is_endorsed: bool) {
        let before = std::mem::replace(&mut self.signing, SigningKey::from_bytes(&[secret; 32]));
        let mut key = Key {
            public: self.signing.verifying_key().to_bytes(),
            from: self.roots.len() as u64 + 1,
            at: AT.to_owned(),
            before: Some(before.verifying_key().to_bytes()),
            endorsement: None,
        };
        if is_endorsed {
            key.endorsement = Some(before.sign(key.text().as_bytes()).to_bytes());
        }
        self.keys.push(key);
    }

    /// The text that `/activity` gives, with the way back to what was seen.
    fn text(&self, entries: &Entries, seen: Option<&Seen>) -> Vec<u8> {
        let mut text = format!("{CHAIN} {NAME}\n");
        for key in &self.keys {
            text += &format!("{}\n", key.line());
        }
        let newest = self.roots.len() as u64;
        let numbers = match seen {
            Some(seen) if (1..=newest).contains(&seen.number) => way(newest, seen.number),
            _ => (newest > 0).then_some(newest).into_iter().collect(),
        };
        for number in numbers {
            text += &format!("{}\n", self.roots[number as usize - 1].line());
        }
        if let Some(leaf) = &self.leaf {
            text += &format!("{}\n", leaf.line());
        }
        let mut text = format!("{text}{EVENTS}\n").into_bytes();
        for (hash, event) in entries {
            text.extend_from_slice(format!("{} ", hex(hash)).as_bytes());
            text.extend_from_slice(event);
            text.push(b'\n');
        }
        text.extend_from_slice(format!("{END} {}\n", entries.len()).as_bytes());
        text
    }

    fn check(&self, entries: &Entries, seen: Option<&Seen>) -> Report {
        checked(&self.text(entries, seen), seen.cloned())
    }
}

fn checked(text: &[u8], seen: Option<Seen>) -> Report {
    let mut check = Check::new(seen);
    // In pieces that end anywhere.
    text.chunks(997).for_each(|piece| check.feed(piece));
    let report = check.finish();
    assert_eq!(Report::parse(report.to_string().split(" remember=").next().unwrap()), Some(report.clone()));
    report
}

#[test]
fn an_untouched_log_is_sound_and_what_is_newer_than_the_root_is_said() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 57);
    let report = house.check(&log, None);
    assert_eq!((report.fault, report.entries, report.seen), (None, 60, None));
    assert_eq!(report.root.as_ref().map(|root| (root.number, root.seq)), Some((1, 57)));
    assert_eq!(report.sentences(), ["follow", "held", "newer", "unseen", "key", "past"]);
    let seen = report.to_remember().unwrap();
    let longer = entries(70);
    for _ in 0..40 {
        house.seal(&longer, 68);
    }
    let later = house.check(&longer, Some(&seen));
    assert_eq!((later.fault, later.seen), (None, Some((Memory::Browser, 1))));
    assert_eq!(later.sentences(), ["follow", "held", "seen-browser", "newer", "key", "past"]);
    assert_eq!(Seen::parse(&seen.text()), Some(seen));
}

#[test]
fn before_anything_was_signed_the_report_says_so() {
    let report = House::new().check(&entries(3), None);
    assert_eq!((report.fault, report.root.is_none()), (None, true));
    assert_eq!(report.sentences(), ["follow", "unsigned", "unseen", "past"]);
    let later = House::new().check(&entries(5), report.to_remember().as_ref());
    assert_eq!(later.fault, None);
    let other = House::new().check(&follow([b"{}".to_vec()]), report.to_remember().as_ref());
    assert_eq!(other.fault, Some(Fault::NotAsSeen(3)), "even without a root a browser remembers what it saw");
}

/// Six ways to change a log at a place, and what is found.
fn tamperings(log: &Entries, place: usize) -> [(&'static str, Entries, Fault); 6] {
    let at = place as u64 + 1;
    let mut updated = log.clone();
    updated[place].1 = b"{\"at\":\"2026-11-26T10:00:00Z\"}".to_vec();
    let mut deleted = log.clone();
    deleted.remove(place);
    let mut inserted = log.clone();
    let before = place.checked_sub(1).map_or(BEGINNING, |before| log[before].0);
    inserted.insert(place, (link(NAME, at, &before, b"{}"), b"{}".to_vec()));
    let mut reordered = log.clone();
    reordered.swap(place, place + 1);
    let cut = log[..=place].to_vec();
    let mut events: Vec<_> = log.iter().map(|(_, event)| event.clone()).collect();
    events[place] = b"{}".to_vec();
    [
        ("update", updated, Fault::Entry(at)),
        ("delete", deleted, Fault::Entry(at)),
        ("insert", inserted, Fault::Entry(at + 1)),
        ("reorder", reordered, Fault::Entry(at)),
        ("cut tail", cut, Fault::CutOff(at + 1)),
        ("rewrite", follow(events), Fault::WrittenAnew(log.len() as u64)),
    ]
}

#[test]
fn six_kinds_of_tampering_at_fifty_places_are_found() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 60);
    let mut found = 0;
    for place in 0..50 {
        for (kind, tampered, fault) in tamperings(&log, place) {
            assert_eq!(house.check(&tampered, None).fault, Some(fault), "{kind} at {place}");
            found += 1;
        }
    }
    assert_eq!(found, 300);
    saw(&format!("{found} of 300 changes to a log found"));
}

/// Whoever has the key, too, signs what they like; a browser that has looked before finds it.
#[test]
fn what_somebody_with_the_key_has_changed_is_found_by_a_browser_that_looked_before() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 60);
    let seen = house.check(&log, None).to_remember().unwrap();
    for place in [0, 20, 58] {
        for (kind, tampered, _) in tamperings(&log, place) {
            let tampered = follow(tampered.into_iter().map(|(_, event)| event));
            let mut forged = House::new();
            forged.seal(&log, 60);
            forged.seal(&tampered, tampered.len() as u64);
            assert_eq!(forged.check(&tampered, None).fault, None, "{kind}: with the key everything fits");
            assert_eq!(forged.check(&tampered, Some(&seen)).fault, Some(Fault::NotAsSeen(60)), "{kind} at {place}");
        }
    }
}

#[test]
fn an_altered_a_forked_and_an_older_root_are_found() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 50);
    house.seal(&log, 60);
    let text = String::from_utf8(house.text(&log, None)).unwrap();
    let newest = &house.roots[1];
    for (what, altered) in [
        ("its time", text.replacen("2 2026-11-27T01", "2 2026-11-27T02", 1)),
        ("its number", text.replacen("chartkey-root-1 2 ", "chartkey-root-1 3 ", 1)),
        ("the one before", text.replacen(&hex(&newest.root.previous), &hex(&[9; 32]), 1)),
        ("its signature", text.replacen(&hex(&newest.signature), &hex(&house.roots[0].signature), 1)),
    ] {
        assert_ne!(altered, text, "{what}");
        assert_eq!(checked(altered.as_bytes(), None).fault, Some(Fault::Signature), "{what}");
    }
    let altered = text.replacen(&hex(&newest.root.tree), &hex(&[9; 32]), 1);
    assert_eq!(checked(altered.as_bytes(), None).fault, Some(Fault::WrittenAnew(60)), "its tree");

    let seen = house.check(&log, None).to_remember().unwrap();
    let mut forked = House::new();
    forked.seal(&log, 50);
    forked.seal(&log, 55);
    forked.seal(&log, 60);
    assert_eq!(forked.check(&log, Some(&seen)).fault, Some(Fault::OtherLine), "another root of the same number");
    let mut older = House::new();
    older.seal(&log, 50);
    assert_eq!(older.check(&log, Some(&seen)).fault, Some(Fault::OlderRoot));
    assert_eq!(House::new().check(&log, Some(&seen)).fault, Some(Fault::OlderRoot), "no root any more");
    house.leaf = None;
    house.seal(&log, 60);
    house.leaf = None;
    assert_eq!(house.check(&log, Some(&seen)).fault, Some(Fault::NotInRoot));
}

#[test]
fn a_new_key_needs_the_word_of_the_one_before() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 60);
    let seen = house.check(&log, None).to_remember().unwrap();
    house.change_key(2, true);
    house.seal(&log, 60);
    assert_eq!(house.check(&log, Some(&seen)).fault, None);
    house.change_key(3, false);
    house.seal(&log, 60);
    assert_eq!(house.check(&log, Some(&seen)).fault, Some(Fault::ForeignKey));
    assert_eq!(house.check(&log, None).fault, None, "who has seen nothing cannot know");

    // Signed with a key that is named, and was not in force.
    let root = house.roots[2].root.clone();
    house.roots[2] = Signed { signature: SigningKey::from_bytes(&[2; 32]).sign(root.text().as_bytes()).to_bytes(), root };
    assert_eq!(house.check(&log, None).fault, Some(Fault::Signature));
    let key = SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes();
    let root = Root { key, ..house.roots[2].root.clone() };
    house.roots[2] = Signed { signature: SigningKey::from_bytes(&[2; 32]).sign(root.text().as_bytes()).to_bytes(), root };
    assert_eq!(house.check(&log, None).fault, Some(Fault::Signature), "a key that was followed by another signs no more");
}

#[test]
fn whoever_knows_the_key_finds_another_without_having_looked_before() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 60);
    let text = house.text(&log, None);
    let known = |key: [u8; 32]| {
        let mut check = Check::new(None).signed_by(key);
        check.feed(&text);
        check.finish().fault
    };
    assert_eq!(known(house.keys[0].public), None);
    assert_eq!(known(SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes()), Some(Fault::Signature));
}

#[test]
fn a_restore_that_the_roots_tell_of_is_told_once() {
    let (mut house, log) = (House::new(), entries(60));
    house.seal(&log, 60);
    let seen = house.check(&log, None).to_remember().unwrap();
    house.restored = Some(Restored { since: 2, to: "2026-11-26T20:00:00Z".to_owned() });
    let cut = follow((1..=40).chain([99, 98]).map(entry));
    house.seal(&cut, 42);
    let report = house.check(&cut, Some(&seen));
    assert_eq!(report.fault, Some(Fault::NotAsSeen(60)));
    assert_eq!(report.sentences(), ["not-as-seen", "restored", "what-to-do", "begin-anew"]);
    let seen = report.to_remember().unwrap();
    let report = house.check(&cut, Some(&seen));
    assert_eq!((report.fault, report.root.unwrap().restored_to), (None, None));
}

#[test]
fn what_is_not_whole_or_not_of_the_form_says_nothing() {
    let (mut house, log) = (House::new(), entries(9));
    house.seal(&log, 9);
    let text = house.text(&log, None);
    for end in 0..text.len() {
        assert_eq!(checked(&text[..end], None).fault, Some(Fault::Unreadable), "{end} bytes");
    }
    let whole = String::from_utf8(text).unwrap();
    for other in [
        format!("{whole}\n"),
        format!("{whole}more\n"),
        whole.replace("chartkey-end-1 9", "chartkey-end-1 8"),
        whole.replacen("chartkey-leaf-1", "chartkey-leaf-2", 1),
        whole.replacen("{\"at\"", "\n", 1),
        whole.replacen("chartkey-chain-1 ", "chartkey-chain-1  ", 1),
        whole.replacen("chartkey-key-1", "chartkey-key", 1),
    ] {
        assert_eq!(checked(other.as_bytes(), None).fault, Some(Fault::Unreadable), "{other}");
    }
}

/// Prints how long a million entries take. It can only fail by being wrong.
#[test]
fn a_million_entries_are_checked() {
    let count = 1_000_000;
    let (mut house, log) = (House::new(), entries(count));
    house.seal(&log, count);
    let text = house.text(&log, None);
    let begun = Instant::now();
    let mut check = Check::new(None);
    text.chunks(65_536).for_each(|piece| check.feed(piece));
    let report = check.finish();
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!((report.fault, report.entries), (None, count));
    saw(&format!("{count} entries, {} MB, checked in {seconds:.2} s", text.len() / 1_000_000));
}
