use super::*;
use crate::Charter;

const CHARTER: &str = include_str!("../../tests/corpus/good/smallest.yaml");

fn read(text: &str) -> Vec<CharterTest> {
    let charter = Charter::read("charter.yaml", CHARTER).charter.unwrap();
    let read = CharterTest::read_all("tests.yaml", text, &charter);
    assert_eq!(read.report(text, Style::Plain), "");
    read.tests.unwrap()
}

#[test]
fn a_background_is_written_out_where_it_is_named() {
    let tests = read(
        "background:
  asked:
    - {event: asked, time: 2025-02-01T09:00:00Z, party: customer:ann, data: {by: 2025-02-02T00:00:00Z}}
tests:
  - name: an answer in time is kept
    given:
      - asked
      - {event: answered, time: 2025-02-01T10:00:00Z, party: customer:ann}
      - clock: 2025-02-03
    then:
      nothing: true
      promises: {answer: [{party: customer:ann, state: kept}]}
",
    );
    let [test] = tests.as_slice() else { panic!("{tests:?}") };
    assert_eq!((test.name.as_ref(), test.line, test.given.len()), ("an answer in time is kept", 5, 3));
    let Step::Event(asked) = &test.given[0] else { panic!("{:?}", test.given) };
    assert_eq!((asked.kind.as_ref(), asked.party.as_deref(), asked.line), ("asked", Some("customer:ann"), 3));
    assert_eq!(asked.data, serde_json::json!({"by": "2025-02-02T00:00:00Z"}));
    assert!(matches!(test.given[2], Step::Clock(_)));
    assert_eq!(test.then.owes, Some(Vec::new()));
    assert_eq!(test.then.promises[0].state, Standing::Kept);
}

#[test]
fn data_is_written_as_people_write_it() {
    let text = |data: &str| {
        let charter = CHARTER.replace(
            "{by: time}",
            "{by: time, litres: number L?, note: text?, count: int?, sure: bool?, paid: tenders?, how: {one_of: [van], optional: true}}",
        );
        let charter = Charter::read("charter.yaml", &charter).charter.unwrap();
        let text = format!(
            "tests:\n  - name: t\n    given: [{{event: asked, time: 2025-02-01T09:00:00Z, party: customer:1, data: {data}}}]\n    then: {{nothing: true}}\n"
        );
        let read = CharterTest::read_all("tests.yaml", &text, &charter);
        assert_eq!(read.report(&text, Style::Plain), "");
        let Some(Step::Event(event)) = read.tests.unwrap().remove(0).given.pop() else { panic!("no event") };
        event.data
    };
    let by = "by: 2025-02-02T09:00:00Z";
    for (data, json) in [
        ("litres: 12.5 L", serde_json::json!({"litres": 12.5})),
        ("litres: 12", serde_json::json!({"litres": 12})),
        ("note: 12", serde_json::json!({"note": "12"})),
        ("count: 12, sure: true", serde_json::json!({"count": 12, "sure": true})),
        ("paid: [5 EUR, 1 USD]", serde_json::json!({"paid": ["5 EUR", "1 USD"]})),
        ("how: van", serde_json::json!({"how": "van"})),
    ] {
        let mut read = text(&format!("{{{by}, {data}}}"));
        read.as_object_mut().unwrap().remove("by");
        assert_eq!(read, json, "{data}");
    }
}

#[test]
fn the_name_of_a_state_reads_back() {
    for name in crate::grammar::STATES {
        assert_eq!(Standing::parse(name).unwrap().as_str(), name);
    }
    assert_eq!(Standing::parse("lost"), None);
}

proptest::proptest! {
    #[test]
    fn reading_mutated_tests_never_panics(
        place in proptest::prelude::any::<proptest::sample::Index>(),
        length in 0_usize..12,
        put in "[a-z0-9:{}\\[\\]'\", .\\-\\n*&!|>%é]{0,6}",
    ) {
        let charter = Charter::read("charter.yaml", include_str!("../../../../charters/bulk-fuel/charter.yaml")).charter.unwrap();
        let tests = include_str!("../../../../charters/bulk-fuel/tests.yaml");
        let mut letters: Vec<char> = tests.chars().take(4_000).collect();
        let start = place.index(letters.len());
        letters.splice(start..(start + length).min(letters.len()), put.chars());
        let text: String = letters.into_iter().collect();
        let _ = CharterTest::read_all("tests.yaml", &text, &charter).report(&text, Style::Plain);
    }
}
