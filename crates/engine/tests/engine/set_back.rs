//! The machine's clock is set back while work goes on.

use crate::desk::{Desk, at, booking, cancellation, departure};

#[test]
fn a_clock_that_is_set_back_changes_nothing_that_is_kept() {
    for sharing in [false, true] {
        let mut steady = Desk::open(sharing);
        let mut jumping = Desk::open(sharing);
        let story = [
            booking(1, "flight:1"),
            booking(2, "flight:1"),
            departure("d", "flight:1", "4h"),
            booking(3, "flight:2"),
            cancellation("c", "flight:2"),
        ];
        // Never earlier than a day before what happens, or an event would seem to come from the future.
        let moments = ["12-31", "06-20", "06-01 13:00", "06-15", "06-02"];
        for (line, moment) in story.iter().zip(moments) {
            steady.tell(line);
            jumping.session.set_now(at(moment));
            jumping.tell(line);
            // The clock is moved to where it was before, and back: what was reached stays reached.
            jumping.clock("05-02");
        }
        for desk in [&mut steady, &mut jumping] {
            desk.clock("06-05");
            desk.clock("06-03");
            desk.clock("06-20");
        }
        let stands =
            |desk: &mut Desk| (1..=3).map(|customer| (desk.states(customer), desk.owed(customer))).collect::<Vec<_>>();
        assert_eq!(stands(&mut steady), stands(&mut jumping), "shared: {sharing}");
        assert!(stands(&mut steady)[0].1.contains(&"late 50.00 USD approved".to_owned()));
        jumping.check();
    }
}
