//! What `/download`, the pack itself and a clinician's printed summaries say.

use super::messages;

messages! {
    download { English: "Take it with you" }
    download_says { English: "Your record is yours. Whatever you take is written into the log, and what you have taken nobody can take back for you." }
    download_all { English: "Everything, as it came in" }
    download_all_says { English: "One file in the format that practices and hospitals exchange (FHIR R4, JSON). Each entry is byte for byte what was sent. Anybody who gets the file can read it: keep it where you keep letters of your bank." }
    download_fhir { English: "Download everything" }
    pack { English: "Emergency pack" }
    pack_says { English: "One locked file for the day when nothing here can be reached: no network, no power at the clinic, a new country. Any current browser opens it from a memory stick or a telephone, without us. Inside are a summary to read or print and everything as it came in." }
    pack_passphrase_says { English: "The passphrase locks the file. We do not keep it: if it is forgotten, nobody can open the file, and you make another." }
    passphrase { English: "Passphrase" }
    passphrase_hint { English: "At least 12 characters. Five or six words that do not belong together are good." }
    passphrase_again { English: "The same passphrase again" }
    make_pack { English: "Make the pack" }
    passphrase_problem { English: "Choose a passphrase of at least 12 characters." }
    passphrase_again_problem { English: "The two passphrases are not the same. Type both again." }
    pack_too_large { English: "Your record is larger than 64 MB, which is more than a telephone can unlock. Download everything instead." }
    print_summary { English: "On paper" }
    print_summary_says { English: "The summary of your record prints well: open it, then print it with your browser." }
    open_summary { English: "Open the summary" }
    download_again_says { English: "Taking your record with you needs a fresh sign-in." }
    prove_yourself { English: "Sign in again" }
    // The pack.
    pack_title { English: "Emergency pack – Chartkey" }
    pack_locked { English: "A locked health record" }
    pack_locked_says { English: "Type the passphrase that was chosen when this file was made. It is opened on this device alone; nothing is sent anywhere." }
    pack_open { English: "Open it" }
    pack_opening { English: "Opening …" }
    pack_wrong { English: "That passphrase does not open this file. Check capital letters and spaces, then try again." }
    pack_cannot { English: "This browser cannot open it. Use a current version of Chrome, Edge, Firefox or Safari, with scripts allowed." }
    pack_save { English: "Save everything (FHIR)" }
    pack_print { English: "Print" }
    pack_lock { English: "Lock it again" }
    pack_tools { English: "What you can do" }
    as_of(moment: &str) { English: "As of {moment} (UTC)" }
    pack_is_old { English: "What was recorded later is not in it." }
    pack_may_lack { English: "This is what was sent to Chartkey. It may not be everything, and nobody has checked it. The newest results and visits are here; all of them are in the file that you can save." }
    not_recorded_here { English: "Nothing is recorded here." }
    // Printed summaries.
    print_shared { English: "Print summaries" }
    print_shared_says { English: "For a time when Chartkey cannot be reached: allergies, medicines and problems of each patient who shares with you for treatment, one page each. Each patient sees that you opened it." }
    print_shared_button { English: "Open all summaries for treatment" }
    print_title { English: "Summaries to print" }
    print_says { English: "One patient on each page, with what their share allows. Use your browser to print. Paper does not close itself: shred it when the shares end." }
    print_limit(most: usize) { English: "A page holds at most {most} patients. There are more; open the records of the others one by one." }
    print_nobody { English: "Nobody’s summary is open. Ask for them under your patients." }
    print_until(moment: &str) { English: "This page closes when one of these shares ends or changes, and on {moment} (UTC) at the latest." }
}
