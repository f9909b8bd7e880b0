//! The words around what was found, where the name of a thing does not say it.

use std::collections::HashMap;

use chartkey_domain::{category::Category, fold, id::ItemId};
use uuid::Uuid;

use crate::{
    Error,
    fhir::{json::Json, texts},
    record::Record,
};

/// So much is shown before the first word that was found, and after it, in characters.
const BEFORE: usize = 40;
const AFTER: usize = 110;

/// Nothing is cut out of a version that is longer than this: it is a picture, or a book. And so many
/// are read for one page at most, the first of its rows.
const LONGEST: i32 = 128 << 10;
const MOST: usize = 100;

/// The best few words of each of these items for the words that are marked, in parts. Others than the
/// patient are shown those of a document that its page shows them too.
pub async fn excerpts(
    record: &mut Record,
    items: &[(ItemId, Category)],
    marks: &[String],
) -> Result<HashMap<ItemId, Vec<(String, bool)>>, Error> {
    let own = record.is_own();
    let category: HashMap<Uuid, Category> = items
        .iter()
        .filter(|(_, category)| own || *category == Category::Documents)
        .take(MOST)
        .map(|(item, category)| (item.0, *category))
        .collect();
    if category.is_empty() {
        return Ok(HashMap::new());
    }
    let (patient, ids): (_, Vec<Uuid>) = (record.whose().patient, category.keys().copied().collect());
    let rows = sqlx::query!(
        "select v.item_id, v.bytes from item i
        join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
        where i.patient_id = $1 and i.item_id = any($2) and octet_length(v.bytes) <= $3
            and ((select gate.own_patient()) is null or not i.waits and (select true from item_reference r
                join item t on t.patient_id = r.patient_id and t.item_id = r.target_id
                where r.patient_id = i.patient_id and r.item_id = i.item_id and t.waits limit 1) is null)",
        patient.0,
        &ids,
        LONGEST
    )
    .fetch_all(record.connection())
    .await?;
    let mut excerpts = HashMap::new();
    for row in rows {
        let raw = String::from_utf8_lossy(&row.bytes);
        let Ok(json) = Json::parse(&raw) else { continue };
        let readable = || texts::readable(&json, category.get(&row.item_id).copied());
        let written = if own { texts::written(&json) } else { readable() };
        if let Some(excerpt) = best(&written, marks) {
            excerpts.insert(ItemId(row.item_id), fold::marked(&excerpt, marks));
        }
    }
    Ok(excerpts)
}

/// The line with the most different words that are marked, cut to what is around the first.
fn best(texts: &[String], marks: &[String]) -> Option<String> {
    let lines = texts.iter().flat_map(|text| text.lines());
    let (count, line) = lines.map(|line| (distinct(line, marks), line)).reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    if count == 0 {
        return None;
    }
    let start = fold::found(line, marks).first()?.start;
    let from = line.get(..start)?.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let to = line.get(start..)?.char_indices().nth(AFTER).map_or(line.len(), |(at, _)| start + at);
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < line.len() { "…" } else { "" });
    Some(format!("{before}{}{after}", line.get(from..to)?.trim()))
}

fn distinct(line: &str, marks: &[String]) -> usize {
    let mut found: Vec<String> = fold::found(line, marks).into_iter().filter_map(|range| line.get(range).map(fold::folded)).collect();
    found.sort_unstable();
    found.dedup();
    found.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_the_most_is_cut_around_what_was_found() {
        let marks = ["aspirin".to_owned(), "allergic".to_owned()];
        let texts = ["Takes aspirin.".to_owned(), format!("{}\nShe is allergic to Aspirin. {}", "x ".repeat(90), "more ".repeat(60))];
        let excerpt = best(&texts, &marks).unwrap();
        assert!(excerpt.starts_with("She is allergic to Aspirin.") && excerpt.ends_with('…') && excerpt.chars().count() < 140, "{excerpt}");
        assert_eq!(best(&texts, &["gout".to_owned()]), None);
    }
}
