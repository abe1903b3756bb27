//! A play: its steps, and every fact about the same thing in one place.

use makegood_charter::decode::check_key;
use makegood_charter::value::{Moment, Value};
use makegood_core::id::{Kind, Name, about};
use makegood_core::{Beside, Play, Promise, StepState, promise_text};
use makegood_engine::rows;
use makegood_store::{PartId, PartKind};

use super::{Teller, books, by_time, moment, section};
use crate::Failure;
use crate::output::table;

impl Teller<'_> {
    /// The plays of the party, in the order in which they began.
    pub(super) fn plays(&mut self) -> Result<String, Failure> {
        let mut lines: Vec<(Moment, Vec<String>)> = Vec::new();
        for row in self.reader.parts_of(self.slot, &self.party, PartKind::Play)? {
            let Some(Beside::Play(play)) = rows::beside(&row)? else { continue };
            let Some(rules) = self.rules(&play.charter) else { continue };
            let name = Name::new(Kind::Play, &self.party, play.id).to_string();
            let began = moment(rules, play.began_at, self.language);
            let stands = self.play_stands(&play);
            lines.push((play.began_at, vec![began, row.clause.to_string(), play.thing.to_string(), stands, name]));
        }
        Ok(by_time(lines))
    }

    /// One play: how it stands, its steps, and the facts around it: what else was promised about the same thing, what is owed
    /// for it, what happened, what the books say.
    pub(super) fn play(&mut self, play: &Play) -> Result<String, Failure> {
        let party = self.party.clone();
        let name = Name::new(Kind::Play, &party, play.id).to_string();
        let mut text = format!("{name} · {party} · {}\n", self.play_stands(play));
        let Some(rules) = self.rules(&play.charter) else { return Ok(text) };
        let Some(playbook) = play.playbook_of(rules) else { return Ok(text) };
        let language = self.language;
        let concerned = concerned(play);
        let mut things: Vec<&str> = vec![&play.thing];
        things.extend(concerned.iter().map(|thing| &**thing));
        let mut promises = Vec::new();
        for thing in &things {
            promises.extend(self.promises_about(thing)?);
        }
        for id in traced(play, &party) {
            let row = self.reader.part(self.slot, &party, PartKind::Promise, &id)?;
            let promise = row.as_ref().map(rows::promise).transpose()?;
            promises.extend(promise.filter(|found| promises.iter().all(|known| known.id != found.id)));
        }
        let first = promises.iter().find(|promise| promise.play() == Some(play.id));
        let says = playbook.says.get(language.0).map(|says| says.render(&|slot| self.filled(slot, play, first)));
        text.push_str(&format!("  {}\n", says.unwrap_or_default()));
        if let Some(role) = &playbook.speaks_for_them {
            let label = language.of(["speaks for the customer:", "为客户发声：", "taler kundens sak:"]);
            let person = play.people.iter().find(|(known, _)| known == role);
            let named = person.map_or_else(|| role.to_string(), |(_, person)| format!("{role}, {person}"));
            text.push_str(&format!("  {label} {named}\n"));
        }
        let steps: Vec<Vec<String>> = playbook
            .steps
            .iter()
            .zip(&play.steps)
            .map(|(step, state)| {
                let (StepState::Entered(id) | StepState::Settled(id, ..)) = state else {
                    return vec![step.name.to_string(), self.step_word(*state).to_owned()];
                };
                let Some(promise) = promises.iter().find(|promise| promise.id == *id) else {
                    return vec![step.name.to_string()];
                };
                self.step_line(&step.name, promise)
            })
            .collect();
        section(&mut text, language.of(["Steps", "步骤", "Steg"]), &table(&steps, &[]));
        let others = promises.iter().filter(|promise| promise.play() != Some(play.id));
        let others: Vec<_> = others.filter_map(|promise| Some((promise.due, self.promise_line(promise)?))).collect();
        section(
            &mut text,
            language.of(["What else was promised about it", "与此相关的其他承诺", "Hva som ellers er lovet om det"]),
            &by_time(others),
        );
        let custody = self.custody(Some(&play.thing))?;
        section(&mut text, language.of(["Custody", "交接记录", "Overleveringer"]), &custody);
        let mut owed = Vec::new();
        let mut ids = Vec::new();
        for row in self.reader.parts_of(self.slot, &party, PartKind::Remedy)? {
            let remedy = rows::remedy(&row)?;
            if things.contains(&&*remedy.thing) {
                ids.push(remedy.id);
                let state = self.remedy_state(remedy.state).to_owned();
                owed.push((remedy.owed_at, vec![remedy.right.to_string(), remedy.amounts.to_string(), state]));
            }
        }
        section(
            &mut text,
            language.of(["What is owed for it", "应给予的补救", "Hva som skyldes for det"]),
            &by_time(owed),
        );
        let history = self.history(Some((&things, &name)))?;
        section(&mut text, language.of(["What happened", "经过", "Hva som skjedde"]), &history);
        let postings = self.reader.postings_of(self.slot, &party)?;
        let postings: Vec<_> = postings.into_iter().filter(|line| ids.contains(&line.remedy)).collect();
        section(&mut text, language.of(["In the books", "账目", "I regnskapet"]), &books(&postings));
        Ok(text)
    }

    fn promises_about(&mut self, thing: &str) -> Result<Vec<Promise>, Failure> {
        let kept = self.reader.parts_about(self.slot, &self.party, PartKind::Promise, about(thing))?;
        let about = kept.iter().filter(|row| &*row.thing == thing);
        Ok(about.map(rows::promise).collect::<Result<_, _>>()?)
    }

    /// What fills a slot of the playbook's words: the thing, or what a step keeps of the event that began the play.
    fn filled(&self, slot: &str, play: &Play, step: Option<&Promise>) -> Option<String> {
        if slot == "thing" {
            return Some(play.thing.to_string());
        }
        let rules = self.rules(&step?.charter)?;
        let shape = rules.charter.shapes.get(play.playbook_of(rules)?.on)?;
        let position = *shape.positions.get(slot.strip_prefix("made.")?)?;
        let kind = &shape.fields.get(position)?.kind;
        Some(makegood_charter::words::show(play.began.get(position)?, kind, &rules.charter.zone, self.language.0))
    }

    /// How a play stands: running, done, or the ending that came.
    fn play_stands(&self, play: &Play) -> String {
        let rules = self.rules(&play.charter);
        let ending = rules.and_then(|rules| play.playbook_of(rules)?.endings.get(play.ending?));
        let word = self.language.play(play.state);
        ending.map_or_else(|| word.to_owned(), |ending| format!("{word}: {}", ending.name))
    }

    fn step_word(&self, state: StepState) -> &'static str {
        match state {
            StepState::Passed => self.language.of(["passed by", "跳过", "hoppet over"]),
            _ => self.language.of(["not yet", "尚未开始", "ikke ennå"]),
        }
    }

    fn step_line(&self, name: &str, promise: &Promise) -> Vec<String> {
        let Some(rules) = self.rules(&promise.charter) else { return vec![name.to_owned()] };
        let when = promise.settled.map_or(promise.due, |(at, _)| at);
        let owner = promise.owner(promise.clause_of(rules)).unwrap_or_default();
        let hands = promise.hands.as_deref();
        let by = hands.map(|hands| &*hands.done_by).filter(|by| !by.is_empty()).unwrap_or(owner);
        vec![
            name.to_owned(),
            self.state(promise.state).to_owned(),
            moment(rules, when, self.language),
            by.to_owned(),
            Name::new(Kind::Promise, &self.party, promise.id).to_string(),
        ]
    }

    fn promise_line(&self, promise: &Promise) -> Option<Vec<String>> {
        let rules = self.rules(&promise.charter)?;
        let says = promise_text(rules, promise, self.language.0)?;
        Some(vec![
            says,
            self.state(promise.state).to_owned(),
            Name::new(Kind::Promise, &self.party, promise.id).to_string(),
        ])
    }
}

/// The promises of the party that the event which began a play names in its data: why somebody left is traced to the broken one.
fn traced(play: &Play, party: &str) -> Vec<PartId> {
    let named = play.began.iter().filter_map(|value| match value {
        Value::Text(text) => Name::parse(text).filter(|name| name.kind == Kind::Promise),
        _ => None,
    });
    named.filter(|name| Name::new(Kind::Promise, party, name.id) == *name).map(|name| name.id).collect()
}

/// The things that the event which began a play names in its data: what a complaint concerns belongs to its facts.
fn concerned(play: &Play) -> Vec<Box<str>> {
    let named = play.began.iter().filter_map(|value| match value {
        Value::Text(text) | Value::Key(text) => Some(text.clone()),
        _ => None,
    });
    named.filter(|text| check_key(text) && *text != play.thing).collect()
}
