//! How types meet: what may stand beside what, and what each is called.

use std::sync::Arc;

use cel::common::ast::IdedExpr;
use makegood_money::Commodity;

use super::check::Checker;
use super::code::{Amount, Code, Number, Text, widened};
use crate::value::Type;

/// A checked part of an expression.
#[derive(Clone)]
pub(super) struct Typed<'e> {
    pub kind: Type,
    pub code: Code,
    /// The commodity of an amount, where it is known before the expression runs.
    pub commodity: Option<Commodity>,
    pub node: &'e IdedExpr,
}

impl<'e> Typed<'e> {
    pub fn new(kind: Type, code: Code, node: &'e IdedExpr) -> Self {
        let commodity = match &code {
            Code::Money(Amount::Const(money)) => Some(money.commodity),
            _ => None,
        };
        Self { kind, code, commodity, node }
    }

    /// The text, where the expression is one in quotes.
    pub fn literal(&self) -> Option<&str> {
        match &self.code {
            Code::Text(Text::Const(text)) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<Number> {
        match &self.code {
            Code::Number(number) => Some(number.clone()),
            _ => None,
        }
    }

    pub fn amount(&self) -> Option<Amount> {
        match &self.code {
            Code::Money(amount) => Some(amount.clone()),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<Text> {
        match &self.code {
            Code::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A type in words.
pub(super) fn name(kind: &Type) -> String {
    match kind {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Number { unit: None } => "a number".to_owned(),
        Type::Number { unit: Some(unit) } => format!("a number of {unit}"),
        Type::Money => "an amount of money".to_owned(),
        Type::Duration => "a length of time".to_owned(),
        Type::Time => "a time".to_owned(),
        Type::Text => "a text".to_owned(),
        Type::Choice(_) => "one of a list of words".to_owned(),
        Type::Tenders => "what was paid".to_owned(),
        Type::Key { kind } => format!("a key of kind `{kind}`"),
    }
}

/// How to write a constant of a type, as advice.
pub(super) fn advice(kind: &Type) -> &'static str {
    match kind {
        Type::Duration => "Write a length of time as `duration('15m')` or `duration('3h')`.",
        Type::Money => "Write an amount as `money('50 USD')`.",
        Type::Time => "Write a time as `time('2025-01-01T00:00:00Z')`.",
        Type::Choice(_) | Type::Text | Type::Key { .. } => "Write a word between quotes: `'word'`.",
        Type::Bool => "Use the condition by itself, or before it `!`.",
        Type::Tenders => "What was paid can be searched: `'USD' in promise.paid`.",
        Type::Int | Type::Number { .. } => "Write a number without quotes, such as `3` or `0.5`.",
    }
}

impl<'e> Checker<'e> {
    /// Brings two values to one type, or says why they have none. `verb` is what was to be done: `compared`, `added`.
    pub fn unify(&mut self, left: Typed<'e>, right: Typed<'e>, verb: &str) -> Option<(Typed<'e>, Typed<'e>)> {
        match (&left.kind, &right.kind) {
            (Type::Int, Type::Number { .. }) => Some((self.widen(left)?, right)),
            (Type::Number { .. }, Type::Int) => {
                let right = self.widen(right)?;
                Some((left, right))
            }
            (Type::Number { unit: Some(one) }, Type::Number { unit: Some(other) }) if one != other => {
                let message = format!("{one} and {other} cannot be {verb}");
                self.report(right.node, message, "Both sides must be in the same unit.");
                None
            }
            (Type::Choice(words), Type::Choice(others)) if words != others => self.recode(left, right),
            (Type::Choice(_), Type::Text) if right.literal().is_some() => {
                let right = self.word_of(&left, right)?;
                Some((left, right))
            }
            (Type::Text, Type::Choice(_)) if left.literal().is_some() => {
                let left = self.word_of(&right, left)?;
                Some((left, right))
            }
            (Type::Choice(_), Type::Text | Type::Key { .. }) => Some((spelled(left)?, right)),
            (Type::Text | Type::Key { .. }, Type::Choice(_)) => {
                let right = spelled(right)?;
                Some((left, right))
            }
            (Type::Key { kind }, Type::Text) => self.check_key(&kind.clone(), &right).then_some((left, right)),
            (Type::Text, Type::Key { kind }) => self.check_key(&kind.clone(), &left).then_some((left, right)),
            (Type::Key { kind }, Type::Key { kind: other }) if kind != other => {
                let message = format!("a key of kind `{kind}` is never one of kind `{other}`");
                self.report(right.node, message, "Compare keys of the same kind.");
                None
            }
            (Type::Money, Type::Money) => self.one_commodity(&left, &right, verb).then_some((left, right)),
            (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => Some((left, right)),
            _ => {
                self.mismatch(&left, &right, verb);
                None
            }
        }
    }

    fn mismatch(&mut self, left: &Typed<'e>, right: &Typed<'e>, verb: &str) {
        let constant = |side: &Typed<'_>| {
            let code = &side.code;
            matches!(code, Code::Number(Number::Const(_)) | Code::Text(Text::Const(_)) | Code::Money(Amount::Const(_)))
        };
        let (node, help) = match (constant(left), constant(right)) {
            (true, false) => (left.node, advice(&right.kind)),
            (false, true) => (right.node, advice(&left.kind)),
            _ => (right.node, "Both sides must be of one type."),
        };
        self.report(node, format!("{} and {} cannot be {verb}", name(&left.kind), name(&right.kind)), help);
    }

    /// A whole number as a decimal one.
    pub fn widen(&mut self, number: Typed<'e>) -> Option<Typed<'e>> {
        if number.kind != Type::Int {
            return Some(number);
        }
        let code = number.number()?.map(widened);
        let code = self.folded(number.node, code)?;
        Some(Typed::new(Type::Number { unit: None }, Code::Number(code), number.node))
    }

    /// A word in quotes as the choice it must be one of.
    fn word_of(&mut self, choice: &Typed<'e>, word: Typed<'e>) -> Option<Typed<'e>> {
        let Type::Choice(words) = &choice.kind else { return None };
        let text = word.literal()?;
        if let Some(position) = words.iter().position(|known| &**known == text) {
            let code = Code::Number(Number::Const(i64::try_from(position).ok()?));
            return Some(Typed::new(choice.kind.clone(), code, word.node));
        }
        let message = format!("`{text}` is not one of the words it can be");
        let help = self.suggest(text, words.iter().map(AsRef::as_ref).collect());
        self.report(word.node, message, help);
        None
    }

    /// Two choices with different lists of words: the second in positions of the first.
    fn recode(&mut self, left: Typed<'e>, right: Typed<'e>) -> Option<(Typed<'e>, Typed<'e>)> {
        let (Type::Choice(words), Type::Choice(others)) = (&left.kind, &right.kind) else { return None };
        let table: Box<[i64]> = others
            .iter()
            .map(|other| {
                words.iter().position(|word| word == other).and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)
            })
            .collect();
        if table.iter().all(|position| *position < 0) {
            self.report(right.node, "the two share no word and are never equal", "Compare it with a word in quotes.");
            return None;
        }
        let place = move |position: i64| {
            usize::try_from(position).ok().and_then(|at| table.get(at)).copied().ok_or(super::EvalError::Absent)
        };
        let code = self.folded(right.node, right.number()?.map(place))?;
        let right = Typed::new(left.kind.clone(), Code::Number(code), right.node);
        Some((left, right))
    }

    fn check_key(&mut self, kind: &str, text: &Typed<'e>) -> bool {
        let wrong = text.literal().is_some_and(|key| key.split_once(':').is_none_or(|(found, _)| found != kind));
        if wrong {
            let message = format!("this is not a key of kind `{kind}`");
            self.report(text.node, message, format!("Such a key begins with `{kind}:`."));
        }
        !wrong
    }

    fn one_commodity(&mut self, left: &Typed<'e>, right: &Typed<'e>, verb: &str) -> bool {
        match (left.commodity, right.commodity) {
            (Some(one), Some(other)) if one != other => {
                self.report(
                    right.node,
                    format!("{one} and {other} cannot be {verb}"),
                    "Both amounts must be in the same currency.",
                );
                false
            }
            _ => true,
        }
    }
}

/// A choice as its word.
pub(super) fn spelled(choice: Typed<'_>) -> Option<Typed<'_>> {
    let Type::Choice(words) = &choice.kind else { return Some(choice) };
    let words: Arc<[Box<str>]> = words.iter().cloned().collect();
    let code = Code::Text(Text::Word(choice.number()?.run(), words));
    Some(Typed::new(Type::Text, code, choice.node))
}
