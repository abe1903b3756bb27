//! The tutorial's own charter, events and commands: what the page shows is what is answered.

use crate::desk::Desk;

const PAGE: &str = include_str!("../../../../docs/tutorial/airline.md");

/// The fenced blocks of this language from a heading on.
fn blocks(from: &str, language: &str) -> Vec<String> {
    let (_, page) = PAGE.split_once(from).unwrap();
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

/// True when `line` holds what is shown of it, with anything where `…` stands.
fn shows(shown: &str, line: &str) -> bool {
    let mut rest = line.trim_end();
    for part in shown.trim_end().split('…') {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    true
}

/// Carries out every `$ makegood …` of a block and compares the lines that are shown, in their order.
fn follow(desk: &Desk, block: &str) {
    let mut answered: Vec<String> = Vec::new();
    for line in block.lines() {
        match line.strip_prefix("$ makegood ") {
            Some(command) => {
                let answer = desk.makegood(&command.split_whitespace().collect::<Vec<_>>());
                answered = format!("{}{}", answer.out, answer.err).lines().map(str::to_owned).rev().collect();
            }
            None if line.starts_with('$') || line.trim() == "…" || line.trim().is_empty() => {}
            None => {
                while answered.last().is_some_and(|found| !shows(line, found)) {
                    answered.pop();
                }
                assert!(answered.pop().is_some(), "the page shows a line that is not answered: {line}\n{block}");
            }
        }
    }
}

#[test]
fn the_tutorials_own_charter_answers_as_the_page_shows() {
    let desk = Desk::new();
    let yaml = blocks("## 5. A charter of your own", "yaml");
    desk.write("flowers.yaml", &yaml[0]);
    desk.write("events.jsonl", &blocks("## 5. A charter of your own", "json")[0]);
    let events = "events:\n";
    assert!(yaml[0].contains(events) && yaml[0].contains("in_force: {from: 2026-01-01}"));
    let second = yaml[0]
        .replace("version: \"1\"", "version: \"2\"")
        .replace("from: 2026-01-01", "from: 2026-03-04")
        .replace(events, &format!("{events}{}", yaml[1]));
    desk.write("flowers-2.yaml", second);
    let shown = blocks("## 5. A charter of your own", "text");
    let commands = shown.iter().filter(|block| block.contains("$ makegood "));
    assert!(commands.clone().count() >= 5, "{shown:#?}");
    commands.for_each(|block| follow(&desk, block));
    // The misspelling that the page proposes.
    desk.write("flowers.yaml", yaml[0].replace("if: data.late >", "if: data.latee >"));
    let answer = desk.makegood(&["charter", "check", "flowers.yaml"]);
    let fault = shown.iter().find(|block| block.starts_with("error[C050]")).unwrap();
    for line in fault.lines() {
        assert!(answer.err.contains(line.trim_end()), "{line}\n{}", answer.err);
    }
}
