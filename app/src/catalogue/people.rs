//! What the pages of signing up, in and out say.

use super::messages;

messages! {
    email_address { English: "Email address" }
    password { English: "Password" }
    forgot_password { English: "I forgot my password" }
    new_here { English: "New here?" }
    signed_out_done { English: "You are signed out" }
    signed_out_says { English: "Nothing of your record stays on this device." }
    password_done { English: "Your password is changed" }
    password_done_says { English: "You were signed out on every device. Sign in with the new password." }
    sign_up { English: "Make an account" }
    sign_up_says { English: "We send you a message with a link. It is good for one hour." }
    send_link { English: "Send me the link" }
    check_mail { English: "Check your email" }
    check_mail_says { English: "If a message can reach that address, it is on its way. Open its link within one hour." }
    check_mail_again { English: "Nothing there after a few minutes? Look among unwanted mail, then ask again." }
    ask_again { English: "Ask again" }
    finish_sign_up { English: "Choose a name and a password" }
    your_name { English: "Your name" }
    your_name_hint { English: "As the people you share with know you" }
    new_password { English: "New password" }
    password_hint { English: "10 characters or more. Three or four words that nobody expects together are good, and a password manager is better." }
    make_my_account { English: "Make my account" }
    have_account { English: "Do you have an account already?" }
    forgotten { English: "Forgotten password" }
    forgotten_says { English: "Tell us your email address. We send a link with which you choose a new password." }
    choose_new_password { English: "Choose a new password" }
    choose_new_password_says { English: "You will be signed out on every device." }
    change_password { English: "Change the password" }
    link_missing { English: "This link is not whole" }
    link_missing_says { English: "Open it again from the message, or ask for a new one." }
    claim_title { English: "Claim your record" }
    claim_says { English: "Whoever keeps your record gives you a code. With it and your birth date you show that it is yours." }
    claim_code { English: "Code" }
    claim_code_hint { English: "Twelve letters and digits, for example K7QP-3MWD-XH2T" }
    birth_date { English: "Birth date" }
    birth_date_hint { English: "For example 17 5 1980" }
    birth_day { English: "Day" }
    birth_month { English: "Month" }
    birth_year { English: "Year" }
    claim_this { English: "Claim this record" }
    claim_void { English: "After five wrong tries the code is void, and you need another." }
    welcome { English: "Sign in to go on" }
    welcome_says { English: "What you are looking for is behind one of these doors." }
    door_people { English: "For your own record" }
    door_people_says { English: "With your email address and password." }
    door_clinicians { English: "For clinicians" }
    door_clinicians_says { English: "Through the organization where you work." }
    choose_organization { English: "Where do you work?" }
    choose_organization_says { English: "Sign in there, as you do every day. We see your name, your profession and an identifier, never your password." }
    no_organizations { English: "No organization is registered here yet." }
    not_listed { English: "Is yours not in the list? Ask those who run this Chartkey." }
    account_email { English: "Email address" }
    account_name { English: "Name" }
    account_since { English: "Account since" }
    account_devices { English: "Signed in" }
    devices(count: i64) { English: one "On this device alone", other "On {count} devices or browsers" }
    sign_out_everywhere { English: "Sign out everywhere" }
    sign_out_everywhere_says { English: "On this device and every other one, at once." }
    organization { English: "Organization" }
    profession { English: "Profession" }
}
