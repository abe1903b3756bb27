//! One run of a world: it is lived, audited on the way and at its end, folded again and verified.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use makegood_auditor::{DAY, audit};
use makegood_charter::Moment;
use makegood_core::id::hex;
use makegood_engine::{rebuild, verify};
use makegood_store::contract::server::Server;
use makegood_store::{Sqlite, Store};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::company::Company;
use crate::look::look;
use crate::plan::{Do, Plan};
use crate::tamper::Tamper;
use crate::trace::Trace;

/// Where worlds keep their data.
pub enum Database<'s> {
    /// A file of its own for each run, in memory where the machine offers that.
    Sqlite,
    /// A database of its own for each run, on a server.
    Postgres(&'s Server),
}

/// A database for one run, gone with it.
pub(crate) struct Fresh {
    pub store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

impl Database<'_> {
    /// True where the database is one that many share in any case.
    pub fn is_server(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    pub(crate) fn fresh(&self, sharing: bool) -> Result<Fresh> {
        match self {
            Self::Sqlite => {
                let memory = PathBuf::from("/dev/shm");
                let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
                let store = Arc::new(Sqlite::open(folder.path().join("world.db"))?.with_sharing(sharing));
                Ok(Fresh { store, _folder: Some(folder) })
            }
            Self::Postgres(server) => Ok(Fresh { store: makegood_store::open(&server.fresh())?.into(), _folder: None }),
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What happened in it.
    pub trace: Trace,
    /// The digest of every state, promise, remedy and posting at its end.
    pub digest: String,
    /// Facts that were told, each time anew.
    pub told: u64,
    /// Sudden deaths.
    pub deaths: u64,
    /// What is wrong, if anything is.
    pub trouble: Option<Trouble>,
}

/// Why a run is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// After so many steps.
    pub steps: usize,
    /// The findings, in words; the first is the first that was found.
    pub findings: Vec<String>,
}

/// Lives a world. `tamper` spoils what the auditor is shown, or what is kept, so that it can be seen to notice.
///
/// # Errors
/// Where the machine fails: a database that cannot be made. What the engine does wrong is in [`Outcome::trouble`].
pub fn run(plan: &Plan, database: &Database, tamper: Option<Tamper>) -> Result<Outcome> {
    let fresh = database.fresh(plan.setting.sharing)?;
    let mut company = Company::new(Arc::clone(&fresh.store), plan.setting, plan.facts.clone())?;
    let mut outcome = Outcome::default();
    for (number, step) in plan.steps.iter().enumerate() {
        let found = match step.what {
            Do::Audit => rest_and_look(&mut company, step.at, false, None, &mut outcome.digest),
            _ => company.step(step).map(|()| Vec::new()),
        };
        if let Some(trouble) = trouble(number.saturating_add(1), found) {
            outcome.trouble = Some(trouble);
            break;
        }
    }
    if outcome.trouble.is_none() {
        company.set_right();
        let end = plan.steps.iter().map(|step| step.at).max().unwrap_or(crate::plan::BEGIN);
        let found = rest_and_look(&mut company, end.saturating_add(40 * DAY), true, tamper, &mut outcome.digest);
        outcome.trouble = trouble(plan.steps.len(), found);
    }
    company.trace.note(format!("ends with {}", outcome.digest));
    (outcome.told, outcome.deaths) = (company.told, company.deaths);
    outcome.trace = company.trace;
    Ok(outcome)
}

fn trouble(steps: usize, found: Result<Vec<String>>) -> Option<Trouble> {
    let findings = found.unwrap_or_else(|error| vec![format!("{error:#}")]);
    (!findings.is_empty()).then_some(Trouble { steps, findings })
}

/// Lets all come to rest, and looks at everything.
fn rest_and_look(
    company: &mut Company,
    at: i64,
    last: bool,
    tamper: Option<Tamper>,
    digest: &mut String,
) -> Result<Vec<String>> {
    let clock = company.machine(at);
    company.come_to_rest(clock)?;
    if last {
        company.deliver_everything(clock)?;
    }
    if let Some(tamper) = tamper {
        tamper.spoil_kept(company)?;
    }
    let mut seen = look(company, clock.0, last)?;
    if let Some(tamper) = tamper {
        tamper.spoil_seen(&mut seen);
    }
    let mut shown = Sha256::new();
    shown.update(format!("{seen:?}"));
    company.trace.note(format!("{at} audited {}", hex(&shown.finalize())));
    let mut findings: Vec<String> =
        audit(&company.facts, &seen).context("the auditor")?.iter().map(ToString::to_string).collect();
    findings.extend(whole(&*company.store, company, digest)?);
    Ok(findings)
}

/// What the system itself says of its database.
fn whole(store: &dyn Store, company: &Company, digest: &mut String) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let book = company.book();
    findings.extend(store.damage(5)?.into_iter().map(|what| format!("the database is damaged: {what}")));
    let mut reader = store.reader()?;
    for table in ["inbox", "fanout"] {
        let waiting = reader.count(table)?;
        if waiting > 0 {
            findings.push(format!("{waiting} rows wait in `{table}` though all is at rest"));
        }
    }
    drop(reader);
    let verified = verify(store, &book, 2, &|| {})?;
    findings.extend(verified.faults.into_iter().map(|fault| format!("verify: {fault}")));
    let rebuilt = rebuild(store, &book, 1, &|| {})?;
    if !rebuilt.is_same() {
        findings.push(format!("the log folds to something else: {}", rebuilt.differ.join("; ")));
    }
    *digest = hex(&rebuilt.kept);
    Ok(findings)
}

/// The moment at which a world that is only told and not disturbed comes to rest.
pub(crate) fn after(plan: &Plan) -> Moment {
    let end = plan.facts.iter().map(|fact| fact.time).max().unwrap_or(crate::plan::BEGIN);
    Moment(end.saturating_add(60 * DAY))
}
