use std::path::Path;

use makegood_core::Rulebook;
use makegood_core::id::hex;
use makegood_store::{Copied, Part, SLOTS, Sqlite, Store, digest, shown};

use super::moment;
use crate::arguments::Database;
use crate::output::{bar, grouped, put_line};
use crate::{Failure, open};

/// What SQLite keeps beside a file while it is in use, or after a sudden end.
const BESIDE: [&str; 4] = ["", "-wal", "-journal", "-shm"];

/// `makegood backup`: everything into a new file.
pub fn back_up(database: &Database, to: &Path) -> Result<bool, Failure> {
    let to = file_of_backup(to, "`makegood backup --to FILE --db URL` writes one")?;
    let opened = open::database(&database.db)?;
    refuse_existing(to)?;
    // Under another name until it is whole; nothing of it is left when it does not become so.
    let part = Part::begin(to)?;
    match database.db.strip_prefix("sqlite:") {
        Some(file) => copy_file(Path::new(file), &part, "backing up")?,
        None => {
            let target = Sqlite::open_to_fill(part.path(), &shown(&database.db))?;
            copy(&*opened.store, &database.db, &target, "backing up")?;
        }
    }
    let digest = digest_in(&part)?;
    part.finish()?;
    put_line!("everything stands in {}", to.display());
    put_line!("digest  {}", hex(&digest));
    Ok(true)
}

/// `makegood restore`: a backup into a new database.
pub fn restore(from: &Path, database: &Database) -> Result<bool, Failure> {
    let from = file_of_backup(from, "`makegood restore --from FILE --db URL` brings one back")?;
    let url = format!("sqlite:{}", from.display());
    let backup = open::database(&url)?;
    let digest = match database.db.strip_prefix("sqlite:") {
        Some(file) => {
            refuse_existing(Path::new(file))?;
            let part = Part::begin(Path::new(file))?;
            copy_file(from, &part, "restoring")?;
            let digest = digest_in(&part)?;
            part.finish()?;
            digest
        }
        None => {
            let target = open::to_fill(&database.db, &shown(&url))?;
            copy(&*backup.store, &url, &*target, "restoring")?.digest
        }
    };
    put_line!("everything stands in {}", shown(&database.db));
    put_line!("digest  {}", hex(&digest));
    Ok(true)
}

/// `makegood restore --until`: what the log of a backup recorded up to a moment, folded again into a new file.
pub fn restore_until(from: &Path, database: &Database, until: &str) -> Result<bool, Failure> {
    let until = moment(until)?;
    let from = file_of_backup(from, "`makegood restore --from FILE --until TIME --db sqlite:FILE` reads one")?;
    let Some(file) = database.db.strip_prefix("sqlite:").map(Path::new) else {
        return Err(Failure::new(
            "M034",
            format!("`{}` is no file, and an earlier moment is restored into a file", shown(&database.db)),
            "restore it with `--db sqlite:FILE`, and `makegood migrate --from sqlite:FILE --to URL` then",
        ));
    };
    let backup = open::database(&format!("sqlite:{}", from.display()))?;
    refuse_existing(file)?;
    let part = Part::begin(file)?;
    let target = Sqlite::open(part.path())?;
    let rows = backup.store.reader()?.charters()?;
    let known = rows.iter().filter(|row| row.recorded <= until.0);
    let charters: Result<Vec<_>, Failure> = known.map(|row| open::compile(&row.name, &row.text)).collect();
    let book = Rulebook::new(charters?);
    let progress = bar(u64::from(SLOTS), "folding the log up to then");
    let restored = makegood_engine::restore_until(&*backup.store, &target, &book, until, &mut || progress.inc(1));
    progress.finish_and_clear();
    let restored = restored?;
    drop(target);
    let digest = digest_in(&part)?;
    part.finish()?;
    put_line!("everything recorded up to {until} stands in {}", database.db);
    put_line!(
        "{} lines of {} logs, {} later ones left out",
        grouped(restored.lines),
        grouped(restored.logs),
        grouped(restored.left_out)
    );
    put_line!("digest  {}", hex(&digest));
    Ok(true)
}

/// `makegood migrate`: one database into another.
pub fn migrate(from: &str, to: &str) -> Result<bool, Failure> {
    let (from, to) = (&*one_name(from), &*one_name(to));
    if from == to {
        return Err(Failure::new("M035", "both addresses name the same database", "name a new one with `--to`"));
    }
    let source = open::database(from)?;
    let target = open::to_fill(to, &shown(from))?;
    let copied = copy(&*source.store, from, &*target, "copying")?;
    put_line!("{} rows copied", grouped(copied.rows));
    put_line!("from  {}", hex(&copied.digest));
    put_line!("to    {}", hex(&digest(&mut *target.reader()?)?));
    put_line!("they are the same");
    Ok(true)
}

/// The address of a file by its one full path, so that a copy that was begun is known again from another folder.
fn one_name(url: &str) -> String {
    let whole = url.strip_prefix("sqlite:").and_then(|file| std::fs::canonicalize(file).ok());
    whole.map_or_else(|| url.to_owned(), |file| format!("sqlite:{}", file.display()))
}

fn copy(from: &dyn Store, name: &str, to: &dyn Store, what: &str) -> Result<Copied, Failure> {
    let progress = bar(u64::from(SLOTS), what);
    let copied = makegood_store::copy(from, &shown(name), to, &mut || progress.inc(1));
    progress.finish_and_clear();
    Ok(copied?)
}

fn copy_file(from: &Path, to: &Part, what: &str) -> Result<(), Failure> {
    let progress = bar(1, what);
    let copied = makegood_store::copy_file(from, to, &mut |done, all| {
        progress.set_length(all);
        progress.set_position(done);
    });
    progress.finish_and_clear();
    Ok(copied?)
}

/// The digest of what a file holds that is about to get its name.
fn digest_in(part: &Part) -> Result<[u8; 32], Failure> {
    Ok(digest(&mut *Sqlite::open(part.path())?.reader()?)?)
}

/// The file that a backup is, also where it is written as the database that it is; a server is none.
fn file_of_backup<'f>(named: &'f Path, command: &str) -> Result<&'f Path, Failure> {
    let text = named.to_str().unwrap_or_default();
    if makegood_store::is_server(text) {
        return Err(Failure::new(
            "M077",
            format!("`{}` is a database on a server, and a backup is a file, of either kind of database", shown(text)),
            format!(
                "{command}; `makegood migrate --from URL --to URL` copies one database into another, of either kind"
            ),
        ));
    }
    Ok(text.strip_prefix("sqlite:").map_or(named, Path::new))
}

fn refuse_existing(file: &Path) -> Result<(), Failure> {
    for ending in BESIDE {
        let mut name = file.to_owned().into_os_string();
        name.push(ending);
        let there = Path::new(&name);
        if there.exists() {
            let help = match ending {
                "" => "name a new file: nothing is ever written over",
                _ => {
                    "it belongs to a database that stood here and would be mixed with the new one: name a new file, or move it away"
                }
            };
            return Err(Failure::new("M036", format!("`{}` exists already", there.display()), help));
        }
    }
    Ok(())
}
