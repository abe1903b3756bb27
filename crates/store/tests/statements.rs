//! What the server is asked: every statement reaches one slot, by its key, and the schema can be distributed by the slot as it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use makegood_store::contract::ALL;
use makegood_store::contract::server::Server;
use makegood_store::{Distributed, Postgres, Store};

/// The tables whose rows belong to a slot.
const TABLES: [&str; 16] = [
    "event",
    "head",
    "promise",
    "remedy",
    "play",
    "custody",
    "stage",
    "interest",
    "inbox",
    "fanout",
    "posting",
    "outbox",
    "tally",
    "quarantine",
    "claim",
    "filling",
];
/// Words after which a table is named.
const BEFORE_TABLE: [&str; 5] = ["from", "join", "into", "update", "using"];

/// Every statement that the contract's tests had the server carry out, as it was sent, each once.
fn statements(server: &Server) -> BTreeSet<String> {
    let log = std::fs::read_to_string(server.folder().join("server.log")).unwrap();
    let mut found = BTreeSet::new();
    for entry in log.split("\n@@") {
        let Some((_, statement)) = entry.split_once("LOG:  execute ") else { continue };
        let (name, statement) = statement.split_once(": ").unwrap();
        assert!(name.starts_with('s'), "{name} is no prepared statement");
        found.insert(statement.split("\n@@").next().unwrap().trim().to_owned());
    }
    found
}

fn words(statement: &str) -> Vec<String> {
    let spaced = statement.replace(['(', ')', ',', ';'], " ");
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

/// The tables of slots that a statement names.
fn tables(statement: &str) -> BTreeSet<String> {
    let words = words(statement);
    let pairs = words.windows(2).filter(|pair| BEFORE_TABLE.contains(&&*pair[0]));
    pairs.map(|pair| pair[1].clone()).filter(|word| TABLES.contains(&&**word)).collect()
}

/// The table into which a statement copies rows, each with its own slot. It names none itself, and is not sent where tables are spread.
fn copied(statement: &str) -> Option<String> {
    let words = words(statement);
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["copy", table, "slot", .., "from", "stdin", "format", "binary"] => Some((*table).to_owned()),
        _ => None,
    }
}

/// Why a statement may reach more than one slot.
fn fault(statement: &str) -> Option<String> {
    let flat = words(statement).join(" ");
    for table in tables(statement) {
        let inserts = flat.starts_with(&format!("insert into {table} slot "))
            && (flat.contains(" select $1 ") || flat.contains(" values $1 "));
        let looks = flat.contains("where slot = $1") || flat.contains(&format!("{table}.slot = $1"));
        if !inserts && !looks {
            return Some(format!("`{table}` without its slot"));
        }
    }
    let named = flat.matches("slot = ").count();
    if named != flat.matches("slot = $1").count()
        || flat.contains("slot in")
        || flat.contains("slot >")
        || flat.contains("slot <")
    {
        return Some("more than one slot".into());
    }
    (flat.contains("skip locked") && !flat.contains("slot = $1")).then(|| "SKIP LOCKED without a slot".into())
}

#[test]
fn faults_are_found() {
    for (statement, sound) in [
        ("SELECT key FROM head WHERE slot = $1 AND key = $2", true),
        ("SELECT key FROM head WHERE key = $1", false),
        ("SELECT key FROM head WHERE slot = $1 OR slot = $2", false),
        ("SELECT key FROM head WHERE slot IN ($1, $2)", false),
        ("INSERT INTO tally (slot, name) SELECT $1, * FROM unnest($2::text[])", true),
        ("INSERT INTO tally (slot, name) SELECT * FROM unnest($1::smallint[], $2::text[])", false),
        ("SELECT 1 FROM inbox JOIN head ON head.slot = $1 WHERE inbox.slot = $1", true),
        ("SELECT 1 FROM inbox JOIN head ON head.slot = inbox.slot WHERE inbox.slot = $1", false),
    ] {
        assert_eq!(fault(statement).is_none(), sound, "{statement}");
    }
}

#[test]
fn every_statement_on_postgres_reaches_one_slot_by_its_key() {
    let server = Server::start_with("-c log_statement=all -c log_line_prefix=@@ -c log_parameter_max_length=0");
    let url = server.fresh();
    let keep = |written_out: bool, copies_from: usize| {
        for (_, case) in ALL {
            let url = server.fresh();
            let open = || Postgres::open(&url).unwrap().with_rows_written_out(written_out);
            case(&|| -> Box<dyn Store> { Box::new(open().with_copies_from(copies_from)) });
        }
    };
    // Where tables are spread over machines, and where they are not: with arrays, and with what is new copied.
    keep(true, 1);
    assert!(!statements(&server).iter().any(|statement| copied(statement).is_some()), "a copy reaches many slots");
    keep(false, usize::MAX);
    assert!(!statements(&server).iter().any(|statement| copied(statement).is_some()), "nothing was to be copied");
    keep(false, 1);
    let mut inspected = BTreeSet::new();
    let mut reached = BTreeSet::new();
    let mut into = BTreeSet::new();
    for statement in statements(&server) {
        if let Some(table) = copied(&statement) {
            into.insert(table);
            continue;
        }
        let tables = tables(&statement);
        if tables.is_empty() {
            let flat = words(&statement).join(" ");
            let harmless = [
                "begin",
                "commit",
                "rollback",
                "set local",
                "lock table charter",
                "select max number from makegood_migration",
            ];
            let known = harmless.iter().any(|start| flat.starts_with(start));
            let catalogue =
                ["pg_class", "pg_proc", "pg_index", "pg_settings", "pg_stat_database", "server_version_num"];
            let charters = [" charter", " fit"].iter().any(|table| flat.contains(table)) && !flat.contains("slot");
            assert!(known || charters || catalogue.iter().any(|name| flat.contains(name)), "what is this? {statement}");
            continue;
        }
        assert_eq!(fault(&statement), None, "{statement}");
        reached.extend(tables.clone());
        inspected.insert((statement, tables));
    }
    assert_eq!(reached.iter().map(String::as_str).collect::<BTreeSet<_>>(), TABLES.into_iter().collect());
    let into: Vec<&str> = into.iter().map(String::as_str).collect();
    let new =
        ["custody", "event", "fanout", "head", "interest", "outbox", "play", "posting", "promise", "remedy", "stage"];
    assert_eq!(into, new, "tables that are copied into, each row with its slot");
    assert!(inspected.len() > 60, "only {} statements were sent", inspected.len());
    drop(Postgres::open(&url).unwrap());
    for (statement, tables) in &inspected {
        look_at_plan(&server, &url, statement, tables);
    }
}

/// Every table is entered by an index, at the slot, and none is read through.
fn look_at_plan(server: &Server, url: &str, statement: &str, tables: &BTreeSet<String>) {
    let highest = (1..1_000).rev().find(|number| statement.contains(&format!("${number}"))).unwrap_or(0);
    let nulls = vec!["NULL"; highest].join(", ");
    let settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;";
    let plan =
        server.sql_at(url, &format!("{settings} PREPARE it AS {statement}; EXPLAIN (COSTS OFF) EXECUTE it ({nulls})"));
    let mut lines = plan.lines().peekable();
    while let Some(line) = lines.next() {
        assert!(!line.contains("Seq Scan"), "{statement}\n{plan}");
        let scans = line.contains("Index Scan") || line.contains("Index Only Scan");
        if scans && tables.iter().any(|table| line.contains(&format!(" on {table}"))) {
            let condition = lines.peek().copied().unwrap_or_default();
            assert!(condition.contains("Index Cond: ") && condition.contains("slot = $1"), "{statement}\n{plan}");
        }
    }
}

#[test]
fn the_schema_on_postgres_can_be_distributed_by_slot() {
    let server = Server::start();
    let url = server.fresh();
    let store = Postgres::open(&url).unwrap();
    let none = |what: &str, sql: &str| assert_eq!(server.sql_at(&url, sql), "", "{what}");
    none("sequences", "SELECT relname FROM pg_class WHERE relkind = 'S'");
    none("triggers", "SELECT tgname FROM pg_trigger");
    none("foreign keys", "SELECT conname FROM pg_constraint WHERE contype = 'f'");
    let listed = TABLES.map(|table| format!("'{table}'")).join(", ");
    none(
        "indexes of tables with slots that do not begin with the slot",
        &format!(
            "SELECT indexrelid::regclass FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
            WHERE indrelid::regclass::text IN ({listed}) AND attname <> 'slot'"
        ),
    );
    none(
        "tables without a slot",
        &format!(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT IN ({listed}, 'charter', 'fit', 'makegood_migration')"
        ),
    );
    assert!(!store.writes_rows_out());
    let asked = &mut |_: &str| panic!("a table was distributed");
    assert_eq!(store.distribute(asked).unwrap(), Distributed::NotOffered);

    // A server that offers it, as far as we can tell: it notes what it is asked for.
    server.sql_at(
        &url,
        "CREATE TABLE pg_dist_partition (logicalrelid regclass, how text);
        CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash',
            colocate_with text DEFAULT 'default') RETURNS void LANGUAGE sql AS
            $$ INSERT INTO pg_dist_partition VALUES (table_name, distribution_column || ' with ' || colocate_with) $$;
        CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
            $$ INSERT INTO pg_dist_partition VALUES (table_name, 'everywhere') $$;",
    );
    let mut told = Vec::new();
    assert_eq!(store.distribute(&mut |table| told.push(table.to_owned())).unwrap(), Distributed::Done(19));
    assert_eq!(told.len(), 19);
    assert_eq!(store.distribute(asked).unwrap(), Distributed::Done(0));
    assert!(Postgres::open(&url).unwrap().writes_rows_out(), "what is selected from arrays would be collected first");
    let how = server.sql_at(&url, "SELECT how, count(*) FROM pg_dist_partition GROUP BY how ORDER BY how");
    assert_eq!(how, "everywhere|3\nslot with event|15\nslot with none|1");
}
