//! Checking one's own chain: every entry, the head in a signed root, and that root against the
//! last one that was seen.
//!
//! What is checked is a text of lines, as `/activity` gives it to the patient alone, in any
//! pieces, so that a long log needs little memory:
//!
//! ```text
//! chartkey-chain-1 NAME
//! chartkey-key-1 …           every key, oldest first
//! chartkey-root-1 …          the newest root, then the way back to what was seen
//! chartkey-leaf-1 SEQ SALT PLACE WAY    the head in that root; WAY is hashes with commas
//! chartkey-seen-1 NUMBER HASH SEQ HEAD  what the server remembers for the account
//! chartkey-events-1
//! HASH EVENT                 each entry from the first on
//! chartkey-end-1 COUNT
//! ```
//!
//! Keys, roots and the leaf are missing while nothing has been signed; `seen` while nothing was
//! checked.

use std::fmt;

use crate::{
    BEGINNING, Digest,
    chain::link,
    fields::{bytes, fields, hex, number, optional, or_dash, split},
    key::{self, Key, Public},
    root::Signed,
    tree,
};

/// The names of the lines, for whoever writes them.
pub const CHAIN: &str = "chartkey-chain-1";
/// See [`CHAIN`].
pub const LEAF: &str = "chartkey-leaf-1";
/// See [`CHAIN`].
pub const SEEN: &str = "chartkey-seen-1";
/// See [`CHAIN`].
pub const EVENTS: &str = "chartkey-events-1";
/// See [`CHAIN`].
pub const END: &str = "chartkey-end-1";

/// A line of more bytes is none: what is not read to its end is not kept in memory either.
const LONGEST_LINE: usize = 1 << 20;
/// More keys and roots than there can be between two looks.
const MOST_LINES: usize = 10_000;

/// What was seen at an earlier check: a root, and the own chain as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The number of the root; 0: nothing had been signed.
    pub number: u64,
    /// Its hash.
    pub root: Digest,
    /// The last entry that was there.
    pub seq: u64,
    /// Its hash.
    pub head: Digest,
}

impl Seen {
    /// `NUMBER HASH SEQ HEAD`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {} {} {}", self.number, hex(&self.root), self.seq, hex(&self.head))
    }

    /// Reads that.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [place, root, seq, head] = split(text)?;
        Some(Self { number: number(place)?, root: bytes(root)?, seq: number(seq)?, head: bytes(head)? })
    }
}

/// The head of a chain in the tree of the newest root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The last entry that the root holds.
    pub seq: u64,
    /// What its leaf is blinded with.
    pub salt: Digest,
    /// Where the leaf stands.
    pub place: u64,
    /// What stands beside the way to the root, from the leaf on.
    pub way: Vec<Digest>,
}

impl Leaf {
    /// The line.
    #[must_use]
    pub fn line(&self) -> String {
        let way: Vec<_> = self.way.iter().map(|beside| hex(beside)).collect();
        let way = or_dash((!way.is_empty()).then(|| way.join(",")));
        format!("{LEAF} {} {} {} {way}", self.seq, hex(&self.salt), self.place)
    }

    fn parse(line: &str) -> Option<Self> {
        let [seq, salt, place, way] = fields(line, LEAF)?;
        let way = optional(way, |way| way.split(',').map(bytes).collect::<Option<_>>())?;
        Some(Self { seq: number(seq)?, salt: bytes(salt)?, place: number(place)?, way: way.unwrap_or_default() })
    }
}

/// Who remembered what was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// This browser.
    Browser,
    /// The server, for the account.
    Account,
}

/// What is wrong. Of several the first of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// What came is not of this form, or not whole: nothing can be said.
    Unreadable,
    /// The entry at this place does not follow from those before it: it was changed, put in or
    /// moved, or one before it was taken out.
    Entry(u64),
    /// The signed root holds an entry at this place that is not there: the end was cut off.
    CutOff(u64),
    /// The signed root holds another entry at this place: the chain was written anew.
    WrittenAnew(u64),
    /// The newest root does not hold the chain, which is older.
    NotInRoot,
    /// The root was not signed by the key that it names, or the keys do not follow one another.
    Signature,
    /// The root was signed with a key for which the one that was seen before has not given its word.
    ForeignKey,
    /// The newest root is older than the one that was seen.
    OlderRoot,
    /// The root that was seen is not in the line of the newest.
    OtherLine,
    /// What was seen held an entry at this place that is not there now, or another one.
    NotAsSeen(u64),
}

impl Fault {
    /// Its name and its place, 0 where it has none.
    #[must_use]
    pub const fn word(self) -> (&'static str, u64) {
        match self {
            Self::Unreadable => ("unreadable", 0),
            Self::Entry(place) => ("entry", place),
            Self::CutOff(place) => ("cut-off", place),
            Self::WrittenAnew(place) => ("written-anew", place),
            Self::NotInRoot => ("not-in-root", 0),
            Self::Signature => ("signature", 0),
            Self::ForeignKey => ("foreign-key", 0),
            Self::OlderRoot => ("older-root", 0),
            Self::OtherLine => ("other-line", 0),
            Self::NotAsSeen(place) => ("not-as-seen", place),
        }
    }

    /// Whether it is only beside what was seen before that something is wrong: the same would be
    /// found for ever, so whoever has had it explained to them may begin anew.
    const fn is_of_memory(self) -> bool {
        matches!(self, Self::ForeignKey | Self::OlderRoot | Self::OtherLine | Self::NotAsSeen(_))
    }

    fn parse(word: &str, place: u64) -> Option<Self> {
        let all = [
            Self::Unreadable,
            Self::Entry(place),
            Self::CutOff(place),
            Self::WrittenAnew(place),
            Self::NotInRoot,
            Self::Signature,
            Self::ForeignKey,
            Self::OlderRoot,
            Self::OtherLine,
            Self::NotAsSeen(place),
        ];
        all.into_iter().find(|fault| fault.word() == (word, place))
    }
}

/// What was checked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What is wrong, if anything is.
    pub fault: Option<Fault>,
    /// Entries that were computed.
    pub entries: u64,
    /// The hash of the last.
    pub head: Digest,
    /// The newest root; none: nothing has been signed yet.
    pub root: Option<Under>,
    /// What it was compared with: who remembered it, and the number of its root.
    pub seen: Option<(Memory, u64)>,
}

/// The root that a chain stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Under {
    /// Its number.
    pub number: u64,
    /// When it was signed.
    pub at: String,
    /// Its hash.
    pub hash: Digest,
    /// The key that signed it.
    pub key: Public,
    /// The last entry that it holds; 0: the chain is younger.
    pub seq: u64,
    /// The moment to which the database was put back since what was seen, if it was.
    pub restored_to: Option<String>,
}

impl Report {
    /// What to remember for the next check. None after a fault; but what a restore has cut off
    /// is told once, since a signed root says so from then on.
    #[must_use]
    pub fn to_remember(&self) -> Option<Seen> {
        let is_restored = self.root.as_ref().is_some_and(|root| root.restored_to.is_some());
        match self.fault {
            None => {}
            Some(Fault::NotAsSeen(_)) if is_restored => {}
            Some(_) => return None,
        }
        let (number, root) = self.root.as_ref().map_or((0, BEGINNING), |root| (root.number, root.hash));
        Some(Seen { number, root, seq: self.entries, head: self.head })
    }

    /// What there is to say of it, by names of sentences: of what was checked first, then of what
    /// was not; after a fault what it is, and what to do.
    #[must_use]
    pub fn sentences(&self) -> Vec<&'static str> {
        if let Some(fault) = self.fault {
            let is_restored = self.root.as_ref().is_some_and(|root| root.restored_to.is_some());
            let next = if fault == Fault::Unreadable { "again" } else { "what-to-do" };
            let anew = fault.is_of_memory().then_some("begin-anew");
            return [Some(fault.word().0), is_restored.then_some("restored"), Some(next), anew].into_iter().flatten().collect();
        }
        let (is_held, is_longer) = self.root.as_ref().map_or((false, false), |root| (root.seq > 0, root.seq < self.entries));
        let seen = match self.seen {
            Some((Memory::Browser, 1..)) => "seen-browser",
            Some((Memory::Account, 1..)) => "seen-account",
            _ => "unseen",
        };
        let signed = if self.root.is_some() { "not-held" } else { "unsigned" };
        let said = [
            Some("follow"),
            is_held.then_some("held"),
            (seen != "unseen").then_some(seen),
            (is_held && is_longer).then_some("newer"),
            (!is_held).then_some(signed),
            (seen == "unseen").then_some(seen),
            self.root.as_ref().map(|_| "key"),
            Some("past"),
        ];
        said.into_iter().flatten().collect()
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ').map(|word| word.split_once('=').unwrap_or_default());
        let mut next = |name: &str| words.next().filter(|(found, _)| *found == name).map(|(_, value)| value);
        let (fault, place) = (next("fault")?, number(next("place")?)?);
        let entries = number(next("entries")?)?;
        let head = bytes(next("head")?)?;
        let (place_of_root, at, hash) = (number(next("root")?)?, next("at")?, next("hash")?);
        let (key, seq, restored) = (next("key")?, number(next("held")?)?, next("restored")?);
        let (memory, seen) = (next("memory")?, number(next("seen")?)?);
        let root = if place_of_root == 0 {
            None
        } else {
            let restored_to = (restored != "-").then(|| restored.to_owned());
            Some(Under { number: place_of_root, at: at.to_owned(), hash: bytes(hash)?, key: bytes(key)?, seq, restored_to })
        };
        let seen = match memory {
            "browser" => Some((Memory::Browser, seen)),
            "account" => Some((Memory::Account, seen)),
            _ => None,
        };
        let fault = if fault == "-" { None } else { Some(Fault::parse(fault, place)?) };
        Some(Self { fault, entries, head, root, seen })
    }
}

/// One line of `name=value`, for whoever has no types.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fault, place) = self.fault.map_or(("-", 0), Fault::word);
        write!(f, "fault={fault} place={place} entries={} head={}", self.entries, hex(&self.head))?;
        match &self.root {
            Some(Under { number, at, hash, key, seq, restored_to }) => {
                let restored = or_dash(restored_to.clone());
                write!(f, " root={number} at={at} hash={} key={} held={seq} restored={restored}", hex(hash), hex(key))?;
            }
            None => f.write_str(" root=0 at=- hash=- key=- held=0 restored=-")?,
        }
        match self.seen {
            Some((Memory::Browser, number)) => write!(f, " memory=browser seen={number}")?,
            Some((Memory::Account, number)) => write!(f, " memory=account seen={number}")?,
            None => f.write_str(" memory=- seen=0")?,
        }
        let remember = or_dash(self.to_remember().map(|seen| seen.text().replace(' ', ".")));
        write!(f, " remember={remember} say={}", self.sentences().join(","))
    }
}

/// A check that goes on.
#[derive(Debug)]
pub struct Check {
    /// What was not a whole line yet.
    rest: Vec<u8>,
    at: Part,
    chain: String,
    keys: Vec<Key>,
    roots: Vec<Signed>,
    leaf: Option<Leaf>,
    seen: Option<(Memory, Seen)>,
    /// The key that signs now, where that is known.
    signer: Option<Public>,
    entries: u64,
    head: Digest,
    /// The hash at the last place that the root holds, and at the one that was seen.
    held: Option<Digest>,
    remembered: Option<Digest>,
    bad_entry: Option<u64>,
}

/// Which lines come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Chain,
    Proof,
    Events,
    Over,
    Unreadable,
}

impl Check {
    /// Begins with what this browser remembers, if it does: then it counts instead of what the
    /// server remembers.
    #[must_use]
    pub fn new(seen: Option<Seen>) -> Self {
        Self {
            rest: Vec::new(),
            at: Part::Chain,
            chain: String::new(),
            keys: Vec::new(),
            roots: Vec::new(),
            leaf: None,
            seen: seen.map(|seen| (Memory::Browser, seen)),
            signer: None,
            entries: 0,
            head: BEGINNING,
            held: None,
            remembered: None,
            bad_entry: None,
        }
    }

    /// The same for somebody who knows which key signs now.
    #[must_use]
    pub fn signed_by(mut self, signer: Public) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Takes the next piece.
    pub fn feed(&mut self, mut piece: &[u8]) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, after) = piece.split_at(end);
            piece = after.get(1..).unwrap_or_default();
            if self.rest.is_empty() {
                self.line(line);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole);
                // The room is used again.
                whole.clear();
                self.rest = whole;
            }
        }
        if self.rest.len() + piece.len() > LONGEST_LINE {
            self.at = Part::Unreadable;
            self.rest.clear();
        } else {
            self.rest.extend_from_slice(piece);
        }
    }

    fn line(&mut self, line: &[u8]) {
        let read = match self.at {
            Part::Events => self.event(line),
            Part::Chain | Part::Proof => std::str::from_utf8(line).ok().and_then(|line| self.proof(line)),
            Part::Over | Part::Unreadable => None,
        };
        self.at = read.unwrap_or(Part::Unreadable);
    }

    fn proof(&mut self, line: &str) -> Option<Part> {
        if self.at == Part::Chain {
            let [chain] = fields(line, CHAIN)?;
            chain.clone_into(&mut self.chain);
            return Some(Part::Proof);
        }
        if line == EVENTS {
            return Some(Part::Events);
        }
        if self.keys.len() + self.roots.len() > MOST_LINES {
            return None;
        }
        if let Some(key) = Key::parse(line) {
            self.keys.push(key);
        } else if let Some(root) = Signed::parse(line) {
            self.roots.push(root);
        } else if let Some(leaf) = Leaf::parse(line).filter(|_| self.leaf.is_none()) {
            self.leaf = Some(leaf);
        } else {
            let seen = Seen::parse(line.strip_prefix(SEEN)?.strip_prefix(' ')?)?;
            self.seen.get_or_insert((Memory::Account, seen));
        }
        Some(Part::Proof)
    }

    fn event(&mut self, line: &[u8]) -> Option<Part> {
        if let Some([count]) = std::str::from_utf8(line).ok().and_then(|line| fields(line, END)) {
            return (number(count)? == self.entries).then_some(Part::Over);
        }
        let (hash, event) = line.split_at_checked(64)?;
        let hash = bytes::<32>(std::str::from_utf8(hash).ok()?)?;
        let event = event.strip_prefix(b" ")?;
        self.entries += 1;
        let follows = link(&self.chain, self.entries, &self.head, event) == hash;
        if !follows && self.bad_entry.is_none() {
            self.bad_entry = Some(self.entries);
        }
        self.head = hash;
        if self.leaf.as_ref().is_some_and(|leaf| leaf.seq == self.entries) {
            self.held = Some(hash);
        }
        if self.seen.as_ref().is_some_and(|(_, seen)| seen.seq == self.entries) {
            self.remembered = Some(hash);
        }
        Some(Part::Events)
    }

    /// Ends it, after the last piece.
    #[must_use]
    pub fn finish(self) -> Report {
        let is_whole = self.at == Part::Over && self.rest.is_empty();
        let fault = if is_whole { self.fault() } else { Some(Fault::Unreadable) };
        let seen = self.seen.as_ref().map(|(memory, seen)| (*memory, seen.number));
        let since = seen.map_or(0, |(_, number)| number);
        let root = self.roots.first().map(|signed| Under {
            number: signed.root.number,
            at: signed.root.at.clone(),
            hash: signed.root.hash(),
            key: signed.root.key,
            seq: self.leaf.as_ref().map_or(0, |leaf| leaf.seq),
            restored_to: signed.root.restored.as_ref().filter(|restored| since > 0 && restored.since > since).map(|r| r.to.clone()),
        });
        Report { fault, entries: self.entries, head: self.head, root, seen }
    }

    fn fault(&self) -> Option<Fault> {
        let entry = self.bad_entry.map(Fault::Entry);
        entry.or_else(|| self.fault_of_head()).or_else(|| self.fault_of_root()).or_else(|| self.fault_of_memory())
    }

    /// The head in the newest root.
    fn fault_of_head(&self) -> Option<Fault> {
        let newest = &self.roots.first()?.root;
        let Some(leaf) = &self.leaf else {
            // A chain that is younger than the newest root is in none yet. One that was there when an
            // earlier root was the newest is not.
            let is_older = self.seen.as_ref().is_some_and(|(_, seen)| seen.seq > 0 && (1..newest.number).contains(&seen.number));
            return is_older.then_some(Fault::NotInRoot);
        };
        let Some(held) = &self.held else { return Some(Fault::CutOff(self.entries + 1)) };
        let leaf_hash = tree::leaf(&leaf.salt, &self.chain, leaf.seq, held);
        let is_held = leaf.way.len() == newest.height as usize && tree::climb(&leaf_hash, leaf.place, &leaf.way) == Some(newest.tree);
        (!is_held).then_some(Fault::WrittenAnew(leaf.seq))
    }

    /// The signature of the newest root; those before it are held by it.
    fn fault_of_root(&self) -> Option<Fault> {
        let newest = self.roots.first()?;
        let in_force = key::in_force(&self.keys, newest.root.number);
        let is_signed = newest.is_signed()
            && key::are_in_order(&self.keys)
            && in_force.is_some_and(|key| key.public == newest.root.key)
            && self.signer.is_none_or(|signer| key::is_handed_on(&self.keys, &newest.root.key, &signer));
        (!is_signed).then_some(Fault::Signature)
    }

    /// What was seen before, in the line of roots and in the chain.
    fn fault_of_memory(&self) -> Option<Fault> {
        let (_, seen) = self.seen.as_ref()?;
        if seen.number > 0 {
            let Some(newest) = self.roots.first() else { return Some(Fault::OlderRoot) };
            if newest.root.number < seen.number {
                return Some(Fault::OlderRoot);
            }
            let is_one_line = self.roots.is_sorted_by(|later, earlier| later.root.holds(&earlier.root));
            let is_it = |signed: &&Signed| signed.root.number == seen.number && signed.root.hash() == seen.root;
            let Some(known) = self.roots.iter().find(is_it).filter(|_| is_one_line) else {
                return Some(Fault::OtherLine);
            };
            if !key::is_handed_on(&self.keys, &known.root.key, &newest.root.key) {
                return Some(Fault::ForeignKey);
            }
        }
        (seen.seq > 0 && self.remembered.as_ref() != Some(&seen.head)).then_some(Fault::NotAsSeen(seen.seq))
    }
}
