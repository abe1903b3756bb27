//! The licences and the sources of everything we build on. `deny.toml` holds the list, so that `cargo deny` judges alike.

#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace has a folder")
}

fn rules() -> Deny {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is at the root");
    toml::from_str(&text).expect("deny.toml is TOML")
}

fn everything() -> Metadata {
    MetadataCommand::new().current_dir(root()).exec().expect("cargo metadata")
}

/// True when the expression can be met by the licences on the list. An exception (`WITH`) is on the list with its licence.
fn fits(expression: &str, allow: &[String]) -> bool {
    let Ok(parsed) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
    parsed.evaluate(|requirement| allow.iter().any(|licence| *licence == requirement.to_string()))
}

#[test]
fn every_package_has_a_licence_on_the_list() {
    let allow = rules().licenses.allow;
    let metadata = everything();
    let wrong: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(|licence| fits(licence, &allow)))
        .map(|package| {
            format!("{} {}: {}", package.name, package.version, package.license.as_deref().unwrap_or("no licence"))
        })
        .collect();
    assert!(wrong.is_empty(), "not on the list of deny.toml: {wrong:#?}");
}

#[test]
fn every_package_comes_from_the_registry_or_the_workspace() {
    let allow = rules().sources.allow_registry;
    let known = |source: &str| allow.iter().any(|registry| source.strip_prefix("registry+") == Some(registry));
    let metadata = everything();
    let packages = metadata.packages.iter().filter(|package| !metadata.workspace_members.contains(&package.id));
    let wrong: Vec<String> = packages
        .filter(|package| !package.source.as_ref().is_some_and(|source| known(&source.repr)))
        .map(|package| package.id.to_string())
        .collect();
    assert!(wrong.is_empty(), "from elsewhere: {wrong:#?}");
}

#[test]
fn our_own_crates_are_under_apache() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata");
    for package in &metadata.packages {
        assert_eq!(package.license.as_deref(), Some("Apache-2.0"), "{}", package.name);
    }
}

#[test]
fn a_choice_fits_by_one_side_and_a_sum_by_both() {
    let allow = ["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()];
    for (expression, fine) in [
        ("MIT", true),
        ("MIT OR GPL-3.0-only", true),
        ("MIT/GPL-3.0-only", true),
        ("MIT AND GPL-3.0-only", false),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("whatever you like", false),
    ] {
        assert_eq!(fits(expression, &allow), fine, "{expression}");
    }
}
