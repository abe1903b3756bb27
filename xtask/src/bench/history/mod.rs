//! `cargo xtask bench history`: questions to ten million generated events, by the language and by DuckDB in SQL on the same files, in
//! turns in one run.

mod world;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use makegood_charter::{Charter, Moment};
use makegood_engine::{History, Simulation, estimate, simulate_files};
use serde::Deserialize;

use super::{Figure, Stopwatch, machine};
use crate::place::Place;
use crate::shell::{program, works};
use crate::table::{row, table};

const WHOLE: &str = include_str!("whole.yaml");
const SCRIPT: &str = include_str!("beside.py");
const DUCKDB: &str = "duckdb==2.0.0";

/// How much is measured.
#[derive(Debug, Args)]
pub struct Options {
    /// Generated events
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
    /// The seed from which they are generated
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Rounds of each question, ours and DuckDB's in turns
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Threads of either side
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only write the files
    #[arg(long)]
    files: bool,
}

/// A question: a charter, and the SQL that asks the same.
struct Question {
    name: &'static str,
    charter: String,
    sql: Vec<(&'static str, String)>,
    goal: f64,
}

/// Measures and prints the report.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let folder = place.folder("bench-history")?.join(format!("{}-{}", options.events, options.seed));
    println!("{} events are generated with seed {} into {}", options.events, options.seed, folder.display());
    let whole = charter(WHOLE)?;
    let watch = Stopwatch::start();
    let rows = world::make(&folder, &whole, options.events, options.seed)?;
    println!("{rows} lines, {:.1} s", watch.elapsed().as_secs_f64());
    if options.files {
        return Ok(());
    }
    let history = History::open(&folder)?;
    let mut figures = vec![Figure::new("events, generated", format!("{rows}, seed {}", options.seed), "")];
    let python = python(place).inspect_err(|error| eprintln!("without DuckDB: {error:#}")).ok();
    for question in questions(&folder) {
        figures.extend(ask(place, &history, python.as_deref(), &question, options)?);
    }
    figures.extend(by_columns(&history, &whole, rows, options)?);
    let simulation = Simulation { draft: whole, until: Moment(i64::MAX), segment: None };
    let watch = Stopwatch::start();
    let found = simulate_files(&history, &simulation, options.threads, &|| {})?;
    let took = watch.elapsed();
    ensure!(
        found.differ == 0 && found.would.whole.remedies > 0,
        "the draft is what was in force, and gives something else"
    );
    let name = "the whole charter, `charter simulate`: every party folded under what was in force and under the draft";
    figures.push(Figure::new(name, seconds(took), ""));
    let per_second = 2.0 * rows as f64 / took.as_secs_f64();
    figures.push(Figure::new("events folded a second, each under both", format!("{per_second:.0}"), "5 000 000"));
    let mut rows = vec![row(["what", "figure", "goal"])];
    rows.extend(figures.into_iter().map(|figure| row([figure.what, figure.figure, figure.goal])));
    println!("\nThe machine\n{}\nThe figures\n{}", table(&machine::describe(), &[1]), table(&rows, &[1, 2]));
    Ok(())
}

/// All rights of the whole charter, from the columns that they read.
fn by_columns(history: &History, whole: &Arc<Charter>, rows: u64, options: &Options) -> Result<Vec<Figure>> {
    let mut times = Vec::new();
    for _ in 0..options.rounds {
        let watch = Stopwatch::start();
        let found = estimate(history, whole, options.threads, &|| {})?;
        times.push(watch.elapsed());
        ensure!(found.left_out.is_empty() && found.rights.len() == 2, "not every right is reckoned: {found:?}");
    }
    let per_second = rows as f64 / best(&times).as_secs_f64();
    let name = "the whole charter, `charter estimate`: every right from the columns that it reads";
    Ok(vec![
        Figure::new(name, seconds(best(&times)), ""),
        Figure::new("events judged a second", format!("{per_second:.0}"), "5 000 000"),
    ])
}

fn charter(text: &str) -> Result<Arc<Charter>> {
    let read = Charter::read("charter.yaml", text);
    let report = read.report(text, makegood_charter::diagnostic::Style::Plain);
    read.charter.map(Arc::new).with_context(|| report)
}

fn questions(folder: &Path) -> Vec<Question> {
    // One right, as the SQL has one: without the exception and the refund.
    let (before, rest) = WHOLE.split_once("  refund:\n").unwrap_or((WHOLE, ""));
    let after = rest.split_once("limits:").map_or("", |(_, limits)| limits);
    let plain = format!("{before}limits:{after}");
    let plain = plain.replace("    unless: {if: data.cause == 'weather', says: {en: It was the weather.}}\n", "");
    let doubled = plain.replace(
        "compensation: {bands: late, by: data.late}",
        "compensation: {bands: late, by: data.late, times: \"party.flown >= 4 ? 2 : 1\"}",
    );
    let files = format!("read_parquet('{}/parties-*.parquet')", folder.display());
    let band = |late: &str| {
        format!(
            "CASE WHEN {late} >= 21600000 THEN 20000 WHEN {late} >= 18000000 THEN 15000 \
             WHEN {late} >= 14400000 THEN 10000 ELSE 5000 END"
        )
    };
    let capped = |from: String, times: &str| {
        format!(
            "SELECT count(*), sum(credit) FROM (SELECT {} * {times} AS credit, row_number() OVER \
             (PARTITION BY key, year(time) ORDER BY time) AS nr FROM {from} WHERE late >= 10800000) WHERE nr <= 2",
            band("late"),
        )
    };
    let flown =
        format!("SELECT key, time, trip_flown__late_ms AS late FROM {files} WHERE type = 'trip.flown' AND kind = 0");
    let lagged = format!(
        "SELECT key, time, trip_flown__late_ms AS late, coalesce(lag(epoch_ms(time), 3) OVER (PARTITION BY key ORDER BY time) \
         > epoch_ms(time) - 31536000000, false) AS often FROM {files} WHERE type = 'trip.flown' AND kind = 0"
    );
    let ranged = format!(
        "SELECT key, time, trip_flown__late_ms AS late, count(*) OVER (PARTITION BY key ORDER BY epoch_ms(time) RANGE BETWEEN \
         31535999999 PRECEDING AND CURRENT ROW) >= 4 AS often FROM {files} WHERE type = 'trip.flown' AND kind = 0"
    );
    let twice = "CASE WHEN often THEN 2 ELSE 1 END";
    vec![
        Question {
            name: "bands by delay, at most two credits a year",
            charter: plain,
            sql: vec![("row_number", capped(format!("({flown})"), "1"))],
            goal: 1.0,
        },
        Question {
            name: "the same, doubled for four flights in the trailing 365 days",
            charter: doubled,
            sql: vec![
                ("lag", capped(format!("({lagged})"), twice)),
                ("range window", capped(format!("({ranged})"), twice)),
            ],
            goal: 2.0,
        },
    ]
}

/// Asks a question in turns, ours and DuckDB's, and compares the totals.
fn ask(
    place: &Place,
    history: &History,
    python: Option<&Path>,
    question: &Question,
    options: &Options,
) -> Result<Vec<Figure>> {
    let draft = charter(&question.charter)?;
    let (mut ours, mut theirs) = (Vec::new(), vec![Vec::new(); question.sql.len()]);
    let (mut worked, mut they_worked) = (Vec::new(), vec![Vec::new(); question.sql.len()]);
    let mut total = None;
    for _ in 0..options.rounds {
        let (watch, before) = (Stopwatch::start(), processor_time()?);
        let found = estimate(history, &draft, options.threads, &|| {})?;
        ours.push(watch.elapsed());
        worked.push(processor_time()?.saturating_sub(before));
        let late = found.rights.iter().find(|((right, _), _)| &**right == "late").map(|(_, total)| total);
        let late = late.context("the charter gave nothing")?;
        let sum = (late.remedies, late.amounts.values().sum::<i128>());
        ensure!(*total.get_or_insert(sum) == sum, "two runs give different totals");
        if let Some(python) = python {
            let answers = duckdb(place, python, &question.sql, options.threads)?;
            for ((answer, times), worked) in answers.iter().zip(&mut theirs).zip(&mut they_worked) {
                let [(count, minor)] = answer.rows.as_slice() else { bail!("DuckDB gave {:?}", answer.rows) };
                let same = (*count, minor.to_string().parse::<i128>()?) == sum;
                ensure!(same, "{}: DuckDB has {count} credits of {minor}, we {sum:?}", answer.name);
                times.push(Duration::from_secs_f64(answer.seconds));
                worked.push(Duration::from_secs_f64(answer.worked));
            }
        }
    }
    let (credits, minor) = total.unwrap_or_default();
    let ours = best(&ours);
    let name = question.name;
    let mut figures = vec![
        Figure::new(format!("{name}: credits, in cents"), format!("{credits}, {minor}"), "the same in SQL"),
        Figure::new(format!("{name}: by the language"), seconds(ours), ""),
    ];
    for ((of, _), times) in question.sql.iter().zip(&theirs).filter(|(_, times)| !times.is_empty()) {
        figures.push(Figure::new(format!("{name}: DuckDB, {of}"), seconds(best(times)), ""));
    }
    if let Some(fastest) = theirs.iter().filter(|times| !times.is_empty()).map(|times| best(times)).min() {
        let ratio = fastest.as_secs_f64() / ours.as_secs_f64();
        figures.push(Figure::new(
            format!("{name}: of DuckDB's speed"),
            format!("{ratio:.2} ×"),
            format!("{:.0} ×", question.goal),
        ));
    }
    // On a machine with others at work this says more than how long it took.
    if let Some(least) = they_worked.iter().filter(|times| !times.is_empty()).map(|times| middle(times)).min() {
        let (worked, name) =
            (middle(&worked), format!("{name}: processor time, ours and DuckDB's, the middle of the rounds"));
        figures.push(Figure::new(name, format!("{}, {}", seconds(worked), seconds(least)), ""));
    }
    Ok(figures)
}

#[derive(Debug, Deserialize)]
struct Answer {
    name: String,
    seconds: f64,
    worked: f64,
    rows: Vec<(u64, serde_json::Value)>,
}

fn duckdb(place: &Place, python: &Path, questions: &[(&str, String)], threads: usize) -> Result<Vec<Answer>> {
    let mut command = program(place, python, ["-c", SCRIPT]);
    let mut child = command.arg(threads.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("no standard input")?;
    for (name, sql) in questions {
        writeln!(input, "{}", serde_json::json!({ "name": name, "sql": sql }))?;
    }
    drop(input);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "DuckDB failed: {}", output.status);
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Python with DuckDB, in an environment of its own under the target folder.
fn python(place: &Place) -> Result<PathBuf> {
    let environment = place.folder("bench-history")?.join("python");
    let python = environment.join("bin/python");
    let ready = || {
        let check = format!("import duckdb; assert duckdb.__version__ == '{}'", DUCKDB.trim_start_matches("duckdb=="));
        python.exists() && works(&mut program(place, &python, ["-c", &check]))
    };
    if !ready() {
        let arguments = ["-m", "venv", "--clear"].map(AsRef::as_ref);
        if !works(&mut program(place, "python3", arguments.into_iter().chain([environment.as_os_str()]))) {
            bail!("`python3 -m venv` does not work here: install Python 3.9 or newer with its module venv");
        }
        println!("installing {DUCKDB} into {}", environment.display());
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", DUCKDB];
        if !works(&mut program(place, &python, install)) || !ready() {
            bail!("{DUCKDB} cannot be installed: it needs Python 3.9 or newer and the network");
        }
    }
    Ok(python)
}

/// How long processors have worked for this process.
fn processor_time() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("`/proc/self/stat` is not what it was")?;
    let ticks: Vec<u64> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

fn middle(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn best(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}
