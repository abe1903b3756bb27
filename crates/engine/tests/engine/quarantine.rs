//! What cannot be taken is set aside with a reason, and holds up nothing else.

use makegood_engine::{Origin, Work, read};
use serde_json::json;

use crate::desk::{CHARTER, Desk, booking, departure, event, now, rulebook};

#[test]
fn a_bad_line_holds_up_nothing() {
    let mut input = Vec::new();
    for line in [
        booking(1, "flight:1").into_bytes(),
        b"{\"specversion\": \"1.0\", ".to_vec(),
        b"\xff\xfe".to_vec(),
        booking(2, "flight:1").replace("booking.made", "booking.mode").into_bytes(),
        booking(3, "flight:1").replace("200 USD", "200 XXX").into_bytes(),
        booking(4, "flight:1").replace("200 USD", "-200 USD").into_bytes(),
        booking(5, "flight:1").replace("200 USD", "99999999999999999999 USD").into_bytes(),
        booking(6, "flight:1").replace("2025-05-01", "1969-05-01").into_bytes(),
        booking(7, "flight:1").replace("2025-05-01", "2026-05-01").into_bytes(),
        booking(8, "flight:1").replace("customer:8", "flight:8").into_bytes(),
        event("remedy.paid", "p", Some(9), "flight:1", "06-02", json!({ "remedy": "r-0-0-0" })).into_bytes(),
        b"   ".to_vec(),
        departure("d", "flight:1", "4h").into_bytes(),
    ] {
        input.extend(line);
        input.push(b'\n');
    }
    let mut desk = Desk::new();
    desk.feed(&input);
    assert_eq!(
        desk.set_aside(),
        [
            "2: E003",
            "3: E001",
            "4: unknown-type",
            "5: E022",
            "6: E023",
            "7: E022",
            "8: E011",
            "9: from-the-future",
            "10: E013",
            "11: unknown-remedy"
        ]
    );
    let counts = desk.session.counts();
    assert_eq!((counts.events, counts.set_aside), (2, 10));
    assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
    desk.check();
    let before = desk.count("quarantine");
    desk.feed(&input);
    assert_eq!(desk.count("quarantine"), before, "the same line is set aside once");
    assert_eq!(desk.count("event"), 3);
}

#[test]
fn every_reason_says_what_to_do() {
    let mut desk = Desk::new();
    desk.feed(b"nonsense\n{}\n[1]\n");
    for row in desk.session.reader().quarantine(None, 10).unwrap() {
        assert_eq!(&*row.origin, "input");
        let (reason, help) = row.reason.rsplit_once(": ").unwrap();
        assert!(!reason.is_empty() && !help.is_empty(), "{}", row.reason);
    }
}

#[test]
fn a_refusal_by_the_fold_is_set_aside_with_the_whole_event() {
    let mut desk = Desk::new();
    let line = event("remedy.paid", "p", Some(1), "flight:1", "06-02", json!({ "remedy": "unknown" }));
    desk.tell(&line);
    let rows = desk.session.reader().quarantine(None, 10).unwrap();
    assert_eq!((rows.len(), &*rows[0].bytes), (1, line.as_bytes()));
    assert_eq!(desk.count("event"), 0, "nothing of it was taken");
}

/// Tries everything again under the charters of this desk.
fn retry(desk: &mut Desk) {
    let rows = desk.session.reader().quarantine(None, 1_000).unwrap();
    let mut work = Vec::new();
    for row in rows {
        let origin = Origin { name: (&*row.origin).into(), line: row.line };
        if let Ok(mut incoming) = read(&desk.book, &row.bytes, origin, now()) {
            incoming.freed = Some(row.id);
            work.push(Work::Event(Box::new(incoming)));
        }
    }
    desk.session.work(work).unwrap();
    desk.session.flush().unwrap();
}

#[test]
fn what_was_set_aside_is_taken_once_a_charter_knows_it() {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let narrow = CHARTER.replace("weather.observed", "storm.observed");
    let mut desk = Desk::of(folder.clone(), false, rulebook(&[&narrow]));
    desk.tell(&booking(1, "flight:1"));
    let weather = event("weather.observed", "w", None, "flight:2", "06-01 09:00", json!({ "wind": 70 }));
    desk.feed(format!("{weather}\nnonsense\n").as_bytes());
    assert_eq!(desk.set_aside(), ["1: unknown-type", "2: E003"]);
    drop(desk);
    let wide = CHARTER
        .replace("version: \"1\"", "version: \"2\"")
        .replace("from: 2025-01-01}\ntitle", "from: 2025-05-02}\ntitle");
    let mut desk = Desk::of(folder, false, rulebook(&[&narrow, &wide]));
    retry(&mut desk);
    assert_eq!(desk.set_aside(), ["2: E003"]);
    assert_eq!(desk.count("event"), 2);
    desk.check();
}

#[test]
fn a_long_line_is_kept_whole_so_that_it_can_be_taken_later() {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let narrow = CHARTER.replace("wind: number", "wind: number, chart: text");
    let weather = event(
        "weather.observed",
        "w",
        None,
        "flight:2",
        "06-01 09:00",
        json!({ "wind": 70, "more": "x".repeat(60_000) }),
    );
    let mut desk = Desk::of(folder.clone(), false, rulebook(&[&narrow]));
    desk.feed(weather.as_bytes());
    assert_eq!(desk.set_aside(), ["1: E015"]);
    drop(desk);
    let mut desk = Desk::of(folder, false, rulebook(&[CHARTER]));
    retry(&mut desk);
    assert_eq!((desk.set_aside(), desk.count("event")), (Vec::new(), 1));
}

#[test]
fn what_is_refused_again_stays_where_it_was() {
    let mut desk = Desk::new();
    desk.tell(&event("remedy.paid", "p", Some(1), "flight:1", "06-02", json!({ "remedy": "unknown" })));
    let before = desk.set_aside();
    retry(&mut desk);
    assert_eq!(desk.set_aside(), before);
}

#[test]
fn a_duty_that_cannot_be_worked_out_is_a_question_and_holds_up_nobody() {
    let text = CHARTER
        .replace("flight.cancelled: {about: flight}", "flight.cancelled: {about: flight, data: {answer_by: time?}}")
        .replace(
            "rights:\n",
            "  answer:\n    made: {on: flight.cancelled, follows: departure, due: data.answer_by}\n    says: {en: \"We answer by {due}\"}\n    kept: {on: alternate.accepted}\nrights:\n",
        )
        .replace("  late:\n", "  late:\n    promise: departure\n")
        .replace("  refund:\n", "  refund:\n    promise: departure\n");
    let mut desk = Desk::of(std::sync::Arc::new(tempfile::tempdir().unwrap()), false, rulebook(&[&text]));
    let lines = [
        booking(1, "flight:1"),
        booking(2, "flight:2"),
        crate::desk::cancellation("c", "flight:1"),
        departure("d", "flight:2", "4h"),
    ];
    desk.feed(lines.join("\n").as_bytes());
    desk.clock("06-03");
    assert_eq!(desk.set_aside(), Vec::<String>::new());
    assert_eq!((desk.owed(1).len(), desk.owed(2).len()), (1, 1), "the refund and the credit are owed all the same");
    let slot = makegood_store::slot_of("customer:1");
    let sent = desk.session.reader().outbox_of(slot, "customer:1").unwrap();
    let question = sent.iter().find(|row| &*row.topic == "question").unwrap();
    assert!(String::from_utf8_lossy(&question.body).contains("when it is due"), "{question:?}");
    desk.check();
}

#[test]
fn what_is_said_of_nobody_or_before_any_charter_is_set_aside_and_holds_up_nobody() {
    let mut desk = Desk::new();
    let given = |subject: &str, time: &str| {
        let data = json!({ "amount": "5 USD", "reason": "a wait" });
        event("goodwill.given", &format!("g-{subject}-{time}"), None, subject, time, data)
            .replace("\"data\"", "\"actor\":\"bo\",\"data\"")
    };
    let before = booking(2, "flight:1").replace("2025-05-01", "2024-05-01");
    let lines = [
        given("flight:1", "06-02"),
        given("order:1", "06-02"),
        given("customer:1", "06-02").replace("2025-06-02", "2024-06-02"),
        before,
        booking(1, "flight:1"),
        departure("d", "flight:1", "4h"),
        given("supplier:1", "06-02"),
    ];
    desk.feed(lines.join("\n").as_bytes());
    assert_eq!(desk.set_aside(), ["1: not-a-party", "2: not-a-party", "3: before-in-force", "4: before-in-force"]);
    assert_eq!(desk.owed(1), ["late 50.00 USD approved"]);
    desk.check();
}

#[test]
fn a_row_is_dropped_for_good() {
    let mut desk = Desk::new();
    desk.feed(b"nonsense\n");
    let row = desk.session.reader().quarantine(None, 10).unwrap().remove(0);
    desk.session.drop_quarantined(row.slot, row.id).unwrap();
    assert_eq!(desk.count("quarantine"), 0);
}

#[test]
fn an_event_that_would_overflow_stops_nobody_else() {
    let mut desk = Desk::new();
    let huge = booking(1, "flight:1").replace("200 USD", "92233720368547758.07 USD");
    desk.tell(&huge)
        .tell(&booking(2, "flight:1").replace("200 USD", "92233720368547758.07 USD"))
        .tell(&booking(3, "flight:1"));
    desk.tell(&crate::desk::cancellation("c", "flight:1"));
    desk.clock("06-20");
    assert_eq!(desk.owed(1), ["refund 92233720368547758.07 USD held for approval"]);
    assert_eq!(desk.owed(3).len(), 1);
    desk.check();
}

#[test]
fn a_fare_in_a_foreign_currency_stops_nobody_else() {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1").replace("200 USD", "200 EUR")).tell(&booking(2, "flight:1"));
    desk.tell(&crate::desk::cancellation("c", "flight:1"));
    desk.clock("06-05");
    assert_eq!(desk.owed(1), ["refund 200.00 EUR held for approval"]);
    assert_eq!(desk.owed(2), ["refund 200.00 USD approved"]);
    desk.check();
}

#[test]
fn an_event_that_the_version_in_force_cannot_read_is_not_taken_in_silence() {
    let strict = CHARTER
        .replace("version: \"1\"", "version: \"2\"")
        .replace("from: 2025-01-01}\ntitle", "from: 2025-02-01}\ntitle")
        .replace("fare: money, ", "fare: money, channel: text, ");
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let mut desk = Desk::of(folder, false, rulebook(&[CHARTER, &strict]));
    desk.feed(format!("{}\n", booking(1, "flight:1")).as_bytes());
    assert_eq!((desk.states(1), desk.set_aside()), (Vec::new(), vec!["1: E015".to_owned()]));
}

#[test]
fn a_sender_whose_clock_is_ahead_is_believed_for_a_day() {
    // It is midnight of 31 December 2025.
    for (time, code) in [("2026-01-01T00:00:00Z", None), ("2026-01-01T00:00:00.001Z", Some("from-the-future"))] {
        let mut desk = Desk::new();
        let line = departure("d", "flight:1", "4h").replace("2025-06-01T13:00:00Z", time);
        assert_eq!(desk.read(&line).err().map(|reject| reject.code), code, "{time}");
    }
}
