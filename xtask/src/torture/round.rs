//! One life with many deaths in it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use makegood_engine::idempotency_key;
use makegood_store::contract::server::Server;
use makegood_store::{SLOTS, Slot, Store, slot_of};
use tempfile::TempDir;

use super::Deaths;
use super::child::{Phase, incoming};
use super::life::{Life, file};
use crate::bench::world;
use crate::place::Place;

/// Lines that a process takes again that the one before it had acknowledged.
const OVERLAP: usize = 10;
/// Deaths in one phase, at most: after them it is left to end.
const DEATHS_A_PHASE: u32 = 14;
/// How long a process may take that nobody kills.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A database of its own, and a folder.
pub struct World<'s> {
    folder: TempDir,
    url: String,
    server: Option<&'s Server>,
}

impl<'s> World<'s> {
    pub fn new(place: &Place, server: Option<&'s Server>) -> Result<Self> {
        let folder = world::folder(place)?;
        let url = match server {
            Some(server) => server.fresh(),
            None => format!("sqlite:{}", file(&folder, "tortured.db").display()),
        };
        Ok(Self { folder, url, server })
    }

    fn store(&self) -> Result<Arc<dyn Store>> {
        Ok(makegood_store::open(&self.url)?.into())
    }
}

/// Chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).checked_rem(bound).unwrap_or_default()
    }
}

/// A process at work.
struct Worker {
    process: std::process::Child,
    acknowledged: Arc<AtomicUsize>,
    started: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Worker {
    fn start(world: &World, phase: Phase, path: &std::path::Path, from: usize) -> Result<Self> {
        let phase = match phase {
            Phase::Feed => "feed",
            Phase::Clock => "clock",
            Phase::Dispatch => "dispatch",
        };
        let mut command = Command::new(std::env::current_exe()?);
        command.args([
            "torture-child",
            "--database",
            &world.url,
            "--phase",
            phase,
            "--from",
            &from.to_string(),
            "--path",
        ]);
        let errors = std::fs::File::create(file(&world.folder, "errors.txt"))?;
        let mut process = command.arg(path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn()?;
        let (acknowledged, started) = (Arc::new(AtomicUsize::new(from)), Arc::new(AtomicBool::new(false)));
        let out = process.stdout.take().context("the process has no output")?;
        let (number, begun) = (Arc::clone(&acknowledged), Arc::clone(&started));
        let listener = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                begun.store(true, Ordering::SeqCst);
                if let Some(done) = line.strip_prefix("acknowledged ").and_then(|done| done.parse().ok()) {
                    number.store(done, Ordering::SeqCst);
                }
            }
        });
        Ok(Self { process, acknowledged, started, listener: Some(listener) })
    }

    /// Waits until it is at work, and then a while. True: it has ended by itself.
    fn work(&mut self, world: &World, pause: Duration) -> Result<bool> {
        let mut waited = Duration::ZERO;
        let mut worked = Duration::ZERO;
        while worked < pause {
            if let Some(status) = self.process.try_wait()? {
                ensure!(
                    status.success(),
                    "a process failed: {}",
                    std::fs::read_to_string(file(&world.folder, "errors.txt"))?
                );
                return Ok(true);
            }
            ensure!(waited < PATIENCE, "a process does not come to an end");
            std::thread::sleep(LOOK_EVERY);
            waited += LOOK_EVERY;
            if self.started.load(Ordering::SeqCst) {
                worked += LOOK_EVERY;
            }
        }
        Ok(false)
    }

    /// Kills it, and gives how much it had acknowledged.
    fn kill(mut self) -> Result<usize> {
        self.process.kill()?;
        self.process.wait()?;
        self.heard()
    }

    fn heard(&mut self) -> Result<usize> {
        if let Some(listener) = self.listener.take() {
            listener.join().map_err(|_| anyhow::anyhow!("the listener panicked"))?;
        }
        Ok(self.acknowledged.load(Ordering::SeqCst))
    }
}

pub struct Round<'l, 's> {
    life: &'l Life,
    world: World<'s>,
    chance: Chance,
}

impl<'l, 's> Round<'l, 's> {
    pub fn new(life: &'l Life, world: World<'s>, seed: u64) -> Self {
        Self { life, world, chance: Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed) }
    }

    /// Lives it, and compares what is left.
    pub fn live(mut self, deaths: &mut Deaths) -> Result<()> {
        self.life.begin(&*self.world.store()?)?;
        self.feed(deaths).context("while feeding")?;
        self.phase(Phase::Clock, deaths).context("while the clock moves")?;
        self.phase(Phase::Dispatch, deaths).context("while messages leave")?;
        let store = self.world.store()?;
        let digest = self.life.look(&*store)?;
        if digest != self.life.digest {
            bail!("the digest is another than that of the undisturbed run\n{}", self.life.difference(&*store)?);
        }
        self.everything_left(&*store)
    }

    /// Feeds the lines in an order of its own, by one process on a file and by two on a server.
    fn feed(&mut self, deaths: &mut Deaths) -> Result<()> {
        let workers = if self.world.server.is_some() { 2 } else { 1 };
        let (mut orders, mut paths) = (Vec::new(), Vec::new());
        for number in 0..workers {
            let order = self.order();
            let path = file(&self.world.folder, &format!("events-{number}.jsonl"));
            std::fs::write(&path, order.join("\n"))?;
            orders.push(order);
            paths.push(path);
        }
        let mut acknowledged = vec![0_usize; workers];
        let mut running: Vec<Option<Worker>> = Vec::new();
        for path in &paths {
            running.push(Some(Worker::start(&self.world, Phase::Feed, path, 0)?));
        }
        let mut died = 0;
        while running.iter().any(Option::is_some) {
            let number = self.chance.below(workers as u64) as usize;
            let Some(worker) = running.get_mut(number).and_then(Option::as_mut) else { continue };
            let pause = if died < DEATHS_A_PHASE { self.pause() } else { PATIENCE };
            if worker.work(&self.world, pause)? {
                let done = worker.heard()?;
                ensure!(done == orders[number].len(), "a process ended after {done} of {} lines", orders[number].len());
                running[number] = None;
                continue;
            }
            died += 1;
            // One that is only being started has a right to its server.
            let all_at_work = running.iter().flatten().all(|worker| worker.started.load(Ordering::SeqCst));
            if all_at_work && self.server_dies(deaths)? {
                continue;
            }
            let Some(worker) = running[number].take() else { continue };
            let done = worker.kill()?;
            deaths.processes += 1;
            acknowledged[number] = acknowledged[number].max(done);
            self.are_known(&orders[number][..done])?;
            let from = done.saturating_sub(OVERLAP);
            running[number] = Some(Worker::start(&self.world, Phase::Feed, &paths[number], from)?);
        }
        Ok(())
    }

    fn phase(&mut self, phase: Phase, deaths: &mut Deaths) -> Result<()> {
        let path = self.world.folder.path().to_owned();
        let mut died = 0;
        loop {
            let mut worker = Worker::start(&self.world, phase, &path, 0)?;
            loop {
                let pause = if died < DEATHS_A_PHASE { self.pause() } else { PATIENCE };
                if worker.work(&self.world, pause)? {
                    return Ok(());
                }
                died += 1;
                // One that is only being started has a right to its server.
                let at_work = worker.started.load(Ordering::SeqCst);
                if !at_work || !self.server_dies(deaths)? {
                    worker.kill()?;
                    deaths.processes += 1;
                    break;
                }
            }
        }
    }

    /// From nothing to a third of a second, short ones more often.
    fn pause(&mut self) -> Duration {
        let most = self.chance.below(330);
        Duration::from_millis(self.chance.below(most.max(1)))
    }

    /// Sometimes it is the server that dies, or the connections, and the processes must live on.
    fn server_dies(&mut self, deaths: &mut Deaths) -> Result<bool> {
        let Some(server) = self.world.server else { return Ok(false) };
        match self.chance.below(8) {
            0 => {
                server.kill();
                server.up();
                deaths.servers += 1;
                Ok(true)
            }
            1 => {
                let cut =
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'makegood'";
                server.sql("postgres", cut);
                deaths.connections += 1;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The lines in an order of this round, some of them twice.
    fn order(&mut self) -> Vec<String> {
        let (first, rest) = self.life.lines.split_at(self.life.first);
        let (rest, last) = rest.split_at(rest.len().saturating_sub(self.life.last));
        let mut rest = rest.to_vec();
        for place in (1..rest.len()).rev() {
            let other = self.chance.below(place as u64 + 1) as usize;
            rest.swap(place, other);
        }
        rest.extend_from_within(..rest.len().min(40));
        first.iter().cloned().chain(rest).chain(last.iter().cloned()).collect()
    }

    /// Every line that was acknowledged is in its log.
    fn are_known(&self, lines: &[String]) -> Result<()> {
        let mut reader = self.world.store()?.reader()?;
        let events: Result<Vec<_>> = lines.iter().map(|line| incoming(&self.life.book, line)).collect();
        let events = events?;
        let asked: Vec<_> =
            events.iter().map(|one| (slot_of(&one.event.subject), &*one.event.subject, one.event.ident)).collect();
        let lost = reader.places(&asked)?.iter().filter(|place| place.is_none()).count();
        ensure!(lost == 0, "{lost} of {} acknowledged events are lost", lines.len());
        Ok(())
    }

    /// Every message is marked as taken, and whoever takes them has it.
    fn everything_left(&self, store: &dyn Store) -> Result<()> {
        let mut taken = BTreeSet::new();
        for topic in ["payout", "notice", "question", "approval"] {
            let text = std::fs::read_to_string(file(&self.world.folder, &format!("{topic}.jsonl")))?;
            for line in text.lines() {
                // A line that was being written when its process was killed is followed by the whole one.
                let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
                taken.extend(message.get("id").and_then(|id| id.as_str()).map(ToOwned::to_owned));
            }
        }
        let mut reader = store.reader()?;
        let mut rows = 0;
        for slot in (0..SLOTS).map(Slot) {
            for message in reader.outbox_of_slot(slot, None, usize::MAX)? {
                rows += 1;
                if message.delivered.is_none() || !taken.contains(&idempotency_key(&message)) {
                    bail!("a message to `{}` never left", message.party);
                }
            }
        }
        ensure!(rows == self.life.messages, "{rows} messages are kept, {} undisturbed", self.life.messages);
        Ok(())
    }
}
