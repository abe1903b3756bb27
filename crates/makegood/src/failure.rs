use std::fmt;

/// Why a command could not be done, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    /// A stable code, explained in `docs/reference/errors.md`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Failure {
    /// A failure that `error` and its sources explain.
    pub fn from_error(code: &'static str, error: &dyn std::error::Error, help: impl Into<String>) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            message = format!("{message}: {error}");
            source = error.source();
        }
        Self { code, message, help: help.into() }
    }

    /// A failure in these words.
    pub fn new(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.code, self.message)?;
        if self.help.is_empty() { Ok(()) } else { writeln!(f, "  help: {}", self.help) }
    }
}

/// What to do about a database that could not be used.
fn help_of(error: &makegood_store::StoreError) -> Option<&'static str> {
    use makegood_store::StoreError as E;
    Some(match error {
        E::BadUrl { .. } | E::BadServerUrl { .. } => "see `docs/how-to/run-on-postgresql.md` for addresses",
        E::Unreachable { .. } => {
            "see that the server runs, that the database exists (`createdb NAME`) and that the user may connect, and run the same \
             again: what was acknowledged is kept, what is known changes nothing"
        }
        E::TooOld { .. } => "upgrade the server, or keep the database in a file with `sqlite:FILE`",
        E::Forbidden { .. } => {
            "let the user own the database (`ALTER DATABASE NAME OWNER TO USER`), or a schema in it that its `search_path` names"
        }
        E::NothingBeside { .. } => {
            "let this user write to the folder, or look into a copy in a folder of its own: `makegood backup`, run by somebody who may \
             write there, makes one while the database is in use, and `cp` of a file that nobody has open; nothing was changed"
        }
        E::NotOurs { .. } => "nothing was changed in it",
        E::Newer { .. } => {
            "use that release or a newer one, or restore a backup that was made before it was upgraded; this release changed nothing \
             in it since"
        }
        E::Filling { .. } => "name the same source again to go on, or make the database anew",
        E::NotEmpty { .. } => "name a new database: nothing is ever written over",
        E::Differs { .. } => "let nobody write to either of them, and run the same again: it goes on",
        E::BrokenOff { .. } => "run the same again: it goes on where it stopped",
        other => return other.advice(),
    })
}

impl From<makegood_store::StoreError> for Failure {
    fn from(error: makegood_store::StoreError) -> Self {
        Self::from_error("M001", &error, help_of(&error).unwrap_or("`makegood doctor --db URL` looks at a database"))
    }
}

impl From<makegood_engine::EngineError> for Failure {
    fn from(error: makegood_engine::EngineError) -> Self {
        if let makegood_engine::EngineError::Charters { .. } = error {
            return Self::from_error("M027", &error, "run the command again: it judges by all of them then");
        }
        if let makegood_engine::EngineError::History(error) = error {
            return Self::from_error("M075", &error, "name a folder that `makegood history export` wrote, whole");
        }
        let stands = "what was committed before stands; `makegood verify` looks at it";
        let help = match &error {
            // It was there when the command began.
            makegood_engine::EngineError::Store(makegood_store::StoreError::Unreachable { .. }) => {
                "see that the server runs, and run the same again: what was committed before stands, what is known changes nothing"
            }
            makegood_engine::EngineError::Store(error) => help_of(error).unwrap_or(stands),
            _ => stands,
        };
        Self::from_error("M002", &error, help)
    }
}

impl From<makegood_engine::FeedError> for Failure {
    fn from(error: makegood_engine::FeedError) -> Self {
        match error {
            makegood_engine::FeedError::Engine(error) => error.into(),
            input => Self::from_error(
                "M003",
                &input,
                "what was read before is kept; mend the file and run again, and what is known changes nothing",
            ),
        }
    }
}

impl From<makegood_core::StateError> for Failure {
    fn from(error: makegood_core::StateError) -> Self {
        Self::from_error("M004", &error, "use the release that wrote the database, or a newer one")
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            // Whoever read standard output has stopped: there is nobody to tell.
            std::process::exit(0);
        }
        Self::from_error("M005", &error, "")
    }
}
