use super::*;

/// A thousand customers, of whom these shares (in tenths of a percent) were there after each year.
fn cohort(surviving: &[u32]) -> Cohort {
    let mut before = 1000;
    let lost = surviving.iter().map(|&now| std::mem::replace(&mut before, now) - now).collect();
    Cohort { signed: 1000, lost }
}

#[test]
fn the_two_segments_give_the_published_parameters() {
    // FH 2007: survivors and parameters, seven years.
    for (name, surviving, alpha, beta) in [
        ("high end", [869, 743, 653, 593, 551, 517, 491], 0.668, 3.806),
        ("regular", [631, 468, 382, 326, 289, 262, 241], 0.704, 1.182),
    ] {
        let fit = fit(&[cohort(&surviving)], FitOptions::default()).expect("a fit");
        let [found_alpha, found_beta] = fit.sbg.parameters();
        assert!((found_alpha - alpha).abs() < 0.001 && (found_beta - beta).abs() < 0.001, "{name}: {fit:?}");
    }
}

#[test]
fn survival_retention_and_residual_lifetime_agree() {
    let model = Sbg::new(0.668, 3.806).expect("valid parameters");
    let (mut product, mut discounted) = (1.0, 0.0);
    for period in 1..=5_000 {
        product *= model.retention(period);
        discounted += product / 1.1f64.powi(i32::try_from(period).expect("small") - 1);
        if period <= 12 {
            assert!((model.survival(period) / product - 1.0).abs() < 1e-12);
        }
    }
    let found = model.residual_lifetime(0, 0.1).expect("a rate");
    assert!((found / discounted - 1.0).abs() < 1e-9, "{found} {discounted}");
    // Those who have renewed are more loyal.
    assert!(model.residual_lifetime(5, 0.1).expect("a rate") > found);
    assert!(model.residual_lifetime(0, 0.0).is_err());
}

#[test]
fn bad_cohorts_are_named() {
    let cohort = |signed, lost: &[u32]| Cohort { signed, lost: lost.to_vec() };
    for (cohorts, says) in [
        (vec![cohort(10, &[5, 6])], "1 bad row: row 1: the cohort lost more customers than had signed"),
        (vec![cohort(10, &[1]), cohort(10, &[])], "1 bad row: row 2: the cohort needs between 1 and 10000 periods"),
        (vec![cohort(5, &[1, 1])], "5 customers are too few for sBG"),
        (vec![cohort(50, &[0, 0])], "all 50 customers are identical"),
        (vec![cohort(50, &[50])], "all 50 customers are identical"),
    ] {
        let error = fit(&cohorts, FitOptions::default()).expect_err("refused").to_string();
        assert!(error.starts_with(says), "{error}");
    }
    // One period cannot tell the two parameters apart.
    assert!(fit(&[cohort(50, &[20])], FitOptions::default()).is_err());
}
