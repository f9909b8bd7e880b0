//! What the pages of sharing say.

use chartkey_domain::grant::GrantState;

use super::messages;

messages! {
    who_can_see { English: "Who can see your record" }
    nobody_can_see { English: "Nobody but you. A key is cut only when you hand one out." }
    can_see_now(count: i64) { English: one "1 key is out", other "{count} keys are out" }
    new_share { English: "Share with somebody" }
    ended_shares { English: "Ended" }
    codes_wait(count: i64) { English: one "1 code waits", other "{count} codes wait" }
    see_codes { English: "See your codes" }
    open_this_share(who: &str) { English: "Details of the share with {who}" }
    details_of { English: "Details" }
    paused_for_now { English: "Stopped for now. It opens nothing until you start it again." }
    no_end { English: "No end: until you stop it" }
    days_left(count: i64) { English: one "1 day left", other "{count} days left" }
    days_left_label { English: "Days left" }
    done_given { English: "The key is out. It works from now on." }
    done_withdrawn { English: "The share has ended. The next look is refused." }
    done_paused { English: "The share is stopped for now." }
    done_resumed { English: "The share works again." }
    done_code_refused { English: "The code is void. Nothing was shared." }
    done { English: "Done" }
    somebody_at(organization: &str) { English: "everybody named at {organization}" }
    new_share_question(number: i32) { English: "New share · question {number} of 4" }
    new_share_last { English: "New share · last step" }
    back { English: "Back" }
    go_on { English: "Continue" }
    who_question { English: "Who may see something of your record?" }
    who_says { English: "Everybody here signs in through their organization, which vouches for who they are." }
    who_by_code { English: "Somebody else: give them a code" }
    who_by_code_hint { English: "They type it here after signing in. You see who it is and decide before anything opens." }
    who_nobody_known { English: "No organization is registered here yet. You can still make a code." }
    profession_at(profession: &str, organization: &str) { English: "{profession} at {organization}" }
    anyone_hint { English: "Anyone who signs in there with this profession" }
    purpose_question { English: "What for?" }
    purpose_says { English: "They see this beside everything they open." }
    purpose_words { English: "In your own words, if it is something else" }
    what_question { English: "What may they see?" }
    what_says { English: "Tick what you want. Anything you don’t tick stays closed." }
    what_legend { English: "Parts of your record" }
    sensitive_legend { English: "Sensitive things" }
    sensitive_hint { English: "Kept back unless you tick them, even inside the parts above." }
    part_hint(count: i64, newest: &str) { English: one "1, on {newest}", other "{count}, newest {newest}" }
    part_hint_undated(count: i64) { English: one "1", other "{count}" }
    part_empty { English: "None recorded" }
    things(count: i64) { English: one "1 thing", other "{count} things" }
    private_things(count: i64) { English: one "1 thing is private. No share can reach it, this one included.", other "{count} things are private. No share can reach them, this one included." }
    private_heading { English: "Kept private" }
    note_can_mention { English: "A written note can mention anything, whatever its label." }
    time_question { English: "From when, and for how long?" }
    time_says { English: "Leave the dates empty to share everything you ticked, however old." }
    dates_legend { English: "Dates of what they see" }
    first_day { English: "From" }
    last_day { English: "Up to" }
    end_legend { English: "How long they can see it" }
    end_preset { English: "30 days" }
    end_day { English: "Until a day I choose" }
    end_open { English: "Until I stop it" }
    until_legend { English: "Until" }
    todays_only_choice { English: "Only what is there today" }
    todays_only_hint { English: "Without this, what is added while the share lasts is included." }
    more_legend { English: "More than looking" }
    may_copy_choice { English: "They may take a copy" }
    may_copy_hint { English: "A copy cannot be taken back." }
    check_title { English: "Check, then hand over the key" }
    check_answers { English: "Your answers" }
    fact_who { English: "Who" }
    fact_purpose { English: "What for" }
    fact_what { English: "What" }
    fact_sensitive { English: "Sensitive things" }
    fact_time { English: "When" }
    none_of_them { English: "None" }
    change { English: "Change" }
    change_of(what: &str) { English: ": {what}" }
    give_key { English: "Give this key" }
    make_the_code { English: "Make the code" }
    dont_share { English: "Don’t share" }
    take_back_any_time { English: "You can take the key back at any time. That stops the next look; it cannot undo what was already read." }
    sensitive_stop { English: "Stop and look: this includes sensitive things" }
    sensitive_stop_says(labels: &str) { English: "They will see what is marked {labels}. Once it is read, it cannot be unread. Leave it out unless they need it." }
    leave_it_out { English: "Leave sensitive things out" }
    the_share { English: "The share in one sentence" }
    story { English: "What became of it" }
    looks_through { English: "Who looked through it" }
    nobody_looked { English: "Nobody has looked through it." }
    stop_sharing { English: "Stop sharing" }
    pause_sharing { English: "Stop for now" }
    resume_sharing { English: "Start again" }
    stop_question { English: "Stop this share?" }
    stop_does { English: "The next look is refused, and pages that are open now are covered at once." }
    stop_does_not { English: "It does not undo what was already read or copied. Through this share:" }
    stop_nothing_read { English: "Nobody has read or copied anything through it so far." }
    keep_sharing { English: "Keep sharing" }
    share_of(name: &str) { English: "Share with {name}" }
    opened_things(count: i64, what: &str) { English: one "opened 1 thing: {what}", other "opened {count} things: {what}" }
    opened_page { English: "opened a page without anything on it" }
    copied_things(count: i64) { English: one "took a copy of 1 thing", other "took a copy of {count} things" }
    shared_title { English: "Your patients" }
    shared_says { English: "What each patient confirmed, in the words they read. Choose the share you need now: each look is shown to the patient." }
    shared_nothing { English: "Nobody shares with you at the moment." }
    open_record_of(name: &str) { English: "Open the record of {name}" }
    ended_word { English: "Ended" }
    ended_lately { English: "Ended in the last 90 days" }
    purpose_is(purpose: &str) { English: "For: {purpose}" }
    grant_who_problem { English: "Choose who may see something." }
    grant_purpose_problem { English: "Choose what it is for. If it is something else, say it in up to 120 letters." }
    grant_what_problem { English: "Tick at least one part of your record." }
    grant_dates_problem { English: "Check the dates of what they see. Each needs a day, a month and a year, and the first comes first." }
    grant_end_problem { English: "Check the last day. It needs a day, a month and a year, and cannot have passed." }
    have_a_code { English: "A patient gave you a code?" }
}

impl super::Say {
    /// A line of a grant's story.
    #[must_use]
    pub fn story_line(self, kind: &str) -> &'static str {
        match (self.0, kind) {
            (super::Language::English, "given") => "You gave it",
            (super::Language::English, "paused") => "You stopped it for now",
            (super::Language::English, "resumed") => "You started it again",
            (super::Language::English, "withdrawn") => "You ended it",
            (super::Language::English, _) => "You replaced it with a new one",
        }
    }

    /// How a grant ended.
    #[must_use]
    pub const fn ended_how(self, state: GrantState) -> &'static str {
        match self.0 {
            super::Language::English => match state {
                GrantState::Withdrawn => "You ended it",
                GrantState::Replaced => "Replaced by a newer share",
                GrantState::Active | GrantState::Paused => "Its last day has passed",
            },
        }
    }
}
