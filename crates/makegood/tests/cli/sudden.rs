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

/// Carries a command out that is killed, as nothing but a signal can, as soon as a file grows beyond so many KiB; true if it was.
fn killed_beyond(desk: &Desk, arguments: &[&str], kib: u32) -> bool {
    let inner = desk.command(arguments);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -c 0; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2));
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(inner.get_current_dir().unwrap());
    for (name, value) in inner.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.output().unwrap();
    std::os::unix::process::ExitStatusExt::signal(&output.status).is_some()
}

/// What stands in the desk's folder.
fn names(desk: &Desk) -> Vec<String> {
    let entries = std::fs::read_dir(desk.path("")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_backup_that_found_no_room_leaves_nothing() {
    let desk = Desk::new();
    desk.write("events.jsonl", crowd(3_000));
    desk.run(&["events.jsonl"]).ended(0);
    let before = names(&desk);
    // However far it came.
    for kib in [64, 400, 1_000] {
        let error = on_a_full_disk(&desk, &["backup", "--to", "backup.db"], kib).refused();
        assert!(error.starts_with("error[M001]: `sqlite:") && error.contains("backup.db"), "{error}");
        assert_eq!(names(&desk), before, "{kib} KiB");
        desk.makegood(&["backup", "--to", "whole.db"]).ended(0);
        let restore = ["restore", "--from", "whole.db", "--db", "sqlite:restored.db"];
        on_a_full_disk(&desk, &restore, kib).refused();
        on_a_full_disk(&desk, &[&restore[..], &["--until", "now"]].concat(), kib).refused();
        std::fs::remove_file(desk.path("whole.db")).unwrap();
        assert_eq!(names(&desk), before, "{kib} KiB");
    }
}

#[test]
fn what_a_killed_backup_left_is_replaced_by_the_next() {
    let desk = Desk::new();
    desk.write("events.jsonl", crowd(3_000));
    desk.run(&["events.jsonl"]).ended(0);
    let before = names(&desk);
    for kib in [64, 400, 1_000] {
        assert!(killed_beyond(&desk, &["backup", "--to", "backup.db"], kib));
        assert!(names(&desk).iter().any(|name| name.starts_with("backup.db.part")), "{:?}", names(&desk));
        desk.makegood(&["backup", "--to", "backup.db"]).ended(0);
        assert!(desk.makegood(&["verify", "--db", "sqlite:backup.db"]).ended(0).contains("nothing is wrong"));
        std::fs::remove_file(desk.path("backup.db")).unwrap();
        assert_eq!(names(&desk), before, "{kib} KiB");
    }
}

/// Killed at every page that it writes around the moment at which the tables are there: what it began is never taken for an empty
/// database.
#[test]
fn a_copy_that_was_killed_at_its_very_beginning_leaves_nothing_unmarked() {
    let desk = Desk::told();
    let (mut none, mut marked) = (0, 0);
    let migrate = ["migrate", "--from", "sqlite:test.db", "--to", "sqlite:new.db"];
    for kib in (4..).step_by(4) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(desk.path(&format!("new.db{ending}")));
        }
        assert!(killed_beyond(&desk, &migrate, kib), "at {kib} KiB it came to its end");
        let error = desk.makegood(&["verify", "--db", "sqlite:new.db"]).refused();
        assert!(error.contains("there is no database") || error.contains("is being filled with a copy of"), "{error}");
        if error.contains("error[M011]") {
            none += 1
        } else {
            marked += 1
        }
        if marked == 5 {
            break;
        }
    }
    assert!(none > 5, "{none} deaths before there were tables");
    desk.makegood(&migrate).ended(0);
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
    assert!(killed_beyond(&desk, &["history", "export", "past"], u32::try_from(kib).unwrap()));
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

/// Sets what everybody may do with a file of the desk.
fn allow(desk: &Desk, name: &str, mode: u32) {
    let path = desk.path(name);
    let mut rights = std::fs::metadata(&path).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, mode);
    std::fs::set_permissions(&path, rights).unwrap();
}

/// Carries a command out as somebody who owns nothing here.
fn as_visitor(desk: &Desk, arguments: &[&str]) -> Answer {
    let mut command = desk.command(arguments);
    if std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0) {
        // To root everything is allowed.
        command.uid(NOBODY);
    }
    let output = command.output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_file_that_may_only_be_read_is_left_as_it_is() {
    let desk = Desk::told();
    allow(&desk, "test.db", 0o444);
    allow(&desk, "", 0o777);
    let before = std::fs::read(desk.path("test.db")).unwrap();
    for arguments in [vec!["doctor"], vec!["verify"], vec!["explain", "customer:1"]] {
        as_visitor(&desk, &arguments).ended(0);
    }
    desk.write("more.jsonl", booking(9, "flight:9", "200 USD", &[]));
    let error = as_visitor(&desk, &run(&["more.jsonl"])).refused();
    let named = error.contains("]: `sqlite:") && error.contains("test.db` failed while ");
    assert!(named && error.matches("attempt to write").count() == 1, "{error}");
    assert!(error.contains("\n  help: let this user write to the file and to its folder"), "{error}");
    assert!(std::fs::read(desk.path("test.db")).unwrap() == before, "the file was changed");
}

#[test]
fn a_folder_that_may_only_be_read_is_left_as_it_is() {
    let desk = Desk::told();
    desk.makegood(&["verify"]).ended(0);
    allow(&desk, "test.db", 0o644);
    allow(&desk, "", 0o555);
    let before = (names(&desk), std::fs::read(desk.path("test.db")).unwrap());
    let looks = [vec!["doctor"], vec!["verify"], vec!["explain", "customer:1"]];
    for arguments in looks.iter().chain([&vec!["tick"], &run(&["events.jsonl"])]) {
        let error = as_visitor(&desk, arguments).refused();
        assert!(error.starts_with("error[M001]: `sqlite:test.db` can be read and not opened"), "{error}");
        assert!(error.contains("\n  help: let this user write to the folder, or look into a copy"), "{error}");
    }
    assert!((names(&desk), std::fs::read(desk.path("test.db")).unwrap()) == before, "something was changed");
    // While its owner has it open, what is needed stands there, and others may look.
    let open = makegood_store::Sqlite::open(desk.path("test.db")).unwrap();
    for arguments in looks {
        as_visitor(&desk, &arguments).ended(0);
    }
    drop(open);
    allow(&desk, "", 0o755);
}
