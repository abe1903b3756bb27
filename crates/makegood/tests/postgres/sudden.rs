//! A server whose disk is full.

use makegood_store::contract::server::Server;

use crate::desk::{Desk, booking, departure, run};

/// No file of the server may grow beyond this, in KiB: more than those of an empty database need.
const ROOM: u32 = 1_200;

fn crowd(customers: u32) -> String {
    let mut lines: Vec<String> = (0..customers).map(|customer| booking(customer, "flight:1", "200 USD", &[])).collect();
    lines.push(departure("flight:1", "4h"));
    lines.join("\n")
}

#[test]
fn a_full_disk_of_the_server_loses_nothing_that_was_there() {
    let server = Server::start_with_small_files();
    let (url, other) = (server.fresh(), server.fresh());
    let (desk, undisturbed) = (Desk::at(&url), Desk::at(&other));
    for desk in [&desk, &undisturbed] {
        desk.write("first.jsonl", crowd(100));
        desk.write("events.jsonl", crowd(3_000));
        desk.run(&["first.jsonl"]).ended(0);
    }
    let before = desk.digest();
    server.kill();
    server.up_with_little_room(ROOM);
    let error = desk.makegood(&run(&["events.jsonl"])).refused();
    assert!(error.contains("error[M00") && error.contains("\n  help: "), "{error}");
    assert!(error.contains("could not extend file") || error.contains("could not write"), "{error}");
    assert!(desk.makegood(&["verify"]).ended(0).contains("nothing is wrong"));
    assert_eq!(desk.digest(), before, "what did not fit has left no trace");
    // With room again it goes on.
    server.kill();
    server.up();
    desk.run(&["events.jsonl"]).ended(0);
    undisturbed.run(&["events.jsonl"]).ended(0);
    assert_eq!(desk.digest(), undisturbed.digest());
}
