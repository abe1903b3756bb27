use std::sync::LazyLock;

use super::*;

/// Read once for all tests: unpacking takes a while without optimisation.
pub static YEAR: LazyLock<Extract> = LazyLock::new(|| Extract::read().unwrap());

#[test]
fn the_year_is_whole() {
    let extract = &*YEAR;
    assert_eq!(extract.flights.len(), 54_635);
    assert_eq!(extract.flights.iter().filter(|flight| flight.is_cancelled()).count(), 466);
    assert_eq!(extract.flights.iter().filter(|flight| !flight.seats_known).count(), 830);
    assert_eq!(extract.flights.iter().map(|flight| u32::from(flight.seats)).sum::<u32>(), extract.seats());
    assert_eq!(extract.seats(), 7_378_985);
    assert_eq!(extract.observations(), 15_027);
    let delayed = |least| extract.flights.iter().filter(|f| f.departure_delay_minutes >= Some(least)).count();
    assert_eq!((delayed(15), delayed(60), delayed(90), delayed(360)), (12_711, 4_655, 2_725, 25));
}

#[test]
fn number_and_date_name_one_flight() {
    let extract = &*YEAR;
    let names: std::collections::BTreeSet<String> = extract.flights.iter().map(Flight::name).collect();
    assert_eq!(names.len(), extract.flights.len());
    assert!(names.contains("B6-725-2013-01-01"));
}

#[test]
fn the_first_flight_left_at_a_quarter_to_six() {
    let extract = &*YEAR;
    let first = extract.flights.first().unwrap();
    assert_eq!(first.name(), "B6-725-2013-01-01");
    let departs = jiff::Timestamp::from_second(first.scheduled_seconds).unwrap();
    assert_eq!(departs.to_string(), "2013-01-01T10:45:00Z");
    assert_eq!((first.departure_delay_minutes, first.arrival_delay_minutes), (Some(-1), Some(-18)));
    assert_eq!((first.origin.code(), first.destination.code(), first.distance_miles), ("JFK", "BQN", 1576));
    assert_eq!((&*first.tail, first.seats, first.seats_before), ("N804JB", 200, 0));
}

#[test]
fn summer_time_is_followed() {
    let extract = &*YEAR;
    let july: Date = "2013-07-01".parse().unwrap();
    let flight = extract.flights.iter().find(|flight| flight.date == july).unwrap();
    let local =
        Offset::from_hours(-4).unwrap().to_datetime(jiff::Timestamp::from_second(flight.scheduled_seconds).unwrap());
    assert_eq!(local.date(), july);
}

#[test]
fn knots_are_the_whole_knots_the_stations_report() {
    let extract = &*YEAR;
    for observation in extract.weather.values() {
        for speed in [observation.wind_miles_an_hour, observation.gust_miles_an_hour].into_iter().flatten() {
            assert_eq!(speed.knots_from_miles_an_hour().hundred_thousandths() % 100_000, 0, "{speed:?}");
        }
    }
    assert_eq!(Figure::parse("39.12652").map(Figure::knots_from_miles_an_hour), Figure::parse("34"));
    assert_eq!(Figure::parse("40").map(Figure::knots_from_miles_an_hour), Figure::parse("34.8"));
}

#[test]
fn an_observation_is_found_by_the_hour_of_the_departure() {
    let extract = &*YEAR;
    let newark = Airport::parse("EWR").unwrap();
    let hour = "2013-01-01T11:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let observation = extract.observed(newark, hour + 59 * 60).unwrap();
    assert_eq!(observation.wind_miles_an_hour, Figure::parse("11.5078"));
    assert_eq!(observation.gust_miles_an_hour, None);
    assert_eq!(observation.visibility_miles, Figure::parse("10"));
    assert!(extract.observed(newark, hour - 1).is_none());
}

#[test]
fn a_damaged_row_is_named() {
    let good = "2013-01-01,0545,-5,-1,-18,725,N804JB,200,table,JFK,BQN,1576";
    let read = |row: &str| flights(&format!("{FLIGHT_HEADER}\n{row}\n")).map_err(|error| error.to_string());
    assert_eq!(read(good).unwrap().len(), 1);
    for bad in [
        "2013-02-30,0545,-5,-1,-18,725,N804JB,200,table,JFK,BQN,1576",
        "2013-01-01,2545,-5,-1,-18,725,N804JB,200,table,JFK,BQN,1576",
        "2013-01-01,0545,-5,x,-18,725,N804JB,200,table,JFK,BQN,1576",
        "2013-01-01,0545,-5,-1,-18,725,N804JB,200,guess,JFK,BQN,1576",
        "2013-01-01,0545,-5,-1,-18,725,N804JB,200,table,jfk,BQN,1576",
        "2013-01-01,0545",
        &format!("{good}\n{good}"),
    ] {
        assert!(read(bad).unwrap_err().contains("line"), "{bad}");
    }
    assert_eq!(
        weather(&format!("{WEATHER_HEADER}\nEWR,2013-01-01T11Z,1.2.3,,0,10\n")).unwrap_err().to_string(),
        "the airline extract `weather`, line 2: `EWR,2013-01-01T11Z,1.2.3,,0,10` is not a good row"
    );
    assert!(matches!(unpack("flights", b"not gzip"), Err(ExtractError::Packed { table: "flights", .. })));
}

#[test]
fn figures_are_exact_or_refused() {
    for (text, expected) in
        [("0", Some(0)), ("10", Some(1_000_000)), ("0.25", Some(25_000)), ("1048.36058", Some(104_836_058))]
    {
        assert_eq!(Figure::parse(text).map(Figure::hundred_thousandths), expected, "{text}");
    }
    for text in ["", ".", ".5", "-1", "1e3", "0.123456", "1234567890", "NA"] {
        assert_eq!(Figure::parse(text), None, "{text}");
    }
}
