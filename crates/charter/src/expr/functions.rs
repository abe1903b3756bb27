//! The functions: constants of types that CEL has no literals for, and a little arithmetic.

use std::sync::Arc;

use cel::common::ast::{CallExpr, IdedExpr};
use makegood_money::Money;

use super::EvalError;
use super::check::Checker;
use super::code::{Amount, Code, Number, nearest};
use super::operators::{joint, refused};
use super::source::credited;
use super::types::{Typed, name};
use crate::clock::{parse_duration, parse_rfc3339};
use crate::value::{NUMBER_SCALE, Type};

/// Every function, with how it is called and what it gives. One that is only known as a slip says nothing.
#[rustfmt::skip] // A table reads best with one line a function.
pub(crate) const FUNCTIONS: [(&str, &str, &str); 24] = [
    ("duration", "duration('15m')", "a length of time"),
    ("money", "money('50 USD')", "an amount"),
    ("time", "time('2025-01-01T00:00:00Z')", "a moment"),
    ("minutes", "minutes(data.late)", "a length of time as a number of minutes"),
    ("hours", "hours(data.late)", "as a number of hours"),
    ("days", "days(data.late)", "as a number of days of 24 hours"),
    ("min", "min(data.one, data.other)", "the lesser of two"),
    ("max", "max(data.one, data.other)", "the greater of two"),
    ("abs", "abs(data.difference)", "the size without its sign"),
    ("floor", "floor(hours(data.late))", "the whole number below"),
    ("ceil", "ceil(hours(data.late))", "the whole number above"),
    ("distance", "distance(made.from, made.to)", "the great circle between two places of the charter, in km to the metre"),
    ("deadline", "deadline(data.reported, '2 working days')", "when a deadline has run out; a third argument names the calendar where there are several"),
    ("local_time", "local_time(data.released, '19:00')", "the moment at which the clocks show that time on the local day"),
    ("days_between", "days_between(promise.due, at)", "how many local days the second lies after the first; with a calendar as third argument, how many working days"),
    ("periods", "periods(at - promise.due, duration('12h'))", "how many whole periods a length of time holds"),
    ("begun", "begun(at - promise.due, duration('12h'))", "how many periods have begun in it"),
    ("credited", "credited(duration('365d'))", "in a playbook: what the party was credited in so long until now, by whole days, as the books have it"),
    ("size", "size(data.text)", "how many characters a text has"),
    ("contains", "data.text.contains('word')", "whether a text holds another"),
    ("startsWith", "data.text.startsWith('word')", "whether it begins with another"),
    ("endsWith", "data.text.endsWith('word')", "whether it ends with another"),
    ("has", "has(data.field)", "whether the event gave an optional field"),
    ("timestamp", "time('2025-01-01T00:00:00Z')", ""),
];

impl<'e> Checker<'e> {
    /// A call of a function by name.
    pub fn call(&mut self, node: &'e IdedExpr, call: &'e CallExpr) -> Option<Typed<'e>> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            ("duration", None, [text]) => {
                let length = |text: &str| parse_duration(text).map_err(|error| (error.to_string(), error.help()));
                let code = self.constant(node, text, length)?;
                Some(Typed::new(Type::Duration, Code::Number(Number::Const(code)), node))
            }
            ("time", None, [text]) => {
                let help = "Write RFC 3339 with the offset from UTC, such as `time('2025-01-01T00:00:00-05:00')`.";
                let moment = |text: &str| parse_rfc3339(text).map_err(|error| (error.to_string(), help));
                let code = self.constant(node, text, moment)?;
                Some(Typed::new(Type::Time, Code::Number(Number::Const(code.0)), node))
            }
            ("money", None, [text]) => {
                let commodities = self.commodities;
                let help = "Write a number and a currency or a tender of the charter: `money('50 USD')`.";
                let amount = |text: &str| Money::parse(text, commodities).map_err(|error| (error.to_string(), help));
                let code = self.constant(node, text, amount)?;
                Some(Typed::new(Type::Money, Code::Money(Amount::Const(code)), node))
            }
            ("minutes", None, [value]) => self.count(node, value, 60_000),
            ("hours", None, [value]) => self.count(node, value, 3_600_000),
            ("days", None, [value]) => self.count(node, value, 86_400_000),
            ("min", None, [left, right]) => self.extreme(node, left, right, false),
            ("max", None, [left, right]) => self.extreme(node, left, right, true),
            ("abs", None, [value]) => self.absolute(node, value),
            ("floor", None, [value]) => self.whole(node, value, |number| Some(number.div_euclid(NUMBER_SCALE))),
            ("ceil", None, [value]) => {
                self.whole(node, value, |number| number.checked_neg()?.div_euclid(NUMBER_SCALE).checked_neg())
            }
            ("distance", None, [from, to]) => self.distance(node, from, to),
            ("deadline", None, [from, length]) => self.deadline(node, from, length, None),
            ("deadline", None, [from, length, calendar]) => self.deadline(node, from, length, Some(calendar)),
            ("local_time", None, [day, time]) => self.local_time(node, day, time),
            ("days_between", None, [from, to]) => self.days_between(node, from, to, None),
            ("days_between", None, [from, to, calendar]) => self.days_between(node, from, to, Some(calendar)),
            ("periods", None, [length, unit]) => self.periods(node, length, unit, false),
            ("begun", None, [length, unit]) => self.periods(node, length, unit, true),
            ("credited", None, [length]) if self.names.play => self.credited(node, length),
            ("credited", ..) if !self.names.play => {
                self.report(node, "`credited` can only be asked in a playbook", "Nothing that is owed depends on it.");
                None
            }
            ("size", None, [value]) => self.size(node, value),
            ("contains", Some(text), [part]) => self.search(node, text, part, |text, part| text.contains(part)),
            ("startsWith", Some(text), [part]) => self.search(node, text, part, |text, part| text.starts_with(part)),
            ("endsWith", Some(text), [part]) => self.search(node, text, part, |text, part| text.ends_with(part)),
            (called, ..) => self.unknown(node, called),
        }
    }

    fn unknown(&mut self, node: &IdedExpr, called: &str) -> Option<Typed<'e>> {
        let known = FUNCTIONS.iter().find(|(function, ..)| *function == called);
        let (message, help) = match known {
            Some((_, example, _)) => (format!("`{called}` is not called like this"), format!("Write `{example}`.")),
            None => {
                let close = crate::diagnostic::closest(called, FUNCTIONS.iter().map(|(function, ..)| *function));
                let example = close.and_then(|close| FUNCTIONS.iter().find(|(function, ..)| *function == close));
                let help = match example {
                    Some((_, example, _)) => format!("Did you mean `{example}`?"),
                    None => {
                        let names: Vec<_> =
                            FUNCTIONS.iter().take(23).map(|(function, ..)| format!("`{function}`")).collect();
                        format!("The functions are {}.", names.join(", "))
                    }
                };
                (format!("there is no function `{called}`"), help)
            }
        };
        self.report(node, message, help);
        None
    }

    /// The value of a constant written as text.
    pub(super) fn constant<T>(
        &mut self,
        node: &IdedExpr,
        text: &'e IdedExpr,
        read: impl Fn(&str) -> Result<T, (String, &'static str)>,
    ) -> Option<T> {
        let typed = self.check(text)?;
        let Some(literal) = typed.literal() else {
            let message = format!("a text in quotes is wanted here, and this is {}", name(&typed.kind));
            self.report(
                node,
                message,
                "Only constants are written with this function; fields have their type already.",
            );
            return None;
        };
        read(literal).map_err(|(message, help)| self.report(text, message, help)).ok()
    }

    /// A value that must be a length of time, a number …, or the fault.
    pub(super) fn of_kind(&mut self, value: &'e IdedExpr, wish: &str, fits: fn(&Type) -> bool) -> Option<Typed<'e>> {
        let typed = self.check(value)?;
        if fits(&typed.kind) {
            return Some(typed);
        }
        let help = format!("Put {wish} there.");
        self.report(value, format!("{wish} is wanted here, and this is {}", name(&typed.kind)), help);
        None
    }

    /// What the party was credited in a length of time until the moment that is looked at.
    fn credited(&mut self, node: &'e IdedExpr, length: &'e IdedExpr) -> Option<Typed<'e>> {
        let length = self.of_kind(length, "a length of time", |kind| *kind == Type::Duration)?;
        let money = self.names.facts?.money?;
        let length = length.number()?.run();
        let sum = move |scope: &super::Scope<'_>| credited(scope, money, length(scope)?);
        Some(Typed { kind: Type::Money, code: Code::Money(Amount::new(sum)), commodity: Some(money), node })
    }

    /// A length of time counted in units of so many milliseconds.
    fn count(&mut self, node: &'e IdedExpr, value: &'e IdedExpr, unit: i64) -> Option<Typed<'e>> {
        let length = self.of_kind(value, "a length of time", |kind| *kind == Type::Duration)?;
        let counted = move |length: i64| {
            let scaled = i128::from(length).checked_mul(i128::from(NUMBER_SCALE)).ok_or(EvalError::Overflow)?;
            nearest(scaled, i128::from(unit))
        };
        let code = self.folded(node, length.number()?.map(counted))?;
        Some(Typed::new(Type::Number { unit: None }, Code::Number(code), node))
    }

    /// The least or the most of two.
    fn extreme(
        &mut self,
        node: &'e IdedExpr,
        left: &'e IdedExpr,
        right: &'e IdedExpr,
        larger: bool,
    ) -> Option<Typed<'e>> {
        let (left, right) = (self.check(left), self.check(right));
        let (left, right) = self.unify(left?, right?, "compared")?;
        match (&left.kind, &left.code, &right.code) {
            (Type::Choice(_), ..) => {}
            (_, Code::Number(one), Code::Number(other)) => {
                let step = move |one: i64, other: i64| Ok(if larger { one.max(other) } else { one.min(other) });
                let code = self.folded(node, one.clone().join(other.clone(), step))?;
                return Some(Typed::new(joint(&left.kind, &right.kind), Code::Number(code), node));
            }
            (_, Code::Money(one), Code::Money(other)) => {
                let step = move |one: Money, other: Money| {
                    let found = if larger { one.larger(other) } else { one.smaller(other) };
                    found.map_err(|error| refused(&error))
                };
                let code = self.folded(node, one.clone().join(other.clone(), step))?;
                let commodity = left.commodity.or(right.commodity);
                return Some(Typed { kind: Type::Money, code: Code::Money(code), commodity, node });
            }
            _ => {}
        }
        let message = format!("there is no less or more for {}", name(&left.kind));
        self.report(node, message, "Give two numbers, lengths of time, times or amounts.");
        None
    }

    fn absolute(&mut self, node: &'e IdedExpr, value: &'e IdedExpr) -> Option<Typed<'e>> {
        let fits = |kind: &Type| matches!(kind, Type::Int | Type::Number { .. } | Type::Duration | Type::Money);
        let typed = self.of_kind(value, "a number, a length of time or an amount", fits)?;
        let code = match typed.code {
            Code::Money(amount) => {
                let step = |money: Money| match money.minor {
                    0.. => Ok(money),
                    _ => money.negated().map_err(|error| refused(&error)),
                };
                Code::Money(self.folded(node, amount.map(step))?)
            }
            Code::Number(number) => {
                let step = |number: i64| number.checked_abs().ok_or(EvalError::Overflow);
                Code::Number(self.folded(node, number.map(step))?)
            }
            _ => return None,
        };
        Some(Typed { kind: typed.kind, code, commodity: typed.commodity, node })
    }

    fn whole(&mut self, node: &'e IdedExpr, value: &'e IdedExpr, step: fn(i64) -> Option<i64>) -> Option<Typed<'e>> {
        let typed = self.of_kind(value, "a number", |kind| matches!(kind, Type::Int | Type::Number { .. }))?;
        if typed.kind == Type::Int {
            return Some(typed);
        }
        let code = typed.number()?.map(move |number| step(number).ok_or(EvalError::Overflow));
        let code = self.folded(node, code)?;
        Some(Typed::new(Type::Int, Code::Number(code), node))
    }

    fn size(&mut self, node: &'e IdedExpr, value: &'e IdedExpr) -> Option<Typed<'e>> {
        let typed = self.of_kind(value, "a text", |kind| *kind == Type::Text)?;
        let text = typed.text()?;
        let length = move |scope: &super::Scope<'_>| {
            i64::try_from(text.get(scope)?.chars().count()).map_err(|_| EvalError::Overflow)
        };
        Some(Typed::new(Type::Int, Code::Number(Number::Run(Arc::new(length))), node))
    }

    fn search(
        &mut self,
        node: &'e IdedExpr,
        text: &'e IdedExpr,
        part: &'e IdedExpr,
        test: fn(&str, &str) -> bool,
    ) -> Option<Typed<'e>> {
        let fits = |kind: &Type| matches!(kind, Type::Text | Type::Key { .. });
        let (text, part) = (self.of_kind(text, "a text", fits), self.of_kind(part, "a text", fits));
        let code = text?.text()?.test(part?.text()?, test);
        Some(Typed::new(Type::Bool, Code::Bool(code), node))
    }
}
