//! What an expression is compiled to: constants, fields, and closures over them. The common shapes (a field beside a
//! constant) get a closure of their own, so that a condition costs one call and no allocation.

use std::sync::Arc;

use makegood_money::{Money, Tenders};

use super::source::{Place, Source, number};
use super::{EvalError, Scope};
use crate::value::NUMBER_SCALE;

/// A closure over the scope.
pub(super) type Run<T> = Arc<dyn for<'a> Fn(&Scope<'a>) -> Result<T, EvalError> + Send + Sync>;

/// A compiled part of an expression, by how its value is held.
#[derive(Clone)]
pub(super) enum Code {
    Bool(Bool),
    /// Whole numbers, millionths, milliseconds, moments and positions of choices.
    Number(Number),
    Money(Amount),
    Tenders(Run<Tenders>),
    Text(Text),
}

#[derive(Clone)]
pub(super) enum Bool {
    Const(bool),
    Run(Run<bool>),
}

#[derive(Clone)]
pub(super) enum Number {
    Const(i64),
    Field(Place),
    Run(Run<i64>),
}

#[derive(Clone)]
pub(super) enum Amount {
    Const(Money),
    Field(Place),
    Run(Run<Money>),
}

/// Text is lent from where it stands, so it is looked up rather than computed.
#[derive(Clone)]
pub(super) enum Text {
    Const(Arc<str>),
    Field(Place),
    /// A choice as its word.
    Word(Run<i64>, Arc<[Box<str>]>),
    Choose(Arc<(Run<bool>, Text, Text)>),
}

impl Bool {
    pub fn new(run: impl for<'a> Fn(&Scope<'a>) -> Result<bool, EvalError> + Send + Sync + 'static) -> Self {
        Self::Run(Arc::new(run))
    }

    pub fn run(self) -> Run<bool> {
        match self {
            Self::Const(value) => Arc::new(move |_| Ok(value)),
            Self::Run(run) => run,
        }
    }

    pub fn not(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            Self::Run(run) => Self::new(move |scope| run(scope).map(|value| !value)),
        }
    }

    /// Both hold. As in CEL, one that does not hold decides, even beside one that has no value.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Const(false), _) | (_, Self::Const(false)) => Self::Const(false),
            (Self::Const(true), other) | (other, Self::Const(true)) => other,
            (Self::Run(left), Self::Run(right)) => Self::new(move |scope| match left(scope) {
                Ok(true) => right(scope),
                Ok(false) => Ok(false),
                Err(error) => {
                    if right(scope) == Ok(false) {
                        Ok(false)
                    } else {
                        Err(error)
                    }
                }
            }),
        }
    }

    /// One of them holds. As in CEL, one that holds decides, even beside one that has no value.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Const(true), _) | (_, Self::Const(true)) => Self::Const(true),
            (Self::Const(false), other) | (other, Self::Const(false)) => other,
            (Self::Run(left), Self::Run(right)) => Self::new(move |scope| match left(scope) {
                Ok(false) => right(scope),
                Ok(true) => Ok(true),
                Err(error) => {
                    if right(scope) == Ok(true) {
                        Ok(true)
                    } else {
                        Err(error)
                    }
                }
            }),
        }
    }
}

impl Number {
    pub fn new(run: impl for<'a> Fn(&Scope<'a>) -> Result<i64, EvalError> + Send + Sync + 'static) -> Self {
        Self::Run(Arc::new(run))
    }

    pub fn run(self) -> Run<i64> {
        match self {
            Self::Const(value) => Arc::new(move |_| Ok(value)),
            Self::Field(place) => Arc::new(move |scope| place.number(scope)),
            Self::Run(run) => run,
        }
    }

    /// `step` of the number; worked out at once where it is a constant.
    pub fn map(self, step: impl Fn(i64) -> Result<i64, EvalError> + Send + Sync + 'static) -> Result<Self, EvalError> {
        Ok(match self {
            Self::Const(value) => Self::Const(step(value)?),
            Self::Field(place) => Self::new(move |scope| step(place.number(scope)?)),
            Self::Run(run) => Self::new(move |scope| step(run(scope)?)),
        })
    }

    /// `step` of both numbers; worked out at once where both are constants.
    pub fn join(
        self,
        other: Self,
        step: impl Fn(i64, i64) -> Result<i64, EvalError> + Send + Sync + 'static,
    ) -> Result<Self, EvalError> {
        Ok(match (self, other) {
            (Self::Const(left), Self::Const(right)) => Self::Const(step(left, right)?),
            (Self::Field(left), Self::Const(right)) => Self::new(move |scope| step(left.number(scope)?, right)),
            (Self::Field(left), Self::Field(right)) => {
                Self::new(move |scope| step(left.number(scope)?, right.number(scope)?))
            }
            (left, right) => {
                let (left, right) = (left.run(), right.run());
                Self::new(move |scope| step(left(scope)?, right(scope)?))
            }
        })
    }

    /// Whether `test` holds of both numbers.
    pub fn test(self, other: Self, test: impl Fn(i64, i64) -> bool + Send + Sync + 'static) -> Bool {
        match (self, other) {
            (Self::Const(left), Self::Const(right)) => Bool::Const(test(left, right)),
            (Self::Field(left), Self::Const(right)) => match left.of_data() {
                Some(index) => Bool::new(move |scope| {
                    let value = scope.data.get(index).ok_or(EvalError::Absent)?;
                    Ok(test(number(value)?, right))
                }),
                None => Bool::new(move |scope| Ok(test(left.number(scope)?, right))),
            },
            (Self::Field(left), Self::Field(right)) => {
                Bool::new(move |scope| Ok(test(left.number(scope)?, right.number(scope)?)))
            }
            (Self::Run(left), Self::Const(right)) => Bool::new(move |scope| Ok(test(left(scope)?, right))),
            (left, right) => {
                let (left, right) = (left.run(), right.run());
                Bool::new(move |scope| Ok(test(left(scope)?, right(scope)?)))
            }
        }
    }

    /// Whether the number is one of `list`.
    pub fn one_of(self, list: Box<[i64]>) -> Bool {
        let mask = list.iter().try_fold(0_u64, |mask, number| {
            u32::try_from(*number).ok().and_then(|bit| 1_u64.checked_shl(bit)).map(|bit| mask | bit)
        });
        match (self, mask) {
            (Self::Const(number), _) => Bool::Const(list.contains(&number)),
            (Self::Field(place), Some(mask)) => Bool::new(move |scope| {
                let bit = u32::try_from(place.number(scope)?).unwrap_or(u32::MAX);
                Ok(mask.checked_shr(bit).unwrap_or(0) & 1 == 1)
            }),
            (other, _) => {
                let run = other.run();
                Bool::new(move |scope| Ok(list.contains(&run(scope)?)))
            }
        }
    }
}

impl Amount {
    pub fn new(run: impl for<'a> Fn(&Scope<'a>) -> Result<Money, EvalError> + Send + Sync + 'static) -> Self {
        Self::Run(Arc::new(run))
    }

    pub fn run(self) -> Run<Money> {
        match self {
            Self::Const(value) => Arc::new(move |_| Ok(value)),
            Self::Field(place) => Arc::new(move |scope| place.money(scope)),
            Self::Run(run) => run,
        }
    }

    pub fn map(
        self,
        step: impl Fn(Money) -> Result<Money, EvalError> + Send + Sync + 'static,
    ) -> Result<Self, EvalError> {
        Ok(match self {
            Self::Const(value) => Self::Const(step(value)?),
            other => {
                let run = other.run();
                Self::new(move |scope| step(run(scope)?))
            }
        })
    }

    pub fn join(
        self,
        other: Self,
        step: impl Fn(Money, Money) -> Result<Money, EvalError> + Send + Sync + 'static,
    ) -> Result<Self, EvalError> {
        Ok(match (self, other) {
            (Self::Const(left), Self::Const(right)) => Self::Const(step(left, right)?),
            (left, right) => {
                let (left, right) = (left.run(), right.run());
                Self::new(move |scope| step(left(scope)?, right(scope)?))
            }
        })
    }

    /// `step` of the amount and a number.
    pub fn by(
        self,
        number: Number,
        step: impl Fn(Money, i64) -> Result<Money, EvalError> + Send + Sync + 'static,
    ) -> Result<Self, EvalError> {
        Ok(match (self, number) {
            (Self::Const(amount), Number::Const(number)) => Self::Const(step(amount, number)?),
            (amount, number) => {
                let (amount, number) = (amount.run(), number.run());
                Self::new(move |scope| step(amount(scope)?, number(scope)?))
            }
        })
    }

    /// `step` of two amounts of one commodity, in minor units.
    pub fn ratio(
        self,
        other: Self,
        step: impl Fn(i64, i64) -> Result<i64, EvalError> + Send + Sync + 'static,
    ) -> Result<Number, EvalError> {
        let (left, right) = (self.run(), other.run());
        Ok(Number::new(move |scope| {
            let (left, right) = same(left(scope)?, right(scope)?)?;
            step(left, right)
        }))
    }

    /// Whether `test` holds of two amounts of one commodity, in minor units.
    pub fn test(self, other: Self, test: impl Fn(i64, i64) -> bool + Send + Sync + 'static) -> Bool {
        match (self, other) {
            (Self::Field(left), Self::Const(right)) => Bool::new(move |scope| {
                let (left, right) = same(left.money(scope)?, right)?;
                Ok(test(left, right))
            }),
            (left, right) => {
                let (left, right) = (left.run(), right.run());
                Bool::new(move |scope| {
                    let (left, right) = same(left(scope)?, right(scope)?)?;
                    Ok(test(left, right))
                })
            }
        }
    }
}

fn same(left: Money, right: Money) -> Result<(i64, i64), EvalError> {
    if left.commodity == right.commodity { Ok((left.minor, right.minor)) } else { Err(EvalError::Mixed) }
}

impl Text {
    /// The text, lent from the scope or from the expression.
    pub fn get<'t>(&'t self, scope: &'t Scope<'_>) -> Result<&'t str, EvalError> {
        match self {
            Self::Const(text) => Ok(text),
            Self::Field(place) => place.text(scope),
            Self::Word(position, words) => {
                let position = usize::try_from(position(scope)?).map_err(|_| EvalError::Absent)?;
                words.get(position).map(AsRef::as_ref).ok_or(EvalError::Absent)
            }
            Self::Choose(choice) => {
                let (test, yes, no) = &**choice;
                if test(scope)? { yes.get(scope) } else { no.get(scope) }
            }
        }
    }

    /// Whether `test` holds of both texts.
    pub fn test(self, other: Self, test: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Bool {
        match (self, other) {
            (Self::Const(left), Self::Const(right)) => Bool::Const(test(&left, &right)),
            (Self::Field(left), Self::Const(right)) => Bool::new(move |scope| Ok(test(left.text(scope)?, &right))),
            (left, right) => Bool::new(move |scope| Ok(test(left.get(scope)?, right.get(scope)?))),
        }
    }
}

impl Code {
    /// `yes` where `test` holds, `no` where it does not; both are held alike.
    pub fn choose(test: Bool, yes: Self, no: Self) -> Option<Self> {
        let test = match test {
            Bool::Const(value) => return Some(if value { yes } else { no }),
            Bool::Run(run) => run,
        };
        Some(match (yes, no) {
            (Self::Bool(yes), Self::Bool(no)) => {
                let (yes, no) = (yes.run(), no.run());
                Self::Bool(Bool::new(move |scope| if test(scope)? { yes(scope) } else { no(scope) }))
            }
            (Self::Number(yes), Self::Number(no)) => {
                let (yes, no) = (yes.run(), no.run());
                Self::Number(Number::new(move |scope| if test(scope)? { yes(scope) } else { no(scope) }))
            }
            (Self::Money(yes), Self::Money(no)) => {
                let (yes, no) = (yes.run(), no.run());
                Self::Money(Amount::new(move |scope| if test(scope)? { yes(scope) } else { no(scope) }))
            }
            (Self::Tenders(yes), Self::Tenders(no)) => {
                Self::Tenders(Arc::new(move |scope| if test(scope)? { yes(scope) } else { no(scope) }))
            }
            (Self::Text(yes), Self::Text(no)) => Self::Text(Text::Choose(Arc::new((test, yes, no)))),
            _ => return None,
        })
    }
}

/// What was paid, as a closure.
pub(super) fn tenders(source: Source) -> Run<Tenders> {
    match source {
        Source::Field(place) => Arc::new(move |scope| place.tenders(scope).cloned()),
        _ => Arc::new(|scope| scope.paid.cloned().ok_or(EvalError::Absent)),
    }
}

/// `numerator / denominator` to the nearest whole number, a half away from zero.
pub(super) fn nearest(numerator: i128, denominator: i128) -> Result<i64, EvalError> {
    if denominator == 0 {
        return Err(EvalError::DivisionByZero);
    }
    let exact = || {
        let half = denominator.checked_abs()?.checked_div(2)?;
        let quotient = numerator.checked_div(denominator)?;
        let remainder = numerator.checked_rem(denominator)?.checked_abs()?;
        let odd = denominator.checked_rem(2)? != 0;
        let up = if odd { remainder > half } else { remainder >= half && remainder != 0 };
        let away = if up { numerator.signum().checked_mul(denominator.signum())? } else { 0 };
        i64::try_from(quotient.checked_add(away)?).ok()
    };
    exact().ok_or(EvalError::Overflow)
}

/// `left * right / scale` to the nearest whole number.
pub(super) fn scaled(left: i64, right: i64, scale: i64) -> Result<i64, EvalError> {
    let product = i128::from(left).checked_mul(i128::from(right)).ok_or(EvalError::Overflow)?;
    nearest(product, i128::from(scale))
}

/// A whole number as millionths.
pub(super) fn widened(number: i64) -> Result<i64, EvalError> {
    number.checked_mul(NUMBER_SCALE).ok_or(EvalError::Overflow)
}
