//! Parties in whose stories plays run, beside plain ones.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use makegood_charter::Charter;
use makegood_core::Rulebook;
use makegood_engine::{Incoming, Session};
use serde_json::{Value as Json, json};

use super::Figure;
use super::measure::{Stopwatch, median, ratio};
use super::people::{NOW, said};
use super::world;
use crate::place::Place;

/// What a party rich in stories lives through.
const PLAYS: u64 = 5;
const PROMISES: u64 = 40;
const EVENTS: usize = 500;
/// Parties of each sort in a round.
const PARTIES: u32 = 20;
const CHARTER: &str = "charters/customer-care/charter.yaml";

/// Measures both in turns, so that whatever else the machine does falls on both.
pub fn measure(place: &Place, rounds: u16) -> Result<Vec<Figure>> {
    let text =
        std::fs::read_to_string(place.root.join(CHARTER)).with_context(|| format!("`{CHARTER}` cannot be read"))?;
    let Some(charter) = Charter::read(CHARTER, &text).charter else { bail!("`{CHARTER}` has faults") };
    let book = Arc::new(Rulebook::new([Arc::new(charter)]));
    let folder = world::folder(place)?;
    println!("parties in whose stories plays run, beside plain ones");
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        for (sort, times) in times.iter_mut().enumerate() {
            let store = world::fresh(&folder, &format!("plays-{round}-{sort}.db"))?;
            let mut session = Session::new(store, Arc::clone(&book), NOW)?;
            let mut events = Vec::new();
            for party in 0..PARTIES {
                events.extend(story(&book, &format!("customer:{party}"), sort == 1)?);
            }
            let watch = Stopwatch::start();
            session.take(events)?;
            session.flush()?;
            times.push(watch.elapsed());
            ensure!(session.counts().set_aside == 0, "{} events were set aside", session.counts().set_aside);
            let (plays, promises) = (session.reader().count("play")?, session.reader().count("promise")?);
            let parties = u64::from(PARTIES);
            ensure!(sort == 0 || plays == PLAYS * parties, "{plays} plays are run");
            ensure!(sort == 0 || promises >= PROMISES * parties, "only {promises} promises are made");
        }
    }
    let [plain, rich] = times.map(median);
    let each = |time: std::time::Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6 / f64::from(PARTIES) / 500.0);
    Ok(vec![Figure::new(
        format!(
            "an event of a party with {EVENTS} events, {PLAYS} plays and their {PROMISES} promises, of a plain party's"
        ),
        format!("{:.2} times ({} and {})", ratio(rich, plain), each(rich), each(plain)),
        "at most 3 times",
    )])
}

/// A party's events: with plays, or none of them.
fn story(book: &Rulebook, key: &str, rich: bool) -> Result<Vec<Incoming>> {
    let mut told: Vec<(&str, Option<String>, &str, Json)> = Vec::new();
    let own = |thing: &str| Some(thing.replace('#', key.trim_start_matches("customer:")));
    if rich {
        for thing in ["complaint:#-1", "complaint:#-2"] {
            let steps = [
                ("complaint.made", "", json!({ "words": "late", "channel": "mail" })),
                ("complaint.acknowledged", "ann", json!({})),
                ("play.assigned", "desk", json!({ "role": "account owner", "to": "employee:eva" })),
                ("complaint.eased", "ann", json!({ "how": "a call" })),
                ("complaint.facts_read", "eva", json!({})),
                (
                    "complaint.cause_found",
                    "eva",
                    json!({ "cause": "planning", "process": "no slack", "others_hit": 2 }),
                ),
                ("complaint.planned", "eva", json!({ "remedy": "a call", "for_others": true, "mends": "slack" })),
                ("complaint.plan_approved", "bob", json!({})),
                ("complaint.remedied", "eva", json!({})),
                ("complaint.others_remedied", "bob", json!({ "parties": 2 })),
                ("complaint.answered", "eva", json!({ "words": "sorry" })),
                ("complaint.judged", "", json!({ "content": true })),
            ];
            told.extend(steps.map(|(kind, actor, data)| (kind, own(thing), actor, data)));
        }
        let need = json!({ "need": "fuel", "worth": "9000 NOK", "mode": "team", "under_attack": false });
        told.push(("need.confirmed", own("deal:#"), "eva", need));
        for role in ["sales_rep", "sales_lead", "general_manager", "finance", "delivery_manager", "logistics"] {
            told.push(("deal.joined", own("deal:#"), role, json!({ "role": role })));
        }
        told.push(("deal.contacts_named", own("deal:#"), "eva", json!({ "who_knows_whom": "all" })));
        told.push(("deal.offered", own("deal:#"), "eva", json!({ "price": "9000 NOK", "promises": 3 })));
        told.push(("deal.offer_approved", own("deal:#"), "finn", json!({})));
        told.push((
            "need.confirmed",
            own("deal:#-2"),
            "eva",
            json!({
                "need": "fuel", "worth": "9000 NOK", "mode": "alone", "under_attack": true,
            }),
        ));
        told.push(("loyalty.recognised", None, "eva", json!({ "because": "nine years" })));
        told.push(("attention.given", None, "eva", json!({ "quarter": "first", "how": "a visit" })));
    }
    // What else happens: heard by the plays that run, where any do.
    let ordinary = [
        ("marketing.sent", None, json!({ "campaign": "spring" })),
        ("complaint.eased", own("complaint:#-1"), json!({ "how": "a call" })),
        ("attention.given", None, json!({ "quarter": "fourth", "how": "a letter" })),
        ("order.rated", own("order:#"), json!({ "score": 4 })),
    ];
    for (kind, about, data) in ordinary.iter().cycle().take(EVENTS.saturating_sub(told.len())) {
        told.push((kind, about.clone(), "eva", data.clone()));
    }
    let told = told.into_iter().enumerate();
    told.map(|(place, (kind, about, actor, data))| {
        let actor = if actor.is_empty() { key } else { actor };
        said(book, kind, (key, actor), about.as_deref(), place, data)
    })
    .collect()
}
