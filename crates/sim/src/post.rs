//! Receivers, which keep their own records: some are slow, some fail, some do not answer any more.

use std::collections::BTreeMap;

use makegood_auditor::Received;
use makegood_charter::Moment;
use makegood_engine::{Sink, SinkError, idempotency_key};
use makegood_store::{OutboxRow, Reader};

use crate::plan::Chance;

/// The topics there are.
pub(crate) const TOPICS: [&str; 4] = ["payout", "notice", "approval", "question"];

/// A message as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub topic: String,
    pub body: Vec<u8>,
}

/// What a receiver has.
#[derive(Default)]
pub(crate) struct Records {
    /// By key.
    pub received: BTreeMap<String, Received>,
    /// Each new message, in the order in which it came.
    pub letters: Vec<Letter>,
    /// What came, for the trace.
    pub came: Vec<String>,
}

/// A receiver of one topic.
pub(crate) struct Receiver<'r> {
    pub records: &'r mut Records,
    /// To look whether what comes is committed.
    pub reader: Box<dyn Reader>,
    /// `None`: it takes everything.
    pub mood: Option<Chance>,
}

impl Receiver<'_> {
    fn take(&mut self, message: &OutboxRow) {
        let key = idempotency_key(message);
        let kept = self.reader.outbox_of(message.slot, &message.party).unwrap_or_default();
        let committed = kept.iter().any(|row| row.id == message.id && row.body == message.body);
        self.records.came.push(format!("{} {key}", message.topic));
        let received = self.records.received.entry(key).or_default();
        if received.contents.is_empty() {
            let letter = Letter { topic: message.topic.to_string(), body: message.body.to_vec() };
            self.records.letters.push(letter);
        }
        received.contents.insert(message.body.to_vec());
        received.before_commit |= !committed;
    }
}

impl Sink for Receiver<'_> {
    fn deliver(&mut self, messages: &[OutboxRow], _: Moment) -> Vec<Result<(), SinkError>> {
        let mut answers = Vec::new();
        for message in messages {
            match self.mood.as_mut().map(|chance| chance.below(100)) {
                // It does not answer any more; it may have got the message all the same.
                Some(0..=2) => return answers,
                Some(3..=5) => {
                    self.take(message);
                    return answers;
                }
                Some(6..=17) => answers.push(Err(SinkError("not today".to_owned()))),
                // The message came, and its answer was lost on the way.
                Some(18..=21) => {
                    self.take(message);
                    answers.push(Err(SinkError("no answer".to_owned())));
                }
                _ => {
                    self.take(message);
                    answers.push(Ok(()));
                }
            }
        }
        answers
    }

    fn portion(&self) -> usize {
        if self.mood.is_some() { 3 } else { 1_000 }
    }
}
