use super::*;

fn bought(customer: &str, day: i32, amount_minor: i64) -> Transaction<'_> {
    Transaction::new(customer, day, amount_minor, "USD")
}

fn summary(repeats: u32, last: f64, age: f64, spend: f64) -> Summary {
    Summary { repeats, last, age, spend }
}

#[test]
fn a_log_in_any_order_gives_the_summaries_at_a_date() {
    let log = [
        bought("b", 14, 500),
        bought("a", 21, 300),
        bought("a", 0, 1000),
        bought("a", 7, 200),
        bought("a", 7, 50),
        bought("a", 35, 9999),
        bought("c", 28, 10),
        bought("d", 90, 10),
    ];
    let histories = Histories::read(log).expect("a log");
    assert_eq!((histories.len(), histories.currency(), histories.span()), (4, "USD", Some((0, 90))));
    let at = histories.summaries(28, 7.0).expect("summaries");
    // `c` was acquired on the day itself and `d` later: neither has been observed yet.
    assert_eq!(at, [("a", summary(2, 3.0, 4.0, 275.0)), ("b", summary(0, 0.0, 2.0, 0.0))]);
    assert_eq!(histories.purchase_days("a").collect::<Vec<_>>(), [0, 7, 21, 35]);
}

#[test]
fn refunds_reduce_the_spend_and_are_no_purchases() {
    for (log, expected) in [
        (vec![bought("a", 0, 1000), bought("a", 7, 400), bought("a", 10, -100)], summary(1, 1.0, 4.0, 300.0)),
        (vec![bought("a", 10, -100), bought("a", 7, 400), bought("a", 0, 1000)], summary(1, 1.0, 4.0, 300.0)),
        (vec![bought("a", 0, 1000), bought("a", 0, -1000)], summary(0, 0.0, 4.0, 0.0)),
        (vec![bought("a", 0, 1000), bought("a", 7, 400), bought("a", 7, -500)], summary(1, 1.0, 4.0, -100.0)),
        (vec![bought("a", 0, 0), bought("a", 7, 0)], summary(1, 1.0, 4.0, 0.0)),
    ] {
        let histories = Histories::read(log.clone()).expect("a log");
        assert_eq!(histories.summaries(28, 7.0).expect("summaries"), [("a", expected)], "{log:?}");
    }
}

#[test]
fn rows_that_cannot_be_true_are_named() {
    let pound = Transaction { currency: "GBP", ..bought("a", 1, 5) };
    let mixed = Histories::read([bought("a", 0, 5), pound]).expect_err("mixed").to_string();
    assert_eq!(
        mixed,
        "1 bad row: row 2: the amount is in `GBP`, the rows before it in `USD`: fit each currency by itself, or convert first"
    );
    let early = Histories::read([bought("a", 0, 5), bought("b", 3, -5)]).expect_err("a refund first").to_string();
    assert_eq!(
        early,
        "1 bad row: row 2: a refund of -5 comes before any purchase: add the purchase, or leave the row out"
    );
    let large =
        Histories::read([bought("z", 0, 5), bought("a", 0, i64::MAX), bought("a", 0, 1)]).expect_err("too large");
    assert!(large.to_string().contains("too large to add up"), "{large}");
    let spread =
        Histories::read([bought("a", 0, 1), bought("a", 1, i64::MAX), bought("a", 2, 1)]).expect_err("too large");
    assert!(spread.to_string().contains("too large to add up"), "{spread}");
}

#[test]
fn a_history_kept_one_purchase_at_a_time_agrees_with_the_log() {
    let log = [(0, 1000), (7, 200), (7, 50), (9, -30), (21, 300)];
    let mut kept = PurchaseHistory::new(0, 1000);
    for (day, amount) in log.into_iter().skip(1) {
        kept.observe(day, amount).expect("in order");
    }
    let read = Histories::read(log.map(|(day, amount)| bought("a", day, amount))).expect("a log");
    assert_eq!(read.until(28).next(), Some(("a", kept)));
    let unchanged = kept;
    assert_eq!(kept.observe(20, 1), Err(Fault::OutOfOrder { day: 20, last: 21 }));
    assert_eq!(kept.observe(22, i64::MAX), Err(Fault::Overflow));
    assert_eq!(kept, unchanged);
    assert_eq!(kept.summary(20, 7.0), Err(Fault::OutOfOrder { day: 20, last: 21 }));
    assert_eq!(PurchaseHistory::new(3, 1).summary(3, 7.0), Err(Fault::NoAge));
}

#[test]
fn segments_margins_and_costs_are_kept_by_day() {
    let row = |customer, day, amount, margin, cost, segment| Transaction {
        margin_minor: margin,
        cost_minor: cost,
        segment,
        ..bought(customer, day, amount)
    };
    let log = [
        row("a", 9, 500, 200, 30, "silver"),
        row("a", 2, 100, 40, 0, "gold"),
        row("b", 4, 70, 10, 5, ""),
        row("a", 9, -50, -20, 0, ""),
        row("a", 9, 0, 0, 0, "bronze"),
        row("a", 12, 10, 1, 1, ""),
    ];
    let mut reversed = log;
    reversed.reverse();
    let histories = Histories::read(log).expect("a log");
    assert_eq!(Histories::read(reversed).expect("a log"), histories);
    let a = histories.customer("a").expect("a customer");
    let segment = |day| histories.segment_name(a.segment_at(day));
    assert_eq!([1, 2, 8, 9, 99].map(segment), [None, Some("gold"), Some("gold"), Some("silver"), Some("silver")]);
    assert_eq!(a.sums(2, 9), Sums { occasions: 1, amount_minor: 450, margin_minor: 180, cost_minor: 30 });
    assert_eq!(histories.sums(9), Sums { occasions: 3, amount_minor: 620, margin_minor: 230, cost_minor: 35 });
    assert_eq!((a.last_purchase(1), a.last_purchase(11), a.last_purchase(12)), (None, Some(9), Some(12)));
    assert_eq!(a.known_at(2, 7.0), Some(Summary::NEW));
    assert_eq!(a.known_at(1, 7.0), None);
}

#[test]
fn customers_are_put_in_day_by_day() {
    let day = |day, purchases, amount_minor| Day { day, purchases, amount_minor, ..Day::default() };
    let mut histories = Histories::new("USD");
    // A cost before the first purchase is no dealing of a customer yet.
    histories.insert("a", [day(7, 2, 500), day(1, 0, -20), day(3, 1, 100)]).expect("a customer");
    assert_eq!(histories.span(), Some((3, 7)));
    assert_eq!(histories.summaries(10, 7.0).expect("summaries"), [("a", summary(1, 4.0 / 7.0, 1.0, 500.0))]);
    assert_eq!(histories.insert("a", []), Err(Fault::Duplicate { party: "a".to_owned() }));
    assert_eq!(histories.insert("b", [day(1, 1, i64::MAX), day(2, 1, 1)]), Err(Fault::Overflow));
}

#[test]
fn a_column_of_names_is_no_column_of_segments() {
    let names: Vec<String> = (0..=1_000).map(|number| format!("customer-{number}")).collect();
    let rows = names.iter().map(|name| Transaction { segment: name, ..bought("a", 0, 1) });
    let error = Histories::read(rows.clone()).expect_err("too many").to_string();
    assert!(error.starts_with("1 bad row: row 1001: the segment is one too many"), "{error}");
    assert!(Histories::read(rows.take(1_000)).is_ok());
}
