"""What the airline owes for 2013, recomputed from the raw tables.

    python3 audit.py --events EVENTS.jsonl[.gz] [--flights F.csv.gz --weather W.csv.gz --planes P.csv.gz]

It shares no code with Makegood. Who was booked, what they paid and who took an alternate flight is read from the
events, because only they hold it. Whether a flight left, how late, and what the weather was is read from the
nycflights13 tables (or, without --flights, from the extract in examples/airline), never from the events. What the events
say of the same flights is then compared with the tables; differences are counted under `disagreements`, and make the
exit code 1.

The rules, in prose:

* A booking promises the departure. It was kept if the flight left less than 15 minutes late, kept late if it left
  later, broken if it never left, overdue if nothing is known of the flight.
* late-departure, by minutes of departure delay: from 90, 25 dollars; from 120, 50; from 180, 75; from 240, 100; from 300
  the one-way fare before taxes; from 360 twice that. Paid in travel credit, of which one unit is worth one dollar.
  Nothing is owed if severe weather was observed at the origin in the hour of the scheduled departure: visibility below
  half a mile, or wind of 34 knots or more, or gusts of 50 knots or more.
* cancelled-refund: for a cancelled flight all that was paid, each tender as it was paid, whatever the weather; nothing
  if the passenger accepted an alternate flight within 24 hours of the scheduled departure, at which the cancellation is
  dated.

All amounts are whole numbers of minor units: cents, hundredths of a travel credit, points. Python 3.11, standard
library only.
"""

import argparse
import csv
import datetime
import gzip
import json
import pathlib
import sys
from collections import Counter, defaultdict
from fractions import Fraction

CARRIER = "B6"
KEPT_BELOW_MINUTES = 15
FIXED_BANDS = ((240, 10000), (180, 7500), (120, 5000), (90, 2500))  # from minutes, minor units of travel credit
FARE_FROM_MINUTES, TWICE_THE_FARE_FROM_MINUTES = 300, 360
VISIBILITY_BELOW_MILES, WIND_FROM_KNOTS, GUST_FROM_KNOTS = Fraction(1, 2), 34, 50
WEATHER_FILED_FROM_MINUTES = 60
RIGHTS = ("late-departure", "cancelled-refund")
DECIMALS = {"USD": 2, "travel_credit": 2, "points": 0}
EXTRACT = pathlib.Path(__file__).resolve().parents[2] / "examples" / "airline"
DISAGREEMENTS_SHOWN = 20
SAMPLED_OWING = 250  # of the flights that owe something, one in this many is shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", required=True, help="JSON lines as the demonstration writes them; - reads input")
    parser.add_argument("--flights", type=pathlib.Path, help="flights.csv of nycflights13, plain or gzip")
    parser.add_argument("--weather", type=pathlib.Path, help="weather.csv of nycflights13")
    parser.add_argument("--planes", type=pathlib.Path, help="planes.csv of nycflights13")
    parser.add_argument("--sample-every", type=int, default=5000, help="of all flights, one in this many is shown")
    parser.add_argument("--out", type=pathlib.Path, help="where to write the totals (default: output)")
    arguments = parser.parse_args()
    raw = (arguments.flights, arguments.weather, arguments.planes)
    if any(raw) and not all(raw):
        parser.error("--flights, --weather and --planes come together")

    facts = raw_facts(*raw) if all(raw) else extract_facts(EXTRACT)
    with open_text(arguments.events) as lines:
        totals = audit(facts, lines, arguments.sample_every)
    totals = {"facts_from": "nycflights13" if all(raw) else "examples/airline", **totals}
    text = json.dumps(totals, indent=2) + "\n"
    if arguments.out:
        arguments.out.write_text(text)
    else:
        sys.stdout.write(text)
    return 1 if totals["disagreements"]["count"] else 0


# --- What happened, from the tables -------------------------------------------------------------------------


class Flight:
    """What the tables know of one flight."""

    def __init__(self, scheduled, delay_minutes, seats, observation):
        self.scheduled = scheduled
        self.delay_minutes = delay_minutes  # None: it never left
        self.seats = seats  # None: its aircraft is not in the table
        self.observation = observation  # None: the station has none for the hour
        self.severe = observation is not None and is_severe(observation)
        self.booked = []  # the customers
        self.at_stake = []  # (customer, fare before taxes, what was paid) where a right may apply
        self.accepted = set()


def raw_facts(flights_path, weather_path, planes_path) -> dict[str, Flight]:
    """Every flight of the carrier by key, from the raw tables of nycflights13."""
    seats = {row["tailnum"]: int(row["seats"]) for row in rows(planes_path)}
    weather = {(row["origin"], moment(row["time_hour"])): observation(row) for row in rows(weather_path)}
    facts = {}
    for row in rows(flights_path):
        if row["carrier"] != CARRIER:
            continue
        date = f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}"
        hour = moment(row["time_hour"])
        scheduled = hour + datetime.timedelta(minutes=int(row["minute"]))
        delay = number(row["dep_delay"])
        seen = weather.get((row["origin"], hour))
        flight = Flight(scheduled, delay, seats.get(row["tailnum"]), seen)
        add(facts, f"flight:{CARRIER}-{row['flight']}-{date}", flight)
    return facts


def extract_facts(folder) -> dict[str, Flight]:
    """The same from the compact extract."""
    weather = {(row["origin"], row["hour"]): observation(row) for row in rows(folder / "weather.csv.gz")}
    facts = {}
    for row in rows(folder / "flights.csv.gz"):
        local = datetime.datetime.strptime(row["date"] + row["scheduled"], "%Y-%m-%d%H%M")
        scheduled = (local - datetime.timedelta(hours=int(row["utc_offset"]))).replace(tzinfo=datetime.UTC)
        seen = weather.get((row["origin"], scheduled.strftime("%Y-%m-%dT%HZ")))
        seats = int(row["seats"]) if row["seats_from"] == "table" else None
        flight = Flight(scheduled, number(row["dep_delay"]), seats, seen)
        add(facts, f"flight:{CARRIER}-{row['flight']}-{row['date']}", flight)
    return facts


def add(facts, key, flight) -> None:
    if key in facts:
        raise SystemExit(f"two flights are called {key}")
    facts[key] = flight


def observation(row) -> dict[str, Fraction]:
    """The figures of one hour in the units of the rules; what the station did not report is left out."""
    figures = {
        "visibility_miles": decimal(row["visib"]),
        "wind_knots": knots(decimal(row["wind_speed"])),
        "gust_knots": knots(decimal(row["wind_gust"])),
        "precipitation_inches": decimal(row["precip"]),
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


def knots(miles_an_hour):
    """Miles of 1609.344 m an hour as nautical miles of 1852 m an hour, rounded half up to one decimal."""
    if miles_an_hour is None:
        return None
    return Fraction(int(miles_an_hour * Fraction(1609344, 1852000) * 10 + Fraction(1, 2)), 10)


def is_severe(seen) -> bool:
    return (
        seen.get("visibility_miles", VISIBILITY_BELOW_MILES) < VISIBILITY_BELOW_MILES
        or seen.get("wind_knots", 0) >= WIND_FROM_KNOTS
        or seen.get("gust_knots", 0) >= GUST_FROM_KNOTS
    )


# --- What is owed -------------------------------------------------------------------------------------------


def audit(facts, lines, sample_every) -> dict:
    """The totals for the bookings of these events."""
    said, differences, about_nothing = read_events(facts, lines)
    promises = Counter(kept=0, kept_late=0, broken=0, overdue=about_nothing)
    remedies, sums, people, cases, sample = Counter(), Counter(), defaultdict(set), [], {}
    severe_kept_back = flights_owing = 0
    for index, (key, flight) in enumerate(sorted(facts.items(), key=lambda item: (item[1].scheduled, item[0]))):
        state = promise_state(flight)
        promises[state] += len(flight.booked)
        flight_sums, flight_remedies = Counter(), Counter()
        for subject, before_tax, paid in flight.at_stake:
            right, owed = owed_for(flight, subject, before_tax, paid)
            if right is None:
                severe_kept_back += bool(flight.severe and late_departure(flight.delay_minutes, before_tax))
                continue
            flight_remedies[right] += 1
            people[right].add(subject)
            for commodity, minor in owed.items():
                flight_sums[right, commodity] += minor
            cases.append((worth_cents(owed), key, subject, right, owed))
        remedies += flight_remedies
        sums += flight_sums
        if len(cases) > 100_000:
            cases = largest(cases)
        flights_owing += bool(flight_remedies)
        if index % sample_every == 0 or flight_remedies and flights_owing % SAMPLED_OWING == 1:
            sample[key] = shown_flight(flight, state, flight_remedies, flight_sums)
    differences += missing_outcomes(facts, said)
    return {
        "flights": {
            "in_tables": len(facts),
            "cancelled": sum(flight.delay_minutes is None for flight in facts.values()),
            "with_outcome_in_events": len(said["outcome"]),
            "with_weather_in_events": len(said["weather"]),
        },
        "promises": {"made": promises.total(), **promises},
        "remedies": {right: shown_right(right, remedies, sums, people) for right in RIGHTS},
        "kept_back_for_weather": severe_kept_back,
        "largest": [shown_case(*case) for case in largest(cases)],
        "sample": sample,
        "disagreements": {"count": len(differences), "first": differences[:DISAGREEMENTS_SHOWN]},
    }


def promise_state(flight) -> str:
    if flight.delay_minutes is None:
        return "broken"
    return "kept" if flight.delay_minutes < KEPT_BELOW_MINUTES else "kept_late"


def owed_for(flight, subject, before_tax, paid):
    """The right one booking has and what it gives, or nothing."""
    if flight.delay_minutes is None:
        return (None, {}) if subject in flight.accepted else ("cancelled-refund", paid)
    credit = 0 if flight.severe else late_departure(flight.delay_minutes, before_tax)
    return ("late-departure", {"travel_credit": credit}) if credit else (None, {})


def late_departure(delay_minutes, before_tax) -> int:
    if delay_minutes is None:
        return 0
    if delay_minutes >= TWICE_THE_FARE_FROM_MINUTES:
        return 2 * before_tax
    if delay_minutes >= FARE_FROM_MINUTES:
        return before_tax
    return next((credit for least, credit in FIXED_BANDS if delay_minutes >= least), 0)


# --- What the events say ------------------------------------------------------------------------------------


def read_events(facts, lines):
    """Files the bookings and acceptances under their flights; compares all else with the tables.

    Gives what was said of flights, the differences, and how many bookings are about a flight the tables do not have."""
    said = {"outcome": set(), "weather": set()}
    differences, about_nothing = [], 0
    for line in lines:
        event = json.loads(line)
        kind = event["type"]
        key = event["about"] if kind in ("booking.made", "alternate.accepted") else event["subject"]
        flight = facts.get(key)
        if flight is None:
            about_nothing += kind == "booking.made"
            differences.append(f"{event['id']}: {key} is not in the tables")
        elif kind == "booking.made":
            differences += file_booking(flight, event)
        elif kind == "alternate.accepted":
            if moment(event["time"]) - flight.scheduled <= datetime.timedelta(hours=24):
                flight.accepted.add(event["subject"])
        else:
            differences += compare(flight, key, event, said)
    for key, flight in facts.items():
        names = set(flight.booked)
        if len(names) != len(flight.booked):
            differences.append(f"{key}: a customer is booked twice")
        if flight.seats is not None and len(flight.booked) > flight.seats:
            differences.append(f"{key}: {len(flight.booked)} bookings on {flight.seats} seats")
        if not flight.accepted <= names:
            differences.append(f"{key}: an alternate flight was accepted without a booking")
    return said, differences, about_nothing


def file_booking(flight, event) -> list[str]:
    data = event["data"]
    paid = {}
    for text in data["paid"]:
        minor, commodity = parse_amount(text)
        paid[commodity] = paid.get(commodity, 0) + minor
    fare, _ = parse_amount(data["fare"])
    before_tax, _ = parse_amount(data["fare_before_tax"])
    flight.booked.append(event["subject"])
    if flight.delay_minutes is None or flight.delay_minutes >= FIXED_BANDS[-1][0]:
        flight.at_stake.append((event["subject"], before_tax, paid))
    differences = []
    if worth_cents(paid) != fare:
        differences.append(f"{event['id']}: what was paid is not worth the fare")
    if data["departs"] != rfc3339(flight.scheduled):
        differences.append(f"{event['id']}: scheduled at {rfc3339(flight.scheduled)}, not {data['departs']}")
    return differences


def compare(flight, key, event, said) -> list[str]:
    """An event about a flight against the tables."""
    kind, data = event["type"], event["data"]
    if kind == "weather.observed":
        said["weather"].add(key)
        seen = {name: Fraction(str(figure)) for name, figure in data.items() if name != "station"}
        return [] if seen == flight.observation else [f"{event['id']}: the station reported something else"]
    said["outcome"].add(key)
    delay = flight.delay_minutes
    if kind == "flight.cancelled":
        agrees = delay is None and moment(event["time"]) == flight.scheduled
    else:
        agrees = delay is not None and data["late"] == f"{max(delay, 0)}m"
        agrees = agrees and moment(event["time"]) == flight.scheduled + datetime.timedelta(minutes=delay)
    return [] if agrees else [f"{event['id']}: the tables say {'cancelled' if delay is None else f'{delay} minutes'}"]


def missing_outcomes(facts, said) -> list[str]:
    """Flights with bookings of whose end, or of whose weather where it matters, no event tells."""
    missing = []
    for key, flight in facts.items():
        if flight.booked and key not in said["outcome"]:
            missing.append(f"{key}: no event tells how it ended")
        matters = flight.delay_minutes is None or flight.delay_minutes >= WEATHER_FILED_FROM_MINUTES
        if flight.booked and matters and flight.observation is not None and key not in said["weather"]:
            missing.append(f"{key}: the weather was not filed")
    return missing


# --- Reading and showing ------------------------------------------------------------------------------------


def rows(path):
    with open_text(path) as lines:
        yield from csv.DictReader(lines)


def open_text(path):
    if str(path) == "-":
        return sys.stdin
    return gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)


def moment(text) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def rfc3339(when) -> str:
    return when.isoformat().replace("+00:00", "Z")


def number(text):
    return None if text in ("", "NA") else int(text)


def decimal(text):
    """An exact decimal of five places: the tables hold some with the last bits of a binary number."""
    return None if text in ("", "NA") else round(Fraction(text), 5)


def parse_amount(text) -> tuple[int, str]:
    """`312.40 USD` is 31240 minor units of USD."""
    figure, commodity = text.split(" ")
    whole, _, part = figure.partition(".")
    if not (whole + part).isdecimal() or len(part) != DECIMALS[commodity]:
        raise SystemExit(f"`{text}` is not an amount")
    return int(whole + part), commodity


def amount(minor, commodity) -> str:
    decimals = DECIMALS[commodity]
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}} {commodity}" if decimals else f"{whole} {commodity}"


def worth_cents(owed) -> int:
    """A point, a cent and a hundredth of a travel credit are worth the same."""
    return sum(owed.values())


def largest(cases) -> list:
    return sorted(cases, key=lambda case: (-case[0], case[1], case[2]))[:10]


def shown_sums(owed) -> dict[str, str]:
    return {commodity: amount(minor, commodity) for commodity, minor in sorted(owed.items())}


def shown_case(worth, key, subject, right, owed) -> dict:
    shown = {"flight": key, "customer": subject, "right": right, "owed": shown_sums(owed)}
    return {**shown, "worth": amount(worth, "USD")}


def shown_right(right, remedies, sums, people) -> dict:
    owed = {commodity: minor for (of, commodity), minor in sums.items() if of == right}
    return {
        "remedies": remedies[right],
        "customers": len(people[right]),
        "owed": shown_sums(owed),
        "owed_minor": dict(sorted(owed.items())),
    }


def shown_flight(flight, state, remedies, sums) -> dict:
    return {
        "scheduled": rfc3339(flight.scheduled),
        "delay_minutes": flight.delay_minutes,
        "severe_weather": flight.severe,
        "promises": {state: len(flight.booked)},
        "remedies": dict(remedies),
        "owed": shown_sums({commodity: minor for (_, commodity), minor in sums.items()}),
    }


if __name__ == "__main__":
    sys.exit(main())
