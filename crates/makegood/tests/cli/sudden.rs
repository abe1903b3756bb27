//! A disk that is full, a file that may not be written, and a process killed in between.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::desk::{Answer, Desk, booking, departure, run};

/// Somebody who owns nothing.
const NOBODY: u32 = 65_534;

fn crowd(customers: u32) -> String {
    let mut lines: Vec<String> = (0..customers).map(|customer| booking(customer, "flight:1", "200 USD", &[])).collect();
    lines.push(departure("flight:1", "4h"));
    lines.join("\n")
}

/// Carries a command out where no file may grow beyond so many KiB, as on a disk that is full.
fn on_a_full_disk(desk: &Desk, arguments: &[&str], kib: u32) -> Answer {
    let inner = desk.command(arguments);
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2);
    command.arg("-c").arg(script).arg(inner.get_program()).args(inner.get_args());
    command.current_dir(inner.get_current_dir().unwrap());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_there() {
    let desk = Desk::new();
    let undisturbed = Desk::new();
    let events = crowd(4_000);
    for desk in [&desk, &undisturbed] {
        desk.write("first.jsonl", crowd(100));
        desk.write("events.jsonl", &events);
        desk.run(&["first.jsonl"]).ended(0);
    }
    let before = desk.digest();
    let error = on_a_full_disk(&desk, &run(&["events.jsonl"]), 700).refused();
    assert!(error.contains("error[M00"), "{error}");
    assert!(error.contains("full") || error.contains("disk") || error.contains("large"), "{error}");
    assert!(desk.makegood(&["doctor"]).ended(0).contains("the database is whole"));
    assert!(desk.makegood(&["verify"]).ended(0).contains("nothing is wrong"));
    assert_eq!(desk.digest(), before, "what did not fit has left no trace");
    // With room again it goes on.
    desk.run(&["events.jsonl"]).ended(0);
    undisturbed.run(&["events.jsonl"]).ended(0);
    assert_eq!(desk.digest(), undisturbed.digest());
}

#[test]
fn an_export_that_was_killed_goes_on() {
    let desk = Desk::new();
    // One customer's file grows larger than all others, so that it is known where the process dies.
    let many = (0..4_000).map(|trip| booking(7_000, &format!("flight:{trip}"), "200 USD", &[]));
    desk.write("events.jsonl", format!("{}\n{}", crowd(300), many.collect::<Vec<_>>().join("\n")));
    desk.run(&["events.jsonl"]).ended(0);
    desk.makegood(&["history", "export", "whole"]).ended(0);
    let (whole, part) = (desk.path("whole"), desk.path("past.part"));
    let parquet = |folder: &std::path::Path| {
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".parquet"));
        files
            .map(|entry| (entry.file_name(), (entry.metadata().unwrap().ino(), entry.metadata().unwrap().len())))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let sizes = parquet(&whole);
    let largest = sizes.values().map(|(_, size)| *size).max().unwrap();
    let kib = largest / 1024 - 8;
    assert!(sizes.values().filter(|(_, size)| *size > kib * 1024).count() == 1, "{sizes:?}");
    // The limit kills it in the middle of that file, as nothing but a signal can.
    let inner = desk.command(&["history", "export", "past"]);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -c 0; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2));
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(inner.get_current_dir().unwrap());
    for (name, value) in inner.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let killed = command.output().unwrap();
    assert!(std::os::unix::process::ExitStatusExt::signal(&killed.status).is_some(), "{killed:?}");
    assert!(!desk.path("past").exists());
    let left = parquet(&part);
    let complete: Vec<_> = left.iter().filter(|(name, (_, size))| sizes[*name].1 == *size).collect();
    assert!(!complete.is_empty() && complete.len() < sizes.len(), "{left:?}");
    // Meanwhile more happens, which is not in it.
    desk.write("more.jsonl", booking(1, "flight:later", "200 USD", &[]));
    desk.run(&["more.jsonl"]).ended(0);
    let said = desk.makegood(&["history", "export", "past"]).ended(0);
    assert!(said.contains("of an export that was interrupted were whole, and are kept"), "{said}");
    let now = parquet(&desk.path("past"));
    for (name, (inode, _)) in complete {
        assert_eq!(now[name].0, *inode, "{name:?} was whole, and was written again");
    }
    for entry in std::fs::read_dir(&whole).unwrap().map(Result::unwrap) {
        let again = std::fs::read(desk.path("past").join(entry.file_name())).unwrap();
        assert!(std::fs::read(entry.path()).unwrap() == again, "{:?}", entry.file_name());
    }
    assert!(!part.exists());
}

#[test]
fn a_file_that_may_only_be_read_is_left_as_it_is() {
    let desk = Desk::told();
    let root = std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0);
    for name in ["", "test.db"] {
        let path = desk.path(name);
        let mut rights = std::fs::metadata(&path).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut rights, if name.is_empty() { 0o555 } else { 0o444 });
        std::fs::set_permissions(&path, rights).unwrap();
    }
    let before = std::fs::read(desk.path("test.db")).unwrap();
    for arguments in [vec!["tick"], run(&["events.jsonl"])] {
        let mut command = desk.command(&arguments);
        if root {
            // To root everything is allowed.
            command.uid(NOBODY);
        }
        let output = command.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.starts_with("error[M001]") && error.contains("\n  help: "), "{error}");
    }
    assert!(std::fs::read(desk.path("test.db")).unwrap() == before, "the file was changed");
}
