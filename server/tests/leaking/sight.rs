//! Everything that a reader is answered, as one text for each question, without what differs by the moment.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderMap, header};
use chartkey_ground::mutate::Dice;

use super::{Reader, some};
use crate::{
    harness::Answer,
    previewing::{
        World,
        inside::{hrefs, main_of},
    },
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// A page.
    Page(String),
    /// What an island shows while words are typed.
    Typed(String),
    /// What a search leads to.
    Search(String),
    /// What belongs to a condition.
    Lens(&'static str),
}

/// The answers.
pub type Sight = BTreeMap<Question, String>;

/// What this reader could ask: lists, parts of lists, what leads on from them, things that they see and things that they
/// do not, these places, and these words.
pub async fn questions(world: &World, reader: &mut Reader, dice: &mut Dice, places: &[String], words: &[String]) -> Vec<Question> {
    let address = reader.address(world);
    let (mut leads, mut pages) = (BTreeSet::new(), BTreeSet::new());
    for list in ["", "/timeline", "/visits", "/results", "/documents", "/problems", "/search"] {
        let answer = reader.browser.get(&format!("{address}{list}")).await;
        leads.extend(hrefs(&main_of(&answer.body, &address)));
        pages.insert(list.to_owned());
    }
    let all = world.addresses(reader.record).await;
    // The lists stand first.
    pages.extend(all.iter().take(19).cloned());
    pages.extend(some(dice, &all, 10));
    pages.extend(some(dice, &leads.into_iter().collect::<Vec<_>>(), 14));
    pages.extend(places.iter().cloned());
    let questions = pages.into_iter().map(|page| Question::Page(format!("{address}{page}")));
    let outside = ["/shared", "/shared/print", "/account"].map(|page| Question::Page(page.to_owned()));
    // Whoever mistypes a word is led to the one that is there.
    let mistyped = words.last().map(|word| word.chars().skip(1).collect::<String>());
    let searches = words.iter().cloned().chain(mistyped).flat_map(|words| [Question::Typed(words.clone()), Question::Search(words)]);
    questions.chain(outside).chain(searches).chain(["diabetes", "asthma"].map(Question::Lens)).collect()
}

/// Asks all of them.
pub async fn sight(world: &World, reader: &mut Reader, questions: &[Question]) -> Sight {
    let patient = world.records[reader.record].patient;
    // What /shared/print shows is what was ticked before.
    reader.browser.post("/api/print-shared", "").await;
    let mut sight = Sight::new();
    for question in questions {
        let browser = &mut reader.browser;
        let said = match question {
            Question::Page(path) => text(&browser.get(path).await),
            Question::Typed(words) => text(&browser.as_island("/api/search", &form(&patient.to_string(), words)).await),
            Question::Search(words) => {
                let begun = browser.post("/api/search", &form(&patient.to_string(), words)).await;
                let path = begun.location().to_owned();
                text(&browser.get(&path).await).replace(path.rsplit('/').next().unwrap_or_default(), "(search)")
            }
            Question::Lens(lens) => {
                let begun = browser.post("/api/lens", &format!("patient={patient}&lens={lens}")).await;
                let path = begun.location().to_owned();
                text(&browser.get(&path).await).replace(path.rsplit('/').next().unwrap_or_default(), "(search)")
            }
        };
        sight.insert(question.clone(), said);
    }
    sight
}

/// The questions whose answers are not the same, with the place where they part.
pub fn differences(one: &Sight, other: &Sight) -> Vec<String> {
    let differs = |(question, said): (&Question, &String)| {
        let now = &other[question];
        (said != now).then(|| format!("{question:?}:\n  {}\n  {}", around(said, now), around(now, said)))
    };
    one.iter().filter_map(differs).collect()
}

/// A text where it begins to differ from another.
fn around(text: &str, other: &str) -> String {
    let at = text.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let from = (0..=at.saturating_sub(120)).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default();
    text[from..].chars().take(320).collect()
}

/// The answers without the line that may be computed, and how often that stood there.
pub fn without_the_line(mut sight: Sight) -> (Sight, usize) {
    let mut lines = 0;
    for said in sight.values_mut() {
        let mut parts = said.split("<span class=\"asks\">");
        let first = parts.next().unwrap_or_default().to_owned();
        let cut = parts.fold(first, |text, part| {
            lines += 1;
            text + part.split_once("</span>").map_or("", |(_, rest)| rest)
        });
        *said = cut;
    }
    (sight, lines)
}

fn form(patient: &str, words: &str) -> String {
    let written: String = words
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("patient={patient}&words={written}")
}

/// Status, headers and body.
fn text(answer: &Answer) -> String {
    let headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| ![header::DATE, header::SET_COOKIE, header::CONTENT_LENGTH].contains(name) && name.as_str() != "x-request-id")
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let body = if is_text(&answer.headers) { answer.body.clone() } else { format!("{:?}", answer.bytes) };
    timeless(&format!("{}\n{}\n{body}", answer.status, headers.join("\n")))
}

fn is_text(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind.starts_with(b"text/") || kind.starts_with(b"application/json")
    })
}

/// Without the nonce of one answer, the seconds until a page ends, and the minute that is printed.
fn timeless(said: &str) -> String {
    let nonce = said.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).map_or(String::new(), |(nonce, _)| nonce.to_owned());
    let said = if nonce.is_empty() { said.to_owned() } else { said.replace(&nonce, "(nonce)") };
    let said = cut(&said, "http-equiv=\"refresh\" content=\"", "\"");
    cut(&said, "<p>As of ", "(UTC)")
}

/// What stands between these two, wherever that is, is not compared.
fn cut(said: &str, from: &str, to: &str) -> String {
    let mut parts = said.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + from + part.split_once(to).map_or(part, |(_, rest)| rest))
}

/// A word that stands nowhere else.
pub fn canary(dice: &mut Dice) -> String {
    std::iter::repeat_with(|| char::from(b'a' + u8::try_from(dice.below(16)).unwrap_or_default()))
        .take(12)
        .fold("zanzi".to_owned(), |word, letter| word + &letter.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_is_taken_out_and_nothing_else() {
        let page = |nonce: &str, seconds: &str, body: &str| {
            timeless(&format!(
                "200 OK\ncontent-security-policy: script-src 'nonce-{nonce}'\n<meta http-equiv=\"refresh\" content=\"{seconds}\"/>{body}<i nonce=\"{nonce}\"></i>"
            ))
        };
        assert_eq!(page("abc", "10", "<p>1</p>"), page("def", "9", "<p>1</p>"));
        assert_ne!(page("abc", "10", "<p>1</p>"), page("abc", "10", "<p>2</p>"));
        assert_eq!(timeless("<p>As of 1 May, 12:01 (UTC) x"), timeless("<p>As of 1 May, 12:02 (UTC) x"));
        assert_ne!(timeless("<p>As of 1 May, 12:01 (UTC) x"), timeless("<p>As of 1 May, 12:01 (UTC) y"));
    }

    #[test]
    fn the_line_is_taken_out_and_nothing_else() {
        let sight = |said: &str| Sight::from([(Question::Page("/x".to_owned()), said.to_owned())]);
        let (cut, lines) = without_the_line(sight("a<span class=\"asks\"><svg></svg>Ask.</span>b"));
        assert_eq!((cut, lines), (sight("ab"), 1));
        assert_eq!(without_the_line(sight("a<span class=\"other\">Ask.</span>b")), (sight("a<span class=\"other\">Ask.</span>b"), 0));
    }
}
