//! Finds who does the steps of running plays. What it finds it sends as events that a person could have sent.

use std::collections::{BTreeMap, BTreeSet};

use makegood_charter::Moment;
use makegood_charter::builtin::PLAY_ASSIGNED;
use makegood_core::{Party, Role};
use makegood_engine::rows;
use makegood_store::{Reader, SLOTS, Slot, slot_of};
use serde_json::json;

use super::gather::{Case, cases, named};
use crate::Failure;
use crate::commands::send::{Said, send};
use crate::language::Language;
use crate::open::Opened;
use crate::output::{put, put_line, table};

/// Heads read at once.
const ROWS: usize = 5_000;
/// Those who may have roles for the house.
const STAFF: [&str; 3] = ["employee:", "partner:", "supplier:"];
/// How many deputies of deputies are asked before it is given up.
const DEPUTIES: usize = 8;

/// The people of the house: who has which role, who is away, and how much each has to do.
struct House {
    at: Moment,
    /// The language in which it is said why somebody was found.
    language: String,
    people: BTreeMap<Box<str>, Party>,
    /// Steps that are open, by whose they are.
    load: BTreeMap<Box<str>, u64>,
}

/// Finds people for one play, or for every play that runs.
pub fn run(opened: &Opened, play: Option<&str>, by: &str, at: Moment, language: Language) -> Result<bool, Failure> {
    let mut house = House { at, language: language.0.to_owned(), people: BTreeMap::new(), load: BTreeMap::new() };
    let mut running = Vec::new();
    let named = play.map(|play| named(opened, play)).transpose()?;
    cases(
        opened,
        |row| row.state == makegood_core::PlayState::Running as u8,
        |case| {
            if let Some((rules, playbook)) = case.playbook(opened) {
                for (step, promise) in case.open(playbook) {
                    let owner = promise.owner(rules.charter.promises.get(step.promise)).unwrap_or_default();
                    let load = house.load.entry(owner.into()).or_default();
                    *load = load.saturating_add(1);
                }
            }
            if named.as_ref().is_none_or(|named| named.play.id == case.play.id && named.party == case.party) {
                running.push(case);
            }
            Ok(())
        },
    )?;
    let mut reader = opened.store.reader()?;
    house.read(&mut *reader)?;
    let mut found = Vec::new();
    let mut nobody = BTreeMap::<Box<str>, u64>::new();
    for case in &running {
        let party = state(&mut *reader, &case.party)?;
        for role in roles(case, opened) {
            let present = case.play.people.iter().find(|(known, _)| *known == role);
            if present.is_some_and(|(_, person)| !house.is_away(person)) {
                continue;
            }
            let Some((person, why)) = house.find(&party, &role) else {
                let count = nobody.entry(role).or_default();
                *count = count.saturating_add(1);
                continue;
            };
            assign(opened, case, (&role, &person, &why), by, at)?;
            let load = house.load.entry(person.clone()).or_default();
            *load = load.saturating_add(1);
            found.push(vec![case.name(), case.party.to_string(), role.to_string(), person.to_string(), why]);
        }
    }
    put!("{}", table(&found, &[]));
    put_line!("{} {}", found.len(), language.of(["roles found", "个角色已有人担任", "roller funnet"]));
    for (role, count) in &nobody {
        put_line!(
            "{}",
            match language.0 {
                "zh" => format!("没有人担任角色“{role}”，{count} 个事项需要该角色：请发送 `role.given`"),
                "nb" => format!("ingen har rollen `{role}`, som {count} saker trenger: send `role.given`"),
                _ => format!("nobody has the role `{role}`, which {count} plays need: send `role.given`"),
            }
        );
    }
    Ok(nobody.is_empty())
}

/// The roles whose turn it is or may still come.
fn roles(case: &Case, opened: &Opened) -> BTreeSet<Box<str>> {
    let Some((rules, playbook)) = case.playbook(opened) else { return BTreeSet::new() };
    let steps = playbook.steps.iter().zip(&case.play.steps).filter(|(_, state)| state.is_open());
    let owners = steps.filter_map(|(step, _)| rules.charter.promises.get(step.promise)?.owner.clone());
    owners.chain(playbook.speaks_for_them.clone()).collect()
}

fn assign(
    opened: &Opened,
    case: &Case,
    (role, person, why): (&str, &str, &str),
    by: &str,
    at: Moment,
) -> Result<(), Failure> {
    let name = case.name();
    let data = json!({"play": name, "role": role, "to": person, "why": why});
    let id = format!("{name}/{role}/{}", at.0);
    let said = Said { kind: PLAY_ASSIGNED, party: &case.party, about: case.about(), by, at, data, id: Some(&id) };
    send(opened, &said)
}

fn state(reader: &mut dyn Reader, party: &str) -> Result<Party, Failure> {
    let head = reader.heads(&[(slot_of(party), party)])?.into_iter().next().flatten();
    Ok(head.map(|head| rows::party(&head.state)).transpose()?.unwrap_or_default())
}

impl House {
    /// Reads whoever has a role for the house or is away.
    fn read(&mut self, reader: &mut dyn Reader) -> Result<(), Failure> {
        let progress = crate::output::bar(u64::from(SLOTS), "reading people");
        for slot in (0..SLOTS).map(Slot) {
            for kind in STAFF {
                self.read_kind(reader, slot, kind)?;
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        Ok(())
    }

    /// Those of one kind in a slot: keys are in order, so that nobody else is read.
    fn read_kind(&mut self, reader: &mut dyn Reader, slot: Slot, kind: &str) -> Result<(), Failure> {
        let mut after = Box::<str>::from(kind);
        loop {
            let page = reader.heads_of_slot(slot, &after, ROWS)?;
            for head in page.iter().take_while(|head| head.key.starts_with(kind)).filter(|head| !head.state.is_empty())
            {
                let party = rows::party(&head.state)?;
                if !party.roles.is_empty() || !party.absences.is_empty() {
                    self.people.insert(head.key.clone(), party);
                }
            }
            match page.last() {
                Some(last) if last.key.starts_with(kind) => after = last.key.clone(),
                _ => return Ok(()),
            }
        }
    }

    fn is_away(&self, person: &str) -> bool {
        self.absence(person).is_some()
    }

    fn absence(&self, person: &str) -> Option<&makegood_core::Absence> {
        self.people.get(person)?.absences.iter().rev().find(|absence| absence.is_at(self.at))
    }

    /// Somebody for the role, and why: whoever has it for the party, who stands in for them, or of those who have it for the house the
    /// one with the fewest open steps.
    fn find(&self, party: &Party, role: &str) -> Option<(Box<str>, String)> {
        let now = |known: &&Role| *known.role == *role && known.is_at(self.at);
        if let Some(own) = party.roles.iter().rev().find(now) {
            if !self.is_away(&own.to) {
                let why = ["has the role for this party", "负责该客户的这一角色", "har rollen for denne parten"];
                return Some((own.to.clone(), Language(&self.language).of(why).to_owned()));
            }
            if let Some(deputy) = self.deputy(&own.to) {
                let why = match self.language.as_str() {
                    "zh" => format!("代替不在岗的 {}", own.to),
                    "nb" => format!("er stedfortreder for {}, som er borte", own.to),
                    _ => format!("stands in for {}, who is away", own.to),
                };
                return Some((deputy, why));
            }
        }
        let has = |person: &str, known: &Party| {
            let for_house = |role: &&Role| *role.to == *person;
            known.roles.iter().filter(for_house).any(|role| now(&role))
        };
        let holders = self.people.iter().filter(|(person, known)| has(person, known) && !self.is_away(person));
        let load = |person: &str| self.load.get(person).copied().unwrap_or_default();
        let (person, _) = holders.min_by_key(|(person, _)| (load(person), (*person).clone()))?;
        let open = load(person);
        let why = match self.language.as_str() {
            "zh" => format!("在公司内担任这一角色，手头有 {open} 个未完成步骤"),
            "nb" => format!("har rollen i huset, med {open} åpne steg"),
            _ => format!("has the role for the house, with {open} open steps"),
        };
        Some((person.clone(), why))
    }

    /// Who stands in for a person, and is there.
    fn deputy(&self, person: &str) -> Option<Box<str>> {
        let mut deputy = self.absence(person)?.deputy.clone();
        for _ in 0..DEPUTIES {
            match self.absence(&deputy) {
                None if deputy.is_empty() => return None,
                None => return Some(deputy),
                Some(absence) => deputy = absence.deputy.clone(),
            }
        }
        None
    }
}
