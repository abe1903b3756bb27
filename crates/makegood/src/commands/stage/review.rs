use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_charter::model::Stage;
use makegood_core::stage::{Grounds, Standing, stages_at};
use makegood_engine::{Origin, Work, each_slot, read, standings_of_slot};
use makegood_store::{Reader, Slot};
use makegood_value::rhythm::Rhythm;
use serde_json::json;

use crate::arguments::{self, Model, Output};
use crate::open::threads;
use crate::output::{counter, grouped};
use crate::value::{Base, Cell, Report, Table, date_of, for_day};
use crate::{Failure, clock};

/// Judgements that are taken at once.
const PORTION: usize = 1_000;

/// A judgement on one party.
struct Judgement {
    party: String,
    chance: f64,
    lost: bool,
    silence: f64,
}

/// `makegood stage review`: the fitted model's chance of being a customer, sent to the stages as a judgement from outside. This is
/// the one way in which a figure of value reaches the log, and it can move nothing but a stage.
pub(super) fn run(
    from_where: &arguments::Base,
    model: &Model,
    by: &str,
    dry_run: bool,
    (top, output): (usize, &Output),
) -> Result<bool, Failure> {
    let base = Base::open(from_where, false)?;
    let Some((opened, name)) = &base.database else {
        let help = "leave `--transactions` out: a file has no stages";
        return Err(Failure::new("M049", "a review writes into a database", help));
    };
    let mut notes = base.notes.clone();
    let as_of = end_of_day(&base, opened, name)?;
    if !stages_at(&opened.book, name, as_of).is_some_and(|(_, stages)| stages.judged) {
        return Err(Failure::new(
            "M049",
            format!(
                "the charter `{name}` in force on {} lets no judgement from outside decide who is lost",
                date_of(base.day)
            ),
            "write `judged: true` under `stages: {lost: …}` in a new version",
        ));
    }
    let fitted = for_day(&base, model, base.day, &mut notes)?;
    let standings = standings(opened, name, as_of)?;
    let (unit, below) = (base.terms.unit.days(), base.terms.lost_below);
    let mut judgements: Vec<Judgement> = Vec::new();
    for (party, customer) in base.histories.customers() {
        let (Some(stands), Some(summary)) = (standings.get(party), customer.known_at(base.day, unit)) else { continue };
        let rhythm = Rhythm::of(&fitted.repeat.repeat, &summary);
        let lost = rhythm.is_lost(below);
        // Who is lost for another reason stays so; who was judged so and is not any more is judged anew.
        if (lost && *stands == Stands::Here) || (!lost && *stands == Stands::JudgedLost) {
            judgements.push(Judgement { party: party.to_owned(), chance: rhythm.p_alive, lost, silence: rhythm.times });
        }
    }
    judgements.sort_by(|one, next| one.chance.total_cmp(&next.chance).then_with(|| one.party.cmp(&next.party)));
    notes.push(fitted.origin());
    let mut refused = 0_usize;
    if !dry_run {
        refused = send(opened, &judgements, (name, by, below, as_of, fitted.repeat.repeat.model().name()))?;
    }
    if refused > 0 {
        notes.push(format!("{} were refused: `makegood quarantine list` says why.", grouped(refused as i128)));
    }
    report(&base, name, &judgements, dry_run, (top, output), notes).write(output)?;
    Ok(refused == 0)
}

/// How a party stands, as far as a judgement cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// A customer.
    Here,
    /// Lost, because somebody judged so.
    JudgedLost,
    /// Lost for another reason, or never a customer.
    Elsewhere,
}

fn standings(opened: &crate::open::Opened, name: &str, as_of: Moment) -> Result<BTreeMap<String, Stands>, Failure> {
    let stages = stages_at(&opened.book, name, as_of).map(|(_, stages)| stages);
    let stands = |standing: &Standing| match stages.and_then(|stages| standing.on(stages, as_of)) {
        Some(stand) if stand.stage == Stage::Lost => match stand.grounds {
            Grounds::Judged(_) => Stands::JudgedLost,
            _ => Stands::Elsewhere,
        },
        Some(stand) if stand.stage > Stage::Prospect => Stands::Here,
        _ => Stands::Elsewhere,
    };
    let slot = |reader: &mut dyn Reader, slot: Slot| {
        let mut found = Vec::new();
        let mut take = |party: &str, standing: &Standing| found.push((party.to_owned(), stands(standing)));
        standings_of_slot(reader, slot, name, &mut take)?;
        Ok(found)
    };
    Ok(each_slot(&*opened.store, threads(), &slot, &|| {})?.into_iter().flatten().collect())
}

/// The end of the day that is judged as of, and no later than now.
fn end_of_day(base: &Base, opened: &crate::open::Opened, name: &str) -> Result<Moment, Failure> {
    let rules = opened.book.versions().iter().rev().find(|rules| *rules.charter.name == *name);
    let zone = rules.map_or(jiff::tz::TimeZone::UTC, |rules| rules.charter.zone.clone());
    super::end_of(&date_of(base.day).to_string(), &zone).map(|end| end.min(clock::now()))
}

/// Sends the judgements as events, like anyone's. Gives how many were refused.
fn send(
    opened: &crate::open::Opened,
    judgements: &[Judgement],
    (name, by, below, as_of, model): (&str, &str, f64, Moment, &str),
) -> Result<usize, Failure> {
    let progress = counter("writing judgements down");
    let mut session = opened.session()?;
    let before = session.counts().set_aside;
    for portion in judgements.chunks(PORTION) {
        let mut work = Vec::new();
        for judgement in portion {
            let (party, chance) = (&judgement.party, rounded(judgement.chance, judgement.lost));
            let event = json!({
                "specversion": "1.0", "id": format!("rhythm.judged/{name}/{party}/{}/{chance}", as_of.0),
                "source": "urn:makegood:command", "type": "rhythm.judged", "subject": party, "time": as_of.to_string(),
                "actor": by,
                "data": { "charter": name, "chance": chance, "below": below, "as_of": as_of.to_string(), "model": model },
            });
            let origin = Origin { name: "command".into(), line: 1 };
            let incoming = read(&opened.book, event.to_string().as_bytes(), origin, clock::now());
            let incoming = incoming.map_err(|reject| Failure::new("M021", reject.reason, reject.help))?;
            work.push(Work::Event(Box::new(incoming)));
        }
        progress.inc(portion.len() as u64);
        session.work(work)?;
    }
    session.flush()?;
    progress.finish_and_clear();
    Ok(usize::try_from(session.counts().set_aside.saturating_sub(before)).unwrap_or(usize::MAX))
}

/// The chance with the six decimals that an event has, on its own side of the bound.
fn rounded(chance: f64, lost: bool) -> f64 {
    let millionths = chance * 1e6;
    let whole = if lost { millionths.floor() } else { millionths.ceil() };
    (whole / 1e6).clamp(0.0, 1.0)
}

fn report(
    base: &Base,
    name: &str,
    judgements: &[Judgement],
    dry_run: bool,
    (top, output): (usize, &Output),
    notes: Vec<String>,
) -> Report {
    let row = |judgement: &Judgement| {
        vec![
            Cell::text(&judgement.party),
            Cell::text(if judgement.lost { "lost" } else { "not lost any more" }),
            Cell::share(judgement.chance),
            Cell::number(judgement.silence, 1),
        ]
    };
    let columns = vec![("party", false), ("judged", false), ("P(alive)", true), ("silence", true)];
    let lost = judgements.iter().filter(|judgement| judgement.lost).count();
    let back = judgements.len().saturating_sub(lost);
    let (were, written) = if dry_run {
        ("would be", "Nothing was written down.")
    } else {
        ("were", "Each is an event, with its reason.")
    };
    Report {
        title: format!("Who is lost under {name}, judged as of {}", date_of(base.day)),
        lead: vec![
            format!(
                "{} parties {were} judged lost (chance below {}), {} not lost any more. {written}",
                grouped(lost as i128),
                Cell::share(base.terms.lost_below).shown,
                grouped(back as i128)
            ),
            "Silence is counted in each party's own usual time between purchases.".to_owned(),
        ],
        tables: vec![Table::first("The least likely first", columns, judgements, output.rows(top), row)],
        plots: Vec::new(),
        notes,
        data: output.data(|| {
            let each = judgements.iter().map(|judgement| {
                json!({ "party": judgement.party, "lost": judgement.lost, "p_alive": judgement.chance, "silence": judgement.silence })
            });
            json!({
                "charter": name, "as_of": date_of(base.day).to_string(), "below": base.terms.lost_below,
                "dry_run": dry_run, "lost": lost, "not_lost_any_more": back, "parties": each.collect::<Vec<_>>(),
            })
        }),
    }
}
