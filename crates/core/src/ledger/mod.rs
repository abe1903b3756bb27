//! The books: double entry in integers, one file per money movement. Corrections are new movements; none is ever changed.
//!
//! | account | holds |
//! |---|---|
//! | `Expenses:{Kind}:{Right}` | what it cost, by right |
//! | `Liabilities:Owed:{Kind}` | what is owed and not yet paid |
//! | `Assets:Payouts:{tender}` | what was paid, by tender |
//! | `Income:Waived:{Right}` | what customers let go |

mod corrected;
mod owed;
mod paid;
mod waived;

pub use corrected::corrected;
pub use owed::owed;
pub use paid::{paid, paid_though_waived};
pub use waived::waived;

use makegood_charter::Moment;
use makegood_money::Movement;

use crate::{PartId, Remedy, RemedyKind};

/// A movement of a party's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identity within the party.
    pub id: PartId,
    /// The remedy it is about.
    pub remedy: PartId,
    /// When it happened.
    pub time: Moment,
    /// The lines.
    pub movement: Movement,
}

fn expense(remedy: &Remedy) -> String {
    format!("Expenses:{}:{}", word(remedy.kind), capitalised(&remedy.right))
}

fn liability(remedy: &Remedy) -> String {
    format!("Liabilities:Owed:{}", word(remedy.kind))
}

fn income(remedy: &Remedy) -> String {
    format!("Income:Waived:{}", capitalised(&remedy.right))
}

fn word(kind: RemedyKind) -> &'static str {
    match kind {
        RemedyKind::Restitution => "Restitution",
        RemedyKind::Compensation => "Compensation",
        RemedyKind::Penalty => "Penalty",
        RemedyKind::Goodwill => "Goodwill",
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}
