"""Make the airline example's extract from the nycflights13 tables.

    python3 extract.py FOLDER [--out FOLDER]

FOLDER holds flights.csv, weather.csv and planes.csv, plain or gzip. Written are flights.csv.gz (every flight of one
carrier, in the order of their scheduled departure) and weather.csv.gz (what was observed at the origin in each hour in
which one of those flights was to depart). The same input gives the same bytes. Python 3.11, standard library only.
"""

import argparse
import csv
import datetime
import gzip
import hashlib
import io
import pathlib
import statistics
import sys

CARRIER = "B6"
FLIGHT_COLUMNS = (
    "date,scheduled,utc_offset,dep_delay,arr_delay,flight,tail,seats,seats_from,origin,dest,distance".split(",")
)
WEATHER_COLUMNS = "origin,hour,wind_speed,wind_gust,precip,visib".split(",")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="the folder with the nycflights13 tables")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="where to write")
    arguments = parser.parse_args()

    planes = {row["tailnum"]: int(row["seats"]) for row in read(arguments.folder, "planes")}
    flown = [row for row in read(arguments.folder, "flights") if row["carrier"] == CARRIER]
    flights = flight_rows(flown, planes)
    weather = weather_rows(read(arguments.folder, "weather"), flown)
    for name, columns, rows in (("flights", FLIGHT_COLUMNS, flights), ("weather", WEATHER_COLUMNS, weather)):
        write(arguments.out / f"{name}.csv.gz", columns, rows)
    return 0


def flight_rows(flown: list[dict], planes: dict[str, int]) -> list[list]:
    """The extract's flights, in the order of their scheduled departure, then of their number."""
    aircraft = {row["tailnum"] for row in flown}
    median_seats = int(statistics.median(sorted(planes[tail] for tail in aircraft if tail in planes)))
    keys = {(row["year"], row["month"], row["day"], row["flight"]) for row in flown}
    if len(keys) != len(flown):
        raise SystemExit("two flights of one day share a number: date and number no longer name a flight")
    rows = []
    for row in flown:
        local = datetime.datetime(*(int(row[part]) for part in ("year", "month", "day", "hour", "minute")))
        offset = local.replace(minute=0) - utc(row["time_hour"])
        if local.strftime("%H%M") != row["sched_dep_time"].zfill(4):
            raise SystemExit(f"scheduled departure and hour disagree: {row}")
        known = row["tailnum"] in planes
        rows.append(
            (
                (local - offset, int(row["flight"])),
                [
                    local.strftime("%Y-%m-%d"),
                    local.strftime("%H%M"),
                    offset // datetime.timedelta(hours=1),
                    whole(row["dep_delay"]),
                    whole(row["arr_delay"]),
                    int(row["flight"]),
                    row["tailnum"],
                    planes[row["tailnum"]] if known else median_seats,
                    "table" if known else "median",
                    row["origin"],
                    row["dest"],
                    int(row["distance"]),
                ],
            )
        )
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def weather_rows(observed: list[dict], flown: list[dict]) -> list[list]:
    """The observations at the origin in each hour with a scheduled departure."""
    wanted = {(row["origin"], utc(row["time_hour"])) for row in flown}
    rows = []
    for row in observed:
        hour = utc(row["time_hour"])
        if (row["origin"], hour) in wanted:
            figures = [decimal(row[column]) for column in ("wind_speed", "wind_gust", "precip", "visib")]
            rows.append([row["origin"], hour.strftime("%Y-%m-%dT%HZ"), *figures])
    return sorted(rows, key=lambda row: row[:2])


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def whole(text: str) -> str:
    """A whole number, or nothing where the table says NA."""
    return "" if text in ("", "NA") else str(int(float(text)))


def decimal(text: str) -> str:
    """The figure in its own unit, to five decimals: the tables hold 9 knots as 10.357019999999999 miles an hour."""
    return "" if text in ("", "NA") else f"{float(text):.5f}".rstrip("0").rstrip(".")


def read(folder: pathlib.Path, name: str) -> list[dict]:
    packed = folder / f"{name}.csv.gz"
    source = gzip.open(packed, "rt", newline="") if packed.exists() else open(folder / f"{name}.csv", newline="")
    with source:
        return list(csv.DictReader(source))


def write(path: pathlib.Path, columns: list[str], rows: list[list]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    plain = text.getvalue().encode()
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=held, mtime=0) as packer:
        packer.write(plain)
    packed = held.getvalue()
    path.write_bytes(packed)
    print(f"{path.name}: {len(rows)} rows, {len(packed)} bytes")
    print(f"  sha256 {hashlib.sha256(packed).hexdigest()}")
    print(f"  sha256 {hashlib.sha256(plain).hexdigest()} (uncompressed)")


if __name__ == "__main__":
    sys.exit(main())
