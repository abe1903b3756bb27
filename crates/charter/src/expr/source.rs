//! What a name in an expression refers to: a place in the event's fields, or one of the moments and amounts beside
//! them.

use makegood_money::{Commodity, Money, Tenders};

use super::{EvalError, Scope};
use crate::value::{Moment, Value};

static ABSENT: Value = Value::Absent;

/// Whose data a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Data,
    Made,
    Evidence,
    /// What showed that a step of the play was done.
    Step(u16),
}

/// A field: found by name when the expression was compiled, and read by position ever after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub part: Part,
    pub index: usize,
}

impl Place {
    /// The position, if the field is one of the event's own data: by far the most common, and worth a closure that need
    /// not ask.
    pub fn of_data(self) -> Option<usize> {
        (self.part == Part::Data).then_some(self.index)
    }

    /// The field's value; absent where the event has no such field.
    #[inline]
    pub fn get<'a>(self, scope: &Scope<'a>) -> &'a Value {
        let fields = match self.part {
            Part::Data => scope.data,
            Part::Made => scope.made,
            Part::Evidence => scope.evidence,
            Part::Step(step) => scope.steps.get(usize::from(step)).copied().unwrap_or_default(),
        };
        fields.get(self.index).unwrap_or(&ABSENT)
    }

    /// The value of a field that is coded as one number.
    #[inline]
    pub fn number(self, scope: &Scope<'_>) -> Result<i64, EvalError> {
        number(self.get(scope))
    }

    pub fn boolean(self, scope: &Scope<'_>) -> Result<bool, EvalError> {
        match self.get(scope) {
            Value::Bool(value) => Ok(*value),
            Value::Absent => Err(EvalError::Absent),
            _ => Err(EvalError::OtherType),
        }
    }

    pub fn money(self, scope: &Scope<'_>) -> Result<Money, EvalError> {
        match self.get(scope) {
            Value::Money(money) => Ok(*money),
            Value::Absent => Err(EvalError::Absent),
            _ => Err(EvalError::OtherType),
        }
    }

    pub fn tenders<'a>(self, scope: &Scope<'a>) -> Result<&'a Tenders, EvalError> {
        match self.get(scope) {
            Value::Tenders(tenders) => Ok(tenders),
            Value::Absent => Err(EvalError::Absent),
            _ => Err(EvalError::OtherType),
        }
    }

    pub fn text<'a>(self, scope: &Scope<'a>) -> Result<&'a str, EvalError> {
        match self.get(scope) {
            Value::Text(text) | Value::Key(text) => Ok(text),
            Value::Absent => Err(EvalError::Absent),
            _ => Err(EvalError::OtherType),
        }
    }
}

/// A value that is coded as one number.
#[inline]
pub(super) fn number(value: &Value) -> Result<i64, EvalError> {
    match value {
        Value::Int(number) | Value::Number(number) | Value::Duration(number) | Value::Time(Moment(number)) => {
            Ok(*number)
        }
        Value::Choice(position) => Ok(i64::from(*position)),
        Value::Absent => Err(EvalError::Absent),
        _ => Err(EvalError::OtherType),
    }
}

/// By how much a hand-off is off what was promised.
pub(super) fn difference(scope: &Scope<'_>) -> Option<i64> {
    scope.duty?.difference
}

/// Everything a name can refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Field(Place),
    At,
    EvidenceAt,
    Due,
    MadeAt,
    Worth,
    Paid,
    Count(usize),
    /// Whether a step of the play was done.
    Done(u16),
    /// Whether a hand-off left something of its duty unmet.
    Unmet(Fault),
    /// By how much it is off what was promised.
    Difference,
    /// How much people promised while the play ran.
    Promised(Share),
}

/// Which of what people promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    Count,
    HandedOver,
    Accepted,
}

impl Share {
    /// How many.
    pub fn of(self, scope: &Scope<'_>) -> i64 {
        match self {
            Self::Count => scope.promised.count,
            Self::HandedOver => scope.promised.handed_over,
            Self::Accepted => scope.promised.accepted,
        }
    }
}

/// What the party was credited in so long before the moment that is looked at, by whole days; absent where some of it was in other
/// money.
pub(super) fn credited(scope: &Scope<'_>, money: Commodity, length: i64) -> Result<Money, EvalError> {
    const DAY: i64 = 86_400_000;
    let day = |at: i64| i32::try_from(at.div_euclid(DAY)).unwrap_or(i32::MAX);
    let from = day(scope.at.0.saturating_sub(length));
    let mut sum = 0_i64;
    for (_, amount) in scope.credits.iter().filter(|(on, _)| from <= *on && *on <= day(scope.at.0)) {
        if amount.commodity != money {
            return Err(EvalError::Absent);
        }
        sum = sum.checked_add(amount.minor).ok_or(EvalError::Overflow)?;
    }
    Ok(Money { minor: sum, commodity: money })
}

/// What of a duty a hand-off may not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    ByProxy,
    Differs,
}

impl Fault {
    /// True when a duty applies and this was not met.
    pub fn is_found(self, scope: &Scope<'_>) -> bool {
        scope.duty.is_some_and(|unmet| match self {
            Self::Missing => unmet.missing,
            Self::ByProxy => unmet.by_proxy,
            Self::Differs => unmet.differs,
        })
    }
}

impl Source {
    /// The moment, for the names that are one.
    pub fn moment(self, scope: &Scope<'_>) -> Moment {
        match self {
            Self::EvidenceAt => scope.evidence_at,
            Self::Due => scope.due,
            Self::MadeAt => scope.made_at,
            _ => scope.at,
        }
    }

    /// The value, whatever it is.
    pub fn value(self, scope: &Scope<'_>) -> Value {
        match self {
            Self::Field(place) => place.get(scope).clone(),
            Self::At | Self::EvidenceAt | Self::Due | Self::MadeAt => Value::Time(self.moment(scope)),
            Self::Worth => scope.worth.map_or(Value::Absent, Value::Money),
            Self::Paid => scope.paid.cloned().map_or(Value::Absent, Value::Tenders),
            Self::Count(index) => scope.counts.get(index).map_or(Value::Absent, |count| Value::Int(*count)),
            Self::Done(step) => Value::Bool(scope.is_done(step)),
            Self::Unmet(fault) => Value::Bool(fault.is_found(scope)),
            Self::Difference => difference(scope).map_or(Value::Absent, Value::Number),
            Self::Promised(share) => Value::Int(share.of(scope)),
        }
    }

    /// True when there is a value.
    pub fn is_given(self, scope: &Scope<'_>) -> bool {
        match self {
            Self::Field(place) => *place.get(scope) != Value::Absent,
            Self::Worth => scope.worth.is_some(),
            Self::Paid => scope.paid.is_some(),
            Self::Count(index) => scope.counts.get(index).is_some(),
            Self::Difference => difference(scope).is_some(),
            _ => true,
        }
    }
}
