//! Conditions and amounts in CEL: parsed by the `cel` crate, type-checked here against the declared shapes, and
//! compiled to closures over fields whose places were looked up once.

mod check;
mod code;
mod facts;
mod functions;
mod operators;
mod scan;
mod source;
mod spans;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use makegood_money::{Commodities, Commodity, Money, Tenders};

use crate::clock::Calendar;
use crate::place::Places;
use crate::value::{Moment, Shape, Type, Value};
use check::Checker;
use code::{Code, Run, Text};
pub(crate) use functions::FUNCTIONS;
use source::Source;

/// What an expression may name, known when it is compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// `data.FIELD`: the event's own data; also `at`, its time.
    pub data: Option<&'a Shape>,
    /// `made.FIELD`: the data of the event that made the promise.
    pub made: Option<&'a Shape>,
    /// `evidence.FIELD`: the data of the event that shows an exception; also `evidence_at`, its time.
    pub evidence: Option<&'a Shape>,
    /// `promise.due`, `promise.made` (times), `promise.worth` (money), `promise.paid` (tenders).
    pub promise: bool,
    /// `party.COUNT`: how often the charter's counts say that something happened.
    pub party: bool,
    /// `step.NAME.FIELD`: the data of what showed that a step of the play was done; also `step.NAME.done`.
    pub steps: &'a [StepNames<'a>],
    /// `duty.missing`, `duty.by_proxy`, `duty.differs`: what a hand-off did not meet; `duty.difference`, a share.
    pub duty: bool,
    /// `promised.count`, `promised.handed_over`, `promised.accepted`: what people promised while a play runs; and
    /// `credited(LENGTH)`, what the party was credited in that time.
    pub play: bool,
    /// What the charter declares beside its events.
    pub facts: Option<&'a Facts>,
}

/// A step of a playbook, as expressions name it.
#[derive(Debug, Clone, Copy)]
pub struct StepNames<'a> {
    /// Its name, with `_` for `-`.
    pub name: &'a str,
    /// The event that shows that it was done, where there is one and no other.
    pub shape: Option<&'a Shape>,
}

/// What a charter declares that functions of expressions look up.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The zone in which days begin and end.
    pub zone: TimeZone,
    /// Calendars by name.
    pub calendars: BTreeMap<Box<str>, Arc<Calendar>>,
    /// Places by code.
    pub places: Arc<Places>,
    /// The names of the counts, by position.
    pub counts: Vec<Box<str>>,
    /// The charter's own money, in which credits are summed.
    pub money: Option<Commodity>,
}

impl Facts {
    /// The facts of a charter that declares nothing of the kind.
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, calendars: BTreeMap::new(), places: Arc::default(), counts: Vec::new(), money: None }
    }
}

/// What an expression reads when it runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// See [`Names::data`].
    pub data: &'a [Value],
    /// When the event happened.
    pub at: Moment,
    /// See [`Names::made`].
    pub made: &'a [Value],
    /// See [`Names::evidence`].
    pub evidence: &'a [Value],
    /// When the evidence happened.
    pub evidence_at: Moment,
    /// When the promise is due.
    pub due: Moment,
    /// When the promise was made.
    pub made_at: Moment,
    /// What the promise is worth.
    pub worth: Option<Money>,
    /// What was paid for it.
    pub paid: Option<&'a Tenders>,
    /// See [`Names::party`]: how often, in the order of the charter's counts.
    pub counts: &'a [i64],
    /// See [`Names::steps`]: the data that showed each step done; empty where none did.
    pub steps: &'a [&'a [Value]],
    /// The steps that were done, a bit each.
    pub done: u64,
    /// See [`Names::duty`]; nothing where no duty applies.
    pub duty: Option<Unmet>,
    /// See [`Names::play`]: what people promised about the same thing while the play ran.
    pub promised: Promised,
    /// See [`Names::play`]: what the party was credited, by day (counted from 1970-01-01 in UTC), in order.
    pub credits: &'a [(i32, Money)],
}

/// What people promised a party while a play ran, about what the play is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promised {
    /// Promises made and not let go.
    pub count: i64,
    /// Of these, those that were kept already or handed on to somebody who has not given them back.
    pub handed_over: i64,
    /// Of these, those that were kept already or that everybody they were handed on to has accepted by name.
    pub accepted: i64,
}

/// What a hand-off did not meet of its duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unmet {
    /// Evidence is missing.
    pub missing: bool,
    /// Another took it on the promisee's behalf.
    pub by_proxy: bool,
    /// The quantity is out of tolerance.
    pub differs: bool,
    /// By how much it is off what was promised, in millionths of it; `None` where it is not known.
    pub difference: Option<i64>,
}

impl Scope<'_> {
    /// True when the step was done.
    pub fn is_done(&self, step: u16) -> bool {
        1_u64.checked_shl(u32::from(step)).is_some_and(|bit| self.done & bit != 0)
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// It read an optional field that the event left out. A condition that reads one does not hold.
    #[error("a field it reads is absent")]
    Absent,
    /// It divided by zero.
    #[error("it divides by zero")]
    DivisionByZero,
    /// A number left the range of 64 bits.
    #[error("a number is too large")]
    Overflow,
    /// A place that the charter does not know.
    #[error("it names a place whose coordinates the charter does not give")]
    UnknownPlace,
    /// A moment lies outside the years that are dealt with, or a calendar leaves no working day.
    #[error("it leads to a day that cannot be counted to")]
    OutOfTime,
    /// Two commodities were added or compared.
    #[error("it mixes two commodities")]
    Mixed,
    /// An amount that was paid is below zero.
    #[error("an amount is below zero")]
    Negative,
    /// It was asked for a value of another type than it has: an error of the program, not of the event.
    #[error("it has a value of another type than was asked for")]
    OtherType,
}

/// What an expression must give where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// True or false: a condition.
    Bool,
    /// A moment.
    Time,
    /// An amount.
    Money,
    /// What was paid. An amount counts as one tender.
    Tenders,
    /// A measure that bands can be laid on: a length of time, a number, an amount.
    Measure,
    /// A whole or decimal number.
    Count,
    /// A length of time.
    Duration,
    /// Anything.
    Any,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprProblem {
    /// Where, in bytes of the source.
    pub range: Range<usize>,
    /// What, without a full stop.
    pub message: String,
    /// What to do, as a sentence; may be empty.
    pub help: String,
}

/// One thing an expression reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// As written: `data.late`, `promise.worth`, `at`.
    pub path: Box<str>,
    /// What it holds.
    pub kind: Type,
}

/// A compiled expression. Copies share the code.
#[derive(Clone)]
pub struct Expr {
    source: Arc<str>,
    kind: Type,
    code: Compiled,
    reads: Arc<[Read]>,
    sources: Arc<[Source]>,
    calendars: Arc<[Box<str>]>,
}

/// The code of a whole expression, by how its value is held.
#[derive(Clone)]
enum Compiled {
    Bool(Run<bool>),
    Number(Run<i64>),
    Money(Run<Money>),
    Tenders(Run<Tenders>),
    Text(Text),
}

impl Expr {
    /// Parses, checks and compiles an expression that may name `names` and must give what `want` says.
    pub fn compile(
        source: &str,
        names: &Names<'_>,
        commodities: &Commodities,
        want: Want,
    ) -> Result<Self, Vec<ExprProblem>> {
        let (syntax, spans) = spans::parse(source)?;
        let mut checker = Checker {
            spans: &spans,
            names: *names,
            commodities,
            problems: Vec::new(),
            reads: Vec::new(),
            calendars: BTreeSet::new(),
        };
        let typed = checker.check(&syntax).and_then(|typed| checker.wanted(typed, want));
        let Checker { mut problems, reads, calendars, .. } = checker;
        match typed {
            Some(typed) if problems.is_empty() => {
                let (reads, sources): (Vec<_>, Vec<_>) = reads.into_iter().unzip();
                let (reads, sources) = (reads.into(), sources.into());
                let calendars = calendars.into_iter().collect();
                let source = source.into();
                Ok(Self { source, kind: typed.kind, code: compiled(typed.code), reads, sources, calendars })
            }
            _ => {
                if problems.is_empty() {
                    let help = "Write it in a simpler form.";
                    problems.push(scan::problem(0..source.len(), "this expression cannot be compiled", help));
                }
                Err(problems)
            }
        }
    }

    /// Whether the condition holds.
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, EvalError> {
        match &self.code {
            Compiled::Bool(run) => run(scope),
            _ => Err(EvalError::OtherType),
        }
    }

    /// The value as one number: whole, millionths, milliseconds, a moment in milliseconds, a choice's position, or an
    /// amount's minor units.
    pub fn number(&self, scope: &Scope<'_>) -> Result<i64, EvalError> {
        match &self.code {
            Compiled::Number(run) => run(scope),
            Compiled::Money(run) => run(scope).map(|money| money.minor),
            _ => Err(EvalError::OtherType),
        }
    }

    /// The value as an amount.
    pub fn money(&self, scope: &Scope<'_>) -> Result<Money, EvalError> {
        match &self.code {
            Compiled::Money(run) => run(scope),
            _ => Err(EvalError::OtherType),
        }
    }

    /// The value as what was paid.
    pub fn tenders(&self, scope: &Scope<'_>) -> Result<Tenders, EvalError> {
        match &self.code {
            Compiled::Tenders(run) => run(scope),
            _ => Err(EvalError::OtherType),
        }
    }

    /// The value, whatever its type.
    pub fn value(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        Ok(match &self.code {
            Compiled::Bool(run) => Value::Bool(run(scope)?),
            Compiled::Money(run) => Value::Money(run(scope)?),
            Compiled::Tenders(run) => Value::Tenders(run(scope)?),
            Compiled::Text(text) => {
                let text: Box<str> = text.get(scope)?.into();
                if matches!(self.kind, Type::Key { .. }) { Value::Key(text) } else { Value::Text(text) }
            }
            Compiled::Number(run) => {
                let number = run(scope)?;
                match &self.kind {
                    Type::Number { .. } => Value::Number(number),
                    Type::Duration => Value::Duration(number),
                    Type::Time => Value::Time(Moment(number)),
                    Type::Choice(_) => Value::Choice(u16::try_from(number).map_err(|_| EvalError::Absent)?),
                    _ => Value::Int(number),
                }
            }
        })
    }

    /// The same expression under the words in which it was written, its terms not written out.
    pub(crate) fn written(self, source: &str) -> Self {
        Self { source: source.into(), ..self }
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The type of its value.
    pub fn kind(&self) -> &Type {
        &self.kind
    }

    /// Its value, where it reads nothing and so never changes: a condition of this kind always holds or never does.
    pub fn constant(&self) -> Option<Value> {
        if self.reads.is_empty() { self.value(&Scope::default()).ok() } else { None }
    }

    /// What it reads, each once, in the order of first mention.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The calendars it counts by.
    pub fn calendars(&self) -> &[Box<str>] {
        &self.calendars
    }

    /// What it reads, with the values in `scope`, in the order of [`Expr::reads`]: the inputs of a "because".
    pub fn inputs(&self, scope: &Scope<'_>) -> Vec<(Box<str>, Value)> {
        let pairs = self.reads.iter().zip(self.sources.iter());
        pairs.map(|(read, source)| (read.path.clone(), source.value(scope))).collect()
    }
}

fn compiled(code: Code) -> Compiled {
    match code {
        Code::Bool(code) => Compiled::Bool(code.run()),
        Code::Number(code) => Compiled::Number(code.run()),
        Code::Money(code) => Compiled::Money(code.run()),
        Code::Tenders(run) => Compiled::Tenders(run),
        Code::Text(text) => Compiled::Text(text),
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.source)
    }
}
