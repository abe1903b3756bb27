use proptest::prelude::*;

use super::*;
use crate::Charter;
use crate::publish::{Format, publish};

fn files(folder: &str) -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(path.to_str().unwrap()));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push((path.display().to_string(), std::fs::read_to_string(path).unwrap()));
        }
    }
    found
}

fn check(before: &str, after: &str) {
    let formatted = format(before).unwrap();
    assert_eq!(formatted, after);
    assert_eq!(format(&formatted).unwrap(), formatted);
}

#[test]
fn layout_is_made_even() {
    check(
        "a:   {b :  1,c: [ x,y ]}   \r\n\r\n\r\n\r\nd:\r\n    e: 1\r\n    f: 2",
        "a: {b: 1, c: [x, y]}\n\nd:\n  e: 1\n  f: 2\n",
    );
    check("a:\n- x\n-   y: 1\n    z: 2\n- - p\n  - q\n", "a:\n  - x\n  - y: 1\n    z: 2\n  - - p\n    - q\n");
    check("\n\na: 'it''s'\nb: \"x: {y}\"\nc:\n   plain\n   words\n", "a: 'it''s'\nb: \"x: {y}\"\nc: plain\n  words\n");
    check(
        "a: |\n      one\n        two\n\n      three\nb: >-\n  x\n# c\nc: 1\n",
        "a: |\n  one\n    two\n\n  three\nb: >-\n  x\n# c\nc: 1\n",
    );
}

#[test]
fn brackets_that_do_not_fit_are_opened() {
    let long = "x".repeat(60);
    check(&format!("a: {{b: {long}, c: {long}}}\n"), &format!("a:\n  b: {long}\n  c: {long}\n"));
    check(
        &format!("a:\n  - {{b: [{long}, {long}], c: 1}}\n"),
        &format!("a:\n  - b:\n      - {long}\n      - {long}\n    c: 1\n"),
    );
    check("a: {b: 1, # why\n    c: 2}\nd: 1\n", "a:\n  b: 1  # why\n  c: 2\nd: 1\n");
}

#[test]
fn comments_stay_where_they_were_said() {
    let kept = "\
# The file.

a:          # beside a key
  # Before the first.
  b: 1      # beside a value
  c:
    - x     # beside an item
    # Between items.
    - y
    # At the end of the list.
  # At the end of the map.
# Before the next.

# Apart.
d: {e: 1}   # beside brackets
# The end.
";
    check(kept, kept);
    check("a:\n- x\n# Before b.\nb: 1\n", "a:\n  - x\n# Before b.\nb: 1\n");
    check("a: 'no # comment'  # one\nb: x#y\n", "a: 'no # comment'  # one\nb: x#y\n");
    check("a: # why\n  word\n-b: 1\n", "# why\na: word\n-b: 1\n");
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in ["", "a: [", "a: 1\na: 2\n", "a: &x 1\nb: *x\n"] {
        assert!(matches!(format(text), Err(FormatError::Unreadable { .. })), "{text}");
    }
}

#[test]
fn every_file_means_the_same_when_formatted() {
    for folder in ["tests/corpus", "../../charters"] {
        for (name, text) in files(folder) {
            let formatted = match format(&text) {
                Err(FormatError::Unreadable { .. }) => continue,
                other => other.unwrap_or_else(|error| panic!("{name}: {error}")),
            };
            assert_eq!(format(&formatted).unwrap(), formatted, "{name}");
            let (Some(before), Some(mut after)) =
                (Charter::read("a", &text).charter, Charter::read("a", &formatted).charter)
            else {
                continue;
            };
            after.digest = before.digest;
            after.source_text = before.source_text.clone();
            assert_eq!(format!("{after:?}"), format!("{before:?}"), "{name}");
            for language in ["en", "nb"] {
                let page = |charter: &Charter| publish(charter, language, Format::Html);
                assert_eq!(page(&after), page(&before), "{name}");
            }
        }
    }
}

#[test]
fn a_charter_that_is_laid_out_evenly_stays_as_it_is() {
    for text in [
        include_str!("../../../../charters/jetblue/charter.yaml"),
        include_str!("../../../../charters/bulk-fuel/charter.yaml"),
    ] {
        assert_eq!(format(text).unwrap(), text);
    }
}

/// A tree, before it is written.
#[derive(Debug, Clone)]
enum Tree {
    Words(&'static str),
    List(Vec<Tree>),
    Map(Vec<Tree>),
}

const WORDS: &[&str] = &[
    "word",
    "two words",
    "3h",
    "'single ''quoted'' # no comment'",
    "\"double: {x}, \\\"y\\\"\"",
    "data.late < duration('15m')",
    "我们的承诺",
    "a-rather-long-word-that-makes-brackets-too-wide-for-their-line",
    "\"\"",
    "x#y",
];

fn trees() -> impl Strategy<Value = Tree> {
    let words = proptest::sample::select(WORDS).prop_map(Tree::Words);
    let inner = words.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Tree::List),
            proptest::collection::vec(inner, 0..5).prop_map(Tree::Map),
        ]
    });
    proptest::collection::vec(inner, 1..6).prop_map(Tree::Map)
}

/// Writes a tree in one of many ways; `choices` says which.
struct Writer<'c> {
    choices: std::iter::Cycle<std::slice::Iter<'c, u8>>,
    out: String,
}

impl Writer<'_> {
    fn choose(&mut self, one_in: u8) -> bool {
        self.choices.next().unwrap().is_multiple_of(one_in)
    }

    fn comment(&mut self, indent: usize) {
        while self.choose(4) {
            match self.choose(2) {
                true => self.out.push_str("   \n"),
                false => self.out.push_str(&format!("{}# comment {}: '\"\n", " ".repeat(indent), self.out.len())),
            }
        }
    }

    fn end(&mut self) {
        if self.choose(4) {
            self.out.push_str(&format!("   # beside {}", self.out.len()));
        }
        let sign = if self.choose(3) { " \r\n" } else { "\n" };
        self.out.push_str(sign);
    }

    fn flow(&mut self, tree: &Tree) {
        match tree {
            Tree::Words(words) => self.out.push_str(words),
            Tree::List(items) => {
                self.out.push('[');
                for item in items {
                    self.flow(item);
                    let sign = if self.choose(2) { "," } else { " ,  " };
                    self.out.push_str(sign);
                    self.inside();
                }
                self.out.push(']');
            }
            Tree::Map(items) => {
                self.out.push('{');
                for (number, item) in items.iter().enumerate() {
                    self.out.push_str(&format!("k{number}: "));
                    self.flow(item);
                    let sign = if self.choose(2) { ", " } else { " ," };
                    self.out.push_str(sign);
                    self.inside();
                }
                self.out.push('}');
            }
        }
    }

    fn inside(&mut self) {
        if self.choose(12) {
            self.out.push_str(&format!(" # inside {}\n{}", self.out.len(), " ".repeat(40)));
        }
    }

    fn block(&mut self, tree: &Tree, indent: usize) {
        let step = if self.choose(2) { 2 } else { 4 };
        match tree {
            Tree::Words(words) => {
                self.out.push_str(&format!(" {words}"));
                self.end();
            }
            Tree::List(items) | Tree::Map(items) if items.is_empty() || self.choose(3) => {
                let _ = items;
                self.out.push(' ');
                self.flow(tree);
                self.end();
            }
            Tree::List(items) => {
                self.end();
                for item in items {
                    self.comment(indent);
                    self.out.push_str(&format!("{}-", " ".repeat(indent)));
                    self.block(item, indent + step);
                }
                self.comment(indent);
            }
            Tree::Map(items) => {
                self.end();
                self.map(items, indent, step);
            }
        }
    }

    fn map(&mut self, items: &[Tree], indent: usize, step: usize) {
        for (number, item) in items.iter().enumerate() {
            self.comment(indent);
            self.out.push_str(&format!("{}k{number}:", " ".repeat(indent)));
            self.block(item, indent + step);
        }
        self.comment(indent);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_becomes_the_same_and_loses_nothing(tree in trees(), choices in proptest::collection::vec(any::<u8>(), 40..200)) {
        let mut writer = Writer { choices: choices.iter().cycle(), out: String::new() };
        let mut used = choices.clone();
        used.retain(|choice| choice % 4 != 0);
        prop_assume!(!used.is_empty());
        if let Tree::Map(items) = &tree {
            writer.map(items, 0, 2);
        }
        let text = writer.out;
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(error) => {
                return Err(TestCaseError::fail(format!("{error:?}\n{text}")));
            }
        };
        prop_assert_eq!(&format(&formatted).unwrap(), &formatted, "from\n{}", text);
        prop_assert_eq!(formatted.matches("# ").count(), text.matches("# ").count());
        for line in formatted.lines() {
            prop_assert!(line == line.trim_end() && !line.contains('\t'));
        }
        prop_assert!(!formatted.contains("\n\n\n") && formatted.ends_with('\n'));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-c:{}\\[\\],#|>' \n-]{0,60}") {
        if let Ok(formatted) = format(&text) {
            prop_assert_eq!(format(&formatted).unwrap(), formatted);
        }
    }
}
