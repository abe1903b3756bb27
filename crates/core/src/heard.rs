//! Promises found in what people say or write: "I'll call you tomorrow", 「明天给您回电」, «jeg ringer deg i morgen».
//!
//! What is found is suggested, with a `promise.made` ready to be sent, for a person to confirm; nothing is ever promised by the
//! machine. The patterns are plain and err on the side of silence: a condition, a hedge, a denial, a question and what somebody
//! else will do are passed over. When "Friday" may be two days, the nearer one is proposed.

mod english;
mod mandarin;
mod norwegian;
mod speech;
#[cfg(test)]
mod tests;
mod when;

use jiff::tz::TimeZone;
use makegood_charter::value::Moment;
use serde_json::{Map, json};

use crate::fold::{FoldError, Folding};
use crate::id::{Kind, Name, part_id};
use crate::{Event, Message, Topic, limits};
pub use speech::Language;

/// What sounds like a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The sentence.
    pub said: Box<str>,
    /// What is promised, without the time.
    pub what: Box<str>,
    /// A kind that many charters have: `call-back`, `answer`, `visit` …
    pub kind: &'static str,
    /// By when, in the words of the text; empty when it says nothing.
    pub when: Box<str>,
    /// The same as a moment.
    pub due: Option<Moment>,
    /// The language it was found in.
    pub language: Language,
}

/// The promises that a text may hold, said at `at` by somebody in `zone`. Without `language` every language is tried.
pub fn promises_in(text: &str, language: Option<Language>, at: Moment, zone: &TimeZone) -> Vec<Suggestion> {
    let text: String = text.chars().take(limits::TEXT_HEARD).map(speech::plain).collect();
    let Some(now) = when::Now::new(at, zone) else { return Vec::new() };
    let mut found = Vec::new();
    for sentence in speech::sentences(&text) {
        let languages = language.map_or_else(|| speech::guess(sentence), |language| vec![language]);
        for language in languages {
            found.extend(language.tongue().found(sentence, &now));
        }
    }
    found.truncate(limits::SUGGESTIONS);
    found
}

/// `text.heard`: each promise that the text may hold leaves as a suggestion to whoever said it.
pub(crate) fn on_event(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    let book = folding.book;
    let text = event.text(book, "text").unwrap_or_default();
    let language = match event.text(book, "language") {
        None => None,
        Some(code) => match Language::parse(code) {
            Some(language) => Some(language),
            None => {
                return folding.refuse(
                    "unknown-language",
                    format!("promises cannot be found in the language `{}`", code.chars().take(20).collect::<String>()),
                    "write `en`, `zh` or `nb`, or leave it out",
                );
            }
        },
    };
    let by = event.text(book, "by").or(folding.actor.as_deref()).unwrap_or("owner").to_owned();
    let zone = book.in_force(event.time).next().map_or(TimeZone::UTC, |(_, rules)| rules.charter.zone.clone());
    let thing = event.thing().unwrap_or_default();
    for (index, found) in (0_u32..).zip(promises_in(text, language, event.time, &zone)) {
        let id = part_id(folding.key, thing, &folding.cause, Topic::Suggestion.word(), index);
        let mut data = Map::new();
        data.insert("kind".to_owned(), found.kind.into());
        data.insert("what".to_owned(), (&*found.what).into());
        data.insert("owner".to_owned(), by.as_str().into());
        if let Some(due) = found.due {
            data.insert("due".to_owned(), due.to_string().into());
        }
        let mut made = json!({
            "type": makegood_charter::builtin::PROMISE_MADE, "subject": folding.key, "time": event.time.to_string(),
            "data": data,
        });
        if let (Some(fields), false) = (made.as_object_mut(), thing.is_empty()) {
            fields.insert("about".to_owned(), thing.into());
        }
        let body = json!({
            "to": by,
            "party": folding.key,
            "suggestion": Name::new(Kind::Suggestion, folding.key, id).to_string(),
            "thing": thing,
            "said": &*found.said,
            "what": &*found.what,
            "when": &*found.when,
            "due": found.due.map(|due| due.to_string()),
            "language": found.language.code(),
            "question": "this sounds like a promise: is it one?",
            "event": made,
        });
        folding.out.messages.push(Message { id, topic: Topic::Suggestion, body, not_before: None });
    }
    Ok(())
}
