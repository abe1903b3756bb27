//! Columns for what charters declare.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use makegood_charter::value::{Field, Shape, Type};

use crate::{Holds, Layout, Part, fixed};

fn shape(name: &str, fields: &[(&str, Type)]) -> Shape {
    let field = |(name, kind): &(&str, Type)| Field { name: (*name).into(), kind: kind.clone(), optional: false };
    Shape::new(name, Some("customer"), None, fields.iter().map(field).collect())
}

fn names(shapes: &[Shape]) -> Vec<String> {
    Layout::of(shapes).columns.into_iter().skip(fixed::COUNT).map(|column| column.name).collect()
}

#[test]
fn every_declared_field_has_its_columns() {
    let choice = Type::Choice(["a".into()].into());
    let all = shape(
        "order.made",
        &[
            ("gift", Type::Bool),
            ("lines", Type::Int),
            ("weight", Type::Number { unit: None }),
            ("price", Type::Money),
            ("took", Type::Duration),
            ("due", Type::Time),
            ("note", Type::Text),
            ("how", choice),
            ("by", Type::Key { kind: "driver".into() }),
            ("paid", Type::Tenders),
        ],
    );
    let expected = [
        "order_made__by",
        "order_made__due",
        "order_made__gift",
        "order_made__how",
        "order_made__lines",
        "order_made__note",
        "order_made__paid",
        "order_made__price_minor",
        "order_made__price_currency",
        "order_made__took_ms",
        "order_made__weight",
    ];
    assert_eq!(names(std::slice::from_ref(&all)), expected);
    let layout = Layout::of([&all]);
    let place = layout.place("order.made", "price", Part::Minor).unwrap();
    assert_eq!(layout.columns[place].holds, Holds::Whole);
    assert_eq!(layout.place("order.made", "price", Part::Text), None);
    assert_eq!(Layout::new(layout.columns.clone()), layout);
}

#[test]
fn two_fields_never_share_a_column() {
    let shapes = [
        shape("a.b", &[("c", Type::Int)]),
        shape("a-b", &[("c", Type::Int)]),
        shape("a.b", &[("c", Type::Text)]),
        shape("a.b", &[("c", Type::Int)]),
    ];
    assert_eq!(names(&shapes), ["a_b__c", "a_b__c_2", "a_b__c_3"]);
}
