use makegood_money::{Money, Ratio};
use proptest::prelude::*;

use crate::Charter;
use crate::diagnostic::{Severity, Style};
use crate::model::{Amount, Entry, Fixed, Give, PaysIn, Stacking, Trigger, Window};
use crate::value::Type;

const EVERY_KEY: &str = include_str!("../../tests/corpus/good/every-key.yaml");
const JETBLUE: &str = include_str!("../../../../charters/jetblue/charter.yaml");

fn read(text: &str) -> Charter {
    let read = Charter::read("charter.yaml", text);
    assert_eq!(read.report(text, Style::Plain), "");
    read.charter.unwrap()
}

#[test]
fn the_head_is_read() {
    let charter = read(EVERY_KEY);
    assert_eq!((charter.name.as_ref(), charter.version.as_ref()), ("every-key", "1"));
    assert_eq!(charter.from.to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(charter.until.unwrap().to_string(), "2030-01-01T00:00:00Z");
    assert!(charter.source.verified);
    assert_eq!(charter.source_text.as_ref(), EVERY_KEY);
    assert_eq!(charter.tenders["points"].worth, Ratio::new(1, 100).unwrap());
}

#[test]
fn a_day_begins_in_the_zone_of_the_charter() {
    let charter = read(JETBLUE);
    assert_eq!(charter.from.to_string(), "2008-01-01T05:00:00Z");
    let table = charter.values.iter().find(|value| value.name.as_ref() == "late_departure").unwrap();
    let starts: Vec<String> = table.entries.iter().map(|(from, _)| from.to_string()).collect();
    assert_eq!(starts, ["2008-01-01T05:00:00Z", "2020-01-01T05:00:00Z"]);
}

#[test]
fn built_in_events_follow_the_declared_ones() {
    let charter = read(EVERY_KEY);
    let position = |name: &str| charter.shape_ids[name];
    assert!(position("dropped") < position("clock.reached"));
    assert!(position("clock.reached") < position("goodwill.approved"));
    for (name, id) in &charter.shape_ids {
        assert_eq!(charter.shapes[*id].name, *name);
    }
    let corrected = &charter.shapes[position("remedy.corrected")];
    let fields: Vec<(&str, &Type, bool)> =
        corrected.fields.iter().map(|field| (field.name.as_ref(), &field.kind, field.optional)).collect();
    assert_eq!(
        fields,
        [("remedy", &Type::Text, false), ("amount", &Type::Money, false), ("reason", &Type::Text, false)]
    );
}

#[test]
fn a_band_that_ends_gives_nothing_above() {
    let text = EVERY_KEY.replace("{at: 2h, give: {share: 50%, of: made.price}}", "{at: 2h, below: 3h, give: 6 GBP}");
    let charter = read(&text);
    let table = charter.values.iter().find(|value| value.name.as_ref() == "late").unwrap();
    let Entry::Bands(bands) = &table.entries[0].1 else { panic!("{table:?}") };
    let edges: Vec<(i64, &str)> = bands.iter().map(|band| (band.at, band.written.as_ref())).collect();
    assert_eq!(edges, [(3_600_000, "1h"), (7_200_000, "2h"), (10_800_000, "3h")]);
    assert!(matches!(&bands[2].give, Give::Money(money) if money.is_zero()));
}

#[test]
fn edges_are_coded_as_what_is_measured() {
    for (edges, by, coded) in [
        ("[{at: 2, give: 5 GBP}, {at: 7, give: 6 GBP}]", "data.days", vec![2, 7]),
        ("[{at: 0.5, give: 5 GBP}, {at: 1, give: 6 GBP}]", "made.price / money('10 GBP')", vec![500_000, 1_000_000]),
        ("[{at: 5 L, give: 5 GBP}]", "made.litres", vec![5_000_000]),
        ("[{at: 9.50 GBP, give: 5 GBP}]", "made.price", vec![950]),
        ("[{at: -4h, give: 5 GBP}, {at: 0h, give: 6 GBP}]", "at - promise.due", vec![-14_400_000, 0]),
    ] {
        let text = EVERY_KEY
            .replace("[{at: 1h, below: 2h, give: 5 GBP}, {at: 2h, give: {share: 50%, of: made.price}}]", edges)
            .replace("by: data.late,", &format!("by: \"{by}\","));
        let charter = read(&text);
        let table = charter.values.iter().find(|value| value.name.as_ref() == "late").unwrap();
        let Entry::Bands(bands) = &table.entries[0].1 else { panic!("{table:?}") };
        assert_eq!(bands.iter().map(|band| band.at).collect::<Vec<_>>(), coded, "{by}");
    }
}

#[test]
fn rights_are_read_whole() {
    let charter = read(EVERY_KEY);
    let [late, waiting, damaged, silence, far] = charter.rights.as_slice() else { panic!("{:?}", charter.rights) };
    assert_eq!(silence.on, Trigger::Overdue);
    assert!(matches!(&far.awards[0].at_most, Some(Fixed::Value(_))));
    assert!(matches!(&late.awards[0].amount, Amount::Bands { .. }));
    assert_eq!(late.awards[0].pays_in, PaysIn::Tender(charter.tenders["points"].commodity));
    assert_eq!(late.unless[0].within, 7_200_000);
    assert_eq!(late.pay_within[0].within.calendar.as_deref(), Some("england"));
    assert!(late.if_late.is_some());
    assert!(matches!(&waiting.awards[0].amount, Amount::Each { .. }));
    assert_eq!(damaged.awards[0].pays_in, PaysIn::Original);
    assert!(matches!(&damaged.awards[0].amount, Amount::Share { ratio, .. } if *ratio == Ratio::new(1, 2).unwrap()));
    assert_eq!(waiting.awards[0].reduced[0].to, Ratio::new(1, 2).unwrap());
    assert_eq!(waiting.awards[0].or_in.unwrap().worth, Ratio::new(5, 4).unwrap());
    assert_eq!(waiting.on_request.as_ref().unwrap().within.count, 28);
    assert_eq!(late.limited.unwrap().times, Some(2));
    assert_eq!(late.limited.unwrap().within, Window::Year);
    let carried = charter.values.iter().find(|value| value.name.as_ref() == "carried").unwrap();
    let Entry::Money(amount) = carried.entries[0].1 else { panic!("{carried:?}") };
    assert_eq!(amount.to_string(), "10.35 GBP", "10 x 134.3 / 130.2 = 10.3149, up to a multiple of 0.05");
    let Some(telling) = charter.promises.iter().find(|promise| &*promise.name == "telling") else { panic!() };
    assert_eq!(telling.follows.unwrap().promise, 0);
    assert_eq!(telling.on, charter.promises[0].on);
    assert_eq!(charter.stacking[3].elsewhere, ["other-charter/damage".into()]);
    assert_eq!(
        (charter.stacking[0].rights.as_slice(), charter.stacking[0].rule),
        ([0, 1].as_slice(), Stacking::Highest)
    );
    assert_eq!(charter.limits.notify_from, Some(Money::parse("1 GBP", &charter.commodities).unwrap()));
}

#[test]
fn a_table_with_shares_is_made_ready_for_each_event_it_reads() {
    let text =
        EVERY_KEY.replace("{amount: \"min(promise.worth, money('25 GBP'))\"}", "{bands: late, by: at - promise.due}");
    let charter = read(&text);
    let tables = charter.values.iter().filter(|value| value.name.as_ref() == "late").count();
    assert_eq!(tables, 2);
}

#[test]
fn restitution_goes_back_as_it_was_paid_unless_said() {
    let charter = read(&EVERY_KEY.replace(", to: original tenders", ""));
    assert_eq!(charter.rights[2].awards[0].pays_in, PaysIn::Original);
}

#[test]
fn line_ends_and_byte_order_marks_of_other_systems_are_read() {
    let _ = read(&EVERY_KEY.replace('\n', "\r\n"));
    let _ = read(&format!("\u{feff}{EVERY_KEY}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn reading_arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = Charter::read("any.yaml", &text).report(&text, Style::Plain);
    }

    #[test]
    fn reading_text_that_looks_like_yaml_never_panics(text in "([a-z&*!|>%@`'\"\\[\\]{},:#?\\- \\t\\r\\n~é承0-9]{0,60}[:\\n] ?){0,12}") {
        let _ = Charter::read("any.yaml", &text).report(&text, Style::Plain);
    }

    #[test]
    fn reading_a_mutated_charter_never_panics(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[a-z0-9:{}\\[\\]'\", .\\-\\n*&!|>%é]{0,6}"), 1..4),
        jetblue in any::<bool>(),
    ) {
        let mut letters: Vec<char> = if jetblue { JETBLUE } else { EVERY_KEY }.chars().collect();
        for (place, length, put) in cuts {
            let start = place.index(letters.len());
            let end = (start + length).min(letters.len());
            letters.splice(start..end, put.chars());
        }
        let text: String = letters.into_iter().collect();
        let read = Charter::read("any.yaml", &text);
        let errors = read.diagnostics.iter().any(|fault| fault.severity == Severity::Error);
        prop_assert_eq!(read.charter.is_none(), errors);
        let _ = read.report(&text, Style::Plain);
    }
}
