use super::canvas::money;
use super::*;
use crate::equity::{Cause, Cell, Line, Section};

fn well_formed(svg: &str) {
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"), "{svg}");
    for tag in ["svg", "title", "desc", "style", "text"] {
        let open = svg.matches(&format!("<{tag}>")).count() + svg.matches(&format!("<{tag} ")).count();
        assert_eq!(open, svg.matches(&format!("</{tag}>")).count(), "{tag} in {svg}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn a_waterfall_shows_every_line() {
    let line = |line, amount_minor| (line, Cell { amount_minor, parties: 1 });
    let section = Section {
        segment: Some("gold & <silver>".to_owned()),
        lines: vec![
            line(Line::Opening, 1_234_567),
            line(Line::Lost(Cause::Price), -34_567),
            line(Line::Closing, 1_200_000),
        ],
    };
    let svg = waterfall(&section, "USD", 2);
    well_formed(&svg);
    assert!(svg.contains("gold &amp; &lt;silver&gt;"), "{svg}");
    assert!(svg.contains("written down: lost, price: \u{2212}345.67 USD"), "{svg}");
    assert_eq!(svg.matches("<rect").count(), 3);
    well_formed(&waterfall(&Section { segment: None, lines: Vec::new() }, "USD", 2));
}

#[test]
fn a_party_and_a_curve_are_drawn() {
    let svg = p_alive("customer:42", "weeks", &[1.0, 2.0, 3.0], &[0.9, 0.5, f64::NAN], &[1.5]);
    well_formed(&svg.replace("NaN %", ""));
    let point =
        |share: f64| CurvePoint { customers: 1, share_of_customers: share, sum_minor: 1, share_of_value: share.sqrt() };
    well_formed(&concentration("Pareto curve", &[point(0.1), point(0.5), point(1.0)]));
    // Where all together lost money nobody has a share.
    let nothing = CurvePoint { share_of_value: f64::NAN, ..point(1.0) };
    well_formed(&concentration("Pareto curve", &[nothing]));
    well_formed(&concentration("Pareto curve", &[]));
}

#[test]
fn amounts_and_ticks_are_written_for_people() {
    for (minor, decimals, expected) in [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-123_456_789, 2, "\u{2212}1\u{202f}234\u{202f}567.89"),
        (1000, 0, "1\u{202f}000"),
        (1, 3, "0.001"),
    ] {
        assert_eq!(money(minor, decimals), expected);
    }
    for (values, ticks) in [
        (vec![0.0, 9.3], vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (vec![-0.3, 0.4], vec![-0.4, -0.2, 0.0, 0.2, 0.4]),
        (vec![f64::NAN], vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ] {
        let found: Vec<f64> = Axis::over(values.into_iter()).ticks().collect();
        assert_eq!(found.len(), ticks.len(), "{found:?}");
        assert!(found.iter().zip(&ticks).all(|(found, tick)| (found - tick).abs() < 1e-12), "{found:?}");
    }
    assert_eq!(
        (short(0.25, 0.05), short(-0.0, 1.0), short(30.0, 10.0)),
        ("0.25".to_owned(), "0".to_owned(), "30".to_owned())
    );
}
