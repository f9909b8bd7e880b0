//! The summary of a record on paper: what it says, in words and in order, once for the page
//! that a browser prints and for the file (`pdf.rs`), so that neither can say anything else.

use chartkey_domain::{category::Category, correction};
use chartkey_portal::{
    Opened,
    allergies::Allergies,
    care_team::Member,
    entry::Entry,
    paper::{LISTED, OTHERS, PaperContents, RESULTS},
};
use time::Date;

use crate::{
    catalogue::Say,
    components::{
        brief::{Line, figure, joined, lies, line, lines_of_allergies, when},
        disputed::{Spoken, for_others},
        entry::{Called, called, for_others::sources},
        result::outside,
        source::for_others::{from_source, source_name},
    },
};

/// The most letters of one text: what is longer is no name and no statement, and a file is made in bounded time.
const LONGEST: usize = 1_100;

/// A summary on paper.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The catalogue that it is written from.
    pub say: Say,
    /// What the document is called.
    pub title: String,
    /// Whose it is.
    pub name: String,
    /// When they were born.
    pub born: Option<String>,
    /// When it was made, from what, and that it may not be everything.
    pub says: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part under its heading.
#[derive(Debug, Clone)]
pub struct Part {
    /// The heading.
    pub heading: String,
    /// What is said before the entries: that there are none, or more.
    pub says: Vec<String>,
    /// The entries.
    pub body: Body,
}

/// The entries of a part; perhaps none.
#[derive(Debug, Clone)]
pub enum Body {
    /// One below the other.
    Lines(Vec<Line>),
    /// In columns.
    Table(Table),
}

/// Entries in columns. The first cell of a row names it.
#[derive(Debug, Clone)]
pub struct Table {
    /// What stands in each column.
    pub heads: [String; COLUMNS],
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// What stands in each column.
    pub cells: [String; COLUMNS],
    /// What the patient says is wrong with it, below its name.
    pub said: Vec<Spoken>,
}

/// The columns of a table.
pub const COLUMNS: usize = 5;

/// The name of a file that was made on this day.
#[must_use]
pub fn name(day: Date) -> String {
    format!("chartkey-summary-{day}.pdf")
}

impl Paper {
    /// What a summary says in this language.
    #[must_use]
    pub fn of(say: Say, opened: Opened<PaperContents>) -> Self {
        let Opened { whose, view } = opened;
        let PaperContents { allergies, medicines, problems, results, visits, team, sources, now, .. } = view;
        let from = if sources.is_empty() { say.paper_from_nobody().to_owned() } else { from(say, &sources) };
        let mut paper = Self {
            say,
            title: say.paper_of(&whose.name),
            name: whose.name,
            born: whose.birth_date.map(|date| say.born(&say.fhir_date(&date))),
            says: vec![say.paper_made(&say.day_and_time(now)), from, say.pack_is_old().to_owned(), say.paper_may_lack().to_owned()],
            parts: vec![
                allergies_of(say, &allergies),
                listed(say, say.active_problems(), say.none_recorded(), lines(say, &problems), LISTED),
                listed(say, say.medicines_in_use(), say.none_recorded(), lines(say, &medicines), LISTED),
                results_of(say, &results),
                listed(say, say.latest_visits(), say.none_recorded(), lines(say, &visits), LISTED),
                team_of(say, team),
            ],
        };
        paper.texts().for_each(clean);
        paper
    }

    /// What a code shows to whoever redeems it, on paper in its place. Of what is not there nothing is said, neither that it is kept
    /// nor that there is none; it ends with the one sentence that says so.
    #[must_use]
    pub fn of_code(say: Say, opened: Opened<PaperContents>) -> Self {
        let Opened { whose, view } = opened;
        let PaperContents { allergies, medicines, problems, results, visits, team, others, sources, now } = view;
        let part = |heading: &str, lines: Vec<Line>, most: usize| listed(say, heading, "", lines, most);
        let of_category = |category: Category| {
            let lines = others.iter().filter(|entry| entry.category == category).map(|entry| line(say, entry)).collect();
            let heading = if category == Category::Results { say.latest_results() } else { say.category(category) };
            part(heading, lines, OTHERS)
        };
        let summary = [
            part(say.category(Category::Allergies), lines_of_allergies(say, &allergies), LISTED),
            part(say.active_problems(), lines(say, &problems), LISTED),
            part(say.medicines_in_use(), lines(say, &medicines), LISTED),
            results_of(say, &results),
            part(say.latest_visits(), lines(say, &visits), LISTED),
        ];
        let about = Part {
            heading: say.code_paper_about().to_owned(),
            says: vec![say.code_paper_chosen(&whose.name), say.not_everything().to_owned()],
            body: Body::Lines(Vec::new()),
        };
        let parts = summary.into_iter().chain(Category::SHAREABLE.into_iter().map(of_category)).chain([team_of(say, team)]);
        let mut paper = Self {
            say,
            title: say.paper_of(&whose.name),
            parts: parts.filter(Part::has_entries).chain([about]).collect(),
            name: whose.name,
            born: whose.birth_date.map(|date| say.born(&say.fhir_date(&date))),
            says: std::iter::once(say.paper_made(&say.day_and_time(now)))
                .chain((!sources.is_empty()).then(|| from(say, &sources)))
                .chain([say.pack_is_old().to_owned()])
                .collect(),
        };
        paper.texts().for_each(clean);
        paper
    }

    /// Every text that may have come from outside.
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Self { title, name, born, says, parts, .. } = self;
        let own = [title, name].into_iter().chain(born).chain(says);
        own.chain(parts.iter_mut().flat_map(|part| {
            let (lines, rows) = match &mut part.body {
                Body::Lines(lines) => (lines.as_mut_slice(), [].as_mut_slice()),
                Body::Table(table) => ([].as_mut_slice(), table.rows.as_mut_slice()),
            };
            let lines =
                lines.iter_mut().flat_map(|Line { name, beside, about, said }| [name, beside, about].into_iter().chain(words(said)));
            lines.chain(rows.iter_mut().flat_map(|TableRow { cells, said }| cells.iter_mut().chain(words(said))))
        }))
    }
}

impl Part {
    const fn has_entries(&self) -> bool {
        match &self.body {
            Body::Lines(lines) => !lines.is_empty(),
            Body::Table(table) => !table.rows.is_empty(),
        }
    }
}

/// Who has delivered what it is made of.
fn from(say: Say, sources: &[String]) -> String {
    say.paper_from(&sources.iter().map(|source| source_name(say, source)).collect::<Vec<_>>().join(", "))
}

fn lines(say: Say, entries: &[Entry]) -> Vec<Line> {
    entries.iter().map(|entry| line(say, entry)).collect()
}

fn words(said: &mut [Spoken]) -> impl Iterator<Item = &mut String> {
    said.iter_mut().filter_map(|said| said.words.as_mut())
}

/// Allergies with what the sources say of reactions, unless they say that there is none.
fn allergies_of(say: Say, told: &Allergies) -> Part {
    let mut part = listed(say, say.category(Category::Allergies), say.allergies_not_recorded(), lines_of_allergies(say, told), LISTED);
    if told.none_known {
        part.says.insert(0, say.none_known().to_owned());
    }
    part
}

/// Entries one below the other, as many as are printed; `none` where there are none.
fn listed(say: Say, heading: &str, none: &str, mut lines: Vec<Line>, most: usize) -> Part {
    let says = said(say, none, lines.len(), most);
    lines.truncate(most);
    Part { heading: heading.to_owned(), says, body: Body::Lines(lines) }
}

/// Results out of range in columns.
fn results_of(say: Say, measured: &[Entry]) -> Part {
    let found = outside(measured, RESULTS + 1);
    let some_wait = measured.iter().any(|entry| entry.waits);
    let none = if some_wait { say.none_out_of_range_opened() } else { say.none_out_of_range() };
    let row = |entry: &Entry| {
        let Called { name, beside, .. } = called(say, entry);
        let said = entry.disputed.as_ref().map(|said| for_others(say, said, correction::LONGEST)).unwrap_or_default();
        let named = joined([Some(name), beside].into_iter().flatten());
        let value = figure(&entry.value).unwrap_or_default();
        TableRow { cells: [named, value, lies(say, &entry.value), when(say, entry), sources(say, entry)], said }
    };
    let heads = [say.column_name(), say.column_value(), say.column_lies(), say.column_date(), say.column_source()];
    Part {
        heading: say.out_of_range().to_owned(),
        says: said(say, none, found.len(), RESULTS).into_iter().chain(some_wait.then(|| say.waiting_not_on_paper().to_owned())).collect(),
        body: Body::Table(Table { heads: heads.map(str::to_owned), rows: found.iter().take(RESULTS).map(row).collect() }),
    }
}

fn team_of(say: Say, team: Vec<Member>) -> Part {
    let says = said(say, say.none_recorded(), team.len(), usize::MAX);
    let line = |member: Member| {
        let seen = member.seen.map(|(first, precision)| format!("{} {}", say.last_visit(), say.when(first, precision)));
        let about = joined([seen, member.place, Some(from_source(say, &member.source))].into_iter().flatten());
        let beside = if member.is_in_team { say.named_in_team() } else { say.seen_at_visit() };
        let said = member.disputed.as_ref().map(|said| for_others(say, said, correction::LONGEST)).unwrap_or_default();
        Line { name: member.name, beside: beside.to_owned(), about, said }
    };
    Part { heading: say.care_team().to_owned(), says, body: Body::Lines(team.into_iter().map(line).collect()) }
}

fn said(say: Say, none: &str, count: usize, most: usize) -> Vec<String> {
    match count {
        0 => vec![none.to_owned()],
        count if count > most => vec![say.paper_goes_on(most)],
        _ => Vec::new(),
    }
}

/// A text as one line, and not longer than can be printed: what a browser makes of white
/// space, and none of the letters that stand for no letter or that turn what comes after them round.
fn clean(text: &mut String) {
    let is_none = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{feff}' | '\u{fff0}'..='\u{fff8}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
            || matches!(letter, '\u{61c}' | '\u{180e}' | '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}')
    };
    let words: Vec<String> = text.split_whitespace().map(|word| word.chars().filter(|letter| !is_none(*letter)).collect()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    *text = words.join(" ");
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, clean};

    #[test]
    fn a_text_is_one_line_of_letters_and_ends_somewhere() {
        let cleaned = |text: &str| {
            let mut text = text.to_owned();
            clean(&mut text);
            text
        };
        assert_eq!(cleaned(" Ada\u{0}\n\t Love\u{1b}lace \u{feff} "), "Ada Lovelace");
        assert_eq!(cleaned("Metformin\u{202e} · 500 mg"), "Metformin · 500 mg", "nothing is read backwards");
        assert_eq!(cleaned("#set text(red) <b>$x$</b> \\n"), "#set text(red) <b>$x$</b> \\n", "nothing in it is markup");
        let long = cleaned(&"ß".repeat(LONGEST + 1));
        assert_eq!((long.chars().count(), long.chars().last()), (LONGEST + 1, Some('…')));
    }
}
