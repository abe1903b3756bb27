//! A promise made on the phone, lived through to its end and beyond.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::desk::Desk;

const OUR_WORD: &str = include_str!("../../../../charters/our-word/charter.yaml");
const FARM: &str = "customer:farm";

/// A desk with the charter, and what has left it.
struct Office {
    desk: Desk,
    read: BTreeMap<&'static str, usize>,
}

const TOPICS: [&str; 5] = ["question", "delegation", "warning", "confirmation", "suggestion"];

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write("our-word.yaml", OUR_WORD);
        desk.makegood(&["run", "--charter", "our-word.yaml", "--until", "2026-01-01T00:00:00Z"]).ended(0);
        Self { desk, read: BTreeMap::new() }
    }

    /// A command about a promise, said on a day of March 2026, Oslo's time: `02 10:00`.
    fn say(&self, words: &[&str], by: &str, at: &str) -> String {
        self.asked(words, by, at).ended(0)
    }

    fn asked(&self, words: &[&str], by: &str, at: &str) -> crate::desk::Answer {
        let at = march(at);
        let mut arguments = vec!["promise"];
        arguments.extend(words);
        arguments.extend(["--by", by, "--at", &at]);
        self.desk.makegood(&arguments)
    }

    fn clock(&self, until: &str) {
        self.desk.makegood(&["tick", "--until", &march(until)]).ended(0);
    }

    /// What left since it was looked at last: to whom, and the text in a language.
    fn left(&mut self, topic: &'static str, language: &str) -> Vec<(String, String)> {
        let routes: Vec<String> = TOPICS.iter().map(|topic| format!("{topic}={topic}.jsonl")).collect();
        let mut arguments = vec!["dispatch"];
        for route in &routes {
            arguments.extend(["--to", route]);
        }
        self.desk.makegood(&arguments).ended(0);
        let text = std::fs::read_to_string(self.desk.path(&format!("{topic}.jsonl"))).unwrap_or_default();
        let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let before = self.read.insert(topic, lines.len()).unwrap_or_default();
        let of = |line: &Json| {
            let word = |place: &str| line["data"].pointer(place).and_then(Json::as_str).unwrap_or_default().to_owned();
            (word("/to"), word(&format!("/text/{language}")))
        };
        let mut left: Vec<_> = lines.iter().skip(before).map(of).collect();
        left.sort();
        left
    }

    fn list(&self, more: &[&str]) -> Vec<String> {
        let mut arguments = vec!["promise", "list"];
        arguments.extend(more);
        let text = self.desk.makegood(&arguments).ended(0);
        // Without the names of promises, which are different in every run.
        text.lines().map(|line| words(line.rsplit_once("p-").unwrap().0)).collect()
    }

    fn explain(&self, subject: &str, language: &str) -> String {
        self.desk.makegood(&["explain", subject, "--language", language]).ended(0)
    }
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn march(at: &str) -> String {
    let (day, time) = at.split_once(' ').unwrap();
    // The clocks go forward on 29 March.
    let offset = if day >= "29" { "+02:00" } else { "+01:00" };
    format!("2026-03-{day}T{time}:00{offset}")
}

/// The name of the promise that a command made.
fn made(answer: &str) -> String {
    let name = answer.split_whitespace().rfind(|word| word.starts_with("p-"));
    name.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn told(to: &str, text: &str) -> (String, String) {
    (to.to_owned(), text.to_owned())
}

#[test]
fn a_promise_made_on_the_phone_is_lived_through_to_its_end_and_beyond() {
    let mut office = Office::new();
    let (anna, lead, ola, kari) = ("sales/anna", "workshop/lead", "workshop/ola", "workshop/kari");
    let due = march("06 16:00");
    let make = [
        "make",
        "--party",
        FARM,
        "--about",
        "pump:7",
        "--kind",
        "repair",
        "--what",
        "the pump does not leak",
        "--due",
        &due,
        "--worth",
        "12000 NOK",
    ];
    let root = made(&office.say(&make, anna, "02 10:00"));
    assert_eq!(
        office.left("confirmation", "en"),
        [told(
            FARM,
            "This is what we promised you: It works again by 6 Mar 2026, 16:00 CET: the pump does not leak. Is that right?"
        )]
    );

    // It is handed on, given back, and handed on again.
    let delegate = |promise: &str, to: &str, due: &str, by: &str, at: &str| {
        made(&office.say(&["delegate", promise, "--to", to, "--due", &march(due)], by, at))
    };
    let first = delegate(&root, lead, "06 12:00", anna, "02 11:00");
    office.say(&["accept", &first], lead, "02 11:30");
    let second = delegate(&first, ola, "05 16:00", lead, "02 12:00");
    office.say(&["refuse", &second, "--because", "I am on leave"], ola, "02 12:30");
    let third = delegate(&first, kari, "05 16:00", lead, "02 13:00");
    office.say(&["accept", &third], kari, "02 13:30");
    let asked = "ber deg: the pump does not leak, innen";
    let left = office.left("delegation", "nb");
    assert_eq!(left.len(), 4, "{left:#?}");
    assert_eq!(left.iter().filter(|(_, text)| text.contains(asked)).count(), 3, "{left:#?}");
    assert!(
        left.iter().any(|(to, text)| to == lead
            && text.contains("workshop/ola gir det tilbake til deg")
            && text.contains("«I am on leave»")),
        "{left:#?}"
    );

    // Nobody accepts in somebody else's name, and it is not handed back up the chain.
    let refused = office.asked(&["accept", &second], anna, "02 14:00").refused();
    assert!(refused.contains("error[M021]: the promise is released, and cannot be accepted"), "{refused}");
    let loop_ = office.asked(&["delegate", &third, "--to", anna], kari, "02 14:00").refused();
    assert!(loop_.contains("`sales/anna` is bound by this promise already"), "{loop_}");

    // The leaf goes at risk: whoever stands above it is told, and the root is at risk.
    office.clock("04 16:30");
    let warned = office.left("warning", "en");
    assert_eq!(warned.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [anna, lead]);
    assert_eq!(
        warned[0].1,
        "the pump does not leak (workshop/kari, by 5 Mar 2026, 16:00 CET) is at risk. customer:farm was promised: the pump does not leak, by 6 Mar 2026, 16:00 CET."
    );
    assert_eq!(
        office.list(&["--due-by", &march("06 23:00")]),
        [
            "at risk 2026-03-05T15:00:00Z delegated the pump does not leak customer:farm sales/anna workshop/kari",
            "at risk 2026-03-06T11:00:00Z delegated the pump does not leak customer:farm sales/anna workshop/lead",
            "at risk 2026-03-06T15:00:00Z repair the pump does not leak customer:farm sales/anna sales/anna",
        ]
    );
    assert_eq!(office.list(&["--doer", "workshop"]).len(), 2);
    assert_eq!(office.list(&["--owner", "workshop"]).len(), 0);

    // Two days of silence on what was written down, then a letter.
    office.clock("05 08:00");
    let reminded = office.left("question", "zh");
    assert_eq!(reminded, [told(anna, "customer:farm 尚未书面确认：the pump does not leak。请核实双方理解是否一致。")]);
    office.say(&["acknowledge", &root, "--text", "That is what we agreed."], anna, "05 08:30");

    // Another time is agreed before it is due, and what carries it moves along.
    let agree = ["renegotiate", &root, "--due", &march("09 16:00"), "--consent", "Per agreed on the phone"];
    let anew = made(&office.say(&agree, anna, "05 09:00"));
    assert_eq!(
        office.list(&[]),
        [
            "open 2026-03-08T15:00:00Z delegated the pump does not leak customer:farm sales/anna workshop/kari",
            "open 2026-03-09T11:00:00Z delegated the pump does not leak customer:farm sales/anna workshop/lead",
            "open 2026-03-09T15:00:00Z repair the pump does not leak customer:farm sales/anna sales/anna",
        ]
    );

    // Done from the leaf up: each says so of what they promised themselves.
    office.say(&["kept", &third], kari, "07 12:00");
    assert_eq!(office.list(&[]).len(), 2, "what the leaf did is evidence for whoever delegated, not for the customer");
    office.say(&["kept", &first], lead, "07 13:00");
    let done = office.left("delegation", "en");
    assert_eq!(
        done,
        [
            told(anna, "workshop/lead says it is done: the pump does not leak. Is what you promised kept by it?"),
            told(lead, "workshop/kari says it is done: the pump does not leak. Is what you promised kept by it?"),
        ]
    );
    office.say(&["kept", &anew, "--note", "ran for an hour without a drop"], anna, "08 10:00");
    assert_eq!(
        office.left("confirmation", "nb"),
        [told(
            FARM,
            "Vi lovet deg: Det virker igjen innen 9. mars 2026, 16:00 CET: the pump does not leak. Holdt vi det?"
        )]
    );

    // The promisee's own verdict, and nobody else's.
    let other = office.asked(&["confirm", &anew, "--verdict", "kept"], anna, "09 09:00").refused();
    assert!(other.contains("`sales/anna` gives a verdict on someone else's promise"), "{other}");
    let per = "customer:farm/per";
    office.say(&["confirm", &anew, "--verdict", "kept", "--words", "dry so far"], per, "09 09:00");

    // Asked again after three weeks: it was not so.
    office.clock("28 10:00");
    assert_eq!(office.left("confirmation", "en"), []);
    office.clock("29 10:00");
    let again = office.left("confirmation", "zh");
    assert_eq!(again.len(), 1);
    assert!(again[0].1.ends_with("已经过去一段时间，问题是否真正解决？"), "{again:?}");
    let wrong = ["confirm", &anew, "--verdict", "not-kept", "--words", "it leaks again"];
    let right = made(&office.say(&wrong, per, "30 09:00"));
    assert_eq!(
        office.left("question", "en"),
        [told(anna, "customer:farm/per says that this was not kept: the pump does not leak. “it leaks again”")]
    );
    assert_eq!(
        office.list(&[]),
        ["open 2026-04-03T14:00:00Z repair the pump does not leak customer:farm sales/anna sales/anna"]
    );
    assert_eq!(office.list(&["--state", "kept"]).len(), 3, "a verdict makes nothing worse than it was shown");

    // The whole story, in three languages.
    for (language, parts) in [
        (
            "en",
            [
                "· kept",
                "accountable: sales/anna",
                "sales/anna → workshop/lead",
                "accepted 2 Mar 2026",
                "given back “I am on leave”",
                "it was kept: “dry so far”",
                "it was not kept: “it leaks again”",
                "promised anew: p-",
            ],
        ),
        (
            "zh",
            [
                "· 已履行",
                "责任人： sales/anna",
                "sales/anna → workshop/lead",
                "已接受 2026年3月2日",
                "已退回 “I am on leave”",
                "已兑现: “dry so far”",
                "未兑现: “it leaks again”",
                "重新承诺： p-",
            ],
        ),
        (
            "nb",
            [
                "· holdt",
                "ansvarlig: sales/anna",
                "sales/anna → workshop/lead",
                "akseptert 2. mars 2026",
                "gitt tilbake “I am on leave”",
                "det ble holdt: “dry so far”",
                "det ble ikke holdt: “it leaks again”",
                "lovet på nytt: p-",
            ],
        ),
    ] {
        let story = office.explain(&anew, language);
        for part in parts {
            assert!(story.contains(part), "{language}: `{part}` is missing in\n{story}");
        }
    }
    assert!(office.explain(&root, "en").contains("renegotiated"));
    assert!(office.explain(&right, "en").contains("puts right: p-"));
    assert!(office.explain(FARM, "nb").contains("pump:7: the pump does not leak"));

    // What it says of those who promised.
    let rates =
        office.desk.makegood(&["promise", "rates", "--by", "person", "--until", "2026-04-01T00:00:00Z"]).ended(0);
    let rates: Vec<String> = rates.lines().map(words).collect();
    assert_eq!(
        rates,
        [
            "person kept in time, nine in ten of kept partly late broken not so overdue",
            "sales/anna 0 % to 77 % 1 0 0 0 0 1 0",
            "workshop/kari 23 % to 100 % 1 1 0 0 0 0 0",
            "workshop/lead 23 % to 100 % 1 1 0 0 0 0 0",
        ]
    );
    let teams = office.desk.makegood(&["promise", "rates", "--by", "team", "--format", "json"]).ended(0);
    let teams: Json = serde_json::from_str(&teams).unwrap();
    assert_eq!((&teams[1]["name"], &teams[1]["of"]), (&"workshop".into(), &2.into()));
    // The log folds again to the same, and what is kept is sound.
    office.desk.makegood(&["rebuild"]).ended(0);
    office.desk.makegood(&["verify"]).ended(0);
}

#[test]
fn what_sounds_like_a_promise_is_suggested_and_made_only_when_a_person_says_so() {
    let mut office = Office::new();
    for (text, language, due) in [
        ("Thanks for calling. I'll call you tomorrow.", "en", "2026-03-04T22:59:00Z"),
        ("明天给您回电。", "zh", "2026-03-04T22:59:00Z"),
        ("Jeg ringer deg i morgen.", "nb", "2026-03-04T22:59:00Z"),
    ] {
        let suggest = ["suggest", "--party", FARM, "--text", text];
        let out = office.say(&suggest, "sales/anna", "03 10:00");
        assert!(out.contains("call-back: ") && out.contains(due), "{language}: {out}");
        assert_eq!(office.list(&[]).len(), 0, "nothing is promised by the machine");
        let name = out.split_whitespace().find(|word| word.starts_with("s-")).unwrap().to_owned();
        office.desk.makegood(&["promise", "confirm-suggestion", &name, "--by", "sales/anna"]).ended(0);
        let listed = office.list(&[]);
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert!(listed[0].contains("call-back") && listed[0].contains("sales/anna"), "{listed:?}");
        let promise = made(&office.desk.makegood(&["promise", "list"]).ended(0));
        let kept = office.asked(&["kept", &promise], "sales/anna", "03 11:00");
        kept.ended(0);
        // Said twice, it is one promise.
        office.desk.makegood(&["promise", "confirm-suggestion", &name, "--by", "sales/anna"]).ended(0);
        assert_eq!(office.list(&[]).len(), 0);
    }
    assert_eq!(office.left("suggestion", "en").len(), 3);
    let out = office.say(&["suggest", "--party", FARM, "--text", "I won't call you."], "sales/anna", "03 12:00");
    assert_eq!(out, "nothing in it sounds like a promise\n");
    let out = office.say(&["suggest", "--party", FARM, "--text", "I'll call you back."], "sales/anna", "03 12:01");
    let name = out.split_whitespace().find(|word| word.starts_with("s-")).unwrap();
    let refused = office.desk.makegood(&["promise", "confirm-suggestion", name, "--by", "sales/anna"]).refused();
    assert!(refused.contains("the text does not say by when"), "{refused}");
    let refused = office.desk.makegood(&["promise", "confirm-suggestion", "s-none", "--by", "sales/anna"]).refused();
    assert!(refused.contains("error[M023]: there is no suggestion `s-none`"), "{refused}");
}

#[test]
fn a_promise_that_nobody_takes_or_that_is_due_before_it_was_made_is_refused() {
    let office = Office::new();
    let make = |kind: &str, due: &str| {
        let due = march(due);
        office.asked(&["make", "--party", FARM, "--kind", kind, "--what", "a song", "--due", &due], "anna", "03 10:00")
    };
    let refused = make("song", "04 10:00").refused();
    assert!(refused.contains("no clause of a charter in force takes a promise of the kind `song`"), "{refused}");
    let refused = make("answer", "02 10:00").refused();
    assert!(refused.contains("was made at 2026-03-03T09:00:00Z"), "{refused}");
    let refused = office.asked(&["kept", "p-1-2-3"], "anna", "03 10:00").refused();
    assert!(refused.contains("error[M023]: there is no promise `p-1-2-3`"), "{refused}");
    assert_eq!(office.list(&[]).len(), 0);
}
