//! The rights of a charter in words: what is owed, by which table, what takes it away, and how soon it is paid.

use std::fmt::Write;

use super::Page;
use crate::model::{
    Amount, Award, AwardKind, Band, Entry, Exception, Expires, Fixed, Give, PaysIn, Promise, Right, Trigger, Window,
};

impl Page<'_> {
    pub(super) fn rights(&mut self) {
        if self.charter.rights.is_empty() {
            return;
        }
        self.line(&format!("## {}\n", self.words.rights));
        for right in &self.charter.rights {
            self.right(right);
        }
    }

    fn right(&mut self, right: &Right) {
        let (colon, comma) = (self.words.colon, self.words.comma);
        let words = self.words;
        let promise = self.charter.promises.get(right.promise);
        let says = self.text(&right.says, promise);
        self.line(&format!("### {}\n\n{says}\n", right.name));
        let when = right.when.as_ref().map(|when| when.source());
        let on = match right.on {
            Trigger::Event(shape) => self.on(shape, when),
            Trigger::Overdue => words.silence.to_owned(),
        };
        self.line(&format!(
            "- {}{colon}{on} ({} `{}`)",
            words.applies,
            words.promise,
            promise.map_or("", |promise| &promise.name)
        ));
        for award in &right.awards {
            let award = self.award(award);
            self.line(&format!("- {award}"));
        }
        self.terms(right, promise);
        for term in &right.pay_within {
            let within = words.clock(&term.within);
            let condition = term.when.as_ref().map(|when| format!("{comma}{} `{}`", words.only_if, when.source()));
            self.line(&format!("- {}{colon}{within}{}", words.paid_within, condition.unwrap_or_default()));
        }
        if let Some(award) = &right.if_late {
            let award = self.award(award);
            self.line(&format!("- {}{colon}{award}", words.if_late));
        }
        for exception in &right.unless {
            let exception = self.exception(exception, promise);
            self.line(&format!("- {}{colon}{exception}", words.except));
        }
        self.out.push('\n');
        for award in &right.awards {
            self.tables(award);
        }
    }

    /// Who must ask, when it is decided, how much in a year, and when it is not enforced.
    fn terms(&mut self, right: &Right, promise: Option<&Promise>) {
        let (colon, comma, words) = (self.words.colon, self.words.comma, self.words);
        if let Some(request) = &right.on_request {
            let by = self.on(request.by, None);
            let only = request.when.as_ref().map(|when| format!("{comma}{} `{}`", words.only_if, when.source()));
            let (within, only) = (words.clock(&request.within), only.unwrap_or_default());
            self.line(&format!("- {}{colon}{} {by}{comma}{within}{only}", words.on_request, words.by));
        }
        if let Some(decided) = &right.decided_at {
            self.line(&format!("- {}{colon}`{}`", words.decided, decided.source()));
        }
        if let Some(limited) = &right.limited {
            let window = match limited.within {
                Window::Year => words.each_year.to_owned(),
                Window::Event => words.each_event.to_owned(),
                Window::Trailing(length) => format!("{} {}", words.in_the_last, self.length(length)),
            };
            let most = limited.at_most.map(|most| format!("{} {}", words.at_most, self.amount(most)));
            let times = limited.times.map(|times| format!("{} {times}", words.no_more_often));
            let bounds: Vec<String> = most.into_iter().chain(times).collect();
            self.line(&format!("- {}{colon}{}{comma}{window}", words.limited, bounds.join(comma)));
        }
        for pause in &right.not_enforced {
            let says = self.text(&pause.says, promise);
            let from = pause.from.map(|from| format!("{} {}", words.from, self.date(from)));
            let until = pause.until.map(|until| format!("{} {}", words.until, self.date(until)));
            let when: Vec<String> = from.into_iter().chain(until).collect();
            self.line(&format!("- {}{colon}{} — {says}", words.not_enforced, when.join(comma)));
        }
    }

    fn exception(&self, exception: &Exception, promise: Option<&Promise>) -> String {
        let comma = self.words.comma;
        let words = self.words;
        let mut out = self.text(&exception.says, promise);
        let condition = exception.when.as_ref().map(|when| when.source());
        let detail = match (exception.shown_by, condition) {
            (Some(shape), condition) => format!("{} {}", words.shown_by, self.on(shape, condition)),
            (None, Some(condition)) => format!("{} `{condition}`", words.only_if),
            (None, None) => String::new(),
        };
        let _ = write!(out, "{}{detail}", if out.is_empty() { "" } else { " — " });
        if exception.within > 0 {
            let _ = write!(out, "{comma}{} {}", words.within, self.length(exception.within));
        }
        out
    }

    fn award(&self, award: &Award) -> String {
        let (colon, comma) = (self.words.colon, self.words.comma);
        let words = self.words;
        let kind = match award.kind {
            AwardKind::Restitution => words.restitution,
            AwardKind::Compensation => words.compensation,
        };
        let mut out = format!("{kind}{colon}");
        let _ = match &award.amount {
            Amount::Fixed(fixed) => write!(out, "{}", self.fixed(fixed)),
            Amount::Bands { by, .. } => write!(out, "{} `{}`", words.by_table, by.source()),
            Amount::Share { ratio, of } => write!(out, "{ratio} {} `{}`", words.of, of.source()),
            Amount::Each { rate, count } => write!(out, "{} {} `{}`", self.fixed(rate), words.for_each, count.source()),
        };
        if let Some(moment) = &award.dated_by {
            let _ = write!(out, "{comma}{} `{}`", words.dated_by, moment.source());
        }
        for reduction in &award.reduced {
            let when = reduction.when.as_ref().map(|when| when.source());
            let case = match (reduction.shown_by, when) {
                (Some(shape), when) => format!("{} {}", words.shown_by, self.on(shape, when)),
                (None, when) => format!("{} `{}`", words.only_if, when.unwrap_or_default()),
            };
            let _ = write!(out, "{comma}{} {} ({case})", words.reduced, reduction.to);
        }
        if let Some(times) = &award.times {
            let _ = write!(out, "{comma}× `{}`", times.source());
        }
        if let Some(most) = &award.at_most {
            let _ = write!(out, "{comma}{} {}", words.at_most, self.fixed(most));
        }
        if let Some(least) = &award.at_least {
            let _ = write!(out, "{comma}{} {}", words.at_least, self.fixed(least));
        }
        if let Some(step) = award.round_to {
            let _ = write!(out, "{comma}{} {}", words.rounded_to, self.amount(step));
        }
        if let Some(least) = award.least_payable {
            let _ = write!(out, "{comma}{} {}", words.least_payable, self.amount(least));
        }
        match award.pays_in {
            PaysIn::Same => {}
            PaysIn::Original => {
                let _ = write!(out, "{comma}{}", words.original);
            }
            PaysIn::Tender(tender) => {
                let name = self.charter.tenders.get(tender.code()).map(|tender| self.text(&tender.name, None));
                let _ = write!(out, "{comma}{} {}", words.paid_in, name.unwrap_or_else(|| tender.to_string()));
            }
        }
        if let Some(other) = award.or_in {
            let tender = self.charter.tenders.get(other.tender.code());
            let name = tender.map_or_else(|| other.tender.to_string(), |tender| self.text(&tender.name, None));
            let agreed = self.on(other.agreed, None);
            let _ = write!(out, "{comma}{} {agreed}{comma}{name} {} {}", words.or_in, words.worth, other.worth);
            match tender.and_then(|tender| tender.expires.as_ref()) {
                Some(Expires::Never) => {
                    let _ = write!(out, "{comma}{}", words.never_expires);
                }
                Some(Expires::After(clock)) => {
                    let _ = write!(out, "{comma}{} {}", words.expires, words.clock(clock));
                }
                None => {}
            }
        }
        out
    }

    fn fixed(&self, fixed: &Fixed) -> String {
        match fixed {
            Fixed::Money(money) => self.amount(*money),
            Fixed::Expr(expression) => format!("`{}`", expression.source()),
            Fixed::Value(id) => {
                let value = self.charter.values.get(*id);
                let entries = value.map(|value| value.entries.as_slice()).unwrap_or_default();
                let how = |from: &crate::value::Moment| {
                    let indexed = value.and_then(|value| value.indexed.get(from))?;
                    let (base, words) = (self.amount(indexed.base), self.words);
                    let ((was, first), (is, last)) = (&indexed.from, &indexed.to);
                    let (comma, index) = (words.comma, &indexed.index);
                    Some(format!("{comma}{base} {} `{index}`: {is} {last} / {was} {first}", words.indexed))
                };
                let dated = entries.iter().map(|(from, entry)| match entry {
                    Entry::Money(money) => {
                        let how = how(from).unwrap_or_default();
                        format!("{} ({} {}{how})", self.amount(*money), self.words.from, self.date(*from))
                    }
                    Entry::Bands(_) => String::new(),
                });
                dated.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn tables(&mut self, award: &Award) {
        let colon = self.words.colon;
        let Amount::Bands { table, by } = &award.amount else { return };
        let entries = self.charter.values.get(*table).map(|value| value.entries.as_slice()).unwrap_or_default();
        for (from, entry) in entries {
            let Entry::Bands(bands) = entry else { continue };
            let heading = format!("{} {}", self.words.from, self.date(*from));
            if bands.is_empty() {
                self.line(&format!("{heading}{colon}{}\n", self.words.nothing));
                continue;
            }
            let (heading, you_get) = (format!("{heading}{}", colon.trim_end()), self.words.you_get);
            self.line(&format!("{heading}\n\n| `{}` | {you_get} |\n|---|---|", by.source()));
            for (position, band) in bands.iter().enumerate() {
                let row = self.row(band, bands.get(position.saturating_add(1)));
                self.line(&row);
            }
            self.out.push('\n');
        }
    }

    fn row(&self, band: &Band, next: Option<&Band>) -> String {
        let words = self.words;
        let lower = if band.above { words.above } else { words.from };
        let reach = match next {
            Some(next) => {
                let upper = if next.above { words.up_to } else { words.to_below };
                format!("{lower} {} {upper} {}", band.written, next.written)
            }
            None if band.above => format!("{lower} {}", band.written),
            None => format!("{lower} {} {}", band.written, words.and_up),
        };
        let give = match &band.give {
            Give::Money(money) if money.is_zero() => words.nothing.to_owned(),
            Give::Money(money) => self.amount(*money),
            Give::Share { ratio, of } => format!("{ratio} {} `{}`", words.of, of.source()),
        };
        format!("| {reach} | {give} |")
    }
}
