use rusqlite::Connection;

use super::*;
use crate::{Commit, CommitError, HeadRow, PartKind, Slot};

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    (folder, file)
}

fn head(key: &str) -> Commit {
    let head =
        HeadRow { slot: Slot(1), key: key.into(), seq: 1, hash: [0; 32], wake_at: None, state: vec![0; 2000].into() };
    Commit { heads: vec![(head, 0)], ..Commit::default() }
}

#[test]
fn a_new_file_is_opened_by_many_at_once() {
    for _ in 0..20 {
        let (_folder, file) = file();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Sqlite::open(&file).unwrap().reader().unwrap().count("event").unwrap());
            }
        });
    }
}

#[test]
fn urls_name_files() {
    let (_folder, file) = file();
    let url = format!("sqlite:{}", file.display());
    assert!(!crate::open(&url).unwrap().shared());
    assert!(file.exists());
    for bad in ["", "sqlite", "sqlite:", "sqlite::memory:", "mysql://localhost/makegood", file.to_str().unwrap()] {
        let error = crate::open(bad).err().unwrap();
        assert!(error.to_string().starts_with(&format!("`{bad}` is not a database address: use `sqlite:FILE`")));
    }
    for bad in ["", ":memory:"] {
        assert!(matches!(Sqlite::open(bad), Err(StoreError::BadUrl { .. })));
    }
}

#[test]
fn a_file_that_cannot_be_used_is_refused_and_left_as_it_was() {
    let sql = |sql: &'static str| move |file: &Path| Connection::open(file).unwrap().execute_batch(sql).unwrap();
    let newest = format!("has schema 99, this release knows {}", super::schema::KNOWN);
    let newer = |file: &Path| {
        drop(Sqlite::open(file).unwrap());
        sql("PRAGMA user_version = 99")(file);
    };
    type Make<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Make, &str); 5] = [
        (
            "not a database",
            &|file: &Path| std::fs::write(file, "Dear customer, ".repeat(500)).unwrap(),
            "holds another program's data",
        ),
        ("another's tables", &sql("CREATE TABLE contacts (name TEXT)"), "holds another program's data"),
        ("another's mark", &sql("PRAGMA application_id = 252006673"), "holds another program's data"),
        ("another's journal", &sql("PRAGMA journal_mode = WAL; CREATE TABLE a (b)"), "holds another program's data"),
        ("a newer release", &newer, &newest),
    ];
    for (name, make, message) in cases {
        let (_folder, file) = file();
        make(&file);
        let before = std::fs::read(&file).unwrap();
        let error = Sqlite::open(&file).err().unwrap().to_string();
        assert!(error.contains(message), "{name}: {error}");
        assert!(std::fs::read(&file).unwrap() == before, "{name}: the file was changed");
    }
    let (folder, _) = file();
    for path in [folder.path().to_owned(), folder.path().join("missing/test.db")] {
        assert!(matches!(Sqlite::open(path), Err(StoreError::Database { doing: "opening the file", .. })));
    }
}

#[test]
fn an_empty_file_becomes_ours_and_is_found_again() {
    let (_folder, file) = file();
    std::fs::write(&file, "").unwrap();
    for count in 0..3 {
        let store = Sqlite::open(&file).unwrap();
        assert_eq!(store.health().unwrap().schema, super::schema::KNOWN);
        assert_eq!(store.reader().unwrap().count("head").unwrap(), count);
        store.writer().unwrap().commit(&head(&format!("customer:{count}"))).unwrap();
    }
}

#[test]
fn every_connection_has_its_settings() {
    let (_folder, file) = file();
    let store = Sqlite::open(&file).unwrap();
    let writer = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, WRITER_CACHE_KIB).unwrap();
    let text = |connection: &Connection, name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    for (name, value) in [
        ("journal_mode", r#"Text("wal")"#),
        ("synchronous", "Integer(2)"),
        ("foreign_keys", "Integer(0)"),
        ("page_size", "Integer(4096)"),
        ("cache_size", "Integer(-131072)"),
        ("wal_autocheckpoint", "Integer(65536)"),
    ] {
        assert_eq!(text(&writer, name), value, "{name}");
    }
    let reader = connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY, READER_CACHE_KIB).unwrap();
    assert!(reader.execute("DELETE FROM event", ()).is_err());
    drop(store);
}

#[test]
fn a_checkpoint_is_no_foreign_write() {
    let (_folder, file) = file();
    let store = Sqlite::open(&file).unwrap();
    let (mut writer, mut reader) = (store.writer().unwrap(), store.reader().unwrap());
    let other = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE_KIB).unwrap();
    for number in 0..40 {
        writer.commit(&head(&format!("customer:{number}"))).unwrap();
        other.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(())).unwrap();
        assert_eq!(reader.count("head").unwrap(), number + 1);
    }
    // The log started anew each time instead of growing beyond what making the tables wrote.
    assert!(store.health().unwrap().log_bytes < 140_000, "{:?}", store.health());
    // Somebody else's change is one, once.
    other.execute("DELETE FROM head WHERE slot = 1 AND key = 'customer:7'", ()).unwrap();
    assert!(matches!(writer.commit(&head("customer:50")), Err(CommitError::Stale { .. })));
    writer.commit(&head("customer:50")).unwrap();
}

#[test]
fn a_row_that_cannot_be_read_is_reported() {
    let (_folder, file) = file();
    let store = Sqlite::open(&file).unwrap();
    let mut reader = store.reader().unwrap();
    let other = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE_KIB).unwrap();
    for (key, seq, hash, wake_at) in [("a", "1", "x'00'", "NULL"), ("b", "-1", "zeroblob(32)", "NULL")] {
        other.execute(&format!("INSERT INTO head VALUES (1, '{key}', {seq}, {hash}, {wake_at}, x'')"), ()).unwrap();
        let answer = reader.heads(&[(Slot(1), key)]);
        assert!(matches!(answer, Err(StoreError::Damaged { table: "head", .. })), "{key}: {answer:?}");
    }
    other
        .execute("INSERT INTO event VALUES (1, 'a', 1, zeroblob(16), 0, 0, 0, 3, NULL, NULL, NULL, zeroblob(32))", ())
        .unwrap();
    let answer = reader.log(Slot(1), "a", 0, 1);
    assert!(matches!(answer, Err(StoreError::Damaged { table: "event", .. })), "{answer:?}");
}

/// The way SQLite takes to the rows, one line for each table it touches.
fn plan(connection: &Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let lines: Vec<String> = statement.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>().unwrap();
    lines.join("; ")
}

/// No statement of the live path looks at more than one slot, sorts, or reads a table through.
#[test]
fn statements_find_their_rows_by_key() {
    let (_folder, file) = file();
    let _store = Sqlite::open(&file).unwrap();
    let connection = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, READER_CACHE_KIB).unwrap();
    let (promise, remedy) = (sql::parts(PartKind::Promise), sql::parts(PartKind::Remedy));
    for (sql, expected) in [
        (sql::HEAD, "SEARCH head USING PRIMARY KEY (slot=? AND key=?)"),
        (sql::HEADS_OF_SLOT, "SEARCH head USING PRIMARY KEY (slot=? AND key>?)"),
        (sql::HEAD_NEXT, "SEARCH head USING PRIMARY KEY (slot=? AND key=?)"),
        (sql::DUE, "SEARCH head USING COVERING INDEX head_wake (slot=? AND wake_at>? AND wake_at<?)"),
        (sql::EVENT, "SEARCH event USING INDEX event_ident (slot=? AND key=? AND ident=?)"),
        (sql::PLACE, "SEARCH event USING COVERING INDEX event_ident (slot=? AND key=? AND ident=?)"),
        (sql::LOG, "SEARCH event USING PRIMARY KEY (slot=? AND key=? AND seq>?)"),
        (sql::LINES_OF_SLOT, "SEARCH event USING PRIMARY KEY (slot=? AND (key,seq)>(?,?))"),
        (sql::HAPPENED_SINCE, "SEARCH event USING PRIMARY KEY (slot=? AND (key,seq)>(?,?))"),
        (sql::QUARANTINE, "SEARCH quarantine USING PRIMARY KEY ((slot,id)>(?,?))"),
        (promise.one, "SEARCH promise USING PRIMARY KEY (slot=? AND party=? AND id=?)"),
        (promise.about, "SEARCH promise USING PRIMARY KEY (slot=? AND party=? AND id>? AND id<?)"),
        (promise.due, "SEARCH promise USING INDEX promise_wake (slot=? AND party=? AND wake_at>? AND wake_at<?)"),
        (promise.wakes, "SEARCH promise USING COVERING INDEX promise_wake (slot=? AND party=? AND wake_at>?)"),
        (promise.by_id, "SEARCH promise USING PRIMARY KEY (slot=?)"),
        (promise.of_slot, "SEARCH promise USING PRIMARY KEY (slot=? AND (party,id)>(?,?))"),
        (promise.of_party, "SEARCH promise USING PRIMARY KEY (slot=? AND party=?)"),
        (remedy.due, "SEARCH remedy USING INDEX remedy_wake (slot=? AND party=? AND wake_at>? AND wake_at<?)"),
        (sql::INTERESTED, "SEARCH interest USING PRIMARY KEY (slot=? AND thing=? AND party>?)"),
        (sql::IS_INTERESTED, "SEARCH interest USING PRIMARY KEY (slot=? AND thing=? AND party=?)"),
        (sql::OWN_ABOUT, "SEARCH event USING INDEX event_about (slot=? AND key=? AND thing=?)"),
        (sql::UNHEARD, "SEARCH interest USING COVERING INDEX interest_unheard (slot=?)"),
        (sql::INBOX, "SEARCH inbox USING PRIMARY KEY (slot=?)"),
        (sql::INBOX_DONE, "SEARCH inbox USING PRIMARY KEY (slot=? AND party=? AND thing=? AND seq=?)"),
        (sql::FANOUTS, "SEARCH fanout USING PRIMARY KEY (slot=?)"),
        (sql::FANOUT_DONE, "SEARCH fanout USING PRIMARY KEY (slot=? AND thing=? AND seq=?)"),
        (sql::POSTINGS_OF_SLOT, "SEARCH posting USING PRIMARY KEY (slot=? AND (party,movement,line)>(?,?,?))"),
        (sql::POSTINGS_OF, "SEARCH posting USING PRIMARY KEY (slot=? AND party=?)"),
        (sql::OUTBOX_DUE, "SEARCH outbox USING INDEX outbox_next (slot=? AND next_try>? AND next_try<?)"),
        (sql::OUTBOX_OF, "SEARCH outbox USING PRIMARY KEY (slot=? AND party=?)"),
        (sql::QUARANTINE_DONE, "SEARCH quarantine USING PRIMARY KEY (slot=? AND id=?)"),
    ] {
        assert_eq!(plan(&connection, sql), expected, "{sql}");
    }
    // Those that look at all slots probe each of them.
    for (sql, probe) in [
        (sql::EARLIEST_WAKE, "SEARCH head USING COVERING INDEX head_wake (slot=?"),
        (sql::TALLIES, "SEARCH tally USING PRIMARY KEY (slot=? AND name=? AND day>? AND day<?)"),
    ] {
        let plan = plan(&connection, sql);
        assert!(plan.contains(probe) && !plan.contains("SCAN head") && !plan.contains("SCAN tally"), "{plan}");
    }
}

#[test]
fn an_older_release_stops_writing_once_a_newer_one_has_changed_the_tables() {
    let (_folder, file) = file();
    let known = super::schema::KNOWN;
    let store = Sqlite::open(&file).unwrap().with_sharing(true);
    let mut writer = store.writer().unwrap();
    Connection::open(&file).unwrap().pragma_update(None, "user_version", known + 1).unwrap();
    let error = writer.commit(&head("customer:1")).unwrap_err();
    assert!(error.to_string().contains(&format!("has schema {}, this release knows {known}", known + 1)), "{error}");
    assert_eq!(store.reader().unwrap().count("head").unwrap(), 0);
}
