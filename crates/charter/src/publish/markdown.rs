//! The page as Markdown.

use std::fmt::Write;

use super::page::{Clause, Page, Table};

pub(super) fn render(page: &Page) -> String {
    let mut out = format!("# {}\n\n{}", escaped(&page.title), escaped(&page.version));
    for (word, date, _) in &page.in_force {
        let _ = write!(out, " · {word} {date}");
    }
    out.push_str("\n\n");
    if !page.links.is_empty() {
        let link = |link: &super::page::Link| match link.current {
            true => link.name.clone(),
            false => format!("[{}]({})", link.name, link.file),
        };
        let _ = writeln!(out, "{}\n", page.links.iter().map(link).collect::<Vec<_>>().join(" · "));
    }
    if !page.promises.1.is_empty() {
        list(&mut out, page.promises.0, &page.promises.1);
    }
    if !page.playbooks.1.is_empty() {
        let _ = writeln!(out, "## {}\n", page.playbooks.0);
    }
    for (says, steps) in &page.playbooks.1 {
        let _ = writeln!(out, "### {}\n", escaped(says));
        for (step, number) in steps.iter().zip(1_usize..) {
            let _ = writeln!(out, "{number}. {}", escaped(step));
        }
        out.push('\n');
    }
    if !page.rights.1.is_empty() {
        let _ = writeln!(out, "## {}\n", page.rights.0);
        for (position, right) in page.rights.1.iter().enumerate() {
            clause(&mut out, position.saturating_add(1), right);
        }
    }
    list(&mut out, page.notes.0, &page.notes.1);
    out.push_str("---\n\n");
    if !page.warning.is_empty() {
        let _ = writeln!(out, "**{}**\n", escaped(&page.warning));
    }
    for (label, words) in &page.foot {
        let _ = writeln!(out, "- {label}{}{}", page.colon, escaped(words));
    }
    out
}

fn list(out: &mut String, heading: &str, items: &[String]) {
    let _ = writeln!(out, "## {heading}\n");
    for item in items {
        let _ = writeln!(out, "- {}", escaped(item));
    }
    out.push('\n');
}

fn clause(out: &mut String, number: usize, clause: &Clause) {
    let _ = writeln!(out, "### {number}. {}\n", escaped(&clause.says));
    for term in &clause.terms {
        let _ = write!(out, "**{}**", term.label);
        match term.lines.as_slice() {
            [] => out.push_str("\n\n"),
            [line] => {
                let _ = write!(out, " — {}\n\n", escaped(line));
            }
            lines => {
                out.push_str("\n\n");
                for line in lines {
                    let _ = writeln!(out, "- {}", escaped(line));
                }
                out.push('\n');
            }
        }
        for bands in &term.tables {
            table(out, bands);
        }
        if !term.after.is_empty() {
            for line in &term.after {
                let _ = writeln!(out, "- {}", escaped(line));
            }
            out.push('\n');
        }
    }
}

fn table(out: &mut String, table: &Table) {
    if !table.caption.is_empty() {
        let _ = writeln!(out, "*{}*\n", escaped(&table.caption));
    }
    let _ = writeln!(out, "| {} | {} |\n|---|---:|", escaped(&table.heading), table.gives);
    for (reach, gives) in &table.rows {
        let _ = writeln!(out, "| {} | {} |", escaped(reach), escaped(gives));
    }
    out.push('\n');
}

/// Words that Markdown shows as they are, on one line.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for sign in words.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(sign, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}
