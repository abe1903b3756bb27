//! The arrows between the crates: who may depend on whom, and that what is pure stays so.

#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every crate of the workspace, and those of the workspace it may depend on. `value` stands apart, so that what a customer is worth
/// can never change what they are owed. `xtask` is free: nothing depends on it.
const ARROWS: &[(&str, &[&str])] = &[
    ("makegood-money", &[]),
    ("makegood-charter", &["makegood-money"]),
    ("makegood-core", &["makegood-money", "makegood-charter"]),
    ("makegood-value", &[]),
    ("makegood-store", &[]),
    // It works out by itself what the fold should give, so it may know nothing of how that does.
    ("makegood-auditor", &["makegood-money"]),
    (
        "makegood-sim",
        &[
            "makegood-money",
            "makegood-charter",
            "makegood-core",
            "makegood-store",
            "makegood-engine",
            "makegood-auditor",
        ],
    ),
    ("makegood-history", &["makegood-money", "makegood-charter", "makegood-store"]),
    ("makegood-engine", &["makegood-money", "makegood-charter", "makegood-core", "makegood-store", "makegood-history"]),
    (
        "makegood",
        &[
            "makegood-money",
            "makegood-charter",
            "makegood-core",
            "makegood-store",
            "makegood-history",
            "makegood-engine",
            "makegood-value",
        ],
    ),
];

/// The crates without I/O, clock, randomness and async.
const PURE: &[&str] = &["makegood-money", "makegood-charter", "makegood-core", "makegood-value", "makegood-auditor"];

/// What no pure crate may bring along, by the beginning of its name. (`uuid`, which the parser of expressions brings, makes no ids
/// without `getrandom` or `rand`.)
const IMPURE: &[&str] = &[
    "async-",
    "chrono",
    "diesel",
    "fastrand",
    "futures",
    "getrandom",
    "hyper",
    "libsqlite3",
    "makegood-engine",
    "makegood-store",
    "mio",
    "postgres",
    "rand",
    "reqwest",
    "rusqlite",
    "rustls",
    "signal-hook",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "ureq",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace has a folder")
}

/// The crates of the workspace that each depends on, by the kinds of dependencies that `counts` says.
fn arrows(counts: fn(DependencyKind) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata");
    let members: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let of = |package: &cargo_metadata::Package| {
        let dependencies = package.dependencies.iter().filter(|dependency| counts(dependency.kind));
        let names = dependencies.map(|dependency| dependency.name.clone());
        names.filter(|name| members.contains(name) && *name != *package.name.as_str()).collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), of(package))).collect()
}

fn faults(found: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut faults = Vec::new();
    for (name, dependencies) in found.iter().filter(|(name, _)| *name != "xtask") {
        match allowed.get(name.as_str()) {
            None => faults.push(format!("`{name}` is not in the list of arrows: add it, with what it may depend on")),
            Some(allowed) => {
                let wrong = dependencies.iter().filter(|dependency| !allowed.contains(&dependency.as_str()));
                faults.extend(wrong.map(|dependency| format!("`{name}` may not depend on `{dependency}`")));
            }
        }
    }
    faults
}

#[test]
fn crates_depend_only_along_the_listed_arrows() {
    assert_eq!(faults(&arrows(|kind| kind != DependencyKind::Development)), Vec::<String>::new());
}

#[test]
fn tests_follow_the_same_arrows() {
    assert_eq!(faults(&arrows(|kind| kind == DependencyKind::Development)), Vec::<String>::new());
}

#[test]
fn an_arrow_that_is_not_listed_is_found() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let found = BTreeMap::from([
        ("makegood-core".to_owned(), names(&["makegood-money", "makegood-value"])),
        ("makegood-new".to_owned(), names(&[])),
    ]);
    assert_eq!(
        faults(&found),
        [
            "`makegood-core` may not depend on `makegood-value`",
            "`makegood-new` is not in the list of arrows: add it, with what it may depend on",
        ]
    );
}

#[test]
fn every_listed_crate_exists() {
    let found = arrows(|_| true);
    let missing: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).filter(|name| !found.contains_key(*name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn pure_crates_bring_along_nothing_impure() {
    for name in PURE {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let tree = Command::new(cargo)
            .args(["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--format", "{p}"])
            .current_dir(root())
            .output()
            .expect("cargo tree");
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let text = String::from_utf8(tree.stdout).expect("cargo tree writes text");
        let packages: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(packages.contains(name), "cargo tree did not list {name} itself");
        let impure: Vec<&&str> =
            packages.iter().filter(|package| IMPURE.iter().any(|prefix| package.starts_with(prefix))).collect();
        assert!(impure.is_empty(), "{name} brings along {impure:?}");
    }
}
