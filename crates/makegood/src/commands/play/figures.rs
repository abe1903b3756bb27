use std::collections::BTreeMap;

use makegood_charter::Moment;
use makegood_charter::value::Value;
use makegood_charter::words;
use makegood_core::{PlayState, PromiseState, StepState};
use makegood_value::share::Share;

use super::gather::{Case, cases};
use crate::Failure;
use crate::language::Language;
use crate::open::Opened;
use crate::output::{amount, grouped, put, put_line, table};

/// A day in milliseconds.
const DAY: f64 = 86_400_000.0;
/// How many of those who did steps are named.
const PEOPLE: usize = 20;

/// What was counted of one step.
#[derive(Default)]
struct Step {
    entered: u64,
    kept: u64,
    late: u64,
    broken: u64,
    overdue: u64,
    days: Vec<f64>,
}

/// What one person did.
#[derive(Default)]
struct Person {
    done: u64,
    in_time: u64,
    steps: BTreeMap<Box<str>, u64>,
}

/// What was counted of a group of plays.
#[derive(Default)]
struct Figures {
    began: u64,
    running: u64,
    overdue: u64,
    done: u64,
    endings: BTreeMap<Box<str>, u64>,
    days: Vec<f64>,
    steps: Vec<(Box<str>, Step)>,
    people: BTreeMap<Box<str>, Person>,
    /// Amounts that events said, by event, field and commodity.
    amounts: BTreeMap<(Box<str>, Box<str>), Vec<i64>>,
    /// Of those that were worked, however they ended, and of those that were left alone: what came about, and what was heard.
    worked: Heard,
    alone: Heard,
}

#[derive(Default)]
struct Heard {
    plays: u64,
    /// Of those of a playbook that says what it is for: how many, and of how many that came about.
    aiming: u64,
    aimed: u64,
    /// Of the others: of how many an event was heard.
    events: BTreeMap<Box<str>, u64>,
}

/// How the plays of a playbook came out, as a whole or by a field of the event that began them.
pub fn run(opened: &Opened, playbook: &str, by: Option<&str>, language: Language) -> Result<bool, Failure> {
    known(opened, playbook, by)?;
    let mut groups: BTreeMap<String, Figures> = BTreeMap::new();
    cases(
        opened,
        |row| *row.clause == *playbook,
        |case| {
            let group = by.and_then(|field| value_of(opened, &case, field, language)).unwrap_or_default();
            groups.entry(group).or_default().count(opened, &case);
            Ok(())
        },
    )?;
    if groups.is_empty() {
        put_line!("{playbook}: {}", language.of(["none has begun", "尚无开始的事项", "ingen har begynt"]));
    }
    for (value, figures) in groups {
        let title = by.map_or_else(|| playbook.to_owned(), |field| format!("{playbook}, {field}: {value}"));
        put!("{}", figures.text(&title, language));
    }
    Ok(true)
}

/// Refuses a playbook, or a field, that no charter knows.
fn known(opened: &Opened, name: &str, by: Option<&str>) -> Result<(), Failure> {
    let versions = opened.book.versions();
    let mut of_this = versions
        .iter()
        .flat_map(|rules| rules.charter.playbooks.iter().map(move |playbook| (&rules.charter, playbook)))
        .filter(|(_, playbook)| *playbook.name == *name)
        .peekable();
    if of_this.peek().is_none() {
        let mut names: Vec<&str> =
            versions.iter().flat_map(|rules| &rules.charter.playbooks).map(|one| &*one.name).collect();
        names.sort_unstable();
        names.dedup();
        let help = if names.is_empty() {
            "put a charter in force that has `playbooks`".to_owned()
        } else {
            format!("there are: {}", names.join(", "))
        };
        return Err(Failure::new("M052", format!("no charter has a playbook `{name}`"), help));
    }
    let Some(field) = by else { return Ok(()) };
    let shapes = of_this.filter_map(|(charter, playbook)| charter.shapes.get(playbook.on));
    let mut fields: Vec<&str> = shapes.flat_map(|shape| shape.fields.iter().map(|field| &*field.name)).collect();
    if fields.contains(&field) {
        return Ok(());
    }
    fields.sort_unstable();
    fields.dedup();
    let message = format!("the event that begins `{name}` has no field `{field}`");
    Err(Failure::new("M053", message, format!("it has: {}", fields.join(", "))))
}

/// A field of the event that began a play, in words.
fn value_of(opened: &Opened, case: &Case, field: &str, language: Language) -> Option<String> {
    let (rules, playbook) = case.playbook(opened)?;
    let shape = rules.charter.shapes.get(playbook.on)?;
    let position = *shape.positions.get(field)?;
    let kind = &shape.fields.get(position)?.kind;
    Some(words::show(case.play.began.get(position)?, kind, &rules.charter.zone, language.0))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a case are far below 2^53")]
fn days(from: Moment, until: Moment) -> f64 {
    until.0.saturating_sub(from.0) as f64 / DAY
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (lower, upper) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    Some(f64::midpoint(*values.get(lower)?, *values.get(upper)?))
}

fn add(count: &mut u64, one: bool) {
    *count = count.saturating_add(u64::from(one));
}

impl Figures {
    fn count(&mut self, opened: &Opened, case: &Case) {
        let Some((rules, playbook)) = case.playbook(opened) else { return };
        let play = &case.play;
        let heard = if play.state == PlayState::Control { &mut self.alone } else { &mut self.worked };
        heard.plays = heard.plays.saturating_add(1);
        if playbook.aim.is_some() {
            add(&mut heard.aiming, true);
            add(&mut heard.aimed, play.aim.is_some());
        }
        let mut shapes: Vec<_> = play.heard.iter().map(|proof| proof.shape).collect();
        shapes.sort_unstable();
        shapes.dedup();
        for shape in shapes.into_iter().filter_map(|shape| rules.charter.shapes.get(shape)) {
            add(heard.events.entry(shape.name.clone()).or_default(), true);
        }
        if play.state == PlayState::Control {
            return;
        }
        self.began = self.began.saturating_add(1);
        add(&mut self.running, play.state == PlayState::Running);
        add(&mut self.done, play.state == PlayState::Done);
        if let Some(ending) = play.ending.and_then(|ending| playbook.endings.get(ending)) {
            add(self.endings.entry(ending.name.clone()).or_default(), true);
        }
        self.days.extend(play.ended_at.map(|ended| days(play.began_at, ended)));
        let mut overdue = false;
        for (step, state) in playbook.steps.iter().zip(&play.steps) {
            overdue |= self.count_step(&step.name, case, *state);
        }
        add(&mut self.overdue, overdue);
        for proof in &play.heard {
            let Some(shape) = rules.charter.shapes.get(proof.shape) else { continue };
            for (field, value) in shape.fields.iter().zip(&proof.data) {
                if let Value::Money(money) = value {
                    let what = format!("{} {}", shape.name, field.name).into();
                    let unit = format!("{}/{}", money.commodity.code(), money.commodity.decimals()).into();
                    self.amounts.entry((what, unit)).or_default().push(money.minor);
                }
            }
        }
    }

    /// Counts a step; true when it is overdue.
    fn count_step(&mut self, name: &str, case: &Case, state: StepState) -> bool {
        let position = self.steps.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
            self.steps.push((name.into(), Step::default()));
            self.steps.len().saturating_sub(1)
        });
        let Some((_, step)) = self.steps.get_mut(position) else { return false };
        let Some(promise) = case.promise(state) else { return false };
        add(&mut step.entered, true);
        add(&mut step.kept, promise.state == PromiseState::Kept);
        add(&mut step.late, promise.state == PromiseState::KeptLate);
        add(&mut step.broken, promise.state == PromiseState::Broken);
        add(&mut step.overdue, promise.state == PromiseState::Overdue);
        let done = matches!(promise.state, PromiseState::Kept | PromiseState::KeptLate);
        if let Some((at, _)) = promise.settled.filter(|_| done) {
            step.days.push(days(case.play.began_at, at));
            let by = promise.hands.as_deref().map(|hands| &*hands.done_by).filter(|by| !by.is_empty());
            if let Some(by) = by {
                let person = self.people.entry(by.into()).or_default();
                add(&mut person.done, true);
                add(&mut person.in_time, promise.state == PromiseState::Kept);
                add(person.steps.entry(name.into()).or_default(), true);
            }
        }
        promise.state == PromiseState::Overdue
    }

    fn text(mut self, title: &str, language: Language) -> String {
        let of = |texts: [&'static str; 3]| language.of(texts);
        let left_alone = match self.alone.plays {
            0 => String::new(),
            alone => format!(", {} {}", grouped(alone), of(["left alone", "个为对照组", "latt i fred"])),
        };
        let mut text = format!(
            "{title}\n  {} {}, {} {} ({} {}){left_alone}\n",
            grouped(self.began),
            of(["begun", "个开始", "begynt"]),
            grouped(self.running),
            of(["running", "个进行中", "pågår"]),
            grouped(self.overdue),
            of(["with a step overdue", "个有步骤逾期", "med et forfalt steg"])
        );
        if let Some(share) = Share::new(self.worked.aimed, self.worked.aiming) {
            let came = ["what it is for came about in time", "目标按期达成", "det den er til for, ble til noe i tide"];
            let range = between(percent(share.low, language), percent(share.high, language), language);
            let (count, all, slash) = (grouped(share.count), grouped(share.of), of(["of", "/", "av"]));
            text.push_str(&format!("  {}: {count} {slash} {all} ({} {range})\n", of(came), of(BETWEEN)));
        }
        let ended = self.began.saturating_sub(self.running);
        let mut rows = vec![language.each([
            ["how it came out", "结果", "hvordan det gikk"],
            ["plays", "数量", "saker"],
            ["share", "占比", "andel"],
            BETWEEN,
        ])];
        let every = of(["every step done", "所有步骤完成", "alle steg gjort"]);
        let all = [(every.into(), self.done)].into_iter().chain(self.endings.clone());
        rows.extend(all.map(|(name, count)| share_row(name.to_string(), count, ended, language)));
        let endings = ["Endings, of those that ended", "已结束事项的结果", "Utfall, av dem som er avsluttet"];
        section(&mut text, of(endings), &rows, &[1, 2, 3]);
        if let Some(median) = median(&mut self.days) {
            let days = of(["median days to the end", "到结束的中位天数", "median dager til slutten"]);
            let (median, count) = (language.decimal(format!("{median:.1}")), self.days.len());
            text.push_str(&format!("\n  {days}: {median} ({} {count})\n", of(["of", "共", "av"])));
        }
        section(&mut text, of(["Steps", "步骤", "Steg"]), &self.stepped(language), &[1, 2, 3, 4, 5, 6]);
        let compared = ["Worked against left alone", "处理组与对照组比较", "Arbeidet med, mot latt i fred"];
        section(&mut text, of(compared), &self.compared(language), &[1, 2, 3, 4]);
        let amounts = ["Amounts said", "提及的金额", "Beløp som ble sagt"];
        section(&mut text, of(amounts), &self.amounts_said(language), &[1, 2, 3]);
        let who = ["Who did the steps", "步骤完成人", "Hvem som gjorde stegene"];
        section(&mut text, of(who), &self.who(language), &[1, 2]);
        text.push('\n');
        text
    }

    fn stepped(&mut self, language: Language) -> Vec<Vec<String>> {
        let mut rows = vec![language.each([
            ["step", "步骤", "steg"],
            ["entered", "进入", "begynt"],
            ["kept", "已履行", "holdt"],
            ["kept late", "迟延履行", "holdt for sent"],
            ["broken", "已违约", "brutt"],
            ["overdue", "已逾期", "forfalt"],
            ["median days from the start", "距开始的中位天数", "median dager fra begynnelsen"],
        ])];
        for (name, step) in &mut self.steps {
            let days =
                median(&mut step.days).map_or_else(|| "-".to_owned(), |days| language.decimal(format!("{days:.1}")));
            let counts = [step.entered, step.kept, step.late, step.broken, step.overdue].map(grouped);
            rows.push([name.to_string()].into_iter().chain(counts).chain([days]).collect());
        }
        rows
    }

    /// What came about with plays that were worked, whatever became of them, and with those that were left alone; only where some
    /// were. Where a playbook does not say what it is for, what was heard of them.
    fn compared(&self, language: Language) -> Vec<Vec<String>> {
        if self.alone.plays == 0 {
            return Vec::new();
        }
        let aimed = self.alone.aiming > 0;
        let what = if aimed {
            ["what it is for", "目标", "hva den er til for"]
        } else {
            ["what was heard", "听到的事件", "hva som ble hørt"]
        };
        let mut rows = vec![language.each([
            what,
            ["worked", "处理组", "arbeidet med"],
            ["left alone", "对照组", "latt i fred"],
            ["difference", "差异", "forskjell"],
            BETWEEN,
        ])];
        let mut row = |name: &str, worked: (u64, u64), alone: (u64, u64)| {
            let (Some(worked), Some(alone)) = (Share::new(worked.0, worked.1), Share::new(alone.0, alone.1)) else {
                return;
            };
            let (less, of) = (worked.less(&alone), language.of(["of", "/", "av"]));
            let shown =
                |share: &Share| format!("{} {of} {}: {}", share.count, share.of, percent(share.share, language));
            rows.push(vec![
                name.to_owned(),
                shown(&worked),
                shown(&alone),
                points(less.difference, language),
                between(points(less.low, language), points(less.high, language), language),
            ]);
        };
        if aimed {
            let came = language.of(["came about in time", "按期达成", "ble til noe i tide"]);
            row(came, (self.worked.aimed, self.worked.aiming), (self.alone.aimed, self.alone.aiming));
            return rows;
        }
        for (event, count) in &self.alone.events {
            let worked = self.worked.events.get(event).copied().unwrap_or_default();
            row(event, (worked, self.worked.plays), (*count, self.alone.plays));
        }
        rows
    }

    fn amounts_said(&self, language: Language) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for ((what, unit), values) in &self.amounts {
            let (code, decimals) = unit.split_once('/').unwrap_or((unit, "2"));
            let decimals = decimals.parse().unwrap_or(2);
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let middle = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default();
            let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
            let shown = |minor: i128| format!("{} {code}", language.decimal(amount(minor, decimals)));
            rows.push(vec![what.to_string(), grouped(values.len() as u64), shown(i128::from(middle)), shown(sum)]);
        }
        if !rows.is_empty() {
            let head = [
                ["event and field", "事件与字段", "hendelse og felt"],
                ["times", "次数", "ganger"],
                ["median", "中位数", "median"],
                ["sum", "合计", "sum"],
            ];
            rows.insert(0, language.each(head));
        }
        rows
    }

    fn who(&self, language: Language) -> Vec<Vec<String>> {
        let mut people: Vec<_> = self.people.iter().collect();
        people.sort_by_key(|(name, person)| (std::cmp::Reverse(person.done), (*name).clone()));
        let more = people.len().saturating_sub(PEOPLE);
        let mut rows: Vec<Vec<String>> = people
            .iter()
            .take(PEOPLE)
            .map(|(name, Person { done, in_time, steps })| {
                let steps = steps
                    .iter()
                    .map(|(step, count)| if *count > 1 { format!("{step} {count}×") } else { step.to_string() });
                vec![name.to_string(), grouped(*done), grouped(*in_time), steps.collect::<Vec<_>>().join(", ")]
            })
            .collect();
        if !rows.is_empty() {
            let head = [
                ["who", "人员", "hvem"],
                ["done", "完成", "gjort"],
                ["in time", "按时", "i tide"],
                ["which", "步骤", "hvilke"],
            ];
            rows.insert(0, language.each(head));
        }
        if more > 0 {
            rows.push(vec![match language.0 {
                "zh" => format!("另有 {more} 人"),
                "nb" => format!("og {more} til"),
                _ => format!("and {more} more"),
            }]);
        }
        rows
    }
}

/// The head of a column with the range in which a share lies.
const BETWEEN: [&str; 3] = ["95 times in 100 between", "95% 区间", "95 av 100 ganger mellom"];

fn section(text: &mut String, title: &str, rows: &[Vec<String>], right: &[usize]) {
    if !rows.is_empty() {
        text.push_str(&format!("\n{title}\n{}", table(rows, right)));
    }
}

fn share_row(name: String, count: u64, of: u64, language: Language) -> Vec<String> {
    let Some(share) = Share::new(count, of) else { return vec![name, grouped(count), "-".to_owned(), "-".to_owned()] };
    let range = between(percent(share.low, language), percent(share.high, language), language);
    vec![name, grouped(count), percent(share.share, language), range]
}

fn between(low: String, high: String, language: Language) -> String {
    format!("{low} {} {high}", language.of(["and", "至", "og"]))
}

fn percent(share: f64, language: Language) -> String {
    language.decimal(format!("{:.1} %", share * 100.0))
}

fn points(difference: f64, language: Language) -> String {
    language.decimal(format!("{:+.1}", difference * 100.0))
}
