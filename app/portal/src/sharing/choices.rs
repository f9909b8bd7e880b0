//! What a question about a share shows of one's own record: what there is to share.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    draft::Thing,
    label::{Label, Labels},
    lens::Lens,
    understanding::Held,
};
use time::OffsetDateTime;

use super::things;
use crate::{Error, LABEL_TABLE_VERSION, Opened, Portal, audit::Shown, entry::Entry, record::Record, search::lens};

/// How much of the record there is to share.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// For each category that has any: how many, and when the newest was.
    pub categories: Vec<(Category, i64, Option<OffsetDateTime>)>,
    /// For each label: on how many.
    pub labels: Vec<(Label, i64)>,
    /// How many no grant can reach.
    pub private: i64,
    /// The others by category and labels.
    pub held: Vec<Held>,
    /// Whether a grant may show less of them than its terms say: something is kept from somebody, or has not been labelled.
    pub keeps_back: bool,
}

/// What a question is answered from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// How much there is.
    pub parts: Parts,
    /// What a draft names, as a row, and as a share would name each now. What none can show by now is left out.
    pub named: Vec<(Entry, Thing)>,
    /// The conditions of which the record holds a problem or a medicine, where they are asked for.
    pub lenses: Vec<&'static Lens>,
}

impl Portal {
    /// What the visitor's own record has to share, beside the single things that a draft names, in one look.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have none.
    pub async fn choices_to_share(&self, visitor: &Visitor, named: &[Thing], with_lenses: bool) -> Result<Opened<Choices>, Error> {
        let mut record = self.open_own(visitor).await?;
        let parts = parts(&mut record).await?;
        let named = if named.is_empty() { Vec::new() } else { things::of_draft(&mut record, named).await? };
        let lenses = if with_lenses { lens::all_held(&mut record).await? } else { Vec::new() };
        let mut shown = Shown::default();
        shown.entries(named.iter().map(|(entry, _)| entry));
        record.close("sharing", shown, Choices { parts, named, lenses }).await
    }
}

async fn parts(record: &mut Record) -> Result<Parts, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query!(
        r#"select category, labels, is_private or kept.to_oneself as "is_private!", count(*) as "count!", max(first_at) as newest,
            bool_or(labelled_by <> $2)
                or (select true from exclusion e where e.patient_id = $1 limit 1) is not null
                or (select true from block b where b.patient_id = $1 limit 1) is not null as "keeps_back!"
        from item i cross join lateral (select i.item_id = any ((select gate.kept_to_oneself())::uuid[]) as to_oneself) kept
        where i.patient_id = $1 and not i.is_error
            and (i.twin is null or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin
                and (b.is_private, b.behind) < (i.is_private, i.behind) limit 1) is null)
        group by category, labels, is_private or kept.to_oneself"#,
        patient.0,
        LABEL_TABLE_VERSION
    )
    .fetch_all(record.connection())
    .await?;
    let mut parts = Parts { labels: Label::ALL.map(|label| (label, 0)).to_vec(), ..Parts::default() };
    for row in rows {
        if row.is_private {
            parts.private += row.count;
        }
        let labels = Labels::from_bits(u8::try_from(row.labels).unwrap_or_default());
        parts.labels.iter_mut().filter(|(label, _)| labels.contains(*label)).for_each(|(_, count)| *count += row.count);
        let Some(category) = Category::from_number(row.category).filter(|category| *category != Category::Own) else { continue };
        parts.keeps_back |= row.keeps_back;
        if !row.is_private {
            parts.held.push(Held { category, labels, count: row.count });
        }
        match parts.categories.iter_mut().find(|(known, ..)| *known == category) {
            Some((_, count, newest)) => (*count, *newest) = (*count + row.count, row.newest.max(*newest)),
            None => parts.categories.push((category, row.count, row.newest)),
        }
    }
    Ok(parts)
}
