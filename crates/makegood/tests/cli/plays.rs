//! The situations of the charter `customer-care`, each lived through at the command line from its first event to its last.

mod bad_input;
mod complaint;
mod deal;
mod difficult;
mod gentle;
mod repair;
mod win_back;

use serde_json::{Value as Json, json};

use crate::desk::Desk;

/// A desk with the charter `customer-care` and people who have roles.
struct Care {
    desk: Desk,
    events: u32,
}

/// An event at a time of day of 2026, Oslo's summer or winter left aside: `03-02 09:00` is UTC.
struct Said<'s> {
    kind: &'s str,
    party: &'s str,
    about: &'s str,
    at: &'s str,
    by: &'s str,
    data: Json,
}

fn at(text: &str) -> String {
    format!("2026-{}:00Z", text.replace(' ', "T"))
}

impl Care {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write("charter.yaml", include_str!("../../../../charters/customer-care/charter.yaml"));
        let mut care = Self { desk, events: 0 };
        let staff = [
            ("employee:ann", "complaints desk"),
            ("employee:bob", "head of customer care"),
            ("employee:cat", "customer advocate"),
            ("employee:finn", "finance"),
            ("employee:gro", "general manager"),
            ("employee:dag", "delivery manager"),
        ];
        let said = staff.map(|(person, role)| Said {
            kind: "role.given",
            party: person,
            about: "",
            at: "01-05 08:00",
            by: "hr",
            data: json!({ "role": role }),
        });
        care.tell("01-05 09:00", said);
        care
    }

    /// Tells what happened, and moves the clock.
    fn tell<'s>(&mut self, until: &str, said: impl IntoIterator<Item = Said<'s>>) -> String {
        let mut lines = Vec::new();
        for one in said {
            self.events += 1;
            let subject = if one.party.is_empty() { one.about } else { one.party };
            let mut json = json!({
                "specversion": "1.0", "id": self.events.to_string(), "source": "/tests", "type": one.kind,
                "subject": subject, "time": at(one.at), "data": one.data,
            });
            if !one.by.is_empty() {
                json["actor"] = one.by.into();
            }
            if !one.party.is_empty() && !one.about.is_empty() {
                json["about"] = one.about.into();
            }
            lines.push(json.to_string());
        }
        self.desk.write("events.jsonl", lines.join("\n"));
        let until = at(until);
        let arguments = ["run", "--charter", "charter.yaml", "--until", &until, "--events", "events.jsonl"];
        let answer = self.desk.makegood(&arguments);
        // 1: a line was set aside.
        assert!(matches!(answer.code, 0 | 1), "{}", answer.err);
        answer.out
    }

    fn ask(&self, arguments: &[&str]) -> String {
        self.desk.makegood(arguments).ended(0)
    }

    /// What a command answers, with one space between the columns of its tables.
    fn told(&self, arguments: &[&str]) -> String {
        let text = self.ask(arguments);
        let squeezed = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        squeezed.collect::<Vec<_>>().join("\n")
    }

    /// Sends what waits to the messages of a topic, and gives all of them so far.
    fn messages(&self, topic: &str) -> Vec<Json> {
        let file = format!("{topic}s.jsonl");
        self.ask(&["dispatch", "--to", &format!("{topic}={file}")]);
        let text = std::fs::read_to_string(self.desk.path(&file)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["data"].clone()).collect()
    }

    /// Of the messages of a topic one field, in order.
    fn sent(&self, topic: &str, field: &str) -> Vec<String> {
        self.messages(topic).iter().map(|data| data[field].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The name of the play of a playbook and a party.
    fn play(&self, playbook: &str, party: &str) -> String {
        let list = self.ask(&["play", "list", "--playbook", playbook]);
        let line = list.lines().find(|line| line.contains(&format!(" {party} "))).unwrap_or_else(|| panic!("{list}"));
        line.split_whitespace().find(|word| word.starts_with("c-")).unwrap().to_owned()
    }

    /// How the steps of a play stand that were entered or passed by, as `play show` has them.
    fn steps(&self, play: &str) -> Vec<String> {
        let shown = self.ask(&["play", "show", play]);
        let steps =
            shown.split("\n\n").find_map(|part| part.strip_prefix("Steps\n")).unwrap_or_else(|| panic!("{shown}"));
        let lines = steps.lines().filter(|line| !line.ends_with("not yet"));
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
                format!("{} {}", cells[0], cells[1])
            })
            .collect()
    }

    /// Nothing that happened broke the log, the books or the views.
    fn is_sound(&self) {
        self.ask(&["verify"]);
        self.ask(&["rebuild"]);
    }
}

/// How many of the steps have this state.
fn count(steps: &[String], state: &str) -> usize {
    steps.iter().filter(|step| step.split_once(' ').is_some_and(|(_, found)| found == state)).count()
}
