//! Whether a PDF may do something by itself (ISO 32000-1, 12.6, "actions"). The viewers of browsers run the programs
//! in a PDF, whatever policy it is sent under, so one that has any is not shown by them.
//!
//! An action says its kind by a name, and a name stands in clear or in an object stream (7.5.7). So no tree is
//! read, which could be another than the viewer's: every name in the file is looked at, wherever it stands, and
//! every object stream is opened. One that cannot be opened plainly makes the file one that may act.

use std::{collections::BTreeSet, io::Read};

use flate2::read::ZlibDecoder;

/// Kinds of actions, and of content, that run, start or send something.
const ACTIVE: [&[u8]; 7] = [b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"Rendition", b"RichMedia", b"XFA"];

/// All object streams of a file, unpacked, in bytes. Those of a thousand pages are some megabytes.
pub const MOST: u64 = 64 << 20;

/// The longest dictionary of a stream, in bytes. Those of object streams have some hundred.
const LONGEST: usize = 64 << 10;

/// Whether it has, or may have, anything that acts, as far as there is room to unpack it.
#[must_use]
pub fn may_act(pdf: &[u8], room: &mut u64) -> bool {
    let mut streams = BTreeSet::new();
    for (at, name) in names(pdf) {
        if ACTIVE.contains(&name.as_slice()) {
            return true;
        }
        if name == b"ObjStm" {
            streams.insert(at);
        }
    }
    // Dictionaries lie one after the other; what reads as many inside each other is no PDF that anybody made.
    let mut work = 2 * pdf.len() + 16 * LONGEST;
    let mut opened = BTreeSet::new();
    for (at, _) in pdf.windows(3).enumerate().filter(|(_, word)| word == b"obj") {
        let start = at + 3;
        let window = pdf.get(..pdf.len().min(start + LONGEST)).unwrap_or(pdf);
        let from = after_white(window, start);
        let is_dictionary = window.get(from..).is_some_and(|rest| rest.starts_with(b"<<"));
        let found = if is_dictionary { dictionary(window, from) } else { None };
        let end = if is_dictionary { found.as_ref().map_or(window.len(), |(_, end)| *end) } else { from };
        match work.checked_sub(end.saturating_sub(start)) {
            Some(left) => work = left,
            None => return true,
        }
        let Some((tokens, body)) = found else {
            // One that is too long to be read, and may be of an object stream.
            if is_dictionary
                && window.len() == start + LONGEST
                && is_of_objects(names(window.get(from..).unwrap_or_default()).map(|(_, name)| name))
            {
                return true;
            }
            continue;
        };
        let said = tokens.iter().filter_map(|token| match token {
            Token::Name(at, name) if name == b"ObjStm" => Some(*at),
            _ => None,
        });
        let said: Vec<usize> = said.collect();
        // A viewer that is told to look for objects here does so whatever it calls itself.
        let of_objects = is_of_objects(tokens.iter().filter_map(|token| match token {
            Token::Name(_, name) => Some(name.clone()),
            Token::Sign(_) => None,
        }));
        let is_stream = pdf.get(after_white(pdf, body)..).is_some_and(|rest| rest.starts_with(b"stream"));
        if said.is_empty() && !(of_objects && is_stream) {
            continue;
        }
        if !is_plain(&tokens) || !is_quiet(pdf, body, room) {
            return true;
        }
        opened.extend(said);
    }
    // What calls itself one, and was not opened as one.
    opened != streams
}

/// Whether these are names of a dictionary that says how many objects are in its stream, and where (7.5.7, table 16).
fn is_of_objects(names: impl Iterator<Item = Vec<u8>>) -> bool {
    let (mut count, mut first) = (false, false);
    for name in names {
        count |= name == b"N";
        first |= name == b"First";
    }
    count && first
}

/// Opens an object stream and looks at its names.
fn is_quiet(pdf: &[u8], body: usize, room: &mut u64) -> bool {
    let body = pdf.get(after_white(pdf, body)..).and_then(|rest| rest.strip_prefix(b"stream")).unwrap_or_default();
    let body = body.strip_prefix(b"\r").unwrap_or(body);
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let mut unpacked = Vec::new();
    let read = ZlibDecoder::new(body).take(*room + 1).read_to_end(&mut unpacked);
    *room = room.saturating_sub(unpacked.len() as u64);
    read.is_ok() && *room > 0 && !names(&unpacked).any(|(_, name)| ACTIVE.contains(&name.as_slice()))
}

/// Whether a stream is packed with Flate alone, by what its dictionary itself says.
fn is_plain(tokens: &[Token]) -> bool {
    let is = |token: Option<&Token>, names: &[&[u8]]| matches!(token, Some(Token::Name(_, name)) if names.contains(&name.as_slice()));
    let others: [&[u8]; 6] = [b"DecodeParms", b"DP", b"F", b"FFilter", b"FDecodeParms", b"Crypt"];
    if tokens.iter().any(|token| is(Some(token), &others)) {
        return false;
    }
    let flate: [&[u8]; 2] = [b"FlateDecode", b"Fl"];
    let mut filters = tokens.iter().enumerate().filter(|(_, token)| is(Some(token), &[b"Filter"])).map(|(at, _)| at);
    let (Some(at), None) = (filters.next(), filters.next()) else { return false };
    match tokens.get(at + 1) {
        Some(Token::Sign(b'[')) => is(tokens.get(at + 2), &flate) && matches!(tokens.get(at + 3), Some(Token::Sign(b']'))),
        first => is(first, &flate),
    }
}

/// One piece of a dictionary; of a number or a word its first letter alone.
enum Token {
    Name(usize, Vec<u8>),
    Sign(u8),
}

/// The pieces of the dictionary that begins here, and where it ends.
fn dictionary(pdf: &[u8], from: usize) -> Option<(Vec<Token>, usize)> {
    let (mut at, mut depth, mut tokens) = (from, 0_usize, Vec::new());
    loop {
        at = after_white(pdf, at);
        match (*pdf.get(at)?, pdf.get(at + 1).copied().unwrap_or_default()) {
            (b'<', b'<') => {
                depth += 1;
                at += 2;
            }
            (b'>', b'>') => {
                depth = depth.checked_sub(1)?;
                at += 2;
                if depth == 0 {
                    return Some((tokens, at));
                }
            }
            (b'/', _) => {
                let (name, end) = name(pdf, at);
                tokens.push(Token::Name(at, name));
                at = end;
            }
            (b'(', _) => {
                at = after_string(pdf, at)?;
                tokens.push(Token::Sign(b'('));
            }
            (sign, _) => {
                tokens.push(Token::Sign(sign));
                at += 1;
                if !is_delimiter(sign) {
                    at += pdf.get(at..)?.iter().take_while(|letter| !is_white(**letter) && !is_delimiter(**letter)).count();
                }
            }
        }
    }
}

/// Every name, with its place. Letters may be written by their number (7.3.5).
fn names(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    bytes.iter().enumerate().filter(|(_, letter)| **letter == b'/').map(|(at, _)| (at, name(bytes, at).0))
}

fn name(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let mut name = Vec::new();
    let mut end = at + 1;
    // No name that is looked for is longer.
    while let Some(&letter) = bytes.get(end).filter(|letter| name.len() < 127 && !is_white(**letter) && !is_delimiter(**letter)) {
        end += 1;
        let digits = bytes.get(end..end + 2).filter(|digits| letter == b'#' && digits.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()) {
            Some(number) => {
                name.push(number);
                end += 2;
            }
            None => name.push(letter),
        }
    }
    (name, end)
}

fn after_string(pdf: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    loop {
        match *pdf.get(at)? {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Past white space and comments.
fn after_white(pdf: &[u8], mut at: usize) -> usize {
    while let Some(&letter) = pdf.get(at) {
        if letter == b'%' {
            at += pdf.get(at..).unwrap_or_default().iter().take_while(|letter| !matches!(letter, b'\r' | b'\n')).count();
        } else if is_white(letter) {
            at += 1;
        } else {
            break;
        }
    }
    at
}

const fn is_white(letter: u8) -> bool {
    matches!(letter, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

const fn is_delimiter(letter: u8) -> bool {
    matches!(letter, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn may_act(pdf: &[u8]) -> bool {
        super::may_act(pdf, &mut MOST.clone())
    }

    fn with(dictionary: &str, objects: &str) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(objects.as_bytes()).unwrap();
        [b"%PDF-1.5\n5 0 obj ", dictionary.as_bytes(), b"\nstream\r\n", &encoder.finish().unwrap(), b"\nendstream endobj"].concat()
    }

    #[test]
    fn an_action_is_found_however_its_name_is_written() {
        for acts in ["/S/JavaScript/JS(x)", "/S /#4a#61vaScript", "[/Launch]", "<</XFA 5 0 R>>"] {
            assert!(may_act(format!("%PDF-1.4 1 0 obj<<{acts}>>endobj").as_bytes()), "{acts}");
        }
        for quiet in ["/OpenAction[3 0 R/FitH null]", "/Title(JavaScript)", "/JavaScripts", "/S/URI/URI(https://example.org/)"] {
            assert!(!may_act(format!("%PDF-1.4 1 0 obj<<{quiet}>>endobj").as_bytes()), "{quiet}");
        }
    }

    #[test]
    fn an_object_stream_is_opened_or_not_believed() {
        let plain = "<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length 6 0 R>>";
        assert!(!may_act(&with(plain, "1 0 <</S/URI>>")));
        assert!(may_act(&with(plain, "1 0 <</S/JavaScript>>")));
        let unnamed = "<</N 1/First 4/Filter/FlateDecode>>";
        assert!(!may_act(&with(unnamed, "1 0 <</S/URI>>")));
        assert!(may_act(&with(unnamed, "1 0 <</S/JavaScript>>")), "whatever it calls itself");
        let long = format!("<</N 1/First 4/Filter/FlateDecode/X({})>>", "x".repeat(LONGEST));
        assert!(may_act(&with(&long, "1 0 <</S/URI>>")));
        assert!(!may_act(b"%PDF-1.4 1 0 obj<</First 2 0 R/N 3>>endobj"), "no stream");
        assert!(!may_act(&with("<</Filter [ /FlateDecode ] % x\n/Type /ObjStm /X (a(\\))b)>>", "1 0 <<>>")));
        for odd in [
            "<</Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12>>>>",
            "<</Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]>>",
            "<</Type/ObjStm/Filter 7 0 R>>",
            "<</Type/ObjStm>>",
            "<</Type 7 0 R/Filter/FlateDecode>> /ObjStm",
            "<</Type/ObjStm/Filter/FlateDecode/X (>>",
            "<</N 1/First 4>>",
            "<</N 1/#46irst 4/Filter 7 0 R>>",
        ] {
            assert!(may_act(&with(odd, "1 0 <<>>")), "{odd}");
        }
        let cut = with(plain, &"1 0 <<>>".repeat(1000));
        assert!(may_act(&cut[..cut.len() - 60]), "what is broken may be anything");
        assert!(may_act(&with(plain, &" ".repeat(65 << 20))), "what grows without end, too");
        for endless in ["obj<<(", "obj%", "obj<<<<", "obj<</A "] {
            assert!(may_act(format!("/ObjStm {}", endless.repeat(1_000_000)).as_bytes()), "{endless}");
        }
    }
}
