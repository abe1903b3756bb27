//! Where a party stands: its stage with the evidence, what is done with those who are in it, and how it came there.

use makegood_charter::Moment;
use makegood_charter::model::Stage;
use makegood_core::Rules;
use makegood_core::stage::{Standing, grounds_words, move_words, phase_word, stage_word, stages_at};
use makegood_engine::{moves_of, rows};
use makegood_store::slot_of;

use super::{Language, Teller, moment, section};
use crate::commands::end_of;
use crate::output::put;
use crate::{Failure, open};

/// `makegood stage show`.
pub fn stage(url: &str, party: &str, at: Option<&str>, language: &str) -> Result<bool, Failure> {
    let opened = open::database(url)?;
    let (reader, slot) = (opened.store.reader()?, slot_of(party));
    let mut teller = Teller { opened: &opened, reader, language: Language(language), party: party.to_owned(), slot };
    let told = teller.stages(at)?;
    if told.is_empty() {
        return Err(Failure::new(
            "M023",
            format!("`{party}` is in no stage"),
            "no event that a charter's `stages:` names was heard of it; `makegood stage list` names those there are",
        ));
    }
    put!("{party}\n{told}");
    Ok(true)
}

impl Teller<'_> {
    /// Where the party stands with each charter that knows stages; empty when with none.
    pub(super) fn stages(&mut self, at: Option<&str>) -> Result<String, Failure> {
        let head = self.reader.heads(&[(self.slot, &self.party)])?.into_iter().next().flatten();
        let state = rows::party(head.as_ref().map(|head| &*head.state).unwrap_or_default())?;
        let mut text = String::new();
        for (name, standing) in &state.stages {
            let versions = self.opened.book.versions().iter().rev();
            let latest =
                versions.filter(|rules| rules.charter.name == *name).find(|rules| rules.charter.stages.is_some());
            let Some(latest) = latest else { continue };
            let at = at.map(|at| end_of(at, &latest.charter.zone)).transpose()?;
            let body = self.standing(name, standing, at)?;
            if body.is_empty() {
                continue;
            }
            let heading = self.language.of(["Where it stands", "所处阶段", "Hvor forholdet står"]);
            section(&mut text, &format!("{heading} ({name})"), &body);
            let moves = self.moves(name, standing, at)?;
            section(&mut text, self.language.of(["How it came there", "阶段变化", "Hvordan det kom dit"]), &moves);
        }
        Ok(text)
    }

    fn standing(&self, name: &str, standing: &Standing, at: Option<Moment>) -> Result<String, Failure> {
        let moment_at = at.unwrap_or(standing.looked_at);
        let Some((rules, stages)) = stages_at(&self.opened.book, name, moment_at) else { return Ok(String::new()) };
        let Some(stand) = standing.history(stages, moment_at).into_iter().next_back() else { return Ok(String::new()) };
        let language = self.language;
        let (stage, phase) = (stage_word(stand.stage, language.0), phase_word(stand.stage.phase(), language.0));
        let since = moment(rules, stand.since, language);
        let mut text = format!("  {stage} · {phase} · {} {since}\n", language.of(["since", "自", "siden"]));
        // What shows it today may be later than what showed it first.
        let today = standing.on(stages, moment_at).map_or(stand.grounds, |stand| stand.grounds);
        text.push_str(&format!("  {}\n", grounds_words(&rules.charter, &today, language.0)));
        if let Some(clause) = stages.clause(stand.stage) {
            let lines = [
                (language.of(["strategy", "策略", "strategi"]), &clause.strategy),
                (language.of(["next", "下一步", "neste"]), &clause.next),
            ];
            for (label, words) in lines {
                let words = words.get(language.0).map(|words| words.render(&|_| None)).unwrap_or_default();
                text.push_str(&format!("  {label}: {words}\n"));
            }
        }
        if let Some(by) = standing.disqualified(moment_at) {
            let says = stages.disqualified.as_ref().and_then(|one| one.says.get(language.0));
            let says = says.map(|says| says.render(&|_| None)).unwrap_or_default();
            let (label, since) =
                (language.of(["disqualified", "不合格", "diskvalifisert"]), moment(rules, by.at, language));
            text.push_str(&format!("  {label} ({}, {since}): {says}\n", by.kind));
        }
        if let (Some(wakes), None) = (standing.wake_at, at) {
            let words = language.of([
                "changes unless something is heard by",
                "若无新消息，将变化于",
                "endres hvis ingenting høres innen",
            ]);
            text.push_str(&format!("  {words} {}\n", moment(rules, wakes, language)));
        }
        Ok(text)
    }

    /// How it came there: the moves that were written down; of an earlier moment, by all that is known now.
    fn moves(&mut self, name: &str, standing: &Standing, at: Option<Moment>) -> Result<String, Failure> {
        let language = self.language;
        let mut text = String::new();
        let mut add = |rules: &Rules, (since, from, to): (Moment, Option<Stage>, Stage), because: Vec<String>| {
            let from = from.map_or("–", |from| stage_word(from, language.0));
            text.push_str(&format!("  {}  {from} → {}\n", moment(rules, since, language), stage_word(to, language.0)));
            because.iter().for_each(|sentence| text.push_str(&format!("      {sentence}\n")));
        };
        if let Some(at) = at {
            let Some((rules, stages)) = stages_at(&self.opened.book, name, at) else { return Ok(text) };
            let mut from = None;
            for stand in standing.history(stages, at) {
                let because = grounds_words(&rules.charter, &stand.grounds, language.0);
                add(rules, (stand.since, from.replace(stand.stage), stand.stage), vec![because]);
            }
            return Ok(text);
        }
        let moves = moves_of(&mut *self.reader, self.slot, &self.party)?;
        for one in moves.iter().filter(|one| *one.name == *name) {
            if let Some(rules) = self.rules(&one.charter) {
                add(rules, (one.at, one.from, one.to), move_words(&rules.charter, &one.because, language.0));
            }
        }
        Ok(text)
    }
}
