//! Several processes on one database.

use std::process::{Child, Stdio};

use makegood_store::contract::server::Server;

use crate::airline::{AFTER, BEFORE, CHARTER, lines, shuffled};
use crate::desk::Desk;

/// How many at once.
const PROCESSES: u64 = 4;

/// Starts `makegood` and does not wait for it.
pub fn start(desk: &Desk, arguments: &[&str]) -> Child {
    desk.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended_well(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn four_processes_end_as_one_on_sqlite() {
    let server = Server::start();
    let kind = |kind: &'static str| move |line: &String| line.contains(&format!("\"type\":\"{kind}\""));
    let (weather, rest): (Vec<String>, Vec<String>) = lines(7, 15).into_iter().partition(kind("weather.observed"));
    let (cancelled, rest): (Vec<String>, Vec<String>) = rest.into_iter().partition(kind("flight.cancelled"));
    let (accepted, rest): (Vec<String>, Vec<String>) = rest.into_iter().partition(kind("alternate.accepted"));
    assert!(weather.len() > 30 && rest.len() > 1_000 && !accepted.is_empty() && !cancelled.is_empty());

    let one = Desk::new();
    let many = Desk::at(&server.fresh());
    for desk in [&one, &many] {
        desk.write("charter.yaml", CHARTER);
        desk.write("weather.jsonl", weather.join("\n"));
        desk.makegood(&["run", "--charter", "charter.yaml", "--until", BEFORE, "--events", "weather.jsonl"]).ended(0);
    }
    // What excuses the airline is known before what it excuses, because what was credited is never taken back; and an alternate is
    // accepted by whoever has booked.
    for lines in [&rest, &accepted, &cancelled] {
        one.write("part.jsonl", lines.join("\n"));
        one.makegood(&["run", "--until", BEFORE, "--events", "part.jsonl"]).ended(0);
        // Each gets three quarters of the lines, in an order of its own, and some of them twice.
        let mut children = Vec::new();
        for process in 0..PROCESSES {
            let mine = (0_u64..).zip(lines).filter(|(place, _)| place % PROCESSES != process);
            let mut mine = shuffled(mine.map(|(_, line)| line.clone()).collect(), process);
            mine.extend_from_within(..mine.len() / 10);
            let name = format!("share-{process}.jsonl");
            many.write(&name, mine.join("\n"));
            children.push(start(&many, &["run", "--until", BEFORE, "--events", &name]));
        }
        children.into_iter().for_each(ended_well);
    }
    one.makegood(&["tick", "--until", AFTER]).ended(0);
    // And all of them move the clock.
    let clocks: Vec<Child> = (0..PROCESSES).map(|_| start(&many, &["tick", "--until", AFTER])).collect();
    clocks.into_iter().for_each(ended_well);

    assert_eq!(many.digest(), one.digest());
    assert!(many.makegood(&["verify"]).ended(0).contains("nothing is wrong"));
    let doctor = many.makegood(&["doctor"]).ended(0);
    assert!(!doctor.contains("deliveries are under way"), "{doctor}");
}

#[test]
fn what_several_dispatch_leaves_once() {
    let server = Server::start();
    let desk = Desk::at(&server.fresh());
    desk.write("charter.yaml", CHARTER);
    desk.write("events.jsonl", lines(5, 20).join("\n"));
    desk.makegood(&["run", "--charter", "charter.yaml", "--until", AFTER, "--events", "events.jsonl"]).ended(0);
    let names: Vec<String> = (0..PROCESSES).map(|process| format!("payout=out-{process}.jsonl")).collect();
    let children: Vec<Child> = names.iter().map(|route| start(&desk, &["dispatch", "--to", route])).collect();
    children.into_iter().for_each(ended_well);
    let mut keys = Vec::new();
    for process in 0..PROCESSES {
        let text = std::fs::read_to_string(desk.path(&format!("out-{process}.jsonl"))).unwrap();
        for line in text.lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            keys.push(message.get("id").unwrap_or_else(|| panic!("{line}")).to_string());
        }
    }
    let sent = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert!(sent > 20 && keys.len() == sent, "{} messages left {sent} times", keys.len());
    assert!(desk.makegood(&["dispatch", "--to", "payout=late.jsonl"]).ended(0).starts_with("0 delivered"));
}

/// A process that is killed with work claimed leaves it to the others.
#[test]
fn what_a_dead_process_held_goes_on() {
    let server = Server::start();
    let url = server.fresh();
    let desk = Desk::at(&url);
    desk.write("charter.yaml", CHARTER);
    desk.write("events.jsonl", lines(5, 20).join("\n"));
    desk.makegood(&["run", "--charter", "charter.yaml", "--until", BEFORE, "--events", "events.jsonl"]).ended(0);
    // A holder that does not renew, as one that died.
    let until = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint + 3000";
    server.sql_at(
        &url,
        &format!(
            "INSERT INTO claim SELECT slot, what, 'dead', {until} FROM generate_series(0, 1023) slot, generate_series(0, 2) what
             ON CONFLICT (slot, what) DO UPDATE SET holder = excluded.holder, until = excluded.until"
        ),
    );
    let until = server.sql_at(&url, "SELECT max(until) FROM claim");
    let moved = desk.makegood(&["tick", "--until", AFTER]).ended(0);
    // By the server's own clock, so that it does not matter how fast either is.
    let over =
        server.sql_at(&url, &format!("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint >= {until}"));
    assert_eq!(over, "t", "the claim was not heeded");
    assert!(!moved.contains("; 0 moments"), "{moved}");
    assert!(desk.makegood(&["dispatch", "--to", "payout=out.jsonl"]).ended(0).contains("delivered"));
    let held = server.sql_at(
        &url,
        "SELECT count(*) FROM claim WHERE until > (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
    );
    assert_eq!(held, "0", "what was claimed is given back");
}

#[test]
fn of_many_processes_that_approve_a_charter_one_does() {
    let server = Server::start();
    let desk = Desk::at(&server.fresh());
    desk.write("charter.yaml", CHARTER);
    desk.makegood(&["run", "--charter", "charter.yaml"]).ended(0);
    let version = CHARTER.lines().find(|line| line.starts_with("version: ")).unwrap();
    let from = CHARTER.lines().find(|line| line.starts_with("in_force: ")).unwrap();
    desk.write("next.yaml", CHARTER.replace(version, "version: next").replace(from, "in_force: {from: 2199-01-01}"));
    let wish = |person: &str| start(&desk, &["charter", "put-in-force", "next.yaml", "--as", person]);
    ended_well(wish("anna"));
    let children: Vec<Child> = ["bo", "cy", "di", "ed"].map(wish).into();
    let answers = children.into_iter().map(|child| child.wait_with_output().unwrap());
    let answers: Vec<String> =
        answers.map(|answer| format!("{}{}", answer.status, String::from_utf8_lossy(&answer.stdout))).collect();
    let with = |what: &str| answers.iter().filter(|answer| answer.contains(what)).count();
    assert_eq!((with("in force: version next"), with("is in force already")), (1, 3), "{answers:#?}");
    let name = CHARTER.lines().find_map(|line| line.strip_prefix("charter: ")).unwrap();
    let story = desk.makegood(&["charter", "history", name]).ended(0);
    assert_eq!((story.matches("proposed by").count(), story.matches("approved by").count()), (1, 1), "{story}");
    desk.makegood(&["verify"]).ended(0);
}
