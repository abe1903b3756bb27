use std::collections::BTreeSet;

use makegood_charter::Moment;
use makegood_core::id::{Kind, Name};
use makegood_core::{Clause, Promise, PromiseState, Rulebook};
use makegood_engine::rows;
use makegood_store::{PartId, PartKind, PartRow, Reader, SLOTS, Slot, slot_of};

use crate::arguments::{PromiseList, Standing};
use crate::commands::moment;
use crate::language::Language;
use crate::open::Opened;
use crate::output::{put, table};
use crate::{Failure, open};

/// Rows read at once.
const ROWS: usize = 5_000;

/// What a list says of one promise.
struct Line {
    party: String,
    clause: String,
    owner: String,
    doer: String,
    promise: Promise,
}

/// `makegood promise list`: what is due, the most pressing first.
pub fn run(arguments: &PromiseList) -> Result<bool, Failure> {
    let opened = open::database(&arguments.database.db)?;
    let due_by = arguments.due_by.as_deref().map(moment).transpose()?;
    let states = arguments.state.map_or_else(|| OPEN.to_vec(), wanted);
    let mut found: Vec<Line> = Vec::new();
    each(&mut *opened.store.reader()?, |row| {
        let state = states.iter().any(|state| *state as u8 == row.state);
        let due = due_by.is_none_or(|by| row.due.is_some_and(|due| due <= by.0));
        if state && due && &*row.clause != "pay" {
            let line = line(&opened.book, row)?;
            let named = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|asked| is_of(asked, name));
            if named(&arguments.owner, &line.owner) && named(&arguments.doer, &line.doer) {
                found.push(line);
            }
        }
        // Only the most pressing are shown: what cannot be among them is let go.
        if found.len() > arguments.limit.saturating_add(ROWS) {
            pressing(&mut found, arguments.limit);
        }
        Ok(())
    })?;
    pressing(&mut found, arguments.limit);
    let language = arguments.spoken.language();
    let lines: Vec<Vec<String>> = found.iter().map(|line| cells(line, language)).collect();
    put!("{}", table(&lines, &[]));
    Ok(true)
}

const OPEN: [PromiseState; 3] = [PromiseState::Overdue, PromiseState::AtRisk, PromiseState::Open];

fn wanted(standing: Standing) -> Vec<PromiseState> {
    use PromiseState as S;
    vec![match standing {
        Standing::Open => S::Open,
        Standing::AtRisk => S::AtRisk,
        Standing::Overdue => S::Overdue,
        Standing::Kept => S::Kept,
        Standing::KeptLate => S::KeptLate,
        Standing::Broken => S::Broken,
        Standing::Released => S::Released,
        Standing::Renegotiated => S::Renegotiated,
    }]
}

/// True of a name, and of everybody in a team: `sales` means `sales/anna` too.
fn is_of(asked: &str, name: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn line(book: &Rulebook, row: &PartRow) -> Result<Line, Failure> {
    let promise = rows::promise(row)?;
    let rules = book.by_tag(promise.charter).map(|(_, rules)| rules);
    let clause = rules.and_then(|rules| promise.clause_of(rules));
    let name = |name: Option<&str>| name.unwrap_or("-").to_owned();
    let (owner, doer) = (name(promise.owner(clause)), name(promise.doer(clause)));
    Ok(Line { party: row.party.to_string(), clause: row.clause.to_string(), owner, doer, promise })
}

fn cells(line: &Line, language: Language) -> Vec<String> {
    let promise = &line.promise;
    let what = promise.hands.as_ref().map(|hands| &*hands.what).filter(|what| !what.is_empty());
    vec![
        language.promise(promise.state).to_owned(),
        promise.due.to_string(),
        if is_delegated(promise) {
            language.of(["delegated", "转交", "delegert"]).to_owned()
        } else {
            line.clause.clone()
        },
        what.unwrap_or(&promise.thing).to_owned(),
        line.party.clone(),
        line.owner.clone(),
        line.doer.clone(),
        Name::new(Kind::Promise, &line.party, promise.id).to_string(),
    ]
}

/// At risk first, as what can still be kept; then what is overdue, then the rest; in each the soonest.
fn pressing(found: &mut Vec<Line>, limit: usize) {
    let rank = |state: PromiseState| match state {
        PromiseState::AtRisk => 0,
        PromiseState::Overdue => 1,
        _ => 2,
    };
    found.sort_by(|a, b| {
        let key = |line: &Line| (rank(line.promise.state), line.promise.due, line.promise.id);
        (key(a), &a.party).cmp(&(key(b), &b.party))
    });
    found.truncate(limit);
}

/// Every promise there is.
pub fn each(reader: &mut dyn Reader, mut take: impl FnMut(&PartRow) -> Result<(), Failure>) -> Result<(), Failure> {
    for slot in (0..SLOTS).map(Slot) {
        let mut after: Option<(Box<str>, PartId)> = None;
        loop {
            let from = after.as_ref().map(|(party, id)| (&**party, id));
            let page = reader.parts_of_slot(slot, PartKind::Promise, from, ROWS)?;
            let Some(last) = page.last() else { break };
            after = Some((last.party.clone(), last.id));
            for row in &page {
                take(row)?;
            }
        }
    }
    Ok(())
}

/// The names of a party's promises, but for those to pay, each with its clause.
pub fn names_of(opened: &Opened, party: &str) -> Result<BTreeSet<(String, Box<str>)>, Failure> {
    let found = opened.store.reader()?.parts_of(slot_of(party), party, PartKind::Promise)?;
    let ours = found.iter().filter(|row| &*row.clause != "pay");
    Ok(ours.map(|row| (Name::new(Kind::Promise, party, row.id).to_string(), row.clause.clone())).collect())
}

/// True of what one person promised another within the company.
pub fn is_delegated(promise: &Promise) -> bool {
    matches!(promise.clause, Clause::Delegated(_))
}

/// Whether a promise came to its end by `until`.
pub fn settled_by(promise: &Promise, until: Moment) -> bool {
    promise.settled.is_some_and(|(at, _)| at <= until)
}
