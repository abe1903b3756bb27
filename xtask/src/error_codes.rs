//! The stable codes that people may be shown, found in the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Calls whose first argument is a code in words.
const CALLS: &[&str] = &["Reject::new(", ".refuse("];

/// Every code in the sources of the crates, with the file that has it.
pub fn in_sources(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut codes = BTreeMap::new();
    for entry in fs::read_dir(root.join("crates"))? {
        let source = entry?.path().join("src");
        if source.is_dir() {
            walk(root, &source, &mut codes)?;
        }
    }
    Ok(codes)
}

fn walk(root: &Path, folder: &Path, codes: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            walk(root, &path, codes)?;
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            let text = fs::read_to_string(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            codes.extend(codes_of(&text).into_iter().map(|code| (code, name.clone())));
        }
    }
    Ok(())
}

/// The codes in one source: a letter and three digits as a literal, or the first argument of a refusal.
fn codes_of(text: &str) -> Vec<String> {
    let numbered = text.split('"').filter(|word| is_numbered(word)).map(ToOwned::to_owned);
    let mut codes: Vec<String> = numbered.collect();
    for call in CALLS {
        for rest in text.split(call).skip(1) {
            let said = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            codes.extend(said.map(ToOwned::to_owned));
        }
    }
    codes
}

fn is_numbered(word: &str) -> bool {
    let mut letters = word.chars();
    word.len() == 4
        && letters.next().is_some_and(|letter| matches!(letter, 'M' | 'E' | 'C'))
        && letters.all(|letter| letter.is_ascii_digit())
}
