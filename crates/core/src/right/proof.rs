//! What was heard and shows something: exceptions, cases in which less is owed, agreement to another tender.

use makegood_charter::expr::Scope;
use makegood_charter::model::{Award, Exception, OrIn, Reduction, ShapeId};
use makegood_charter::text::Texts;
use makegood_charter::value::{Fields, Value};

use crate::because::{Shown, Step};
use crate::fold::Folding;
use crate::promise::holds;
use crate::{Claim, Ident, Promise, Proof, Rules};

/// True of a shape of the promise's own charter version with this name.
pub(super) fn is_named(folding: &Folding, promise: &Promise, shape: ShapeId, name: &str) -> bool {
    let own = folding.book.by_tag(promise.charter).map(|(_, rules)| rules);
    own.and_then(|own| own.charter.shapes.get(shape)).is_some_and(|shape| &*shape.name == name)
}

/// The case in which an award is lessened: the first that holds and, where it needs proof, is shown.
pub(super) fn reduced<'r>(
    folding: &Folding,
    rules: &Rules,
    promise: &Promise,
    claim: &Claim,
    award: &'r Award,
    scope: Scope,
) -> Option<&'r Reduction> {
    award.reduced.iter().find(|case| {
        let exception =
            Exception { when: case.when.clone(), shown_by: case.shown_by, within: 0, says: Texts::default() };
        shown(folding, rules, promise, claim, &exception, scope).is_ok()
    })
}

/// Whether the party agreed to another tender before it was decided.
pub(super) fn agreed(folding: &Folding, promise: &Promise, rules: &Rules, other: OrIn) -> bool {
    let name = rules.charter.shapes.get(other.agreed).map(|shape| &shape.name);
    name.is_some_and(|name| promise.proofs.iter().any(|proof| is_named(folding, promise, proof.shape, name)))
}

/// Whether an exception is shown, and by which event; if not, the step that says so.
pub(super) fn shown(
    folding: &Folding,
    rules: &Rules,
    promise: &Promise,
    claim: &Claim,
    exception: &Exception,
    scope: Scope,
) -> Result<Option<Ident>, Option<Box<Step>>> {
    let Some(wanted) = exception.shown_by else {
        return if holds(exception.when.as_ref(), &scope) { Ok(None) } else { Err(None) };
    };
    let by: Box<str> = rules.charter.shapes.get(wanted).map(|shape| shape.name.clone()).unwrap_or_default();
    let mut missing = Step::NotShown { by: by.clone() };
    let deadline = claim.at.plus(exception.within);
    for proof in promise.proofs.iter().filter(|proof| exception.within == 0 || proof.at <= deadline) {
        let Some(evidence) = proof_as_read_by(folding, promise, rules, proof, &by) else { continue };
        let scope = Scope { evidence: &evidence, evidence_at: proof.at, ..scope };
        if holds(exception.when.as_ref(), &scope) {
            return Ok(Some(proof.ident));
        }
        let inputs = exception.when.as_ref().map(|when| Shown::inputs(when, &scope)).unwrap_or_default();
        let inputs =
            inputs.into_iter().filter(|(path, input)| path.starts_with("evidence") && input.value != Value::Absent);
        missing = Step::NotSevere { by: by.clone(), inputs: inputs.collect() };
    }
    Err(Some(Box::new(missing)))
}

pub(super) fn proof_as_read_by(
    folding: &Folding,
    promise: &Promise,
    rules: &Rules,
    proof: &Proof,
    wanted: &str,
) -> Option<Fields> {
    let (_, own) = folding.book.by_tag(promise.charter)?;
    if &*own.charter.shapes.get(proof.shape)?.name != wanted {
        return None;
    }
    if own.tag == rules.tag { Some(proof.data.clone()) } else { Some(rules.reread(own, proof.shape, &proof.data)) }
}
