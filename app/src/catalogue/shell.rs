//! What stands around every page.

use super::messages;

messages! {
    product { English: "Chartkey" }
    title(page: &str) { English: "{page} – Chartkey" }
    skip { English: "Skip to the page" }
    main_navigation { English: "Main" }
    sign_in { English: "Sign in" }
    sign_out { English: "Sign out" }
    home { English: "Home" }
    record { English: "Record" }
    sharing { English: "Sharing" }
    activity { English: "Activity" }
    account { English: "Account" }
    patients { English: "Patients" }
    use_a_code { English: "Use a code" }
    summary { English: "Summary" }
    everything_by_date { English: "Everything by date" }
    whose_record { English: "Whose record this is" }
    born(date: &str) { English: "born {date}" }
    shared_with_you { English: "shared with you" }
    leave_now { English: "Leave now" }
    covered { English: "This page is closed" }
    covered_says { English: "The share has ended or changed, the session is over, or we cannot reach the server to ask." }
    look_again { English: "Look again" }
    close { English: "Close" }
    printed(date: &str) { English: "Printed from Chartkey on {date}" }
    went_wrong { English: "Something went wrong" }
    went_wrong_says { English: "It is our fault. If you were changing something, it may have been carried out. Look whether it was, then try again." }
    busy { English: "Too many people are here at once" }
    busy_says { English: "Nothing was lost, and nothing was changed. Try again in a few seconds." }
    too_slow { English: "This took too long" }
    too_slow_says { English: "Nothing was lost, and nothing was changed. Try again in a minute." }
    unfinished_says { English: "What you sent may still be carried out. Look whether it was before you send it again. Nothing else was lost." }
    not_from_here { English: "Not from here" }
    not_from_here_says { English: "This request came from another site, so it was not carried out." }
    rehearsal { English: "Rehearsal. Everybody here is invented." }
}
