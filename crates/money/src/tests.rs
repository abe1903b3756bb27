use proptest::prelude::*;

use super::*;

fn commodities() -> Commodities {
    let mut all = Commodities::iso();
    all.declare(Commodity::new("points", 0).unwrap());
    all
}

fn money(text: &str) -> Money {
    Money::parse(text, &commodities()).unwrap()
}

#[test]
fn reads_and_shows_amounts() {
    for (text, shown) in [
        ("50 USD", "50.00 USD"),
        ("0.01 USD", "0.01 USD"),
        ("-3.5 EUR", "-3.50 EUR"),
        ("5000 points", "5000 points"),
        ("1200 JPY", "1200 JPY"),
        ("1.234 BHD", "1.234 BHD"),
        ("1.500 USD", "1.50 USD"),
    ] {
        assert_eq!(money(text).to_string(), shown);
    }
}

#[test]
fn refuses_what_is_not_an_amount() {
    for (text, error) in [
        ("50", "`50` is not an amount: write a number and a commodity, such as `50 USD`"),
        ("fifty USD", "`fifty USD` is not an amount: write a number and a commodity, such as `50 USD`"),
        ("1. USD", "`1. USD` is not an amount: write a number and a commodity, such as `50 USD`"),
        ("1.005 USD", "`1.005` has more than the 2 decimals of USD"),
        ("1 XYZW", "unknown commodity `XYZW`"),
        ("99999999999999999999 USD", "an amount of USD is too large to hold"),
    ] {
        assert_eq!(Money::parse(text, &commodities()).unwrap_err().to_string(), error);
    }
}

#[test]
fn rounds_as_told() {
    let third = Ratio::new(1, 3).unwrap();
    let half = Ratio::percent(50);
    for (amount, ratio, rounding, shown) in [
        ("10.00 USD", third, Rounding::Up, "3.34 USD"),
        ("10.00 USD", third, Rounding::Down, "3.33 USD"),
        ("10.00 USD", third, Rounding::Nearest, "3.33 USD"),
        ("0.01 USD", half, Rounding::Nearest, "0.01 USD"),
        ("-0.01 USD", half, Rounding::Up, "-0.01 USD"),
        ("7 points", half, Rounding::Up, "4 points"),
    ] {
        assert_eq!(money(amount).share(ratio, rounding).unwrap().to_string(), shown);
    }
    assert_eq!(money("1062.50 USD").rounded_to(2500, Rounding::Nearest).unwrap(), money("1075 USD"));
}

#[test]
fn points_are_worth_what_the_charter_says() {
    let cent_each = Ratio::new(1, 100).unwrap();
    let usd = commodities().get("USD").unwrap();
    assert_eq!(money("5001 points").exchanged(cent_each, usd, Rounding::Up).unwrap(), money("50.01 USD"));
    let hundred_each = Ratio::new(100, 1).unwrap();
    let points = commodities().get("points").unwrap();
    assert_eq!(money("0.505 BHD").exchanged(hundred_each, points, Rounding::Up).unwrap(), money("51 points"));
}

#[test]
fn a_payment_is_shared_in_its_own_tenders() {
    let paid = Tenders::new([money("5000 points"), money("5.60 USD"), money("1 points")]).unwrap();
    assert_eq!(paid.to_string(), "5.60 USD + 5001 points");
    assert_eq!(paid.share(Ratio::percent(50), Rounding::Up).unwrap().to_string(), "2.80 USD + 2501 points");
    let returned = Tenders::new([money("5.60 USD")]).unwrap();
    assert_eq!(paid.less(&returned).unwrap().to_string(), "5001 points");
    assert!(Tenders::new([money("-1 USD")]).is_err());
}

#[test]
fn a_movement_that_does_not_balance_cannot_be_built() {
    let line = |account: &str, amount| Posting { account: account.to_owned(), amount: money(amount) };
    let error = Movement::new(vec![line("a", "1 USD"), line("b", "-0.99 USD")]).unwrap_err();
    assert_eq!(error.to_string(), "a movement is out of balance by 1 minor units of USD");
    assert!(Movement::new(vec![line("a", "1 USD"), line("b", "-1 EUR")]).is_err());
}

proptest! {
    #[test]
    fn every_transfer_balances(minors in prop::collection::vec((0_u8..3, any::<i64>()), 0..20)) {
        let codes = ["USD", "EUR", "points"];
        let amounts = minors.iter().map(|(code, minor)| Money::new(*minor, commodities().get(codes[usize::from(*code)]).unwrap()));
        if let Ok(movement) = Movement::transfer("from", "to", amounts) {
            prop_assert!(totals(movement.lines().iter().map(|line| line.amount)).values().all(|sum| *sum == 0));
        }
    }

    #[test]
    fn rounding_up_never_gives_less_and_never_a_unit_more(minor in any::<i32>(), numerator in 0_i64..1000, denominator in 1_i64..1000) {
        let amount = Money::new(i64::from(minor), commodities().get("USD").unwrap());
        let share = amount.share(Ratio::new(numerator, denominator).unwrap(), Rounding::Up).unwrap();
        let excess = i128::from(share.minor) * i128::from(denominator) - i128::from(minor) * i128::from(numerator);
        prop_assert!(excess.abs() < i128::from(denominator));
        prop_assert!(excess.signum() * i128::from(minor).signum() >= 0);
    }

    #[test]
    fn what_is_shown_reads_back(minor in any::<i64>()) {
        prop_assume!(minor != i64::MIN);
        let amount = Money::new(minor, commodities().get("USD").unwrap());
        prop_assert_eq!(money(&amount.to_string()), amount);
    }

    #[test]
    fn reading_never_panics(text in ".*") {
        let _ = Money::parse(&text, &commodities());
    }
}

#[test]
fn survives_storage() {
    let amount = money("12.34 USD");
    let bytes = postcard::to_stdvec(&amount).unwrap();
    assert_eq!(postcard::from_bytes::<Money>(&bytes).unwrap(), amount);
}
