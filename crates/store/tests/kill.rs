//! A commit that returned survives the sudden death of the process that made it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use makegood_store::{Body, Commit, EventRow, HeadRow, InboxRow, Reader, SLOTS, Sqlite, Store, chain, slot_of};

/// Names the file the child writes to; unset in a run of the tests.
const FILE: &str = "MAKEGOOD_KILL_TEST_FILE";
/// How many logs grow side by side in each commit.
const PARTIES: u64 = 20;
/// How often the child is killed; each time it goes on with the file the last one left.
const KILLS: usize = 8;

/// Event `number` of each party, with the head it leads to, and a delivery made and the one before it done.
fn round(reader: &mut dyn Reader, number: u64) -> Commit {
    let mut commit = Commit::default();
    for party in 0..PARTIES {
        let key: Box<str> = format!("customer:{party}").into();
        let slot = slot_of(&key);
        let head = reader.heads(&[(slot, &key)]).unwrap().remove(0);
        let prev = head.map_or([0; 32], |head| head.hash);
        let body = Body::Own(vec![number as u8; 1000].into());
        let event = EventRow {
            slot,
            key: key.clone(),
            seq: number,
            ident: u128::from(number).to_be_bytes(),
            time: 0,
            recorded: 0,
            context: 0,
            body,
            about: None,
            hash: [0; 32],
        };
        let event = EventRow { hash: chain(&prev, &event), ..event };
        let state = number.to_be_bytes().into();
        commit.heads.push((
            HeadRow { slot, key: key.clone(), seq: number, hash: event.hash, wake_at: None, state },
            number - 1,
        ));
        commit.events.push(event);
        let delivery = |seq| InboxRow { slot, party: key.clone(), thing: "flight:1".into(), seq };
        commit.inbox_add.push(delivery(number));
        commit.inbox_done.push(delivery(number - 1));
    }
    commit
}

/// Not a test: what the child does until it is killed. It prints each number once its commit has returned.
#[test]
#[ignore = "is run by `acknowledged_commits_survive_sigkill`"]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let store = Sqlite::open(file).unwrap();
    let (mut writer, mut reader) = (store.writer().unwrap(), store.reader().unwrap());
    for number in acknowledged(reader.as_mut()) + 1.. {
        writer.commit(&round(reader.as_mut(), number)).unwrap();
        println!("acknowledged {number}");
    }
}

fn acknowledged(reader: &mut dyn Reader) -> u64 {
    let head = reader.heads(&[(slot_of("customer:0"), "customer:0")]).unwrap().remove(0);
    head.map_or(0, |head| head.seq)
}

#[test]
fn acknowledged_commits_survive_sigkill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kill.db");
    let mut kept = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--ignored", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let number = |line: String| line.rsplit_once("acknowledged ").and_then(|(_, number)| number.parse().ok());
        let mut last =
            lines.by_ref().filter_map(number).nth(3 + 5 * kill).expect("the child commits until it is killed");
        child.kill().unwrap();
        child.wait().unwrap();
        last = lines.filter_map(number).last().unwrap_or(last);
        kept = verify(&file, last, kept);
    }
    assert!(kept > 150, "only {kept} commits were made");
}

/// Checks that everything up to `last` is there, that no commit is there in part, and tells how far it has come.
fn verify(file: &Path, last: u64, before: u64) -> u64 {
    let store = Sqlite::open(file).unwrap();
    assert_eq!(store.damage(10).unwrap(), Vec::<String>::new());
    let mut reader = store.reader().unwrap();
    let kept = acknowledged(reader.as_mut());
    assert!(kept >= last && last > before, "{last} was acknowledged, {kept} is kept, {before} was kept before");
    for party in 0..PARTIES {
        let key = format!("customer:{party}");
        let slot = slot_of(&key);
        let head = reader.heads(&[(slot, &key)]).unwrap().remove(0).unwrap();
        let log = reader.log(slot, &key, 0, usize::MAX).unwrap();
        let mut hash = [0; 32];
        for (number, event) in (1..).zip(&log) {
            hash = chain(&hash, event);
            assert_eq!((event.seq, event.hash), (number, hash), "{key}");
        }
        assert_eq!((log.len() as u64, head.seq, head.hash), (kept, kept, hash), "{key}");
        assert_eq!(*head.state, kept.to_be_bytes());
    }
    let waiting: Vec<InboxRow> =
        (0..SLOTS).flat_map(|slot| reader.inbox(makegood_store::Slot(slot), 999).unwrap()).collect();
    assert_eq!(waiting.len() as u64, PARTIES);
    assert!(waiting.iter().all(|row| row.seq == kept));
    kept
}
