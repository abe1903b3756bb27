use makegood_money::{Commodities, Commodity, Money, Tenders};
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;
use crate::limits;
use crate::value::{Field, Fields, Moment, Shape, Type, Value};

fn commodities() -> Commodities {
    let mut all = Commodities::iso();
    all.declare(Commodity::new("points", 0).unwrap());
    all
}

fn field(name: &str, kind: Type, optional: bool) -> Field {
    Field { name: name.into(), kind, optional }
}

fn every_type() -> Vec<(&'static str, Type)> {
    vec![
        ("direct", Type::Bool),
        ("seats", Type::Int),
        ("delivered", Type::Number { unit: Some("L".into()) }),
        ("fare", Type::Money),
        ("late", Type::Duration),
        ("departs", Type::Time),
        ("remark", Type::Text),
        ("cause", Type::Choice(["carrier", "weather"].map(Into::into).into())),
        ("paid", Type::Tenders),
        ("flight", Type::Key { kind: "flight".into() }),
    ]
}

fn shape(optional: bool) -> Shape {
    let fields = every_type().into_iter().map(|(name, kind)| field(name, kind, optional)).collect();
    Shape::new("flight.departed", Some("customer"), Some("flight"), fields)
}

const LINE: &str = r#"{"specversion":"1.0","id":"B6-1-7","source":"/ops","type":"flight.departed","subject":"flight:B6-1","time":"2013-01-01T15:40:00-05:00","datacontenttype":"application/json","actor":"user:anna","traceparent":"x","weight":3.5,"data":{"late":"PT3H5M"}}"#;

#[test]
fn reads_an_envelope() {
    let event = Envelope::parse(LINE.as_bytes()).unwrap();
    assert_eq!((&*event.id, &*event.source, &*event.kind), ("B6-1-7", "/ops", "flight.departed"));
    assert_eq!(
        (&*event.subject, event.about.as_deref(), event.actor.as_deref()),
        ("flight:B6-1", None, Some("user:anna"))
    );
    assert_eq!(event.time.to_string(), "2013-01-01T20:40:00Z");
    assert_eq!(event.data.map(RawValue::get), Some(r#"{"late":"PT3H5M"}"#));
    assert!(matches!(event.id, std::borrow::Cow::Borrowed(_)));
    let escaped = LINE
        .replace("B6-1-7", r#"\u0042\"6"#)
        .replace("\"data\":{\"late\":\"PT3H5M\"}", "\"data\":null,\"about\":null");
    let event = Envelope::parse(escaped.as_bytes()).unwrap();
    assert_eq!((&*event.id, event.data.is_none(), event.about), ("B\"6", true, None));
}

/// The code, the message and the help of an error.
fn told<T>(result: Result<T, DecodeError>) -> String {
    result.err().map_or_else(String::new, |error| format!("{} {error} / {}", error.code(), error.help()))
}

#[test]
fn bad_envelopes_say_what_to_do() {
    let with = |old: &str, new: &str| {
        assert!(LINE.contains(old), "{old}");
        told(Envelope::parse(LINE.replace(old, new).as_bytes()))
    };
    let mut answers = vec![
        told(Envelope::parse(b"{\"id\":\"\xff\"}")),
        told(Envelope::parse(&vec![b' '; limits::EVENT_BYTES + 1])),
        told(Envelope::parse(b"")),
        told(Envelope::parse(b"[]")),
        told(Envelope::parse(b"{\"id\": nope}")),
        told(Envelope::parse(LINE.get(..100).unwrap_or_default().as_bytes())),
        told(Envelope::parse(format!("{LINE} x").as_bytes())),
        told(Envelope::parse(b"{}")),
    ];
    for (old, new) in [
        (r#""specversion":"1.0""#, r#""specversion":"0.3""#),
        (r#""id":"B6-1-7","#, ""),
        (r#""id":"B6-1-7""#, r#""id":"""#),
        (r#""id":"B6-1-7""#, r#""id":17"#),
        (r#""id":"B6-1-7""#, r#""id":"a\nb""#),
        (r#""id":"B6-1-7""#, r#""id":"B6-1-7","id":"B6-1-8""#),
        (r#""data":{"#, r#""data":{},"data":{"#),
        (r#""type":"flight.departed","#, ""),
        (r#""subject":"flight:B6-1""#, r#""subject":"B6-1""#),
        (r#""subject":"flight:B6-1""#, r#""subject":"flight:B6 1""#),
        (r#""actor":"user:anna""#, r#""about":"Flight:1""#),
        (r#""actor":"user:anna""#, r#""actor":{"name":"anna"}"#),
        (r#""time":"2013-01-01T15:40:00-05:00","#, ""),
        ("2013-01-01T15:40:00-05:00", "2013-01-01 15:40"),
        ("2013-01-01T15:40:00-05:00", "1013-01-01T15:40:00-05:00"),
        ("application/json", "text/xml"),
    ] {
        answers.push(with(old, new));
    }
    answers.push(with("B6-1-7", &"x".repeat(limits::EVENT_ID_BYTES + 1)));
    answers.push(with("flight:B6-1", &format!("flight:{}", "x".repeat(limits::KEY_BYTES))));
    insta::assert_snapshot!(answers.join("\n"), @r###"
    E001 the line is not UTF-8 from byte 7 / Write the file as UTF-8.
    E002 the line has 1048577 bytes, more than 1048576 / Keep what is large elsewhere, and say in the event where.
    E003 the line is not JSON: it ends too early at column 0 / Write one CloudEvent as one JSON object on one line.
    E003 the line is not JSON: it is not an object at column 0 / Write one CloudEvent as one JSON object on one line.
    E003 the line is not JSON: expected ident at column 9 / Write one CloudEvent as one JSON object on one line.
    E003 the line is not JSON: it ends too early at column 100 / Write one CloudEvent as one JSON object on one line.
    E003 the line is not JSON: trailing characters at column 250 / Write one CloudEvent as one JSON object on one line.
    E004 the attribute `specversion` is missing / Give `specversion`: `"1.0"`.
    E006 `specversion` is `0.3`, not `1.0` / Send CloudEvents 1.0: `"specversion": "1.0"`.
    E004 the attribute `id` is missing / Give `id`: what names the event within its source, so that it counts once.
    E004 the attribute `id` is missing / Give `id`: what names the event within its source, so that it counts once.
    E005 the attribute `id` is `17`, not a text / Write `id` between double quotes: what names the event within its source, so that it counts once.
    E009 the attribute `id` holds a character that may not be in it: `a\nb` / Leave out control characters and line breaks.
    E025 the attribute `id` is given twice / Give it once.
    E025 the attribute `data` is given twice / Give it once.
    E004 the attribute `type` is missing / Give `type`: the event's type, as the charter declares it.
    E008 the attribute `subject` is `B6-1`, not a key / A key is a kind in lower case, a colon and a name without spaces, such as `customer:42`.
    E008 the attribute `subject` is `flight:B6 1`, not a key / A key is a kind in lower case, a colon and a name without spaces, such as `customer:42`.
    E008 the attribute `about` is `Flight:1`, not a key / A key is a kind in lower case, a colon and a name without spaces, such as `customer:42`.
    E005 the attribute `actor` is an object, not a text / Write `actor` between double quotes: who or what caused it, such as `"user:anna"`.
    E004 the attribute `time` is missing / Give `time`: when it happened, such as `"2025-01-01T15:40:00Z"`.
    E010 `time` is `2013-01-01 15:40`, not a time / Write RFC 3339 with its offset from UTC, such as `2025-01-01T15:40:00Z` or `2025-01-01T15:40:00-05:00`.
    E011 `time` is `1013-01-01T15:40:00-05:00`, outside the years 1970 to 2200 / Check the year: times run from 1970 to 2200.
    E012 `datacontenttype` is `text/xml`, not JSON / Send the data as JSON, with `application/json` or without the attribute.
    E007 the attribute `id` has 201 bytes, more than 200 / Use at most 200 bytes.
    E007 the attribute `subject` has 207 bytes, more than 200 / Use at most 200 bytes.
    "###);
}

#[test]
fn events_are_about_what_their_shape_says() {
    let event = Envelope::parse(LINE.as_bytes()).unwrap();
    let shape = |party, about| Shape::new("flight.departed", party, about, Vec::new());
    let thing = Subjects { party: None, thing: Some("flight:B6-1") };
    assert_eq!(shape(None, Some("flight")).subjects(&event), Ok(thing));
    let booking = LINE.replace(r#""subject":"flight:B6-1""#, r#""subject":"customer:42","about":"flight:B6-1""#);
    let booking = Envelope::parse(booking.as_bytes()).unwrap();
    let both = Subjects { party: Some("customer:42"), thing: Some("flight:B6-1") };
    assert_eq!(shape(Some("customer"), Some("flight")).subjects(&booking), Ok(both));
    assert_eq!(shape(None, None).subjects(&event), Ok(Subjects { party: None, thing: None }));
    let answers = [
        told(shape(Some("customer"), None).subjects(&event)),
        told(shape(None, Some("order")).subjects(&event)),
        told(shape(Some("flight"), Some("order")).subjects(&event)),
        told(shape(Some("customer"), Some("order")).subjects(&booking)),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r###"
    E013 the subject `flight:B6-1` is not a key of kind `customer`, which `flight.departed` is about / Send it with a key of kind `customer` as `subject` or `about`.
    E013 the subject `flight:B6-1` is not a key of kind `order`, which `flight.departed` is about / Send it with a key of kind `order` as `subject` or `about`.
    E004 the attribute `about` is missing / Give `about`: the key of the thing that the party's event is about, such as `"flight:B6-1"`.
    E013 the subject `flight:B6-1` is not a key of kind `order`, which `flight.departed` is about / Send it with a key of kind `order` as `subject` or `about`.
    "###);
}

#[test]
fn knows_keys() {
    for (key, kind) in [
        ("customer:42", Some("customer")),
        ("flight:B6-1-2013-01-01", Some("flight")),
        ("url:https://example.org", Some("url")),
        ("kunde:Ærø-7", Some("kunde")),
        ("customer:", None),
        (":42", None),
        ("customer", None),
        ("Customer:42", None),
        ("4customer:2", None),
        ("customer:4 2", None),
        ("customer:4\u{a0}2", None),
        ("", None),
    ] {
        assert_eq!(key_kind(key), kind, "{key}");
    }
}

fn raw(json: &str) -> Box<RawValue> {
    serde_json::from_str(json).unwrap()
}

fn money(text: &str) -> Money {
    Money::parse(text, &commodities()).unwrap()
}

const DATA: &str = r#"{"unknown": {"deep": [1, [2]]}, "direct": true, "seats": -3, "delivered": 11900.5, "fare": "120.50 USD", "late": "3h5m",
    "departs": "2013-01-01T12:00:00Z", "remark": "tr\u00e8s tard", "cause": "weather", "paid": ["5.60 USD", {"amount": 5000, "currency": "points"}],
    "flight": "flight:B6-1"}"#;

fn values() -> Fields {
    vec![
        Value::Bool(true),
        Value::Int(-3),
        Value::Number(11_900_500_000),
        Value::Money(money("120.50 USD")),
        Value::Duration(11_100_000),
        Value::Time(Moment(1_357_041_600_000)),
        Value::Text("très tard".into()),
        Value::Choice(1),
        Value::Tenders(Tenders::new([money("5.60 USD"), money("5000 points")]).unwrap()),
        Value::Key("flight:B6-1".into()),
    ]
}

#[test]
fn reads_data_of_every_type() {
    assert_eq!(shape(false).decode(Some(&raw(DATA)), &commodities()), Ok(values()));
    let absent = vec![Value::Absent; 10];
    for data in ["{}", "null", r#"{"late": null}"#] {
        assert_eq!(shape(true).decode(Some(&raw(data)), &commodities()), Ok(absent.clone()));
    }
    assert_eq!(shape(true).decode(None, &commodities()), Ok(absent));
}

#[test]
fn each_value_has_several_spellings() {
    for (name, json, value) in [
        ("delivered", "1e3", Value::Number(1_000_000_000)),
        ("delivered", "\"0.1\"", Value::Number(100_000)),
        ("delivered", "-0.0000010", Value::Number(-1)),
        ("delivered", "9223372036854.775807", Value::Number(i64::MAX)),
        ("seats", "9223372036854775807", Value::Int(i64::MAX)),
        ("fare", r#"{"amount": "120.5", "currency": "USD"}"#, Value::Money(money("120.50 USD"))),
        ("fare", r#"{"currency": "points", "amount": 7}"#, Value::Money(money("7 points"))),
        ("fare", r#""\u0031 USD""#, Value::Money(money("1 USD"))),
        ("late", "\"-PT5M\"", Value::Duration(-300_000)),
        ("late", "\"185m\"", Value::Duration(11_100_000)),
        ("paid", "[]", Value::Tenders(Tenders::default())),
    ] {
        let shape = Shape::new(
            "x",
            None,
            None,
            every_type()
                .into_iter()
                .filter(|(known, _)| *known == name)
                .map(|(name, kind)| field(name, kind, false))
                .collect(),
        );
        let data = raw(&format!("{{\"{name}\": {json}}}"));
        assert_eq!(shape.decode(Some(&data), &commodities()), Ok(vec![value]), "{json}");
    }
}

#[test]
fn bad_data_says_what_to_do() {
    let shape = shape(true);
    let long = format!("\"{}\"", "é".repeat(limits::FIELD_TEXT_BYTES / 2 + 1));
    let many = format!("[{}]", vec!["\"1 USD\""; limits::TENDERS + 1].join(","));
    let mut answers = Vec::new();
    for (name, json) in [
        ("direct", "1"),
        ("seats", "3.0"),
        ("seats", "\"3\""),
        ("seats", "9223372036854775808"),
        ("delivered", "0.1234567"),
        ("delivered", "1e30"),
        ("delivered", "true"),
        ("delivered", "\"much\""),
        ("fare", "50"),
        ("fare", "\"50\""),
        ("fare", "\"50 DOLLARS\""),
        ("fare", "\"-50 USD\""),
        ("fare", "\"99999999999999999999 USD\""),
        ("fare", "{\"amount\": 5}"),
        ("late", "15"),
        ("late", "\"15 minutes\""),
        ("late", "\"99999d\""),
        ("departs", "\"2013-01-01\""),
        ("departs", "\"9999-01-01T00:00:00Z\""),
        ("remark", "5"),
        ("remark", &long),
        ("cause", "\"wether\""),
        ("cause", "\"bees\""),
        ("paid", "\"5 USD\""),
        ("paid", "[5]"),
        ("paid", "[\"9223372036854775807 points\", \"1 points\"]"),
        ("paid", &many),
        ("flight", "\"order:1\""),
        ("flight", "\"flight:\""),
        ("late", "\"1h\", \"late\": \"2h\""),
    ] {
        let data = raw(&format!("{{\"{name}\": {json}}}"));
        answers.push(told(shape.decode(Some(&data), &commodities())));
    }
    for data in ["[]", "\"text\"", "5"] {
        answers.push(told(shape.decode(Some(&raw(data)), &commodities())));
    }
    let strict = Shape::new("x", None, None, vec![field("late", Type::Duration, false)]);
    for data in ["{}", "null", r#"{"lat": "3h"}"#, r#"{"Late": "3h", "cause": 1}"#, r#"{"cause": 1}"#] {
        answers.push(told(strict.decode(Some(&raw(data)), &commodities())));
    }
    insta::assert_snapshot!(answers.join("\n"), @r###"
    E017 `direct` is `1`, not `true` or `false` / Write `true` or `false`.
    E017 `seats` is `3.0`, not a whole number such as `3` / Write a whole number such as `3`.
    E017 `seats` is `"3"`, not a whole number such as `3` / Write a whole number such as `3`.
    E021 `seats` is 9223372036854775808: it is too large / Numbers have at most six decimals and thirteen digits before the point.
    E021 `delivered` is 0.1234567: it has more than six decimals / Numbers have at most six decimals and thirteen digits before the point.
    E021 `delivered` is 1e30: it is too large / Numbers have at most six decimals and thirteen digits before the point.
    E017 `delivered` is `true`, not a number such as `0.5` / Write a number such as `0.5`.
    E017 `delivered` is `"much"`, not a number such as `0.5` / Write a number such as `0.5`.
    E017 `fare` is `50`, not an amount such as `"120.50 USD"` / Write an amount such as `"120.50 USD"`.
    E022 `fare` is `50`: `50` is not an amount: write a number and a commodity, such as `50 USD` / Write an amount and its currency or tender: `"120.50 USD"`.
    E022 `fare` is `50 DOLLARS`: unknown commodity `DOLLARS` / Write an amount and its currency or tender: `"120.50 USD"`.
    E023 `fare` is `-50 USD`, an amount below zero / Amounts in events are zero or more: say in the event's type who owes whom.
    E022 `fare` is `99999999999999999999 USD`: an amount of USD is too large to hold / Write an amount and its currency or tender: `"120.50 USD"`.
    E017 `fare` is an object, not an amount such as `"120.50 USD"` / Write an amount such as `"120.50 USD"`.
    E017 `late` is `15`, not a length of time such as `"PT3H5M"` / Write a length of time such as `"PT3H5M"`.
    E024 `late` is `15 minutes`, not a length of time / Write ISO 8601 (`PT3H5M`) or `3h5m`, at most a hundred years.
    E024 `late` is `99999d`, not a length of time / Write ISO 8601 (`PT3H5M`) or `3h5m`, at most a hundred years.
    E010 `departs` is `2013-01-01`, not a time / Write RFC 3339 with its offset from UTC, such as `2025-01-01T15:40:00Z` or `2025-01-01T15:40:00-05:00`.
    E011 `departs` is `9999-01-01T00:00:00Z`, outside the years 1970 to 2200 / Check the year: times run from 1970 to 2200.
    E017 `remark` is `5`, not a text / Write a text.
    E018 `remark` has 10002 bytes, more than 10000 / Use at most 10000 bytes.
    E020 `cause` is `wether`, not one of its words / Did you mean `weather`?
    E020 `cause` is `bees`, not one of its words / The words are `carrier`, `weather`.
    E017 `paid` is `"5 USD"`, not a list of amounts such as `["120.50 USD", "5000 points"]` / Write a list of amounts such as `["120.50 USD", "5000 points"]`.
    E017 `paid` is `5`, not an amount such as `"120.50 USD"` / Write an amount such as `"120.50 USD"`.
    E022 `paid` is `["9223372036854775807 points", "1 points"]`: an amount of points is too large to hold / Write an amount and its currency or tender: `"120.50 USD"`.
    E018 `paid` has 17 amounts, more than 16 / Use at most 16 amounts.
    E019 `flight` is `order:1`, not a key of kind `flight` / Such a key begins with `flight:` and has no spaces.
    E019 `flight` is `flight:`, not a key of kind `flight` / Such a key begins with `flight:` and has no spaces.
    E016 the field `late` is given twice / Give it once.
    E014 the data is a list, not an object / Give the data as an object: `"data": {…}`.
    E014 the data is `"text"`, not an object / Give the data as an object: `"data": {…}`.
    E014 the data is `5`, not an object / Give the data as an object: `"data": {…}`.
    E015 the field `late` is missing / Give it, or mark the field as optional in the charter.
    E015 the field `late` is missing / Give it, or mark the field as optional in the charter.
    E015 the field `late` is missing / Is `lat` meant to be `late`?
    E015 the field `late` is missing / Is `Late` meant to be `late`?
    E015 the field `late` is missing / Give it, or mark the field as optional in the charter.
    "###);
}

fn a_key() -> impl Strategy<Value = Box<str>> {
    "[a-zA-Z0-9:_./-]{1,20}".prop_map(|name| format!("flight:{name}").into())
}

fn a_value(kind: &Type) -> BoxedStrategy<Value> {
    let code = prop::sample::select(vec!["USD", "JPY", "BHD", "points"]);
    let amount =
        (code, 0..=i64::MAX / 64).prop_map(|(code, minor)| Money::new(minor, commodities().get(code).unwrap()));
    match kind {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Int => any::<i64>().prop_map(Value::Int).boxed(),
        Type::Number { .. } => prop_oneof![-i64::MAX..=i64::MAX, (-1_000..1_000_i64).prop_map(|whole| whole * 500_000)]
            .prop_map(Value::Number)
            .boxed(),
        Type::Money => amount.prop_map(Value::Money).boxed(),
        Type::Duration => {
            (-limits::DURATION_MILLISECONDS..=limits::DURATION_MILLISECONDS).prop_map(Value::Duration).boxed()
        }
        Type::Time => (0..=limits::LAST_MOMENT).prop_map(|moment| Value::Time(Moment(moment))).boxed(),
        Type::Text => ".{0,40}".prop_map(|text| Value::Text(text.into())).boxed(),
        Type::Choice(words) => (0..words.len()).prop_map(|at| Value::Choice(u16::try_from(at).unwrap())).boxed(),
        Type::Tenders => prop::collection::vec(amount, 0..limits::TENDERS)
            .prop_map(|amounts| Value::Tenders(Tenders::new(amounts).unwrap()))
            .boxed(),
        Type::Key { .. } => a_key().prop_map(Value::Key).boxed(),
    }
}

fn some_fields() -> impl Strategy<Value = (Shape, Fields)> {
    prop::collection::vec((prop::sample::select(every_type()), any::<bool>(), any::<bool>()), 0..12).prop_flat_map(
        |picked| {
            let fields: Vec<Field> = picked
                .iter()
                .enumerate()
                .map(|(at, ((_, kind), optional, _))| field(&format!("f{at}"), kind.clone(), *optional))
                .collect();
            let values: Vec<_> = picked
                .iter()
                .map(
                    |((_, kind), optional, given)| {
                        if *optional && !given { Just(Value::Absent).boxed() } else { a_value(kind) }
                    },
                )
                .collect();
            values.prop_map(move |values| (Shape::new("any", None, None, fields.clone()), values))
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_reads_back((shape, fields) in some_fields()) {
        let json = raw(&shape.encode(&fields).to_string());
        prop_assert_eq!(shape.decode(Some(&json), &commodities()), Ok(fields));
    }

    #[test]
    fn any_line_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..80), at in 0_usize..300, cut in 0_usize..300, new in ".{0,5}") {
        let _ = Envelope::parse(&bytes);
        let mut line = LINE.to_owned();
        let (at, end) = (at.min(line.len()), at.saturating_add(cut % 20).min(line.len()));
        line.replace_range(at..end, &new);
        let _ = told(Envelope::parse(line.as_bytes()));
    }

    #[test]
    fn any_data_is_answered(name in prop::sample::select(every_type()), json in "[\\[\\]{}\"0-9.eE:, a-zUSDPTHM+-]{0,30}") {
        if let Ok(data) = serde_json::from_str::<Box<RawValue>>(&format!("{{\"{}\":{json}}}", name.0)) {
            let _ = told(shape(true).decode(Some(&data), &commodities()));
        }
        let text = raw(&serde_json::json!({ name.0: json }).to_string());
        let _ = told(shape(true).decode(Some(&text), &commodities()));
    }
}
