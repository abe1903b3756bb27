//! The demonstration in full: every seat of every flight of the year.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::Figure;
use super::measure::{Stopwatch, peak_kib};
use super::world;
use crate::place::Place;
use crate::shell::{program, run as carry_out};

/// How often the process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Its time and its highest memory, which only grows, so that the last look counts.
pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    carry_out(&mut program(place, "cargo", ["build", "--release", "--quiet", "--bin", "makegood"]))?;
    let folder = world::folder(place)?;
    let mut command = program(place, place.makegood(), ["demo", "--full", "--format", "json", "--folder"]);
    println!("makegood demo --full");
    let watch = Stopwatch::start();
    let mut child = command.arg(folder.path()).stdout(Stdio::null()).spawn()?;
    let process = child.id().to_string();
    let mut peak = 0;
    let status = loop {
        peak = peak_kib(&process).unwrap_or(peak);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let time = watch.elapsed();
    ensure!(status.success(), "`makegood demo --full` failed: {status}");
    let bytes = std::fs::metadata(folder.path().join("makegood.db"))?.len();
    Ok(vec![
        Figure::new("demo --full", format!("{:.0} s", time.as_secs_f64()), "under 300 s on two cores"),
        Figure::new("demo --full, memory at its highest", format!("{} MiB", peak / 1024), "1024 MiB"),
        Figure::new("demo --full, size of the database", format!("{} MiB", bytes / 1024 / 1024), ""),
    ])
}
