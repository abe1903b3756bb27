//! The books: balances, register, export.

use crate::desk::Desk;

#[test]
fn the_balances_sum_to_zero() {
    let out = Desk::told().makegood(&["ledger", "balance"]).ended(0);
    insta::assert_snapshot!(out, @r#"
    Expenses:Compensation:Late         5 000  points
    Expenses:Restitution:Refund     1 020.00  USD
    Expenses:Restitution:Refund        3 000  points
    Liabilities:Owed:Compensation     -5 000  points
    Liabilities:Owed:Restitution   -1 020.00  USD
    Liabilities:Owed:Restitution      -3 000  points
    all accounts in USD sum to 0.00: they balance
    all accounts in points sum to 0: they balance
    "#);
}

#[test]
fn the_register_shows_one_partys_movements() {
    let desk = Desk::told();
    let out = desk.makegood(&["ledger", "register", "--party", "customer:2"]).ended(0);
    insta::assert_snapshot!(out, @r#"
    2025-06-01  customer:2  r-94e3-37ba5568-cb2c93cf8e73f9d5
      Expenses:Restitution:Refund    120.00  USD
      Liabilities:Owed:Restitution  -120.00  USD
      Expenses:Restitution:Refund     3 000  points
      Liabilities:Owed:Restitution   -3 000  points
    "#);
    assert_eq!(desk.makegood(&["ledger", "register", "--party", "customer:9"]).ended(0), "");
}

#[test]
fn the_books_are_exported_for_three_programs() {
    let desk = Desk::told();
    for (format, wanted) in [
        ("beancount", "2025-06-01 * \"customer:2\" \"r-"),
        ("hledger", "2025-06-01 * customer:2 | r-"),
        ("csv", "2025-06-01,\"customer:2\",r-"),
    ] {
        let out = desk.makegood(&["ledger", "export", "--format", format]).ended(0);
        assert!(out.contains(wanted), "{format}: {out}");
        let file = desk.makegood(&["ledger", "export", "--format", format, "--output", "books"]).ended(0);
        assert_eq!((file.as_str(), std::fs::read_to_string(desk.path("books")).unwrap()), ("", out), "{format}");
    }
}

#[test]
fn the_csv_sums_to_zero_in_every_commodity() {
    let out = Desk::told().makegood(&["ledger", "export", "--format", "csv"]).ended(0);
    let mut lines = out.lines();
    assert_eq!(lines.next(), Some("date,party,remedy,movement,line,account,commodity,amount"));
    let mut sums = std::collections::BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let minor: i64 = fields[7].replace('.', "").parse().unwrap();
        *sums.entry(fields[6].to_owned()).or_insert(0) += minor;
    }
    assert_eq!(sums, [("USD".to_owned(), 0), ("points".to_owned(), 0)].into());
}
