use makegood_money::Commodities;

use super::*;
use crate::clock::{parse_duration, parse_rfc3339};

const LANGUAGES: [&str; 3] = ["en", "zh", "nb"];

fn check(value: &Value, kind: &Type, shown: [&str; 3]) {
    let zone = TimeZone::get("America/New_York").unwrap();
    assert_eq!(LANGUAGES.map(|language| show(value, kind, &zone, language).replace('\u{a0}', " ")), shown);
}

#[test]
fn lengths_of_time_are_told_as_clocks_tell_them() {
    for (length, shown) in [
        ("3h5m", ["3 h 05 min", "3 小时 05 分钟", "3 t 05 min"]),
        ("3h", ["3 h 00 min", "3 小时 00 分钟", "3 t 00 min"]),
        ("45m", ["45 min", "45 分钟", "45 min"]),
        ("0m", ["0 min", "0 分钟", "0 min"]),
        ("-15m", ["−15 min", "−15 分钟", "−15 min"]),
        ("30h", ["30 h 00 min", "30 小时 00 分钟", "30 t 00 min"]),
        ("7d", ["7 d", "7 天", "7 d"]),
        ("51h10m", ["2 d 3 h 10 min", "2 天 3 小时 10 分钟", "2 d 3 t 10 min"]),
        ("2h59m59s", ["2 h 59 min 59 s", "2 小时 59 分钟 59 秒", "2 t 59 min 59 s"]),
        ("1.5s", ["1.500 s", "1.500 秒", "1,500 s"]),
    ] {
        check(&Value::Duration(parse_duration(length).unwrap()), &Type::Duration, shown);
    }
}

#[test]
fn every_type_is_shown() {
    let money = |text: &str| Money::parse(text, &Commodities::iso()).unwrap();
    let cause = Type::Choice(["carrier", "weather"].map(Into::into).into());
    let litres = Type::Number { unit: Some("L".into()) };
    let moment = parse_rfc3339("2013-03-01T20:40:59.999Z").unwrap();
    let paid = Tenders::new([money("5.6 USD"), money("1200 EUR")]).unwrap();
    for (value, kind, shown) in [
        (Value::Money(money("120 USD")), Type::Money, ["120.00 USD", "120.00 USD", "120,00 USD"]),
        (
            Value::Money(money("-1234567.89 USD")),
            Type::Money,
            ["−1,234,567.89 USD", "−1,234,567.89 USD", "−1 234 567,89 USD"],
        ),
        (Value::Int(1_234), Type::Int, ["1,234", "1,234", "1234"]),
        (Value::Number(11_900_500_000), litres, ["11,900.5 L", "11,900.5 L", "11 900,5 L"]),
        (Value::Choice(1), cause, ["weather"; 3]),
        (Value::Bool(true), Type::Bool, ["yes", "是", "ja"]),
        (Value::Absent, Type::Duration, ["not given", "未提供", "ikke oppgitt"]),
        (
            Value::Time(moment),
            Type::Time,
            ["1 Mar 2013, 15:40 EST", "2013年3月1日 15:40 EST", "1. mars 2013, 15:40 EST"],
        ),
        (Value::Key("flight:B6-1".into()), Type::Key { kind: "flight".into() }, ["flight:B6-1"; 3]),
        (Value::Tenders(Tenders::default()), Type::Tenders, ["nothing", "无", "ingenting"]),
        (
            Value::Tenders(paid),
            Type::Tenders,
            ["1,200.00 EUR + 5.60 USD", "1,200.00 EUR + 5.60 USD", "1200,00 EUR + 5,60 USD"],
        ),
        (Value::Time(Moment(i64::MAX)), Type::Time, ["9223372036854775807 ms"; 3]),
        (
            Value::Duration(i64::MIN),
            Type::Duration,
            [
                "−106751991167 d 7 h 12 min 55.808 s",
                "−106751991167 天 7 小时 12 分钟 55.808 秒",
                "−106751991167 d 7 t 12 min 55,808 s",
            ],
        ),
    ] {
        check(&value, &kind, shown);
    }
}

#[test]
fn deadlines_are_told_in_each_language() {
    for (text, shown) in [
        ("7 business days", ["7 business days", "7 个工作日", "7 virkedager"]),
        ("1 hour", ["1 hour", "1 小时", "1 time"]),
        ("2 months", ["2 months", "2 个月", "2 måneder"]),
    ] {
        let clock = Clock::parse(text).unwrap();
        assert_eq!(LANGUAGES.map(|language| show_clock(&clock, language)), shown);
    }
}
