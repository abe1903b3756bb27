//! What the documents say is what is there.

#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::path::Path;

use clap::CommandFactory;
use xtask::ci::{README_CI, README_DEMO};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace has a folder");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

/// The lines of commands in fenced blocks, without prompts and comments.
fn commands(markdown: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        let line = line.split(" #").next().unwrap_or_default().trim();
        if fenced && ["cargo ", "makegood ", ".ci/"].iter().any(|program| line.starts_with(program)) {
            found.push(line.to_owned());
        }
    }
    found
}

#[test]
fn the_readme_has_the_two_commands_that_are_run() {
    let found = commands(&read("README.md"));
    for command in [README_DEMO, README_CI] {
        assert!(found.iter().any(|line| line == command), "the README has no line `{command}`: {found:#?}");
    }
    assert!(read(".ci/run").lines().any(|line| line == README_CI), ".ci/run does not call `{README_CI}`");
}

#[test]
fn every_command_in_the_readme_can_be_typed() {
    for line in commands(&read("README.md")) {
        let ours = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("makegood "));
        let Some(ours) = ours else {
            assert!(
                [README_CI, ".ci/run", "cargo xtask bench", "cargo xtask generate"].contains(&line.as_str())
                    || line.starts_with("cargo install "),
                "nobody runs `{line}`"
            );
            continue;
        };
        let words = std::iter::once("makegood").chain(ours.split_whitespace());
        if let Err(error) = makegood::Arguments::command().try_get_matches_from(words) {
            panic!("the README says `{line}`, and makegood answers:\n{error}");
        }
    }
}

#[test]
fn every_error_code_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace has a folder");
    let codes = xtask::error_codes::in_sources(root).expect("the sources can be read");
    for expected in ["M001", "E001", "C001", "unknown-type", "same-id-other-content"] {
        assert!(codes.contains_key(expected), "the search no longer finds `{expected}`");
    }
    let explained = read("docs/reference/errors.md");
    let missing: Vec<String> = codes
        .iter()
        .filter(|(code, _)| !explained.contains(&format!("`{code}`")) && !explained.contains(&format!("| {code} |")))
        .map(|(code, file)| format!("{code} ({file})"))
        .collect();
    let rows = explained.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let mut seen = std::collections::BTreeSet::new();
    for code in rows.filter(|code| code.chars().any(|letter| letter.is_ascii_digit()) || code.starts_with('`')) {
        assert!(seen.insert(code), "docs/reference/errors.md explains {code} twice: one code, one meaning");
    }
    assert!(missing.is_empty(), "docs/reference/errors.md does not explain {} codes: {missing:#?}", missing.len());
}
