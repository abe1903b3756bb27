use super::*;

const TEXT: &str = include_str!("../../tests/corpus/good/smallest.yaml");

fn version(version: &str, from: &str, until: Option<&str>) -> Arc<Charter> {
    let until = until.map(|until| format!(", until: {until}")).unwrap_or_default();
    let text = TEXT
        .replace("version: \"1\"", &format!("version: \"{version}\""))
        .replace("{from: 2025-01-01}", &format!("{{from: {from}{until}}}"));
    Arc::new(Charter::read("smallest.yaml", &text).charter.unwrap())
}

#[test]
fn what_was_published_never_changes() {
    let first = version("1", "2025-01-01", None);
    let mut book = Book::new([first.clone(), first]).unwrap();
    assert_eq!(book.versions().len(), 1);
    let error = book.add(version("1", "2025-06-01", None)).unwrap_err();
    assert_eq!(error.to_string(), "`smallest` has two texts for version `1`");
    let error = book.add(version("2", "2025-01-01", None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "versions `1` and `2` of `smallest` come into force at the same moment, 2025-01-01T00:00:00Z"
    );
    let other = TEXT.replace("charter: smallest", "charter: other");
    let error = book.add(Arc::new(Charter::read("other.yaml", &other).charter.unwrap())).unwrap_err();
    assert_eq!(error.to_string(), "`other` is not a version of `smallest`");
}
