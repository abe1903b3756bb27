//! What a command says when the database, a charter or a file is not there or not what it should be.

use crate::desk::{CHARTER, Desk, run};

#[test]
fn commands_on_a_missing_database_say_how_to_make_one() {
    let desk = Desk::new();
    for command in [
        vec!["explain", "customer:1"],
        vec!["ledger", "balance"],
        vec!["remedy", "list"],
        vec!["tick"],
        vec!["dispatch", "--to", "payout=out.jsonl"],
        vec!["quarantine", "list"],
        vec!["rebuild"],
        vec!["verify"],
        vec!["doctor"],
    ] {
        let error = desk.makegood(&command).refused();
        assert!(error.contains("there is no database at `sqlite:test.db`"), "{command:?}: {error}");
        assert!(!desk.path("test.db").exists(), "{command:?} made one");
    }
}

#[test]
fn a_file_that_is_no_database_of_ours_is_refused_and_left_alone() {
    let desk = Desk::new();
    desk.write("test.db", "a diary of many pages, and not a database\n".repeat(100));
    desk.write("events.jsonl", "");
    for command in [run(&["events.jsonl"]), vec!["verify"], vec!["doctor"]] {
        let error = desk.makegood(&command).refused();
        assert!(error.contains("holds another program's data"), "{command:?}: {error}");
    }
    assert!(std::fs::read_to_string(desk.path("test.db")).unwrap().starts_with("a diary"));
}

#[test]
fn an_address_that_is_no_database_is_refused() {
    let desk = Desk::new();
    for url in
        ["postgres://localhost:port/makegood", "mysql://localhost/makegood", "test.db", "sqlite:", "sqlite::memory:"]
    {
        let error = desk.makegood(&["doctor", "--db", url]).refused();
        assert!(error.contains(&format!("`{url}`")), "{url}: {error}");
    }
    std::fs::create_dir(desk.path("folder.db")).unwrap();
    let error = desk.makegood(&["doctor", "--db", "sqlite:folder.db"]).refused();
    assert!(error.contains("folder.db") || error.contains("database failed"), "{error}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    for (events, reason) in [("missing.jsonl", "No such file"), ("folder", "`folder` is a folder")] {
        let error = desk.run(&[events]).refused();
        assert!(error.contains(events) && error.contains(reason), "{error}");
    }
    desk.write("events.jsonl", "");
    for charter in ["missing.yaml", "folder"] {
        let error = desk.makegood(&["run", "--charter", charter, "--events", "events.jsonl"]).refused();
        assert!(error.contains(&format!("`{charter}` cannot be read")), "{error}");
    }
}

#[test]
fn without_a_charter_nothing_is_promised() {
    let desk = Desk::new();
    desk.write("events.jsonl", "");
    let error = desk.makegood(&["run", "--events", "events.jsonl"]).refused();
    assert!(error.contains("`sqlite:test.db` holds no charter"), "{error}");
}

#[test]
fn a_version_in_force_never_changes() {
    let desk = Desk::told();
    desk.write("charter.yaml", CHARTER.replace("50 USD", "5 USD"));
    let error = desk.run(&["events.jsonl"]).refused();
    assert!(error.contains("M012") && error.contains("the database holds another text"), "{error}");
    desk.write("charter.yaml", CHARTER);
    desk.run(&["events.jsonl"]).ended(0);
}

#[test]
fn a_version_that_comes_too_late_changes_nothing() {
    let desk = Desk::told();
    let before = desk.makegood(&["rebuild"]).ended(0);
    let second = CHARTER.replace("version: \"1\"", "version: \"2\"").replace("50 USD", "60 USD");
    for (from, code) in [("2025-01-01", "M025"), ("2025-01-02", "M026")] {
        desk.write("charter.yaml", second.replace("from: 2025-01-01", &format!("from: {from}")));
        let error = desk.makegood(&["charter", "put-in-force", "charter.yaml", "--as", "anna"]).refused();
        assert!(error.contains(code), "{error}");
        assert_eq!(desk.makegood(&["rebuild"]).ended(0), before);
    }
    desk.write("charter.yaml", second.replace("from: 2025-01-01", "from: 2199-01-01"));
    desk.put_in_force("charter.yaml");
    desk.run(&["events.jsonl"]).ended(0);
    assert_eq!(desk.makegood(&["rebuild"]).ended(0), before);
}

#[test]
fn a_moment_that_is_none_is_refused_before_anything_is_done() {
    let desk = Desk::new();
    desk.write("events.jsonl", "");
    let command = ["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", "soon"];
    let error = desk.makegood(&command).refused();
    assert!(error.contains("write `now`, or a time such as"), "{error}");
    assert!(!desk.path("test.db").exists());
}

#[test]
fn arguments_that_are_none_end_with_2() {
    let desk = Desk::new();
    for command in [vec![], vec!["fly"], vec!["run"], vec!["explain", "customer:1", "--language", "de"]] {
        let answer = desk.makegood(&command);
        assert_eq!(answer.code, 2, "{command:?}: {}", answer.err);
    }
    assert!(desk.makegood(&["--help"]).ended(0).contains("makegood"));
}

#[test]
fn doctor_says_how_a_database_is() {
    let desk = Desk::told();
    let out = desk.makegood(&["doctor"]).ended(0);
    assert!(out.contains("rows of remedy") && out.contains("the database is whole"), "{out}");
}

#[test]
fn an_earlier_moment_is_restored_into_a_file() {
    let desk = Desk::told();
    desk.makegood(&["backup", "--to", "backup.db"]).ended(0);
    let restore = |until, db| desk.makegood(&["restore", "--from", "backup.db", "--until", until, "--db", db]);
    let out = restore("now", "sqlite:now.db").ended(0);
    assert!(out.contains("0 later ones left out"), "{out}");
    assert!(desk.makegood(&["verify", "--db", "sqlite:now.db"]).ended(0).contains("nothing is wrong"));
    let kept = |db| desk.makegood(&["rebuild", "--db", db]).ended(0).lines().nth(1).unwrap().to_owned();
    assert_eq!(kept("sqlite:now.db"), kept("sqlite:backup.db"));
    let out = restore("2020-01-01T00:00:00Z", "sqlite:then.db").ended(0);
    assert!(out.contains("0 lines of 0 logs"), "{out}");
    let error = restore("now", "sqlite:now.db").refused();
    assert!(error.contains("M036"), "{error}");
    let error = restore("now", "postgres://anna@/makegood?host=/nowhere").refused();
    assert!(error.contains("M034") && error.contains("is no file"), "{error}");
    let error = restore("yesterday", "sqlite:other.db").refused();
    assert!(error.contains("error[M") && error.contains("yesterday"), "{error}");
}

#[test]
fn a_backup_is_a_file() {
    let desk = Desk::told();
    let server = "postgres://anna:secret@db.example/makegood";
    for (command, right) in [
        (vec!["backup", "--to", server], "`makegood backup --to FILE"),
        (vec!["restore", "--from", server, "--db", "sqlite:new.db"], "`makegood restore --from FILE"),
        (vec!["restore", "--from", server, "--db", "sqlite:new.db", "--until", "now"], "`makegood restore --from FILE"),
    ] {
        let error = desk.makegood(&command).refused();
        let shown =
            "error[M077]: `postgres://anna@db.example/makegood` is a database on a server, and a backup is a file";
        assert!(error.starts_with(shown), "{error}");
        assert!(error.contains(right) && error.contains("`makegood migrate --from URL --to URL`"), "{error}");
    }
    assert!(!desk.path("new.db").exists() && !desk.path("postgres:").exists());
    // A file may be named as the database that it is.
    desk.makegood(&["backup", "--to", "sqlite:backup.db"]).ended(0);
    assert!(desk.path("backup.db").exists());
    desk.makegood(&["restore", "--from", "sqlite:backup.db", "--db", "sqlite:new.db"]).ended(0);
}

/// What stands beside a file belongs to a database that was there.
#[test]
fn what_is_left_of_another_database_is_not_mixed_with_a_new_one() {
    let desk = Desk::told();
    desk.makegood(&["backup", "--to", "backup.db"]).ended(0);
    desk.write("new.db-wal", "left");
    for command in [
        vec!["backup", "--to", "new.db"],
        vec!["restore", "--from", "backup.db", "--db", "sqlite:new.db"],
        vec!["restore", "--from", "backup.db", "--db", "sqlite:new.db", "--until", "now"],
    ] {
        let error = desk.makegood(&command).refused();
        assert!(error.contains("M036") && error.contains("`new.db-wal` exists already"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(desk.path("new.db-wal")).unwrap(), "left");
}

#[test]
fn what_a_newer_release_wrote_is_left_to_it() {
    let desk = Desk::told();
    let sql = |sql: &str| rusqlite::Connection::open(desk.path("test.db")).unwrap().execute_batch(sql).unwrap();
    sql("PRAGMA user_version = 99");
    for command in [vec!["verify"], vec!["tick"], run(&["events.jsonl"])] {
        let error = desk.makegood(&command).refused();
        assert!(error.contains("`sqlite:test.db` has schema 99, this release knows "), "{error}");
        assert!(error.contains("\n  help: use that release or a newer one, or restore a backup"), "{error}");
        assert!(!error.contains("makegood verify"), "{error}");
    }
}

/// A newer release may change the tables while this one is at work.
#[test]
fn who_is_overtaken_by_a_newer_release_is_not_sent_to_verify() {
    let newer = makegood_store::StoreError::Newer { url: "sqlite:test.db".into(), found: 99, known: 5 };
    let failure = makegood::Failure::from(makegood_engine::EngineError::Store(newer));
    assert_eq!(failure.code, "M002");
    assert!(
        failure.help.starts_with("use that release or a newer one") && !failure.help.contains("verify"),
        "{failure}"
    );
}
