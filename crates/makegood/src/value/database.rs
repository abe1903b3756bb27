//! The parties of a database: what they bought, from their states; and around it what they were let down by, given and cost,
//! from the views and the books. The log is never read.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use makegood_charter::Moment;
use makegood_charter::model::{Charter, Margin, Stage, TimeUnit, Valuation};
use makegood_core::stage::Grounds;
use makegood_core::{Dealings, Promise, PromiseState, Rulebook, in_charter_money};
use makegood_engine::{EngineError, dealers_of_slot, each_slot, rows, standings_of_slot};
use makegood_money::{Commodity, Money, Ratio};
use makegood_store::{PartId, PartKind, PostingRow, Reader, SLOTS, Slot};
use makegood_value::equity::{Cause, Circumstances, LetDown, LostSpell};
use makegood_value::{Day, Fault, Histories};

use super::base::{Base, Terms};
use crate::arguments::Unit;
use crate::open::threads;
use crate::output::{bar, grouped};
use crate::{Failure, open};

/// Rows read at once.
const ROWS: usize = 5_000;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What one slot holds.
#[derive(Default)]
struct Found {
    dealers: Vec<(Box<str>, Dealings)>,
    around: BTreeMap<String, Circumstances>,
    cared: BTreeMap<String, Vec<i32>>,
    foreign: u64,
}

/// Reads every party that dealt under the charter.
pub(super) fn read(url: &str, name: Option<&str>, around: bool) -> Result<Base, Failure> {
    let opened = open::database(url).map_err(|failure| match failure.code {
        "M011" => Failure { help: format!("{}; or value a file with `--transactions FILE`", failure.help), ..failure },
        _ => failure,
    })?;
    let charters = opened.book.versions().iter().map(|rules| &*rules.charter);
    let (charter, valuation) = choose(charters, name, url)?;
    let progress = bar(u64::from(SLOTS), "reading customers");
    let slot = |reader: &mut dyn Reader, slot: Slot| slot_of(reader, slot, &opened.book, charter, around);
    let found = each_slot(&*opened.store, threads(), &slot, &|| progress.inc(1))?;
    progress.finish_and_clear();
    let mut histories = Histories::new(charter.money.code());
    let mut gathered = Found::default();
    let (mut foreign, mut unread) = (0_u64, 0_u64);
    for slot in found {
        for (party, dealings) in slot.dealers {
            foreign = foreign.saturating_add(u64::from(dealings.foreign));
            unread = unread.saturating_add(u64::from(dealings.unread));
            let days = days(&dealings, &mut histories);
            days.and_then(|days| histories.insert(&party, days)).map_err(|fault| {
                Failure::new("M041", format!("`{party}`: {fault}"), "look at the amounts of its purchases")
            })?;
            let left = dealings.left.iter().map(|(day, why)| (*day, cause(why)));
            gathered.around.entry(party.into()).or_default().left.extend(left);
        }
        for (party, mut more) in slot.around {
            let known = gathered.around.entry(party).or_default();
            known.let_down.append(&mut more.let_down);
            known.spent.append(&mut more.spent);
            known.lost = more.lost.take();
        }
        gathered.cared.extend(slot.cared);
        gathered.foreign = gathered.foreign.saturating_add(slot.foreign);
    }
    let notes = notes(&histories, &gathered, foreign, unread);
    let (terms, decimals, name) = (terms(valuation), charter.money.decimals(), charter.name.to_string());
    let Found { around: circumstances, cared, .. } = gathered;
    Ok(Base { histories, circumstances, cared, terms, decimals, day: 0, notes, database: Some((opened, name)) })
}

/// The charter that says how customers are valued: its latest version that says so.
fn choose<'c>(
    charters: impl Iterator<Item = &'c Charter>,
    name: Option<&str>,
    url: &str,
) -> Result<(&'c Charter, &'c Valuation), Failure> {
    let valuing = charters.filter_map(|charter| Some((&*charter.name, (charter, charter.valuation.as_ref()?))));
    let latest: BTreeMap<&str, (&Charter, &Valuation)> = valuing.collect();
    let names: Vec<String> = latest.keys().map(|name| format!("`{name}`")).collect();
    match (name, latest.len()) {
        (_, 0) => Err(Failure::new(
            "M046",
            format!("no charter of `{url}` says how customers are valued"),
            "give the charter a section `value:` in a new version; or value a file with `--transactions FILE`",
        )),
        (Some(name), _) => latest.get(name).copied().ok_or_else(|| {
            let message = format!("no charter `{name}` of `{url}` says how customers are valued");
            Failure::new("M046", message, format!("those that do: {}", names.join(", ")))
        }),
        (None, 1) => latest.into_values().next().ok_or_else(|| Failure::new("M046", "no charter", "")),
        (None, _) => Err(Failure::new(
            "M046",
            format!("several charters of `{url}` say how customers are valued: {}", names.join(", ")),
            "name one of them with `--charter NAME`",
        )),
    }
}

fn terms(valuation: &Valuation) -> Terms {
    let mut margins = valuation.purchases.iter().map(|purchase| match purchase.margin {
        Margin::Whole => Some(1.0),
        Margin::Share(share) => Some(real(share)),
        Margin::Expr(_) => None,
    });
    let first = margins.next().flatten();
    Terms {
        discount: real(valuation.discount),
        horizon_years: valuation.horizon_years.map(real),
        unit: match valuation.unit {
            TimeUnit::Day => Unit::Day,
            TimeUnit::Week => Unit::Week,
            TimeUnit::Month => Unit::Month,
        },
        lost_below: real(valuation.lost_below),
        // With one share for all it is exact; else the data tell the mean.
        margin: first.filter(|_| margins.all(|margin| margin == first)),
    }
}

fn real(ratio: Ratio) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share written with at most a few digits")]
    let (part, whole) = (ratio.numerator() as f64, ratio.denominator() as f64);
    part / whole
}

fn cause(why: &str) -> Cause {
    match why {
        "" => Cause::Unknown,
        "price" => Cause::Price,
        "competitor" => Cause::Competitor,
        other => Cause::Other(other.replace(['-', '_'], " ")),
    }
}

fn notes(histories: &Histories, gathered: &Found, foreign: u64, unread: u64) -> Vec<String> {
    let mut notes = Vec::new();
    let currency = histories.currency();
    if foreign > 0 {
        notes.push(format!("{} amounts in another currency than {currency} are left out.", grouped(foreign)));
    }
    if unread > 0 {
        notes.push(format!("{} amounts that could not be read, or were below zero, are left out.", grouped(unread)));
    }
    if gathered.foreign > 0 {
        let count = grouped(gathered.foreign);
        notes.push(format!("{count} lines of the books in tenders that have no worth in {currency} are left out."));
    }
    let strangers = gathered
        .around
        .iter()
        .filter(|(party, around)| !around.spent.is_empty() && histories.customer(party).is_none());
    match strangers.count() {
        0 => {}
        count => notes.push(format!(
            "{} parties were given remedies and have bought nothing that counts: they are in no figure here.",
            grouped(count as i128)
        )),
    }
    notes
}

/// A party's days as the models read them.
fn days(dealings: &Dealings, histories: &mut Histories) -> Result<Vec<Day>, Fault> {
    let whole = |amount: i128| i64::try_from(amount).map_err(|_| Fault::Overflow);
    let day = |day: &makegood_core::DealingDay| {
        Ok(Day {
            day: day.day,
            purchases: day.purchases,
            amount_minor: whole(day.amount)?,
            margin_minor: whole(day.margin)?,
            cost_minor: whole(day.cost)?,
            segment: day.segment.as_ref().map_or(0, |(_, name)| histories.segment(name)),
        })
    };
    dealings.days.iter().map(day).collect()
}

fn slot_of(
    reader: &mut dyn Reader,
    slot: Slot,
    book: &Rulebook,
    charter: &Charter,
    around: bool,
) -> Result<Found, EngineError> {
    let mut found = Found::default();
    for (party, trades) in dealers_of_slot(reader, slot)? {
        let of_this = |((name, currency), _): &((Box<str>, Box<str>), Dealings)| {
            *name == charter.name && **currency == *charter.money.code()
        };
        found.dealers.extend(trades.into_iter().find(of_this).map(|(_, dealings)| (party, dealings)));
    }
    if around {
        promises(reader, slot, book, &charter.zone, &mut found)?;
        spells(reader, slot, charter, &mut found)?;
        remedies(reader, slot, &charter.zone, &mut found)?;
        books(reader, slot, charter, &mut found)?;
    }
    Ok(found)
}

/// Hands every part of a slot to `take`.
fn each_part(
    reader: &mut dyn Reader,
    slot: Slot,
    kind: PartKind,
    mut take: impl FnMut(&makegood_store::PartRow) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let mut after: Option<(Box<str>, PartId)> = None;
    loop {
        let from = after.as_ref().map(|(party, id)| (&**party, id));
        let page = reader.parts_of_slot(slot, kind, from, ROWS)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.party.clone(), last.id));
        page.iter().try_for_each(&mut take)?;
    }
}

/// By which promises each was let down, and for how long each stood so: what became of it later was not known before.
fn promises(
    reader: &mut dyn Reader,
    slot: Slot,
    book: &Rulebook,
    zone: &TimeZone,
    found: &mut Found,
) -> Result<(), EngineError> {
    each_part(reader, slot, PartKind::Promise, |row| {
        let state = PromiseState::ALL.get(usize::from(row.state));
        if state.is_some_and(|state| state.lets_down()) {
            let promise = rows::promise(row)?;
            let down = let_down(&promise, &row.clause, book, zone);
            found.around.entry(row.party.to_string()).or_default().let_down.extend(down);
        }
        Ok(())
    })
}

/// How a promise let its party down: overdue from when silence counts until something was shown, then what was shown.
fn let_down(promise: &Promise, clause: &str, book: &Rulebook, zone: &TimeZone) -> Vec<LetDown> {
    // The promise to pay a remedy has no clause of its own.
    let name = if clause == "pay" { "pay what was owed" } else { clause };
    let rules = book.by_tag(promise.charter).map(|(_, rules)| rules);
    let silent_after = rules.and_then(|rules| promise.clause_of(rules)).map_or(0, |clause| clause.silent_after);
    let overdue = day_of(promise.due.plus(silent_after).0, zone);
    let shown =
        promise.settled.filter(|_| promise.state != PromiseState::Overdue).and_then(|(at, _)| day_of(at.0, zone));
    let mut down = Vec::new();
    if let Some(day) = overdue.filter(|day| shown.is_none_or(|shown| *day < shown)) {
        down.push(LetDown { day, until: shown, cause: Cause::Other(format!("promise `{name}` overdue")) });
    }
    if let Some(day) = shown {
        let cause = match promise.state {
            PromiseState::Broken => Cause::BrokenPromise(name.to_owned()),
            _ => Cause::Other(format!("promise `{name}` kept late")),
        };
        down.push(LetDown { day, until: None, cause });
    }
    down
}

/// When each was lost, where the charter's stages say that. They know of every day only what had happened by then.
fn spells(reader: &mut dyn Reader, slot: Slot, charter: &Charter, found: &mut Found) -> Result<(), EngineError> {
    let Some(stages) = &charter.stages else { return Ok(()) };
    standings_of_slot(reader, slot, &charter.name, &mut |party, standing| {
        let history = standing.history(stages, Moment(i64::MAX));
        let mut lost: Vec<LostSpell> = Vec::new();
        for stand in &history {
            let Some(day) = day_of(stand.since.0, &charter.zone) else { continue };
            match &stand.grounds {
                grounds if stand.stage == Stage::Lost => {
                    let stated = match grounds {
                        Grounds::Seen(seen) => Some(cause(&seen.why)),
                        _ => None,
                    };
                    lost.push(LostSpell { from: day, until: None, stated });
                }
                _ => {
                    if let Some(open) = lost.last_mut().filter(|spell| spell.until.is_none()) {
                        open.until = Some(day);
                    }
                }
            }
        }
        found.around.entry(party.to_owned()).or_default().lost = Some(lost);
    })
}

/// When each was given a remedy or goodwill.
fn remedies(reader: &mut dyn Reader, slot: Slot, zone: &TimeZone, found: &mut Found) -> Result<(), EngineError> {
    each_part(reader, slot, PartKind::Remedy, |row| {
        if let Some(day) = day_of(row.since, zone) {
            found.cared.entry(row.party.to_string()).or_default().push(day);
        }
        Ok(())
    })
}

/// What remedies and goodwill cost, less what was waived.
fn books(reader: &mut dyn Reader, slot: Slot, charter: &Charter, found: &mut Found) -> Result<(), EngineError> {
    let mut after: Option<(Box<str>, PartId, u8)> = None;
    loop {
        let from = after.as_ref().map(|(party, id, line)| (&**party, id, *line));
        let lines = reader.postings_of_slot(slot, from, ROWS)?;
        let Some(last) = lines.last() else { return Ok(()) };
        after = Some((last.party.clone(), last.movement, last.line));
        let counts =
            |line: &&PostingRow| line.account.starts_with("Expenses:") || line.account.starts_with("Income:Waived");
        for line in lines.iter().filter(counts) {
            match (worth(line, charter), day_of(line.time, &charter.zone)) {
                (Some(amount), Some(day)) => {
                    found.around.entry(line.party.to_string()).or_default().spent.push((day, amount));
                }
                _ => found.foreign = found.foreign.saturating_add(1),
            }
        }
    }
}

/// What a line is worth in the charter's money, in minor units.
fn worth(line: &PostingRow, charter: &Charter) -> Option<i64> {
    let amount = Money::new(line.amount, Commodity::new(&line.commodity, line.decimals).ok()?);
    in_charter_money(charter, amount).ok().map(|money| money.minor)
}

/// The day of a moment in the charter's zone.
fn day_of(moment: i64, zone: &TimeZone) -> Option<i32> {
    let timestamp = jiff::Timestamp::from_millisecond(moment).ok()?;
    let ahead = i64::from(zone.to_offset(timestamp).seconds()).checked_mul(1_000)?;
    i32::try_from(moment.checked_add(ahead)?.div_euclid(DAY)).ok()
}
