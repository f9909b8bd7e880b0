//! What a practice asks that is not registered: kept once, for the operator alone, and not without end.

mod harness;
mod people;

use chartkey_portal::{Error, practices::PracticeRequest};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn request(words: &str) -> PracticeRequest {
    PracticeRequest::parse("  Practice by the Sea ", "desk@sea.example", words).unwrap()
}

#[test]
fn a_request_says_who_asks_and_where_they_are_reached() {
    assert_eq!(request("").practice, "Practice by the Sea");
    assert_eq!(PracticeRequest::parse("A", "+49 30 1234", "").unwrap().contact, "+49 30 1234");
    let long = "x".repeat(601);
    for (practice, contact, words, code) in [
        ("", "a@b", "", "practice-name"),
        (&long[..201], "a@b", "", "practice-name"),
        ("A\nB", "a@b", "", "practice-name"),
        ("A", "ask me", "", "practice-contact"),
        ("A", "", "", "practice-contact"),
        ("A", "a@b", long.as_str(), "practice-words"),
    ] {
        let refused = PracticeRequest::parse(practice, contact, words);
        assert!(matches!(refused, Err(Error::Invalid(field)) if field == code), "{code}: {refused:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_twice_is_one_request_and_the_operator_closes_it(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    let twice = tokio::join!(
        house.portal.ask_operator(request("We have OpenID."), "198.51.100.1"),
        house.portal.ask_operator(request("We have OpenID."), "198.51.100.1")
    );
    twice.0.unwrap();
    twice.1.unwrap();
    house.portal.ask_operator(request("Please."), "198.51.100.2").await.unwrap();
    let open = house.portal.practice_requests().await.unwrap();
    assert_eq!(open.iter().map(|open| open.asked.words.as_str()).collect::<Vec<_>>(), ["We have OpenID.", "Please."]);
    house.portal.close_practice_request(open[0].id, "registered").await.unwrap();
    assert!(matches!(house.portal.close_practice_request(open[0].id, "again").await, Err(Error::NotFound)));
    assert_eq!(house.portal.practice_requests().await.unwrap().len(), 1);
    let kept = house
        .counted("select count(*) from event where chain = 'system' and convert_from(bytes, 'UTF8') like '%practice-request-closed%'")
        .await;
    assert_eq!(kept, 1);
    assert_eq!(house.counted("select count(*) from event where convert_from(bytes, 'UTF8') like '%sea.example%'").await, 0);
    let seen: i64 = sqlx::query_scalar("select count(*) from practice_request").fetch_one(house.portal.pool()).await.unwrap();
    assert_eq!(seen, 0, "nobody but the operator reads it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_asks_and_asks_has_to_wait(_: PgPoolOptions, options: PgConnectOptions) {
    let house = House::build(Ground::lay(options).await).await;
    for number in 0..5 {
        house.portal.ask_operator(request(&number.to_string()), "198.51.100.1").await.unwrap();
    }
    assert!(matches!(house.portal.ask_operator(request("more"), "198.51.100.1").await, Err(Error::TooManyTries)));
    house.portal.ask_operator(request("another's"), "198.51.100.2").await.unwrap();
}
