//! One right on the page: what you get, by which table, how soon, and what takes it away.

use super::page::{Clause, Table, Term};
use crate::expr::Expr;
use crate::model::{
    Amount, Award, AwardKind, Band, Entry, Exception, Give, Promise, Right, ShapeId, Trigger, ValueId, Window,
};
use crate::plain::{Plain, Reach, Scale, capital};
use crate::value::Moment;

pub(super) fn clause(plain: &Plain<'_>, right: &Right) -> Clause {
    let promise = plain.charter.promises.get(right.promise);
    let data = match right.on {
        Trigger::Event(shape) => Some(shape),
        Trigger::Overdue => None,
    };
    let mut terms: Vec<Term> = right.awards.iter().map(|award| award_term(plain, award)).collect();
    terms.extend(silence(plain, right, promise));
    terms.extend(asked(plain, right));
    terms.extend(limited(plain, right));
    terms.push(paid(plain, right));
    terms.extend(right.if_late.as_ref().map(|award| if_late(plain, award)));
    terms.extend(exceptions(plain, right, promise, data));
    terms.extend(not_enforced(plain, right));
    Clause { id: right.name.to_string(), says: plain.text(&right.says, promise, data), terms }
}

fn award_term(plain: &Plain<'_>, award: &Award) -> Term {
    let label = match award.kind {
        AwardKind::Restitution => plain.pick("You get back", "退还给您", "Du får tilbake"),
        AwardKind::Compensation => plain.pick("You get", "补偿给您", "Du får"),
    };
    let words = plain.award(award);
    let mut lines: Vec<String> = (!words.amount.is_empty()).then(|| capital(&words.amount)).into_iter().collect();
    let Amount::Bands { table, by } = &award.amount else {
        if !words.details.is_empty() {
            lines.push(capital(&words.details.join(plain.pick("; ", "；", "; "))));
        }
        return Term { label, lines, tables: Vec::new(), after: Vec::new() };
    };
    let after = words.details.iter().map(|detail| capital(detail)).collect();
    Term { label, lines, tables: tables(plain, *table, by), after }
}

/// The tables of a dated value, the latest first.
fn tables(plain: &Plain<'_>, id: ValueId, by: &Expr) -> Vec<Table> {
    let entries = plain.entries(id);
    let several = entries.len() > 1;
    let bands = |entry: &Entry| match entry {
        Entry::Bands(bands) => bands.clone(),
        Entry::Money(_) => Vec::new(),
    };
    let all: Vec<Band> = entries.iter().flat_map(|(_, entry)| bands(entry)).collect();
    let scale = Scale::new(by, &all);
    let mut until = None;
    let mut tables = Vec::new();
    for (from, entry) in entries.iter().rev() {
        let caption = if several { caption(plain, *from, until) } else { String::new() };
        let (heading, gives) = (plain.heading(&scale), plain.pick("You get", "您得到", "Du får"));
        tables.push(Table { caption, heading, gives, rows: rows(plain, &bands(entry), &scale) });
        until = Some(*from);
    }
    tables
}

/// When a pause lasts, as far as that is known.
fn pause_time(plain: &Plain<'_>, from: Option<Moment>, until: Option<Moment>) -> String {
    match (from, until) {
        (Some(from), until) => caption(plain, from, until),
        (None, Some(until)) => {
            let until = plain.date(until);
            plain.pick(format!("Until {until}"), format!("至{until}止"), format!("Inntil {until}"))
        }
        (None, None) => plain.pick("For the time being", "目前", "Inntil videre").to_owned(),
    }
}

fn caption(plain: &Plain<'_>, from: Moment, until: Option<Moment>) -> String {
    let (from, until) = (plain.date(from), until.map(|until| plain.date(until)));
    match until {
        None => plain.pick(format!("From {from}"), format!("自{from}起"), format!("Fra {from}")),
        Some(until) => plain.pick(
            format!("From {from} until {until}"),
            format!("自{from}起，至{until}止"),
            format!("Fra {from} inntil {until}"),
        ),
    }
}

fn rows(plain: &Plain<'_>, bands: &[Band], scale: &Scale<'_>) -> Vec<(String, String)> {
    let gives_nothing = |band: &Band| matches!(&band.give, Give::Money(money) if money.is_zero());
    let mut rows = Vec::new();
    match bands.first() {
        None => rows.push((plain.reach(Reach { at: None, below: None }, scale), plain.nothing().to_owned())),
        Some(first) if (first.at > 0 || scale.around) && !gives_nothing(first) => {
            rows.push((plain.reach(Reach { at: None, below: Some(first) }, scale), plain.nothing().to_owned()));
        }
        Some(_) => {}
    }
    for (position, band) in bands.iter().enumerate() {
        let reach = Reach { at: Some(band), below: bands.get(position.saturating_add(1)) };
        rows.push((plain.reach(reach, scale), plain.give(&band.give)));
    }
    rows.into_iter().map(|(reach, gives)| (capital(&reach), capital(&gives))).collect()
}

/// From when silence counts as a failure.
fn silence(plain: &Plain<'_>, right: &Right, promise: Option<&Promise>) -> Option<Term> {
    let after = promise.filter(|_| right.on == Trigger::Overdue)?.silent_after;
    let label = plain.pick("It counts", "适用时间", "Det gjelder");
    let line = if after == 0 {
        plain
            .pick(
                "When nothing was heard by the agreed time",
                "截至约定时间仍无消息时",
                "Når ingenting er hørt innen avtalt tid",
            )
            .to_owned()
    } else {
        let after = plain.length(after);
        plain.pick(
            format!("When nothing was heard by {after} after the agreed time"),
            format!("约定时间后 {after}仍无消息时"),
            format!("Når ingenting er hørt innen {after} etter avtalt tid"),
        )
    };
    Some(Term { label, lines: vec![line], tables: Vec::new(), after: Vec::new() })
}

fn paid(plain: &Plain<'_>, right: &Right) -> Term {
    let label = plain.pick("Paid within", "支付期限", "Betales innen");
    let mut lines = Vec::new();
    let several = right.pay_within.len() > 1;
    for term in &right.pay_within {
        let clock = plain.clock(&term.within);
        let whom = match &term.when {
            Some(when) => plain
                .condition(when)
                .unwrap_or_else(|| plain.pick("in certain cases", "在特定情况下", "i visse tilfeller").to_owned()),
            None if several => plain.pick("otherwise", "其他情况", "ellers").to_owned(),
            None => String::new(),
        };
        lines.push(if whom.is_empty() {
            clock
        } else {
            plain.pick(format!("{clock} ({whom})"), format!("{clock}（{whom}）"), format!("{clock} ({whom})"))
        });
    }
    if lines.is_empty() {
        lines.push(plain.pick("No time is promised", "未承诺期限", "Ingen frist er lovet").to_owned());
    }
    Term { label, lines, tables: Vec::new(), after: Vec::new() }
}

/// Whether the customer must ask, and until when.
fn asked(plain: &Plain<'_>, right: &Right) -> Option<Term> {
    let request = right.on_request.as_ref()?;
    let label = plain.pick("You must ask", "须由您提出", "Du må be om det");
    let within = plain.clock(&request.within);
    let mut line = plain.pick(format!("Within {within}"), format!("在 {within}内提出"), format!("Innen {within}"));
    if let Some(when) = &request.when {
        let whom = plain.condition(when);
        let whom =
            whom.unwrap_or_else(|| plain.pick("in certain cases", "在特定情况下", "i visse tilfeller").to_owned());
        line.push_str(&plain.pick(format!(" ({whom})"), format!("（{whom}）"), format!(" ({whom})")));
    }
    Some(Term { label, lines: vec![line], tables: Vec::new(), after: Vec::new() })
}

/// How much, or how often, in a year.
fn limited(plain: &Plain<'_>, right: &Right) -> Option<Term> {
    let limited = right.limited?;
    let window = match limited.within {
        Window::Year => plain.pick("in a calendar year", "每个日历年", "i et kalenderår").to_owned(),
        Window::Event => plain.pick("for one event", "每个事件", "for én hendelse").to_owned(),
        Window::Trailing(length) => {
            let length = plain.length(length);
            plain.pick(format!("within {length}"), format!("{length}内"), format!("i løpet av {length}"))
        }
    };
    let most = limited.at_most.map(|most| {
        let most = plain.money(most);
        plain.pick(format!("At most {most} {window}"), format!("{window}最多 {most}"), format!("Høyst {most} {window}"))
    });
    let times = limited.times.map(|times| {
        plain.pick(
            format!("At most {times} times {window}"),
            format!("{window}最多 {times} 次"),
            format!("Høyst {times} ganger {window}"),
        )
    });
    let label = plain.pick("Altogether", "累计上限", "Til sammen");
    Some(Term { label, lines: most.into_iter().chain(times).collect(), tables: Vec::new(), after: Vec::new() })
}

/// When an authority does not enforce it.
fn not_enforced(plain: &Plain<'_>, right: &Right) -> Option<Term> {
    let lines: Vec<String> = right
        .not_enforced
        .iter()
        .map(|pause| {
            let says = plain.text(&pause.says, None, None);
            let when = capital(&pause_time(plain, pause.from, pause.until));
            plain.pick(format!("{when}: {says}"), format!("{when}：{says}"), format!("{when}: {says}"))
        })
        .collect();
    let label = plain.pick("Not enforced", "暂不执行", "Håndheves ikke");
    (!lines.is_empty()).then_some(Term { label, lines, tables: Vec::new(), after: Vec::new() })
}

fn if_late(plain: &Plain<'_>, award: &Award) -> Term {
    let words = plain.award(award);
    let amount = std::iter::once(words.amount).chain(words.details);
    let amount: Vec<String> = amount.filter(|part| !part.is_empty()).collect();
    let on_top = amount.join(plain.pick("; ", "；", "; "));
    let line = plain.pick(format!("{on_top} on top"), format!("另加 {on_top}"), format!("{on_top} i tillegg"));
    let tables = match &award.amount {
        Amount::Bands { table, by } => tables(plain, *table, by),
        _ => Vec::new(),
    };
    let label = plain.pick("If we pay late", "如果我们迟付", "Hvis vi betaler for sent");
    Term { label, lines: vec![capital(line.trim())], tables, after: Vec::new() }
}

fn exceptions(plain: &Plain<'_>, right: &Right, promise: Option<&Promise>, data: Option<ShapeId>) -> Option<Term> {
    if right.unless.is_empty() {
        return None;
    }
    let mut lines: Vec<String> =
        right.unless.iter().map(|exception| exception_line(plain, exception, promise, data)).collect();
    if right.unless.iter().any(|exception| exception.shown_by.is_some()) {
        lines.push(
            plain
                .pick(
                    "The burden of proof is ours: what we cannot prove takes nothing from you.",
                    "举证责任在我们：我们无法证明的，不影响您应得的补偿。",
                    "Bevisbyrden er vår: Det vi ikke kan bevise, tar ingenting fra deg.",
                )
                .to_owned(),
        );
    }
    Some(Term {
        label: plain.pick("Not owed when", "不予补偿的情形", "Gis ikke når"),
        lines,
        tables: Vec::new(),
        after: Vec::new(),
    })
}

fn exception_line(
    plain: &Plain<'_>,
    exception: &Exception,
    promise: Option<&Promise>,
    data: Option<ShapeId>,
) -> String {
    let mut line = plain.text(&exception.says, promise, data);
    if line.is_empty() {
        line = plain
            .pick(
                "A further exception applies that this page does not describe; ask us.",
                "另有一项本页未作说明的例外，请向我们咨询。",
                "Et unntak til gjelder som denne siden ikke beskriver; spør oss.",
            )
            .to_owned();
    }
    if exception.shown_by.is_some() && exception.within > 0 {
        if !line.ends_with(['.', '!', '?', '。', '！', '？']) {
            line.push_str(plain.pick(".", "。", "."));
        }
        let within = plain.length(exception.within);
        line.push_str(&plain.pick(
            format!(" We must show it within {within}."),
            format!("我们须在 {within}内证明。"),
            format!(" Vi må vise det innen {within}."),
        ));
    }
    line
}
