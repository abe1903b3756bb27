use super::*;
use crate::diagnostic::line_and_column;

fn tree(text: &str) -> Node {
    let mut out = Diagnostics::default();
    let node = read(text, &mut out);
    assert!(!out.has_errors(), "{text}: {:?}", out.into_sorted());
    node.unwrap()
}

fn refused(text: &str) -> Vec<&'static str> {
    let mut out = Diagnostics::default();
    let _ = read(text, &mut out);
    out.into_sorted().iter().map(|fault| fault.code.as_str()).collect()
}

fn written<'a>(text: &'a str, span: &Span) -> &'a str {
    &text[span.clone()]
}

#[test]
fn every_value_knows_its_place() {
    let text = "# 说明\ntitle: {en: \"Our é\", zh: 承诺}   # comment\nlist:\n  - one\n  - two: 2\n    three: 'it''s'\nend: last  \n";
    let root = tree(text);
    let title = root.get("title").unwrap();
    assert_eq!(written(text, &title.span), "{en: \"Our é\", zh: 承诺}");
    assert_eq!(written(text, &title.get("en").unwrap().span), "\"Our é\"");
    assert_eq!(title.get("en").unwrap().text(), Some("Our é"));
    assert_eq!(written(text, &title.get("zh").unwrap().span), "承诺");
    assert_eq!(written(text, &root.entry("end").unwrap().key_span), "end");
    assert_eq!(written(text, &root.get("end").unwrap().span), "last");
    let list = root.get("list").unwrap();
    assert_eq!(written(text, &list.span), "- one\n  - two: 2\n    three: 'it''s'");
    let map = &list.items()[1];
    assert_eq!(written(text, &map.span), "two: 2\n    three: 'it''s'");
    assert_eq!(map.get("three").unwrap().text(), Some("it's"));
    assert_eq!(line_and_column(text, title.get("zh").unwrap().span.start), (2, 26));
}

#[test]
fn a_part_of_a_scalar_has_its_place_too() {
    let text = "a: data.late < 5\nb: \"data.late\"\nc: \"tab\\there\"\nd: >\n  folded\n  words\n";
    let root = tree(text);
    for (key, range, part) in
        [("a", 5..9, "late"), ("b", 5..9, "late"), ("c", 0..3, "\"tab\\there\""), ("a", 12..99, "5")]
    {
        let node = root.get(key).unwrap();
        assert_eq!(written(text, &span_within(text, node, &range)), part, "{key}");
    }
    assert_eq!(root.get("d").unwrap().text(), Some("folded words\n"));
}

#[test]
fn what_has_no_value_is_nothing() {
    let root = tree("a:\nb: ~\nc: \"\"\nd: {}\n");
    for (key, described) in [("a", "nothing"), ("b", "nothing"), ("c", "a word or text"), ("d", "a map")] {
        assert_eq!(root.get(key).unwrap().described(), described, "{key}");
    }
    assert_eq!(root.get("a").unwrap().text(), None);
    assert_eq!(root.get("c").unwrap().text(), Some(""));
}

#[test]
fn what_a_charter_does_not_need_is_refused() {
    let deep = format!("a: {}{}", "[".repeat(40), "]".repeat(40));
    let wide = format!("a: [{}]", "1,".repeat(limits::NODES));
    let long = " ".repeat(limits::FILE_BYTES + 1);
    for (text, codes) in [
        ("a: 1\na: 2\n", vec!["C003"]),
        ("a: &x 1\n", vec!["C004"]),
        ("a: !!int 1\n", vec!["C004"]),
        ("a: &x 1\nb: *x\n", vec!["C004", "C004"]),
        ("? [a]\n: 1\n", vec!["C012"]),
        ("a: [1\n", vec!["C001"]),
        ("", vec!["C005"]),
        ("a: 1\n---\nb: 2\n", vec!["C005"]),
        (&deep, vec!["C002"]),
        (&wide, vec!["C002"]),
        (&long, vec!["C002"]),
    ] {
        assert_eq!(refused(text), codes, "{}", &text[..text.len().min(40)]);
    }
}

#[test]
fn aliases_cannot_grow_a_file() {
    let mut text = String::from("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n");
    for level in 1..30 {
        let item = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![item; 8].join(", ")));
    }
    assert!(refused(&text).iter().all(|code| *code == "C004"));
}
