//! A grant in one sentence, with the cut blade beside it.

use chartkey_domain::grant::GrantState;
use leptos::prelude::*;
use time::{Duration, OffsetDateTime};

use crate::catalogue::Say;

/// The words of a sentence, which was confirmed in its own language and stays in it; what
/// stands between `**` is set in bold.
pub fn sentence(say: Say, text: &str) -> impl IntoView + use<> {
    let lang = say.lang_of_sentence(text);
    let parts: Vec<_> = text.split("**").map(str::to_owned).enumerate().collect();
    let parts =
        parts.into_iter().map(|(index, part)| if index % 2 == 1 { view! { <strong>{part}</strong> }.into_any() } else { part.into_any() });
    view! { <p class="sentence" lang=lang dir=lang.map(|_| "ltr")>{parts.collect_view()}</p> }
}

/// The same words without marks, within a line of text.
pub fn unmarked(say: Say, text: &str) -> impl IntoView + use<> {
    let lang = say.lang_of_sentence(text);
    view! { <span lang=lang dir=lang.map(|_| "ltr")>{text.replace("**", "")}</span> }
}

/// How long a grant has to live.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// Since when.
    pub starts_at: OffsetDateTime,
    /// The first moment at which it is over.
    pub ends_at: Option<OffsetDateTime>,
    /// What the patient last did with it.
    pub state: GrantState,
}

impl Life {
    /// Whole days left at `now`, and of how many; `None` where it has no end.
    #[must_use]
    pub fn days(&self, now: OffsetDateTime) -> Option<(i64, i64)> {
        let end = self.ends_at?;
        let whole = (end - self.starts_at).whole_days().max(1);
        Some(((end - now).whole_days().clamp(0, whole), whole))
    }
}

/// Of more days than this nobody counts each.
const YEARS: i64 = 2 * 365;

/// The days left below a sentence.
pub fn life(say: Say, life: Life, now: OffsetDateTime) -> impl IntoView + use<> {
    // An emergency ends before the day does.
    let is_short = |end: OffsetDateTime| end - life.starts_at < Duration::DAY;
    let words = match (life.state, life.days(now)) {
        (GrantState::Paused, _) => say.paused_for_now().to_owned(),
        _ if life.ends_at.is_some_and(is_short) => life.ends_at.map(|end| say.until_time(&say.day_and_time(end))).unwrap_or_default(),
        (_, None) => say.no_end().to_owned(),
        (_, Some((left, _))) if left > YEARS => say.years_left(left / 365),
        (_, Some((left, _))) => say.days_left(left),
    };
    let is_long = life.ends_at.is_none_or(|end| !is_short(end));
    let meter = life.days(now).filter(|_| life.state == GrantState::Active && is_long).map(|(left, whole)| {
        view! { <meter min="0" max=whole value=left aria-label=say.days_left_label()>{words.clone()}</meter> }
    });
    view! { <div class="life">{meter}<span>{words}</span></div> }
}

/// The birthday from which on nothing sensitive is included, below a sentence that does not say so.
pub fn labels_end(say: Say, until: Option<OffsetDateTime>, now: OffsetDateTime) -> Option<impl IntoView + use<>> {
    until.map(|until| {
        let date = say.date(until.date());
        view! { <p>{if now < until { say.help_labels_until(&date) } else { say.help_labels_over(&date) }}</p> }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use time::macros::datetime;

    #[test]
    fn the_last_day_is_no_day_left() {
        let life =
            Life { starts_at: datetime!(2026-11-22 9:00 UTC), ends_at: Some(datetime!(2026-12-23 0:00 UTC)), state: GrantState::Active };
        assert_eq!(life.days(datetime!(2026-11-22 9:00 UTC)), Some((30, 30)));
        assert_eq!(life.days(datetime!(2026-12-22 23:59 UTC)), Some((0, 30)));
        assert_eq!(Life { ends_at: None, ..life }.days(life.starts_at), None);
    }

    #[test]
    fn a_sentence_is_one_line_without_its_marks_and_in_its_own_language() {
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        let text = "**Dr Lee** can see your **results**";
        assert_eq!(unmarked(english, text).to_html(), "<span>Dr Lee can see your results</span>");
        assert_eq!(unmarked(spanish, text).to_html(), "<span lang=\"en-GB\" dir=\"ltr\">Dr Lee can see your results</span>");
    }
}
