use super::*;
use crate::repeat::RepeatModel;
use crate::testing::cdnow;

fn models() -> [Repeat; 3] {
    [
        (RepeatModel::BgNbd, [0.243, 4.414, 0.793, 2.426]),
        (RepeatModel::MbgNbd, [0.525, 6.183, 0.891, 1.614]),
        (RepeatModel::ParetoNbd, [0.553, 10.578, 0.606, 11.669]),
    ]
    .map(|(model, parameters)| Repeat::new(model, parameters).expect("valid parameters"))
}

fn spend() -> GammaGamma {
    GammaGamma::new(6.25, 3.74, 15.44).expect("valid parameters")
}

fn terms(rate: f64, horizon: f64, margin: f64) -> Terms {
    let discount = Discount::yearly(rate, 365.25 / 7.0).expect("a rate");
    Terms { discount, horizon, margin, cost_per_purchase: 0.0 }
}

#[test]
fn fifteen_percent_a_year_is_the_papers_weekly_rate() {
    let delta = Discount::yearly(0.15, 52.0).expect("a rate").delta();
    assert!((delta - 0.0027).abs() < 0.00002, "{delta}");
}

#[test]
fn many_customers_are_scored_as_one_by_one() {
    // Enough of them that several share an age, which Pareto/NBD makes use of.
    let customers: Vec<Summary> = cdnow().into_iter().step_by(7).collect();
    for repeat in models() {
        for terms in
            [terms(0.10, f64::INFINITY, 0.3), terms(0.10, 52.0, 0.3), terms(0.0, 520.0, 0.3), terms(60.0, 520.0, 0.3)]
        {
            let all = score_all(&repeat, &spend(), &customers, &terms, 2).expect("scores");
            for (customer, found) in customers.iter().zip(all) {
                let one = score(&repeat, &spend(), customer, &terms).expect("a score");
                assert!((found.value / one.value - 1.0).abs() < 1e-9, "{repeat:?} {customer:?} {found:?} {one:?}");
                assert_eq!((found.p_alive, found.expected_spend), (one.p_alive, one.expected_spend));
            }
        }
    }
}

#[test]
fn one_time_buyers_have_a_value_and_a_negative_margin_gives_a_negative_one() {
    let once = Summary { repeats: 0, last: 0.0, age: 30.0, spend: 0.0 };
    for repeat in models() {
        let gain = score(&repeat, &spend(), &once, &terms(0.1, 100.0, 0.3)).expect("a score");
        assert!(gain.value > 0.0 && (gain.expected_spend - 35.22).abs() < 0.01, "{gain:?}");
        let loss = score(&repeat, &spend(), &once, &terms(0.1, 100.0, -0.3)).expect("a score");
        assert!((gain.value + loss.value).abs() < 1e-12, "{loss:?}");
        let costly = Terms { cost_per_purchase: 20.0, ..terms(0.1, 100.0, 0.3) };
        assert!(score(&repeat, &spend(), &once, &costly).expect("a score").value < 0.0);
    }
}

#[test]
fn terms_without_a_finite_value_are_refused() {
    for (terms, message) in [
        (terms(0.0, f64::INFINITY, 0.3), "the horizon is inf: without a discount the future has no finite value"),
        (terms(0.1, 0.0, 0.3), "the horizon is 0: it must be above zero"),
        (terms(0.1, f64::NAN, 0.3), "the horizon is NaN: it must be above zero"),
        (terms(0.1, 52.0, f64::NAN), "the margin share is NaN: it must be a number"),
    ] {
        let error = score_all(&models()[0], &spend(), &[], &terms, 1).expect_err("refused").to_string();
        assert!(error.starts_with(message), "{error}");
    }
    assert!(matches!(Discount::yearly(-0.1, 52.0), Err(ValueError::Argument { .. })));
}

#[test]
fn an_infinite_mean_spend_is_refused() {
    let heavy = GammaGamma::new(6.0, 0.9, 15.0).expect("valid parameters");
    let error = score(&models()[0], &heavy, &cdnow()[0], &terms(0.1, 52.0, 0.3)).expect_err("refused");
    assert_eq!(error, ValueError::InfiniteMean { q: 0.9 });
}
