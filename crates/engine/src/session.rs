//! A session: work is folded on this thread while the batch before it is made durable on another.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use makegood_charter::{Charter, Moment};
use makegood_core::{Rulebook, invariant};
use makegood_store::{Commit, EventRow, HeadRow, PartId, Queue, Reader, SLOTS, Slot, Store, slot_of};

use crate::claims::Held;
use crate::folder::Folder;
use crate::limits::Bounds;
use crate::rounds::Rounds;
use crate::sound::sound;
use crate::writer::{Outcome, WriterThread};
use crate::{Counts, EngineError, Incoming, Newcomers, Reject, Work, limits};

/// How often a batch is folded again when other processes write first.
const ATTEMPTS: u32 = 50;

/// A connection to the store through which events are taken, the clock moves and messages leave.
pub struct Session {
    folder: Folder,
    writer: WriterThread,
    claimer: Option<WriterThread>,
    /// True when other processes may write between a read and the commit that rests on it.
    sharing: bool,
    /// Places given so far.
    places: u64,
    /// How deep work is being folded within other work.
    depth: u32,
    store: Arc<dyn Store>,
    reader: Box<dyn Reader>,
    in_flight: VecDeque<Batch>,
    /// Commits of which it is not known whether they were made.
    in_doubt: Vec<InDoubt>,
    /// What must be looked at again, now that the commits that it rests on are durable.
    again: Vec<Work>,
    at_work: Vec<Placed>,
    /// What is worked a share of the slots at a time.
    pub(crate) rounds: Rounds,
    counts_before: Counts,
    attempts: u32,
    bounds: Bounds,
    /// Slots in which commits of this session left deliveries.
    left: BTreeSet<Slot>,
    /// How many charter versions judge, where the store holds charters.
    charters: Option<u32>,
}

/// A piece of work and its place among all that were taken.
pub(crate) type Placed = (u64, Work);

/// A batch that is not known to be durable yet, with the work it came from.
struct Batch {
    number: u64,
    work: Vec<Placed>,
    again: Vec<Work>,
    counts_before: Counts,
    commit: Arc<Commit>,
}

/// A commit whose end is not known, because its connection was lost, and what must be looked at again if it was made.
struct InDoubt {
    commit: Arc<Commit>,
    again: Vec<Work>,
}

/// How many charter versions judge: all that the store holds. A store that holds none is judged by `book` alone.
/// Asserts invariant 6: each is the text that was put in force.
fn judged_by(reader: &mut dyn Reader, book: &Rulebook) -> Result<Option<u32>, EngineError> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let kept = reader.charters()?;
    for row in &kept {
        let same = |charter: &Charter| charter.name == row.name && charter.version == row.version;
        let judges = book.versions().iter().find(|rules| same(&rules.charter));
        invariant::check(invariant::PUBLISHED, judges.is_none_or(|rules| rules.charter.digest == row.digest), || {
            format!("version {} of `{}` is another text than was put in force", row.version, row.name)
        })?;
    }
    match (count(kept.len()), count(book.versions().len())) {
        (0, _) => Ok(None),
        (found, judged_by) if found == judged_by => Ok(Some(found)),
        (found, judged_by) => Err(EngineError::Charters { found, judged_by }),
    }
}

impl Session {
    /// A session on `store`, judging by `book`. `now` is what is recorded as the time of learning, until it is set again. What an
    /// earlier process left half delivered is delivered first.
    pub fn new(store: Arc<dyn Store>, book: Arc<Rulebook>, now: Moment) -> Result<Self, EngineError> {
        Self::with_bounds(store, book, now, Bounds::default())
    }

    /// The same, with other bounds than the usual.
    pub fn with_bounds(
        store: Arc<dyn Store>,
        book: Arc<Rulebook>,
        now: Moment,
        bounds: Bounds,
    ) -> Result<Self, EngineError> {
        let writer = WriterThread::start(store.writer()?, bounds.claim_milliseconds);
        let mut reader = store.reader()?;
        let charters = judged_by(&mut *reader, &book)?;
        let mut session = Self {
            folder: Folder::new(book, store.reader()?, store.shared(), now, bounds),
            writer,
            claimer: None,
            sharing: store.shared(),
            places: 0,
            depth: 0,
            reader,
            charters,
            bounds,
            left: BTreeSet::new(),
            store,
            in_flight: VecDeque::new(),
            in_doubt: Vec::new(),
            again: Vec::new(),
            at_work: Vec::new(),
            rounds: Rounds::default(),
            counts_before: Counts::default(),
            attempts: 0,
        };
        if !session.others_feed()? {
            session.sweep_all()?;
        }
        Ok(session)
    }

    /// Sets the time of learning for what follows.
    pub fn set_now(&mut self, now: Moment) {
        self.folder.now = now;
    }

    /// The time of learning.
    pub fn now(&self) -> Moment {
        self.folder.now
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.folder.counts
    }

    /// Reads what is durable.
    pub fn reader(&mut self) -> &mut dyn Reader {
        &mut *self.reader
    }

    /// Takes events. They are durable once [`Session::flush`] returns.
    pub fn take(&mut self, events: impl IntoIterator<Item = Incoming>) -> Result<(), EngineError> {
        self.work(events.into_iter().map(|incoming| Work::Event(Box::new(incoming))).collect())
    }

    /// Takes one event and answers at once: it is durable, or it was refused and nothing has changed.
    pub fn command(&mut self, incoming: Incoming) -> Result<Result<(), Reject>, EngineError> {
        self.work_gathered()?;
        let log = (slot_of(&incoming.event.subject), incoming.event.subject.clone(), incoming.event.ident);
        for attempt in 0..ATTEMPTS {
            // The answer rests on what is durable.
            self.settle()?;
            let work = self.placed(vec![Work::Event(Box::new(incoming.clone()))]);
            self.folder.fetch(&work)?;
            let verdict = self.folder.take(&incoming)?;
            if verdict.is_ok() {
                self.at_work.extend(work);
            }
            self.flush()?;
            match verdict {
                Ok(()) if self.reader.places(&[(log.0, &log.1, log.2)])? != [None] => return Ok(Ok(())),
                // Another process wrote first, and folded again the event was refused and set aside: the answer is why.
                Ok(()) => {}
                Err(reject) => {
                    if attempt > 0 {
                        let row = reject.row(&incoming.origin, &incoming.body, self.now());
                        self.drop_quarantined(row.slot, row.id)?;
                    }
                    return Ok(Err(reject));
                }
            }
        }
        Err(EngineError::Contended { key: log.1, attempts: ATTEMPTS })
    }

    /// Drops an input that was set aside.
    pub fn drop_quarantined(&mut self, slot: Slot, id: PartId) -> Result<(), EngineError> {
        self.write(&Commit { quarantine_done: vec![(slot, id)], ..Commit::default() })
    }

    /// Folds work, and hands a batch to the writer whenever one is full. Where others work too, much work is gathered first.
    pub fn work(&mut self, work: Vec<Work>) -> Result<(), EngineError> {
        let work = self.placed(work);
        if self.shared() && self.gather(&work) { self.gathered(work) } else { self.fold(work) }
    }

    /// Gives work its places.
    pub(crate) fn placed(&mut self, work: Vec<Work>) -> Vec<Placed> {
        let first = self.places;
        self.places = first.saturating_add(work.len() as u64);
        (first..).zip(work).collect()
    }

    /// What others' writes made necessary, and then this work.
    pub(crate) fn fold(&mut self, mut work: Vec<Placed>) -> Result<(), EngineError> {
        if !self.again.is_empty() {
            let again = std::mem::take(&mut self.again);
            if self.sharing && again.iter().any(|one| matches!(one, Work::Fanout { row, .. } if !row.after.is_empty()))
            {
                // It goes on for long: whoever begins meanwhile need not do it too.
                self.take_seat()?;
            }
            work.splice(..0, self.placed(again));
        }
        self.fold_only(work)
    }

    /// This work, in the order of its places, and nothing else.
    pub(crate) fn fold_only(&mut self, work: Vec<Placed>) -> Result<(), EngineError> {
        self.folder.fetch(&work)?;
        // What is folded again in the midst of other work has no more than its own turn.
        let last = if self.depth == 0 { u64::MAX } else { work.last().map_or(0, |(place, _)| *place) };
        self.depth = self.depth.saturating_add(1);
        for one in work {
            self.fold_tellings(one.0)?;
            if !self.folder.work(&one)? {
                self.settle_taken()?;
                self.folder.work(&one)?;
            }
            self.at_work.push(one);
            if self.folder.pending() >= limits::after_attempts(self.bounds.commit_lines, self.attempts) {
                self.close()?;
            }
        }
        self.fold_tellings(last)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// What parties must be told before the work at this place. It follows from work that is folded already.
    fn fold_tellings(&mut self, until: u64) -> Result<(), EngineError> {
        while let Some(telling) = self.folder.telling_before(until) {
            self.folder.work(&telling)?;
            // What it follows from may be durable when this is not.
            self.at_work.push(telling);
        }
        Ok(())
    }

    /// The input pauses: what was taken is handed to the writer if that is idle, and deliveries are carried on. While the writer
    /// is busy a batch goes on growing, so that commits are as large as the database is slow.
    pub fn pause(&mut self) -> Result<(), EngineError> {
        self.hand_over()?;
        if self.in_flight.is_empty() { self.flush() } else { Ok(()) }
    }

    /// Hands the batch at work to the writer if that is idle.
    pub(crate) fn hand_over(&mut self) -> Result<(), EngineError> {
        while let Some((number, outcome)) = self.writer.outcome_now() {
            self.answered(number, outcome)?;
        }
        if self.in_flight.is_empty() { self.close() } else { Ok(()) }
    }

    /// Makes everything taken so far durable, and carries every delivery to its end.
    pub fn flush(&mut self) -> Result<(), EngineError> {
        self.settle()?;
        self.carry_on()?;
        if self.left.is_empty() { Ok(()) } else { self.sweep(BTreeSet::new()) }
    }

    /// Looks at everything again that has to be, now that what it rests on is durable.
    pub(crate) fn carry_on(&mut self) -> Result<(), EngineError> {
        loop {
            if self.in_rounds() {
                self.dismiss_newcomers()?;
            }
            self.finish_told();
            if self.again.is_empty() {
                self.give_back()?;
                return self.leave_seat();
            }
            if self.in_rounds() {
                self.work_in_rounds()?;
            } else {
                self.fold(Vec::new())?;
            }
            self.settle_taken()?;
        }
    }

    /// The newcomers to things whose commits are durable.
    pub(crate) fn newcomers(&mut self) -> Vec<Arc<Newcomers>> {
        let mut newcomers = Vec::new();
        self.again.retain(|work| match work {
            Work::Newcomers(new) => {
                newcomers.push(Arc::clone(new));
                false
            }
            _ => true,
        });
        newcomers
    }

    /// True when the store is shared by itself, and not only because somebody else was seen.
    pub(crate) fn store_is_shared(&self) -> bool {
        self.store.shared()
    }

    /// What is looked at next.
    pub(crate) fn then(&mut self, work: Work) {
        self.again.push(work);
    }

    /// Makes everything taken so far durable.
    pub(crate) fn settle(&mut self) -> Result<(), EngineError> {
        self.work_gathered()?;
        self.settle_taken()
    }

    /// Makes everything that was folded durable.
    pub(crate) fn settle_taken(&mut self) -> Result<(), EngineError> {
        loop {
            self.close()?;
            if !self.in_flight.is_empty() {
                self.await_oldest()?;
            } else if self.at_work.is_empty() {
                return self.end_doubts();
            }
            // Otherwise another process wrote first while the batch was handed over: it is at work again.
        }
    }

    /// Makes rows durable that no fold gave: how a message's sending went.
    pub(crate) fn write(&mut self, commit: &Commit) -> Result<(), EngineError> {
        self.settle()?;
        sound(commit)?;
        let commit = Arc::new(commit.clone());
        for _ in 0..ATTEMPTS {
            self.writer.write(0, Arc::clone(&commit))?;
            match self.writer.outcome()?.1 {
                Outcome::Durable => return Ok(()),
                Outcome::Failed(error) => return Err(error),
                Outcome::Stale { .. } | Outcome::Skipped => {
                    self.writer.resume()?;
                    self.folder.forget();
                }
            }
        }
        Err(EngineError::Contended { key: "outbox".into(), attempts: ATTEMPTS })
    }

    /// True when everything taken is durable.
    pub(crate) fn is_settled(&self) -> bool {
        self.in_flight.is_empty() && self.at_work.is_empty() && !self.folder.has_changes()
    }

    /// Forgets what is at hand, once all of it is durable: others may have written since.
    pub(crate) fn look_afresh(&mut self) {
        self.folder.look_afresh();
    }

    /// Hands the batch at work to the writer.
    pub(crate) fn close(&mut self) -> Result<(), EngineError> {
        let work = std::mem::take(&mut self.at_work);
        if self.folder.has_changes() {
            let (number, mut commit, again) = self.folder.close()?;
            commit.charters = self.charters;
            sound(&commit)?;
            self.left.extend(commit.inbox_add.iter().map(|row| row.slot));
            let (commit, counts_before) = (Arc::new(commit), self.counts_before);
            self.writer.write(number, Arc::clone(&commit))?;
            self.in_flight.push_back(Batch { number, work, again, counts_before, commit });
        }
        self.counts_before = self.folder.counts;
        while self.in_flight.len() > self.bounds.commits_in_flight.min(limits::COMMITS_IN_FLIGHT) {
            self.await_oldest()?;
        }
        while let Some((number, outcome)) = self.writer.outcome_now() {
            self.answered(number, outcome)?;
        }
        Ok(())
    }

    fn await_oldest(&mut self) -> Result<(), EngineError> {
        let (number, outcome) = self.writer.outcome()?;
        self.answered(number, outcome)
    }

    fn answered(&mut self, number: u64, outcome: Outcome) -> Result<(), EngineError> {
        match outcome {
            Outcome::Durable => {
                if self.in_flight.front().is_some_and(|batch| batch.number == number) {
                    self.again.extend(self.in_flight.pop_front().into_iter().flat_map(|batch| batch.again));
                }
                self.folder.durable(number);
                self.attempts = 0;
                self.folder.set_fanout_portion(self.bounds.fanout_portion);
                self.end_doubts()
            }
            Outcome::Failed(error) => Err(error),
            Outcome::Skipped => Ok(()),
            Outcome::Stale { key, base } => {
                self.was_overtaken(&key, base)?;
                let made = self.resolve_doubts(base.is_none())?;
                self.fold_again(key, made)
            }
        }
    }

    /// Looks which commits of unknown end were made; the oldest batch is one of them if its end is `unknown`. Gives whether that was made.
    fn resolve_doubts(&mut self, unknown: bool) -> Result<bool, EngineError> {
        let mut made = false;
        let before = std::mem::take(&mut self.in_doubt);
        for doubt in before {
            if self.is_kept(&doubt.commit)? {
                self.again.extend(doubt.again);
            } else {
                self.in_doubt.push(doubt);
            }
        }
        if let Some(batch) = self.in_flight.front_mut().filter(|_| unknown) {
            let (number, commit) = (batch.number, Arc::clone(&batch.commit));
            let mut again = std::mem::take(&mut batch.again);
            made = self.is_kept(&commit)?;
            if made {
                self.again.append(&mut again);
            } else {
                // The server may still be at it; what parties were to be told in its wake is forgotten until it is folded again.
                again.extend(self.folder.tellings_after(number));
                self.in_doubt.push(InDoubt { commit, again });
            }
        }
        Ok(made)
    }

    /// What stands in their place is durable: a commit of unknown end was made by now or never will be.
    fn end_doubts(&mut self) -> Result<(), EngineError> {
        if !self.in_doubt.is_empty() {
            self.resolve_doubts(false)?;
            self.in_doubt.clear();
        }
        Ok(())
    }

    /// True when every log that a commit adds to holds the last line that it added.
    fn is_kept(&mut self, commit: &Commit) -> Result<bool, EngineError> {
        let heads = || commit.heads.iter().map(|(head, _)| head);
        let asked: Vec<(Slot, &str, u64)> =
            heads().map(|head| (head.slot, &*head.key, head.seq.saturating_sub(1))).collect();
        let kept = self.reader.logs(&asked, 1)?;
        let same = |(head, lines): (&HeadRow, &Vec<EventRow>)| {
            lines.first().is_some_and(|line| (line.seq, line.hash) == (head.seq, head.hash))
        };
        Ok(!asked.is_empty() && heads().zip(&kept).all(same))
    }

    /// Asserts invariant 2: a batch was refused because somebody wrote since it was read. If nobody did, its log holds a line that the
    /// batch has again, and folding once more would not help.
    fn was_overtaken(&mut self, key: &str, base: Option<u64>) -> Result<(), EngineError> {
        let Some(base) = base else { return Ok(()) };
        let kept = self.reader.heads(&[(slot_of(key), key)])?.into_iter().flatten().next().map_or(0, |head| head.seq);
        Ok(invariant::check(invariant::ONCE, kept != base, || {
            format!("the log of `{key}` holds a line that was to be added to it, and nobody wrote to it meanwhile")
        })?)
    }

    /// Another process wrote first: everything not yet durable is folded again from what is. If the oldest batch was made all the same,
    /// it is durable.
    fn fold_again(&mut self, key: Box<str>, made: bool) -> Result<(), EngineError> {
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts > ATTEMPTS {
            return Err(EngineError::Contended { key, attempts: ATTEMPTS });
        }
        for _ in 1..self.in_flight.len() {
            self.writer.outcome()?;
        }
        if made && let Some(batch) = self.in_flight.pop_front() {
            self.folder.durable(batch.number);
        }
        if !std::mem::replace(&mut self.sharing, true) {
            // Somebody else is at work: from here on it is no matter what they write, unless it is about the same parties.
            self.writer.share()?;
            self.folder.share();
        }
        self.writer.resume()?;
        self.folder.forget();
        // Smaller from now on, until one is durable: where others keep writing, what takes long would never be the first.
        self.folder.set_fanout_portion(limits::after_attempts(self.bounds.fanout_portion, self.attempts));
        let batches = std::mem::take(&mut self.in_flight);
        let before = batches.front().map_or(self.counts_before, |first| first.counts_before);
        (self.folder.counts, self.counts_before) = (before, before);
        let mut work: Vec<Placed> = batches.into_iter().flat_map(|batch| batch.work).collect();
        work.append(&mut self.at_work);
        self.fold_only(work)
    }

    /// True when others wrote first and what was folded since is not durable yet.
    pub(crate) fn was_overtaken_lately(&self) -> bool {
        self.attempts > 0
    }

    /// True when questions are asked ahead, for many events together.
    pub(crate) fn reads_ahead(&self) -> bool {
        self.shared()
    }

    /// True when other processes may write between a read and the commit that rests on it.
    pub(crate) fn shared(&self) -> bool {
        self.sharing
    }

    /// Claims the queue of these slots, and gives those it got.
    pub(crate) fn claim(&mut self, queue: Queue, slots: &[Slot]) -> Result<Vec<Slot>, EngineError> {
        self.claimer()?.claim(queue, slots)
    }

    /// Gives back what was claimed, once what was done in it is durable.
    pub(crate) fn release(&mut self, queue: Queue, slots: &[Slot]) -> Result<(), EngineError> {
        self.claimer()?.release(queue, slots)
    }

    /// Who claims. Where others may write at any time it is another connection than the one that commits, so that a claim does not wait
    /// for a commit; elsewhere its writes would make our own commits stale.
    fn claimer(&mut self) -> Result<&WriterThread, EngineError> {
        if !self.store.shared() {
            return Ok(&self.writer);
        }
        if self.claimer.is_none() {
            self.claimer = Some(WriterThread::start(self.store.writer()?, self.bounds.claim_milliseconds));
        }
        Ok(self.claimer.as_ref().unwrap_or(&self.writer))
    }

    /// The bounds.
    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The folder.
    pub(crate) fn folder(&mut self) -> &mut Folder {
        &mut self.folder
    }

    /// Carries on every delivery there is, whoever left it.
    pub(crate) fn sweep_all(&mut self) -> Result<(), EngineError> {
        self.sweep((0..SLOTS).map(Slot).collect())
    }

    /// Carries deliveries on that an earlier commit left in these slots, or in those that this session's commits reach: fan-outs,
    /// interests that have not heard, inboxes. What another process is at work on is waited for.
    fn sweep(&mut self, mut slots: BTreeSet<Slot>) -> Result<(), EngineError> {
        let (mut held, mut patience) = (Held::default(), limits::PATIENCE);
        loop {
            self.settle()?;
            self.carry_on()?;
            slots.append(&mut self.left);
            let asked: Vec<Slot> = slots.into_iter().collect();
            let waiting = self.reader.waiting(Queue::Deliveries, i64::MAX, &asked)?;
            if waiting.is_empty() {
                return Ok(());
            }
            slots = waiting.iter().copied().collect();
            if self.await_feeders(&mut held, &mut patience)? {
                continue;
            }
            let mine = self.claim_some(Queue::Deliveries, &waiting)?;
            if mine.is_empty() {
                held.wait("deliveries")?;
                continue;
            }
            held.over();
            let mut work = Vec::new();
            work.extend(self.reader.inbox_in(&mine, limits::SLOT_ROWS)?.into_iter().map(Work::Deliver));
            work.extend(self.reader.unheard_in(&mine, limits::SLOT_ROWS)?.into_iter().map(Work::Introduce));
            let fanouts = self.reader.fanouts_in(&mine, limits::SLOT_ROWS)?;
            work.extend(fanouts.into_iter().map(|row| Work::Fanout { row, told: Arc::default() }));
            self.work(work)?;
            self.settle()?;
            self.carry_on()?;
            self.give_up(Queue::Deliveries, &mine)?;
        }
    }
}
