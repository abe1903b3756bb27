//! A server that goes away and comes back, as whoever waits sees it.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use makegood_store::Postgres;
use makegood_store::contract::server::Server;

use crate::airline::{AFTER, CHARTER, lines};
use crate::desk::Desk;

#[test]
fn whoever_waits_for_a_server_is_told_on_standard_error() {
    let server = Server::start();
    let url = server.fresh();
    let desk = Desk::at(&url.replace("makegood@", "makegood:secret@"));
    desk.write("charter.yaml", CHARTER);
    desk.write("events.jsonl", lines(2, 10).join("\n"));
    let run = ["run", "--charter", "charter.yaml", "--events", "events.jsonl", "--until", AFTER, "--format", "json"];
    desk.makegood(&run).ended(0);
    let held = Postgres::open(&url).unwrap();
    server.stop_when_left();
    let mut child = desk.command(&run).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It says so while it waits: the server comes back only after that.
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let shown = url.as_str();
    let expected = format!(
        "`{shown}` cannot be reached (the database system is shutting down): waiting up to 30 seconds for it\n"
    );
    assert_eq!(line, expected);
    server.kill();
    server.up();
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with(&format!("`{shown}` is there again after ")) && rest.lines().count() == 1, "{rest}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["counts"]["events"], 0, "{answer}");
    drop(held);
}
