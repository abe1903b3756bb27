//! Opening what a command works on: the database, and the charters that judge.

use std::path::Path;
use std::sync::Arc;

use makegood_charter::Charter;
use makegood_charter::book::BookError;
use makegood_charter::diagnostic::Style;
use makegood_core::Rulebook;
use makegood_engine::{CharterError, Session, begin};
use makegood_store::{Awaiting, Reader, Store, StoreError};

use crate::{Failure, clock, output};

/// A database and the charters in it.
pub struct Opened {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Every charter version that is or was in force.
    pub book: Arc<Rulebook>,
}

/// A database, and a connection that reads it.
type Whole = (Arc<dyn Store>, Box<dyn Reader>);

impl Opened {
    /// A session that takes events and lets messages leave.
    pub fn session(&self) -> Result<Session, Failure> {
        Ok(Session::new(self.store.clone(), self.book.clone(), clock::now())?)
    }
}

/// The threads that may look over all of a database or a history, fit and score.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Opens a database that exists, with the charters it holds.
pub fn database(url: &str) -> Result<Opened, Failure> {
    if !makegood_store::exists(url, &awaiting())? {
        return Err(Failure::new(
            "M011",
            format!("there is no database at `{}`", makegood_store::shown(url)),
            "`makegood run --charter FILE --events FILE --db URL` makes one",
        ));
    }
    opened(whole(url)?)
}

/// An open database with the charters it holds.
fn opened((store, mut reader): Whole) -> Result<Opened, Failure> {
    let charters = reader.charters()?;
    let read: Result<Vec<_>, Failure> = charters.iter().map(|row| compile(&row.name, &row.text)).collect();
    Ok(Opened { store, book: Arc::new(Rulebook::new(read?)) })
}

/// Opens a database, or makes it, and puts the charters of these texts in force in it.
pub fn with_charters(url: &str, texts: &[(String, String)]) -> Result<Opened, Failure> {
    // Read first: a faulty charter leaves no empty database behind.
    let charters: Vec<_> = texts.iter().map(|(name, text)| compile(name, text)).collect::<Result<_, Failure>>()?;
    charters.iter().try_for_each(|charter| is_decided(charter))?;
    let whole = whole(url)?;
    if !charters.is_empty() {
        begin(&*whole.0, &charters, clock::now()).map_err(not_in_force)?;
    }
    opened(whole)
}

/// Refuses a draft.
pub fn is_decided(charter: &Charter) -> Result<(), Failure> {
    if !charter.draft {
        return Ok(());
    }
    Err(Failure::new(
        "M033",
        format!("version {} of the charter `{}` is a draft and judges nothing", charter.version, charter.name),
        "take out `draft: true` once it is decided, and give it the day from which it counts",
    ))
}

/// Why a charter version is not put in force, and what to do.
pub fn not_in_force(error: CharterError) -> Failure {
    let (code, help) = match error {
        CharterError::Store(error) => return error.into(),
        CharterError::Book(BookError::SameStart { .. }) => {
            ("M025", "let the new version count from a moment of its own")
        }
        CharterError::Book(_) => (
            "M012",
            "the database holds another text for it, and what is in force never changes: give the new text a version of its own",
        ),
        CharterError::Overtaken { .. } => {
            ("M026", "what was judged stays judged: let the version count from a moment that lies ahead")
        }
        CharterError::KindOfBoth { .. } => ("M029", "give the two kinds of key different names"),
        CharterError::NeedsTwo { .. } => (
            "M070",
            "two persons put it in force: each runs `makegood charter put-in-force FILE --db URL --as PERSON`; or leave `--charter` \
             out, and what is in force judges",
        ),
        CharterError::NoPerson { .. } => ("M071", "name whoever proposes or approves: `--as anna`"),
        CharterError::SamePerson { .. } => ("M071", "let another person approve it"),
        CharterError::OtherText { .. } => {
            ("M071", "approve that very text, or withdraw it first: `makegood charter put-in-force … --withdraw`")
        }
        CharterError::WasWithdrawn { .. } => ("M071", "give what is proposed anew a version of its own"),
        CharterError::DatePassed { .. } => {
            ("M071", "withdraw it, and propose a version that counts from a day that lies ahead")
        }
        CharterError::NothingProposed { .. } => {
            ("M071", "`makegood charter history NAME --db URL` tells what was proposed, approved and withdrawn")
        }
        CharterError::Overtook => ("M027", "run the command again: it goes by what is there then"),
        CharterError::BadLine { .. } => ("M024", "use the release that wrote the database, or a newer one"),
        CharterError::Unreadable { .. } => ("M024", "use the release that wrote the database, or a newer one"),
    };
    Failure::from_error(code, &error, help)
}

/// How a server that is away is awaited: whoever waits is told.
fn awaiting() -> Awaiting {
    Awaiting::told(output::tell)
}

/// Opens what is to be filled with a copy of `source`, or makes it, marked as that.
pub fn to_fill(url: &str, source: &str) -> Result<Arc<dyn Store>, Failure> {
    Ok(makegood_store::open_to_fill(url, source, &awaiting())?.into())
}

/// Opens a database, or makes it. One that is being filled with a copy is not for use yet.
fn whole(url: &str) -> Result<Whole, Failure> {
    let store: Arc<dyn Store> = makegood_store::open_awaiting(url, &awaiting())?.into();
    let mut reader = store.reader()?;
    match reader.filling()? {
        Some(source) => {
            let url = makegood_store::shown(url);
            Err(StoreError::Filling { url, source_url: source.into() }.into())
        }
        None => Ok((store, reader)),
    }
}

/// Reads a charter's file.
pub fn charter_file(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::from_error("M013", &error, format!("`{name}` cannot be read: name a charter's YAML file"))
    })?;
    Ok((name, text))
}

/// Compiles a charter; its diagnostics are the failure.
pub fn compile(name: &str, text: &str) -> Result<Arc<Charter>, Failure> {
    draft(name, text).map(Arc::new)
}

/// Compiles a charter that is not in force yet; its diagnostics are the failure.
pub fn draft(name: &str, text: &str) -> Result<Charter, Failure> {
    let read = Charter::read(name, text);
    let report = read.report(text, style());
    match read.charter {
        Some(charter) => Ok(charter),
        None => Err(Failure::new(
            "M014",
            format!("the charter `{name}` has faults\n{report}"),
            "mend them, and look again with `makegood charter check`",
        )),
    }
}

/// How diagnostics are drawn: in colour for a terminal.
pub fn style() -> Style {
    use std::io::IsTerminal;
    if std::io::stderr().is_terminal() { Style::Coloured } else { Style::Plain }
}
