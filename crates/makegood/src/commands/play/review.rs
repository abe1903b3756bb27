use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_charter::value::{Type, Value};
use makegood_core::PromiseState;

use super::gather::{Case, cases};
use crate::Failure;
use crate::language::Language;
use crate::open::Opened;
use crate::output::{put, put_line, table};

/// The week that is looked back on, in milliseconds.
const WEEK: i64 = 7 * 86_400_000;
/// The fields by which an event says what in the process let it happen.
const CAUSES: [&str; 2] = ["cause", "because"];

/// What came of the plays under one cause.
#[derive(Default)]
struct Line {
    ended: usize,
    overdue: usize,
    plays: Vec<Vec<String>>,
}

/// The agenda of the weekly review: what ended in the seven days before `at` or is overdue, by playbook and cause.
pub fn run(opened: &Opened, at: Moment, language: Language) -> Result<bool, Failure> {
    let mut agenda: BTreeMap<(Box<str>, Box<str>), Line> = BTreeMap::new();
    cases(
        opened,
        |_| true,
        |case| {
            let Some((_, playbook)) = case.playbook(opened) else { return Ok(()) };
            let ended = case.play.ended_at.is_some_and(|ended| ended > at.plus(-WEEK) && ended <= at);
            let late = |promise: &makegood_core::Promise| promise.state == PromiseState::Overdue && promise.due <= at;
            let overdue: Vec<&str> =
                case.open(playbook).filter(|(_, promise)| late(promise)).map(|(step, _)| &*step.name).collect();
            if !ended && overdue.is_empty() {
                return Ok(());
            }
            let cause = cause(&case, opened)
                .unwrap_or_else(|| language.of(["not found yet", "尚未查明", "ikke funnet ennå"]).into());
            let line = agenda.entry((playbook.name.clone(), cause)).or_default();
            line.ended = line.ended.saturating_add(usize::from(ended));
            line.overdue = line.overdue.saturating_add(usize::from(!overdue.is_empty()));
            let ending = playbook.endings.get(case.play.ending.unwrap_or(usize::MAX)).map(|ending| &*ending.name);
            let stands = match (ended, ending) {
                (true, Some(ending)) => ending.to_owned(),
                (true, None) => language.play(case.play.state).to_owned(),
                (false, _) => format!("{}: {}", language.promise(PromiseState::Overdue), overdue.join(", ")),
            };
            line.plays.push(vec![case.party.to_string(), case.play.thing.to_string(), stands, case.name()]);
            Ok(())
        },
    )?;
    let mut lines: Vec<_> = agenda.into_iter().collect();
    // What happened most often is talked about first.
    lines.sort_by_key(|(name, line)| (std::cmp::Reverse(line.plays.len()), name.clone()));
    put_line!("{} {at}", language.of(["The week until", "一周回顾，截至", "Uken frem til"]));
    if lines.is_empty() {
        let nothing = [
            "nothing ended, and nothing is overdue",
            "没有结束的事项，也没有逾期",
            "ingenting er avsluttet, og ingenting er forfalt",
        ];
        put_line!("  {}", language.of(nothing));
    }
    for ((playbook, cause), mut line) in lines {
        let (ended, overdue) =
            (language.of(["ended", "项结束", "avsluttet"]), language.of(["overdue", "项逾期", "forfalt"]));
        put_line!("\n{playbook} · {cause}: {} {ended}, {} {overdue}", line.ended, line.overdue);
        line.plays.sort();
        put!("{}", table(&line.plays, &[]));
    }
    Ok(true)
}

/// The cause in the process: the field `cause` or `because` of what was heard last, or of what began the play. Only one of a list
/// of words counts: words of a customer's own are no cause to count by.
fn cause(case: &Case, opened: &Opened) -> Option<Box<str>> {
    let (rules, playbook) = case.playbook(opened)?;
    let heard = case.play.heard.iter().rev().map(|proof| (proof.shape, &proof.data));
    heard.chain([(playbook.on, &case.play.began)]).find_map(|(shape, data)| {
        let shape = rules.charter.shapes.get(shape)?;
        CAUSES.iter().find_map(|name| {
            let position = *shape.positions.get(*name)?;
            match (&shape.fields.get(position)?.kind, data.get(position)?) {
                (Type::Choice(words), Value::Choice(word)) => words.get(usize::from(*word)).cloned(),
                _ => None,
            }
        })
    })
}
