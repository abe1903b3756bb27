//! Programs written by others, that judge what ours has made. They come from cargo, pip and apt, and from nowhere else.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use makegood_store::contract::server;

use super::Run;
use crate::place::Place;
use crate::shell::{program, read, run as carry_out, works};

/// The release of Beancount whose `bean-check` judges the books.
const BEANCOUNT: &str = "beancount==3.2.3";
/// The release of DuckDB that reads the files of a history.
const DUCKDB: &str = "duckdb==2.0.0";

pub fn make_sure(place: &Place, _: &mut Run) -> Result<()> {
    beancount(place)?;
    hledger(place)
}

/// The test runner.
pub fn nextest(place: &Place) -> Result<()> {
    if works(&mut program(place, "cargo", ["nextest", "--version"])) {
        return Ok(());
    }
    carry_out(&mut program(place, "cargo", ["install", "cargo-nextest", "--locked"]))
}

/// The server that tests bring up for themselves.
pub fn postgres(place: &Place) -> Result<()> {
    if server::programs().is_none() {
        installed_by_apt(place, "postgresql", "PostgreSQL 15 or newer")?;
    }
    let programs =
        server::programs().context("PostgreSQL was installed, and its `initdb` and `pg_ctl` are not found")?;
    carry_out(&mut program(place, programs.join("postgres"), ["--version"]))
}

/// A program of the Python environment under the target folder.
pub fn python(place: &Place, name: &str) -> PathBuf {
    place.target.join("tools/venv/bin").join(name)
}

fn beancount(place: &Place) -> Result<()> {
    let venv = place.target.join("tools/venv");
    if !python(place, "python3").exists() {
        let mut make = program(place, "python3", ["-m", "venv"]);
        carry_out(make.arg(&venv))
            .context("Python 3.11 with its `venv` module is needed (Debian: apt-get install python3-venv)")?;
    }
    let installed = read(&mut program(place, python(place, "pip"), ["--disable-pip-version-check", "freeze"]))?;
    let there = |package: &str| installed.lines().any(|line| line == package);
    if there(BEANCOUNT) && there(DUCKDB) && python(place, "bean-check").exists() {
        println!("{BEANCOUNT} and {DUCKDB} are there");
        return Ok(());
    }
    let install = ["--disable-pip-version-check", "install", "--quiet", "--only-binary=:all:", BEANCOUNT, DUCKDB];
    carry_out(&mut program(place, python(place, "pip"), install))
}

fn hledger(place: &Place) -> Result<()> {
    if !works(&mut program(place, "hledger", ["--version"])) {
        installed_by_apt(place, "hledger", "hledger 1.25 or newer")?;
    }
    carry_out(&mut program(place, "hledger", ["--version"]))
}

fn installed_by_apt(place: &Place, package: &str, needed: &str) -> Result<()> {
    let root = read(&mut program(place, "id", ["-u"])).is_ok_and(|id| id.trim() == "0");
    if !root || !works(&mut program(place, "apt-get", ["--version"])) {
        bail!("{package} is not installed, and only root on Debian installs it here: install {needed}");
    }
    carry_out(&mut program(place, "apt-get", ["update", "--quiet"]))?;
    let mut install = program(place, "apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", package]);
    carry_out(install.env("DEBIAN_FRONTEND", "noninteractive"))
}
