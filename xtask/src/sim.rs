//! `cargo xtask sim`: worlds are lived, each from its seed, and an independent auditor looks at what is left.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use makegood_sim::{Database, Plan, Trouble, compare_orders, run, shrink};
use makegood_store::contract::server::Server;

use crate::bench::Stopwatch;
use crate::torture::Kind;

/// Runs that making a failure small may take.
const SHRINKING_RUNS: usize = 200;
/// Findings that are told.
const FINDINGS: usize = 5;

/// Which worlds.
#[derive(Debug, Args)]
pub struct Options {
    /// The seed of the first world
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// So many worlds, each with the seed after the one before; one when `--seed` is given alone
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "minutes")]
    seeds: u64,
    /// Go on for this many minutes
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// About so many facts happen in each
    #[arg(long, value_name = "M", default_value_t = 400)]
    events: usize,
    /// Where they keep their data
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kind,
    /// Show what happens, line by line
    #[arg(long)]
    trace: bool,
}

/// Lives the worlds. Fails with the first that is not as it should be, made small, with its seed and the first difference in words.
pub fn simulate(options: &Options) -> Result<()> {
    let server = (options.database == Kind::Postgres).then(Server::start);
    let database = server.as_ref().map_or(Database::Sqlite, Database::Postgres);
    let enough = options.minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    let watch = Stopwatch::start();
    let (mut worlds, mut told, mut deaths, mut living) = (0_u64, 0_u64, 0_u64, Duration::ZERO);
    while enough.map_or(worlds < options.seeds, |enough| watch.elapsed() < enough) {
        let seed = options.seed.wrapping_add(worlds);
        let plan = Plan::new(seed, options.events, database.is_server());
        let lived = Stopwatch::start();
        let outcome = run(&plan, &database, None)?;
        living += lived.elapsed();
        if options.trace {
            outcome.trace.lines.iter().for_each(|line| println!("{line}"));
        }
        if let Some(trouble) = outcome.trouble {
            return Err(tell(options, &plan, trouble, &database)?);
        }
        if let Some(difference) = compare_orders(&plan, &database)? {
            let events = options.events;
            bail!("seed {seed}: {difference}\nagain: cargo xtask sim --seed {seed} --events {events}");
        }
        worlds = worlds.saturating_add(1);
        told = told.saturating_add(outcome.told);
        deaths = deaths.saturating_add(outcome.deaths);
        println!(
            "seed {seed}: {} events told, {} sudden deaths, trace {}",
            outcome.told,
            outcome.deaths,
            outcome.trace.digest()
        );
    }
    let rate = told as f64 / living.as_secs_f64().max(0.001);
    println!(
        "{worlds} worlds, {told} events told, {deaths} sudden deaths, all as the auditor has it; {rate:.0} events a second with what \
         the auditor looks at"
    );
    Ok(())
}

fn tell(options: &Options, plan: &Plan, trouble: Trouble, database: &Database) -> Result<anyhow::Error> {
    println!("seed {}: after step {} of {}:", plan.seed, trouble.steps, plan.steps.len());
    trouble.findings.iter().take(FINDINGS).for_each(|finding| println!("  {finding}"));
    println!("making it small …");
    let shrunk = shrink(plan, trouble, SHRINKING_RUNS, &mut |plan| Ok(run(plan, database, None)?.trouble))?;
    println!(
        "{} steps are enough ({} runs), in a world set up as {:?}:",
        shrunk.plan.steps.len(),
        shrunk.runs,
        plan.setting
    );
    for step in &shrunk.plan.steps {
        let said = match step.what {
            makegood_sim::Do::Tell(fact) => plan.facts.get(fact).map_or_else(String::new, |fact| format!(": {fact:?}")),
            _ => String::new(),
        };
        println!("  at {}, session {}: {:?}{said}", step.at, step.session, step.what);
    }
    let first = shrunk.trouble.findings.first().cloned().unwrap_or_default();
    Ok(anyhow::anyhow!(
        "seed {}: {first}\nagain: cargo xtask sim --seed {} --events {} --database {}",
        plan.seed,
        plan.seed,
        options.events,
        if database.is_server() { "postgres" } else { "sqlite" }
    ))
}

/// Several worlds on both databases, as continuous integration lives them.
pub fn in_ci() -> Result<()> {
    for (database, seeds, events) in [(Kind::Sqlite, 12, 300), (Kind::Postgres, 2, 80)] {
        let options = Options { seed: 1, seeds, minutes: None, events, database, trace: false };
        if let Err(error) = simulate(&options) {
            bail!("{error:#}");
        }
    }
    Ok(())
}
