"""What DuckDB reads in the files of a history, against the events that were fed.

    python3 history.py EVENTS.jsonl FOLDER

It shares no code with Makegood. Every event that was fed stands in the files once, with its own type, and declared fields hold
what the event says: the delays of all departures and the fares of all bookings sum to the same. Needs the module duckdb.
"""

import json
import re
import sys
from collections import Counter

import duckdb


def milliseconds(text):
    sign, hours, minutes = re.fullmatch(r"(-?)(?:(\d+)h)?(?:(\d+)m)?", text).groups()
    return (-1 if sign else 1) * (int(hours or 0) * 60 + int(minutes or 0)) * 60_000


def told(path):
    types, late, fares, seen = Counter(), 0, 0, set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            name = (event["subject"], event["source"], event["id"])
            if name in seen:
                continue
            seen.add(name)
            types[event["type"]] += 1
            if event["type"] == "flight.departed":
                late += milliseconds(event["data"]["late"])
            if event["type"] == "booking.made":
                amount, currency = event["data"]["fare"].split(" ")
                fares += round(float(amount) * 100) if currency == "USD" else 0
    return dict(types), late, fares


def found(folder):
    files = f"read_parquet('{folder}/*.parquet')"
    own = f"FROM {files} WHERE kind = 0 AND type <> 'clock.reached' AND type NOT LIKE 'charter.%'"
    connection = duckdb.connect()
    types = dict(connection.execute(f"SELECT type, count(*) {own} GROUP BY type").fetchall())
    ((late, fares),) = connection.execute(
        "SELECT sum(flight_departed__late_ms)::BIGINT, "
        f"sum(CASE WHEN booking_made__fare_currency = 'USD' THEN booking_made__fare_minor END)::BIGINT {own}"
    ).fetchall()
    ((broken,),) = connection.execute(
        f"SELECT count(*) FROM (SELECT seq - lag(seq) OVER (PARTITION BY key ORDER BY file_row_number) AS step "
        f"FROM read_parquet('{folder}/*.parquet', file_row_number = true)) WHERE step <> 1"
    ).fetchall()
    return types, late, fares, broken


def main():
    events, folder = sys.argv[1:]
    types, late, fares = told(events)
    in_files, late_in_files, fares_in_files, broken = found(folder)
    pairs = [("events by type", types, in_files), ("delays", late, late_in_files), ("fares", fares, fares_in_files)]
    for what, ours, theirs in pairs + [("logs out of order", 0, broken)]:
        verdict = "the same" if ours == theirs else "DIFFERS"
        print(f"{what}: fed {ours}, in the files {theirs}: {verdict}")
    if any(ours != theirs for _, ours, theirs in pairs) or broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
