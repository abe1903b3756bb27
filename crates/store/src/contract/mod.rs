//! What every database behind the port must do, as tests that each of them runs.
//!
//! `open` opens the same database again each time it is called; each function of [`ALL`] expects it to be empty at the start. A
//! function fails by panicking, like any test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "this module is tests, compiled for other crates' tests too")]
#![cfg_attr(
    not(test),
    expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "as in any test, what is wrong panics")
)]

mod deliveries;
mod ledger;
mod logs;
mod outward;
mod parts;
mod queues;
mod races;
mod rows;
pub mod server;
pub mod through;
mod together;

use crate::{Commit, CommitError, Reader, Store, Writer};

/// Opens the database under test.
pub type Open<'a> = &'a (dyn Fn() -> Box<dyn Store> + Sync);

/// One promise of the port.
pub type Case = fn(Open);

/// Every promise of the port, by name.
pub const ALL: &[(&str, Case)] = &[
    ("log_is_read_back_in_order_and_in_pages", logs::log_is_read_back_in_order_and_in_pages),
    ("what_happened_since_comes_in_pages", logs::what_happened_since_comes_in_pages),
    ("own_events_are_found_by_their_thing", logs::own_events_are_found_by_their_thing),
    ("idents_are_known_per_log", logs::idents_are_known_per_log),
    ("extreme_values_come_back_as_they_went", logs::extreme_values_come_back_as_they_went),
    ("heads_answer_in_the_order_asked", logs::heads_answer_in_the_order_asked),
    ("heads_of_slot_come_in_pages", logs::heads_of_slot_come_in_pages),
    ("due_heads_come_earliest_first", logs::due_heads_come_earliest_first),
    ("earliest_wake_looks_at_every_slot", logs::earliest_wake_looks_at_every_slot),
    ("parts_are_written_over", parts::parts_are_written_over),
    ("parts_about_shares_four_bytes", parts::parts_about_shares_four_bytes),
    ("parts_due_and_next_wake", parts::parts_due_and_next_wake),
    ("parts_by_id_are_anyones", parts::parts_by_id_are_anyones),
    ("parts_of_slot_come_in_pages", parts::parts_of_slot_come_in_pages),
    ("interest_stays_and_becomes_heard", deliveries::interest_stays_and_becomes_heard),
    ("interested_come_in_pages", deliveries::interested_come_in_pages),
    ("inbox_is_idempotent", deliveries::inbox_is_idempotent),
    ("fanout_advances_and_ends", deliveries::fanout_advances_and_ends),
    ("postings_come_in_pages", ledger::postings_come_in_pages),
    ("balances_do_not_overflow", ledger::balances_do_not_overflow),
    ("tallies_add_up_over_slots", ledger::tallies_add_up_over_slots),
    ("a_tally_that_overflows_is_refused", ledger::a_tally_that_overflows_is_refused),
    ("a_posting_is_never_written_over", ledger::a_posting_is_never_written_over),
    ("outbox_is_written_over_and_due_in_order", outward::outbox_is_written_over_and_due_in_order),
    ("what_is_withdrawn_stays_and_is_tried_no_more", outward::what_is_withdrawn_stays_and_is_tried_no_more),
    ("quarantine_keeps_the_first_with_the_last_reason", outward::quarantine_keeps_the_first_with_the_last_reason),
    ("charters_never_change", outward::charters_never_change),
    ("charters_come_with_their_lines_or_not_at_all", outward::charters_come_with_their_lines_or_not_at_all),
    ("what_other_charters_judged_is_refused", outward::what_other_charters_judged_is_refused),
    ("fits_are_written_over", outward::fits_are_written_over),
    ("rows_are_counted", outward::rows_are_counted),
    ("health_is_told", outward::health_is_told),
    ("slots_with_work_are_named", queues::slots_with_work_are_named),
    ("a_claim_is_one_holders", queues::a_claim_is_one_holders),
    ("a_claim_runs_out", queues::a_claim_runs_out),
    ("a_slot_is_read_whole", queues::a_slot_is_read_whole),
    ("filling_goes_on_and_ends", queues::filling_goes_on_and_ends),
    ("a_snapshot_stands_still", queues::a_snapshot_stands_still),
    ("many_questions_are_answered_like_one", together::many_questions_are_answered_like_one),
    ("many_slots_are_read_like_one", together::many_slots_are_read_like_one),
    ("a_head_must_have_the_expected_version", races::a_head_must_have_the_expected_version),
    ("whoever_brings_a_party_second_is_stale", races::whoever_brings_a_party_second_is_stale),
    ("an_event_is_written_once", races::an_event_is_written_once),
    ("a_refused_commit_leaves_nothing", races::a_refused_commit_leaves_nothing),
    ("readers_see_the_last_commit", races::readers_see_the_last_commit),
    ("foreign_writes_are_noticed_or_shared", races::foreign_writes_are_noticed_or_shared),
    ("two_writers_lose_nothing", races::two_writers_lose_nothing),
    ("what_was_committed_is_there_after_reopening", races::what_was_committed_is_there_after_reopening),
];

/// A store with a connection of each kind.
struct World {
    store: Box<dyn Store>,
    reader: Box<dyn Reader>,
    writer: Box<dyn Writer>,
}

impl World {
    fn new(open: Open) -> World {
        let store = open();
        let writer = store.writer().unwrap();
        let reader = store.reader().unwrap();
        World { store, reader, writer }
    }

    fn commit(&mut self, commit: Commit) {
        self.writer.commit(&commit).unwrap();
    }
}

fn stale_key(answer: Result<(), CommitError>) -> Box<str> {
    match answer {
        Err(CommitError::Stale { key }) => key,
        other => panic!("expected a stale commit, got {other:?}"),
    }
}
