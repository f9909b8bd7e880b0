//! `/account/second-factor`: setting it up, its recovery codes, taking it away;
//! `/account/second-factor/keep` is where the link of a message leads.

use chartkey_portal::second_factor::{Loss, SecondFactor};
use leptos::prelude::*;

use crate::{
    catalogue::Say,
    components::{
        facts::facts,
        form::{field, hidden, problem_summary, titled},
        notice::{Role, notice, what_was_done},
        picture::picture,
        sheet::{back, sheet, title},
        when::moment,
    },
    pages::{Paged, page},
    request::{caller, percent_encoded, portal, problem, query, visitor},
    shell::{Page, Place, document},
};

/// Where the visitor stands, and what they can do there.
pub fn second_factor() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let (portal, visitor) = (portal()?, visitor()?);
        let standing = portal.second_factor(&visitor).await?;
        let shows_secrets = match &standing {
            SecondFactor::Off => false,
            SecondFactor::Begun { .. } => true,
            SecondFactor::On { codes, .. } => !codes.is_empty(),
        };
        if shows_secrets {
            portal.require_fresh(&visitor).await?;
        }
        let step = match standing {
            SecondFactor::Off => off(say).into_any(),
            SecondFactor::Begun { seed, email } => begun(say, &seed, &email).into_any(),
            SecondFactor::On { since, codes_left, codes, loss } => view! {
                {(!codes.is_empty()).then(|| fresh_codes(say, codes))}
                {loss.map(|loss| lost(say, loss))}
                {sheet("on", say.factor_is_on(), view! {
                    {facts(vec![
                        (say.factor_since().to_owned(), moment(say, since).into_any()),
                        (say.codes_left().to_owned(), codes_left.into_any()),
                    ])}
                    {act("/api/new-recovery-codes", say.new_codes_says(), say.new_codes(), "button second")}
                    {act("/api/remove-second-factor", say.remove_factor_says(), say.remove_factor(), "button stop")}
                })}
            }
            .into_any(),
        };
        let done = match query("done").as_deref() {
            Some("on") => Some((say.factor_added(), say.factor_added_says())),
            Some("off") => Some((say.factor_removed(), say.factor_removed_says())),
            Some("kept") => Some((say.factor_kept(), say.factor_kept_says())),
            _ => None,
        };
        let body = view! {
            {back("/account".to_owned(), say.account())}
            {problem_summary(say, problem)}
            {done.map(|(heading, says)| what_was_done(heading, view! { <p>{says}</p> }))}
            {title(say.second_factor(), Some(say.second_factor_says().to_owned()))}
            {step}
        };
        Paged::Ok(document(Page::new(titled(say, say.second_factor(), problem), Place::Account), body).into_any())
    })
}

/// A button with what it does.
fn act(action: &'static str, says: &'static str, words: &'static str, class: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <p>{says}</p>
            <p class="actions"><button class=class type="submit">{words}</button></p>
        </form>
    }
}

fn off(say: Say) -> impl IntoView {
    sheet("off", say.factor_is_off(), act("/api/begin-second-factor", say.begin_factor_says(), say.begin_factor(), "button"))
}

fn begun(say: Say, seed: &str, email: &str) -> impl IntoView + use<> {
    let address = address(seed, email);
    let groups = seed.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    view! {
        {sheet("scan", say.scan_this(), view! {
            <p>{say.scan_this_says()}</p>
            {picture(say.seed_picture(), &address)}
            <p>{say.type_this_says()}</p>
            <p class="code seed">{groups}</p>
        })}
        {sheet("confirm", say.then_confirm(), view! {
            <form method="post" action="/api/confirm-second-factor">
                {field("code", say.app_code(), "text", "one-time-code", Some(say.app_code_hint()))}
                <p class="actions"><button class="button" type="submit">{say.turn_on()}</button></p>
            </form>
            {act("/api/begin-second-factor", say.another_seed_says(), say.another_seed(), "button second")}
            {act("/api/remove-second-factor", say.give_up_says(), say.give_up(), "button second")}
        })}
    }
}

/// The address that apps read from a picture (the "Key URI" that they agreed on).
fn address(seed: &str, email: &str) -> String {
    let account = percent_encoded(email, b"-_.~");
    format!("otpauth://totp/Chartkey:{account}?secret={seed}&issuer=Chartkey")
}

fn fresh_codes(say: Say, codes: Vec<String>) -> impl IntoView {
    sheet(
        "codes",
        say.save_codes(),
        view! {
            <p>{say.save_codes_says()}</p>
            <ol class="code codes">{codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}</ol>
            {act("/api/put-codes-away", say.put_away_says(), say.put_away(), "button")}
        },
    )
}

/// Somebody says that it is lost, as every page tells, and here its holder stops it.
fn lost(say: Say, loss: Loss) -> impl IntoView {
    sheet(
        "lost",
        say.keep_factor(),
        view! {
            <p>{say.factor_lost_begun()} " " {moment(say, loss.begun_at)} "."</p>
            {act("/api/not-lost", say.not_lost_says(), say.not_lost(), "button")}
        },
    )
}

/// Keeps it, by the link of a message. The link only opens this page.
pub fn keep_second_factor() -> impl IntoView {
    page(async {
        let say = caller().say();
        let problem = problem();
        let step = match (query("token"), query("done")) {
            (Some(token), _) => sheet(
                "keep",
                say.not_lost(),
                view! {
                    <form method="post" action="/api/keep-second-factor">
                        {hidden("token", Some(token))}
                        <p>{say.not_lost_says()}</p>
                        <p class="actions"><button class="button" type="submit">{say.not_lost()}</button></p>
                    </form>
                },
            )
            .into_any(),
            (None, Some(_)) => notice(
                Role::Positive,
                say.factor_kept(),
                view! { <p>{say.factor_kept_says()}</p><p><a href="/sign-in/forgotten">{say.choose_new_password()}</a></p> },
            )
            .into_any(),
            (None, None) if problem.is_none() => {
                notice(Role::Caution, say.link_missing(), view! { <p>{say.link_missing_says()}</p> }).into_any()
            }
            (None, None) => ().into_any(),
        };
        let body = view! { {problem_summary(say, problem)} {title(say.keep_factor(), None)} {step} };
        Paged::Ok(document(Page::new(titled(say, say.keep_factor(), problem), Place::None), body).into_any())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_reads_is_one_address_whatever_the_account_is_called() {
        assert_eq!(address("ABCD", "mara+x@example.org"), "otpauth://totp/Chartkey:mara%2Bx%40example.org?secret=ABCD&issuer=Chartkey");
        assert!(!address("ABCD", "a?secret=x&y@example.org").contains("?secret=x"));
    }
}
