use super::*;
use crate::expr::Expr;
use crate::expr::{Names, Want};

const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");

fn charter() -> Charter {
    Charter::read("charter.yaml", EVERY_KEY).charter.unwrap()
}

#[test]
fn lengths_of_time_in_whole_words() {
    let charter = charter();
    let minute = 60_000;
    for (milliseconds, english, norwegian) in [
        (0, "0 seconds", "0 sekunder"),
        (minute, "1 minute", "1 minutt"),
        (90 * minute, "1 hour 30 minutes", "1 time 30 minutter"),
        (24 * 60 * minute, "24 hours", "24 timer"),
        (72 * 60 * minute, "3 days", "3 dager"),
        (1_500, "1.500 seconds", "1,500 sekunder"),
        (-3 * 60 * minute, "\u{2212}3 hours", "\u{2212}3 timer"),
    ] {
        assert_eq!(Plain::new(&charter, "en").length(milliseconds), english);
        assert_eq!(Plain::new(&charter, "nb").length(milliseconds), norwegian);
    }
}

#[test]
fn expressions_are_said_or_named_by_what_they_are() {
    let charter = charter();
    let shape = |name: &str| charter.shapes.get(charter.shape_ids[name]).unwrap();
    let names = Names { data: Some(shape("arrived")), made: Some(shape("ordered")), promise: true, ..Names::default() };
    for (source, english, norwegian) in [
        ("data.late", "the delay", "forsinkelsen"),
        ("( promise.worth )", "the price", "prisen"),
        ("at - promise.due", "the time after the agreed time", "tiden etter avtalt tid"),
        (
            "min(promise.worth, money('25 GBP'))",
            "the lower of the price and 25.00 GBP",
            "det laveste av prisen og 25,00 GBP",
        ),
        ("data.late - duration('3h')", "the delay less 3 hours", "forsinkelsen minus 3 timer"),
        ("made.price * 0.5", "the price × 0.5", "prisen × 0,5"),
        (
            "data.days > 3 ? made.price : promise.worth",
            "an amount worked out for your case",
            "et beløp som regnes ut for ditt tilfelle",
        ),
    ] {
        let expression = Expr::compile(source, &names, &charter.commodities, Want::Any).unwrap();
        assert_eq!(Plain::new(&charter, "en").expression(&expression), english, "{source}");
        assert_eq!(Plain::new(&charter, "nb").expression(&expression), norwegian, "{source}");
    }
}

#[test]
fn a_choice_is_said_and_other_conditions_are_not() {
    let charter = charter();
    let made = charter.shapes.get(charter.shape_ids["ordered"]).unwrap();
    let names = Names { made: Some(made), ..Names::default() };
    for (source, said) in [
        ("made.how == 'card'", Some("means of payment: card")),
        ("made.how == 'card' || made.how == 'cash'", None),
        ("made.price > money('5 GBP')", None),
    ] {
        let condition = Expr::compile(source, &names, &charter.commodities, Want::Bool).unwrap();
        assert_eq!(Plain::new(&charter, "en").condition(&condition).as_deref(), said, "{source}");
    }
}
