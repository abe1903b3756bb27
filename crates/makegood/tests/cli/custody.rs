//! The fuel delivery, lived through from first event to last: the office computer is down, the quantity is on a scrap of paper, and the
//! storeman signs for the absent customer.

use serde_json::{Value as Json, json};

use crate::desk::Desk;

const CHARTER: &str = include_str!("../../../../charters/bulk-fuel/charter.yaml");

fn line(kind: &str, id: &str, subject: &str, time: &str, data: Json) -> String {
    let mut line = json!({
        "specversion": "1.0", "id": id, "source": "/yard", "type": kind, "time": time, "subject": subject, "data": data,
    });
    if subject.starts_with("customer:") {
        line["about"] = "order:7".into();
    }
    format!("{line}\n")
}

/// Twelve thousand litres, by noon on Monday 2 March 2026.
fn ordered() -> String {
    let data = json!({
        "due": "2026-03-02T12:00:00+01:00", "ordered": 12000, "unit_price": "15 NOK", "total": "180000 NOK",
        "paid": ["180000 NOK"],
    });
    line("order.placed", "o7", "customer:farm", "2026-02-25T10:00:00+01:00", data)
}

/// The storeman takes it at a quarter past ten.
fn taken() -> String {
    let data = json!({
        "giver": "employee:driver-3", "taker": "Ola, storeman", "on_behalf_of": "customer:farm", "step": "accepting",
        "disposition": "in_progress", "place": "the farm's tank", "note": "quantity on a scrap of paper, the office computer is down",
    });
    line("custody.handed_over", "h7", "order:7", "2026-03-02T10:15:00+01:00", data)
}

/// The slip, entered the day after: three per cent less than was ordered.
fn slip() -> String {
    let data = json!({
        "quantity": 11640, "unit": "L",
        "document": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
    line("custody.measured", "s7", "order:7", "2026-03-03T09:30:00+01:00", data)
}

/// A yard that has heard these lines, its clock moved to `until`.
fn heard(desk: &Desk, file: &str, lines: &str, until: &str) {
    desk.write(file, lines);
    desk.makegood(&["run", "--events", file, "--until", until]).ended(0);
}

fn yard() -> Desk {
    let desk = Desk::new();
    desk.write("charter.yaml", CHARTER);
    desk.write("1.jsonl", ordered());
    desk.makegood(&["run", "--charter", "charter.yaml", "--events", "1.jsonl", "--until", "2026-03-02T09:00:00Z"])
        .ended(0);
    desk
}

/// What has left under a topic since the last look.
fn left(desk: &Desk, topic: &str) -> Vec<Json> {
    let file = format!("{topic}.jsonl");
    let known = std::fs::read_to_string(desk.path(&file)).unwrap_or_default().lines().count();
    desk.makegood(&["dispatch", "--to", &format!("{topic}={file}")]).ended(0);
    let text = std::fs::read_to_string(desk.path(&file)).unwrap_or_default();
    text.lines().skip(known).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn field<'j>(message: &'j Json, path: &str) -> &'j str {
    message.pointer(path).and_then(Json::as_str).unwrap_or_else(|| panic!("{path} of {message}"))
}

#[test]
fn the_fuel_delivery() {
    let desk = yard();
    // The driver's line reaches us at a quarter past ten. The customer is told the same hour, in her own language.
    heard(&desk, "2.jsonl", &taken(), "2026-03-02T10:30:00+01:00");
    let told = left(&desk, "notice");
    assert_eq!(told.len(), 1);
    assert_eq!(
        field(&told[0], "/data/text/nb"),
        "Ola, storeman tok imot order:7 på dine vegne. Du bestilte 12\u{a0}000 L; vi bekrefter i dag hvor mye det ble."
    );
    // The account manager is asked at once, with the chain as it is known, and has until six in the evening.
    let asked = left(&desk, "question");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!((field(&asked[0], "/data/to"), field(&asked[0], "/data/found")), ("account manager", "missing"));
    assert!(field(&asked[0], "/data/custody/0/note").starts_with("quantity on a scrap of paper"));
    let story = desk.makegood(&["explain", "customer:farm"]).ended(0);
    assert!(story.contains("2 Mar 2026, 18:00 CET"), "{story}");
    assert!(story.contains("employee:driver-3 → Ola, storeman (for customer:farm)"), "{story}");
    assert!(story.contains("evidence is missing, by proxy"), "{story}");
    // Evening comes, and the account manager is silent: half an hour later the sales manager knows, by the morning the general manager.
    desk.makegood(&["tick", "--until", "2026-03-02T18:29:00+01:00"]).ended(0);
    let to = |asked: Vec<Json>| asked.iter().map(|one| field(one, "/data/to").to_owned()).collect::<Vec<_>>();
    assert_eq!(to(left(&desk, "question")), ["dispatch", "account manager"]);
    desk.makegood(&["tick", "--until", "2026-03-02T18:30:00+01:00"]).ended(0);
    assert_eq!(to(left(&desk, "question")), ["sales manager"]);
    // The slip is found and entered. It differs by three per cent: the case is open, and someone has four hours to call.
    heard(&desk, "3.jsonl", &slip(), "2026-03-03T09:31:00+01:00");
    assert_eq!(to(left(&desk, "question")), ["account manager"]);
    let mut tasks = left(&desk, "task");
    // The care for newcomers has its own: this was her first order.
    tasks.retain(|task| !field(task, "/data/step").starts_with("second-delivery/"));
    assert_eq!(
        tasks.iter().map(|task| field(task, "/data/step")).collect::<Vec<_>>(),
        ["short-measure/told", "short-measure/settled"]
    );
    assert_eq!(
        field(&tasks[0], "/data/says/en"),
        "We call you by 3 Mar 2026, 13:30 CET and say what we know, before you have to ask."
    );
    let case = field(&tasks[0], "/data/play").to_owned();
    let laid_out = desk.makegood(&["explain", &case, "--language", "nb"]).ended(0);
    for words in [
        "pågår",
        "Hva som ble av order:7: mengden er ikke den du bestilte.",
        "taler kundens sak: account manager",
        "employee:driver-3 → Ola, storeman (for customer:farm)",
        "11\u{a0}640 L",
        "avviker",
        "Vi bekrefter innen 2. mars 2026, 18:00 CET",
        "holdt for sent",
    ] {
        assert!(laid_out.contains(words), "{words}:\n{laid_out}");
    }
    // She is called, and the quantity is settled: what is missing is given back by the charter's own right.
    let called = line(
        "customer.called",
        "c7",
        "order:7",
        "2026-03-03T11:00:00+01:00",
        json!({"note": "apologised, told what we know"}),
    );
    let settled = line("delivery.made", "d7", "order:7", "2026-03-04T10:00:00+01:00", json!({"delivered": 11640}));
    heard(&desk, "4.jsonl", &(called + &settled), "2026-03-04T11:00:00+01:00");
    assert!(desk.makegood(&["explain", &case]).ended(0).contains("· done"));
    let story = desk.makegood(&["explain", "customer:farm"]).ended(0);
    assert!(story.contains("5,400.00 NOK"), "360 litres at 15 kroner: {story}");
    for check in ["verify", "rebuild"] {
        desk.makegood(&[check]).ended(0);
    }
}

#[test]
fn the_chain_is_shown_and_goes_out_and_in_again_as_epcis() {
    let desk = yard();
    heard(&desk, "2.jsonl", &(taken() + &slip()), "2026-03-03T09:31:00+01:00");
    let shown = desk.makegood(&["custody", "show", "order:7"]).ended(0);
    assert!(
        shown.starts_with("customer:farm\n")
            && shown.contains("measured")
            && shown.contains("  entered ")
            && shown.contains("11,640 L"),
        "{shown}"
    );
    desk.makegood(&["custody", "export", "--to", "out.json"]).ended(0);
    let document: Json = serde_json::from_str(&std::fs::read_to_string(desk.path("out.json")).unwrap()).unwrap();
    assert_eq!((field(&document, "/type"), field(&document, "/schemaVersion")), ("EPCISDocument", "2.0"));
    let events = document["epcisBody"]["eventList"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!((field(&events[0], "/bizStep"), field(&events[0], "/disposition")), ("accepting", "in_progress"));
    assert_eq!(field(&events[0], "/eventTimeZoneOffset"), "+01:00");
    assert_eq!(field(&events[0], "/sourceList/0/source"), "urn:makegood:employee:driver-3");
    assert_eq!(field(&events[0], "/destinationList/0/destination"), "urn:makegood:Ola,%20storeman");
    assert_eq!(field(&events[0], "/destinationList/1/type"), "owning_party");
    assert_eq!(
        (&events[1]["quantityList"][0]["quantity"], field(&events[1], "/quantityList/0/uom")),
        (&json!(11640), "LTR")
    );
    // Another yard takes it in and knows the same.
    let other = yard();
    other.write("in.json", std::fs::read(desk.path("out.json")).unwrap());
    other.makegood(&["custody", "import", "in.json"]).ended(0);
    let entered =
        |shown: &str| shown.lines().map(|line| line.split("entered").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(entered(&other.makegood(&["custody", "show", "order:7"]).ended(0)), entered(&shown));
    // Taken in twice, it counts once.
    let again = other.makegood(&["custody", "import", "in.json"]).ended(0);
    assert!(again.starts_with("0 events taken, 2 known already"), "{again}");
}

#[test]
fn other_peoples_epcis_is_read() {
    let desk = yard();
    let document = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-02T12:00:00Z",
        "epcisBody": {"eventList": [
            {
                "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-03-02T10:00:00.000+01:00", "eventTimeZoneOffset": "+01:00",
                "epcList": ["urn:epc:id:sgtin:0614141.107346.2017", "urn:epc:id:sgtin:0614141.107346.2018"],
                "bizStep": "https://ref.gs1.org/cbv/BizStep-receiving", "disposition": "urn:epcglobal:cbv:disp:in_progress",
                "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
                "sourceList": [{"type": "https://ref.gs1.org/cbv/SDT-possessing_party", "source": "urn:epc:id:pgln:4012345.00005"}],
                "destinationList": [{"type": "urn:epcglobal:cbv:sdt:possessing_party", "destination": "urn:epc:id:pgln:0614141.00777"}],
            },
            {"type": "TransformationEvent", "eventTime": "2026-03-02T10:00:00Z"},
            {"type": "ObjectEvent", "eventTime": "2026-03-02T10:00:00Z", "errorDeclaration": {"reason": "incorrect_data"}},
            {"type": "ObjectEvent", "eventTime": "2026-03-02T10:00:00Z", "epcList": ["urn:epc:id:sgtin:0614141.107346.2017"]},
        ]},
    });
    desk.write("in.json", document.to_string());
    let read = desk.makegood(&["custody", "import", "in.json", "--kind", "item", "--lines"]);
    assert_eq!(read.code, 1, "what was passed over is told by the exit");
    let lines: Vec<Json> = read.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(field(&lines[1], "/subject"), "item:urn:epc:id:sgtin:0614141.107346.2018");
    assert_eq!((field(&lines[0], "/data/step"), field(&lines[0], "/data/disposition")), ("receiving", "in_progress"));
    assert_eq!(field(&lines[0], "/time"), "2026-03-02T09:00:00Z");
    assert_eq!(field(&lines[0], "/data/giver"), "urn:epc:id:pgln:4012345.00005");
    let passed: Vec<&str> = read.err.lines().collect();
    assert_eq!(passed.len(), 3, "{passed:?}");
    assert!(passed[0].contains("event 2: `TransformationEvent` hands nothing over"), "{passed:?}");
    assert!(
        passed[1].contains("declared it an error") && passed[2].contains("nothing was handed over or measured"),
        "{passed:?}"
    );
    for (text, says) in [("<epcis/>", "XML is not read"), ("{}", "no list of EPCIS events")] {
        desk.write("bad.json", text);
        assert!(desk.makegood(&["custody", "import", "bad.json"]).refused().contains(says));
    }
}

#[test]
fn a_hand_off_that_cannot_be_read_is_set_aside_with_its_reason() {
    let desk = yard();
    let hand = |data: Json| {
        let mut whole = json!({"giver": "a", "taker": "b"});
        whole.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        line("custody.handed_over", &data.to_string(), "order:7", "2026-03-02T10:15:00+01:00", whole)
    };
    let lines = hand(json!({"quantity": 3000, "unit": "gal"}))
        + &hand(json!({"quantity": 3000}))
        + &hand(json!({"signature": "a cross"}))
        + &hand(json!({"step": "dumping"}))
        + &line(
            "custody.handed_over",
            "p",
            "customer:farm",
            "2026-03-02T10:15:00+01:00",
            json!({"giver": "a", "taker": "b"}),
        );
    desk.write("bad.jsonl", lines);
    desk.makegood(&["run", "--events", "bad.jsonl", "--until", "2026-03-02T10:30:00+01:00"]).ended(1);
    let listed = desk.makegood(&["quarantine", "list"]).ended(0);
    for code in ["other-unit", "no-unit", "not-a-hash", "unknown-cbv-word", "not-a-thing"] {
        assert!(listed.contains(code), "{code}: {listed}");
    }
    assert!(listed.contains("promised in `L`"), "{listed}");
}
