use super::*;

const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");
const JETBLUE: &str = include_str!("../../../../charters/jetblue/charter.yaml");

fn charter(text: &str) -> Charter {
    Charter::read("charter.yaml", text).charter.unwrap()
}

#[test]
fn a_charter_reads_in_plain_words() {
    let charter = charter(EVERY_KEY);
    insta::assert_snapshot!("every_key_in_english", explain(&charter, "en"));
    insta::assert_snapshot!("every_key_in_norwegian", explain(&charter, "nb"));
}

#[test]
fn the_airline_reads_in_three_languages() {
    let charter = charter(JETBLUE);
    for language in ["en", "nb", "zh"] {
        insta::assert_snapshot!(format!("jetblue_{language}"), explain(&charter, language));
    }
}

#[test]
fn a_language_nobody_wrote_falls_back_to_english() {
    let charter = charter(EVERY_KEY);
    assert_eq!(explain(&charter, "fr"), explain(&charter, "en"));
}
