//! What the pages of an account say: address, password, second factor, devices.

use super::{Language, messages};

messages! {
    details { English: "Details" }
    signing_in { English: "Signing in" }
    password_changed_says { English: "Every other device was signed out. This one stays signed in." }
    change_password_says { English: "Every other device is signed out." }
    change_email { English: "Change the email address" }
    change_email_says { English: "We send a link to the new address. Nothing changes before you open it." }
    new_email { English: "New email address" }
    email_now { English: "Now" }
    email_sent_says { English: "If a message can reach the new address, it is on its way. Open its link within one hour. Until then your address stays as it is." }
    confirm_email { English: "Confirm this email address" }
    confirm_email_says { English: "From then on you sign in with this address, and we write to it. The address before gets a message, with a link to undo this." }
    confirm_email_button { English: "Use this address" }
    email_changed { English: "Your email address is changed" }
    email_changed_says { English: "Sign in with the new one from now on." }
    undo_email { English: "Undo the change of your email address" }
    undo_email_says { English: "Your account gets this address back. Every device is signed out, the password opens nothing any more, and a second step that was set up since is off: whoever changed the address is shut out." }
    undo_email_button { English: "Take my address back" }
    email_undone { English: "Your address is back" }
    email_undone_says { English: "We have sent you a message with a link to choose a new password. Until you have, nobody can sign in." }
    second_factor { English: "Second step" }
    second_factor_says { English: "After your password, an app on your phone gives you a code. Whoever knows your password alone stays outside." }
    factor_is_on { English: "The second step is on" }
    factor_is_off { English: "The second step is off" }
    begin_factor { English: "Set it up" }
    begin_factor_says { English: "You need an app that makes codes: a password manager has it, or any “authenticator”." }
    scan_this { English: "1. Scan this with your app" }
    scan_this_says { English: "It belongs to your account alone. Show it to nobody." }
    seed_picture { English: "A picture for your app to scan; the same as text is below" }
    type_this_says { English: "Or type this into the app:" }
    then_confirm { English: "2. Type the code that the app shows" }
    app_code { English: "Code" }
    app_code_hint { English: "Six digits, new every half minute" }
    app_or_saved_code_hint { English: "Six digits from your app, or one of your saved codes" }
    turn_on { English: "Turn it on" }
    another_seed { English: "Show another" }
    another_seed_says { English: "Did somebody else see it?" }
    give_up { English: "Leave it off" }
    give_up_says { English: "Do you not want it after all?" }
    factor_added { English: "The second step is on" }
    factor_added_says { English: "From now on we ask for a code after your password." }
    factor_removed { English: "The second step is off" }
    factor_removed_says { English: "Your password is enough again. The saved codes open nothing more." }
    factor_since { English: "Since" }
    codes_left { English: "Saved codes left" }
    save_codes { English: "Save these ten codes now" }
    save_codes_says { English: "If your phone is lost, each of them lets you in once. Print them or put them into a password manager. We cannot show them again." }
    put_away { English: "I have saved them" }
    put_away_says { English: "They disappear from this page, in an hour at the latest." }
    new_codes { English: "Make new codes" }
    new_codes_says { English: "Are your saved codes lost, used up, or seen by somebody? The old ones end." }
    remove_factor { English: "Turn it off" }
    remove_factor_says { English: "Then your password alone opens your account." }
    factor_lost { English: "Somebody says that your second step is lost" }
    factor_lost_begun { English: "They know your password. They said so on" }
    factor_lost_says { English: "If nobody stops it, your password alone opens your account from" }
    factor_lost_see { English: "See, and stop it" }
    not_lost { English: "It is not lost, keep it" }
    not_lost_says { English: "The second step stays on. If it was not you who said so, change your password as well." }
    keep_factor { English: "Keep the second step" }
    factor_kept { English: "The second step stays on" }
    factor_kept_says { English: "If it was not you who said that it is lost, somebody knows your password: choose another." }
    have_neither { English: "I have neither the app nor a saved code" }
    wait_72 { English: "Wait 72 hours" }
    lost_says { English: "After 72 hours your password alone lets you in, within the 14 days that follow, and the second step is off." }
    lost_told { English: "Until then we tell you each day by email and on every device where you are signed in, so that you can stop it if it was not you. A sign-in with a code stops it, too." }
    begin_wait { English: "Begin to wait" }
    wait_begun { English: "The wait has begun" }
    wait_begun_says { English: "Come back in 72 hours and sign in with your password. Found your phone? Sign in with a code, and the wait ends." }
    is_it_you { English: "Is it still you?" }
    is_it_you_says { English: "Your last sign-in was more than five minutes ago. For this we ask again, so that nobody who finds your device open can do it." }
    again_at_organization { English: "Prove who you are there once more." }
    devices_and_log { English: "Devices, and what has happened" }
    signed_in_on { English: "Signed in on" }
    this_device { English: "This one" }
    signed_in_since { English: "Since" }
    last_used { English: "Last used" }
    last_signed_in { English: "Last signed in" }
    known_devices { English: "Known devices" }
    known_devices_says { English: "You have signed in there. Nobody who tries your address elsewhere can make you wait on them." }
    no_known_devices { English: "None." }
    forget { English: "Forget" }
    device_signed_out { English: "That device is signed out." }
    device_forgotten { English: "That device is forgotten." }
    account_log { English: "What has happened" }
    account_log_says { English: "To your account, newest first. Times are in UTC." }
    unknown_browser { English: "Another browser" }
    browser_on(browser: &str, system: &str) { English: "{browser} on {system}" }
}

impl super::Say {
    /// What happened to an account, by the stable word of its event.
    #[must_use]
    pub fn happened(self, action: &str) -> &'static str {
        match self.0 {
            Language::English => match action {
                "account-made" => "The account was made",
                "signed-in" => "Signed in",
                "signed-in-again" => "Signed in again, in the same place",
                "signed-out" => "Signed out",
                "device-signed-out" => "One device was signed out",
                "sessions-ended" => "Signed out everywhere",
                "sign-in-failed" => "A wrong password was tried",
                "code-failed" => "A wrong code was tried after the right password",
                "password-changed" => "The password was changed",
                "email-change-begun" => "A change of the email address was begun",
                "email-changed" => "The email address was changed",
                "email-given" => "The clinic gave the account another email address",
                "address-voided" => "After a restore the earlier email address was taken off the account",
                "password-voided" => "After a restore the password has to be chosen anew",
                "email-change-undone" => "The change of the email address was undone",
                "second-factor-added" => "The second step was turned on",
                "second-factor-removed" => "The second step was turned off",
                "second-factor-lost" => "Somebody with the password said that the second step is lost; the wait of 72 hours began",
                "second-factor-kept" => "The wait ended, and the second step stayed on",
                "recovery-codes-made" => "New saved codes were made",
                "recovery-code-used" => "A saved code was used",
                "device-forgotten" => "A known device was forgotten",
                _ => "Something was changed",
            },
        }
    }
}
