//! Files that nobody would write: every charter and test file of the corpus and of those that ship, cut, doubled, swapped and
//! spliced. Whatever comes, the answer is a charter or diagnostics: never a panic, soon, and in little memory.
//!
//! `MAKEGOOD_MUTATIONS` sets how many files are tried; `MAKEGOOD_SEED` another beginning. A failure names its seed and number.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests fail by panicking; how long a file takes is what is judged"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use makegood_charter::expr::Scope;
use makegood_charter::model::{Amount, Fixed, Right};
use makegood_charter::publish::{Format, publish};
use makegood_charter::tests_file::CharterTest;
use makegood_charter::value::{Moment, Type, Value};
use makegood_charter::{Charter, diff, explain, fmt};

/// No file may take this many times as long as the charter that has every key, measured beside it.
const TIMES: u32 = 500;
/// A file that took less is not looked at twice.
const SLOW: Duration = Duration::from_secs(5);
/// How often a slow file is tried again: the machine may have been busy with something else.
const TRIES: usize = 3;

/// The most memory that this program may ever take, with every file read, formatted, explained and published.
const MEMORY_KIB: u64 = 512 * 1024;

/// The most memory that this program took so far, where the system tells.
fn most_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Pseudo-random numbers that are the same everywhere (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % (end.max(1) as u64)).unwrap()
    }
}

fn files(folder: &str, found: &mut Vec<String>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(path.to_str().unwrap(), found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Pieces that have a meaning somewhere: put where they have none.
const PIECES: &[&str] = &[
    "term.",
    "party.",
    "made.",
    "evidence.",
    "data.",
    "promise.worth",
    "duration('1h')",
    "distance('A', 'B')",
    "deadline(at, '2 working days')",
    "days_between(at, at)",
    "periods(duration('1h'), duration('0s'))",
    "9223372036854775807",
    "-",
    "%",
    " km",
    " USD",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "\t",
    "'",
    "\"",
    "&a",
    "*a",
    "<<: ",
    "!!str ",
    "null",
    "~",
    "1/0",
    "share: 0%",
    "at: 0",
    "above: 0",
    "up_to: 0",
    "follows: ",
    "true",
    "\u{feff}",
    "é",
    "中",
    "\u{202e}",
    "\0",
];

/// A seed with some changes; three in four begin with a sound charter, so that what lies behind the first check is reached.
fn mutated(seeds: &[String], sound: &[String], dice: &mut Dice) -> String {
    let from = if dice.below(4) > 0 { sound } else { seeds };
    let mut text = from[dice.below(from.len())].clone();
    for _ in 0..=dice.below(3) {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = dice.below(lines.len());
        match dice.below(10) {
            0 if !lines.is_empty() => {
                lines.remove(line);
            }
            1 if !lines.is_empty() => {
                let copy = lines[line].clone();
                lines.insert(dice.below(lines.len()), copy);
            }
            2 if lines.len() > 1 => {
                let other = dice.below(lines.len());
                lines.swap(line, other);
            }
            3 => {
                let other = &seeds[dice.below(seeds.len())];
                let from: Vec<&str> = other.lines().collect();
                let start = dice.below(from.len());
                let taken = from.iter().skip(start).take(dice.below(12)).map(|line| (*line).to_owned());
                lines.splice(line..line, taken);
            }
            4 if !lines.is_empty() => {
                let indent = " ".repeat(dice.below(9));
                lines[line] = format!("{indent}{}", lines[line].trim_start());
            }
            5..=7 if !lines.is_empty() => {
                let digit = char::from(b'0' + u8::try_from(dice.below(10)).unwrap());
                let chosen = dice.below(8);
                let numbered = lines[line].char_indices().rfind(|(_, sign)| sign.is_ascii_digit());
                if let Some((at, _)) = numbered.filter(|_| chosen > 0) {
                    lines[line].replace_range(at..=at, &digit.to_string());
                }
            }
            _ if !lines.is_empty() => {
                let characters: Vec<char> = lines[line].chars().collect();
                let at = dice.below(characters.len() + 1);
                let skip = dice.below(4);
                let before: String = characters.iter().take(at).collect();
                let after: String = characters.iter().skip(at + skip).collect();
                lines[line] = format!("{before}{}{after}", PIECES[dice.below(PIECES.len())]);
            }
            _ => {}
        }
        text = lines.join("\n");
    }
    text
}

/// A value of this type, often at the ends of its range.
fn any_value(kind: &Type, dice: &mut Dice) -> Value {
    let number = match dice.below(6) {
        0 => i64::MAX,
        1 => i64::MIN,
        2 => 0,
        _ => i64::try_from(dice.roll() % 4_000_000_000_000).unwrap(),
    };
    match kind {
        _ if dice.below(8) == 0 => Value::Absent,
        Type::Bool => Value::Bool(number % 2 == 0),
        Type::Int => Value::Int(number),
        Type::Number { .. } => Value::Number(number),
        Type::Duration => Value::Duration(number),
        Type::Time => Value::Time(Moment(number)),
        Type::Text => Value::Text("OSL".into()),
        Type::Key { kind } => Value::Key(format!("{kind}:1").into()),
        Type::Choice(words) => Value::Choice(u16::try_from(dice.below(words.len() + 1)).unwrap()),
        Type::Money | Type::Tenders => Value::Absent,
    }
}

/// Works out every expression of a charter on data at the ends of their ranges.
fn evaluate(charter: &Charter, dice: &mut Dice) {
    let fields = |shape: usize, dice: &mut Dice| -> Vec<Value> {
        charter
            .shapes
            .get(shape)
            .map(|shape| shape.fields.iter().map(|field| any_value(&field.kind, dice)).collect())
            .unwrap_or_default()
    };
    for right in &charter.rights {
        let data = match right.on {
            makegood_charter::model::Trigger::Event(shape) => fields(shape, dice),
            makegood_charter::model::Trigger::Overdue => Vec::new(),
        };
        let made = charter.promises.get(right.promise).map(|promise| fields(promise.on, dice)).unwrap_or_default();
        let counts = vec![3; charter.counts.len()];
        let moment = |dice: &mut Dice| Moment(i64::try_from(dice.roll() % 8_000_000_000_000).unwrap());
        let scope = Scope {
            data: &data,
            made: &made,
            at: moment(dice),
            due: moment(dice),
            made_at: moment(dice),
            counts: &counts,
            ..Scope::default()
        };
        for expression in expressions(right) {
            let _ = expression.value(&scope);
        }
    }
}

fn expressions(right: &Right) -> Vec<&makegood_charter::expr::Expr> {
    let mut found: Vec<_> = right.when.iter().chain(&right.decided_at).collect();
    found.extend(right.unless.iter().filter_map(|exception| exception.when.as_ref()));
    for award in &right.awards {
        found.extend(award.times.iter().chain(&award.dated_by));
        found.extend(award.reduced.iter().filter_map(|case| case.when.as_ref()));
        match &award.amount {
            Amount::Bands { by: expression, .. }
            | Amount::Share { of: expression, .. }
            | Amount::Each { count: expression, .. } => found.push(expression),
            Amount::Fixed(Fixed::Expr(expression)) => found.push(expression),
            Amount::Fixed(_) => {}
        }
    }
    found
}

fn time_to_read(text: &str) -> Duration {
    let start = Instant::now();
    let read = Charter::read("mutated.yaml", text);
    let _ = read.report(text, makegood_charter::diagnostic::Style::Plain);
    let _ = fmt::format(text);
    start.elapsed()
}

#[test]
fn no_file_makes_it_panic_or_wait_or_take_much_memory() {
    let mut seeds = Vec::new();
    for folder in ["tests/corpus", "tests/seeds", "../../charters"] {
        files(folder, &mut seeds);
    }
    let from_environment = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = from_environment("MAKEGOOD_MUTATIONS").unwrap_or(600);
    let seed = from_environment("MAKEGOOD_SEED").unwrap_or(1);
    let is_sound = |text: &&String| Charter::read("seed", text).charter.is_some();
    let beginnings: Vec<String> = seeds.iter().filter(is_sound).cloned().collect();
    let whole = Charter::read("every-key", include_str!("corpus/good/every-key.yaml")).charter.unwrap();
    let mut sound = 0;
    for number in 0..count {
        let mut dice = Dice(seed.wrapping_mul(0x1_0000_0000).wrapping_add(number));
        // The first are the seeds themselves.
        let text = match seeds.get(usize::try_from(number).unwrap()) {
            Some(seed) => seed.clone(),
            None => mutated(&seeds, &beginnings, &mut dice),
        };
        let start = Instant::now();
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let read = Charter::read("mutated.yaml", &text);
            let _ = read.report(&text, makegood_charter::diagnostic::Style::Plain);
            let _ = CharterTest::read_all("mutated.yaml", &text, &whole);
            if let Ok(formatted) = fmt::format(&text) {
                assert_eq!(fmt::format(&formatted).unwrap(), formatted, "formatting again changes something");
            }
            let Some(charter) = read.charter else { return false };
            evaluate(&charter, &mut dice);
            for language in ["en", "zh", "nb"] {
                let _ = explain::explain(&charter, language);
                let _ = publish(&charter, language, Format::Html);
                let _ = diff::diff(&whole, &charter, language);
            }
            true
        }));
        match judged {
            Ok(one) => sound += u64::from(one),
            Err(_) => panic!("seed {seed}, number {number} panicked:\n{text}"),
        }
        let memory = most_memory_kib().unwrap_or_default();
        assert!(memory < MEMORY_KIB, "seed {seed}, number {number} took {memory} KiB:\n{text}");
        if start.elapsed() >= SLOW {
            let fastest = (0..TRIES).map(|_| time_to_read(&text)).min().unwrap();
            let usual = (0..TRIES).map(|_| time_to_read(include_str!("corpus/good/every-key.yaml"))).max().unwrap();
            assert!(fastest < usual * TIMES, "seed {seed}, number {number} took {fastest:?}, not {usual:?}:\n{text}");
        }
    }
    assert!(sound > count / 10, "only {sound} of {count} were sound: the mutations are too coarse");
}
