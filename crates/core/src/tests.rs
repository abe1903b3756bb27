//! The invariants that the fold asserts of its own result, each attacked: a result is doctored as faulty code would make it, and the
//! fold refuses it by the invariant's number.

use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_money::{Commodities, Money, Tenders};

use crate::because::{Reason, Step};
use crate::fold::{FoldError, Folding, Held};
use crate::invariant::Broken;
use crate::{
    Clause, Context, Folded, Granted, Party, Promise, PromiseState, Remedy, RemedyKind, RemedyState, Rulebook, promise,
    remedy,
};

fn promise(state: PromiseState, granted: usize) -> Promise {
    let five = Money::new(5_00, Commodities::iso().get("USD").unwrap());
    let grant = Granted { right: "late".into(), kind: RemedyKind::Compensation, amount: five, remedy: [9; 12] };
    Promise {
        state,
        granted: vec![grant; granted],
        ..Promise::new([1; 12], "flight:1", [0; 8], Clause::Promise(0), Moment(0))
    }
}

fn owed(state: RemedyState) -> Remedy {
    let five = Money::new(5_00, Commodities::iso().get("USD").unwrap());
    let steps = vec![Step::Fixed { amount: five, from: None }];
    Remedy {
        id: [2; 12],
        promise: Some([1; 12]),
        thing: "flight:1".into(),
        right: "late".into(),
        kind: RemedyKind::Compensation,
        amounts: Tenders::new([five]).unwrap(),
        state,
        owed_at: Moment(0),
        pay_by: None,
        pay_promise: None,
        reason: Reason { cause: [3; 16], at: Moment(0), charter: [0; 8], inputs: Vec::new(), steps },
        held_for: None,
        asked_by: None,
        paid: None,
        sent: 1,
    }
}

/// Ends a fold that made `is` of `was`.
fn finish(promise: Option<(Promise, Promise)>, remedy: Option<(Remedy, Remedy)>) -> Result<Folded, FoldError> {
    let book = Rulebook::default();
    let promises = promise.into_iter().map(|(was, is)| (was.id, Held::changed(was, is)));
    let remedies = remedy.into_iter().map(|(was, is)| (was.id, Held::changed(was, is)));
    let folding = Folding {
        book: &book,
        key: "customer:1",
        cause: [3; 16],
        at: Moment(0),
        actor: None,
        context: Context::default(),
        party: Party::default(),
        promises: promises.collect::<BTreeMap<_, _>>(),
        remedies: remedies.collect::<BTreeMap<_, _>>(),
        beside: BTreeMap::new(),
        told: Vec::new(),
        moves: Vec::new(),
        out: Folded::default(),
    };
    folding.finish()
}

fn number(answer: Result<Folded, FoldError>) -> Option<u8> {
    match answer {
        Ok(_) => None,
        Err(FoldError::Broken(Broken { number, .. })) => Some(number),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_promise_that_got_worse_is_not_written() {
    use PromiseState as S;
    for (was, is, broken) in [
        (S::Kept, S::KeptLate, Some(3)),
        (S::Kept, S::Broken, Some(3)),
        (S::Kept, S::Open, Some(3)),
        (S::KeptLate, S::Broken, Some(3)),
        (S::KeptLate, S::Overdue, Some(3)),
        (S::Broken, S::Overdue, Some(3)),
        (S::KeptLate, S::Kept, None),
        (S::Broken, S::KeptLate, None),
        (S::Overdue, S::Kept, None),
        (S::Open, S::Broken, None),
    ] {
        let answer = finish(Some((promise(was, 0), promise(is, 0))), None);
        assert_eq!(number(answer), broken, "{was:?} to {is:?}");
    }
}

#[test]
fn what_was_granted_is_not_taken_back() {
    assert_eq!(number(finish(Some((promise(PromiseState::Open, 2), promise(PromiseState::Broken, 1))), None)), Some(3));
    assert_eq!(number(finish(Some((promise(PromiseState::Open, 1), promise(PromiseState::Broken, 2))), None)), None);
    for (is, broken) in [(RemedyState::Held, Some(3)), (RemedyState::Waived, Some(3)), (RemedyState::Paid, None)] {
        // Changed in another way, so that it is written at all.
        let changed = Remedy { sent: 2, ..owed(is) };
        assert_eq!(number(finish(None, Some((owed(RemedyState::Paid), changed)))), broken, "paid to {is:?}");
    }
}

#[test]
fn a_remedy_owes_something_and_says_why() {
    let was = || owed(RemedyState::Approved);
    let nothing = Remedy { amounts: Tenders::default(), ..was() };
    assert_eq!(number(finish(None, Some((was(), nothing)))), Some(4));
    let mut speechless = was();
    speechless.reason.steps.clear();
    assert_eq!(number(finish(None, Some((was(), speechless)))), Some(5));
    assert!(remedy::assert_sound(None, &was()).is_ok());
    assert!(promise::count(&mut Party::default(), None, &promise(PromiseState::Open, 0)).is_ok());
}
