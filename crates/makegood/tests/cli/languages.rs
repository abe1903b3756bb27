//! What people read is in their language: no English word is left in what a command answers in another.

use serde_json::json;

use crate::desk::Desk;

const CHARTERS: [(&str, &str); 3] = [
    ("care.yaml", include_str!("../../../../charters/customer-care/charter.yaml")),
    ("word.yaml", include_str!("../../../../charters/our-word/charter.yaml")),
    ("fuel.yaml", include_str!("../../../../charters/bulk-fuel/charter.yaml")),
];

/// English words that the commands use, none of which is the charter's own or one of the other languages'.
const ENGLISH: [&str; 21] = [
    "overdue",
    "running",
    "ended",
    "begun",
    "kept",
    "delegated",
    "nobody",
    "nothing",
    "person",
    "share",
    "between",
    "parties",
    "party",
    "lost",
    "stayed",
    "recorded",
    "found",
    "which",
    "week",
    "credited",
    "sounds",
];

fn desk() -> Desk {
    let desk = Desk::new();
    for (file, text) in CHARTERS {
        desk.write(file, text);
    }
    let event = |id: &str, kind: &str, subject: &str, about: &str, data: serde_json::Value| {
        let mut event = json!({
            "specversion": "1.0", "id": id, "source": "/tests", "type": kind, "subject": subject,
            "time": "2026-03-02T08:00:00Z", "actor": "hr", "data": data,
        });
        if !about.is_empty() {
            event["about"] = about.into();
        }
        event.to_string()
    };
    let order = json!({
        "due": "2026-12-01T12:00:00Z", "ordered": 1000, "unit_price": "15 NOK", "total": "15000 NOK", "paid": ["15000 NOK"],
    });
    let lines = [
        event("1", "complaint.made", "customer:1", "complaint:1", json!({ "words": "sent", "channel": "call" })),
        event("2", "complaint.made", "customer:2", "complaint:2", json!({ "words": "sent", "channel": "mail" })),
        event("3", "complaint.withdrawn", "customer:2", "complaint:2", json!({})),
        event("4", "role.given", "employee:eli", "", json!({ "role": "complaints desk" })),
        event("5", "order.placed", "customer:3", "order:3", order),
    ];
    desk.write("events.jsonl", lines.join("\n"));
    let files = ["--charter", "care.yaml", "--charter", "word.yaml", "--charter", "fuel.yaml"];
    let mut run = vec!["run", "--events", "events.jsonl", "--until", "2026-03-05T08:00:00Z"];
    run.extend(files);
    desk.makegood(&run).ended(0);
    let make = ["promise", "make", "--party", "customer:1", "--kind", "answer", "--what", "pris"];
    let mut make = make.to_vec();
    make.extend(["--due", "2026-03-03T10:00:00Z", "--at", "2026-03-02T10:00:00Z", "--by", "salg/anna"]);
    let made = desk.makegood(&make).ended(0);
    let name = made.split_whitespace().last().unwrap();
    let delegate =
        ["promise", "delegate", name, "--to", "salg/ola", "--by", "salg/anna", "--at", "2026-03-02T11:00:00Z"];
    desk.makegood(&delegate).ended(0);
    desk.makegood(&["tick", "--until", "2026-03-06T00:00:00Z"]).ended(0);
    desk
}

#[test]
fn no_english_is_left_in_what_people_read_in_another_language() {
    let desk = desk();
    let case = desk.makegood(&["play", "list"]).ended(0);
    let case = case.split_whitespace().find(|word| word.starts_with("c-")).unwrap().to_owned();
    let commands: [(&[&str], &str, &str); 13] = [
        (&["promise", "list"], "已逾期", "forfalt"),
        (&["promise", "rates", "--by", "person"], "按时履行", "holdt i tide"),
        (&["promise", "rates", "--by", "team"], "团队", "lag"),
        (&["play", "list"], "进行中", "pågår"),
        (&["play", "show", &case], "步骤", "Steg"),
        (&["play", "review", "--at", "2026-03-06"], "一周回顾", "Uken frem til"),
        (&["play", "figures", "complaint", "--by", "channel"], "个开始", "begynt"),
        (&["play", "figures", "team-deal"], "尚无", "ingen har begynt"),
        (&["play", "assign", "--by", "hr", "--at", "2026-03-05T09:00:00Z"], "没有人担任", "ingen har rollen"),
        (&["stage", "list"], "首购客户", "førstegangskunde"),
        (&["stage", "matrix", "--from", "2026-01-01", "--to", "2026-03-05"], "合计", "i alt"),
        (&["custody", "show", "order:9"], "均未得知", "har hørt om"),
        (
            &["repair", "order:3", "--amount", "10 NOK", "--reason", "r", "--asked-by", "a", "--as", "b"],
            "每人",
            "til hver",
        ),
    ];
    for (language, chinese) in [("zh", true), ("nb", false)] {
        for (command, zh, nb) in commands {
            let mut arguments = command.to_vec();
            arguments.extend(["--language", language]);
            let answer = desk.makegood(&arguments);
            let out = answer.out;
            assert!(
                answer.code <= 1 && out.contains(if chinese { zh } else { nb }),
                "{command:?} {language}: {out}{}",
                answer.err
            );
            let words: Vec<String> =
                out.split(|c: char| !c.is_alphabetic() && c != '-').map(str::to_lowercase).collect();
            // `person` is a word of both.
            let left = ENGLISH.iter().filter(|word| chinese || **word != "person");
            for word in left {
                assert!(!words.iter().any(|found| found == word), "`{word}` in {command:?} {language}:\n{out}");
            }
        }
        let text = if chinese { "今天天气很好。" } else { "Det er fint vær i dag." };
        let suggest =
            ["promise", "suggest", "--party", "customer:1", "--by", "x", "--text", text, "--language", language];
        let out = desk.makegood(&suggest).ended(0);
        assert!(out.contains(if chinese { "没有听起来像承诺" } else { "ingenting i det" }), "{out}");
    }
    // What programs read is the same in every language.
    let csv = |language: &str| {
        let arguments = [
            "stage",
            "matrix",
            "--from",
            "2026-01-01",
            "--to",
            "2026-03-05",
            "--format",
            "csv",
            "--language",
            language,
        ];
        desk.makegood(&arguments).ended(0)
    };
    assert_eq!(csv("zh"), csv("en"));
}

#[test]
fn columns_stand_under_each_other_where_chinese_characters_are_twice_as_wide() {
    let desk = desk();
    let list = desk.makegood(&["promise", "list", "--language", "zh"]).ended(0);
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let places: Vec<usize> = list.lines().map(|line| wide(line.split_once("2026-").unwrap().0)).collect();
    assert!(places.len() > 2 && places.windows(2).all(|two| two[0] == two[1]), "{places:?}\n{list}");
}
