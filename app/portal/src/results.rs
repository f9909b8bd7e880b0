//! Results, by report.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    cursor::Cursor,
    entry::{Disputed, Entry, ReportHead, entries},
    keys::Aside,
    list::cut,
};

/// A page of results.
#[derive(Debug, Clone)]
pub struct Results {
    /// The results of the page under their reports, newest first.
    pub reports: Vec<Report>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Total and keys. The patient's only.
    pub aside: Option<Aside>,
    /// Whether what was entered in error is listed too.
    pub with_errors: bool,
}

/// Results that came together.
#[derive(Debug, Clone)]
pub struct Report {
    /// The report, where there is one and the reader may see it.
    pub head: Option<ReportHead>,
    /// Its results; never empty.
    pub results: Vec<Entry>,
}

impl Portal {
    /// A page of results, grouped by report.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn results(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        after: Option<Cursor>,
        with_errors: bool,
    ) -> Result<Opened<Results>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.whose().may_show(Category::Results) {
            let nothing = Results { reports: Vec::new(), next: None, aside: None, with_errors };
            return record.close("results", Shown::default(), nothing).await;
        }
        let (at, item) = Cursor::bounds(after);
        // A report whose results are listed is their heading and not a row of its own. Not `exists`:
        // that may be planned as a hash of the whole record (measured: 6 ms instead of 0.1).
        let rows = entries!(
            measured "where i.patient_id = $1 and i.category = 6 and (i.sort_at, i.item_id) < ($2::text::timestamptz, $3) and (not i.is_error or $4) \
             and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind)) \
             and (i.resource_type <> 'DiagnosticReport' or \
                (select true from item o where o.patient_id = i.patient_id and o.report_id = i.item_id and o.category = 6 and (not o.is_error or $4) \
                    and (o.behind = 0 or gate.is_first(o.patient_id, o.twin, o.behind)) limit 1) is null) \
             order by i.sort_at desc, i.item_id desc limit 51",
            patient.0,
            at,
            item,
            with_errors
        )
        .fetch_all(record.connection())
        .await?;
        let (page, next) = cut(rows.into_iter().map(Entry::from).collect(), Entry::cursor);
        let mut shown = Shown::default();
        shown.entries(&page);
        let reports = by_report(page);
        let aside = Aside::of(&mut record, Category::Results).await?;
        record.close("results", shown, Results { reports, next, aside, with_errors }).await
    }
}

/// Puts results under their reports; without a report, what was measured on one
/// day stands together, and what the patient measured apart from it.
pub(crate) fn by_report(results: Vec<Entry>) -> Vec<Report> {
    let day = |entry: &Entry| (entry.when.map(|(first, _)| first.date()), entry.is_by_hand());
    let mut reports: Vec<Report> = Vec::new();
    for entry in results {
        let together = reports.iter_mut().rev().find(|group| match (&group.head, &entry.report) {
            (Some(theirs), Some(ours)) => theirs.id == ours.id,
            (None, None) => group.results.last().is_some_and(|last| day(last) == day(&entry)),
            _ => false,
        });
        match together {
            Some(group) => group.results.push(entry),
            None => reports.push(Report { head: entry.report.clone(), results: vec![entry] }),
        }
    }
    reports
}

impl Shown {
    /// Notes that these entries were shown, with the reports and values beside them, and
    /// the same of other sources.
    pub(crate) fn entries<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) {
        for entry in entries {
            self.add(entry.id, entry.category);
            entry.disputed.iter().flat_map(Disputed::others).for_each(|other| self.add(other, entry.category));
            if let Some(report) = &entry.report {
                self.add(report.id, report.category);
            }
            for twin in &entry.twins {
                self.add(twin.id, entry.category);
            }
            if let Some(before) = &entry.before {
                self.add(before.id, entry.category);
            }
        }
    }
}
