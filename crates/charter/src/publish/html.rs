//! The page as one HTML file.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::page::{Clause, Page, Table, Term};

/// What is given is kept on one line up to so many characters.
const SHORT: usize = 16;

/// What every page of the project shares.
pub const BASE_STYLE: &str = include_str!("base.css");
const STYLE: &str = include_str!("style.css");

pub(super) fn render(page: &Page) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang=(page.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) }
                @for link in page.links.iter().filter(|link| !link.current) {
                    link rel="alternate" hreflang=(link.tag) href=(link.file);
                }
                style { "\n" (PreEscaped(BASE_STYLE)) (PreEscaped(STYLE)) }
            }
            body {
                (head(page))
                main {
                    @if !page.promises.1.is_empty() {
                        section aria-labelledby="promises" {
                            h2 id="promises" { (page.promises.0) }
                            ul.promises { @for promise in &page.promises.1 { li { (promise) } } }
                        }
                    }
                    @if !page.playbooks.1.is_empty() { (playbooks(page)) }
                    @if !page.rights.1.is_empty() { (rights(page)) }
                    section aria-labelledby="notes" {
                        h2 id="notes" { (page.notes.0) }
                        ul { @for note in &page.notes.1 { li { (note) } } }
                    }
                }
                (foot(page))
            }
        }
    };
    let mut text = markup.into_string();
    text.push('\n');
    text
}

fn head(page: &Page) -> Markup {
    html! {
        header {
            @if !page.links.is_empty() {
                nav aria-label=(page.links_label) {
                    @for link in &page.links {
                        @if link.current {
                            span lang=(link.tag) aria-current="page" { (link.name) }
                        } @else {
                            a href=(link.file) hreflang=(link.tag) lang=(link.tag) { (link.name) }
                        }
                    }
                }
            }
            h1 { (page.title) }
            p.version {
                span { (page.version) }
                @for (word, date, iso) in &page.in_force {
                    " " span { (word) " " time datetime=(iso) { (date) } }
                }
            }
        }
    }
}

fn playbooks(page: &Page) -> Markup {
    html! {
        section aria-labelledby="playbooks" {
            h2 id="playbooks" { (page.playbooks.0) }
            @for (says, steps) in &page.playbooks.1 {
                h3 { (says) }
                ol.steps { @for step in steps { li { (step) } } }
            }
        }
    }
}

fn rights(page: &Page) -> Markup {
    html! {
        section aria-labelledby="rights" {
            h2 id="rights" { (page.rights.0) }
            ol.clauses { @for right in &page.rights.1 { li { (clause(right)) } } }
        }
    }
}

fn clause(clause: &Clause) -> Markup {
    html! {
        article id={ "right-" (clause.id) } {
            h3 { (clause.says) }
            dl {
                @for term in &clause.terms {
                    div { dt { (term.label) } dd { (term_body(term)) } }
                }
            }
        }
    }
}

fn term_body(term: &Term) -> Markup {
    html! {
        (lines(&term.lines))
        @if !term.tables.is_empty() { div.tables { @for bands in &term.tables { (table(bands)) } } }
        (lines(&term.after))
    }
}

fn lines(lines: &[String]) -> Markup {
    html! {
        @if let [line] = lines { p { (line) } } @else if !lines.is_empty() {
            ul { @for line in lines { li { (line) } } }
        }
    }
}

fn table(table: &Table) -> Markup {
    html! {
        table {
            @if !table.caption.is_empty() { caption { (table.caption) } }
            thead { tr { th scope="col" { (table.heading) } th scope="col" { (table.gives) } } }
            tbody { @for (reach, gives) in &table.rows { tr { th scope="row" { (reach) } td.short[gives.chars().count() <= SHORT] { (gives) } } } }
        }
    }
}

fn foot(page: &Page) -> Markup {
    html! {
        footer {
            @if !page.warning.is_empty() { p.warning { (page.warning) } }
            h2 { (page.foot_label) }
            dl { @for (label, words) in &page.foot { div { dt { (label) } dd { (words) } } } }
        }
    }
}
