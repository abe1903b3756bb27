//! Dispatch: what was committed leaves, at least once, with a key by which a receiver drops repeats.

use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_core::id::{Kind, Name};
use makegood_core::invariant;
use makegood_store::{Commit, OutboxRow, Queue, SLOTS, Slot};

use crate::{EngineError, Session, limits};

/// How many reasons are told.
const TROUBLES: usize = 5;

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SinkError(pub String);

/// A receiver of messages.
pub trait Sink {
    /// Delivers messages, and says for each whether it was taken. When this returns, what was taken is safe with the receiver.
    ///
    /// Fewer answers than messages mean that the receiver does not answer: the messages without one were not tried, count no
    /// attempt, and the receiver is left alone until the next dispatch.
    fn deliver(&mut self, messages: &[OutboxRow], now: Moment) -> Vec<Result<(), SinkError>>;

    /// How many messages it is given at once. After each portion is recorded what became of it, so that a sudden death repeats no
    /// more than one.
    fn portion(&self) -> usize {
        limits::MESSAGES
    }
}

/// What became of the messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dispatched {
    /// Taken by their receiver.
    pub delivered: u64,
    /// Not taken; to be tried again.
    pub failed: u64,
    /// Not taken, and given up.
    pub given_up: u64,
    /// Slots whose messages are another process's to send just now, or were a moment ago when it died.
    pub elsewhere: u64,
    /// Why messages were not taken: the first few reasons, each once.
    pub troubles: Vec<Box<str>>,
}

/// Where messages go, by topic.
#[derive(Default)]
pub struct Routes<'s> {
    by_topic: BTreeMap<Box<str>, &'s mut dyn Sink>,
}

impl<'s> Routes<'s> {
    /// Sends messages of this topic to `sink`.
    pub fn add(&mut self, topic: &str, sink: &'s mut dyn Sink) {
        self.by_topic.insert(topic.into(), sink);
    }
}

/// The key by which a receiver drops repeats: unique over all parties.
pub fn idempotency_key(message: &OutboxRow) -> String {
    let name = Name::new(Kind::Promise, &message.party, message.id).to_string();
    format!("m{}", name.trim_start_matches('p'))
}

/// The message after an attempt.
fn after(message: &OutboxRow, outcome: &Result<(), SinkError>, now: Moment) -> OutboxRow {
    let mut message = message.clone();
    match outcome {
        Ok(()) => {
            message.delivered = Some(now.0);
            message.next_try = None;
            message.trouble = "".into();
        }
        Err(error) => {
            let wait = limits::RETRY_AFTER.get(message.attempts as usize);
            message.attempts = message.attempts.saturating_add(1);
            message.next_try = wait.map(|wait| now.0.saturating_add(*wait));
            message.trouble = error.to_string().into();
        }
    }
    message
}

impl Dispatched {
    fn count(&mut self, message: &OutboxRow) {
        let place = match (message.delivered, message.next_try) {
            (Some(_), _) => &mut self.delivered,
            (None, Some(_)) => &mut self.failed,
            (None, None) => &mut self.given_up,
        };
        *place = place.saturating_add(1);
        let news = message.delivered.is_none() && !self.troubles.contains(&message.trouble);
        if news && self.troubles.len() < TROUBLES {
            self.troubles.push(message.trouble.clone());
        }
    }
}

impl Session {
    /// Sends every message whose time has come. Messages of a topic without a route wait.
    pub fn dispatch(&mut self, routes: &mut Routes, now: Moment) -> Result<Dispatched, EngineError> {
        self.flush()?;
        let mut done = Dispatched::default();
        let all: Vec<Box<str>> = routes.by_topic.keys().cloned().collect();
        let mut topics: Vec<&str> = all.iter().map(|topic| &**topic).collect();
        // Slots that were looked at, and slots that another process dispatches, are not looked at again.
        let mut left: Vec<Slot> = (0..SLOTS).map(Slot).collect();
        loop {
            left = self.reader().waiting(Queue::Messages, now.0, &left)?;
            let mine = self.claim_some(Queue::Messages, &left)?;
            if mine.is_empty() {
                done.elsewhere = left.len() as u64;
                return Ok(done);
            }
            left.retain(|slot| !mine.contains(slot));
            self.dispatch_slots(&mine, routes, &mut topics, now, &mut done)?;
            self.give_up(Queue::Messages, &mine)?;
            if topics.is_empty() {
                return Ok(done);
            }
        }
    }

    /// Sends what is due in these slots, which this session has claimed. Asserts invariant 7: nothing is under way that is not durable
    /// yet.
    fn dispatch_slots(
        &mut self,
        slots: &[Slot],
        routes: &mut Routes,
        topics: &mut Vec<&str>,
        now: Moment,
        done: &mut Dispatched,
    ) -> Result<(), EngineError> {
        invariant::check(invariant::LEAVES, self.is_settled(), || {
            "messages were to leave while a batch was at work".to_owned()
        })?;
        loop {
            // Many slots together: what costs is to make sure that a receiver and the database have it, once each.
            let mut due = Vec::new();
            let mut more = false;
            for slot in slots.iter().copied() {
                let found = self.reader().outbox_due(slot, topics, now.0, limits::SLOT_ROWS)?;
                more |= found.len() >= limits::SLOT_ROWS;
                due.extend(found);
                if due.len() >= limits::MESSAGES {
                    more = true;
                    break;
                }
            }
            let mut by_topic: BTreeMap<Box<str>, Vec<OutboxRow>> = BTreeMap::new();
            for message in due {
                by_topic.entry(message.topic.clone()).or_default().push(message);
            }
            for (topic, messages) in by_topic {
                let Some(sink) = routes.by_topic.get_mut(&topic) else { continue };
                if !self.send(*sink, &messages, now, done)? {
                    topics.retain(|open| *open != &*topic);
                }
            }
            if !more || topics.is_empty() {
                return Ok(());
            }
        }
    }

    /// Gives messages to a receiver, portion by portion. False: it does not answer any more.
    fn send(
        &mut self,
        sink: &mut dyn Sink,
        messages: &[OutboxRow],
        now: Moment,
        done: &mut Dispatched,
    ) -> Result<bool, EngineError> {
        for portion in messages.chunks(sink.portion().max(1)) {
            let outcomes = sink.deliver(portion, now);
            let sent: Vec<_> =
                portion.iter().zip(&outcomes).map(|(message, outcome)| after(message, outcome, now)).collect();
            sent.iter().for_each(|message| done.count(message));
            self.write(&Commit { outbox: sent, ..Commit::default() })?;
            if outcomes.len() < portion.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
