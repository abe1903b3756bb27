//! Playbooks: ordered steps, each of which becomes a promise.

use makegood_money::Ratio;

use super::{Charter, Follows, PromiseId, ShapeId, Sign};
use crate::clock::Clock;
use crate::expr::Expr;
use crate::text::Texts;

/// Position of a playbook in [`Charter::playbooks`].
pub type PlaybookId = usize;
/// Position of a step in [`Playbook::steps`].
pub type StepId = usize;

/// A playbook: what is done, by whom and by when, once something has happened.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// Its name: `complaint`.
    pub name: Box<str>,
    /// What it is for, in the customer's words.
    pub says: Texts,
    /// The event whose data it keeps as `made`: the one that begins it or, for a playbook that follows a promise, the one that
    /// made that promise. What it is about, the play is about.
    pub on: ShapeId,
    /// For a playbook that follows a promise: which, and the event about that promise's thing that begins it.
    pub follows: Option<Follows>,
    /// Only if this holds; may read `data`, and with `follows` also `made`, `promise` and `duty`.
    pub when: Option<Expr>,
    /// Other events that begin it. What it keeps as `made` has then the fields of the same name and type; the others are absent.
    pub also: Vec<Sign>,
    /// True when it stands on the page that customers read.
    pub published: bool,
    /// Who in the company speaks for the party, by role.
    pub speaks_for_them: Option<Box<str>>,
    /// The share of plays that are left alone on purpose, to compare with.
    pub control: Option<Ratio>,
    /// What it is for, by which those left alone are compared with the others.
    pub aim: Option<Aim>,
    /// The steps, each after those that it names.
    pub steps: Vec<Step>,
    /// What else ends it, in the order in which they are tried.
    pub endings: Vec<Ending>,
}

/// What a playbook is for.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The events that show it, whatever became of the play.
    pub shown_by: Vec<Sign>,
    /// How long after the play began they count, in milliseconds.
    pub within: i64,
}

/// A step of a playbook.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name: `acknowledged`.
    pub name: Box<str>,
    /// The promise that it becomes. Its due time may read `made`, the data of what began the play, and `step`; `at` is when it is
    /// entered.
    pub promise: PromiseId,
    /// How long it may take once it is entered; `None` where it is due at a time.
    pub within: Option<Clock>,
    /// The steps it comes after: it is entered once all of them have come to their end, unless all were passed by. Empty: at the
    /// beginning.
    pub after: Vec<StepId>,
    /// Only if this holds; may read `made` and `step`. Passed by otherwise.
    pub when: Option<Expr>,
    /// Kept as soon as this holds, whatever made it so; may read `made`, `step` and `promised`.
    pub once: Option<Expr>,
    /// Done by another person than these steps: an approval.
    pub unlike: Vec<StepId>,
    /// True when the play goes on once the step is overdue: nothing is heard from whoever was asked.
    pub goes_on: bool,
}

/// What ends a play before its last step.
#[derive(Debug, Clone)]
pub struct Ending {
    /// How the play ended: `not-worth-it`.
    pub name: Box<str>,
    /// The event that ends it.
    pub on: ShapeId,
    /// Only if this holds; may read `data`, `made` and `step`.
    pub when: Option<Expr>,
    /// What is said of it, in the customer's words.
    pub says: Texts,
}

impl Playbook {
    /// Every event that begins it, with its condition: the one whose data it keeps first.
    pub fn beginnings(&self) -> impl Iterator<Item = (ShapeId, Option<&Expr>)> {
        let first = (self.follows.map_or(self.on, |follows| follows.on), self.when.as_ref());
        std::iter::once(first).chain(self.also.iter().map(|sign| (sign.on, sign.when.as_ref())))
    }

    /// True when an expression of it reads what was promised while it runs.
    pub fn reads_promised(&self) -> bool {
        let own = self.steps.iter().flat_map(|step| [step.when.as_ref(), step.once.as_ref()]);
        let endings = self.endings.iter().map(|ending| ending.when.as_ref());
        let mut read = own.chain(endings).flatten().flat_map(|expression| expression.reads());
        read.any(|read| read.path.starts_with("promised."))
    }
}

impl Charter {
    /// The playbook and the step that a promise clause is, if it is one.
    pub fn step_of(&self, promise: PromiseId) -> Option<(PlaybookId, StepId)> {
        self.promises.get(promise)?.step
    }
}
