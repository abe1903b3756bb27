//! The published pages of the shipped charters, read by the parser of a browser: no fault of HTML, no name twice, and every
//! language says which it is.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use makegood_charter::Charter;
use makegood_charter::publish::{Format, file_name, languages, publish};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

fn shipped() -> Vec<(String, Charter)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../charters");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path.join("charter.yaml")).unwrap();
        (name, Charter::read("charter.yaml", &text).charter.unwrap())
    };
    paths.into_iter().map(read).collect()
}

fn parsed(page: &str) -> RcDom {
    let mut options = ParseOpts::default();
    options.tokenizer.exact_errors = true;
    options.tree_builder.exact_errors = true;
    parse_document(RcDom::default(), options).one(page)
}

/// Every element below a node: its name and its attributes.
fn elements(node: &Handle, found: &mut Vec<(String, Vec<(String, String)>)>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes = attrs.borrow().iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect();
        found.push((name.local.to_string(), attributes));
    }
    node.children.borrow().iter().for_each(|child| elements(child, found));
}

#[test]
fn every_page_is_sound_html_that_names_its_language_and_links_to_the_others() {
    for (name, charter) in shipped() {
        let files: BTreeSet<String> =
            languages(&charter).into_iter().map(|tag| file_name(&charter, tag, Format::Html)).collect();
        for language in languages(&charter) {
            let page = publish(&charter, language, Format::Html);
            let dom = parsed(&page);
            assert_eq!(*dom.errors.borrow(), Vec::<String>::new(), "{name} {language}");
            let mut found = Vec::new();
            elements(&dom.document, &mut found);
            let of = |wanted: &str| found.iter().filter(|(name, _)| name == wanted).collect::<Vec<_>>();
            let value = |attributes: &[(String, String)], wanted: &str| {
                attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
            };
            assert_eq!(value(&of("html")[0].1, "lang").as_deref(), Some(language), "{name}");
            assert_eq!((of("h1").len(), of("script").len(), of("img").len()), (1, 0, 0), "{name} {language}");
            assert!(of("article").len() >= charter.rights.len(), "{name} {language}");
            let ids: Vec<String> = found.iter().filter_map(|(_, attributes)| value(attributes, "id")).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name} {language}: {ids:?}");
            let links: BTreeSet<String> =
                of("a").iter().filter_map(|(_, attributes)| value(attributes, "href")).collect();
            assert!(links.is_subset(&files), "{name} {language}: {links:?}");
            assert_eq!(links.len(), files.len() - 1, "{name} {language}");
        }
    }
}

#[test]
fn a_fault_of_html_is_found() {
    assert!(!parsed("<!doctype html><p>one<div></p>").errors.borrow().is_empty());
}
