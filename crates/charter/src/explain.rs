//! A charter in plain words: what is promised, what is owed, when, and what takes it away.

mod duties;
mod phrases;
mod playbooks;
mod rights;
mod stages;
mod valuation;

use std::fmt::Write;

use makegood_money::Money;

use crate::model::{Charter, Outcome, Promise, Shows};
use crate::text::Texts;
use crate::value::{Moment, Type, Value};
use crate::words::show;
use phrases::{Phrases, phrases};

/// The charter in Markdown, in `language` where the charter speaks it, otherwise in English or in the first language it has.
/// Headings are in English, Chinese or Norwegian.
pub fn explain(charter: &Charter, language: &str) -> String {
    let mut page = Page { charter, language, words: phrases(language), out: String::new() };
    page.head();
    page.promises();
    page.duties();
    page.playbooks();
    page.rights();
    page.combined();
    page.definitions();
    page.counts();
    page.limits();
    page.valuation();
    page.stages();
    page.out
}

struct Page<'a> {
    charter: &'a Charter,
    language: &'a str,
    words: &'static Phrases,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn head(&mut self) {
        let (colon, comma) = (self.words.colon, self.words.comma);
        let (charter, words) = (self.charter, self.words);
        let title = self.text(&charter.title, None);
        self.line(&format!("# {title}\n"));
        let from = self.date(charter.from);
        let until =
            charter.until.map(|until| format!("{comma}{} {}", words.until, self.date(until))).unwrap_or_default();
        if charter.draft {
            self.line(&format!("**{}**\n", words.draft));
        }
        self.line(&format!(
            "{} `{}`{comma}{} {}{comma}{} {from}{until} ({})\n",
            words.charter, charter.name, words.version, charter.version, words.in_force_from, charter.zone_name
        ));
        let source = &charter.source;
        let verified = if source.verified { words.verified } else { words.not_verified };
        let note = if source.note.is_empty() { String::new() } else { format!("{comma}*{}*", source.note) };
        self.line(&format!("{}{colon}{}{comma}{} ({verified}){note}\n", words.source, source.what, source.as_of));
    }

    fn promises(&mut self) {
        let words = self.words;
        let made: Vec<&Promise> = self.charter.promises.iter().filter(|promise| promise.step.is_none()).collect();
        if made.is_empty() {
            return;
        }
        self.line(&format!("## {}\n", words.promises));
        for promise in made {
            self.promise(promise);
        }
    }

    fn promise(&mut self, promise: &Promise) {
        let colon = self.words.colon;
        let words = self.words;
        let says = self.text(&promise.says, Some(promise));
        self.line(&format!("### {}\n\n{says}\n", promise.name));
        let made = self.on(
            promise.follows.map_or(promise.on, |follows| follows.on),
            promise.when.as_ref().map(|when| when.source()),
        );
        let followed = promise.follows.and_then(|follows| self.charter.promises.get(follows.promise));
        let made = match followed {
            Some(followed) => format!("{made} ({} `{}`)", words.follows, followed.name),
            None => made,
        };
        self.line(&format!("- {}{colon}{made}", words.made));
        self.shown(promise);
        self.out.push('\n');
    }

    /// What shows how a promise stands, and who answers for it.
    fn shown(&mut self, promise: &Promise) {
        let (colon, words) = (self.words.colon, self.words);
        let states = [
            (Shows::Kept, words.kept),
            (Shows::Late, words.late),
            (Shows::Broken, words.broken),
            (Shows::Released, words.released),
            (Shows::AtRisk, words.at_risk),
        ];
        for (state, name) in states {
            let shown: Vec<&Outcome> = promise.outcomes.iter().filter(|outcome| outcome.state == state).collect();
            for outcome in shown {
                let on = self.on(outcome.on, outcome.when.as_ref().map(|when| when.source()));
                self.line(&format!("- {name}{colon}{on}"));
            }
        }
        if let Some(before) = promise.at_risk_before {
            let before = self.length(before);
            self.line(&format!("- {}{colon}{} {before}", words.at_risk, words.silence_before));
        }
        let after = self.length(promise.silent_after);
        self.line(&format!("- {}{colon}{after}", words.overdue));
        if let Some(owner) = &promise.owner {
            self.line(&format!("- {}{colon}{owner}", words.owner));
        }
        if let Some(doer) = &promise.doer {
            self.line(&format!("- {}{colon}{doer}", words.doer));
        }
        for (name, clock) in [
            (words.acknowledged, &promise.acknowledged),
            (words.confirmed, &promise.confirmed),
            (words.repeats, &promise.repeats),
        ] {
            if let Some(clock) = clock {
                self.line(&format!("- {name}{colon}{}", words.clock(clock)));
            }
        }
        for rung in &promise.escalates {
            let after = self.length(rung.after);
            self.line(&format!("- {} {after}{colon}{}", words.told_after, rung.to));
        }
    }

    fn combined(&mut self) {
        let colon = self.words.colon;
        if self.charter.stacking.is_empty() {
            return;
        }
        self.line(&format!("## {}\n", self.words.combined));
        for stack in &self.charter.stacking {
            let rights = stack.rights.iter().filter_map(|id| self.charter.rights.get(*id));
            let names: Vec<&str> =
                rights.map(|right| right.name.as_ref()).chain(stack.elsewhere.iter().map(AsRef::as_ref)).collect();
            let rule = self.words.rule(stack.rule);
            self.line(&format!("- {}{colon}{rule}", names.join(", ")));
        }
        self.out.push('\n');
    }

    fn definitions(&mut self) {
        let (colon, words) = (self.words.colon, self.words);
        if self.charter.terms.is_empty() {
            return;
        }
        self.line(&format!("## {}\n", words.terms));
        for (name, term) in &self.charter.terms {
            let says = self.text(&term.says, None);
            let says = if says.is_empty() { says } else { format!(" ({says})") };
            self.line(&format!("- `term.{name}`{says}{colon}`{}`", term.is));
        }
        self.out.push('\n');
    }

    fn counts(&mut self) {
        let (colon, words) = (self.words.colon, self.words);
        if self.charter.counts.is_empty() {
            return;
        }
        self.line(&format!("## {}\n", words.counts));
        for count in &self.charter.counts {
            let on = self.on(count.on, count.when.as_ref().map(|when| when.source()));
            let within = self.length(count.within);
            self.line(&format!("- `party.{}`{colon}{on} {} {within}", count.name, words.in_the_last));
        }
        self.out.push('\n');
    }

    fn limits(&mut self) {
        let colon = self.words.colon;
        let (limits, words) = (&self.charter.limits, self.words);
        let mut lines = Vec::new();
        if let Some(least) = limits.notify_from {
            lines.push(format!("- {}{colon}{}", words.notify_from, self.amount(least)));
        }
        if let Some(most) = limits.notices_per_day {
            lines.push(format!("- {}{colon}{most}", words.notices_per_day));
        }
        if let Some(budget) = limits.per_day {
            lines.push(format!("- {}{colon}{}", words.per_day, self.amount(budget)));
        }
        if let Some((above, role)) = &limits.approve_over {
            lines.push(format!("- {}{colon}{} ({role})", words.approve_over, self.amount(*above)));
        }
        if !lines.is_empty() {
            self.line(&format!("## {}\n\n{}", words.limits, lines.join("\n")));
        }
    }

    /// An event, and the condition on it.
    fn on(&self, shape: usize, when: Option<&str>) -> String {
        let comma = self.words.comma;
        let name = self.charter.shapes.get(shape).map_or("", |shape| shape.name.as_ref());
        let mut on = format!("`{name}`");
        if let Some(when) = when {
            let _ = write!(on, "{comma}{} `{when}`", self.words.only_if);
        }
        on
    }

    /// A text with its slots in words.
    fn text(&self, texts: &Texts, promise: Option<&Promise>) -> String {
        let kind = promise.and_then(|promise| self.charter.shapes.get(promise.on)?.about.as_deref());
        let fill = |slot: &str| Some(self.words.slot(slot, kind));
        texts.get(self.language).map(|template| template.render(&fill)).unwrap_or_default()
    }

    /// An amount, with the tender's name where it is the charter's own.
    fn amount(&self, money: Money) -> String {
        match self.charter.tenders.get(money.commodity.code()) {
            Some(tender) => format!("{} {}", money.number(), self.text(&tender.name, None)),
            None => money.to_string(),
        }
    }

    fn length(&self, milliseconds: i64) -> String {
        show(&Value::Duration(milliseconds), &Type::Duration, &self.charter.zone, self.language)
    }

    /// The day on which a moment lies in the charter's zone, with the hour unless the day begins then.
    fn date(&self, moment: Moment) -> String {
        let Ok(timestamp) = jiff::Timestamp::from_millisecond(moment.0) else { return moment.to_string() };
        let local = self.charter.zone.to_datetime(timestamp);
        if local.time() == jiff::civil::Time::midnight() { local.date().to_string() } else { local.to_string() }
    }
}

#[cfg(test)]
mod tests;
