"""DuckDB on the files of a history: each question of standard input (one a line) is asked, with how long it took, how long processors worked, and what it gave."""

import json
import sys
import time

import duckdb

threads = int(sys.argv[1])
connection = duckdb.connect()
connection.execute(f"SET threads = {threads}")
connection.execute("SET TimeZone = 'UTC'")
connection.execute("SET enable_progress_bar = false")
for line in sys.stdin:
    question = json.loads(line)
    begun, worked = time.perf_counter(), time.process_time()
    rows = connection.execute(question["sql"]).fetchall()
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    print(json.dumps({"name": question["name"], "seconds": took, "worked": worked, "rows": rows}, default=str), flush=True)
