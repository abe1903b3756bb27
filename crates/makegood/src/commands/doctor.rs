use crate::arguments::Database;
use crate::output::{grouped, table};
use crate::output::{put, put_line};
use crate::{Failure, clock, open};

/// How many findings of damage are named.
const NAMED: usize = 10;

/// `makegood doctor`: looks at a database and says what a keeper should know.
pub fn run(arguments: &Database) -> Result<bool, Failure> {
    let opened = open::database(&arguments.db)?;
    let health = opened.store.health()?;
    let damage = opened.store.damage(NAMED)?;
    let mut reader = opened.store.reader()?;
    let mut rows = vec![
        vec!["makegood".to_owned(), env!("CARGO_PKG_VERSION").to_owned()],
        vec!["database".to_owned(), makegood_store::shown(&arguments.db)],
        vec!["schema".to_owned(), health.schema.to_string()],
        vec!["size in bytes".to_owned(), grouped(health.bytes)],
        vec!["write-ahead log in bytes".to_owned(), grouped(health.log_bytes)],
    ];
    for rules in opened.book.versions() {
        rows.push(vec![
            "charter".to_owned(),
            format!("{} {}, in force from {}", rules.charter.name, rules.charter.version, rules.charter.from),
        ]);
    }
    for table in
        ["event", "head", "promise", "remedy", "posting", "interest", "outbox", "quarantine", "inbox", "fanout"]
    {
        rows.push(vec![format!("rows of {table}"), grouped(reader.count(table)?)]);
    }
    let mut troubles = Vec::new();
    if let Some(wake_at) = reader.earliest_wake()? {
        let now = clock::now();
        rows.push(vec!["the clock next looks at".to_owned(), makegood_charter::Moment(wake_at).to_string()]);
        if wake_at < now.0 {
            troubles.push("the clock is behind: run `makegood tick`".to_owned());
        }
    }
    if reader.count("quarantine")? > 0 {
        troubles.push("something was set aside: `makegood quarantine list` says why".to_owned());
    }
    if reader.count("inbox")? > 0 || reader.count("fanout")? > 0 {
        troubles.push("deliveries are under way: `makegood tick` carries them on if no process is at work".to_owned());
    }
    troubles.extend(damage.iter().cloned());
    put!("{}", table(&rows, &[]));
    for trouble in &troubles {
        put_line!("look: {trouble}");
    }
    put_line!("{}", if damage.is_empty() { "the database is whole" } else { "THE DATABASE IS NOT SAFE" });
    Ok(damage.is_empty())
}
