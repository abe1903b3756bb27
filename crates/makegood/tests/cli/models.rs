//! The models that are fitted to files of their own: opportunities, contracts, and facts of each customer.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::desk::Desk;

const DONATIONS: &str = include_str!("../../../value/tests/data/donations.csv");

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn near(found: &Json, expected: &[f64], within: f64) {
    let found: Vec<f64> = found.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (one, other) in found.iter().zip(expected) {
        assert!((one - other).abs() < within, "{found:?} {expected:?}");
    }
}

const COLUMNS: [&str; 10] = [
    "--repeats",
    "frequency",
    "--last",
    "recency",
    "--opportunities",
    "periods",
    "--customers",
    "weights",
    "--discount",
    "0.1",
];

#[test]
fn the_donations_give_the_published_parameters() {
    let desk = Desk::new();
    desk.write("donations.csv", DONATIONS);
    let mut arguments = vec!["value", "opportunities", "--file", "donations.csv", "--format", "json"];
    arguments.extend(COLUMNS);
    let found = json(&desk.makegood(&arguments).ended(0));
    near(&found["parameters"], &[1.204, 0.750, 0.657, 2.783], 0.001);
    assert_eq!(found["customers"], 11_104);
    assert_eq!(found["histories"].as_array().unwrap().len(), 22);
    // Fader, Hardie & Shang 2010: who gave every year is expected to give 3.75 times in the next five.
    let best = &found["histories"][0];
    assert!((best["expected"].as_f64().unwrap() - 3.75).abs() < 0.01, "{best}");
    for format in ["text", "csv", "html"] {
        let mut arguments = vec!["value", "opportunities", "--file", "donations.csv", "--format", format];
        arguments.extend(COLUMNS);
        assert!(desk.makegood(&arguments).ended(0).contains("3.75"), "{format}");
    }
}

#[test]
fn contracts_give_the_published_parameters() {
    let desk = Desk::new();
    // Fader & Hardie 2007, the high end segment.
    let there = [1000, 869, 743, 653, 593, 551, 517, 491];
    let mut rows = "year,there,region\n".to_owned();
    for (year, count) in there.iter().enumerate() {
        let _ = writeln!(rows, "{year},{count},north");
    }
    desk.write("contracts.csv", &rows);
    let fit = |extra: &[&str]| {
        let mut arguments =
            vec!["value", "contracts", "--file", "contracts.csv", "--period", "year", "--customers", "there"];
        arguments.extend(extra);
        desk.makegood(&arguments)
    };
    let found = json(&fit(&["--format", "json", "--discount", "0.1"]).ended(0));
    near(&found["parameters"], &[0.668, 3.806], 0.001);
    assert!((found["periods"][1]["observed"].as_f64().unwrap() - 0.869).abs() < 1e-12);
    assert_eq!(found["periods"].as_array().unwrap().len(), 13);
    // The same twice over, as two cohorts, is the same model.
    let both = format!("{rows}{}", rows.replace("north", "south").split_once('\n').unwrap().1);
    desk.write("contracts.csv", both);
    let found = json(&fit(&["--format", "json", "--cohort", "region"]).ended(0));
    near(&found["parameters"], &[0.668, 3.806], 0.001);
    assert_eq!(found["customers"], 2_000);
    assert!(fit(&[]).refused().contains("stands twice"));
    for (rows, says) in [
        ("year,there\n0,100\n2,50\n", "has no period 1"),
        ("year,there\n0,100\n1,120\n", "grows in period 1"),
        ("year,there\n0,100\n1,many\n", "row 2: `many`"),
        ("year,others\n0,100\n", "no column `there`"),
        ("year,there\n0,1000\n1,800\n", "error[M04"),
    ] {
        desk.write("contracts.csv", rows);
        assert!(fit(&[]).refused().contains(says), "{rows}");
    }
}

#[test]
fn facts_of_each_customer_show_what_they_do() {
    let desk = Desk::new();
    let (mut sales, mut facts) = ("who,when,paid\n".to_owned(), "who,member,noise\n".to_owned());
    let mut seed = 9_u64;
    let mut roll = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    for number in 0..400 {
        let member = number % 2;
        let gap = if member == 1 { 12.0 } else { 36.0 } * (0.4 + 2.0 * roll());
        let until = if roll() < 0.4 { roll() * 300.0 } else { 365.0 };
        let mut day = roll() * 60.0;
        let _ = writeln!(facts, "c{number},{member},{:.3}", roll());
        loop {
            let date = jiff::civil::date(2024, 1, 1).checked_add(jiff::Span::new().days(day as i64)).unwrap();
            let _ = writeln!(sales, "c{number},{date},{:.2}", 5.0 + 40.0 * roll());
            day += 1.0 - roll().ln() * gap;
            if day > until {
                break;
            }
        }
    }
    desk.write("sales.csv", sales);
    desk.write("facts.csv", &facts);
    let fit = |extra: &[&str]| {
        let mut arguments = vec![
            "value",
            "fit",
            "--transactions",
            "sales.csv",
            "--customer",
            "who",
            "--date",
            "when",
            "--amount",
            "paid",
            "--format",
            "json",
            "--covariates",
            "facts.csv",
            "--covariates-of",
            "who",
        ];
        arguments.extend(extra);
        desk.makegood(&arguments)
    };
    let found = json(&fit(&[]).ended(0));
    let effect = |parameter: &str, covariate: &str| {
        let effects = found["covariates"]["effects"].as_array().unwrap();
        let one = effects.iter().find(|one| one["parameter"] == parameter && one["covariate"] == covariate).unwrap();
        (one["coefficient"].as_f64().unwrap(), one["standard_error"].as_f64().unwrap())
    };
    // Members buy three times as often: alpha is multiplied by a third, whose logarithm is -1.1.
    let (member, error) = effect("alpha", "member");
    assert!((member + 3_f64.ln()).abs() < 4.0 * error && member < -0.6, "{member} ± {error}");
    let (noise, error) = effect("alpha", "noise");
    assert!(noise.abs() < 4.0 * error, "{noise} ± {error}");
    assert!(
        found["covariates"]["log_likelihood"].as_f64().unwrap()
            > found["repeat"]["log_likelihood"].as_f64().unwrap_or(f64::MIN)
    );
    desk.write("facts.csv", format!("{facts}c1,1,0.5\n"));
    assert!(fit(&[]).refused().contains("`c1` stands twice"));
    desk.write("facts.csv", facts.replace("c3,1,", "c3,yes,"));
    assert!(fit(&[]).refused().contains("row 4: `yes`"));
    desk.write("facts.csv", "who,same\nc1,1\nc2,1\nc3,1\nc4,1\nc5,1\nc6,1\n");
    fit(&[]).refused();
}
