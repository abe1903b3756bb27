//! Promises that follow another one: a duty to care, to answer, to tell.

use makegood_charter::expr::{Scope, Unmet};
use makegood_charter::model::PromiseId;

use super::{holds, shown_by, terms};
use crate::fold::{FoldError, Folding};
use crate::id::{hex, part_id};
use crate::{Clause, Event, Form, Promise, Proof, Rules, message};

/// Makes the promises that follow this one and that the event makes. Told again, it makes none twice.
pub(super) fn follow(
    folding: &mut Folding,
    base: &Promise,
    (rules, base_id): (&Rules, PromiseId),
    (event, form): (&Event, &Form),
    duty: Option<Unmet>,
) -> Result<(), FoldError> {
    let makes = rules.uses(form.shape).map(|uses| uses.follows.as_slice()).unwrap_or_default();
    for clause_id in makes {
        let Some(clause) = rules.charter.promises.get(*clause_id) else { continue };
        let follows = clause.follows.is_some_and(|follows| follows.promise == base_id);
        let id = part_id(folding.key, &base.thing, &event.ident, &format!("{}/{}", clause.name, hex(&base.id)), 0);
        let scope = Scope { duty, ..base.scope(&form.data, event.time) };
        if !follows || folding.promise(&id).is_some() || !holds(clause.when.as_ref(), &scope) {
            continue;
        }
        let (due, worth, paid) = match terms(folding, rules, clause, &scope) {
            Ok(terms) => terms,
            // The event is a fact that others wait for too: what cannot be worked out of it is a question.
            Err(FoldError::Refused(refusal)) => {
                message::ask_about_duty(folding, base, rules, &clause.name, &refusal.message);
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut promise = Promise {
            made_at: event.time,
            cause: event.ident,
            worth,
            paid,
            made: base.made.clone(),
            ..Promise::new(id, &base.thing, rules.tag, Clause::Promise(*clause_id), due)
        };
        // What was heard before counts, in the order in which it happened: a duty may be done before its reason is learnt.
        let mut proofs: Vec<&Proof> = base.proofs.iter().collect();
        proofs.sort_by_key(|proof| (proof.at, proof.ident));
        for proof in proofs {
            shown_by(&mut promise, clause, (proof.shape, &proof.data), proof.at, proof.ident);
        }
        promise.set_wake(Some(clause));
        folding.put_promise(promise);
    }
    Ok(())
}
