use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::gamma_gamma::GammaGamma;
use crate::lifetime::{Discount, Terms};
use crate::repeat::{Repeat, RepeatModel};
use crate::testing::cdnow;
use crate::{Day, Fault, Histories, Summary, Transaction, ValueError};

fn row(party: &str, course: Course, figures: [i64; 7]) -> PartyRow {
    let [opening, expected_margin, expected_closing, margin, goodwill, same_model, closing] = figures;
    PartyRow {
        party: party.to_owned(),
        currency: "USD".to_owned(),
        opening_segment: "gold".to_owned(),
        closing_segment: "gold".to_owned(),
        course,
        opening_minor: opening,
        expected_margin_minor: expected_margin,
        expected_closing_minor: expected_closing,
        margin_minor: margin,
        goodwill_minor: goodwill,
        closing_same_model_minor: same_model,
        closing_minor: closing,
    }
}

fn text(section: &Section) -> String {
    section
        .lines
        .iter()
        .map(|(line, cell)| format!("{} {} ({})\n", line.title(), cell.amount_minor, cell.parties))
        .collect()
}

#[test]
fn every_course_has_its_line_and_the_lines_add_up() {
    let late = Cause::BrokenPromise("departure".to_owned());
    let rows = [
        row("stays", Course::Stayed, [1000, 300, 800, 350, 0, 900, 880]),
        row("lost", Course::Lost(late.clone()), [500, 100, 450, 40, 25, 0, 0]),
        row("gone", Course::Lost(Cause::Unknown), [200, 50, 170, 0, 0, 0, 0]),
        row("new", Course::New, [0, 0, 0, 120, 0, 400, 410]),
        row("back", Course::Regained, [0, 0, 0, 60, 15, 240, 230]),
    ];
    let statement = statement(&rows).expect("a statement");
    assert_eq!(
        text(&statement.whole),
        "opening 1700 (3)\n\
         new parties 520 (1)\n\
         unwinding of discount 170 (3)\n\
         margin received, net of goodwill -530 (4)\n\
         behaviour better or worse than expected 40 (3)\n\
         written down: lost, broken promise `departure` -450 (1)\n\
         written down: lost, unknown -170 (1)\n\
         regained 300 (1)\n\
         goodwill and remedies spent -40 (2)\n\
         change of model -20 (3)\n\
         closing 1520 (3)\n"
    );
    assert_eq!(statement.whole.written_down(), -620);
    assert_eq!(
        statement.causes().first().map(|(cause, cell)| (cause.clone(), cell.amount_minor)),
        Some((late.clone(), -450))
    );
    let behind = Statement::drill_down(&rows, &Line::Lost(late), Some("gold")).expect("parties");
    assert_eq!(
        behind.iter().map(|drill| (drill.party.as_str(), drill.amount_minor)).collect::<Vec<_>>(),
        [("lost", -450)]
    );
}

#[test]
fn a_move_between_segments_leaves_the_whole_as_it_is() {
    let mut moved = row("moves", Course::Stayed, [1000, 300, 800, 350, 0, 900, 880]);
    moved.opening_segment = "silver".to_owned();
    let statement = statement(&[moved]).expect("a statement");
    assert_eq!(statement.whole.amount(&Line::MovedSegment), 0);
    assert_eq!(
        text(statement.segment("silver").expect("silver")),
        "opening 1000 (1)\nmoved between segments -1000 (1)\nclosing 0 (0)\n"
    );
    let gold = statement.segment("gold").expect("gold");
    assert_eq!(
        (gold.amount(&Line::Opening), gold.amount(&Line::MovedSegment), gold.amount(&Line::Closing)),
        (0, 1000, 880)
    );
}

#[test]
fn bad_rows_are_named() {
    let fine = || row("a", Course::Stayed, [1, 0, 1, 0, 0, 1, 1]);
    let pound = PartyRow { currency: "GBP".to_owned(), ..row("b", Course::Stayed, [0; 7]) };
    for (second, says) in [
        (pound, "row 2: the amount is in `GBP`, the rows before it in `USD`"),
        (fine(), "row 2: `a` occurs twice"),
        (row("b", Course::New, [5, 0, 0, 0, 0, 0, 0]), "row 2: a new party has an opening value"),
    ] {
        let error = statement(&[fine(), second]).expect_err("refused").to_string();
        assert!(error.contains(says), "{error}");
    }
    let large = row("a", Course::Stayed, [i64::MAX, 0, i64::MIN, 0, 0, 0, 0]);
    assert!(matches!(statement(&[large]), Err(ValueError::Overflow { .. })));
    assert_eq!(statement(&[]).expect("an empty statement").whole.lines.len(), 2);
}

fn any_row(number: usize) -> impl Strategy<Value = PartyRow> {
    let amount = || -1_000_000_000_000_i64..1_000_000_000_000;
    let course = prop_oneof![
        Just(Course::Stayed),
        Just(Course::Gone),
        Just(Course::New),
        Just(Course::Regained),
        Just(Course::Lost(Cause::Price)),
        Just(Course::Lost(Cause::BrokenPromise("x".to_owned()))),
    ];
    let amounts = (amount(), amount(), amount(), amount(), 0_i64..1_000_000, amount(), amount());
    (course, amounts, 0..3_u8, 0..3_u8).prop_map(move |(course, amounts, from, to)| {
        let (a, b, c, d, e, f, g) = amounts;
        let figures = if course == Course::New { [0, 0, 0, d, e, f, g] } else { [a, b, c, d, e, f, g] };
        let mut row = row(&format!("party-{number}"), course, figures);
        row.closing_segment = format!("segment-{to}");
        row.opening_segment =
            if row.course == Course::New { row.closing_segment.clone() } else { format!("segment-{from}") };
        row
    })
}

proptest! {
    /// Whatever the figures: every section adds up, the segments add up to the whole, and the drill-down to the line.
    #[test]
    fn any_statement_reconciles(rows in (0..30_usize).prop_flat_map(|count| (0..count).map(any_row).collect::<Vec<_>>())) {
        let statement = statement(&rows).expect("a statement");
        for section in statement.segments.iter().chain([&statement.whole]) {
            let sum: i64 = section.lines.iter().filter(|(line, _)| *line != Line::Closing).map(|(_, cell)| cell.amount_minor).sum();
            prop_assert_eq!(sum, section.amount(&Line::Closing));
        }
        for (line, cell) in &statement.whole.lines {
            let segments: i64 = statement.segments.iter().map(|section| section.amount(line)).sum();
            prop_assert_eq!(segments, cell.amount_minor);
            let drilled: i64 = Statement::drill_down(&rows, line, None).expect("parties").iter().map(|drill| drill.amount_minor).sum();
            prop_assert_eq!(drilled, cell.amount_minor);
        }
        prop_assert_eq!(statement.whole.amount(&Line::Opening), rows.iter().map(|row| row.opening_minor).sum::<i64>());
    }
}

fn valuation(horizon: f64) -> Valuation {
    Valuation {
        repeat: Repeat::new(RepeatModel::BgNbd, [0.243, 4.414, 0.793, 2.426]).expect("valid parameters"),
        spend: GammaGamma::new(6.25, 3.74, 1544.0).expect("valid parameters"),
        terms: Terms {
            discount: Discount::yearly(0.1, 52.18).expect("a rate"),
            horizon,
            margin: 0.3,
            cost_per_purchase: 0.0,
        },
    }
}

fn known(closing: Summary, opening: Option<Summary>) -> Known<'static> {
    Known {
        party: "customer:1",
        currency: "USD",
        segments: ("all", "all"),
        opening,
        closing,
        was_lost: false,
        lost: None,
        margin_minor: 0,
        goodwill_minor: 0,
    }
}

#[test]
fn the_discount_unwinds_by_the_rate_when_all_goes_as_expected() {
    let opening = Summary { repeats: 4, last: 20.0, age: 22.0, spend: 3000.0 };
    let closing = Summary { age: 35.0, ..opening };
    let model = valuation(f64::INFINITY);
    let rows = appraise(&[known(closing, Some(opening))], &model, &model, 13.0, 1).expect("a row");
    let row = &rows[0];
    assert_eq!(row.opening_minor, model.value_minor(&opening).expect("a value"));
    assert_eq!(row.closing_minor, model.value_minor(&closing).expect("a value"));
    // V₀ e^{δΔ} = E[V₁] + the margin compounded, so the unwinding lies between the interest on E[V₁] and that on V₀.
    let growth = 1.1f64.powf(13.0 / 52.18) - 1.0;
    let unwinding = (row.expected_closing_minor + row.expected_margin_minor - row.opening_minor) as f64;
    assert!(
        unwinding < row.opening_minor as f64 * growth && unwinding > row.expected_closing_minor as f64 * growth * 0.9
    );
    // Thirteen silent weeks are worse than expected: behaviour is negative.
    let statement = statement(&rows).expect("a statement");
    assert!(statement.whole.amount(&Line::Behaviour) < 0);
    assert_eq!(statement.whole.amount(&Line::ModelChange), 0);
}

#[test]
fn what_became_of_a_party_decides_its_course() {
    let summary = Summary { repeats: 4, last: 20.0, age: 22.0, spend: 3000.0 };
    let there = known(summary, Some(summary));
    let lost = Some(Cause::Competitor);
    for (known, course, opening, closing) in [
        (there.clone(), Course::Stayed, true, true),
        (known(summary, None), Course::New, false, true),
        (Known { lost: lost.clone(), ..there.clone() }, Course::Lost(Cause::Competitor), true, false),
        (Known { was_lost: true, ..there.clone() }, Course::Regained, false, true),
        (Known { was_lost: true, lost, ..there.clone() }, Course::Gone, false, false),
    ] {
        let rows = appraise(&[known], &valuation(104.0), &valuation(52.0), 13.0, 1).expect("a row");
        let row = &rows[0];
        assert_eq!((&row.course, row.opening_minor != 0, row.closing_minor != 0), (&course, opening, closing));
        assert!(!closing || row.closing_same_model_minor > row.closing_minor, "the closing model looks less far ahead");
        statement(&rows).expect("a statement");
    }
}

#[test]
fn the_customers_of_cdnow_reconcile() {
    let customers = cdnow();
    let parties: Vec<String> = (0..customers.len()).map(|number| format!("customer:{number}")).collect();
    let known: Vec<Known<'_>> = customers
        .iter()
        .zip(&parties)
        .map(|(customer, party)| {
            let later = Summary { age: customer.age + 13.0, ..*customer };
            Known { party, ..known(later, Some(*customer)) }
        })
        .collect();
    let rows = appraise(&known, &valuation(260.0), &valuation(260.0), 13.0, 2).expect("rows");
    let statement = statement(&rows).expect("a statement");
    let total: i64 = customers.iter().map(|customer| valuation(260.0).value_minor(customer).expect("a value")).sum();
    assert_eq!(statement.whole.amount(&Line::Opening), total);
    let bad = Known { closing: Summary { last: 90.0, ..customers[0] }, ..known[0].clone() };
    let error = appraise(&[known[1].clone(), bad], &valuation(260.0), &valuation(260.0), 13.0, 1).expect_err("refused");
    match error {
        ValueError::BadRows(bad) => assert_eq!(bad.listed, [(2, Fault::LastAfterAge { last: 90.0, age: 38.86 })]),
        other => panic!("{other}"),
    }
}

#[test]
fn amounts_that_do_not_fit_are_refused() {
    for (amount, expected) in [(0.5, Some(1)), (-0.5, Some(-1)), (2.4, Some(2)), (1e30, None), (f64::NAN, None)] {
        assert_eq!(to_minor(amount).ok(), expected);
    }
}

fn period() -> Period {
    Period { from: 300, to: 400, days_per_period: 7.0, lost_below: 0.5, threads: 1 }
}

/// Weekly buyers up to the day given, all of them customers since day 0.
fn weekly(customers: &[(&str, i32)]) -> Histories {
    let rows = customers
        .iter()
        .flat_map(|(customer, until)| (0..=*until).step_by(7).map(|day| Transaction::new(customer, day, 2000, "USD")));
    Histories::read(rows).expect("a log")
}

#[test]
fn a_loss_has_the_cause_that_was_stated_or_the_last_promise_that_let_down() {
    let histories =
        weekly(&[("dealt", 399), ("gone", 308), ("let-down", 308), ("said-why", 308), ("was-gone", 100), ("young", 0)]);
    let broken = |name: &str| Cause::BrokenPromise(name.to_owned());
    let down = |days: &[(i32, &str)]| {
        days.iter().map(|(day, name)| LetDown { day: *day, until: None, cause: broken(name) }).collect()
    };
    let around = BTreeMap::from([
        // Forgiven: it bought again afterwards.
        ("dealt".to_owned(), Circumstances { let_down: down(&[(200, "delivery")]), ..Circumstances::default() }),
        ("gone".to_owned(), Circumstances { let_down: down(&[(100, "delivery")]), ..Circumstances::default() }),
        (
            "let-down".to_owned(),
            Circumstances {
                let_down: down(&[(308, "delivery"), (310, "refund"), (600, "later")]),
                spent: vec![(300, 99), (301, 40), (400, 2), (401, 9)],
                ..Circumstances::default()
            },
        ),
        (
            "said-why".to_owned(),
            Circumstances {
                left: vec![(250, Cause::Competitor), (320, Cause::Price)],
                let_down: down(&[(310, "refund")]),
                ..Circumstances::default()
            },
        ),
    ]);
    let valuation = valuation(f64::INFINITY);
    let rows = party_rows(&histories, &around, &period(), &valuation, &valuation).expect("rows");
    let course = |party: &str| rows.iter().find(|row| row.party == party).expect("a row").course.clone();
    assert_eq!(course("dealt"), Course::Stayed);
    assert_eq!(course("gone"), Course::Lost(Cause::Unknown));
    assert_eq!(course("let-down"), Course::Lost(Cause::BrokenPromise("refund".to_owned())));
    assert_eq!(course("said-why"), Course::Lost(Cause::Price));
    assert_eq!(course("was-gone"), Course::Gone, "lost before: nothing left to write down");
    let spent = rows.iter().find(|row| row.party == "let-down").expect("a row").goodwill_minor;
    assert_eq!(spent, 42);
    let drawn = statement(&rows).expect("a statement");
    assert_eq!(drawn.causes().len(), 3);
    assert!(drawn.causes().iter().all(|(_, cell)| cell.amount_minor < 0 && cell.parties == 1), "{:?}", drawn.causes());
}

#[test]
fn given_times_of_loss_decide_and_nothing_later_is_known() {
    let histories = weekly(&[("back", 399), ("gone", 399), ("kept", 100), ("overdue-then", 399)]);
    let spell = |from, until, stated| LostSpell { from, until, stated };
    let lost = |spells: Vec<LostSpell>| Circumstances { lost: Some(spells), ..Circumstances::default() };
    let overdue = LetDown { day: 399, until: Some(420), cause: Cause::Other("overdue".to_owned()) };
    let late = LetDown { day: 420, until: None, cause: Cause::Other("kept late".to_owned()) };
    let around = BTreeMap::from([
        ("back".to_owned(), lost(vec![spell(100, Some(300), None), spell(500, None, None)])),
        ("gone".to_owned(), lost(vec![spell(400, None, Some(Cause::Competitor))])),
        // Silent for three hundred days, and a customer: the model is not asked.
        ("kept".to_owned(), lost(Vec::new())),
        (
            "overdue-then".to_owned(),
            Circumstances { let_down: vec![overdue, late], ..lost(vec![spell(400, None, Some(Cause::Unknown))]) },
        ),
    ]);
    let valuation = valuation(f64::INFINITY);
    let courses = |from, to| {
        let between = Period { from, to, ..period() };
        let rows = party_rows(&histories, &around, &between, &valuation, &valuation).expect("rows");
        rows.into_iter().map(|row| (row.party, row.course)).collect::<BTreeMap<_, _>>()
    };
    let found = courses(299, 400);
    assert_eq!(found["back"], Course::Regained);
    assert_eq!(found["gone"], Course::Lost(Cause::Competitor));
    assert_eq!(found["kept"], Course::Stayed);
    assert_eq!(found["overdue-then"], Course::Lost(Cause::Other("overdue".to_owned())), "it was kept late only later");
    assert_eq!(courses(300, 399)["back"], Course::Stayed);
    assert_eq!(courses(299, 399)["gone"], Course::Stayed);
    assert_eq!(courses(390, 420)["overdue-then"], Course::Lost(Cause::Other("kept late".to_owned())));
    assert_eq!(courses(400, 500)["gone"], Course::Gone);
}

#[test]
fn a_party_that_buys_again_is_regained_and_one_that_left_is_lost_although_it_bought_just_now() {
    let mut histories = weekly(&[("left", 399), ("new", 399)]);
    let day = |day| Day { day, purchases: 1, amount_minor: 2000, margin_minor: 500, cost_minor: 100, segment: 0 };
    histories.insert("back", (0..=98).step_by(7).chain([380, 390]).map(day)).expect("a customer");
    histories.insert("born", [350, 380].map(day)).expect("a customer");
    histories.insert("unborn", [500].map(day)).expect("a customer");
    let left = Circumstances { left: vec![(399, Cause::Unknown)], ..Circumstances::default() };
    let around = BTreeMap::from([("left".to_owned(), left)]);
    let valuation = valuation(104.0);
    let rows = party_rows(&histories, &around, &period(), &valuation, &valuation).expect("rows");
    let found: Vec<_> = rows.iter().map(|row| (row.party.as_str(), row.course.clone(), row.margin_minor)).collect();
    // Fifteen purchases after day 300.
    let paid = 2000 * 15;
    assert_eq!(
        found,
        [
            ("back", Course::Regained, 800),
            ("born", Course::New, 800),
            ("left", Course::Lost(Cause::Unknown), paid),
            ("new", Course::Stayed, paid),
        ]
    );
    statement(&rows).expect("it reconciles");
}

#[test]
fn dates_and_thresholds_that_cannot_be_are_refused() {
    let (histories, around) = (weekly(&[("a", 399)]), BTreeMap::new());
    let valuation = valuation(104.0);
    for bad in [
        Period { to: 300, ..period() },
        Period { lost_below: 1.0, ..period() },
        Period { days_per_period: 0.0, ..period() },
    ] {
        assert!(party_rows(&histories, &around, &bad, &valuation, &valuation).is_err(), "{bad:?}");
    }
}
