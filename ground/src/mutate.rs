//! Inputs that nobody would write: known good ones, changed. What makes a check fail
//! is kept beside the test and tried first from then on.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Size, saw};

/// Numbers that look random and are the same in every run with one seed.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number (`SplitMix64`).
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap_or_default()
    }

    /// One of some.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// What parsers stumble over.
pub const NASTY: &[&str] = &[
    "",
    "\0",
    "-1",
    "0",
    "1e308",
    "-0.0",
    "99999999999999999999999",
    "NaN",
    "null",
    "[]",
    "{}",
    "\"",
    "'",
    "\\",
    "%",
    "%00",
    "%ff%fe",
    "%zz",
    "%0d%0aset-cookie:%20planted=1",
    "&&==&",
    "[0][0][0]",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "' or 1=1--",
    "\u{202e}\u{feff}",
    "\u{1f9ec}e\u{301}",
    "0000-00-00",
    "9999-12-31T23:59:60+99:99",
    "-0001-01-01",
    "2024-02-30T24:00:00Z",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "~",
    "unknown~",
    "$1",
];

/// Inputs for one target, until its time is up.
#[derive(Debug)]
pub struct Inputs {
    name: &'static str,
    kept: PathBuf,
    replayed: Vec<Vec<u8>>,
    seeds: Vec<Vec<u8>>,
    dice: Dice,
    until: Instant,
    tried: u64,
    current: Vec<u8>,
}

impl Inputs {
    /// For a target of this name. Failures are kept in a directory of its name below `kept`.
    ///
    /// # Panics
    /// Without a seed.
    #[must_use]
    pub fn of(name: &'static str, kept: PathBuf, seeds: Vec<Vec<u8>>) -> Self {
        assert!(!seeds.is_empty(), "{name}: nothing to begin with");
        let kept = kept.join(name);
        let files = fs::read_dir(&kept).into_iter().flatten().flatten();
        let replayed: Vec<_> = files.filter_map(|file| fs::read(file.path()).ok()).collect();
        let time = Size::of_environment().of(Duration::from_secs(8), Duration::from_secs(600));
        // Another beginning each day, and the same for whoever looks at a failure that day.
        let day = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs() / 86_400);
        Self { name, kept, replayed, seeds, dice: Dice(day), until: Instant::now() + time, tried: 0, current: Vec::new() }
    }

    /// The next input: first what failed once, then every seed, then changed ones.
    pub fn another(&mut self) -> Option<Vec<u8>> {
        let place = usize::try_from(self.tried).unwrap_or(usize::MAX);
        let known = self.replayed.iter().chain(&self.seeds).nth(place).cloned();
        if known.is_none() && Instant::now() > self.until {
            return None;
        }
        self.tried += 1;
        self.current = known.unwrap_or_else(|| self.changed());
        Some(self.current.clone())
    }

    fn changed(&mut self) -> Vec<u8> {
        let mut bytes = self.dice.pick(&self.seeds).clone();
        for _ in 0..=self.dice.below(4) {
            let value = if self.dice.below(2) == 0 { serde_json::from_slice::<Value>(&bytes).ok() } else { None };
            match value {
                Some(mut value) => {
                    change_value(&mut value, &mut self.dice);
                    bytes = value.to_string().into_bytes();
                }
                None => change_bytes(&mut bytes, &self.seeds, &mut self.dice),
            }
        }
        bytes
    }
}

impl Drop for Inputs {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            saw(&format!(
                "{}: {} inputs made of {} seeds and {} that failed once",
                self.name,
                self.tried,
                self.seeds.len(),
                self.replayed.len()
            ));
            return;
        }
        let file = self.kept.join(format!("{:016x}", fingerprint(&self.current)));
        let written = fs::create_dir_all(&self.kept).and_then(|()| fs::write(&file, &self.current));
        saw(&format!("{}: input {} fails; kept as {} ({written:?})", self.name, self.tried, file.display()));
    }
}

fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn change_bytes(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let length = bytes.len();
    let at = dice.below(length + 1);
    let end = at + dice.below((length - at).min(64) + 1);
    match dice.below(7) {
        0 if at < length => bytes[at] ^= 1 << dice.below(8),
        1 if at < length => bytes[at] = *dice.pick(b"\0\t\n \"',.:;[]{}%&=+-/\\~0Tz\x7f\x80\xff"),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let range = bytes[at..end].to_vec();
            let times = 1 + dice.below(8);
            bytes.splice(at..at, range.repeat(times));
        }
        4 => drop(bytes.splice(at..end, dice.pick(NASTY).bytes())),
        5 => {
            let other = dice.pick(seeds);
            let from = dice.below(other.len() + 1);
            let to = from + dice.below((other.len() - from).min(512) + 1);
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        _ => bytes.truncate(at),
    }
}

/// Changes one value somewhere inside.
fn change_value(value: &mut Value, dice: &mut Dice) {
    let inner = match value {
        Value::Array(values) if !values.is_empty() && dice.below(8) > 0 => {
            let at = dice.below(values.len());
            values.get_mut(at)
        }
        Value::Object(fields) if !fields.is_empty() && dice.below(8) > 0 => {
            let at = dice.below(fields.len());
            fields.values_mut().nth(at)
        }
        _ => None,
    };
    if let Some(inner) = inner {
        return change_value(inner, dice);
    }
    let old = value.take();
    *value = match dice.below(7) {
        0 => Value::Null,
        1 => Value::String((*dice.pick(NASTY)).to_owned()),
        2 => Value::Array(vec![old.clone(), old]),
        3 => serde_json::json!({ "extension": old }),
        4 => serde_json::json!([[[[[[old]]]]]]),
        5 => Value::from(i64::from_ne_bytes(dice.number().to_ne_bytes())),
        _ => match old {
            Value::String(text) => {
                let mut bytes = text.into_bytes();
                change_bytes(&mut bytes, &[b"2024-01-01T00:00:00Z".to_vec()], dice);
                Value::String(String::from_utf8_lossy(&bytes).into_owned())
            }
            Value::Object(mut fields) => {
                let key = fields.keys().nth(dice.below(fields.len().max(1))).cloned();
                if let Some(key) = key {
                    fields.remove(&key);
                }
                Value::Object(fields)
            }
            other => Value::String(other.to_string()),
        },
    };
}
