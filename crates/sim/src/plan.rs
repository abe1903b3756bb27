//! What happens in a world, and what befalls those who tell of it: all of it drawn from one seed before anything is carried out, so
//! that any part of it can be left out and the rest stays the same.

mod story;

use makegood_auditor::{DAY, Fact, HOUR, MINUTE};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The first moment of a world: 20 October 2025.
pub const BEGIN: i64 = 1_760_918_400_000;
/// How long a world lasts, however much happens in it: into the next year.
pub const LENGTH: i64 = 110 * DAY;

/// How a world is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// True: the database is one that many share, as PostgreSQL always is.
    pub sharing: bool,
    /// True: no transaction spans two slots (only where many share the database).
    pub split: bool,
    /// How many sessions are at work on it.
    pub sessions: u8,
    /// Lines in one commit.
    pub commit_lines: usize,
    /// Parties that one event reaches at once.
    pub fanout_portion: usize,
    /// Parties and things kept at hand.
    pub at_hand: usize,
    /// Parts of one party kept at hand.
    pub parts_at_hand: usize,
    /// Commits handed over and not yet durable.
    pub commits_in_flight: usize,
    /// When the second terms are put in force.
    pub second_terms_at: i64,
}

/// Something that is done at a moment of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: i64,
    /// By which session.
    pub session: u8,
    /// What.
    pub what: Do,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Do {
    /// A fact is told: it waits with the batch at work.
    Tell(usize),
    /// The input pauses.
    Pause,
    /// What was told is made durable, and the teller knows it.
    Flush,
    /// The clock is moved to what the machine says it is.
    Clock,
    /// Messages leave. The draw says how receivers behave.
    Dispatch(u64),
    /// Somebody acts on what was received or is seen; what, and on which, is drawn.
    Decide(u64),
    /// The session dies with the commit after so many, which is durable or not.
    Die {
        /// So many go through.
        after: u8,
        /// Whether the last one does as well, unheard of.
        durable: bool,
        /// Whether what it had claimed is given back.
        tidy: bool,
    },
    /// The process dies between two pieces of work.
    Crash,
    /// The machine's clock goes wrong by so much (zero: it is right again).
    Jump(i64),
    /// The auditor comes.
    Audit,
}

/// A world: what happens in it, and what is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed it was drawn from.
    pub seed: u64,
    /// How it is set up.
    pub setting: Setting,
    /// What happens.
    pub facts: Vec<Fact>,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// Chance, the same for the same seed, on every machine and in every release.
#[derive(Debug, Clone)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`; zero where there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64().checked_rem(bound).unwrap_or_default()
    }

    /// A number from `from` up to, and without, `until`.
    pub fn between(&mut self, from: i64, until: i64) -> i64 {
        let width = until.saturating_sub(from).max(1).unsigned_abs();
        from.saturating_add_unsigned(self.below(width))
    }

    /// True so often in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap_or_default())
    }

    /// Any number.
    pub fn draw(&mut self) -> u64 {
        self.0.next_u64()
    }
}

impl Setting {
    fn drawn(chance: &mut Chance, on_server: bool) -> Self {
        let sharing = on_server || chance.percent(50);
        let sessions = if chance.percent(30) { 1 } else { 2 + chance.below(2) as u8 };
        let small = |chance: &mut Chance, few: &[usize], usual: usize| {
            if chance.percent(50) { *chance.pick(few).unwrap_or(&usual) } else { usual }
        };
        Self {
            sharing,
            split: sharing && chance.percent(40),
            sessions,
            commit_lines: small(chance, &[1, 3, 10], 65_536),
            fanout_portion: small(chance, &[1, 2, 5], 4_096),
            at_hand: small(chance, &[0, 2, 10], 50_000),
            parts_at_hand: small(chance, &[0, 3], 4_096),
            // With one session, what is made durable by the time it dies does not depend on how fast its other thread is.
            commits_in_flight: if sessions == 1 && !sharing { 1 } else { 0 },
            second_terms_at: if chance.percent(50) { BEGIN } else { BEGIN + 16 * DAY },
        }
    }
}

impl Plan {
    /// The world of a seed in which about so many facts happen. `on_server` when its database is one that many share in any case.
    pub fn new(seed: u64, facts: usize, on_server: bool) -> Self {
        let mut chance = Chance::new(seed);
        let setting = Setting::drawn(&mut chance, on_server);
        let facts = story::tell(&mut chance, facts.max(1));
        let mut steps = told(&mut chance, &facts, setting.sessions);
        let end = steps.iter().map(|step| step.at).max().unwrap_or(BEGIN);
        befall(&mut chance, &mut steps, facts.len(), end, setting.sessions);
        // A stable sort: what falls on one moment stays in the order in which it was drawn.
        steps.sort_by_key(|step| step.at);
        Self { seed, setting, facts, steps }
    }
}

/// When each fact is told, by whom, and how often: most soon, some after days, a few after weeks.
fn told(chance: &mut Chance, facts: &[Fact], sessions: u8) -> Vec<Step> {
    let mut steps = Vec::new();
    for (number, fact) in facts.iter().enumerate() {
        let mut times = 1;
        while times < 4 && chance.percent(15) {
            times += 1;
        }
        for _ in 0..times {
            let delay = match chance.below(10) {
                0..=6 => chance.between(0, 30 * MINUTE),
                7..=8 => chance.between(0, 2 * DAY),
                _ => chance.between(0, 20 * DAY),
            };
            let session = chance.below(u64::from(sessions)) as u8;
            steps.push(Step { at: fact.time.saturating_add(delay), session, what: Do::Tell(number) });
        }
    }
    steps
}

/// Everything else that is done between the first moment and the last.
fn befall(chance: &mut Chance, steps: &mut Vec<Step>, facts: usize, end: i64, sessions: u8) {
    let mut add = |chance: &mut Chance, times: usize, what: &dyn Fn(&mut Chance) -> Do| {
        for _ in 0..times {
            let at = chance.between(BEGIN, end);
            let session = chance.below(u64::from(sessions)) as u8;
            steps.push(Step { at, session, what: what(chance) });
        }
    };
    add(chance, facts / 3 + 1, &|_| Do::Flush);
    add(chance, facts / 20, &|_| Do::Pause);
    add(chance, facts / 8 + 1, &|_| Do::Clock);
    add(chance, facts / 10 + 1, &|chance| Do::Dispatch(chance.draw()));
    add(chance, facts / 2, &|chance| Do::Decide(chance.draw()));
    add(chance, facts / 25, &|chance| Do::Die {
        after: chance.below(4) as u8,
        durable: chance.percent(50),
        tidy: chance.percent(90),
    });
    add(chance, facts / 40, &|_| Do::Crash);
    add(chance, facts / 60, &|chance| {
        Do::Jump(*chance.pick(&[0, 0, -12 * HOUR, -3 * HOUR, 2 * DAY, 20 * DAY]).unwrap_or(&0))
    });
    add(chance, 2, &|_| Do::Audit);
}
