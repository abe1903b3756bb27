//! Which rights are plain: they depend on nothing but their party's own events.

use makegood_charter::expr::{Expr, Read};
use makegood_charter::model::{
    Amount, Award, Charter, Entry, Exception, Fixed, Give, Promise, Right, RightId, ShapeId, Shows, Stacking, Trigger,
    Window,
};
use makegood_charter::value::{Moment, Type, Value};

use super::{Floor, Plain};

/// How paths begin that read counts.
pub(super) const COUNT: &str = "party.";
/// The path of what a promise is worth.
pub(super) const WORTH: &str = "promise.worth";

impl Floor {
    /// True of an event whose field holds less, or nothing.
    pub(super) fn is_above(self, data: &[Value]) -> bool {
        match data.get(self.position) {
            Some(Value::Int(number) | Value::Number(number) | Value::Duration(number)) => *number < self.least,
            _ => true,
        }
    }
}

/// Below what a field gives nothing under any of these rights: all of them read their bands by it.
pub(super) fn floor(charter: &Charter, shape: ShapeId, triggers: &[Plain]) -> Option<Floor> {
    let shape = charter.shapes.get(shape)?;
    let mut found: Option<Floor> = None;
    for award in triggers.iter().filter_map(|plain| charter.rights.get(plain.id)).flat_map(|right| &right.awards) {
        let Amount::Bands { table, by } = &award.amount else { return None };
        let position = *shape.positions.get(by.source().trim().strip_prefix("data.")?)?;
        let field = shape.fields.get(position)?;
        if !matches!(field.kind, Type::Int | Type::Number { .. } | Type::Duration) || *by.kind() != field.kind {
            return None;
        }
        let first = |(_, entry): &(Moment, Entry)| match entry {
            Entry::Bands(bands) => bands.first().map(|band| band.at),
            Entry::Money(_) => None,
        };
        let least = charter.values.get(*table)?.entries.iter().filter_map(first).min()?;
        found = match found {
            None => Some(Floor { position, least }),
            Some(known) if known.position == position => Some(Floor { position, least: known.least.min(least) }),
            Some(_) => return None,
        };
    }
    found
}

/// The shape that triggers a plain right, and the promise that it stands behind; or what needs the fold.
pub(super) fn plain<'c>(
    charter: &'c Charter,
    id: RightId,
    right: &Right,
) -> Result<(ShapeId, &'c Promise), &'static str> {
    let Trigger::Event(shape) = right.on else { return Err("silence makes it apply") };
    let own = |shape: ShapeId| charter.shapes.get(shape).is_some_and(|shape| shape.party.is_some());
    let Some(promise) = charter.promises.get(right.promise) else { return Err("it stands behind no promise") };
    let stacked = charter.stacking.iter().filter(|stack| stack.rights.contains(&id));
    let stacked = stacked.filter(|stack| stack.rule != Stacking::Sum || !stack.elsewhere.is_empty());
    let simple = |read: &Read| is_of_the_event(read) || &*read.path == WORTH || read.path.starts_with(COUNT);
    let proven = |exception: &Exception| {
        exception.shown_by.is_some() || exception.within > 0 || !exception.when.iter().all(reads_the_event_alone)
    };
    let released = promise.outcomes.iter().any(|outcome| outcome.state == Shows::Released);
    let terms = [Some(&promise.due), promise.worth.as_ref(), promise.paid.as_ref()];
    let refused = [
        (!own(shape), "it follows from what happens to a thing"),
        (right.unless.iter().any(proven), "its exceptions read more than the event"),
        (right.on_request.is_some(), "it is owed on request"),
        (right.decided_at.is_some(), "it is decided later"),
        (right.limited.is_some_and(|limited| limited.within == Window::Event), "it is bounded for each event"),
        (stacked.count() > 0, "it is weighed against other rights"),
        (promise.follows.is_some() || !own(promise.on), "its promise follows from something else"),
        (released, "its promise may be let go"),
        (
            !terms.into_iter().flatten().all(|term| is_given(charter, promise.on, term)),
            "its promise has reckoned terms",
        ),
        (right.awards.iter().any(|award| !award.reduced.is_empty()), "it is lessened in certain cases"),
        (right.awards.iter().any(|award| award.or_in.is_some()), "the party may choose the tender"),
        (!exprs(charter, right).flat_map(Expr::reads).all(simple), "it reads the promise it stands behind"),
    ];
    match refused.into_iter().find(|(refused, _)| *refused) {
        Some((_, why)) => Err(why),
        None => Ok((shape, promise)),
    }
}

/// True of a term that is one field which every event gives: it never fails.
fn is_given(charter: &Charter, shape: ShapeId, term: &Expr) -> bool {
    let field = term.source().trim().strip_prefix("data.");
    let shape = charter.shapes.get(shape);
    let declared = field.zip(shape).and_then(|(name, shape)| shape.fields.get(*shape.positions.get(name)?));
    declared.is_some_and(|field| !field.optional) || term.source().trim() == "at"
}

fn is_of_the_event(read: &Read) -> bool {
    &*read.path == "at" || read.path.starts_with("data.")
}

/// True of a condition that says the same of an event whenever it is asked.
pub(super) fn reads_the_event_alone(condition: &Expr) -> bool {
    condition.reads().iter().all(is_of_the_event)
}

/// Everything that a plain right evaluates.
pub(super) fn exprs<'c>(charter: &'c Charter, right: &'c Right) -> impl Iterator<Item = &'c Expr> {
    let excepted = right.unless.iter().filter_map(|exception| exception.when.as_ref());
    let awards = right.awards.iter().flat_map(of_award);
    let tables = right.awards.iter().flat_map(|award| of_table(charter, award));
    right.when.iter().chain(excepted).chain(awards).chain(tables)
}

/// What the bands of an award give shares of.
fn of_table<'c>(charter: &'c Charter, award: &Award) -> impl Iterator<Item = &'c Expr> {
    let table = if let Amount::Bands { table, .. } = award.amount { charter.values.get(table) } else { None };
    let bands = table.into_iter().flat_map(|table| &table.entries).filter_map(|(_, entry)| match entry {
        Entry::Bands(bands) => Some(bands),
        Entry::Money(_) => None,
    });
    bands.flatten().filter_map(|band| match &band.give {
        Give::Share { of, .. } => Some(of),
        Give::Money(_) => None,
    })
}

fn of_award(award: &Award) -> impl Iterator<Item = &Expr> {
    fn of_fixed(fixed: &Fixed) -> Option<&Expr> {
        if let Fixed::Expr(expr) = fixed { Some(expr) } else { None }
    }
    let amount: [Option<&Expr>; 2] = match &award.amount {
        Amount::Fixed(fixed) => [of_fixed(fixed), None],
        Amount::Bands { by, .. } => [Some(by), None],
        Amount::Share { of, .. } => [Some(of), None],
        Amount::Each { rate, count } => [of_fixed(rate), Some(count)],
    };
    let bounds = [award.at_most.as_ref().and_then(of_fixed), award.at_least.as_ref().and_then(of_fixed)];
    amount.into_iter().chain(bounds).flatten().chain(award.dated_by.iter()).chain(award.times.iter())
}

/// The fields of a shape that expressions read, by position.
pub(super) fn positions<'e>(charter: &Charter, shape: ShapeId, exprs: impl Iterator<Item = &'e Expr>) -> Vec<usize> {
    let Some(shape) = charter.shapes.get(shape) else { return Vec::new() };
    let reads = exprs.flat_map(Expr::reads).filter_map(|read| read.path.strip_prefix("data."));
    reads.filter_map(|name| shape.positions.get(name).copied()).collect()
}
