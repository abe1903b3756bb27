//! Databases copied: backup, restore, and from one kind to the other.

use std::process::Stdio;

use makegood_store::contract::server::Server;

use crate::airline::{AFTER, CHARTER, lines};
use crate::desk::Desk;

/// A desk at which days have been lived.
fn lived(db: &str) -> Desk {
    let desk = Desk::at(db);
    desk.write("charter.yaml", CHARTER);
    desk.write("events.jsonl", lines(4, 10).join("\n") + "\nnonsense\n");
    desk.makegood(&["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", AFTER]).ended(1);
    desk.makegood(&["dispatch", "--to", "payout=out.jsonl"]).ended(0);
    desk
}

/// The digest that a command names with this word.
fn named(out: &str, word: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix(word));
    line.unwrap_or_else(|| panic!("{out}")).trim().to_owned()
}

#[test]
fn a_database_moves_between_sqlite_and_postgres_and_back() {
    let server = Server::start();
    let (there, back) = (server.fresh(), "sqlite:back.db");
    let desk = lived("sqlite:test.db");
    let out = desk.makegood(&["migrate", "--from", "sqlite:test.db", "--to", &there]).ended(0);
    assert_eq!(named(&out, "from"), named(&out, "to"));
    let again = desk.makegood(&["migrate", "--from", &there, "--to", back]).ended(0);
    assert_eq!(named(&again, "to"), named(&out, "from"), "what came back is what went");
    for command in ["rebuild", "verify"] {
        let answers = ["sqlite:test.db", &there, back].map(|db| desk.makegood(&[command, "--db", db]).ended(0));
        assert!(answers[0] == answers[1] && answers[1] == answers[2], "{answers:?}");
    }
    // All three go on alike.
    for db in ["sqlite:test.db", &there, back] {
        let out = desk.makegood(&["run", "--events", "events.jsonl", "--until", AFTER, "--db", db]).ended(1);
        assert!(out.contains("0 events taken"), "{out}");
    }
    let error = desk.makegood(&["migrate", "--from", "sqlite:test.db", "--to", &there]).refused();
    assert!(error.contains("is not empty"), "{error}");
    desk.makegood(&["migrate", "--from", back, "--to", back]).refused();
}

/// Killed between making the tables and marking them, if there is such a moment: the mark is made to wait for a lock.
#[test]
fn a_copy_that_was_killed_at_its_very_beginning_leaves_nothing_unmarked() {
    let server = Server::start();
    let desk = lived("sqlite:test.db");
    let there = server.fresh();
    server.sql_at(
        &there,
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
         CREATE FUNCTION made() RETURNS event_trigger LANGUAGE plpgsql AS
            $$ BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.filling') THEN
                CREATE TRIGGER waits BEFORE INSERT ON filling FOR EACH ROW EXECUTE FUNCTION wait(); END IF; END $$;
         CREATE EVENT TRIGGER made ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION made()",
    );
    let comes = |what: &str| {
        // A minute at most.
        for _ in 0..600 {
            if server.sql_at(&there, what) != "0" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it never came: {what}");
    };
    let migrate = ["migrate", "--from", "sqlite:test.db", "--to", &there];
    std::thread::scope(|scope| {
        let gate = scope.spawn(|| server.sql_fails_at(&there, "SELECT pg_advisory_lock(7), pg_sleep(600)"));
        comes("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND granted");
        let mut child = desk.command(&migrate).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        comes("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted");
        child.kill().unwrap();
        child.wait().unwrap();
        let end = |whom: &str| {
            let sql = format!("SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE {whom}");
            assert_eq!(server.sql_at(&there, &sql), "1", "{whom}");
        };
        end("application_name = 'makegood'");
        end("query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()");
        gate.join().unwrap();
    });
    let error = desk.makegood(&["verify", "--db", &there]).refused();
    assert!(error.contains("error[M011]") || error.contains("is being filled"), "{error}");
    let out = desk.makegood(&migrate).ended(0);
    assert_eq!(named(&out, "from"), named(&out, "to"));
}

#[test]
fn a_copy_that_was_interrupted_goes_on() {
    let server = Server::start();
    let desk = lived("sqlite:test.db");
    let there = server.fresh();
    let migrate = ["migrate", "--from", "sqlite:test.db", "--to", &there];
    let mut child = desk.command(&migrate).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let done = || -> u32 {
        let begun = server.sql_at(&there, "SELECT to_regclass('filling') IS NOT NULL") == "t";
        if begun { server.sql_at(&there, "SELECT count(*) FROM filling").parse().unwrap() } else { 0 }
    };
    while done() < 100 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = done();
    assert!(before > 100 && before < 1_000, "{before} of 1024 slots were copied when it was killed");
    let error = desk.makegood(&["verify", "--db", &there]).refused();
    let from = format!("sqlite:{}", desk.path("test.db").canonicalize().unwrap().display());
    assert!(error.contains(&format!("is being filled with a copy of `{from}`")), "{error}");
    let other = lived("sqlite:other.db");
    other.makegood(&["migrate", "--from", "sqlite:other.db", "--to", &there]).refused();
    // However the same file is named.
    let out = desk.makegood(&["migrate", "--from", &from, "--to", &there]).ended(0);
    assert_eq!(named(&out, "from"), named(&out, "to"));
    let rows = |db: &str| {
        let out = desk.makegood(&["doctor", "--db", db]).ended(0);
        out.lines().filter(|line| line.contains("rows of")).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows("sqlite:test.db"), rows(&there));
}

#[test]
fn a_backup_taken_while_work_goes_on_restores_on_both_databases() {
    let server = Server::start();
    for db in ["sqlite:test.db".to_owned(), server.fresh()] {
        let desk = lived(&db);
        desk.write("more.jsonl", lines(6, 10).join("\n"));
        let run = ["run", "--events", "more.jsonl", "--until", AFTER];
        let mut child = desk.command(&run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let out = desk.makegood(&["backup", "--to", "backup.db"]).ended(0);
        let digest = named(&out, "digest");
        assert!(child.wait().unwrap().success());
        assert!(desk.makegood(&["verify", "--db", "sqlite:backup.db"]).ended(0).contains("nothing is wrong"));
        for target in ["sqlite:restored.db".to_owned(), server.fresh()] {
            let out = desk.makegood(&["restore", "--from", "backup.db", "--db", &target]).ended(0);
            assert_eq!(named(&out, "digest"), digest, "{db} to {target}");
            // What happened since is fed again.
            desk.makegood(&["run", "--events", "more.jsonl", "--until", AFTER, "--db", &target]).ended(0);
            let kept = |db: &str| named(&desk.makegood(&["rebuild", "--db", db]).ended(0), "kept");
            assert_eq!(kept(&target), kept(&db), "{db} to {target}");
        }
        let error = desk.makegood(&["backup", "--to", "backup.db"]).refused();
        assert!(error.contains("`backup.db` exists already"), "{error}");
    }
}
