//! A party with very many promises, and a thing with very many parties.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use makegood_engine::Session;

use super::{Site, booking, departure};
use crate::bench::Figure;
use crate::bench::measure::{Stopwatch, median, ratio};

/// Events measured for each party.
const EVENTS: u32 = 60;
/// The pause between two events of somebody else.
const PAUSE: Duration = Duration::from_millis(20);

/// What an event costs for a party with `open` promises, of what it costs for one with three.
pub fn large_party(site: &Site, kind: &str, open: u32) -> Result<Vec<Figure>> {
    println!("{kind}: a party with {open} open promises");
    let (_, store) = site.fresh(kind)?;
    let mut session = site.session(&store)?;
    site.take(&mut session, open, |number| booking("LARGE", &format!("L{number}")))?;
    for number in 0..EVENTS {
        site.take(&mut session, 3, |other| booking(&format!("SMALL{number}"), &format!("S{number}-{other}")))?;
    }
    drop(session);
    // A process that has nothing at hand.
    let mut session = site.session(&store)?;
    let (mut large, mut small) = (Vec::new(), Vec::new());
    for number in 0..EVENTS {
        for (flight, times) in [(format!("L{number}"), &mut large), (format!("S{number}-0"), &mut small)] {
            let event = site.incoming(&departure(&flight))?;
            let watch = Stopwatch::start();
            session.take([event])?;
            session.flush()?;
            times.push(watch.elapsed());
        }
    }
    ensure!(store.reader()?.count("remedy")? == u64::from(EVENTS) * 2, "somebody was not credited");
    let (large, small) = (median(large), median(small));
    Ok(vec![Figure::new(
        format!("{kind}: an event for a party with {open} open promises, of one for a small party"),
        format!("{:.2} times ({:.2} ms and {:.2} ms)", ratio(large, small), millis(large), millis(small)),
        "at most 3",
    )])
}

/// How long an event takes to reach `many` parties, and what others wait meanwhile.
pub fn popular_thing(site: &Site, kind: &str, many: u32) -> Result<Vec<Figure>> {
    println!("{kind}: a thing that {many} parties hold an interest in");
    let (_, store) = site.fresh(kind)?;
    let mut session = site.session(&store)?;
    site.take(&mut session, many, |number| booking(&format!("C{number}"), "CROWD"))?;
    // Somebody else's process, which runs already.
    let mut other = site.session(&store)?;
    let calm = others(site, &mut other, "calm", None)?;
    let over = AtomicBool::new(false);
    let (took, delays) = std::thread::scope(|scope| -> Result<_> {
        let others = scope.spawn(|| others(site, &mut other, "busy", Some(&over)));
        let watch = Stopwatch::start();
        let event = site.incoming(&departure("CROWD"))?;
        let done = session.take([event]).and_then(|()| session.flush());
        let took = watch.elapsed();
        over.store(true, Ordering::SeqCst);
        done?;
        Ok((took, others.join().map_err(|_| anyhow::anyhow!("the others panicked"))??))
    })?;
    drop(session);
    drop(other);
    let mut reader = store.reader()?;
    let (credited, waiting) = (reader.count("remedy")?, reader.count("fanout")?);
    ensure!(credited == u64::from(many), "{credited} of {many} were credited, and {waiting} fan-outs are left");
    let most = delays.iter().max().copied().context("nobody else did anything")?;
    Ok(vec![
        Figure::new(
            format!("{kind}: one event reaches {many} parties, each credited"),
            format!("{:.1} s, {:.0} parties/s", took.as_secs_f64(), f64::from(many) / took.as_secs_f64()),
            "reported",
        ),
        Figure::new(
            format!("{kind}: the delay that {} other events saw meanwhile, median and highest", delays.len()),
            format!(
                "{:.1} ms and {:.0} ms (calm: {:.1} ms)",
                millis(median(delays)),
                millis(most),
                millis(median(calm))
            ),
            "reported",
        ),
    ])
}

/// Takes events of somebody else, one after another, until it is over or a few are taken: how long each took.
fn others(site: &Site, session: &mut Session, name: &str, over: Option<&AtomicBool>) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for number in 0..100_000_u32 {
        if over.map_or(number >= 30, |over| over.load(Ordering::SeqCst)) {
            break;
        }
        let event = site.incoming(&booking(&format!("{name}{number}"), &format!("{name}{number}")))?;
        let watch = Stopwatch::start();
        session.take([event])?;
        session.flush()?;
        times.push(watch.elapsed());
        std::thread::sleep(PAUSE);
    }
    Ok(times)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
