use std::path::Path;

use makegood_core::Rulebook;
use makegood_core::id::hex;
use makegood_store::{Copied, SLOTS, Sqlite, Store, digest};

use super::moment;
use crate::arguments::Database;
use crate::output::{bar, grouped, put_line};
use crate::{Failure, open};

/// `makegood backup`: everything into a new file.
pub fn back_up(database: &Database, to: &Path) -> Result<bool, Failure> {
    let opened = open::database(&database.db)?;
    refuse_existing(to)?;
    match database.db.strip_prefix("sqlite:") {
        Some(file) => copy_file(Path::new(file), to, "backing up")?,
        None => {
            // Under another name until it is whole.
            let part = to.with_extension("part");
            remove_database(&part)?;
            let target = Sqlite::open(&part)?;
            copy(&*opened.store, &database.db, &target, "backing up")?;
            drop(target);
            std::fs::rename(&part, to)?;
        }
    }
    let backup = Sqlite::open(to)?;
    put_line!("everything stands in {}", to.display());
    put_line!("digest  {}", hex(&digest(&mut *backup.reader()?)?));
    Ok(true)
}

/// `makegood restore`: a backup into a new database.
pub fn restore(from: &Path, database: &Database) -> Result<bool, Failure> {
    let url = format!("sqlite:{}", from.display());
    let backup = open::database(&url)?;
    let digest = match database.db.strip_prefix("sqlite:") {
        Some(file) => {
            refuse_existing(Path::new(file))?;
            copy_file(from, Path::new(file), "restoring")?;
            digest(&mut *open::database(&database.db)?.store.reader()?)?
        }
        None => {
            let target = makegood_store::open(&database.db)?;
            copy(&*backup.store, &url, &*target, "restoring")?.digest
        }
    };
    put_line!("everything stands in {}", makegood_store::shown(&database.db));
    put_line!("digest  {}", hex(&digest));
    Ok(true)
}

/// `makegood restore --until`: what the log of a backup recorded up to a moment, folded again into a new file.
pub fn restore_until(from: &Path, database: &Database, until: &str) -> Result<bool, Failure> {
    let until = moment(until)?;
    let Some(file) = database.db.strip_prefix("sqlite:").map(Path::new) else {
        return Err(Failure::new(
            "M034",
            format!(
                "`{}` is no file, and an earlier moment is restored into a file",
                makegood_store::shown(&database.db)
            ),
            "restore it with `--db sqlite:FILE`, and `makegood migrate --from sqlite:FILE --to URL` then",
        ));
    };
    let backup = open::database(&format!("sqlite:{}", from.display()))?;
    refuse_existing(file)?;
    // Under another name until it is whole.
    let part = file.with_extension("part");
    remove_database(&part)?;
    let target = Sqlite::open(&part)?;
    let rows = backup.store.reader()?.charters()?;
    let known = rows.iter().filter(|row| row.recorded <= until.0);
    let charters: Result<Vec<_>, Failure> = known.map(|row| open::compile(&row.name, &row.text)).collect();
    let book = Rulebook::new(charters?);
    let progress = bar(u64::from(SLOTS), "folding the log up to then");
    let restored = makegood_engine::restore_until(&*backup.store, &target, &book, until, &mut || progress.inc(1));
    progress.finish_and_clear();
    let restored = restored?;
    drop(target);
    std::fs::rename(&part, file)?;
    let digest = digest(&mut *open::database(&database.db)?.store.reader()?)?;
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

/// Removes what is left of a database that did not become whole.
fn remove_database(file: &Path) -> Result<(), Failure> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.to_owned().into_os_string();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// `makegood migrate`: one database into another.
pub fn migrate(from: &str, to: &str) -> Result<bool, Failure> {
    let (from, to) = (&*one_name(from), &*one_name(to));
    if from == to {
        return Err(Failure::new("M035", "both addresses name the same database", "name a new one with `--to`"));
    }
    let source = open::database(from)?;
    let target = makegood_store::open(to)?;
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
    let copied = makegood_store::copy(from, &makegood_store::shown(name), to, &mut || progress.inc(1));
    progress.finish_and_clear();
    Ok(copied?)
}

fn copy_file(from: &Path, to: &Path, what: &str) -> Result<(), Failure> {
    let progress = bar(1, what);
    let copied = makegood_store::copy_file(from, to, &mut |done, all| {
        progress.set_length(all);
        progress.set_position(done);
    });
    progress.finish_and_clear();
    Ok(copied?)
}

fn refuse_existing(file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::new(
            "M036",
            format!("`{}` exists already", file.display()),
            "name a new file: nothing is ever written over",
        ));
    }
    Ok(())
}
