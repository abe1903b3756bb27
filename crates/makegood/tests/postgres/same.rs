//! The same story on both databases.

use makegood_store::contract::server::Server;

use crate::airline::{AFTER, CHARTER, lines};
use crate::desk::{Desk, story};

/// Feeds the airline's days and moves the clock past them.
fn lived(db: &str, lines: &[String]) -> Desk {
    let desk = Desk::at(db);
    desk.write("charter.yaml", CHARTER);
    desk.write("events.jsonl", lines.join("\n"));
    let run = ["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", AFTER, "--format", "json"];
    desk.makegood(&run).ended(0);
    desk
}

#[test]
fn the_airline_ends_alike_on_both_databases() {
    let server = Server::start();
    let lines = lines(7, 15);
    let sqlite = lived("sqlite:test.db", &lines);
    let postgres = lived(&server.fresh(), &lines);
    assert_eq!(sqlite.digest(), postgres.digest());
    for command in [&["ledger", "balance"][..], &["remedy", "list", "--limit", "1000"], &["ledger", "register"]] {
        assert_eq!(sqlite.makegood(command).ended(0), postgres.makegood(command).ended(0), "{command:?}");
    }
    assert!(postgres.makegood(&["verify"]).ended(0).contains("nothing is wrong"));
    // The same events once more change nothing.
    let digest = postgres.digest();
    postgres.makegood(&["run", "--events", "events.jsonl", "--until", AFTER]).ended(0);
    assert_eq!(postgres.digest(), digest);
}

#[test]
fn every_command_answers_alike() {
    let server = Server::start();
    let desks = [Desk::new(), Desk::at(&server.fresh())];
    for desk in &desks {
        let early = desk.makegood(&["explain", "customer:1"]).refused();
        assert!(early.contains("error[M011]: there is no database at `"), "{early}");
        desk.write("events.jsonl", story().join("\n"));
        desk.write("bad.jsonl", "nonsense\n");
        desk.run(&["events.jsonl"]).ended(0);
        desk.run(&["events.jsonl", "bad.jsonl"]).ended(1);
    }
    let remedy = desks[0].remedy(3, "refund");
    for command in [
        &["explain", "customer:2"][..],
        &["ledger", "balance"],
        &["ledger", "export", "--format", "beancount"],
        &["ledger", "register", "--party", "customer:1"],
        &["remedy", "list"],
        &["remedy", "approve", &remedy, "--by", "anna"],
        &["remedy", "list", "--state", "approved"],
        &["tick", "--until", "2025-07-20T00:00:00Z"],
        &["dispatch", "--to", "payout=payouts.jsonl", "--to", "notice=notices.jsonl"],
        &["dispatch", "--to", "payout=payouts.jsonl"],
        &["quarantine", "list"],
        &["quarantine", "retry"],
        &["rebuild"],
        &["verify"],
    ] {
        let [sqlite, postgres] = [0, 1].map(|place: usize| desks[place].makegood(command));
        assert_eq!((sqlite.out, sqlite.code), (postgres.out, postgres.code), "{command:?}\n{}", postgres.err);
    }
    let payouts = |desk: &Desk| {
        let text = std::fs::read_to_string(desk.path("payouts.jsonl")).unwrap();
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(payouts(&desks[0]).len(), payouts(&desks[1]).len());
    let doctor = desks[1].makegood(&["doctor"]).ended(0);
    assert!(doctor.contains("the database is whole") && doctor.contains("postgres://makegood@/"), "{doctor}");
}
