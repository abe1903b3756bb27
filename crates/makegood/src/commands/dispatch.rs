use std::path::Path;

use makegood_core::Topic;
use makegood_engine::sink::{FileSink, WebhookSink};
use makegood_engine::{Routes, Sink};

use crate::arguments::Dispatch;
use crate::output::grouped;
use crate::output::put_line;
use crate::{Failure, clock, open};

/// Where the secret for webhooks is read from.
const SECRET: &str = "MAKEGOOD_WEBHOOK_SECRET";

/// `makegood dispatch`: sends what waits to leave.
pub fn run(arguments: &Dispatch) -> Result<bool, Failure> {
    let mut sinks = Vec::new();
    for route in &arguments.routes {
        let known = route.split_once('=').filter(|(topic, _)| Topic::ALL.iter().any(|known| known.word() == *topic));
        let Some((topic, target)) = known else {
            return Err(Failure::new(
                "M017",
                format!("`{route}` is not a route"),
                format!("write TOPIC=WHERE, with one of the topics {}", Topic::ALL.map(Topic::word).join(", ")),
            ));
        };
        if sinks.iter().any(|(other, _)| *other == topic) {
            return Err(Failure::new(
                "M017",
                format!("`{topic}` has two routes"),
                "name one receiver for each topic: it can pass on what it takes",
            ));
        }
        sinks.push((topic, sink(target, arguments.allow_private)?));
    }
    let mut session = open::database(&arguments.database.db)?.session()?;
    let mut routes = Routes::default();
    for (topic, sink) in &mut sinks {
        routes.add(topic, &mut **sink);
    }
    let done = session.dispatch(&mut routes, clock::now())?;
    put_line!(
        "{} delivered, {} to be tried again, {} given up",
        grouped(done.delivered),
        grouped(done.failed),
        grouped(done.given_up)
    );
    if done.elsewhere > 0 {
        put_line!("another process is sending what else is due");
    }
    for trouble in &done.troubles {
        put_line!("  {trouble}");
    }
    Ok(done.failed == 0 && done.given_up == 0)
}

fn sink(target: &str, private_allowed: bool) -> Result<Box<dyn Sink>, Failure> {
    if target.contains("://") {
        let secret = std::env::var(SECRET).map_err(|_| {
            Failure::new("M018", "webhooks are signed, and no secret is set", format!("put `whsec_…` in {SECRET}"))
        })?;
        let sink = WebhookSink::new(target, &secret, private_allowed)
            .map_err(|error| Failure::from_error("M018", &error, "see `docs/how-to/webhooks.md`"))?;
        return Ok(Box::new(sink));
    }
    let file = FileSink::open(Path::new(target))
        .map_err(|error| Failure::from_error("M019", &error, format!("`{target}` cannot be written")))?;
    Ok(Box::new(file))
}
