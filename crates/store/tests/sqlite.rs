//! The contract of the port, kept by SQLite: alone, and as a store that is shared.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use makegood_store::contract::{ALL, Case};
use makegood_store::{Sqlite, Store};

fn check(case: Case, sharing: bool) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contract.db");
    case(&|| -> Box<dyn Store> { Box::new(Sqlite::open(&file).unwrap().with_sharing(sharing)) });
}

#[test]
fn the_contract_is_kept_alone() {
    for (name, case) in ALL {
        eprintln!("{name}");
        check(*case, false);
    }
}

#[test]
fn the_contract_is_kept_when_shared() {
    for (name, case) in ALL {
        eprintln!("{name}");
        check(*case, true);
    }
}
