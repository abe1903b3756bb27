//! The contract of the port, kept by SQLite: alone, and as a store that is shared.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use makegood_store::contract::{ALL, Case};
use makegood_store::{Awaiting, Part, Sqlite, Store};

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

/// Tables that are made for a copy are never there without the mark.
#[test]
fn tables_made_for_a_copy_are_marked_from_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let (marked, ours) = (folder.path().join("marked.db"), folder.path().join("ours.db"));
    let filling = |file: &std::path::Path| Sqlite::open(file).unwrap().reader().unwrap().filling().unwrap();
    let to_fill = |file: &std::path::Path| {
        let url = format!("sqlite:{}", file.display());
        makegood_store::open_to_fill(&url, "sqlite:old.db", &Awaiting::default()).unwrap();
    };
    to_fill(&marked);
    assert_eq!(filling(&marked).as_deref(), Some("sqlite:old.db"));
    // Tables that stood there are somebody's: whether they are empty is looked at when the copy begins.
    drop(Sqlite::open(&ours).unwrap());
    to_fill(&ours);
    assert_eq!(filling(&ours), None);
}

#[test]
fn a_file_whose_maker_died_before_it_had_tables_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let exists = || makegood_store::exists(&format!("sqlite:{}", file.display()), &Awaiting::default()).unwrap();
    assert!(!exists());
    std::fs::write(&file, "").unwrap();
    assert!(!exists());
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
    assert!(file.metadata().unwrap().len() > 0 && !exists());
    drop(Sqlite::open(&file).unwrap());
    assert!(exists());
    std::fs::write(&file, "a diary of many pages, and not a database\n".repeat(100)).unwrap();
    assert!(exists(), "something is there, and opening it says what");
}

/// What an attempt leaves that was given up, that failed, or that was killed.
#[test]
fn nothing_is_left_beside_a_file_that_did_not_become_whole() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("new.db");
    let there = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    };
    let leave = || {
        for ending in ["", "-journal", "-wal", "-shm"] {
            std::fs::write(folder.path().join(format!("new.db.part{ending}")), "left").unwrap();
        }
    };
    leave();
    let part = Part::begin(&to).unwrap();
    assert!(there().is_empty(), "{:?}", there());
    leave();
    drop(part);
    assert!(there().is_empty(), "{:?}", there());
    let part = Part::begin(&to).unwrap();
    drop(Sqlite::open(part.path()).unwrap());
    part.finish().unwrap();
    assert_eq!(there(), ["new.db"]);
}
