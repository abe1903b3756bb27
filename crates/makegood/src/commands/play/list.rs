use makegood_core::PlayState;

use super::gather::{Case, cases};
use crate::arguments::{PlayFilter, PlayList};
use crate::commands::moment;
use crate::output::{put, table};
use crate::{Failure, open};

/// Lists plays, the one whose next step is due soonest first.
pub fn run(arguments: &PlayList) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let due_by = arguments.due_by.as_deref().map(moment).transpose()?;
    let state = arguments.state.map(wanted);
    let (limit, language) = (arguments.limit.get(), arguments.spoken.language());
    let mut found: Vec<(Option<i64>, Case)> = Vec::new();
    let fits = |row: &makegood_store::PartRow| {
        state.is_none_or(|state| row.state == state as u8)
            && arguments.playbook.as_ref().is_none_or(|name| **name == *row.clause)
    };
    cases(&opened, fits, |case| {
        let due = case.playbook(&opened).and_then(|(_, playbook)| case.due(playbook));
        if due_by.is_none_or(|until| due.is_some_and(|due| due <= until)) {
            found.push((due.map(|due| due.0), case));
        }
        // Only the soonest are shown: what cannot be among them is let go.
        if found.len() > limit.saturating_mul(2).saturating_add(1_000) {
            soonest(&mut found, limit);
        }
        Ok(())
    })?;
    soonest(&mut found, limit);
    let lines: Vec<Vec<String>> = found
        .iter()
        .map(|(_, case)| {
            let playbook = case.playbook(&opened).map(|(_, playbook)| playbook);
            let due = playbook.and_then(|playbook| case.due(playbook));
            let ending = playbook.and_then(|playbook| playbook.endings.get(case.play.ending?));
            let state = match ending {
                Some(ending) => format!("{}: {}", language.play(case.play.state), ending.name),
                None => language.play(case.play.state).to_owned(),
            };
            let open = playbook.into_iter().flat_map(|playbook| case.open(playbook)).map(|(step, promise)| {
                let clause = playbook_clause(case, &opened, step.promise);
                let owner = promise.owner(clause).unwrap_or_else(|| language.of(["owner", "责任人", "ansvarlig"]));
                format!("{} {} ({owner})", step.name, language.promise(promise.state))
            });
            let open = open.collect::<Vec<_>>().join(", ");
            vec![
                due.map_or_else(|| "-".to_owned(), |due| due.to_string()),
                playbook.map_or_else(String::new, |playbook| playbook.name.to_string()),
                state,
                case.party.to_string(),
                case.play.thing.to_string(),
                case.name(),
                open,
            ]
        })
        .collect();
    put!("{}", table(&lines, &[]));
    Ok(true)
}

fn playbook_clause<'o>(
    case: &Case,
    opened: &'o open::Opened,
    promise: usize,
) -> Option<&'o makegood_charter::model::Promise> {
    case.playbook(opened)?.0.charter.promises.get(promise)
}

fn wanted(filter: PlayFilter) -> PlayState {
    match filter {
        PlayFilter::Running => PlayState::Running,
        PlayFilter::Done => PlayState::Done,
        PlayFilter::Ended => PlayState::Ended,
        PlayFilter::LeftAlone => PlayState::Control,
    }
}

fn soonest(found: &mut Vec<(Option<i64>, Case)>, limit: usize) {
    found.sort_by(|(a, one), (b, other)| {
        (a.is_none(), a, &one.party, one.play.id).cmp(&(b.is_none(), b, &other.party, other.play.id))
    });
    found.truncate(limit);
}
