//! Files that are made from the code, committed, and compared by a test.

use anyhow::{Context, Result};
use makegood_charter::grammar;

use crate::cli_reference;
use crate::place::Place;

/// Every generated file: its path in the workspace, and what it holds.
pub fn files() -> Vec<(&'static str, String)> {
    vec![
        ("schema/charter.schema.json", format!("{:#}\n", grammar::schema())),
        ("schema/charter-tests.schema.json", format!("{:#}\n", grammar::tests_schema())),
        ("docs/reference/charter.md", grammar::reference()),
        ("docs/reference/cli.md", cli_reference::reference()),
    ]
}

/// `cargo xtask generate`: writes them all.
pub fn write(place: &Place) -> Result<()> {
    for (path, content) in files() {
        let file = place.root.join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let same = std::fs::read_to_string(&file).is_ok_and(|found| found == content);
        if !same {
            std::fs::write(&file, content).with_context(|| format!("`{path}` cannot be written"))?;
        }
        println!("{path}: {}", if same { "as it was" } else { "written" });
    }
    Ok(())
}
