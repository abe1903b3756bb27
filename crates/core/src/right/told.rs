//! What a right read, for its reason and its message.

use makegood_charter::expr::Scope;
use makegood_charter::model::{Amount, Award, Charter, Right, ShapeId, Trigger};
use makegood_charter::value::{Type, Value};

use crate::because::Shown;

/// What a right's clause and award read and what its message tells, for the reason.
pub(super) fn inputs(charter: &Charter, right: &Right, award: &Award, scope: &Scope) -> Vec<(Box<str>, Shown)> {
    let by = match &award.amount {
        Amount::Bands { by, .. } => Some(by),
        Amount::Share { of, .. } => Some(of),
        Amount::Each { count, .. } => Some(count),
        Amount::Fixed(_) => None,
    };
    let read = right.when.iter().chain(by).flat_map(|expr| Shown::inputs(expr, scope));
    let slots = right.tells.iter().flat_map(|(_, tells)| tells.slots());
    let told = slots.filter_map(|slot| told(charter, right, slot, scope));
    let mut inputs: Vec<(Box<str>, Shown)> = Vec::new();
    for (path, value) in read.chain(told) {
        if !inputs.iter().any(|(known, _)| *known == path) {
            inputs.push((path, value));
        }
    }
    inputs
}

/// What a slot of a message stands for, by its path.
pub(super) fn told(charter: &Charter, right: &Right, slot: &str, scope: &Scope) -> Option<(Box<str>, Shown)> {
    let field = |shape: ShapeId, data: &[Value], name: &str| {
        let shape = charter.shapes.get(shape)?;
        let position = *shape.positions.get(name)?;
        Some(Shown::new(data.get(position)?.clone(), &shape.fields.get(position)?.kind))
    };
    let shown = match (slot.split_once('.'), right.on) {
        (Some(("data", name)), Trigger::Event(shape)) => field(shape, scope.data, name)?,
        (Some(("made", name)), _) => field(charter.promises.get(right.promise)?.on, scope.made, name)?,
        (None, _) => match slot {
            "due" => Shown::new(Value::Time(scope.due), &Type::Time),
            "worth" => Shown::new(Value::Money(scope.worth?), &Type::Money),
            "paid" => Shown::new(Value::Tenders(scope.paid?.clone()), &Type::Tenders),
            _ => return None,
        },
        _ => return None,
    };
    let path = if slot.contains('.') { slot.into() } else { format!("promise.{slot}").into() };
    Some((path, shown))
}
