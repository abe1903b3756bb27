//! Plays with the promises that their steps are, read from every slot.

use makegood_charter::Moment;
use makegood_charter::model::{Playbook, Step};
use makegood_core::id::{Kind, about};
use makegood_core::{Beside, Name, Play, Promise, Rules, StepState};
use makegood_engine::rows;
use makegood_store::{PartId, PartKind, PartRow, Reader, SLOTS, Slot};

use super::unknown;
use crate::Failure;
use crate::open::Opened;
use crate::output::bar;

/// Rows read at once.
const ROWS: usize = 5_000;

/// A play, whose it is, and its steps that were entered.
pub struct Case {
    /// Whose it is.
    pub party: Box<str>,
    /// The play.
    pub play: Play,
    /// The promises about what it is about that are its steps.
    pub promises: Vec<Promise>,
}

impl Case {
    /// The name by which people call it.
    pub fn name(&self) -> String {
        Name::new(Kind::Play, &self.party, self.play.id).to_string()
    }

    /// What it is about, where it is about anything.
    pub fn about(&self) -> Option<&str> {
        Some(&*self.play.thing).filter(|thing| !thing.is_empty())
    }

    /// The charter version and the playbook that it runs by, where the database still has them.
    pub fn playbook<'o>(&self, opened: &'o Opened) -> Option<(&'o Rules, &'o Playbook)> {
        let (_, rules) = opened.book.by_tag(self.play.charter)?;
        Some((rules, self.play.playbook_of(rules)?))
    }

    /// The promise that a step is, if it was entered.
    pub fn promise(&self, state: StepState) -> Option<&Promise> {
        let (StepState::Entered(id) | StepState::Settled(id, ..)) = state else { return None };
        self.promises.iter().find(|promise| promise.id == id)
    }

    /// Its steps that are open now, with their promises.
    pub fn open<'c>(&'c self, playbook: &'c Playbook) -> impl Iterator<Item = (&'c Step, &'c Promise)> {
        let steps = playbook.steps.iter().zip(&self.play.steps);
        let entered = steps.filter(|(_, state)| matches!(state, StepState::Entered(_)));
        entered
            .filter_map(|(step, state)| Some((step, self.promise(*state)?)))
            .filter(|(_, promise)| promise.state.is_open())
    }

    /// When the next of its steps is due.
    pub fn due(&self, playbook: &Playbook) -> Option<Moment> {
        self.open(playbook).map(|(_, promise)| promise.due).min()
    }
}

/// Every play that `wanted` wants, with its promises. A bar shows how far it has come.
pub fn cases(
    opened: &Opened,
    mut wanted: impl FnMut(&PartRow) -> bool,
    mut each: impl FnMut(Case) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = opened.store.reader()?;
    let progress = bar(u64::from(SLOTS), "reading plays");
    for slot in (0..SLOTS).map(Slot) {
        let mut after: Option<(Box<str>, PartId)> = None;
        loop {
            let from = after.as_ref().map(|(party, id)| (&**party, id));
            let page = reader.parts_of_slot(slot, PartKind::Play, from, ROWS)?;
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            for row in page.iter().filter(|row| wanted(row)) {
                if let Some(case) = case(&mut *reader, row)? {
                    each(case)?;
                }
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

fn case(reader: &mut dyn Reader, row: &PartRow) -> Result<Option<Case>, Failure> {
    let Some(Beside::Play(play)) = rows::beside(row)? else { return Ok(None) };
    let kept = reader.parts_about(row.slot, &row.party, PartKind::Promise, about(&play.thing))?;
    let mut promises = Vec::new();
    // The promises of steps are named `playbook/step`.
    for row in kept.iter().filter(|row| row.clause.contains('/')) {
        let promise = rows::promise(row)?;
        if promise.play() == Some(play.id) {
            promises.push(promise);
        }
    }
    Ok(Some(Case { party: row.party.clone(), play, promises }))
}

/// The play of this name.
pub fn named(opened: &Opened, text: &str) -> Result<Case, Failure> {
    let name = super::parsed(text)?;
    let slot = Slot(u16::from_be_bytes(name.place) >> 6);
    let mut reader = opened.store.reader()?;
    let found = reader.parts_by_id(slot, PartKind::Play, &name.id)?;
    let row = found.iter().find(|row| Name::new(name.kind, &row.party, name.id) == name);
    row.map(|row| case(&mut *reader, row)).transpose()?.flatten().ok_or_else(|| unknown(text))
}
