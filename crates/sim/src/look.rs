//! What is kept, read from the store and put into the auditor's plain rows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use makegood_auditor::{Heard, Hearing, Message, PromiseSeen, RemedySeen, Seen, SeenParty, Trigger, day_of};
use makegood_charter::clock::parse_moment;
use makegood_core::id::{Kind, Name, hex};
use makegood_core::{Clause, PromiseState, RemedyKind, RemedyState, Rulebook};
use makegood_engine::{CLOCK_REACHED, CLOCK_SOURCE, idempotency_key, rows};
use makegood_money::{Commodity, Money};
use makegood_store::{Body, EventRow, Ident, OutboxRow, PartKind, Reader, slot_of};
use serde_json::Value as Json;

use crate::company::{Company, set_aside};
use crate::plan::{BEGIN, LENGTH};

/// Looks at everything, after the clock was moved to `clock`.
pub(crate) fn look(company: &Company, clock: i64, all_dispatched: bool) -> Result<Seen> {
    let mut reader = company.store.reader()?;
    let looker = Looker::new(company);
    let mut seen = Seen {
        received: company.received(),
        acknowledged: company.acknowledged.clone(),
        set_aside: set_aside(&mut *reader, &company.lines)?.into_iter().collect(),
        verdicts: company.verdicts.clone(),
        clock,
        budget_is_shared: company.budget_is_shared(),
        all_dispatched,
        ..Seen::default()
    };
    let parties: BTreeSet<&str> = company.facts.iter().filter_map(|fact| fact.party.as_deref()).collect();
    let things: BTreeSet<&str> =
        company.facts.iter().map(|fact| fact.thing.as_str()).filter(|key| !key.is_empty()).collect();
    let mut logs = 0;
    let mut words: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for thing in things {
        let lines = whole_log(&mut *reader, thing)?;
        logs += u64::from(!lines.is_empty());
        for line in &lines {
            let Body::Own(bytes) = &line.body else { continue };
            let fact = looker.fact(bytes).context("a trip's log holds what nobody told")?;
            words.insert((thing.to_owned(), line.seq), fact);
            seen.said.entry(thing.to_owned()).or_default().push(fact);
        }
    }
    for party in parties {
        let lines = whole_log(&mut *reader, party)?;
        logs += u64::from(!lines.is_empty());
        seen.parties.insert(party.to_owned(), looker.party(&mut *reader, party, &lines, &words)?);
    }
    let heads = reader.count("head")?;
    ensure!(heads == logs, "{heads} logs are kept, and {logs} of them belong to somebody");
    for (account, commodity, _, sum) in reader.balances()? {
        seen.balances.insert((account.to_string(), commodity.to_string()), sum);
    }
    let days = day_of(BEGIN) - 60..day_of(BEGIN + 3 * LENGTH);
    for ((day, _), sum) in reader.tallies("budget", days)? {
        *seen.spent.entry(day).or_default() += sum;
    }
    Ok(seen)
}

fn whole_log(reader: &mut dyn Reader, key: &str) -> Result<Vec<EventRow>> {
    Ok(reader.log(slot_of(key), key, 0, 1_000_000)?)
}

struct Looker {
    by_bytes: BTreeMap<Vec<u8>, usize>,
    idents: Vec<Ident>,
    book: std::sync::Arc<Rulebook>,
}

impl Looker {
    fn new(company: &Company) -> Self {
        Self {
            by_bytes: company.lines.iter().cloned().zip(0..).collect(),
            idents: (0..company.facts.len()).map(|fact| company.ident(fact)).collect(),
            book: company.book(),
        }
    }

    fn fact(&self, bytes: &[u8]) -> Option<usize> {
        self.by_bytes.get(bytes).copied()
    }

    fn party(
        &self,
        reader: &mut dyn Reader,
        party: &str,
        lines: &[EventRow],
        words: &BTreeMap<(String, u64), usize>,
    ) -> Result<SeenParty> {
        let mut seen = SeenParty::default();
        let mut causes: BTreeMap<Ident, Trigger> = BTreeMap::new();
        let mut own: BTreeMap<u64, usize> = BTreeMap::new();
        for line in lines {
            let heard = match &line.body {
                Body::Own(bytes) => match self.fact(bytes) {
                    Some(fact) => {
                        own.insert(line.seq, fact);
                        causes.insert(line.ident, Trigger::Fact(fact));
                        Heard::Fact(fact)
                    }
                    None => {
                        let at = clock_at(bytes).context("a log holds what nobody told")?;
                        causes.insert(line.ident, Trigger::Clock(at));
                        Heard::Clock(at)
                    }
                },
                Body::Heard { thing, seq } => {
                    let known = if &**thing == party { own.get(seq) } else { words.get(&(thing.to_string(), *seq)) };
                    let fact = *known.context("a log points to a line that is not there")?;
                    let ident = self.idents.get(fact).copied().unwrap_or_default();
                    let first = makegood_store::ident(&hex(&ident), thing) == line.ident;
                    if first {
                        causes.insert(ident, Trigger::Fact(fact));
                    }
                    if first { Heard::Fact(fact) } else { Heard::Again(fact) }
                }
                Body::Erased(_) => anyhow::bail!("a log's words were erased"),
            };
            seen.hearing.push(Hearing { heard, budget_spent: line.context != 0 });
        }
        self.parts(reader, party, &causes, &mut seen)?;
        let slot = slot_of(party);
        for row in reader.postings_of(slot, party)? {
            let amount = Money::new(row.amount, Commodity::new(&row.commodity, row.decimals)?);
            seen.postings.push((hex(&row.movement), row.account.to_string(), amount));
        }
        for row in reader.outbox_of(slot, party)? {
            seen.messages.push(message(&row)?);
        }
        Ok(seen)
    }

    fn parts(
        &self,
        reader: &mut dyn Reader,
        party: &str,
        causes: &BTreeMap<Ident, Trigger>,
        seen: &mut SeenParty,
    ) -> Result<()> {
        let slot = slot_of(party);
        let terms = |tag| self.book.by_tag(tag).map_or(0, |(position, _)| position as u8 + 1);
        let promise_name = |id| Name::new(Kind::Promise, party, id).to_string();
        let remedy_name = |id| Name::new(Kind::Remedy, party, id).to_string();
        for row in reader.parts_of(slot, party, PartKind::Promise)? {
            let promise = rows::promise(&row)?;
            let pays = match promise.clause {
                Clause::Promise(_) | Clause::Delegated(_) => None,
                Clause::Pay { remedy, .. } => Some(remedy_name(remedy)),
            };
            // What lists show is what is looked at; the whole of it only for what no list shows.
            let state = PromiseState::ALL.get(usize::from(row.state)).map_or("unknown", |state| state.word());
            let is = PromiseSeen {
                cause: causes.get(&promise.cause).copied(),
                pays,
                thing: row.thing.to_string(),
                state: state.to_owned(),
                due: row.due.unwrap_or_default(),
                terms: terms(promise.charter),
            };
            seen.promises.insert(promise_name(row.id), is);
        }
        for row in reader.parts_of(slot, party, PartKind::Remedy)? {
            let remedy = rows::remedy(&row)?;
            let state = RemedyState::ALL.get(usize::from(row.state)).map_or("unknown", |state| state.word());
            let kind = match remedy.kind {
                RemedyKind::Restitution => "restitution",
                RemedyKind::Compensation => "compensation",
                RemedyKind::Penalty => "penalty",
                RemedyKind::Goodwill => "goodwill",
            };
            let is = RemedySeen {
                promise: remedy.promise.map(promise_name),
                right: row.clause.to_string(),
                kind: kind.to_owned(),
                cause: causes.get(&remedy.reason.cause).copied(),
                amounts: remedy.amounts.iter().collect(),
                state: state.to_owned(),
                owed_at: row.since,
                pay_by: row.due,
                terms: terms(remedy.reason.charter),
            };
            seen.remedies.insert(remedy_name(row.id), is);
        }
        Ok(())
    }
}

fn clock_at(bytes: &[u8]) -> Option<i64> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    let text = |field: &str| json.get(field).and_then(Json::as_str);
    let clocks = text("type") == Some(CLOCK_REACHED) && text("source") == Some(CLOCK_SOURCE);
    let at = parse_moment(text("time").filter(|_| clocks)?, &jiff::tz::TimeZone::UTC).ok()?;
    Some(at.0)
}

fn message(row: &OutboxRow) -> Result<Message> {
    let body: Json = serde_json::from_slice(&row.body)?;
    let text = |field: &str| body.get(field).and_then(Json::as_str).map(ToOwned::to_owned);
    let list = |field: &str| {
        let list = body.get(field).and_then(Json::as_array);
        list.map(|list| list.iter().filter_map(Json::as_str).map(ToOwned::to_owned).collect::<Vec<String>>())
    };
    Ok(Message {
        key: idempotency_key(row),
        topic: row.topic.to_string(),
        remedies: list("remedies").unwrap_or_else(|| text("remedy").into_iter().collect()),
        promise: text("promise"),
        amounts: list("amounts").unwrap_or_default(),
        body: row.body.to_vec(),
        delivered: row.delivered.is_some(),
        withdrawn: row.delivered.is_none() && row.next_try.is_none(),
        attempts: row.attempts,
    })
}
