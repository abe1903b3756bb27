//! The log as files: judged again from them, and read by DuckDB.

use anyhow::{Result, ensure};

use super::{Run, demonstration, tools};
use crate::place::Place;
use crate::shell::{program, read, run as carry_out};

/// The charter that the demonstration runs under.
const CHARTER: &str = "charters/jetblue/charter.yaml";

pub fn check(place: &Place, _: &mut Run) -> Result<()> {
    let folder = demonstration::folder(place)?.join("history");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut export = program(place, place.makegood(), ["history", "export"]);
    carry_out(export.arg(&folder).arg("--db").arg(demonstration::database(place)?))?;
    let mut simulate = program(place, place.makegood(), ["charter", "simulate", CHARTER, "--history"]);
    let said = read(simulate.arg(&folder))?;
    ensure!(
        said.contains("Every remedy is the same, to its reason."),
        "from the files something else is owed:\n{said}"
    );
    let mut duckdb = program(place, tools::python(place, "python3"), ["tests/airline/history.py"]);
    carry_out(duckdb.arg(demonstration::events(place)?).arg(&folder))
}
