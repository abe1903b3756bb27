//! The same facts in another order, with and without faults: where the invariants say that order does not matter, what is left is
//! the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Result, ensure};
use makegood_auditor::{Fact, Heard, What};
use makegood_charter::Moment;
use makegood_core::Party;
use makegood_engine::{rebuild, rows};
use makegood_store::{PartKind, Reader, slot_of};

use crate::company::Company;
use crate::look::look;
use crate::plan::{Chance, Do, Plan, Setting, Step};
use crate::run::{Database, after};

/// What a world left.
struct Left {
    /// What stands for each customer, without the identities: promises, remedies, books.
    stands: BTreeMap<String, Vec<String>>,
    /// How often each customer heard each thing.
    heard: BTreeMap<String, Vec<Heard>>,
    /// What is kept of each customer, whole but for the day on which the next notice may leave.
    kept: BTreeMap<String, Vec<String>>,
}

/// Tells the facts of a plan whose order may not matter three times: in the order in which they happened, by one session that nothing
/// befalls; shuffled and repeated, by the plan's sessions, which die on the way, but every booking before what is said of its trip; and
/// shuffled altogether. The second leaves the same to the byte, but for the day on which a customer who had enough notices may get the next. The third leaves the same but for the identities of what the clock
/// caused: a promise learnt of late is told the past in lines of its own, and the clock's event is named by its place in the log.
/// Gives the first difference, in words.
///
/// Order matters lawfully where evidence clashes (two ends of one trip: an amount that grew is split into several payments), where an
/// amount is bounded in a year or by a day's budget, and for a storm that must be known when a wait is decided. So of each trip only
/// its first end is told, storms come before it, trips called off at short notice are left out, fares are small and waits short.
///
/// # Errors
/// Where the engine fails.
pub fn compare_orders(plan: &Plan, database: &Database) -> Result<Option<String>> {
    let facts = orderless(&plan.facts);
    let of = |number: &usize, what: fn(&What) -> bool| facts.get(*number).is_some_and(|fact| what(&fact.what));
    let (storms, others): (Vec<usize>, Vec<usize>) =
        (0..facts.len()).partition(|number| of(number, |what| matches!(what, What::Storm { .. })));
    let (bookings, rest): (Vec<usize>, Vec<usize>) =
        others.iter().copied().partition(|number| of(number, |what| matches!(what, What::Booked { .. })));
    let mut chance = Chance::new(plan.seed ^ 0x0dde);
    let mut sorted = rest.clone();
    sorted.sort_by_key(|number| facts.get(*number).map(|fact| fact.time));
    let sharing = database.is_server();
    let calm = Setting { sessions: 1, sharing, split: false, commit_lines: 65_536, ..plan.setting };
    let end = after(plan);
    let tell = |setting: Setting, parts: [&[usize]; 3], chance: Option<&mut Chance>| {
        told(database, setting, &facts, &steps(parts, end, setting.sessions, chance), end)
    };
    let undisturbed = tell(calm, [&bookings, &storms, &sorted], None)?;
    let parts = [&*shuffled(&bookings, &mut chance), &*storms, &*shuffled(&rest, &mut chance)];
    let disturbed = tell(plan.setting, parts, Some(&mut chance))?;
    if undisturbed.kept != disturbed.kept {
        return Ok(Some(format!("in another order {}", difference(&undisturbed, &disturbed))));
    }
    let parts = [&[], &*storms, &*shuffled(&others, &mut chance)];
    let muddled = tell(plan.setting, parts, Some(&mut chance))?;
    if undisturbed.stands != muddled.stands {
        return Ok(Some(format!("with bookings learnt of late {}", difference(&undisturbed, &muddled))));
    }
    Ok(None)
}

fn difference(undisturbed: &Left, other: &Left) -> String {
    for (party, stands) in &undisturbed.stands {
        let found = other.stands.get(party).cloned().unwrap_or_default();
        if *stands != found {
            let only = |one: &[String], other: &[String]| -> Vec<String> {
                one.iter().filter(|line| !other.contains(line)).cloned().collect()
            };
            let (lost, won) = (only(stands, &found), only(&found, stands));
            return format!("`{party}` loses {lost:?} and has {won:?} instead");
        }
    }
    for (party, heard) in &undisturbed.heard {
        let found = other.heard.get(party).cloned().unwrap_or_default();
        if *heard != found {
            return format!("`{party}` hears {found:?}, not {heard:?}");
        }
    }
    for (party, kept) in &undisturbed.kept {
        let found = other.kept.get(party).cloned().unwrap_or_default();
        if let Some(line) = kept.iter().find(|line| !found.contains(line)) {
            let instead = found.iter().find(|line| !kept.contains(line));
            return format!("`{party}` is kept as {instead:?}, not as {line}");
        }
    }
    "somebody else is there".to_owned()
}

fn shuffled(facts: &[usize], chance: &mut Chance) -> Vec<usize> {
    let mut facts = facts.to_vec();
    for place in (1..facts.len()).rev() {
        facts.swap(place, usize::try_from(chance.below(place as u64 + 1)).unwrap_or_default());
    }
    facts
}

/// The steps that tell the parts one after another; with chance, by several sessions, some facts twice, and with deaths in between.
fn steps(parts: [&[usize]; 3], end: Moment, sessions: u8, mut chance: Option<&mut Chance>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut add = |session: u8, what: Do| steps.push(Step { at: end.0, session, what });
    for part in parts {
        for fact in part {
            let Some(chance) = &mut chance else {
                add(0, Do::Tell(*fact));
                continue;
            };
            let mut session = || chance.below(u64::from(sessions)) as u8;
            let (teller, again) = (session(), session());
            match chance.below(20) {
                0..=4 => add(teller, Do::Flush),
                5 => add(teller, Do::Crash),
                6 => add(teller, Do::Die { after: chance.below(3) as u8, durable: chance.percent(50), tidy: true }),
                _ => {}
            }
            add(teller, Do::Tell(*fact));
            if chance.percent(10) {
                add(again, Do::Tell(*fact));
            }
        }
        // Twice: a session that dies of the first is told again what it lost.
        (0..sessions).chain(0..sessions).for_each(|session| add(session, Do::Flush));
    }
    steps
}

/// The facts of which the order does not matter.
fn orderless(facts: &[Fact]) -> Vec<Fact> {
    let (mut ended, mut ids) = (BTreeSet::new(), BTreeSet::new());
    let mut kept = Vec::new();
    for fact in facts {
        let mut fact = fact.clone();
        let keep = match &mut fact.what {
            What::Left { minutes } => {
                *minutes = (*minutes).min(119);
                ended.insert(fact.thing.clone())
            }
            What::Cancelled { notice } => *notice >= 1440 && ended.insert(fact.thing.clone()),
            What::Booked { fare, paid, .. } => {
                (fare.minor, *paid) = (fare.minor / 100 + 1, Vec::new());
                true
            }
            What::Storm { .. } | What::OtherTaken => true,
            _ => false,
        };
        if keep && ids.insert(fact.id.clone()) {
            kept.push(fact);
        }
    }
    kept
}

fn told(database: &Database, setting: Setting, facts: &[Fact], steps: &[Step], end: Moment) -> Result<Left> {
    let fresh = database.fresh(setting.sharing)?;
    let mut company = Company::new(Arc::clone(&fresh.store), setting, facts.to_vec())?;
    for step in steps {
        company.step(step)?;
    }
    company.come_to_rest(end)?;
    let rebuilt = rebuild(&*fresh.store, &company.book(), 1, &|| {})?;
    ensure!(rebuilt.is_same(), "the log folds to something else: {:?}", rebuilt.differ);
    let (mut stands, mut heard, mut kept) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut reader = fresh.store.reader()?;
    for (key, party) in look(&company, end.0, false)?.parties {
        let mut lines = Vec::new();
        for promise in party.promises.values() {
            let pays = promise.pays.is_some();
            lines.push(format!("promise of {} due {} is {} (pays: {pays})", promise.thing, promise.due, promise.state));
        }
        for remedy in party.remedies.values() {
            let (right, kind, amounts, state) = (&remedy.right, &remedy.kind, &remedy.amounts, &remedy.state);
            let (owed_at, pay_by) = (remedy.owed_at, remedy.pay_by);
            lines.push(format!(
                "{amounts:?} under {right} ({kind}) is {state}, owed at {owed_at}, to be paid by {pay_by:?}"
            ));
        }
        lines.extend(party.postings.iter().map(|(_, account, amount)| format!("{account} {amount}")));
        lines.sort();
        let mut all: Vec<Heard> = party.hearing.iter().map(|line| line.heard).collect();
        all.sort();
        heard.insert(key.clone(), all);
        kept.insert(key.clone(), whole(&mut *reader, &key)?);
        stands.insert(key, lines);
    }
    Ok(Left { stands, heard, kept })
}

/// All that is kept of a customer, in words.
fn whole(reader: &mut dyn Reader, party: &str) -> Result<Vec<String>> {
    let slot = slot_of(party);
    let mut lines = Vec::new();
    for head in reader.heads(&[(slot, party)])?.into_iter().flatten() {
        let state = Party { told: None, ..rows::party(&head.state)? };
        lines.push(format!("{state:?}, wakes at {:?}", head.wake_at));
    }
    for row in reader.parts_of(slot, party, PartKind::Promise)? {
        lines.push(format!("{:?}", rows::promise(&row)?));
    }
    for row in reader.parts_of(slot, party, PartKind::Remedy)? {
        lines.push(format!("{:?}", rows::remedy(&row)?));
    }
    lines.extend(reader.postings_of(slot, party)?.iter().map(|line| format!("{line:?}")));
    Ok(lines)
}
