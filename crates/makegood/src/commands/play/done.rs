use makegood_charter::Moment;
use makegood_core::id::Kind;
use makegood_core::{Name, StepState};
use serde_json::json;

use super::gather::named;
use crate::Failure;
use crate::commands::send::{self, send};
use crate::language::Language;
use crate::open::Opened;
use crate::output::put_line;

/// What a person says is done.
pub struct Said<'s> {
    /// The step, by its name or as a promise.
    pub step: &'s str,
    /// Who did it.
    pub by: &'s str,
    /// What there is to say of it.
    pub note: Option<&'s str>,
    /// When.
    pub at: Moment,
}

/// Notes that a step of a play is done: as an event of the person's.
pub fn run(opened: &Opened, play: &str, said: &Said, language: Language) -> Result<bool, Failure> {
    let Said { step, by, note, at } = *said;
    let case = named(opened, play)?;
    let promise = match Name::parse(step).filter(|name| name.kind == Kind::Promise) {
        Some(name) => name,
        None => {
            let found = case.playbook(opened).and_then(|(_, playbook)| {
                let position = playbook.steps.iter().position(|known| *known.name == *step)?;
                match case.play.steps.get(position)? {
                    StepState::Entered(id) | StepState::Settled(id, ..) => Some(*id),
                    StepState::Waiting | StepState::Passed => None,
                }
            });
            let id = found.ok_or_else(|| {
                let help =
                    format!("`makegood play show {play}` lists its steps; one that is `not yet` waits for others");
                Failure::new("M051", format!("the play has no step `{step}` whose turn has come"), help)
            })?;
            Name::new(Kind::Promise, &case.party, id)
        }
    };
    let mut data = json!({ "promise": promise.to_string(), "play": case.name() });
    if let (Some(fields), Some(note)) = (data.as_object_mut(), note) {
        fields.insert("note".to_owned(), note.into());
    }
    let said = send::Said { kind: "promise.kept", party: &case.party, about: case.about(), by, at, data, id: None };
    send(opened, &said)?;
    let done = language.of(["done by", "完成人：", "gjort av"]);
    put_line!("{} {step}: {done} {by}", case.name());
    Ok(true)
}
