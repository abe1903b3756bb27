//! The checks of the code itself, and of the charters that are shipped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Run, tools};
use crate::place::Place;
use crate::shell::{program, run as carry_out, run_noting};

pub fn format(place: &Place, _: &mut Run) -> Result<()> {
    carry_out(&mut program(place, "cargo", ["fmt", "--all", "--check"]))
        .context("`cargo fmt --all` writes it as it should be")
}

pub fn lints(place: &Place, _: &mut Run) -> Result<()> {
    carry_out(&mut program(place, "cargo", ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

pub fn tests(place: &Place, run: &mut Run) -> Result<()> {
    tools::nextest(place)?;
    tools::postgres(place)?;
    let mut command = program(place, "cargo", ["nextest", "run", "--workspace", "--no-fail-fast"]);
    run.summary = run_noting(&mut command, "Summary [")?;
    ensure!(!run.summary.is_empty(), "the test runner gave no summary");
    Ok(())
}

/// Building the documentation tests takes a link of every crate, so it is done only where some exist.
pub fn examples(place: &Place, _: &mut Run) -> Result<()> {
    let mut sources = Vec::new();
    collect(&place.root.join("crates"), &mut sources)?;
    let mut found = false;
    for source in sources {
        found = found || has_example(&fs::read_to_string(source)?);
    }
    if !found {
        println!("there are none");
        return Ok(());
    }
    carry_out(&mut program(place, "cargo", ["test", "--workspace", "--doc", "--quiet"]))
}

/// True when a fence in the documentation opens a block of Rust. One that says `text` or `json` is none.
fn has_example(source: &str) -> bool {
    let said = source.lines().map(str::trim_start);
    let said = said.filter_map(|line| line.strip_prefix("///").or_else(|| line.strip_prefix("//!")));
    let mut fences = said.filter_map(|line| line.trim().strip_prefix("```"));
    while let Some(opening) = fences.next() {
        if matches!(opening, "" | "rust" | "should_panic" | "no_run" | "compile_fail") {
            return true;
        }
        let _closing = fences.next();
    }
    false
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push(path);
        }
    }
    Ok(())
}

pub fn charters(place: &Place, _: &mut Run) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(place.root.join("charters"))? {
        let folder = entry?.file_name();
        files.push(Path::new("charters").join(folder).join("charter.yaml"));
    }
    files.sort();
    ensure!(!files.is_empty(), "no charter is shipped");
    for task in ["check", "test"] {
        carry_out(program(place, place.makegood(), ["charter", task]).args(&files))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::has_example;

    #[test]
    fn a_block_of_another_language_is_no_example() {
        assert!(has_example("/// Says:\n/// ```\n/// let one = 1;\n/// ```\nfn one() {}\n"));
        assert!(has_example("//! ```rust\n//! let one = 1;\n//! ```\n"));
        assert!(!has_example("/// ```text\n/// one\n/// ```\n/// ```json\n/// {}\n/// ```\n"));
        assert!(!has_example("// ```\nfn one() {}\n"));
    }
}
