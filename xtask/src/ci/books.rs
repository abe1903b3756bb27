//! The books, exported, and judged by Beancount and hledger.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::balances::{Balances, hledgers, of_lines, ours};
use super::{Run, demonstration, tools};
use crate::place::Place;
use crate::shell::{program, read, run as carry_out};

pub fn check(place: &Place, _: &mut Run) -> Result<()> {
    let beancount = export(place, "beancount")?;
    carry_out(program(place, tools::python(place, "bean-check"), ["--no-cache"]).arg(&beancount))?;

    let journal = export(place, "hledger")?;
    carry_out(hledger(place, &journal).arg("check"))?;
    let theirs =
        read(hledger(place, &journal).args(["bal", "--flat", "--empty", "--no-total", "--layout=bare", "-O", "csv"]))?;
    let balance =
        read(program(place, place.makegood(), ["ledger", "balance", "--db"]).arg(demonstration::database(place)?))?;
    print!("{balance}");
    let balance = ours(&balance)?;
    same("hledger", &balance, &hledgers(&theirs)?)?;

    let lines = std::fs::read_to_string(export(place, "csv")?)?;
    same("the CSV", &balance, &of_lines(&lines)?)
}

fn export(place: &Place, format: &str) -> Result<PathBuf> {
    let file = demonstration::folder(place)?.join(format!("books.{format}"));
    let mut command = program(place, place.makegood(), ["ledger", "export", "--format", format, "--output"]);
    carry_out(command.arg(&file).args(["--db", &demonstration::database(place)?]))?;
    Ok(file)
}

fn hledger(place: &Place, journal: &PathBuf) -> Command {
    let mut command = program(place, "hledger", ["-f"]);
    command.arg(journal).env("LC_ALL", "C.UTF-8");
    command
}

fn same(whose: &str, ours: &Balances, theirs: &Balances) -> Result<()> {
    let keys = ours.keys().chain(theirs.keys());
    let differ: std::collections::BTreeSet<String> = keys
        .filter(|key| ours.get(*key) != theirs.get(*key))
        .map(|key| format!("{} {}: ours {:?}, theirs {:?} (billionths)", key.0, key.1, ours.get(key), theirs.get(key)))
        .collect();
    if differ.is_empty() {
        println!("{whose} has the same {} balances", ours.len());
        return Ok(());
    }
    bail!("{whose} has other balances:\n{}", differ.into_iter().collect::<Vec<_>>().join("\n"))
}
