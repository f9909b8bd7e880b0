//! What the pages for those who run a Chartkey say, and those of a rehearsal.

use chartkey_portal::rehearsal::tasks::Task;

use super::messages;

messages! {
    step_done { English: "(done)" }
    step_open { English: "(not yet)" }
    set_up { English: "Set up this Chartkey" }
    set_up_says { English: "From an empty database to the first record in its patient’s hands. This page is here until then, and looks again each time you open it." }
    set_up_machine { English: "The machine" }
    set_up_records { English: "The first record" }
    set_up_foot { English: "Every setting, where it comes from and what is wrong with it:" }
    step_database { English: "The database is ready" }
    step_database_says { English: "Its schema is that of this version, and the server works as a role that can see nothing without a decision." }
    step_address { English: "People can reach it" }
    step_address_says { English: "An https address that people type. Without it only this machine gets here." }
    step_mail { English: "Messages go out" }
    step_mail_says { English: "Signing up and choosing a new password need a mail server. Until then messages are files in a folder." }
    step_anchor { English: "The log is anchored" }
    step_anchor_says { English: "The heads of the access log go into a file, best on another machine’s disk: it is what shows a changed log." }
    step_journal { English: "What was withdrawn stays withdrawn" }
    step_journal_says { English: "Each share that is ended is also written to a file outside the database, best on another disk: a restored backup then does not open it again." }
    step_import { English: "Take in a record" }
    step_import_says { English: "A FHIR file from a practice, a laboratory or a hospital. The command prints the identifier of the record." }
    step_invite { English: "Make the patient’s code" }
    step_invite_says { English: "Give it to them in person or by letter. It works for 14 days, together with their birth date." }
    step_sign_up { English: "The patient makes an account" }
    step_sign_up_says { English: "They choose “Make an account” on the first page." }
    step_claim { English: "The patient claims the record" }
    step_claim_says { English: "With the code and their birth date. From then on it is theirs, and this page is gone." }
    step_organization { English: "Let clinicians sign in" }
    step_organization_says { English: "Where they work, through OpenID Connect. A record needs no clinician to be its patient’s." }
    operator { English: "This Chartkey" }
    operator_says { English: "Whether it could be lost, and what is still missing. Only the machine it runs on gets this page, and nothing of anybody’s record is in it." }
    database_closed { English: "This database is not the one that the journal knows" }
    no_proof { English: "No backup has been proved yet" }
    no_proof_says { English: "Until one was restored and compared, nobody knows whether a backup helps. The server makes and proves one each night once it knows where to:" }
    bad_proof { English: "The last backup would not help" }
    bad_proof_says { English: "Find out why today. The backups before it stay where they are." }
    old_proof(hours: i64) { English: "No backup has been proved for {hours} hours" }
    old_proof_says { English: "One is made and proved each night. Look into the server’s log for why it was not." }
    backups { English: "Backups" }
    proof_failed { English: "Failed" }
    proof_differences(differences: i32) { English: one "Restored and compared: 1 difference", other "Restored and compared: {differences} differences" }
    proof_checked { English: "Checked, but not restored: no key to decrypt it is set" }
    seconds_taken(seconds: f64) { English: "{seconds:.1} s" }
    megabytes(size: f64) { English: "{size:.1} MB" }
    kept_outside { English: "Kept outside the database" }
    write_ahead_log { English: "Write-ahead log" }
    archive_off { English: "Not archived: only the nightly backup could be restored" }
    archive_failing { English: "The archive command fails; PostgreSQL keeps every segment until it works" }
    archive_waiting { English: "Archived; no segment has been full yet" }
    archived_ago(seconds: i64) { English: one "The last segment was archived 1 second ago", other "The last segment was archived {seconds} seconds ago" }
    journal { English: "Journal of what was withdrawn" }
    journal_none { English: "None is kept: a restored backup would open again what was withdrawn since" }
    journal_kept { English: "Nothing waits to be written" }
    journal_waits(acts: i64) { English: one "1 act waits to be written", other "{acts} acts wait to be written" }
    still_missing { English: "Still missing" }
    rehearsal_title { English: "What to try" }
    rehearsal_says { English: "Everybody here is invented: nothing can go wrong. Each step is ticked once the log shows that it was done." }
    rehearsal_tasks { English: "What to try" }
    rehearsal_reset { English: "To begin again with the same people:" }
    role_patient { English: "As a patient" }
    role_clinician { English: "As a clinician" }
    role_reception { English: "At the reception" }
    tasks_done(done: usize, all: usize) { English: "{done} of {all} done" }
}

impl super::Say {
    /// What to do for a task: in short, in full, and the command where there is one.
    #[must_use]
    pub const fn task(self, task: Task) -> (&'static str, &'static str, Option<&'static str>) {
        match self.0 {
            super::Language::English => match task {
                Task::Import => (
                    "Take in a file",
                    "A laboratory has sent a file about somebody new. The command prints the identifier of their record.",
                    Some(
                        "chartkey rehearse --newcomer > newcomer.json; chartkey import newcomer.json --source Laboratory --reason \"first delivery\"",
                    ),
                ),
                Task::Invite => (
                    "Make a code to claim it",
                    "The person is at your desk. Make the code with which they claim their record.",
                    Some("chartkey person invite --patient ID --reason \"asked for it in person\""),
                ),
                Task::Claim => (
                    "Claim a record",
                    "Make an account, and claim the record with the code from the reception and the birth date in the file.",
                    None,
                ),
                Task::FindResult => ("Find a result", "Sign in as one of the invented patients and find their newest HbA1c.", None),
                Task::Share => (
                    "Share results",
                    "Share only results, with a clinician, until the end of next month. Read the sentence before you say yes.",
                    None,
                ),
                Task::SignIn => ("Sign in where you work", "Choose your organization and sign in there.", None),
                Task::OpenShared => ("Open what was shared", "Pick the patient from your list. Note what you cannot see.", None),
                Task::SeeLog => ("See who has looked", "Find the clinician’s look in the list, and why it was allowed.", None),
                Task::Withdraw => ("Take the key back", "End the share while the clinician has the page open, and watch it close.", None),
                Task::Redeem => (
                    "Use a code",
                    "A patient shares by code with somebody who is not in their list. Use the code; the patient says yes.",
                    None,
                ),
                Task::Report => (
                    "Answer a question",
                    "“Who has opened records today?”",
                    Some("chartkey report --between 2026-01-01 2030-01-01 --reason \"a patient asked\""),
                ),
            },
        }
    }
}
