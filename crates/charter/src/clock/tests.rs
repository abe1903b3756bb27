use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Moment {
    parse_rfc3339(text).unwrap()
}

fn calendar(weekend: &[&str], holidays: &[&str]) -> Calendar {
    let weekend: Vec<_> = weekend.iter().map(|day| parse_weekday(day).unwrap()).collect();
    let holidays: Vec<_> = holidays.iter().map(|rule| Holiday::parse(rule).unwrap()).collect();
    Calendar::new(&weekend, &holidays).unwrap()
}

static UNITED_STATES: LazyLock<Calendar> = LazyLock::new(|| {
    calendar(
        &["saturday", "sunday"],
        &[
            "01-01 or nearest weekday",
            "3rd monday of january",
            "3rd monday of february",
            "last monday of may",
            "06-19 or nearest weekday",
            "07-04 or nearest weekday",
            "1st monday of september",
            "2nd monday of october",
            "11-11 or nearest weekday",
            "4th thursday of november",
            "12-25 or nearest weekday",
        ],
    )
});

static ENGLAND: LazyLock<Calendar> = LazyLock::new(|| {
    calendar(
        &["sat", "sun"],
        &[
            "01-01 or next weekday",
            "easter-2",
            "easter+1",
            "1st monday of may",
            "last monday of may",
            "last monday of august",
            "12-25 or next weekday",
            "12-26 or next weekday",
        ],
    )
});

#[test]
fn reads_deadlines() {
    for (text, shown) in [
        ("30 minutes", "30 minutes"),
        ("1 hour", "1 hour"),
        ("24 hours", "24 hours"),
        ("7 days", "7 days"),
        (" 2  weeks ", "2 weeks"),
        ("1 month", "1 month"),
        ("10 working days", "10 working days"),
        ("7  business   days", "7 business days"),
        ("0 days", "0 days"),
    ] {
        assert_eq!(Clock::parse(text).unwrap().to_string(), shown);
    }
    for (text, error) in [
        ("", "`` is not a deadline"),
        ("7", "`7` is not a deadline"),
        ("seven days", "`seven days` is not a deadline"),
        ("-7 days", "`-7 days` is not a deadline"),
        ("7 dayz", "`7 dayz` is not a deadline"),
        ("1.5 days", "`1.5 days` is not a deadline"),
        ("99999999999 days", "`99999999999 days` is longer than a deadline may be"),
        ("3661 days", "`3661 days` is longer than a deadline may be"),
    ] {
        assert_eq!(Clock::parse(text).unwrap_err().to_string(), error);
    }
}

#[test]
fn deadlines_end_when_people_expect() {
    let us = &*UNITED_STATES;
    for (clock, from, zone_name, calendar, due) in [
        // The night of 10 March 2013 has 23 hours in New York.
        ("24 hours", "2013-03-09T20:00:00-05:00", "America/New_York", None, "2013-03-10T21:00:00-04:00"),
        ("1 day", "2013-03-09T20:00:00-05:00", "America/New_York", None, "2013-03-10T23:59:59.999-04:00"),
        ("0 days", "2013-03-10T00:00:00-05:00", "America/New_York", None, "2013-03-10T23:59:59.999-04:00"),
        ("7 days", "2013-01-01T23:59:59.999-05:00", "America/New_York", None, "2013-01-08T23:59:59.999-05:00"),
        ("1 week", "2013-01-01T00:00:00-05:00", "America/New_York", None, "2013-01-08T23:59:59.999-05:00"),
        ("1 month", "2023-01-31T12:00:00Z", "UTC", None, "2023-02-28T23:59:59.999Z"),
        ("1 month", "2024-01-31T12:00:00Z", "UTC", None, "2024-02-29T23:59:59.999Z"),
        // Midnight of 15 October 2017 was skipped in São Paulo: the day began at one o'clock.
        ("1 day", "2017-10-13T12:00:00-03:00", "America/Sao_Paulo", None, "2017-10-15T02:59:59.999Z"),
        // Friday to Monday, without a calendar.
        ("1 working day", "2013-01-04T09:00:00-05:00", "America/New_York", None, "2013-01-07T23:59:59.999-05:00"),
        // 7 business days across Martin Luther King Day (21 January 2013).
        ("7 business days", "2013-01-15T09:00:00-05:00", "America/New_York", Some(us), "2013-01-25T23:59:59.999-05:00"),
        ("7 business days", "2013-01-15T09:00:00-05:00", "America/New_York", None, "2013-01-24T23:59:59.999-05:00"),
        ("10 working days", "2013-12-20T09:00:00-05:00", "America/New_York", Some(us), "2014-01-07T23:59:59.999-05:00"),
    ] {
        let clock = Clock::parse(clock).unwrap();
        assert_eq!(clock.due(at(from), &zone(zone_name), calendar).unwrap(), at(due), "{clock} from {from}");
    }
}

#[test]
fn business_days_ignore_the_calendars_weekend() {
    let gulf = calendar(&["friday", "saturday"], &["2025-09-23"]);
    for (clock, due) in [
        ("1 working day", "2025-09-21T23:59:59.999+03:00"),
        ("1 business day", "2025-09-19T23:59:59.999+03:00"),
        ("3 working days", "2025-09-24T23:59:59.999+03:00"),
    ] {
        let clock = Clock::parse(clock).unwrap();
        let from = at("2025-09-18T10:00:00+03:00");
        assert_eq!(clock.due(from, &zone("Asia/Riyadh"), Some(&gulf)).unwrap(), at(due), "{clock}");
    }
}

#[test]
fn holidays_fall_where_the_law_puts_them() {
    let (us, england) = (&*UNITED_STATES, &*ENGLAND);
    for (calendar, days) in [
        // New Year 2028 is a Saturday: observed on the Friday of the year before.
        (us, ["2013-01-21", "2013-05-27", "2013-11-28", "2020-07-03", "2021-07-05", "2027-12-31"]),
        // Christmas 2021 and 2022 and the substitutes of both days; Easter of 2024.
        (england, ["2021-12-27", "2021-12-28", "2022-12-26", "2022-12-27", "2024-03-29", "2024-04-01"]),
    ] {
        for day in days {
            assert!(calendar.is_holiday(day.parse().unwrap()), "{day}");
        }
    }
    assert!(us.is_working_day("2013-12-26".parse().unwrap()));
    assert!(england.is_working_day("2022-12-28".parse().unwrap()));
}

#[test]
fn easter_as_tables_have_it() {
    for sunday in ["1970-03-29", "2000-04-23", "2013-03-31", "2025-04-20", "2038-04-25", "2049-04-18", "2076-04-19"] {
        let date: Date = sunday.parse().unwrap();
        assert_eq!(Holiday::parse("easter").unwrap().in_year(date.year()), Some(date));
    }
}

#[test]
fn refuses_what_is_no_holiday() {
    for text in [
        "",
        "easter 1",
        "easter+",
        "easter+101",
        "easter1",
        "13-01",
        "02-30",
        "1-1",
        "6th monday of may",
        "last day of may",
        "3rd monday of",
        "2025-02-29",
        "12-25 or never",
        "12-25 observed",
        "+1-+2",
    ] {
        assert_eq!(Holiday::parse(text).unwrap_err(), ClockError::BadHoliday { text: text.to_owned() });
    }
    assert!(Holiday::parse("02-29").is_ok());
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| parse_weekday(day).unwrap());
    assert_eq!(Calendar::new(&week, &[]).unwrap_err(), ClockError::NoWorkingDay);
    assert!(parse_weekday("satur").is_err());
}

#[test]
fn a_calendar_without_working_days_is_found_out() {
    let all_year: Vec<Holiday> = (-50..=50).map(|days| Holiday::Easter { days }).collect();
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat"].map(|day| parse_weekday(day).unwrap());
    let calendar = Calendar::new(&weekdays, &all_year).unwrap();
    let clock = Clock::parse("3000 working days").unwrap();
    assert_eq!(clock.due(at("2025-01-01T00:00:00Z"), &TimeZone::UTC, Some(&calendar)), Err(ClockError::NoWorkingDay));
}

#[test]
fn reads_lengths_of_time() {
    for (text, minutes) in [
        ("3h", 180),
        ("90m", 90),
        ("1h30m", 90),
        ("2d", 2_880),
        ("1w", 10_080),
        ("1.5h", 90),
        ("120s", 2),
        ("60000ms", 1),
        ("-15m", -15),
        ("PT3H", 180),
        ("PT3H5M", 185),
        ("P1DT2H", 1_560),
        ("P2W", 20_160),
        ("PT0.5H", 30),
        ("-PT5M", -5),
        ("0m", 0),
    ] {
        assert_eq!(parse_duration(text), Ok(minutes * MINUTE), "{text}");
    }
    for text in [
        "",
        "3",
        "h",
        "-",
        "--3h",
        "3 h",
        "30m1h",
        "1h1h",
        "P",
        "PT",
        "P1DT",
        "P1M",
        "P1Y",
        "1y",
        "1.h",
        ".5h",
        "0.0001s",
        "PT3h",
        "3h ",
        "1..5h",
        "３h",
        "9999999999999999h",
    ] {
        assert_eq!(parse_duration(text), Err(ClockError::BadDuration { text: text.to_owned() }));
    }
    assert_eq!(parse_duration("40000d"), Err(ClockError::LongDuration { text: "40000d".to_owned() }));
}

#[test]
fn reads_moments() {
    let new_york = zone("America/New_York");
    for (text, shown) in [
        ("2013-01-01T15:40:00Z", "2013-01-01T15:40:00Z"),
        ("2013-01-01T15:40:00-05:00", "2013-01-01T20:40:00Z"),
        ("2013-01-01t15:40:00.1239z", "2013-01-01T15:40:00.123Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2024-02-29T00:00:00+05:45", "2024-02-28T18:15:00Z"),
        ("2025-01-01", "2025-01-01T05:00:00Z"),
        ("2025-07-01", "2025-07-01T04:00:00Z"),
        ("2200-12-31T23:59:59.999Z", "2200-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(parse_moment(text, &new_york).map(|moment| moment.to_string()), Ok(shown.to_owned()), "{text}");
    }
    for text in [
        "",
        "2013",
        "2013-01-01T15:40:00",
        "2013-02-29T00:00:00Z",
        "2013-13-01T00:00:00Z",
        "2013-01-01T24:00:00Z",
        "2013-01-01T15:40:00.Z",
        "2013-01-01T15:40:00+5",
        "2013-1-1",
        "2013-01-00",
        "tomorrow!!",
        "2013-01-01T15:40Z",
        "2013-01-01T15:40:00+24:00",
    ] {
        assert_eq!(parse_moment(text, &new_york), Err(ClockError::BadMoment { text: text.to_owned() }), "{text}");
    }
    for text in ["1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
        assert_eq!(parse_moment(text, &new_york), Err(ClockError::OutOfTime), "{text}");
    }
}

fn clocks() -> impl Strategy<Value = Clock> {
    (0_u32..1_000, prop::sample::select(UNITS.to_vec())).prop_map(|(count, unit)| Clock {
        count: if unit == Unit::Months { count % 100 } else { count % 500 },
        unit,
        calendar: None,
    })
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names = [
        "UTC",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Shanghai",
        "Europe/Oslo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Cairo",
        "Asia/Kathmandu",
        "America/St_Johns",
    ];
    prop::sample::select(names.to_vec()).prop_map(zone)
}

fn moments() -> impl Strategy<Value = Moment> {
    (0..4_102_444_800_000_i64).prop_map(Moment)
}

proptest! {
    #[test]
    fn a_deadline_is_never_before_its_beginning(clock in clocks(), zone in zones(), from in moments()) {
        for calendar in [None, Some(&*UNITED_STATES)] {
            prop_assert!(clock.due(from, &zone, calendar).unwrap() >= from);
        }
    }

    #[test]
    fn a_later_beginning_is_never_due_earlier(
        clock in clocks(), zone in zones(), from in moments(), by in 0..10 * DAY, count in 0_u32..5,
    ) {
        let calendar = &*ENGLAND;
        let due = clock.due(from, &zone, Some(calendar)).unwrap();
        prop_assert!(clock.due(from.plus(by), &zone, Some(calendar)).unwrap() >= due);
        let longer = Clock { count: clock.count + count, ..clock };
        prop_assert!(longer.due(from, &zone, Some(calendar)).unwrap() >= due);
    }

    #[test]
    fn any_moment_is_answered(clock in clocks(), zone in zones(), from in any::<i64>()) {
        let _ = clock.due(Moment(from), &zone, None);
    }

    #[test]
    fn reading_never_panics(text in ".{0,40}", words in "[0-9PTHMDS.+:hmsdZ -]{0,30}") {
        for text in [&text, &words] {
            let _ = (Clock::parse(text), Holiday::parse(text), parse_weekday(text), parse_duration(text));
            let _ = parse_moment(text, &TimeZone::UTC);
        }
    }

    #[test]
    fn lengths_of_time_read_back(length in -limits::DURATION_MILLISECONDS..=limits::DURATION_MILLISECONDS) {
        prop_assert_eq!(parse_duration(&format_duration(length)), Ok(length));
    }

    #[test]
    fn moments_read_as_jiff_reads_them(moment in 0..=limits::LAST_MOMENT, hours in -23_i32..=23) {
        let shown = Moment(moment).to_string();
        prop_assert_eq!(parse_rfc3339(&shown), Ok(Moment(moment)));
        let offset = jiff::tz::Offset::from_seconds(hours * 3_600).unwrap();
        let timestamp = jiff::Timestamp::from_millisecond(moment).unwrap();
        prop_assert_eq!(parse_rfc3339(&timestamp.display_with_offset(offset).to_string()), Ok(Moment(moment)));
    }
}

#[test]
fn calendar_months_end_with_their_last_day() {
    for (from, text, due) in [
        ("2026-03-31T23:59:59Z", "2 calendar months", "2026-05-31T23:59:59.999Z"),
        ("2026-04-01T00:00:00Z", "2 calendar months", "2026-06-30T23:59:59.999Z"),
        ("2026-12-15T12:00:00Z", "2 calendar months", "2027-02-28T23:59:59.999Z"),
        ("2026-12-15T12:00:00Z", "0 calendar months", "2026-12-31T23:59:59.999Z"),
        ("2026-12-15T12:00:00Z", "2 months", "2027-02-15T23:59:59.999Z"),
    ] {
        let clock = Clock::parse(text).unwrap();
        assert_eq!(clock.to_string(), text);
        assert_eq!(clock.due(at(from), &TimeZone::UTC, None), Ok(at(due)), "{text} from {from}");
    }
}

#[test]
fn days_between_are_local_and_working_days_those_of_the_calendar() {
    let london = zone("Europe/London");
    for (from, to, days, working) in [
        ("2026-06-03T23:59:59+01:00", "2026-06-04T00:00:00+01:00", 1, 1),
        ("2026-06-03T00:00:00+01:00", "2026-06-03T23:59:59+01:00", 0, 0),
        ("2026-03-28T12:00:00Z", "2026-03-30T12:00:00+01:00", 2, 1), // the clocks change on the 29th
        ("2026-04-02T12:00:00+01:00", "2026-04-07T12:00:00+01:00", 5, 1), // Easter
        ("2026-04-07T12:00:00+01:00", "2026-04-02T12:00:00+01:00", -5, -1),
    ] {
        assert_eq!(days_between(at(from), at(to), &london, None), Ok(days), "{from} {to}");
        assert_eq!(days_between(at(from), at(to), &london, Some(&ENGLAND)), Ok(working), "{from} {to}");
    }
    let far = days_between(at("1970-01-01T00:00:00Z"), at("2199-01-01T00:00:00Z"), &london, Some(&ENGLAND));
    assert_eq!(far, Err(ClockError::NoWorkingDay), "no more days are looked at than the bound");
}

#[test]
fn a_time_of_day_is_local_and_a_skipped_hour_comes_after() {
    let (oslo, evening) = (zone("Europe/Oslo"), jiff::civil::time(19, 0, 0, 0));
    let (skipped, night) = (at("2026-03-29T10:00:00+02:00"), jiff::civil::time(2, 30, 0, 0));
    assert_eq!(at_local_time(at("2026-06-09T23:30:00Z"), evening, &oslo), Ok(at("2026-06-10T19:00:00+02:00")));
    assert_eq!(at_local_time(skipped, night, &oslo), Ok(at("2026-03-29T03:30:00+02:00")));
    assert_eq!(at_local_time(Moment(i64::MAX), evening, &oslo), Err(ClockError::OutOfTime));
}
