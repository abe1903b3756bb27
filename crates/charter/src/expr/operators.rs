//! Comparing, searching and reckoning: the rules of the operators.
//!
//! Whole numbers reckon as CEL's: division drops the remainder. As soon as a decimal number is involved the result is
//! decimal, exact to the millionth, and the nearest one after a multiplication or division. An amount times or divided
//! by a number is rounded away from zero, in favour of whoever is owed.

use cel::common::ast::{Expr as Syntax, IdedExpr, operators};
use makegood_money::{Money, MoneyError, Ratio, Rounding};

use super::EvalError;
use super::check::Checker;
use super::code::{Amount, Bool, Code, Number, nearest, scaled};
use super::types::{Typed, name};
use crate::value::{NUMBER_SCALE, Type};

type Unit = Option<Box<str>>;

impl<'e> Checker<'e> {
    /// An operator with two sides, other than `&&`, `||` and `in`.
    pub fn operator(
        &mut self,
        node: &'e IdedExpr,
        operator: &str,
        left: &'e IdedExpr,
        right: &'e IdedExpr,
    ) -> Option<Typed<'e>> {
        let (left, right) = (self.check(left), self.check(right));
        let (left, right) = (left?, right?);
        match operator {
            operators::EQUALS => self.equal(node, left, right, |same| same),
            operators::NOT_EQUALS => self.equal(node, left, right, |same| !same),
            operators::LESS => self.order(node, left, right, |one, other| one < other),
            operators::LESS_EQUALS => self.order(node, left, right, |one, other| one <= other),
            operators::GREATER => self.order(node, left, right, |one, other| one > other),
            operators::GREATER_EQUALS => self.order(node, left, right, |one, other| one >= other),
            operators::ADD => self.add(node, left, right, false),
            operators::SUBSTRACT => self.add(node, left, right, true),
            operators::MULTIPLY => self.multiply(node, left, right),
            operators::DIVIDE => self.divide(node, left, right),
            operators::MODULO => self.remainder(node, left, right),
            _ => {
                self.report(node, "this form is not part of a charter's expressions", "Compare fields directly.");
                None
            }
        }
    }

    /// Generic over the sense, as [`Self::order`] over the test, so that a comparison is compiled into its closure.
    fn equal(
        &mut self,
        node: &'e IdedExpr,
        left: Typed<'e>,
        right: Typed<'e>,
        sense: impl Fn(bool) -> bool + Send + Sync + 'static,
    ) -> Option<Typed<'e>> {
        let (left, right) = self.unify(left, right, "compared")?;
        let code = match (left.code, right.code) {
            (Code::Number(left), Code::Number(right)) => left.test(right, move |one, other| sense(one == other)),
            (Code::Money(left), Code::Money(right)) => left.test(right, move |one, other| sense(one == other)),
            (Code::Text(left), Code::Text(right)) => left.test(right, move |one, other| sense(one == other)),
            (Code::Bool(left), Code::Bool(right)) => {
                let (left, right) = (left.run(), right.run());
                Bool::new(move |scope| Ok(sense(left(scope)? == right(scope)?)))
            }
            _ => {
                self.report(node, "what was paid cannot be compared", "Search it: `'USD' in promise.paid`.");
                return None;
            }
        };
        Some(Typed::new(Type::Bool, Code::Bool(code), node))
    }

    fn order(
        &mut self,
        node: &'e IdedExpr,
        left: Typed<'e>,
        right: Typed<'e>,
        test: impl Fn(i64, i64) -> bool + Send + Sync + 'static,
    ) -> Option<Typed<'e>> {
        let (left, right) = self.unify(left, right, "compared")?;
        let code = match (&left.kind, left.code, right.code) {
            (Type::Choice(_), ..) => None,
            (_, Code::Number(left), Code::Number(right)) => Some(left.test(right, test)),
            (_, Code::Money(left), Code::Money(right)) => Some(left.test(right, test)),
            _ => None,
        };
        let Some(code) = code else {
            let message = format!("there is no less or more for {}", name(&left.kind));
            self.report(node, message, "Compare with `==`, `!=` or `in`.");
            return None;
        };
        Some(Typed::new(Type::Bool, Code::Bool(code), node))
    }

    /// `value in [list]`, and `'USD' in promise.paid`.
    pub fn within(&mut self, node: &'e IdedExpr, left: &'e IdedExpr, right: &'e IdedExpr) -> Option<Typed<'e>> {
        let Syntax::List(list) = &right.expr else { return self.paid_in(node, left, right) };
        let value = self.check(left);
        let items: Vec<Option<Typed<'e>>> = list.elements.iter().map(|item| self.check(item)).collect();
        let value = value?;
        if items.is_empty() {
            self.report(right, "nothing is in an empty list", "List at least one value.");
            return None;
        }
        let pairs: Vec<_> = items.into_iter().map(|item| self.unify(value.clone(), item?, "compared")).collect();
        let pairs: Vec<_> = pairs.into_iter().collect::<Option<_>>()?;
        let constants: Option<Box<[i64]>> = pairs
            .iter()
            .map(|(left, item)| match &item.code {
                Code::Number(Number::Const(number)) if left.kind == value.kind => Some(*number),
                _ => None,
            })
            .collect();
        if let (Some(list), Some(number)) = (constants, value.number()) {
            return Some(Typed::new(Type::Bool, Code::Bool(number.one_of(list)), node));
        }
        let mut tests = Vec::new();
        for (left, item) in pairs {
            match self.equal(node, left, item, |same| same)?.code {
                Code::Bool(equal) => tests.push(equal.run()),
                _ => return None,
            }
        }
        // As in CEL the whole list is worked out: one item without a value leaves the search without one.
        let any = Bool::new(move |scope| tests.iter().try_fold(false, |found, test| Ok(test(scope)? || found)));
        Some(Typed::new(Type::Bool, Code::Bool(any), node))
    }

    fn paid_in(&mut self, node: &'e IdedExpr, left: &'e IdedExpr, right: &'e IdedExpr) -> Option<Typed<'e>> {
        let (tender, paid) = (self.check(left), self.check(right));
        let (tender, paid) = (tender?, paid?);
        let (Some(code), Code::Tenders(run)) = (tender.literal(), paid.code) else {
            self.report(right, "a list is wanted after `in`", "Write `data.cause in ['weather', 'security']`.");
            return None;
        };
        match self.commodities.get(code) {
            Ok(commodity) => {
                let code = Bool::new(move |scope| Ok(run(scope)?.iter().any(|amount| amount.commodity == commodity)));
                Some(Typed::new(Type::Bool, Code::Bool(code), node))
            }
            Err(error) => {
                self.report(left, error.to_string(), "Name a currency such as `USD`, or one of the charter's tenders.");
                None
            }
        }
    }

    pub fn negate(&mut self, node: &'e IdedExpr, value: &'e IdedExpr) -> Option<Typed<'e>> {
        let value = self.check(value)?;
        match (&value.kind, &value.code) {
            (Type::Int | Type::Number { .. } | Type::Duration, Code::Number(number)) => {
                let code = number.clone().map(|number| number.checked_neg().ok_or(EvalError::Overflow));
                let code = self.folded(node, code)?;
                Some(Typed::new(value.kind, Code::Number(code), node))
            }
            (_, Code::Money(amount)) => {
                let code = amount.clone().map(|money| money.negated().map_err(|error| refused(&error)));
                let code = self.folded(node, code)?;
                Some(Typed { kind: Type::Money, code: Code::Money(code), commodity: value.commodity, node })
            }
            _ => self.no_arithmetic(node, &value, &value, "negated"),
        }
    }

    fn no_arithmetic(&mut self, node: &IdedExpr, left: &Typed<'e>, right: &Typed<'e>, verb: &str) -> Option<Typed<'e>> {
        let message = if std::ptr::eq(left, right) {
            format!("{} cannot be {verb}", name(&left.kind))
        } else {
            format!("{} and {} cannot be {verb}", name(&left.kind), name(&right.kind))
        };
        self.report(node, message, "Reckon with numbers, lengths of time, times and amounts.");
        None
    }

    /// A number from two, or the fault that the constants show.
    fn reckoned(
        &mut self,
        node: &'e IdedExpr,
        kind: Type,
        (left, right): (Number, Number),
        step: impl Fn(i64, i64) -> Result<i64, EvalError> + Send + Sync + 'static,
    ) -> Option<Typed<'e>> {
        let code = self.folded(node, left.join(right, step))?;
        Some(Typed::new(kind, Code::Number(code), node))
    }

    /// Adds, or with `minus` takes away.
    fn add(&mut self, node: &'e IdedExpr, left: Typed<'e>, right: Typed<'e>, minus: bool) -> Option<Typed<'e>> {
        let verb = if minus { "subtracted" } else { "added" };
        let step = move |one: i64, other: i64| {
            let sum = if minus { one.checked_sub(other) } else { one.checked_add(other) };
            sum.ok_or(EvalError::Overflow)
        };
        let kind = match (&left.kind, &right.kind, minus) {
            (Type::Time, Type::Duration, _) | (Type::Duration, Type::Time, false) => Type::Time,
            (Type::Time, Type::Time, true) => Type::Duration,
            _ => {
                let (left, right) = self.unify(left, right, verb)?;
                return match (&left.kind, &left.code, &right.code) {
                    (Type::Int | Type::Number { .. } | Type::Duration, Code::Number(one), Code::Number(other)) => {
                        let kind = joint(&left.kind, &right.kind);
                        self.reckoned(node, kind, (one.clone(), other.clone()), step)
                    }
                    (_, Code::Money(one), Code::Money(other)) => {
                        let step = move |one: Money, other: Money| {
                            let sum = if minus { one.minus(other) } else { one.plus(other) };
                            sum.map_err(|error| refused(&error))
                        };
                        let code = self.folded(node, one.clone().join(other.clone(), step))?;
                        let commodity = left.commodity.or(right.commodity);
                        Some(Typed { kind: Type::Money, code: Code::Money(code), commodity, node })
                    }
                    _ => self.no_arithmetic(node, &left, &right, verb),
                };
            }
        };
        self.reckoned(node, kind, (left.number()?, right.number()?), step)
    }

    fn multiply(&mut self, node: &'e IdedExpr, left: Typed<'e>, right: Typed<'e>) -> Option<Typed<'e>> {
        let (left, right) =
            if is_number(&left.kind) && !is_number(&right.kind) { (right, left) } else { (left, right) };
        let whole = |one: i64, other: i64| one.checked_mul(other).ok_or(EvalError::Overflow);
        let decimal = |one: i64, other: i64| scaled(one, other, NUMBER_SCALE);
        match (&left.kind, &right.kind) {
            (Type::Int, Type::Int) => self.reckoned(node, Type::Int, (left.number()?, right.number()?), whole),
            (Type::Int | Type::Number { .. }, Type::Int | Type::Number { .. }) => {
                let (left, right) = (self.widen(left)?, self.widen(right)?);
                let unit = match (unit(&left.kind), unit(&right.kind)) {
                    (Some(_), Some(_)) => None,
                    (one, other) => one.or(other),
                };
                self.reckoned(node, Type::Number { unit }, (left.number()?, right.number()?), decimal)
            }
            (Type::Duration, Type::Int) => {
                self.reckoned(node, Type::Duration, (left.number()?, right.number()?), whole)
            }
            (Type::Duration, Type::Number { .. }) => {
                self.reckoned(node, Type::Duration, (left.number()?, right.number()?), decimal)
            }
            (Type::Money, Type::Int | Type::Number { .. }) => {
                let scale = if right.kind == Type::Int { 1 } else { NUMBER_SCALE };
                self.share(node, &left, right.number()?, move |money, number| share(money, number, scale))
            }
            _ => self.no_arithmetic(node, &left, &right, "multiplied"),
        }
    }

    fn divide(&mut self, node: &'e IdedExpr, left: Typed<'e>, right: Typed<'e>) -> Option<Typed<'e>> {
        let exact = |one: i64, other: i64| divided(one, other, NUMBER_SCALE);
        match (&left.kind, &right.kind) {
            (Type::Int, Type::Int) => self.reckoned(node, Type::Int, (left.number()?, right.number()?), quotient),
            (Type::Int | Type::Number { .. }, Type::Int | Type::Number { .. }) => {
                let (left, right) = (self.widen(left)?, self.widen(right)?);
                let (one, other) = (unit(&left.kind), unit(&right.kind));
                let unit = if other.is_some() { None } else { one };
                self.reckoned(node, Type::Number { unit }, (left.number()?, right.number()?), exact)
            }
            (Type::Duration, Type::Duration) => {
                self.reckoned(node, Type::Number { unit: None }, (left.number()?, right.number()?), exact)
            }
            (Type::Duration, Type::Int) => {
                let step = |one: i64, other: i64| nearest(i128::from(one), i128::from(other));
                self.reckoned(node, Type::Duration, (left.number()?, right.number()?), step)
            }
            (Type::Duration, Type::Number { .. }) => {
                self.reckoned(node, Type::Duration, (left.number()?, right.number()?), exact)
            }
            (Type::Money, Type::Int | Type::Number { .. }) => {
                let scale = if right.kind == Type::Int { 1 } else { NUMBER_SCALE };
                self.share(node, &left, right.number()?, move |money, number| part(money, scale, number))
            }
            (Type::Money, Type::Money) => {
                let (left, right) = self.unify(left, right, "divided")?;
                let code = self.folded(node, left.amount()?.ratio(right.amount()?, exact))?;
                Some(Typed::new(Type::Number { unit: None }, Code::Number(code), node))
            }
            _ => self.no_arithmetic(node, &left, &right, "divided"),
        }
    }

    fn remainder(&mut self, node: &'e IdedExpr, left: Typed<'e>, right: Typed<'e>) -> Option<Typed<'e>> {
        let (left, right) = self.unify(left, right, "divided")?;
        let step = |one: i64, other: i64| match other {
            0 => Err(EvalError::DivisionByZero),
            _ => one.checked_rem(other).ok_or(EvalError::Overflow),
        };
        match &left.kind {
            Type::Int | Type::Number { .. } | Type::Duration => {
                self.reckoned(node, joint(&left.kind, &right.kind), (left.number()?, right.number()?), step)
            }
            _ => self.no_arithmetic(node, &left, &right, "divided"),
        }
    }

    fn share(
        &mut self,
        node: &'e IdedExpr,
        money: &Typed<'e>,
        number: Number,
        step: impl Fn(Money, i64) -> Result<Money, EvalError> + Send + Sync + 'static,
    ) -> Option<Typed<'e>> {
        let code: Result<Amount, EvalError> = money.amount()?.by(number, step);
        let code = self.folded(node, code)?;
        Some(Typed { kind: Type::Money, code: Code::Money(code), commodity: money.commodity, node })
    }
}

fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::Int | Type::Number { .. })
}

fn unit(kind: &Type) -> Unit {
    match kind {
        Type::Number { unit } => unit.clone(),
        _ => None,
    }
}

/// The type of two that were unified: the one with a unit, where one has none.
pub(super) fn joint(left: &Type, right: &Type) -> Type {
    if matches!(left, Type::Number { unit: None }) { right.clone() } else { left.clone() }
}

fn quotient(one: i64, other: i64) -> Result<i64, EvalError> {
    match other {
        0 => Err(EvalError::DivisionByZero),
        _ => one.checked_div(other).ok_or(EvalError::Overflow),
    }
}

/// `one * scale / other` to the nearest whole number.
fn divided(one: i64, other: i64, scale: i64) -> Result<i64, EvalError> {
    let product = i128::from(one).checked_mul(i128::from(scale)).ok_or(EvalError::Overflow)?;
    nearest(product, i128::from(other))
}

fn share(money: Money, numerator: i64, denominator: i64) -> Result<Money, EvalError> {
    let ratio = Ratio::new(numerator, denominator).map_err(|error| refused(&error))?;
    money.share(ratio, Rounding::Up).map_err(|error| refused(&error))
}

/// `money * numerator / denominator`, where the denominator may be below zero.
fn part(money: Money, numerator: i64, denominator: i64) -> Result<Money, EvalError> {
    if denominator >= 0 {
        return share(money, numerator, denominator);
    }
    let turned = denominator.checked_neg().ok_or(EvalError::Overflow)?;
    share(money, numerator.checked_neg().ok_or(EvalError::Overflow)?, turned)
}

/// An error of the books as an error of an expression.
pub(super) fn refused(error: &MoneyError) -> EvalError {
    match error {
        MoneyError::Mixed { .. } => EvalError::Mixed,
        MoneyError::ZeroDenominator => EvalError::DivisionByZero,
        _ => EvalError::Overflow,
    }
}
