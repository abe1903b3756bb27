//! How a person makes a promise: `promise.made`.

use makegood_charter::model::Promise as PromiseClause;
use makegood_charter::value::Value;

use crate::fold::{FoldError, Folding};
use crate::{Event, Hands, Rules, promise};

/// A person promised something. A clause of a charter takes it, or it is refused: a promise that nobody watches is none.
pub(crate) fn on_made(folding: &mut Folding, event: &Event) -> Result<(), FoldError> {
    super::actor(folding)?;
    super::said(folding, event, "what", "what is promised")?;
    let kind = super::said(folding, event, "kind", "what kind of promise it is")?.text;
    if let Some(Value::Time(due)) = event.field(folding.book, "due")
        && *due <= event.time
    {
        return folding.refuse(
            "due-before-made",
            format!("the promise would be due at {due}, and was made at {}", event.time),
            "give the time at which it was made as the event's `time`, or a due time that lies ahead of it",
        );
    }
    promise::on_event(folding, event)?;
    let taken =
        folding.promise_ids().iter().any(|id| folding.promise(id).is_some_and(|made| made.cause == event.ident));
    if taken {
        return Ok(());
    }
    folding.refuse(
        "no-clause-takes-it",
        format!("no clause of a charter in force takes a promise of the kind `{kind}`"),
        "write a kind that a clause with `made: {on: promise.made}` takes, as `makegood charter explain` shows them",
    )
}

/// Who answers for a promise that a person made, who does it, and in which words it was made; `None` of any other.
pub(crate) fn hands(folding: &Folding, rules: &Rules, clause: &PromiseClause, event: &Event) -> Option<Box<Hands>> {
    if !clause.by_hand(&rules.charter) {
        return None;
    }
    let text = |field: &str| event.text(folding.book, field).unwrap_or_default().trim();
    // Who promised answers for it, unless somebody else is named.
    let promiser = folding.actor.as_deref().filter(|_| clause.owner.is_none()).unwrap_or_default();
    let owner = Some(text("owner")).filter(|owner| !owner.is_empty()).unwrap_or(promiser);
    Some(Box::new(Hands {
        what: text("what").into(),
        owner: owner.into(),
        doer: text("doer").into(),
        ..Hands::default()
    }))
}
