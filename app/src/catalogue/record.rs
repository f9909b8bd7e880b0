//! What the pages of a record say.

use chartkey_domain::category::Category;

use super::{Language, Say, messages};

impl Say {
    /// The name of a category, as headings and navigation have it.
    #[must_use]
    pub const fn category(self, category: Category) -> &'static str {
        match self.0 {
            Language::English => match category {
                Category::Details => "Details",
                Category::Problems => "Problems",
                Category::Medicines => "Medicines",
                Category::Allergies => "Allergies",
                Category::Vaccines => "Vaccines",
                Category::Results => "Results",
                Category::Vitals => "Vital signs",
                Category::Procedures => "Procedures",
                Category::Visits => "Visits",
                Category::Documents => "Letters and documents",
                Category::Imaging => "Imaging",
                Category::Plans => "Plans",
                Category::Lifestyle => "Lifestyle",
                Category::Devices => "Devices",
                Category::Insurance => "Insurance",
                Category::Own => "Only yours",
            },
        }
    }
}

messages! {
    // Values and ranges.
    in_range { English: "In range" }
    above_range { English: "Above range" }
    far_above_range { English: "Far above range" }
    below_range { English: "Below range" }
    far_below_range { English: "Far below range" }
    marked { English: "Marked by the laboratory" }
    no_range { English: "No range given" }
    laboratory_gave_no_range { English: "the laboratory gave no range" }
    laboratory_s_range { English: "laboratory’s range" }
    line_says(value: &str, range: &str) { English: "The result is {value}. The laboratory’s range is {range}." }
    range_between(low: &str, high: &str) { English: "{low} to {high}" }
    range_from(low: &str) { English: "{low} or more" }
    range_to(high: &str) { English: "{high} or less" }
    was(value: &str, when: &str) { English: "was {value}, {when}" }
    value { English: "Value" }
    not_recorded { English: "Not recorded" }
    no_date { English: "Date not recorded" }
    private { English: "Private" }
    from(source: &str) { English: "from {source}" }
    // Who can see.
    only_you { English: "Only you" }
    people_can_see(count: usize) { English: one "1 can see", other "{count} can see" }
    not_everything { English: "This may not be everything." }
    not_shared { English: "Not shared with you." }
    // Lists.
    nothing_here { English: "Nothing has come in here yet. If a practice or hospital has something, ask them for your record as a file." }
    total(count: i64) { English: one "1 in all", other "{count} in all, newest first" }
    more_under { English: "There is more than fits here. See all of it under" }
    older { English: "Older" }
    pages_of(category: &str) { English: "Pages of {category}" }
    show_errors { English: "Show what was entered in error, too" }
    hide_errors { English: "Leave out what was entered in error" }
    // Trends.
    reading(date: &str, value: &str, unit: &str) { English: "{date}: {value} {unit}" }
    trend_says(name: &str, from: &str, to: &str) { English: "{name} over time, from {from} to {to}. The same numbers are in the table." }
    table_says(name: &str) { English: "{name}, newest first" }
    date_and_place { English: "Date and place" }
    same_in_table { English: "The same numbers in a table" }
    over_time { English: "Over time" }
    measured_times(count: usize) { English: one "Measured once.", other "The newest {count} times it was measured, in the same unit." }
    see_over_time { English: "See it over time" }
    // Home.
    hello(name: &str) { English: "Hello, {name}" }
    home_says { English: "The newest of your record, and who can see it." }
    latest { English: "The newest in your record" }
    your_next_visit { English: "Your next visit" }
    who_can_see_now { English: "Who can see your record now" }
    share_with_someone { English: "Share with someone" }
    see_or_stop { English: "See or stop" }
    no_record_yet { English: "You have no record here yet" }
    no_record_says { English: "Your practice gives you a code for your record. With the code and your birth date it becomes yours." }
    // Summary.
    your_record { English: "Your record" }
    parts_of_record { English: "Parts of the record" }
    medicines_in_use { English: "Medicines in use" }
    active_problems { English: "Active problems" }
    latest_results { English: "Latest results" }
    latest_visits { English: "Latest visits" }
    all_of(category: &str) { English: "All {category}" }
    none_recorded { English: "Nothing is recorded here." }
    what_you_may_read { English: "What is shared with you" }
    // Results.
    how_to_read_lines { English: "How to read the lines" }
    lines_explained { English: "The band is the laboratory’s own range. It is always in the same place. A dot lies inside it; a triangle lies outside and points the way: up is above, down is below. A dotted line means that the laboratory gave no range. A mark just outside the band is drawn clear of it; the number beside it is exact." }
    tests_of(date: &str) { English: "Measured on {date}" }
    tests_without_date { English: "Date not recorded" }
    the_result { English: "The result" }
    // Courses.
    in_use { English: "In use" }
    past_medicines { English: "Past medicines" }
    active { English: "Active" }
    past_problems { English: "Past problems" }
    since(date: &str) { English: "Since {date}" }
    last_on(date: &str) { English: "Last on {date}" }
    renewed_times(count: usize) { English: one "1 record", other "{count} records" }
    the_other_records { English: "The other records of it" }
    // Visits.
    visits_by_year { English: "Visits by year" }
    all_years { English: "All years" }
    visits_in(year: i32) { English: "{year}" }
    to_time(from: &str, to: &str) { English: "{from} to {to}" }
    // One item.
    about_this { English: "About this" }
    read_it { English: "Read it" }
    download_file(number: usize) { English: "Download file {number}" }
    file_is(kind: &str) { English: "A file ({kind})" }
    file_did_not_come { English: "This file did not come with the record. The place that made it has it." }
    source_of { English: "Came from" }
    added { English: "Added to your record" }
    see_original { English: "See the original" }
    hide_original { English: "Hide the original" }
    the_original { English: "The original, as it came in" }
    entered_in_error { English: "This was entered in error. It is kept, and struck through." }
    who_can_see_this { English: "Who can see this" }
    see_and_stop { English: "See or change who can see it" }
    from_to(from: &str, to: &str) { English: "{from} to {to}" }
    from_on(from: &str) { English: "from {from}" }
    up_to(to: &str) { English: "to {to}" }
    range { English: "Range" }
    range_by_laboratory(range: &str, unit: &str) { English: "{range} {unit}, given by the laboratory" }
    everything { English: "Everything by date" }
    by_date { English: "By date" }
    more_of(category: &str) { English: "More {category}" }
    everything_says { English: "All that has come in, by when it happened." }
}

impl Say {
    /// The status of an item in words; `None` where it says nothing that matters to a reader.
    #[must_use]
    pub fn status(self, code: &str) -> Option<&'static str> {
        match self.0 {
            Language::English => Some(match code {
                "active" | "in-progress" | "recurrence" | "relapse" => "Active",
                "on-hold" | "suspended" => "On hold",
                "stopped" | "cancelled" | "revoked" | "aborted" | "abandoned" => "Stopped",
                "completed" | "finished" | "fulfilled" => "Done",
                "resolved" | "inactive" | "remission" => "Past",
                "planned" | "booked" | "proposed" | "pending" | "draft" | "intended" => "Planned",
                "preliminary" | "registered" | "partial" => "Not final yet",
                "amended" | "corrected" => "Corrected",
                "not-done" | "not-taken" | "noshow" => "Not done",
                "entered-in-error" => "Entered in error",
                _ => return None,
            }),
        }
    }

    /// The status of an item where a list should say it: not that it is active, done
    /// or past, which is the rule.
    #[must_use]
    pub fn unusual_status(self, code: &str) -> Option<&'static str> {
        const USUAL: [&str; 8] = ["active", "in-progress", "completed", "finished", "fulfilled", "resolved", "inactive", "remission"];
        if USUAL.contains(&code) { None } else { self.status(code) }
    }

    /// The name of a fact, by the key that the mapping gives it. A key without words
    /// of its own is said as it is written.
    #[must_use]
    pub fn fact(self, key: &str) -> String {
        let key = key.strip_prefix("fact.").unwrap_or(key);
        match self.0 {
            Language::English => match key {
                "time" => "When".to_owned(),
                "seen-by" => "Seen by".to_owned(),
                "kind" => "Kind".to_owned(),
                "issued" => "Reported".to_owned(),
                "performer" => "Done by".to_owned(),
                "part" => "Part".to_owned(),
                "part-value" => "Its value".to_owned(),
                "missing" => "Why there is no value".to_owned(),
                "body-site" => "Where on the body".to_owned(),
                "lot" => "Lot number".to_owned(),
                "udi" => "Device number".to_owned(),
                "order" => "Ordered by".to_owned(),
                "line" => "Line".to_owned(),
                "asserter" => "Told by".to_owned(),
                "dose" => "How to take it".to_owned(),
                _ => {
                    let words = key.replace('-', " ");
                    let mut letters = words.chars();
                    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
                }
            },
        }
    }
}
