//! What the sections read so far have declared, and how a clause looks it up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use makegood_money::{Commodities, Commodity};

use super::defined;
use super::head::Head;
use super::indices::Index;
use super::values::Values;
use crate::builtin;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, suggestion};
use crate::expr::{Expr, Facts, Names, StepNames, Want};
use crate::limits;
use crate::model::{Follows, PlaybookId, PromiseId, ShapeId, Term};
use crate::syntax::{Node, span_within};
use crate::value::Shape;

/// What is known while the sections are read.
pub(super) struct Context<'a> {
    pub text: &'a str,
    pub out: &'a mut Diagnostics,
    /// The languages of the title, and where it stands.
    pub languages: Vec<Box<str>>,
    pub title_span: Span,
    pub zone: TimeZone,
    pub money: Commodity,
    /// False when the charter's currency could not be read: nothing is judged by it then.
    pub money_known: bool,
    pub commodities: Commodities,
    /// Codes of the charter's own tenders.
    pub tenders: BTreeSet<Box<str>>,
    /// Names of the calendars.
    pub calendars: BTreeSet<Box<str>>,
    pub shapes: Vec<Shape>,
    pub shape_ids: BTreeMap<Box<str>, ShapeId>,
    /// Shapes with a fault: what reads them is not judged, so that one fault is told once.
    pub faulty: BTreeSet<ShapeId>,
    pub values: Values,
    /// The promises by position.
    pub promises: Vec<PromiseHead>,
    /// True when the charter has duties, so that what follows a hand-off may read `duty`.
    pub has_duties: bool,
    /// The steps of each playbook.
    pub playbooks: Vec<Vec<StepHead>>,
    /// True while playbooks are read: they alone hear that a party moved to another stage.
    pub plays: bool,
    /// The rights by position: name and place.
    pub rights: Vec<(Box<str>, Span)>,
    /// What expressions look up: calendars, places, counts.
    pub facts: Facts,
    /// Series of figures that amounts follow.
    pub indices: BTreeMap<Box<str>, Index>,
    /// What is defined once.
    pub terms: BTreeMap<Box<str>, Term>,
    /// What was used, as `event flight.departed`.
    pub used: BTreeSet<String>,
}

/// What clauses need to know of a promise.
#[derive(Debug, Clone)]
pub(super) struct PromiseHead {
    pub name: Box<str>,
    pub span: Span,
    /// The event whose data is `made`, once known.
    pub on: Option<ShapeId>,
    /// The promise it follows, and the event that makes it then.
    pub follows: Option<Follows>,
    /// True of a step of a playbook.
    pub step: bool,
    pub has_worth: bool,
    pub has_paid: bool,
}

/// What expressions need to know of a step.
#[derive(Debug, Clone)]
pub(super) struct StepHead {
    /// Its name, with `_` for `-`.
    pub name: Box<str>,
    /// The event that shows that it was done, where there is one and no other.
    pub shape: Option<ShapeId>,
}

/// Which data an expression may read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    pub data: Option<ShapeId>,
    pub made: Option<ShapeId>,
    pub evidence: Option<ShapeId>,
    pub promise: Option<PromiseId>,
    /// True where the party's counts may be read: in rights.
    pub party: bool,
    /// The playbook whose steps may be read.
    pub playbook: Option<PlaybookId>,
    /// True where a hand-off is judged: whether it met its duty may be read.
    pub duty: bool,
}

impl<'a> Context<'a> {
    pub fn new(text: &'a str, head: &Head, out: &'a mut Diagnostics) -> Self {
        Self {
            text,
            out,
            languages: head.title.languages().map(Into::into).collect(),
            title_span: head.title_span.clone(),
            zone: head.zone.clone(),
            money: head.money,
            money_known: head.money_known,
            commodities: Commodities::iso(),
            tenders: BTreeSet::new(),
            calendars: BTreeSet::new(),
            shapes: Vec::new(),
            shape_ids: BTreeMap::new(),
            faulty: BTreeSet::new(),
            values: Values::default(),
            promises: Vec::new(),
            has_duties: false,
            playbooks: Vec::new(),
            plays: false,
            rights: Vec::new(),
            facts: Facts { money: Some(head.money), ..Facts::new(head.zone.clone()) },
            indices: BTreeMap::new(),
            terms: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// Adds an error and gives nothing: what a reader returns when it fails.
    pub fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.out.push(diagnostic);
        None
    }

    pub fn shape(&self, id: ShapeId) -> Option<&Shape> {
        self.shapes.get(id)
    }

    pub fn promise(&self, id: PromiseId) -> Option<&PromiseHead> {
        self.promises.get(id)
    }

    /// The event a clause names.
    pub fn event(&mut self, node: &Node) -> Option<ShapeId> {
        let name = node.text()?;
        if name == builtin::JUDGED {
            let message = format!("no clause can name `{name}`");
            let help = "what a customer is worth never changes what it is owed; `lost: {judged: true}` under `stages:` hears it";
            return self.fail(Diagnostic::error(Code::NeverApplies, &node.span, message).help(help));
        }
        if name == builtin::STAGE_MOVED && !self.plays {
            let message = format!("only a playbook can name `{name}`");
            let help = "nothing that is owed depends on a stage; a playbook may begin, go on or end by it";
            return self.fail(Diagnostic::error(Code::NeverApplies, &node.span, message).help(help));
        }
        if let Some(id) = self.shape_ids.get(name) {
            self.used.insert(format!("event {name}"));
            return Some(*id);
        }
        let help = suggestion(name, self.shape_ids.keys().map(AsRef::as_ref));
        self.fail(Diagnostic::error(Code::UnknownEvent, &node.span, format!("unknown event `{name}`")).help(help))
    }

    /// The promise a clause names.
    pub fn promise_named(&mut self, node: &Node) -> Option<PromiseId> {
        let name = node.text()?;
        if let Some(id) = self.promises.iter().position(|promise| *promise.name == *name) {
            return Some(id);
        }
        let help = suggestion(name, self.promises.iter().map(|promise| promise.name.as_ref()));
        self.fail(Diagnostic::error(Code::UnknownPromise, &node.span, format!("unknown promise `{name}`")).help(help))
    }

    /// The tender or currency a clause pays in.
    pub fn tender(&mut self, node: &Node) -> Option<Commodity> {
        let name = node.text()?;
        if let Ok(commodity) = self.commodities.get(name) {
            return Some(commodity);
        }
        let help = suggestion(name, self.tenders.iter().map(AsRef::as_ref));
        self.fail(Diagnostic::error(Code::UnknownTender, &node.span, format!("unknown tender `{name}`")).help(help))
    }

    /// Compiles an expression of the file.
    pub fn expression(&mut self, node: &Node, reach: Reach, want: Want) -> Option<Expr> {
        self.compiled(node.text()?, node, reach, want)
    }

    /// Compiles an expression that stands for what the file says at `node`.
    pub fn compiled(&mut self, source: &str, node: &Node, reach: Reach, want: Want) -> Option<Expr> {
        if source.len() > limits::EXPRESSION_BYTES {
            let message = format!("the expression is longer than {} bytes", limits::EXPRESSION_BYTES);
            return self.fail(Diagnostic::error(Code::BadExpression, &node.span, message).help("split it"));
        }
        let ids = [reach.data, reach.made, reach.evidence];
        if ids.iter().flatten().any(|id| self.faulty.contains(id)) {
            return None;
        }
        let expanded = defined::expanded(source, node, self)?;
        let shape = |id: Option<ShapeId>| id.and_then(|id| self.shapes.get(id));
        let heads = reach.playbook.and_then(|id| self.playbooks.get(id)).map(Vec::as_slice).unwrap_or_default();
        let steps: Vec<StepNames<'_>> =
            heads.iter().map(|step| StepNames { name: &step.name, shape: shape(step.shape) }).collect();
        let names = Names {
            data: shape(reach.data),
            made: shape(reach.made),
            evidence: shape(reach.evidence),
            promise: reach.promise.is_some(),
            party: reach.party,
            steps: &steps,
            duty: reach.duty,
            play: reach.playbook.is_some(),
            facts: Some(&self.facts),
        };
        match Expr::compile(&expanded, &names, &self.commodities, want).map(|compiled| compiled.written(source)) {
            Ok(expression) => {
                let calendars = expression.calendars().iter().map(|name| format!("calendar {name}"));
                self.used.extend(calendars);
                let counts = expression.reads().iter().filter_map(|read| read.path.strip_prefix("party."));
                self.used.extend(counts.map(|name| format!("count {name}")));
                self.promise_says(&expression, node, reach).map(|()| expression)
            }
            Err(problems) => {
                for problem in problems {
                    // Within a term that was written out there is no place of its own.
                    let span = if expanded == source {
                        span_within(self.text, node, &problem.range)
                    } else {
                        node.span.clone()
                    };
                    self.out.push(Diagnostic::error(Code::BadExpression, &span, problem.message).help(problem.help));
                }
                None
            }
        }
    }

    /// What an expression reads of the promise must have been said where it is made.
    fn promise_says(&mut self, expression: &Expr, node: &Node, reach: Reach) -> Option<()> {
        let Some(promise) = reach.promise.and_then(|id| self.promises.get(id)).cloned() else { return Some(()) };
        let reads = |path: &str| expression.reads().iter().any(|read| *read.path == *path);
        let (message, help) = if reads("promise.worth") && !promise.has_worth {
            (
                format!("`{}` does not say what it is worth", promise.name),
                "write `worth:` under its `made:`, such as `worth: data.fare`",
            )
        } else if reads("promise.paid") && !promise.has_paid {
            (
                format!("`{}` does not say what was paid for it", promise.name),
                "write `paid:` under its `made:`, such as `paid: data.paid`",
            )
        } else {
            return Some(());
        };
        let fault = Diagnostic::error(Code::NeverApplies, &node.span, message).with(&promise.span, "the promise");
        self.fail(fault.help(help))
    }

    /// A condition, where there is one.
    pub fn condition(&mut self, node: Option<&Node>, reach: Reach) -> Condition {
        match node {
            None => Condition::Always,
            Some(node) => match self.expression(node, reach, Want::Bool) {
                Some(expression) => Condition::If(expression),
                None => Condition::Faulty,
            },
        }
    }
}

/// A condition that was looked for.
#[derive(Debug)]
pub(super) enum Condition {
    /// There is none.
    Always,
    /// This one.
    If(Expr),
    /// It has a fault, which has been told.
    Faulty,
}

impl Condition {
    /// The condition for the model; `None` inside when there is none, outside when it has a fault.
    pub fn lowered(self) -> Option<Option<Expr>> {
        match self {
            Self::Always => Some(None),
            Self::If(expression) => Some(Some(expression)),
            Self::Faulty => None,
        }
    }
}

/// What a condition that reads nothing always gives.
pub(super) fn constant(condition: Option<&Expr>) -> Option<bool> {
    match condition {
        None => Some(true),
        Some(expression) if expression.reads().is_empty() => expression.holds(&crate::expr::Scope::default()).ok(),
        Some(_) => None,
    }
}
