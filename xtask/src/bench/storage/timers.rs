//! Promises that wait cost nothing, and many that are due at once are moved soon.

use std::time::Duration;

use anyhow::{Result, ensure};
use makegood_charter::value::Moment;
use makegood_store::{Commit, HeadRow, Store, slot_of};

use super::{Site, booking};
use crate::bench::Figure;
use crate::bench::measure::{Stopwatch, median, ratio};

/// Promises that are due at the same moment.
const DUE: u32 = 10_000;
/// Events taken while others wait, in groups.
const GROUPS: u32 = 20;
const GROUP: u32 = 500;
/// A moment after the flights have left, when silence has been noticed.
const AFTER: Moment = Moment(1_362_355_200_000);

pub fn measure(site: &Site, kind: &str, many: u32) -> Result<Vec<Figure>> {
    println!("{kind}: {DUE} promises due at once");
    let (_, store) = site.fresh(kind)?;
    let mut session = site.session(&store)?;
    site.take(&mut session, DUE, |number| booking(&format!("D{number}"), &format!("D{}", number / 150)))?;
    let watch = Stopwatch::start();
    let moved = session.advance(AFTER, &mut |_| {})?;
    let took = watch.elapsed();
    ensure!(moved >= u64::from(DUE), "only {moved} were moved");
    drop(session);
    let mut figures = vec![Figure::new(
        format!("{kind}: {DUE} promises due at once, moved"),
        format!("{:.2} s", took.as_secs_f64()),
        "a few seconds",
    )];
    println!("{kind}: {many} promises wait while events are taken");
    let [alone, resting, waiting] = [site.fresh(kind)?, site.fresh(kind)?, site.fresh(kind)?].map(|(_, store)| store);
    fill(&*resting, many, false)?;
    fill(&*waiting, many, true)?;
    let mut sessions = [site.session(&alone)?, site.session(&resting)?, site.session(&waiting)?];
    let [mut times, mut looks] = [const { [const { Vec::new() }; 3] }; 2];
    for group in 0..GROUPS {
        for (session, (times, looks)) in sessions.iter_mut().zip(times.iter_mut().zip(&mut looks)) {
            let watch = Stopwatch::start();
            site.take(session, GROUP, |number| booking(&format!("W{group}-{number}"), &format!("W{group}")))?;
            times.push(watch.elapsed());
            // The clock looks at every slot and finds nothing due.
            let watch = Stopwatch::start();
            session.advance(Moment(1_359_720_000_000), &mut |_| {})?;
            looks.push(watch.elapsed());
        }
    }
    let [alone, resting, waiting] = times.map(median);
    let looks = looks.map(|looks| format!("{:.1} ms", median(looks).as_secs_f64() * 1e3));
    let each = |time: Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6 / f64::from(GROUP));
    let beside =
        |other: Duration| format!("{:.2} times ({} and {})", ratio(waiting, other), each(waiting), each(other));
    figures.push(Figure::new(
        format!("{kind}: an event while {many} promises wait, of one beside as many parties that wait for nothing"),
        beside(resting),
        "nothing measurable",
    ));
    figures.push(Figure::new(format!("{kind}: the same, of one in an empty database"), beside(alone), "reported"));
    let [alone, resting, waiting] = looks;
    figures.push(Figure::new(
        format!("{kind}: a look of the clock at every slot: in an empty database, where none wait, where {many} do"),
        format!("{alone}, {resting}, {waiting}"),
        "reported",
    ));
    Ok(figures)
}

/// So many parties; those that wait do so for a moment that is far away.
fn fill(store: &dyn Store, many: u32, wait: bool) -> Result<()> {
    let mut writer = store.writer()?;
    for from in (0..many).step_by(20_000) {
        let heads = (from..many.min(from.saturating_add(20_000))).map(|number| {
            let key: Box<str> = format!("customer:S{number}").into();
            let wake_at = wait.then(|| 1_900_000_000_000_i64.saturating_add(i64::from(number)));
            (HeadRow { slot: slot_of(&key), key, seq: 1, hash: [0; 32], wake_at, state: vec![1; 40].into() }, 0)
        });
        writer.commit(&Commit { heads: heads.collect(), ..Commit::default() })?;
    }
    Ok(())
}
