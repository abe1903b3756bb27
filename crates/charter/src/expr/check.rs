//! The type checker: from the syntax tree to compiled code, with every fault it finds on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::ast::{Expr as Syntax, IdedExpr, LiteralValue, SelectExpr, operators};
use makegood_money::{Commodities, Tenders};

use super::code::{Amount, Bool, Code, Number, Text, tenders};
use super::scan::problem;
use super::source::{Fault, Part, Place, Share, Source, difference};
use super::spans::Spans;
use super::types::{Typed, advice, name};
use super::{EvalError, ExprProblem, Names, Read, Want};
use crate::number::parse_number;
use crate::value::{Field, Shape, Type};

/// What is kept while an expression is checked.
pub(super) struct Checker<'e> {
    pub spans: &'e Spans<'e>,
    pub names: Names<'e>,
    pub commodities: &'e Commodities,
    pub problems: Vec<ExprProblem>,
    /// What has been read so far.
    pub reads: Vec<(Read, Source)>,
    /// The calendars it counts by.
    pub calendars: BTreeSet<Box<str>>,
}

impl<'e> Checker<'e> {
    pub fn report(&mut self, node: &IdedExpr, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(problem(self.spans.range(node), message, help));
    }

    /// The advice for a word that is not known among those that are.
    pub fn suggest(&self, word: &str, known: Vec<&str>) -> String {
        sentence(&crate::diagnostic::suggestion(word, known))
    }

    /// The result of working out a constant, or the fault that it showed.
    pub fn folded<T>(&mut self, node: &IdedExpr, result: Result<T, EvalError>) -> Option<T> {
        result
            .map_err(|error| self.report(node, format!("this never has a value: {error}"), "Correct the constants."))
            .ok()
    }

    /// Checks that the whole expression gives what is wanted.
    pub fn wanted(&mut self, typed: Typed<'e>, want: Want) -> Option<Typed<'e>> {
        let (fits, wish, example) = match want {
            Want::Any => (true, "", Type::Bool),
            Want::Bool => (typed.kind == Type::Bool, "a condition", Type::Int),
            Want::Time => (typed.kind == Type::Time, "a time", Type::Time),
            Want::Duration => (typed.kind == Type::Duration, "a length of time", Type::Duration),
            Want::Money => (typed.kind == Type::Money, "an amount of money", Type::Money),
            Want::Tenders => (matches!(typed.kind, Type::Tenders | Type::Money), "what was paid", Type::Money),
            Want::Count => (matches!(typed.kind, Type::Int | Type::Number { .. }), "a number", Type::Int),
            Want::Measure => {
                let fits = matches!(typed.kind, Type::Int | Type::Number { .. } | Type::Duration | Type::Money);
                (fits, "a length of time, a number or an amount", Type::Duration)
            }
        };
        if !fits {
            let help = match want {
                Want::Bool => "Compare it with something, such as `data.late < duration('15m')`.",
                Want::Count if typed.kind == Type::Duration => "Count a length of time with `hours(…)` or `days(…)`.",
                _ => advice(&example),
            };
            self.report(typed.node, format!("{wish} is wanted here, and this is {}", name(&typed.kind)), help);
        }
        match (want, &typed.code) {
            (Want::Tenders, Code::Money(amount)) => {
                let run = amount.clone().run();
                let paid = move |scope: &super::Scope<'_>| Tenders::new([run(scope)?]).map_err(|_| EvalError::Negative);
                Some(Typed::new(Type::Tenders, Code::Tenders(Arc::new(paid)), typed.node))
            }
            _ => fits.then_some(typed),
        }
    }

    /// Checks one node and everything below it. `None` when a fault was reported.
    pub fn check(&mut self, node: &'e IdedExpr) -> Option<Typed<'e>> {
        match &node.expr {
            Syntax::Literal(literal) => self.literal(node, literal),
            Syntax::Ident(word) => self.ident(node, word),
            Syntax::Select(select) => self.select(node, select),
            Syntax::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND, [left, right]) => self.logic(node, left, right, Bool::and),
                (operators::LOGICAL_OR, [left, right]) => self.logic(node, left, right, Bool::or),
                (operators::LOGICAL_NOT, [value]) => {
                    let value = self.condition(value)?;
                    Some(Typed::new(Type::Bool, Code::Bool(value.not()), node))
                }
                (operators::CONDITIONAL, [test, yes, no]) => self.conditional(node, test, yes, no),
                (operators::IN, [left, right]) => self.within(node, left, right),
                (operators::NEGATE, [value]) => self.negate(node, value),
                (operator, [left, right]) if super::spans::is_operator(operator) => {
                    self.operator(node, operator, left, right)
                }
                _ => self.call(node, call),
            },
            Syntax::List(_) => {
                self.report(node, "a list may only stand after `in`", "Write `data.cause in ['weather', 'security']`.");
                None
            }
            _ => {
                self.report(
                    node,
                    "this form is not part of a charter's expressions",
                    "Loops, maps and structures have no place here.",
                );
                None
            }
        }
    }

    fn literal(&mut self, node: &'e IdedExpr, literal: &LiteralValue) -> Option<Typed<'e>> {
        let (kind, code) = match literal {
            LiteralValue::Boolean(value) => (Type::Bool, Code::Bool(Bool::Const(*value.inner()))),
            LiteralValue::Int(value) => (Type::Int, Code::Number(Number::Const(*value.inner()))),
            LiteralValue::String(text) => (Type::Text, Code::Text(Text::Const(text.inner().into()))),
            LiteralValue::Double(value) => {
                let size =
                    parse_number(self.spans.text(node).trim_start_matches(|c: char| c == '-' || c.is_whitespace()));
                let size =
                    size.map_err(|error| self.report(node, error.to_string(), "Write at most six decimals.")).ok()?;
                let number = if value.inner().is_sign_negative() { size.saturating_neg() } else { size };
                (Type::Number { unit: None }, Code::Number(Number::Const(number)))
            }
            _ => {
                self.report(
                    node,
                    "this value has no meaning here",
                    "Ask whether a field was given with `has(data.field)`.",
                );
                return None;
            }
        };
        Some(Typed::new(kind, code, node))
    }

    fn ident(&mut self, node: &'e IdedExpr, word: &str) -> Option<Typed<'e>> {
        match word {
            "at" => Some(self.read(node, "at".into(), Type::Time, Source::At)),
            "evidence_at" if self.names.evidence.is_some() => {
                Some(self.read(node, "evidence_at".into(), Type::Time, Source::EvidenceAt))
            }
            "data" | "made" | "evidence" | "promise" | "promised" | "party" | "step" | "duty" => {
                self.report(
                    node,
                    format!("`{word}` needs one of its fields"),
                    format!("Write `{word}.` and the field's name."),
                );
                None
            }
            _ => {
                let of_data = self.names.data.is_some_and(|shape| shape.positions.contains_key(word));
                let help = if of_data { format!("Write `data.{word}`.") } else { self.suggest(word, self.roots()) };
                self.report(node, format!("`{word}` is not known here"), help);
                None
            }
        }
    }

    /// The names that an expression may begin with here.
    fn roots(&self) -> Vec<&'static str> {
        let names = [
            ("data", self.names.data.is_some()),
            ("made", self.names.made.is_some()),
            ("evidence", self.names.evidence.is_some()),
            ("evidence_at", self.names.evidence.is_some()),
            ("promise", self.names.promise),
            ("party", self.counts().is_some()),
            ("step", !self.names.steps.is_empty()),
            ("duty", self.names.duty),
            ("promised", self.names.play),
            ("at", true),
        ];
        names.into_iter().filter(|(_, known)| *known).map(|(name, _)| name).collect()
    }

    fn select(&mut self, node: &'e IdedExpr, select: &'e SelectExpr) -> Option<Typed<'e>> {
        if let Syntax::Select(step) = &select.operand.expr
            && !self.names.steps.is_empty()
            && matches!(&step.operand.expr, Syntax::Ident(root) if root == "step")
        {
            return self.step(node, &step.field, select);
        }
        let Syntax::Ident(root) = &select.operand.expr else {
            self.report(
                node,
                "a field has no parts of its own",
                "Write one name after `data`, `made`, `evidence` or `promise`.",
            );
            return None;
        };
        let (kind, source) = match root.as_str() {
            "promise" if self.names.promise => self.promise(node, &select.field)?,
            "duty" if self.names.duty => self.duty(node, &select.field)?,
            "promised" if self.names.play => self.promised(node, &select.field)?,
            "party" if self.counts().is_some() => self.count_of(node, &select.field)?,
            "data" => self.field(node, root, self.names.data, Part::Data, &select.field)?,
            "made" => self.field(node, root, self.names.made, Part::Made, &select.field)?,
            "evidence" => self.field(node, root, self.names.evidence, Part::Evidence, &select.field)?,
            _ => {
                let help = self.suggest(root, self.roots());
                self.report(node, format!("`{root}` is not known here"), help);
                return None;
            }
        };
        let path = format!("{root}.{}", select.field).into_boxed_str();
        let typed = self.read(node, path, kind, source);
        if !select.test {
            return Some(typed);
        }
        Some(Typed::new(Type::Bool, Code::Bool(Bool::new(move |scope| Ok(source.is_given(scope)))), node))
    }

    /// `step.NAME.FIELD`: what showed that a step was done; `step.NAME.done`: whether it was.
    fn step(&mut self, node: &'e IdedExpr, name: &str, select: &'e SelectExpr) -> Option<Typed<'e>> {
        let found = self.names.steps.iter().zip(0_u16..).find(|(step, _)| step.name == name);
        let Some((step, position)) = found else {
            let help = self.suggest(name, self.names.steps.iter().map(|step| step.name).collect());
            self.report(node, format!("no step is called `{name}`"), help);
            return None;
        };
        let path = format!("step.{name}.{}", select.field).into_boxed_str();
        if &*select.field == "done" {
            let typed = self.read(node, path, Type::Bool, Source::Done(position));
            return (!select.test).then_some(typed);
        }
        let (kind, source) = self.field(node, "step", step.shape, Part::Step(position), &select.field)?;
        let typed = self.read(node, path, kind, source);
        if !select.test {
            return Some(typed);
        }
        Some(Typed::new(Type::Bool, Code::Bool(Bool::new(move |scope| Ok(source.is_given(scope)))), node))
    }

    fn promise(&mut self, node: &IdedExpr, field: &str) -> Option<(Type, Source)> {
        match field {
            "due" => Some((Type::Time, Source::Due)),
            "made" => Some((Type::Time, Source::MadeAt)),
            "worth" => Some((Type::Money, Source::Worth)),
            "paid" => Some((Type::Tenders, Source::Paid)),
            _ => {
                let help = self.suggest(field, vec!["due", "made", "worth", "paid"]);
                self.report(node, format!("a promise has no `{field}`"), help);
                None
            }
        }
    }

    fn duty(&mut self, node: &IdedExpr, field: &str) -> Option<(Type, Source)> {
        match field {
            "missing" => Some((Type::Bool, Source::Unmet(Fault::Missing))),
            "by_proxy" => Some((Type::Bool, Source::Unmet(Fault::ByProxy))),
            "differs" => Some((Type::Bool, Source::Unmet(Fault::Differs))),
            "difference" => Some((Type::Number { unit: None }, Source::Difference)),
            _ => {
                let help = self.suggest(field, vec!["missing", "by_proxy", "differs", "difference"]);
                self.report(node, format!("a duty has no `{field}`"), help);
                None
            }
        }
    }

    fn promised(&mut self, node: &IdedExpr, field: &str) -> Option<(Type, Source)> {
        let share = match field {
            "count" => Share::Count,
            "handed_over" => Share::HandedOver,
            "accepted" => Share::Accepted,
            _ => {
                let help = self.suggest(field, vec!["count", "handed_over", "accepted"]);
                self.report(node, format!("what was promised has no `{field}`"), help);
                return None;
            }
        };
        Some((Type::Int, Source::Promised(share)))
    }

    /// The counts that may be read here: those of the charter, when it has any.
    fn counts(&self) -> Option<&'e [Box<str>]> {
        let counts = self.names.facts.filter(|_| self.names.party)?.counts.as_slice();
        (!counts.is_empty()).then_some(counts)
    }

    fn count_of(&mut self, node: &IdedExpr, name: &str) -> Option<(Type, Source)> {
        let counts = self.counts().unwrap_or_default();
        if let Some(index) = counts.iter().position(|known| **known == *name) {
            return Some((Type::Int, Source::Count(index)));
        }
        let help = self.suggest(name, counts.iter().map(AsRef::as_ref).collect());
        self.report(node, format!("no count is called `{name}`"), help);
        None
    }

    fn field(
        &mut self,
        node: &IdedExpr,
        root: &str,
        shape: Option<&'e Shape>,
        part: Part,
        name: &str,
    ) -> Option<(Type, Source)> {
        let Some(shape) = shape else {
            let help = self.suggest(root, self.roots());
            self.report(node, format!("`{root}` cannot be read here"), help);
            return None;
        };
        let position = shape.positions.get(name).copied();
        let known = position.and_then(|index| shape.fields.get(index).map(|field: &Field| (index, field)));
        let Some((index, field)) = known else {
            let help = self.suggest(name, shape.fields.iter().map(|field| &*field.name).collect());
            self.report(node, format!("`{}` has no field `{name}`", shape.name), help);
            return None;
        };
        Some((field.kind.clone(), Source::Field(Place { part, index })))
    }

    /// Notes that a name is read, and compiles the reading.
    fn read(&mut self, node: &'e IdedExpr, path: Box<str>, kind: Type, source: Source) -> Typed<'e> {
        let code = match (source, &kind) {
            (Source::Field(place), Type::Bool) => Code::Bool(Bool::new(move |scope| place.boolean(scope))),
            (Source::Field(place), Type::Money) => Code::Money(Amount::Field(place)),
            (Source::Field(place), Type::Text | Type::Key { .. }) => Code::Text(Text::Field(place)),
            (Source::Field(_) | Source::Paid, Type::Tenders) => Code::Tenders(tenders(source)),
            (Source::Field(place), _) => Code::Number(Number::Field(place)),
            (Source::Unmet(fault), _) => Code::Bool(Bool::new(move |scope| Ok(fault.is_found(scope)))),
            (Source::Difference, _) => Code::Number(Number::new(|scope| difference(scope).ok_or(EvalError::Absent))),
            (Source::Done(step), _) => Code::Bool(Bool::new(move |scope| Ok(scope.is_done(step)))),
            (Source::Count(index), _) => {
                Code::Number(Number::new(move |scope| scope.counts.get(index).copied().ok_or(EvalError::Absent)))
            }
            (Source::Promised(share), _) => Code::Number(Number::new(move |scope| Ok(share.of(scope)))),
            (Source::Worth, _) => Code::Money(Amount::new(|scope| scope.worth.ok_or(EvalError::Absent))),
            _ => Code::Number(Number::new(move |scope| Ok(source.moment(scope).0))),
        };
        if !self.reads.iter().any(|(read, _)| read.path == path) {
            self.reads.push((Read { path, kind: kind.clone() }, source));
        }
        Typed::new(kind, code, node)
    }

    /// Checks a node that must be a condition.
    pub fn condition(&mut self, node: &'e IdedExpr) -> Option<Bool> {
        let typed = self.check(node)?;
        match typed.code {
            Code::Bool(code) => Some(code),
            _ => {
                let message = format!("a condition is wanted here, and this is {}", name(&typed.kind));
                self.report(node, message, "Compare it with something.");
                None
            }
        }
    }

    fn logic(
        &mut self,
        node: &'e IdedExpr,
        left: &'e IdedExpr,
        right: &'e IdedExpr,
        join: fn(Bool, Bool) -> Bool,
    ) -> Option<Typed<'e>> {
        let (left, right) = (self.condition(left), self.condition(right));
        Some(Typed::new(Type::Bool, Code::Bool(join(left?, right?)), node))
    }

    fn conditional(
        &mut self,
        node: &'e IdedExpr,
        test: &'e IdedExpr,
        yes: &'e IdedExpr,
        no: &'e IdedExpr,
    ) -> Option<Typed<'e>> {
        let (test, yes, no) = (self.condition(test), self.check(yes), self.check(no));
        let (test, yes, no) = (test?, yes?, no?);
        let (yes, no) = self.unify(yes, no, "the two outcomes of one choice")?;
        let commodity = yes.commodity.filter(|_| yes.commodity == no.commodity);
        let kind = match (&yes.kind, no.kind) {
            (Type::Number { unit: None }, other) => other,
            (kind, _) => kind.clone(),
        };
        let code = Code::choose(test, yes.code, no.code)?;
        Some(Typed { kind, code, commodity, node })
    }
}

/// Advice such as "did you mean `late`?" as a sentence of its own.
fn sentence(advice: &str) -> String {
    let mut characters = advice.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    let end = if advice.ends_with(['?', '.']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}
