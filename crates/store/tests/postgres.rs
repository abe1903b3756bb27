//! The contract of the port, kept by PostgreSQL, and databases that cannot be used.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use makegood_store::contract::ALL;
use makegood_store::contract::server::Server;
use makegood_store::{Awaiting, Commit, CommitError, HeadRow, Outage, Postgres, PostingRow, Slot, Store, StoreError};

#[test]
fn the_contract_is_kept_by_postgres() {
    let server = Server::start();
    for (name, case) in ALL {
        eprintln!("{name}");
        let url = server.fresh();
        case(&|| -> Box<dyn Store> { Box::new(Postgres::open(&url).unwrap()) });
    }
}

/// What a database does whose tables are spread over machines.
#[test]
fn the_contract_is_kept_by_postgres_with_rows_written_out() {
    let server = Server::start();
    for (name, case) in ALL {
        eprintln!("{name}");
        let url = server.fresh();
        case(&|| -> Box<dyn Store> { Box::new(Postgres::open(&url).unwrap().with_rows_written_out(true)) });
    }
}

/// What is new goes by `COPY`, even a single row.
#[test]
fn the_contract_is_kept_by_postgres_with_every_new_row_copied() {
    let server = Server::start();
    for (name, case) in ALL {
        eprintln!("{name}");
        let url = server.fresh();
        case(&|| -> Box<dyn Store> { Box::new(Postgres::open(&url).unwrap().with_copies_from(1)) });
    }
}

#[test]
fn a_server_on_a_port_of_postgres_is_reached_encrypted_or_not_with_a_password() {
    let mut server = Server::start();
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let port = server.listen((&cert.pem(), &signing_key.serialize_pem()), "secret");
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, cert.pem()).unwrap();
    let checked = format!("?sslmode=verify-full&sslrootcert={}", authority.display());
    let address = |password: &str, host: &str, more: &str| {
        let database = server.fresh();
        let database = database.split("makegood@/").nth(1).and_then(|rest| rest.split('?').next()).unwrap();
        format!("postgres://anna:{password}@{host}:{port}/{database}{more}")
    };
    for more in ["", &checked] {
        let store = Postgres::open(&address("secret", "localhost", more)).unwrap();
        let head = HeadRow {
            slot: Slot(1),
            key: "customer:1".into(),
            seq: 1,
            hash: [0; 32],
            wake_at: None,
            // More than a portion of what travels.
            state: vec![7; 300_000].into(),
        };
        store.writer().unwrap().commit(&Commit { heads: vec![(head.clone(), 0)], ..Commit::default() }).unwrap();
        let asked = [(Slot(1), "customer:1"), (Slot(2), "customer:2"), (Slot(1), "customer:3")];
        assert_eq!(store.reader().unwrap().heads(&asked).unwrap(), [Some(head), None, None], "`{more}`");
    }
    for (url, why) in [
        (address("guessed", "localhost", ""), "password authentication failed"),
        (address("guessed", "localhost", &checked), "password authentication failed"),
        (address("secret", "localhost", "?sslmode=require"), "UnknownIssuer"),
        (address("secret", "127.0.0.1", &checked), "not valid for name"),
    ] {
        let error = Postgres::open(&url).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("guessed") && !error.contains("secret"), "{url}: {error}");
    }
}

/// A commit that another writer overtook ends without a trace and leaves its connection as it was, however many rows it copied.
#[test]
fn a_writer_on_postgres_that_was_overtaken_goes_on_by_the_same_connection() {
    let server = Server::start();
    for rows in [3, 100, 5_000] {
        let url = server.fresh();
        let store = Postgres::open(&url).unwrap();
        let mut writers = [store.writer().unwrap(), store.writer().unwrap()];
        let commit = |first: u32, base: u64| {
            let head = |number: u32| HeadRow {
                slot: Slot(u16::try_from(number % 7).unwrap()),
                key: format!("customer:{number}").into(),
                seq: base + 1,
                hash: [0; 32],
                wake_at: None,
                state: vec![1; 200].into(),
            };
            Commit { heads: (first..first + rows).map(|number| (head(number), base)).collect(), ..Commit::default() }
        };
        let connections = || server.sql_at(&url, CONNECTIONS);
        for (round, base) in [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1)] {
            let first = round * rows;
            for (writer, overtaken) in writers.iter_mut().zip([false, true]) {
                // The last row of the second writer's stands already.
                let commit = commit(if overtaken { first + 1 } else { first }, base);
                let before = connections();
                match writer.commit(&commit) {
                    Ok(()) => assert!(!overtaken, "{rows} rows, round {round}, base {base}"),
                    Err(CommitError::Stale { key }) => {
                        assert!(overtaken && key.starts_with("customer:"), "{key}: {rows} rows, round {round}");
                    }
                    Err(other) => panic!("{other}: {rows} rows, round {round}"),
                }
                assert_eq!(connections(), before, "{rows} rows, round {round}, base {base}");
            }
        }
        let kept = server.sql_at(&url, "SELECT count(*), sum(seq) FROM head");
        assert_eq!(kept, format!("{}|{}", 3 * rows, 5 * rows), "nothing of what was refused is kept");
    }
}

/// Who is connected, but for who asks.
const CONNECTIONS: &str = "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// This patience, and what was told of outages meanwhile.
fn heard(patience: Duration) -> (Awaiting, Receiver<Outage>) {
    let (tell, told) = channel();
    let awaiting = Awaiting::told(move |outage| tell.send(outage.clone()).unwrap_or(()));
    (Awaiting { patience, ..awaiting }, told)
}

/// What a database looks like: its tables and how many migrations it has.
fn look(server: &Server, url: &str) -> String {
    server.sql_at(
        url,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    )
}

#[test]
fn a_database_on_postgres_that_cannot_be_used_is_refused_and_left_as_it_was() {
    let server = Server::start();
    server.sql("postgres", "CREATE ROLE visitor LOGIN");
    let as_visitor = |url: &str| url.replace("makegood@", "visitor@");
    let ours = || {
        let url = server.fresh();
        drop(Postgres::open(&url).unwrap());
        url
    };
    let prepared = |url: String, sql: &str| {
        server.sql_at(&url, sql);
        url
    };
    let newest =
        format!("has schema 99, this release knows {}", Postgres::open(&ours()).unwrap().health().unwrap().schema);
    for (name, url, message) in [
        ("no such database", server.url_of("nowhere"), "cannot be reached: database \"nowhere\" does not exist"),
        ("no such user", server.fresh().replace("makegood@", "stranger@"), "role \"stranger\" does not exist"),
        (
            "no server",
            "postgres://anna@127.0.0.1:9/makegood".to_owned(),
            "cannot be reached: error connecting to server: Connection refused",
        ),
        (
            "no socket",
            "postgres://anna@/makegood?host=/nowhere".to_owned(),
            "cannot be reached: error connecting to server",
        ),
        (
            "another's tables",
            prepared(server.fresh(), "CREATE TABLE contacts (name text)"),
            "holds another program's data",
        ),
        (
            "another's view",
            prepared(server.fresh(), "CREATE VIEW everyone AS SELECT 1"),
            "holds another program's data",
        ),
        ("a newer release", prepared(ours(), "INSERT INTO makegood_migration VALUES (99, 'later')"), &*newest),
        (
            "no rights to make tables",
            as_visitor(&server.fresh()),
            "does not allow it: permission denied for schema public",
        ),
        ("no rights to read", as_visitor(&ours()), "does not allow it: permission denied for table makegood_migration"),
        ("no schema", prepared(server.fresh(), "DROP SCHEMA public"), "its search path names no schema that exists"),
    ] {
        let owner = url.replace("visitor@", "makegood@").replace("stranger@", "makegood@");
        let there = owner.contains("test_");
        let before = there.then(|| server.sql_at(&owner, "SELECT count(*) FROM pg_class"));
        // Whoever would be awaited would be awaited for ever.
        let (awaiting, told) = heard(Duration::MAX);
        let error = Postgres::open_awaiting(&url, &awaiting).err().unwrap().to_string();
        assert!(error.contains(message), "{name}: {error}");
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [], "{name}");
        let after = there.then(|| server.sql_at(&owner, "SELECT count(*) FROM pg_class"));
        assert_eq!(before, after, "{name}: the database was changed");
    }
}

fn a_head() -> Commit {
    let head = HeadRow { slot: Slot(1), key: "a".into(), seq: 1, hash: [0; 32], wake_at: None, state: Box::default() };
    Commit { heads: vec![(head, 0)], ..Commit::default() }
}

#[test]
fn an_older_release_stops_writing_to_postgres_once_a_newer_one_has_changed_the_tables() {
    let server = Server::start();
    let url = server.fresh();
    let store = Postgres::open(&url).unwrap();
    let mut writer = store.writer().unwrap();
    server.sql_at(&url, "INSERT INTO makegood_migration SELECT max(number) + 1, 'later' FROM makegood_migration");
    let error = writer.commit(&a_head()).unwrap_err();
    assert!(error.to_string().contains("has schema 6, this release knows 5"), "{error}");
    assert_eq!(store.reader().unwrap().count("head").unwrap(), 0);
}

#[test]
fn many_open_a_new_database_on_postgres_at_once() {
    let server = Server::start();
    let url = server.fresh();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| Postgres::open(&url).unwrap().reader().unwrap().charters().unwrap());
        }
    });
    assert_eq!(
        server.sql_at(&url, "SELECT number, name FROM makegood_migration ORDER BY 1"),
        "1|ground\n2|claim\n3|fit\n4|filling\n5|people"
    );
    assert_eq!(look(&server, &url).lines().count(), 19);
}

#[test]
fn migrations_have_the_same_numbers_and_names_on_both_sides() {
    let names = |side: &str| {
        let folder = format!("{}/migrations/{side}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// A server that dies and comes back is no trouble: questions are asked again, and a commit whose end is unknown is stale.
#[test]
fn a_server_of_postgres_that_comes_back_is_awaited() {
    let server = Server::start();
    let url = server.fresh();
    let store = Postgres::open(&url).unwrap();
    let (mut reader, mut writer) = (store.reader().unwrap(), store.writer().unwrap());
    assert_eq!(reader.count("head").unwrap(), 0);
    server.kill();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| reader.count("head"));
        std::thread::sleep(std::time::Duration::from_millis(300));
        server.up();
        assert_eq!(answer.join().unwrap().unwrap(), 0);
    });
    let answer = writer.commit(&a_head());
    assert!(matches!(answer, Err(CommitError::Stale { .. })), "{answer:?}");
    writer.commit(&a_head()).unwrap();
    server.kill();
    let missing = Postgres::open(&url).err().unwrap();
    assert!(matches!(missing, StoreError::Unreachable { .. }), "{missing}");
    server.up();
    assert_eq!(store.reader().unwrap().count("head").unwrap(), 1, "what was committed is there");
}

fn begun(outage: Outage) -> String {
    match outage {
        Outage::Begun { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

/// However many connections find out, one outage is told once, and whoever comes after it was given up waits no more.
#[test]
fn an_outage_of_postgres_is_told_once_and_awaited_once() {
    let server = Server::start();
    let url = server.fresh();
    let (awaiting, told) = heard(Duration::from_secs(1));
    let store = Postgres::open_awaiting(&url, &awaiting).unwrap();
    let mut readers: Vec<_> = (0..3).map(|_| store.reader().unwrap()).collect();
    let mut writer = store.writer().unwrap();
    for outage in 1..3 {
        server.kill();
        std::thread::scope(|scope| {
            for reader in &mut readers {
                scope.spawn(|| assert!(matches!(reader.count("head"), Err(StoreError::Unreachable { .. }))));
            }
            let answer = writer.commit(&a_head());
            assert!(matches!(answer, Err(CommitError::Store(StoreError::Unreachable { .. }))), "{answer:?}");
        });
        assert!(matches!(store.health(), Err(StoreError::Unreachable { .. })));
        for again in [store.reader().map(|_| ()), store.snapshot().map(|_| ()), store.writer().map(|_| ())] {
            assert!(matches!(again, Err(StoreError::Unreachable { .. })), "{again:?}");
        }
        let news: Vec<_> = told.try_iter().collect();
        assert!(
            matches!(&news[..], [Outage::Begun { patience, .. }] if *patience == awaiting.patience),
            "{outage}: {news:?}"
        );
        server.up();
        for reader in &mut readers {
            assert_eq!(reader.count("head").unwrap(), 0);
        }
        assert_eq!(writer.claim(makegood_store::Queue::Timers, &[Slot(1)], 1_000).unwrap(), [Slot(1)]);
        let news: Vec<_> = told.try_iter().collect();
        assert!(matches!(&news[..], [Outage::Over { .. }]), "{outage}: {news:?}");
    }
}

/// A server that is just stopping, as when it is started anew, is awaited also by whoever has not been connected yet.
#[test]
fn a_server_of_postgres_that_is_being_started_anew_is_awaited_by_newcomers() {
    let server = Server::start();
    let url = server.fresh();
    let held = Postgres::open(&url).unwrap();
    server.stop_when_left();
    let (awaiting, told) = heard(Duration::from_secs(3_600));
    std::thread::scope(|scope| {
        let opened = scope.spawn(|| Postgres::open_awaiting(&url, &awaiting).map(|_| ()));
        assert_eq!(begun(told.recv().unwrap()), "the database system is shutting down");
        // For a while nothing is there at all, not even a socket.
        server.kill();
        std::thread::sleep(Duration::from_millis(600));
        server.up();
        opened.join().unwrap().unwrap();
    });
    assert!(matches!(told.try_recv(), Ok(Outage::Over { .. })));
    drop(held);
}

/// A server that died leaves its socket; one that never was leaves none.
#[test]
fn a_socket_that_postgres_left_behind_is_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://anna@/makegood?host={}", folder.path().display());
    let open = || {
        let (awaiting, told) = heard(Duration::ZERO);
        let error = Postgres::open_awaiting(&url, &awaiting).err().unwrap();
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
        told.try_iter().map(begun).collect::<Vec<_>>()
    };
    assert_eq!(open(), Vec::<String>::new());
    drop(std::os::unix::net::UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap());
    let told = open();
    assert!(matches!(&told[..], [why] if why.contains("refused")), "{told:?}");
}

/// A server that takes the connection and says nothing is given up in the end, and whoever waits hears of it before.
#[test]
fn a_server_of_postgres_that_says_nothing_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let _silent = std::os::unix::net::UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
    let url = format!("postgres://anna@/makegood?host={}", folder.path().display());
    let (awaiting, told) = heard(Duration::ZERO);
    let error = Postgres::open_awaiting(&url, &awaiting).err().unwrap().to_string();
    assert!(error.contains("it does not answer"), "{error}");
    assert_eq!(told.try_iter().map(begun).collect::<Vec<_>>(), ["it does not answer"]);
}

/// Tables that are made for a copy are never there without the mark.
#[test]
fn tables_on_postgres_made_for_a_copy_are_marked_from_the_beginning() {
    let server = Server::start();
    let url = server.fresh();
    drop(makegood_store::open_to_fill(&url, "sqlite:old.db", &Awaiting::default()).unwrap());
    let filling = |url: &str| Postgres::open(url).unwrap().reader().unwrap().filling().unwrap();
    assert_eq!(filling(&url).as_deref(), Some("sqlite:old.db"));
    // Tables that stood there are somebody's: whether they are empty is looked at when the copy begins.
    let url = server.fresh();
    drop(Postgres::open(&url).unwrap());
    drop(makegood_store::open_to_fill(&url, "sqlite:old.db", &Awaiting::default()).unwrap());
    assert_eq!(filling(&url), None);
}

/// A connection that is cut in the middle of a commit, some of whose statements were carried out already.
#[test]
fn a_connection_to_postgres_that_is_cut_within_a_commit_leaves_nothing_of_it() {
    let server = Server::start();
    let url = server.fresh();
    let store = Postgres::open(&url).unwrap();
    let (mut reader, mut writer) = (store.reader().unwrap(), store.writer().unwrap());
    let posting = PostingRow {
        slot: Slot(1),
        party: "a".into(),
        movement: [1; 12],
        line: 0,
        time: 0,
        remedy: [2; 12],
        account: "Expenses".into(),
        commodity: "USD".into(),
        decimals: 2,
        amount: 1,
    };
    let commit = Commit { postings: vec![posting], ..a_head() };
    // The ledger is locked, so that the commit has written its head and waits with the rest.
    let lock = "BEGIN; LOCK TABLE posting IN ACCESS EXCLUSIVE MODE; \
                SELECT pg_advisory_lock(1), pg_advisory_lock(2); COMMIT";
    let holder = "SELECT count(*) FROM pg_locks WHERE relation = 'posting'::regclass AND granted AND mode = 'AccessExclusiveLock'";
    let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'posting'::regclass AND NOT granted";
    let comes = |what: &str| {
        // A minute at most.
        for _ in 0..600 {
            if server.sql_at(&url, what) != "0" {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it never came: {what}");
    };
    std::thread::scope(|scope| {
        // A session of its own holds the second advisory lock until the connections are cut, and so the first session holds the table.
        let gate = scope.spawn(|| server.sql_fails_at(&url, "SELECT pg_advisory_lock(2), pg_sleep(600)"));
        comes("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted");
        let table = scope.spawn(|| server.sql_at(&url, lock));
        comes(holder);
        let answer = scope.spawn(|| writer.commit(&commit));
        comes(waiting);
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'makegood' \
                   AND wait_event_type = 'Lock'";
        assert_eq!(server.sql_at(&url, cut), "1");
        let answer = answer.join().unwrap();
        assert!(matches!(answer, Err(CommitError::Stale { .. })), "{answer:?}");
        server.sql_at(&url, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()");
        gate.join().unwrap();
        table.join().unwrap();
    });
    assert_eq!((reader.count("head").unwrap(), reader.count("posting").unwrap()), (0, 0));
    writer.commit(&commit).unwrap();
    assert_eq!((reader.count("head").unwrap(), reader.count("posting").unwrap()), (1, 1));
}
