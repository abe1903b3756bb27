use std::collections::BTreeSet;
use std::io::Read;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;

fn year(size: Size, from: &str, to: &str) -> Year {
    Year::new(size, DEFAULT_SEED).unwrap().between(from.parse().unwrap(), to.parse().unwrap())
}

fn written(year: &Year) -> (String, DayCounts) {
    let (mut out, mut counts) = (Vec::new(), DayCounts::default());
    for day in year.days() {
        counts.add(day.write(&mut out));
    }
    (String::from_utf8(out).unwrap(), counts)
}

fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(event: &'a Value, pointer: &str) -> &'a str {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {event}"))
}

/// The worth of an amount in cents: `312.40 USD`, or points at a cent each.
fn cents(amount: &str) -> u64 {
    let (number, unit) = amount.split_once(' ').unwrap();
    match unit {
        "points" => number.parse().unwrap(),
        "USD" => {
            assert_eq!(number.split_once('.').unwrap().1.len(), 2, "{amount}");
            number.replace('.', "").parse().unwrap()
        }
        _ => panic!("{amount}"),
    }
}

#[test]
fn the_year_has_the_flights_of_the_table() {
    let year = Year::new(Size::Share(0), DEFAULT_SEED).unwrap();
    let (text, counts) = written(&year);
    assert_eq!(year.days().count(), 365);
    assert_eq!(
        counts,
        DayCounts { flights: 54_635, cancelled: 466, bookings: 0, observations: 5_086, alternates: 0, events: 59_721 }
    );
    assert_eq!(text.lines().count(), 59_721);
    let events = parsed(&text);
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(
        (of("flight.departed"), of("flight.cancelled"), of("weather.observed"), of("booking.made")),
        (54_169, 466, 5_086, 0)
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for (seed, expected) in [
        (DEFAULT_SEED, "7810b02252fc3bc16568ca3ba5a2f673795350d3048524c2968106335ff95676"),
        (7, "775520a4c0fdb197d31ed92bc906f209a9f35036eea7c8572af07a16568a0793"),
    ] {
        let year = Year::new(Size::Default, seed)
            .unwrap()
            .between("2013-02-07".parse().unwrap(), "2013-02-09".parse().unwrap());
        let (text, counts) = written(&year);
        assert!(counts.bookings > 3_000 && counts.alternates > 50, "{counts:?}");
        let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, expected, "seed {seed}");
    }
}

#[test]
fn a_day_alone_is_the_day_within_the_year() {
    let (week, _) = written(&year(Size::Share(10), "2013-03-08", "2013-03-14"));
    let (day, counts) = written(&year(Size::Share(10), "2013-03-10", "2013-03-10"));
    assert!(week.contains(&day) && counts.flights > 100);
}

#[test]
fn every_event_is_a_cloud_event_with_an_id_of_its_own() {
    let (text_of_days, counts) = written(&year(Size::Share(200), "2013-02-08", "2013-02-09"));
    let mut ids = BTreeSet::new();
    let mut last_departure = String::new();
    for event in parsed(&text_of_days) {
        assert_eq!(event["specversion"], "1.0");
        let moment: Timestamp = text(&event, "/time").parse().unwrap();
        assert_eq!(moment.to_string(), text(&event, "/time"));
        assert!(ids.insert((text(&event, "/source").to_owned(), text(&event, "/id").to_owned())), "{event}");
        match text(&event, "/type") {
            "booking.made" => {
                check_booking(&event, moment);
                assert!(text(&event, "/data/departs") >= last_departure.as_str());
                last_departure = text(&event, "/data/departs").to_owned();
            }
            "alternate.accepted" => {
                assert!(text(&event, "/about").starts_with("flight:B6-"));
                assert_eq!(event["data"], serde_json::json!({}));
            }
            "flight.departed" => assert!(text(&event, "/data/late").strip_suffix('m').unwrap().parse::<u16>().is_ok()),
            "flight.cancelled" => assert_eq!(event["data"], serde_json::json!({"cause": "unknown"})),
            "weather.observed" => check_weather(&event),
            other => panic!("{other}"),
        }
    }
    assert_eq!(ids.len() as u64, counts.events);
}

fn check_booking(event: &Value, booked: Timestamp) {
    assert!(text(event, "/subject").starts_with("customer:"), "{event}");
    assert!(text(event, "/about").starts_with("flight:B6-"), "{event}");
    let departs: Timestamp = text(event, "/data/departs").parse().unwrap();
    assert!((1..=60).contains(&(departs.duration_since(booked).as_hours() / 24)), "{event}");
    let paid: u64 =
        event["data"]["paid"].as_array().unwrap().iter().map(|amount| cents(amount.as_str().unwrap())).sum();
    assert_eq!(paid, cents(text(event, "/data/fare")), "{event}");
    assert!(cents(text(event, "/data/fare_before_tax")) < paid, "{event}");
    assert!(["direct", "agent"].contains(&text(event, "/data/channel")));
    assert!(["card", "other"].contains(&text(event, "/data/payment_method")));
    assert_eq!(event["data"].as_object().unwrap().len(), 6);
}

fn check_weather(event: &Value) {
    assert!(["JFK", "LGA", "EWR"].contains(&text(event, "/data/station")), "{event}");
    for (name, figure) in event["data"].as_object().unwrap().iter().filter(|(name, _)| *name != "station") {
        let known = ["visibility_miles", "wind_knots", "gust_knots", "precipitation_inches"].contains(&name.as_str());
        assert!(known && figure.is_f64(), "{event}");
    }
}

#[test]
fn a_flight_reads_in_the_order_in_which_it_happened() {
    let (text, _) = written(&year(Size::Share(20), "2013-02-08", "2013-02-08"));
    let story: Vec<&str> = text.lines().filter(|line| line.contains("B6-399-2013-02-08")).collect();
    insta::assert_snapshot!(story.join("\n"), @r#"
    {"specversion":"1.0","id":"booking:B6-399-2013-02-08:57","source":"urn:makegood:demo:reservations","type":"booking.made","subject":"customer:T000463","about":"flight:B6-399-2013-02-08","time":"2013-01-03T14:58:49Z","data":{"departs":"2013-02-09T02:00:00Z","fare":"138.83 USD","fare_before_tax":"119.00 USD","paid":["11900 points","19.83 USD"],"channel":"direct","payment_method":"card"}}
    {"specversion":"1.0","id":"booking:B6-399-2013-02-08:151","source":"urn:makegood:demo:reservations","type":"booking.made","subject":"customer:P0000789698","about":"flight:B6-399-2013-02-08","time":"2013-02-02T06:31:10Z","data":{"departs":"2013-02-09T02:00:00Z","fare":"207.63 USD","fare_before_tax":"183.00 USD","paid":["207.63 USD"],"channel":"direct","payment_method":"card"}}
    {"specversion":"1.0","id":"observed:B6-399-2013-02-08","source":"urn:makegood:demo:weather","type":"weather.observed","subject":"flight:B6-399-2013-02-08","time":"2013-02-09T02:00:00Z","data":{"station":"LGA","visibility_miles":2.0,"wind_knots":13.0,"gust_knots":20.0,"precipitation_inches":0.02}}
    {"specversion":"1.0","id":"cancelled:B6-399-2013-02-08","source":"urn:makegood:demo:operations","type":"flight.cancelled","subject":"flight:B6-399-2013-02-08","time":"2013-02-09T02:00:00Z","data":{"cause":"unknown"}}
    {"specversion":"1.0","id":"alternate:B6-399-2013-02-08:57","source":"urn:makegood:demo:reservations","type":"alternate.accepted","subject":"customer:T000463","about":"flight:B6-399-2013-02-08","time":"2013-02-09T06:48:11Z","data":{}}
    {"specversion":"1.0","id":"alternate:B6-399-2013-02-08:151","source":"urn:makegood:demo:reservations","type":"alternate.accepted","subject":"customer:P0000789698","about":"flight:B6-399-2013-02-08","time":"2013-02-09T13:23:39Z","data":{}}
    "#);
}

#[test]
fn an_early_flight_is_not_late() {
    let (text, _) = written(&year(Size::Share(0), "2013-01-01", "2013-01-01"));
    insta::assert_snapshot!(text.lines().next().unwrap(), @r#"
    {"specversion":"1.0","id":"departed:B6-725-2013-01-01","source":"urn:makegood:demo:operations","type":"flight.departed","subject":"flight:B6-725-2013-01-01","time":"2013-01-01T10:44:00Z","data":{"late":"0m","cause":"unknown"}}
    "#);
}

#[test]
fn what_the_station_did_not_report_is_left_out() {
    let (text, _) = written(&year(Size::Share(0), "2013-07-04", "2013-07-04"));
    let line = text.lines().find(|line| line.contains("weather.observed") && !line.contains("wind_knots")).unwrap();
    insta::assert_snapshot!(line, @r#"
    {"specversion":"1.0","id":"observed:B6-525-2013-07-04","source":"urn:makegood:demo:weather","type":"weather.observed","subject":"flight:B6-525-2013-07-04","time":"2013-07-04T10:00:00Z","data":{"station":"JFK","visibility_miles":6.0,"precipitation_inches":0.0}}
    "#);
}

#[test]
fn a_reader_gives_the_same_bytes_as_the_days() {
    let year = year(Size::Share(10), "2013-03-01", "2013-03-03");
    let mut read = String::new();
    YearReader::new(&year).read_to_string(&mut read).unwrap();
    assert_eq!(read, written(&year).0);
}

#[test]
fn the_expected_bookings_are_near_the_bookings() {
    let year = year(Size::Default, "2013-05-01", "2013-05-07");
    let (expected, bookings) = (year.expected_bookings(), written(&year).1.bookings);
    assert!(expected.abs_diff(bookings) < expected / 25, "{expected} expected, {bookings} made");
    assert_eq!(Year::new(Size::Full, DEFAULT_SEED).unwrap().expected_bookings(), 7_378_985);
}

#[test]
fn digits_and_figures_are_written_as_read() {
    let mut out = Vec::new();
    for (value, width) in [(0, 1), (7, 2), (123, 2), (u64::MAX, 1)] {
        put_digits(&mut out, value, width);
        out.push(b' ');
    }
    let mut writer = Writer { out: &mut out, name: String::new(), departs: String::new(), events: 0 };
    for figure in ["0", "10", "0.25", "1048.36058", "0.01"] {
        writer.figure(Figure::parse(figure).unwrap());
        writer.put(" ");
    }
    assert_eq!(String::from_utf8(out).unwrap(), "0 07 123 18446744073709551615 0.0 10.0 0.25 1048.36058 0.01 ");
}

#[test]
fn the_demonstration_says_what_is_generated() {
    let said = provenance(2013);
    assert!(said.starts_with("Real:") && said.contains("Generated: every passenger") && said.ends_with("Seed: 2013."));
}
