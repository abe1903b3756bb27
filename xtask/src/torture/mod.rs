//! `cargo xtask torture`: processes are killed at any moment of their work, servers and connections too, and what is left in the end is
//! what an undisturbed run leaves.

mod child;
mod life;
mod round;

pub use child::{Child, child};

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use makegood_store::contract::server::Server;

use crate::bench::Stopwatch;
use crate::place::Place;
use crate::table::{row, table};
use life::Life;
use round::{Round, World};

/// How long, how often, and on which database.
#[derive(Debug, Args)]
pub struct Options {
    /// Go on for this many minutes
    #[arg(long, value_name = "N", conflicts_with = "kills")]
    minutes: Option<u64>,
    /// Go on until there were this many sudden deaths on each database
    #[arg(long, value_name = "N", default_value_t = 150)]
    kills: u64,
    /// From which everything random is drawn, so that a round can be looked at again
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Only this one
    #[arg(long, value_enum)]
    database: Option<Kind>,
}

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A file
    Sqlite,
    /// A server of its own
    Postgres,
}

/// Sudden deaths so far, by what died.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaths {
    processes: u64,
    servers: u64,
    connections: u64,
}

impl Deaths {
    fn all(self) -> u64 {
        self.processes.saturating_add(self.servers).saturating_add(self.connections)
    }
}

/// Kills until it is enough. Fails when something was lost, counted twice or left undone, and names the seed.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let life = Life::new(place)?;
    println!("{} events, undisturbed: {}", life.lines.len(), life.digest_shown());
    let kinds =
        [Kind::Sqlite, Kind::Postgres].into_iter().filter(|kind| options.database.is_none_or(|only| only == *kind));
    let kinds: Vec<Kind> = kinds.collect();
    let share =
        options.minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)) / kinds.len().max(1) as u32);
    let mut rows = vec![row(["", "rounds", "processes killed", "servers killed", "connections cut", "seconds"])];
    for kind in kinds {
        let watch = Stopwatch::start();
        let server = (kind == Kind::Postgres).then(Server::start);
        let (mut deaths, mut rounds) = (Deaths::default(), 0_u64);
        while share.map_or(deaths.all() < options.kills, |share| watch.elapsed() < share) {
            let seed = options.seed.wrapping_add(rounds);
            let world = World::new(place, server.as_ref())?;
            Round::new(&life, world, seed).live(&mut deaths).with_context(|| {
                format!("{kind:?}, round with seed {seed}: `cargo xtask torture --seed {seed}` begins with it")
            })?;
            rounds = rounds.saturating_add(1);
            println!(
                "{kind:?}: round {rounds} (seed {seed}) ends as undisturbed; {} sudden deaths so far",
                deaths.all()
            );
        }
        ensure!(deaths.processes > 0, "nothing was killed");
        rows.push(row([
            format!("{kind:?}"),
            rounds.to_string(),
            deaths.processes.to_string(),
            deaths.servers.to_string(),
            deaths.connections.to_string(),
            format!("{:.0}", watch.elapsed().as_secs_f64()),
        ]));
    }
    println!("\n{}", table(&rows, &[]));
    println!(
        "every acknowledged event was there after each death, none counted twice, and each round ended with the same digest"
    );
    Ok(())
}
