//! Charters at the command line: check, test, explain, schema.

use makegood_charter::Charter;
use makegood_charter::tests_file::{CharterTest, Step};

use crate::desk::{CHARTER, Desk};

#[test]
fn a_faulty_charter_is_shown_at_file_line_and_column() {
    let desk = Desk::new();
    desk.write(
        "faulty.yaml",
        CHARTER.replace("data.late < duration('15m')", "data.late < 15").replace("owner:", "ownr:"),
    );
    let answer = desk.makegood(&["charter", "check", "faulty.yaml", "charter.yaml"]);
    assert_eq!(answer.code, 1);
    let column = |what: &str| {
        let (line, text) = CHARTER.lines().enumerate().find(|(_, text)| text.contains(what)).unwrap();
        format!("faulty.yaml:{}:{}", line + 1, text.find(what).unwrap() + 1)
    };
    assert!(answer.err.contains(&column("owner:")), "{}", answer.err);
    assert!(answer.err.contains("did you mean") || answer.err.contains("owner"), "{}", answer.err);
    assert!(answer.err.contains("data.late < 15"), "the line is shown: {}", answer.err);
    assert!(answer.out.contains("charter.yaml: air 1 has no faults; promises: 1, rights: 2"), "{}", answer.out);
}

#[test]
fn a_faulty_charter_is_not_put_in_force() {
    let desk = Desk::new();
    desk.write("charter.yaml", CHARTER.replace("money: USD", "money: dollars"));
    desk.write("events.jsonl", "");
    let error = desk.run(&["events.jsonl"]).refused();
    assert!(error.contains("the charter `charter.yaml` has faults") && error.contains("charter.yaml:7:8"), "{error}");
}

#[test]
fn the_shipped_charters_have_no_faults_and_pass_their_tests() {
    let desk = Desk::new();
    let folder = format!("{}/../../charters", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let file = format!("{folder}/{}/charter.yaml", name.display());
        desk.makegood(&["charter", "check", &file]).ended(0);
        let out = desk.makegood(&["charter", "test", &file]).ended(0);
        assert!(out.ends_with(" passed, 0 failed\n"), "{out}");
    }
}

/// Every story of a charter's tests as lines of events, each with parties and things of its own.
fn stories(charter: &Charter, tests: &str) -> String {
    let tests = CharterTest::read_all("tests.yaml", tests, charter).tests.unwrap();
    let mut lines = String::new();
    for (number, test) in tests.iter().enumerate() {
        for (place, step) in test.given.iter().enumerate() {
            let Step::Event(event) = step else { continue };
            // What a person says of a promise names it by its clause here, which only the tests of a charter understand.
            if makegood_charter::builtin::is_builtin(&event.kind) && event.data.get("promise").is_some() {
                continue;
            }
            let own = |key: &str| format!("{key}-{number}");
            let about = event.about.as_deref().map(own);
            let mut line = serde_json::json!({
                "specversion": "1.0", "id": format!("{number}-{place}"), "source": "/stories", "type": &*event.kind,
                "subject": event.party.as_deref().map(own).or(about.clone()), "time": event.time.to_string(),
                "actor": event.actor.as_deref().unwrap_or("teller"), "data": event.data,
            });
            if let (Some(_), Some(about)) = (&event.party, about) {
                line["about"] = about.into();
            }
            lines.push_str(&format!("{line}\n"));
        }
    }
    lines
}

/// The codes of what the stories say is refused.
fn refused(charter: &Charter, tests: &str) -> Vec<String> {
    let tests = CharterTest::read_all("tests.yaml", tests, charter).tests.unwrap();
    tests.iter().flat_map(|test| &test.then.refused).map(|code| format!("[{code}]")).collect()
}

#[test]
fn the_stories_of_every_shipped_charter_replay_and_verify() {
    let folder = format!("{}/../../charters", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(path.join("charter.yaml")).unwrap();
        let charter = Charter::read("charter.yaml", &text).charter.unwrap();
        let desk = Desk::new();
        desk.write("events.jsonl", stories(&charter, &std::fs::read_to_string(path.join("tests.yaml")).unwrap()));
        let file = path.join("charter.yaml").display().to_string();
        let database = ["--db", "sqlite:stories.db"];
        let run = [&["run", "--charter", &file, "--events", "events.jsonl"], database.as_slice()].concat();
        let answer = desk.makegood(&run);
        if charter.draft {
            assert!(answer.refused().contains("M033"), "a draft judges nothing");
            continue;
        }
        // Some stories lie ahead of today, and their events are set aside; others tell of what is refused. Nothing else is.
        let list = [&["quarantine", "list"], database.as_slice()].concat();
        let aside = desk.makegood(&list).out;
        let codes = aside.lines().filter(|line| line.starts_with("q-"));
        let refused = refused(&charter, &std::fs::read_to_string(path.join("tests.yaml")).unwrap());
        let told = |line: &str| refused.iter().any(|code| line.contains(code.as_str()));
        assert!(codes.clone().all(|line| line.contains("[from-the-future]") || told(line)), "{file}: {aside}");
        let verified = desk.makegood(&[&["verify"], database.as_slice()].concat());
        assert_eq!(verified.code, 0, "{file}: {}", verified.out);
        let rebuilt = desk.makegood(&[&["rebuild"], database.as_slice()].concat());
        assert_eq!(rebuilt.code, 0, "{file}: {}", rebuilt.out);
    }
}

#[test]
fn a_charter_test_that_fails_says_what_is_owed_instead() {
    let desk = Desk::new();
    desk.write(
        "tests.yaml",
        r#"tests:
  - name: four hours late is worth too much
    given:
      - {event: booking.made, time: 2025-05-01T08:00:00Z, party: customer:1, about: flight:1, data: {departs: 2025-06-01T12:00:00Z, fare: 200 USD, paid: [200 USD]}}
      - {event: flight.departed, time: 2025-06-01T16:00:00Z, about: flight:1, data: {late: 4h}}
    then:
      owes: [{right: late, compensation: 6000 points}]
"#,
    );
    let out = desk.makegood(&["charter", "test", "charter.yaml"]).ended(1);
    assert!(out.contains("FAIL tests.yaml:2 four hours late is worth too much"), "{out}");
    assert!(out.contains("6000 points under `late` is not owed"), "{out}");
    assert!(out.contains("customer:1 is owed 5000 points under `late`"), "{out}");
    assert!(out.ends_with("charter.yaml: 0 passed, 1 failed\n"), "{out}");
}

#[test]
fn a_charter_is_explained_in_its_languages() {
    let desk = Desk::new();
    for (language, words) in
        [("en", "We pay for the wait."), ("zh", "我们为您的等待付费。"), ("nb", "Vi betaler for ventetiden.")]
    {
        let out = desk.makegood(&["charter", "explain", "charter.yaml", "--language", language]).ended(0);
        assert!(out.contains(words), "{language}: {out}");
    }
}

#[test]
fn the_schemas_are_json() {
    let desk = Desk::new();
    for command in [vec!["charter", "schema"], vec!["charter", "schema", "--tests"]] {
        let schema: serde_json::Value = serde_json::from_str(&desk.makegood(&command).ended(0)).unwrap();
        assert!(schema["$schema"].is_string(), "{command:?}");
    }
}

#[test]
fn a_draft_is_judged_by_what_was_recorded() {
    let desk = Desk::told();
    let before = desk.makegood(&["rebuild"]).ended(0);
    let out = desk.makegood(&["charter", "simulate", "charter.yaml"]).ended(0);
    assert!(out.contains("Every remedy is the same, to its reason."), "{out}");
    desk.write("draft.yaml", CHARTER.replace("version: \"1\"", "version: draft").replace("50 USD", "70 USD"));
    let simulate =
        |more: &[&str]| desk.makegood(&[&["charter", "simulate", "draft.yaml", "--segment", "fare"], more].concat());
    let out = simulate(&["--format", "json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let worth =
        |side: &str| json[side]["rights"]["late/compensation"]["worth"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(worth("was") > 0.0, "{out}");
    assert_eq!(worth("would") * 50.0, worth("was") * 70.0, "{out}");
    assert_eq!(json["worse"], 0, "{out}");
    let out = simulate(&[]).ended(0);
    assert!(out.contains("By segment, in USD") && out.contains("Largest changes, in USD"), "{out}");
    let out = simulate(&["--from", "2099-01-01"]).ended(0);
    assert!(out.contains("Every remedy is the same"), "nothing has happened since: {out}");
    let answer = desk.makegood(&["charter", "simulate", "draft.yaml", "--segment", "nonsense"]);
    assert!(answer.refused().contains("M028"));
    assert_eq!(desk.makegood(&["rebuild"]).ended(0), before, "nothing was written");

    let from_database = simulate(&["--format", "json"]).ended(0);
    let out = desk.makegood(&["history", "export", "past"]).ended(0);
    assert!(out.starts_with("past: ") && out.contains(" parties and things in "), "{out}");
    assert_eq!(simulate(&["--format", "json", "--history", "past"]).ended(0), from_database);
    let same = desk.makegood(&["charter", "simulate", "charter.yaml", "--history", "past"]).ended(0);
    assert!(same.contains("Every remedy is the same, to its reason."), "{same}");
    let out = desk.makegood(&["charter", "estimate", "draft.yaml", "--history", "past"]).ended(0);
    assert!(out.contains("late") && out.contains("it has exceptions"), "{out}");
    desk.makegood(&["charter", "estimate", "draft.yaml", "--history", "past", "--format", "json"]).ended(0);
    assert!(desk.makegood(&["history", "export", "past"]).refused().contains("M074"));
    assert!(simulate(&["--history", "nowhere"]).refused().contains("M075"));
    desk.makegood(&["history", "export", "late", "--from", "2025-01-01"]).ended(0);
    assert!(simulate(&["--history", "late"]).refused().contains("M076"));
}

#[test]
fn a_change_is_put_in_force_by_two_persons() {
    let desk = Desk::told();
    let second = CHARTER.replace("version: \"1\"", "version: \"2\"").replace("from: 2025-01-01", "from: 2199-01-01");
    desk.write("charter-2.yaml", &second);
    let before = desk.makegood(&["rebuild"]).ended(0);
    let error = desk.makegood(&["run", "--charter", "charter-2.yaml"]).refused();
    assert!(error.contains("M070") && error.contains("charter put-in-force FILE"), "{error}");
    let wish = |more: &[&str]| desk.makegood(&[&["charter", "put-in-force", "charter-2.yaml", "--as"], more].concat());
    let error = wish(&["anna", "--from", "2198-01-01"]).refused();
    assert!(error.contains("M072") && error.contains("counts from 1 Jan 2199, 00:00"), "{error}");
    let out = wish(&["anna", "--from", "2199-01-01"]).ended(0);
    assert!(out.contains("proposed: version 2 of `air`") && out.contains("another person approves it"), "{out}");
    let error = wish(&["Anna"]).refused();
    assert!(error.contains("M071") && error.contains("whoever proposes does not approve"), "{error}");
    desk.write("charter-2.yaml", second.replace("50 USD", "60 USD"));
    assert!(wish(&["bo"]).refused().contains("anna proposed another text"), "the very same bytes");
    desk.write("charter-2.yaml", &second);
    let out = wish(&["bo"]).ended(0);
    assert!(out.contains("proposed by anna, approved by bo"), "{out}");
    assert!(wish(&["cy"]).ended(0).contains("nothing has changed"));
    assert!(wish(&["bo", "--withdraw"]).refused().contains("M071"), "what is in force never changes");
    desk.write("charter-2.yaml", second.replace("version: \"2\"", "version: \"3\"").replace("2199", "2198"));
    wish(&["bo"]).ended(0);
    assert_eq!(wish(&["anna", "--withdraw"]).ended(0), "withdrawn: version 3 of `air`, which bo had proposed\n");
    assert!(wish(&["cy"]).refused().contains("was withdrawn by anna"));
    let story = desk.makegood(&["charter", "history", "air"]).ended(0);
    let told = [
        " 1        in force, as the first ",
        " 2        proposed by             anna ",
        " 2        in force, approved by   bo ",
        " 3        proposed by             bo ",
        " 3        withdrawn by            anna ",
    ];
    for line in told {
        assert!(story.contains(line), "{line}\n{story}");
    }
    assert_eq!(desk.makegood(&["explain", "charter:air"]).ended(0), story);
    assert!(desk.makegood(&["charter", "history", "rail"]).refused().contains("M073"));
    assert_eq!(desk.makegood(&["rebuild"]).ended(0), before);
    desk.makegood(&["verify"]).ended(0);
}
