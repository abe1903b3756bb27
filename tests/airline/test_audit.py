"""The audit's own tests: small tables and events with answers worked out by hand.

    python3 -m unittest discover tests/airline
"""

import gzip
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction

import audit

HERE = pathlib.Path(__file__).resolve().parent
FLIGHTS = "year,month,day,sched_dep_time,dep_delay,carrier,flight,tailnum,origin,dest,distance,hour,minute,time_hour"
WEATHER = "origin,wind_speed,wind_gust,precip,visib,time_hour"
PLANES = "tailnum,seats"
DEPARTS = "2013-01-01T15:30:00Z"
PAID = ("110.00 USD", "100.00 USD", ("110.00 USD",))


def tables(delay, weather="JFK,0,NA,0,10,2013-01-01T15:00:00Z"):
    """One flight, B6-1 at half past ten in New York, with a delay in minutes or NA, and one hour of weather."""
    flight = f"2013,1,1,1030,{delay},B6,1,N1,JFK,BOS,187,10,30,2013-01-01T15:00:00Z"
    other = "2013,1,1,1030,500,AA,1,N1,JFK,BOS,187,10,30,2013-01-01T15:00:00Z"
    folder = tempfile.TemporaryDirectory()
    paths = []
    for name, lines in (("f", (FLIGHTS, flight, other)), ("w", (WEATHER, weather)), ("p", (PLANES, "N1,4"))):
        path = pathlib.Path(folder.name) / f"{name}.csv.gz"
        path.write_bytes(gzip.compress("\n".join(lines).encode()))
        paths.append(path)
    return folder, paths


def event(kind, who, data, time=DEPARTS, about="flight:B6-1-2013-01-01"):
    head = {"id": f"{kind}-{who}", "type": kind, "time": time, "data": data}
    return {**head, "subject": who, "about": about} if who else {**head, "subject": about}


def booking(who, fare=PAID[0], before_tax=PAID[1], paid=PAID[2], **more):
    data = {"departs": DEPARTS, "fare": fare, "fare_before_tax": before_tax, "paid": paid}
    return event("booking.made", who, data, **more)


def run(delay, events, **more):
    folder, paths = tables(delay, **more)
    with folder:
        return audit.audit(audit.raw_facts(*paths), io.StringIO("\n".join(map(json.dumps, events))), 1)


class WhatIsOwed(unittest.TestCase):
    def test_credit_by_delay(self):
        for delay, state, credit in (
            (-5, "kept", 0),
            (14, "kept", 0),
            (15, "kept_late", 0),
            (89, "kept_late", 0),
            (90, "kept_late", 2500),
            (119, "kept_late", 2500),
            (120, "kept_late", 5000),
            (180, "kept_late", 7500),
            (239, "kept_late", 7500),
            (240, "kept_late", 10000),
            (299, "kept_late", 10000),
            (300, "kept_late", 12345),
            (359, "kept_late", 12345),
            (360, "kept_late", 24690),
            (502, "kept_late", 24690),
        ):
            with self.subTest(delay=delay):
                totals = run(delay, [booking("customer:P1", "130.00 USD", "123.45 USD", ["130.00 USD"])])
                self.assertEqual(totals["promises"][state], 1)
                owed = totals["remedies"]["late-departure"]["owed_minor"]
                self.assertEqual(owed, {"travel_credit": credit} if credit else {})
                self.assertEqual(totals["remedies"]["cancelled-refund"]["remedies"], 0)

    def test_severe_weather_exempts_the_late_departure_only(self):
        for row, severe in (
            ("0,NA,0,0.5", False),
            ("0,NA,0,0.49", True),
            ("39.12652,NA,0,10", True),  # 34 knots
            ("37.975739999999995,NA,0,10", False),  # 33 knots
            ("0,57.539,0,10", True),  # 50 knots
            ("0,56.38822,0,10", False),  # 49 knots
            ("NA,NA,0,10", False),
        ):
            with self.subTest(row=row):
                weather = f"JFK,{row},2013-01-01T15:00:00Z"
                late = run(200, [booking("customer:P1")], weather=weather)
                self.assertEqual(late["remedies"]["late-departure"]["remedies"], 0 if severe else 1)
                self.assertEqual(late["kept_back_for_weather"], 1 if severe else 0)
                cancelled = run("NA", [booking("customer:P1")], weather=weather)
                self.assertEqual(cancelled["remedies"]["cancelled-refund"]["owed_minor"], {"USD": 11000})

    def test_weather_of_another_hour_or_airport_is_no_excuse(self):
        for weather in ("JFK,0,NA,0,0,2013-01-01T16:00:00Z", "LGA,0,NA,0,0,2013-01-01T15:00:00Z"):
            self.assertEqual(run(200, [booking("customer:P1")], weather=weather)["kept_back_for_weather"], 0)

    def test_a_refund_goes_back_in_the_tenders_of_the_payment(self):
        totals = run("NA", [booking("customer:T1", paid=("10000 points", "10.00 USD")), booking("customer:P1")])
        self.assertEqual(totals["promises"]["broken"], 2)
        owed = totals["remedies"]["cancelled-refund"]["owed"]
        self.assertEqual(owed, {"USD": "120.00 USD", "points": "10000 points"})
        self.assertEqual(totals["largest"][0]["worth"], "110.00 USD")

    def test_who_accepts_an_alternate_in_time_gets_no_refund(self):
        for time, remedies in (("2013-01-02T15:30:00Z", 0), ("2013-01-02T15:30:01Z", 1)):
            accepted = event("alternate.accepted", "customer:P1", {}, time=time)
            totals = run("NA", [booking("customer:P1"), accepted])
            self.assertEqual(totals["remedies"]["cancelled-refund"]["remedies"], remedies)


class WhatIsCompared(unittest.TestCase):
    def check(self, delay, events, expected):
        found = " ".join(run(delay, events)["disagreements"]["first"])
        self.assertIn(expected, found)

    def test_events_that_agree_are_silent(self):
        weather = {"station": "JFK", "visibility_miles": 10.0, "wind_knots": 0.0, "precipitation_inches": 0.0}
        departed = event("flight.departed", None, {"late": "200m"}, time="2013-01-01T18:50:00Z")
        events = [booking("customer:P1"), event("weather.observed", None, weather), departed]
        self.assertEqual(run(200, events)["disagreements"], {"count": 0, "first": []})

    def test_each_difference_is_named(self):
        self.check(200, [booking("customer:P1")], "no event tells how it ended")
        self.check(200, [booking("customer:P1")], "the weather was not filed")
        self.check(200, [event("flight.departed", None, {"late": "199m"})], "the tables say 200 minutes")
        self.check("NA", [event("flight.departed", None, {"late": "0m"})], "the tables say cancelled")
        self.check(5, [event("flight.cancelled", None, {})], "the tables say 5 minutes")
        self.check(200, [event("weather.observed", None, {"visibility_miles": 0.1})], "something else")
        self.check(5, [booking("customer:P1", paid=("109.99 USD",))], "not worth the fare")
        self.check(5, [booking("customer:P1")] * 2, "booked twice")
        self.check(5, [booking(f"customer:P{number}") for number in range(5)], "5 bookings on 4 seats")
        self.check("NA", [event("alternate.accepted", "customer:P9", {})], "without a booking")

    def test_a_booking_on_no_flight_stays_overdue(self):
        totals = run(5, [booking("customer:P1", about="flight:B6-2-2013-01-01")])
        self.assertEqual((totals["promises"]["overdue"], totals["promises"]["made"]), (1, 1))
        self.assertEqual(totals["disagreements"]["count"], 1)


class Figures(unittest.TestCase):
    def test_amounts_are_exact(self):
        self.assertEqual(audit.parse_amount("312.40 USD"), (31240, "USD"))
        self.assertEqual(audit.amount(31205, "USD"), "312.05 USD")
        self.assertEqual(audit.amount(20000, "points"), "20000 points")
        for text in ("1.5 USD", "-1.00 USD", "1e3 points"):
            with self.assertRaises(SystemExit):
                audit.parse_amount(text)

    def test_knots_round_half_up_to_a_tenth(self):
        self.assertEqual(audit.knots(Fraction(40)), Fraction(348, 10))
        self.assertIsNone(audit.knots(None))

    def test_the_extract_holds_the_year(self):
        facts = audit.extract_facts(audit.EXTRACT)
        self.assertEqual(len(facts), 54635)
        self.assertEqual(sum(flight.delay_minutes is None for flight in facts.values()), 466)

    def test_the_command_prints_totals(self):
        folder, paths = tables(5)
        with folder:
            options = [f"--{name}={path}" for name, path in zip(("flights", "weather", "planes"), paths)]
            command = [sys.executable, str(HERE / "audit.py"), "--events", "-", *options]
            done = subprocess.run(command, input="", capture_output=True, text=True)
        self.assertEqual((done.returncode, json.loads(done.stdout)["promises"]["made"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
