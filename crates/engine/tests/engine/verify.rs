//! Verify finds what was changed behind the engine's back.

use std::path::{Path, PathBuf};

use makegood_engine::{rebuild, verify};
use makegood_store::Sqlite;
use rusqlite::Connection;

use crate::desk::{Desk, booking, departure};

/// A whole database, changed by `sql`.
fn tampered(whole: &Path, sql: &str) -> Sqlite {
    let file = whole.with_extension("tampered");
    std::fs::copy(whole, &file).unwrap();
    let changed = Connection::open(&file).unwrap().execute(sql, ()).unwrap();
    assert!(changed > 0, "{sql}");
    Sqlite::open(file).unwrap()
}

/// A database with a credit in it, and nothing wrong.
fn whole() -> (Desk, PathBuf) {
    let mut desk = Desk::new();
    desk.tell(&booking(1, "flight:1")).tell(&departure("d", "flight:1", "4h"));
    desk.check();
    let file = desk.path("whole.db");
    Connection::open(desk.file()).unwrap().execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
    (desk, file)
}

#[test]
fn tampering_is_found_and_named() {
    let (desk, file) = whole();
    for (sql, fault) in [
        (
            "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), '\"4h\"', '\"5h\"') AS BLOB) WHERE key = 'flight:1'",
            "`flight:1`: the hash of line 1 is not that of its content",
        ),
        ("UPDATE event SET time = time + 1 WHERE key = 'customer:1' AND seq = 1", "`customer:1`: the hash of line 1"),
        ("UPDATE event SET context = 1 WHERE key = 'customer:1' AND seq = 2", "`customer:1`: the hash of line 2"),
        ("UPDATE event SET thing_seq = 2 WHERE key = 'customer:1' AND seq = 2", "`customer:1`: the hash of line 2"),
        ("DELETE FROM event WHERE key = 'customer:1' AND seq = 1", "`customer:1`: line 2 follows line 0"),
        (
            "DELETE FROM event WHERE key = 'customer:1' AND seq = 2",
            "`customer:1`: the log ends at line 1, the head says 2",
        ),
        ("UPDATE head SET seq = 1 WHERE key = 'customer:1'", "`customer:1`: the log ends at line 2, the head says 1"),
        ("UPDATE posting SET amount = amount + 1 WHERE line = 0", "`customer:1`: a movement is out of balance by 1"),
        ("DELETE FROM posting", "`customer:1`: the books owe 0 USD, the remedies 5000"),
        ("UPDATE posting SET amount = amount * 2", "`customer:1`: the books owe 10000 USD, the remedies 5000"),
        ("UPDATE promise SET state = 3 WHERE clause = 'departure'", "`customer:1`: the columns of a promise differ"),
        ("UPDATE promise SET due = due + 1 WHERE clause = 'pay'", "`customer:1`: the columns of a promise differ"),
        ("UPDATE remedy SET state = 2", "`customer:1`: the columns of a remedy differ from its state"),
        ("DELETE FROM remedy", "`customer:1`: its state counts"),
        ("DELETE FROM promise WHERE clause = 'pay'", "`customer:1`: its state counts"),
        ("UPDATE head SET wake_at = NULL WHERE key = 'customer:1'", "`customer:1`: it waits"),
        ("DELETE FROM interest", "`customer:1`: it was promised something about `flight:1` and does not hear of it"),
        ("DELETE FROM head WHERE key = 'customer:1'", "3 rows of `event` are kept, 1 belong to a party or thing"),
    ] {
        let faults = verify(&tampered(&file, sql), &desk.book, 2, &|| {}).unwrap().faults;
        assert!(faults.iter().any(|found| found.starts_with(fault)), "{sql}: {faults:?}");
    }
}

#[test]
fn rebuild_finds_a_state_that_the_log_does_not_give() {
    let (desk, file) = whole();
    for sql in [
        "DELETE FROM posting",
        "DELETE FROM remedy",
        "UPDATE posting SET amount = amount * 2",
        "UPDATE head SET wake_at = NULL WHERE key = 'customer:1'",
        "UPDATE promise SET state = 3 WHERE clause = 'departure'",
        "UPDATE posting SET time = time + 1",
        "DELETE FROM outbox",
        "UPDATE outbox SET body = CAST(replace(CAST(body AS TEXT), '50.00', '500.00') AS BLOB) WHERE topic = 'payout'",
    ] {
        let rebuilt = rebuild(&tampered(&file, sql), &desk.book, 1, &|| {}).unwrap();
        assert_eq!((rebuilt.is_same(), rebuilt.differ.len()), (false, 1), "{sql}: {:?}", rebuilt.differ);
    }
}
