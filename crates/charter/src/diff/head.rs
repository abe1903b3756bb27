//! The head of the file, tenders, calendars, events and limits.

use makegood_money::{Money, Rounding};

use super::{Changes, Effect, Phrase, more_is_better, reversed};
use crate::model::{Charter, Count, Expires, Tender};
use crate::number::format_number;
use crate::place::Point;
use crate::plain::Plain;

impl Changes<'_> {
    pub(super) fn head(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        self.neutral("charter", &old.name, &new.name);
        self.neutral("version", &old.version, &new.version);
        self.at("in_force", |changes| {
            changes.neutral("from", &changes.old.date(old.from), &changes.new.date(new.from));
            let until = |plain: &Plain<'_>, charter: &Charter| charter.until.map(|until| plain.date(until));
            changes.open("until", until(&changes.old, old).as_deref(), until(&changes.new, new).as_deref());
        });
        self.neutral("draft", &old.draft.to_string(), &new.draft.to_string());
        self.texts("title", &old.title, &new.title);
        self.at("source", |changes| {
            changes.neutral("what", &old.source.what, &new.source.what);
            changes.neutral("as_of", &old.source.as_of, &new.source.as_of);
            changes.neutral("verified", &old.source.verified.to_string(), &new.source.verified.to_string());
            changes.neutral("note", &old.source.note, &new.source.note);
        });
        self.open("time_zone", Some(&old.zone_name), Some(&new.zone_name));
        self.open("money", Some(old.money.code()), Some(new.money.code()));
        self.at("tenders", Self::tenders);
        self.at("calendars", Self::calendars);
        self.at("places", Self::places);
        self.at("events", Self::events);
        self.at("counts", Self::counts);
        self.at("terms", Self::definitions);
    }

    fn tenders(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        for (code, tender) in &new.tenders {
            match old.tenders.get(code) {
                None => self.added(code, Effect::Neutral),
                Some(before) => self.at(code, |changes| changes.tender(before, tender)),
            }
        }
        for code in old.tenders.keys().filter(|code| !new.tenders.contains_key(*code)) {
            self.removed(code, Effect::Open);
        }
    }

    fn tender(&mut self, before: &Tender, now: &Tender) {
        self.texts("name", &before.name, &now.name);
        let worth = |plain: &Plain<'_>, tender: &Tender| {
            let unit = Money::new(plain.charter.money.scale(), plain.charter.money);
            unit.share(tender.worth, Rounding::Down).ok()
        };
        if let (Some(old), Some(new)) = (worth(&self.old, before), worth(&self.new, now))
            && old != new
        {
            let effect =
                if old.commodity == new.commodity { more_is_better(&old.minor, &new.minor) } else { Effect::Open };
            let (old, new) = (self.old.money(old), self.new.money(new));
            self.at("worth", |changes| changes.note(effect, Phrase::Worth, &[&old, &new]));
        }
        let good = |plain: &Plain<'_>, tender: &Tender| {
            let expires = tender.expires.as_ref()?;
            Some(match expires {
                Expires::Never => "never".to_owned(),
                Expires::After(clock) => plain.clock(clock),
            })
        };
        let (was, is) = (good(&self.old, before), good(&self.new, now));
        self.open("expires", was.as_deref(), is.as_deref());
        let decimals = |tender: &Tender| tender.commodity.decimals().to_string();
        self.neutral("decimals", &decimals(before), &decimals(now));
    }

    fn calendars(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        for (name, calendar) in &new.calendars {
            match old.calendars.get(name) {
                None => self.added(name, Effect::Neutral),
                Some(before) if before != calendar => {
                    self.at(name, |changes| changes.note(Effect::Open, Phrase::Calendar, &[]));
                }
                Some(_) => {}
            }
        }
        for name in old.calendars.keys().filter(|name| !new.calendars.contains_key(*name)) {
            self.removed(name, Effect::Neutral);
        }
    }

    fn places(&mut self) {
        let (old, new) = (&self.old.charter.places, &self.new.charter.places);
        self.neutral("source", &old.source, &new.source);
        let written = |point: &Point| {
            let degrees = |millionths: i32| format_number(i64::from(millionths));
            format!("{} {}", degrees(point.latitude), degrees(point.longitude))
        };
        let codes: std::collections::BTreeSet<&Box<str>> = old.points.keys().chain(new.points.keys()).collect();
        for code in codes {
            let (was, is) = (old.points.get(code).map(written), new.points.get(code).map(written));
            self.open(code, was.as_deref(), is.as_deref());
        }
    }

    fn definitions(&mut self) {
        let (old, new) = (&self.old.charter.terms, &self.new.charter.terms);
        let names: std::collections::BTreeSet<&Box<str>> = old.keys().chain(new.keys()).collect();
        for name in names {
            let (was, is) = (old.get(name), new.get(name));
            self.open(name, was.map(|term| term.is.as_ref()), is.map(|term| term.is.as_ref()));
            if let (Some(was), Some(is)) = (was, is) {
                self.at(name, |changes| changes.texts("says", &was.says, &is.says));
            }
        }
    }

    fn counts(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        let said = |plain: &Plain<'_>, count: &Count| {
            let on = plain.charter.shapes.get(count.on).map_or("", |shape| &shape.name);
            let when = count.when.as_ref().map(|when| format!(" if {}", when.source())).unwrap_or_default();
            format!("{on}{when}, {}", plain.length(count.within))
        };
        let find = |charter: &'_ Charter, name: &str| charter.counts.iter().position(|count| *count.name == *name);
        let names: std::collections::BTreeSet<&str> =
            old.counts.iter().chain(&new.counts).map(|count| count.name.as_ref()).collect();
        for name in names {
            let was = find(old, name).and_then(|at| old.counts.get(at)).map(|count| said(&self.old, count));
            let is = find(new, name).and_then(|at| new.counts.get(at)).map(|count| said(&self.new, count));
            self.open(name, was.as_deref(), is.as_deref());
        }
    }

    fn events(&mut self) {
        let (old, new) = (self.old.charter, self.new.charter);
        for shape in &new.shapes {
            match old.shapes.iter().find(|before| before.name == shape.name) {
                None => self.added(&shape.name, Effect::Neutral),
                Some(before) if before != shape => {
                    self.at(&shape.name, |changes| changes.note(Effect::Neutral, Phrase::Shape, &[]));
                }
                Some(_) => {}
            }
        }
        for shape in old.shapes.iter().filter(|before| new.shapes.iter().all(|shape| shape.name != before.name)) {
            self.removed(&shape.name, Effect::Neutral);
        }
    }

    fn added(&mut self, name: &str, effect: Effect) {
        let ticked = format!("`{name}`");
        self.at(name, |changes| changes.note(effect, Phrase::Added, &[&ticked]));
    }

    fn removed(&mut self, name: &str, effect: Effect) {
        let ticked = format!("`{name}`");
        self.at(name, |changes| changes.note(effect, Phrase::Removed, &[&ticked]));
    }

    pub(super) fn limits(&mut self) {
        let (old, new) = (&self.old.charter.limits, &self.new.charter.limits);
        let role = |limit: &Option<(Money, Box<str>)>| limit.as_ref().map(|(_, role)| role.to_string());
        let (owner, next) = (role(&old.approve_over), role(&new.approve_over));
        self.at("limits", |changes| {
            let notify = [Phrase::Notify, Phrase::NotifyAdded, Phrase::NotifyRemoved];
            changes.threshold("notify_from", old.notify_from, new.notify_from, notify, true);
            let hold = [Phrase::Hold, Phrase::HoldAdded, Phrase::HoldRemoved];
            changes.threshold("per_day", old.per_day, new.per_day, hold, false);
            let above = |limit: &Option<(Money, Box<str>)>| limit.as_ref().map(|(above, _)| *above);
            changes.threshold("approve_over", above(&old.approve_over), above(&new.approve_over), hold, false);
            if let (Some(owner), Some(next)) = (&owner, &next) {
                changes.neutral("approve_over.by", owner, next);
            }
        });
    }

    /// A limit in money: changed, added, removed. A lower one is better when customers hear from it on, and worse when
    /// remedies wait above it; having one at all is worse.
    fn threshold(&mut self, place: &str, old: Option<Money>, new: Option<Money>, phrases: [Phrase; 3], low: bool) {
        let [changed, added, removed] = phrases;
        let (before, now) = (old.map(|money| self.old.money(money)), new.map(|money| self.new.money(money)));
        self.at(place, |changes| match (old, new, &before, &now) {
            (Some(old), Some(new), Some(before), Some(now)) if old != new => {
                let same = old.commodity == new.commodity;
                let effect = if same { more_is_better(&old.minor, &new.minor) } else { Effect::Open };
                changes.note(if low { reversed(effect) } else { effect }, changed, &[before, now]);
            }
            (None, Some(_), _, Some(now)) => changes.note(Effect::Worse, added, &[now]),
            (Some(_), None, Some(before), _) => changes.note(Effect::Better, removed, &[before]),
            _ => {}
        });
    }
}
