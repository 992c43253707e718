//! Prints the blocks of a report as elements.

use super::ladder::ladder;
use super::tools::tools;
use super::{escaped, prose};
use crate::report::clean::web_link;
use crate::report::document::{
    Badge, Block, Card, Figure, FileEdit, Item, More, Move, Note, Section, SectionKind, Span, Spans,
};
use crate::words;
use std::fmt::Write;

pub(super) fn print(out: &mut String, blocks: &[Block]) {
    for block in blocks {
        self::block(out, block);
    }
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(it) => paragraph(out, "", it),
        Block::Quiet(it) => paragraph(out, " class=\"quiet\"", it),
        Block::Note(it) => note(out, it),
        Block::Labelled { label, items } => {
            let _ = writeln!(out, "<section>\n<h2>{label}</h2>");
            list(out, items.iter().map(|it| prose(it)));
            out.push_str("</section>\n");
        }
        Block::Facts(facts) => {
            let facts = facts.iter();
            list(
                out,
                facts.map(|(label, it)| format!("<b>{label}:</b> {}", prose(it))),
            );
        }
        Block::Edit(it) => edit(out, it),
        Block::Command(command) => {
            out.push_str("<p class=\"lead\">Then:</p>\n");
            self::command(out, command);
        }
        Block::Moves(rows) => moves(out, rows),
        Block::Ladder(it) => {
            let _ = writeln!(
                out,
                "<details class=\"climb\" open>\n<summary><h2 id=\"ladder\">{}</h2></summary>",
                words::LADDER
            );
            ladder(out, it);
            out.push_str("</details>\n");
        }
        Block::List(lines) => list(out, lines.iter().map(line)),
        Block::Items { is_ordered, items } => {
            let (tag, class) = match is_ordered {
                true => ("ol", "items tasks"),
                false => ("ul", "items"),
            };
            let _ = writeln!(out, "<{tag} class=\"{class}\">");
            for it in items {
                item(out, it);
            }
            let _ = writeln!(out, "</{tag}>");
        }
        Block::Terms(terms) => {
            out.push_str("<dl>\n");
            for (what, meaning) in terms {
                let (what, meaning) = (prose(what), prose(meaning));
                let _ = writeln!(out, "<dt>{what}</dt><dd>{meaning}</dd>");
            }
            out.push_str("</dl>\n");
        }
        Block::Names(names) => {
            let names = names.iter();
            list(
                out,
                names.map(|(name, word)| format!("{} <code>{}</code>", prose(word), escaped(name))),
            );
        }
        Block::Rolling {
            answer,
            class,
            because,
        } => {
            let _ = writeln!(
                out,
                "<div class=\"rolling {class}\">\n<p><strong>{}: {answer}</strong></p>",
                words::SIDE_BY_SIDE
            );
            list(out, because.iter().map(|it| prose(it)));
            out.push_str("</div>\n");
        }
        Block::Figures(figures) => self::figures(out, figures),
        Block::Cards(cards) => self::cards(out, cards),
        Block::Tools => tools(out),
        Block::Section(it) => section(out, it),
    }
}

fn section(out: &mut String, section: &Section) {
    let title = escaped(&section.title);
    let end = match section.kind {
        SectionKind::Step { number, is_open } => {
            let open = if is_open { " open" } else { "" };
            let _ = writeln!(
                out,
                "<details class=\"step\" id=\"step-{number}\"{open}>\n<summary><h2>{title}</h2> \
                 <span class=\"count\"></span></summary>"
            );
            "</details>"
        }
        SectionKind::Every => {
            let _ = writeln!(
                out,
                "<details class=\"every\">\n<summary><h2>{title}</h2></summary>"
            );
            "</details>"
        }
        SectionKind::Group { name, step } => {
            let _ = writeln!(
                out,
                "<section class=\"group\" data-group=\"{name}\" aria-labelledby=\"{name}-{step}\">\n\
                 <h3 id=\"{name}-{step}\">{title}</h3>"
            );
            "</section>"
        }
        SectionKind::Chapter { name } => {
            let _ = writeln!(
                out,
                "<section class=\"group\" aria-labelledby=\"{name}\">\n\
                 <h2 id=\"{name}\">{title}</h2>"
            );
            "</section>"
        }
        SectionKind::Part => {
            let _ = writeln!(out, "<h3>{title}</h3>");
            ""
        }
        SectionKind::Folded | SectionKind::Legend => {
            let class = match section.kind {
                SectionKind::Legend => "folded legend",
                _ => "folded",
            };
            let _ = writeln!(out, "<details class=\"{class}\"><summary>{title}</summary>");
            "</details>"
        }
    };
    print(out, &section.blocks);
    if !end.is_empty() {
        let _ = writeln!(out, "{end}");
    }
}

/// Numbers, each large above what it counts.
fn figures(out: &mut String, figures: &[Figure]) {
    out.push_str("<dl class=\"figures\">\n");
    for it in figures {
        let _ = writeln!(
            out,
            "<div><dt>{}</dt><dd>{}</dd></div>",
            escaped(&it.label),
            escaped(&it.value)
        );
    }
    out.push_str("</dl>\n");
}

/// The steps in short, each with a box for its deployment and the way to its details.
fn cards(out: &mut String, cards: &[Card]) {
    let _ = writeln!(
        out,
        "<nav class=\"cards\" aria-label=\"{}\">\n<ol>",
        words::STEPS
    );
    for card in cards {
        let number = card.number;
        let _ = write!(
            out,
            "<li><input type=\"checkbox\" class=\"tick\" data-id=\"{}\" aria-label=\"Step {number} is deployed\"> \
             <div><a href=\"#step-{number}\">{number}. {}</a>\n<p>",
            escaped(&card.tick),
            escaped(&card.title)
        );
        if let Some(remark) = card.remark {
            let _ = write!(out, "<b class=\"badge remark\">{remark}</b> ");
        }
        if card.breaking > 0 {
            let _ = write!(
                out,
                "<b class=\"badge breaking\">{} breaking</b> ",
                card.breaking
            );
        }
        let _ = writeln!(out, "{}</p>", escaped(&card.asks));
        if let Some(order) = &card.deploy {
            let _ = writeln!(out, "<p class=\"quiet\">deploy: {}</p>", line(order));
        }
        out.push_str("</div></li>\n");
    }
    out.push_str("</ol>\n</nav>\n");
}

fn paragraph(out: &mut String, class: &str, text: &str) {
    let _ = writeln!(out, "<p{class}>{}</p>", prose(text));
}

pub(super) fn note(out: &mut String, note: &Note) {
    let class = if note.is_warning { "warning" } else { "note" };
    let _ = writeln!(
        out,
        "<p class=\"{class}\"><b>{}:</b> {}</p>",
        note.label,
        prose(&note.text)
    );
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    out.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(out, "<li>{item}</li>");
    }
    out.push_str("</ul>\n");
}

fn command(out: &mut String, command: &str) {
    let _ = writeln!(
        out,
        "<pre class=\"command\"><code>{}</code></pre>",
        escaped(command)
    );
}

fn edit(out: &mut String, edit: &FileEdit) {
    let _ = write!(out, "<p class=\"lead\">{}:</p>\n<pre><code>", edit.lead);
    for (line, remark) in &edit.lines {
        out.push_str(&escaped(line));
        if let Some(remark) = remark {
            let gap = if line.is_empty() { "" } else { " " };
            let _ = write!(
                out,
                "{gap}<span class=\"quiet\"># {}</span>",
                escaped(remark)
            );
        }
        out.push('\n');
    }
    out.push_str("</code></pre>\n");
}

fn moves(out: &mut String, rows: &[Move]) {
    out.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Changes\">\
         <table class=\"moves\"><thead><tr><th scope=\"col\">package</th>\
         <th scope=\"col\">change</th><th scope=\"col\">reason</th></tr></thead>\n<tbody>\n",
    );
    for row in rows {
        let _ = writeln!(
            out,
            "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            row.class,
            escaped(&row.package),
            escaped(&row.change),
            prose(&row.reason)
        );
    }
    out.push_str("</tbody></table></div>\n");
}

fn line(line: &Spans) -> String {
    let mut out = String::new();
    for span in line {
        let _ = match span {
            Span::Text(it) => write!(out, "{}", prose(it)),
            Span::Strong(it) => write!(out, "<strong>{}</strong>", prose(it)),
            Span::Small(word) => write!(out, " <small>{word}</small>"),
            Span::Code(it) => write!(out, "<code>{}</code>", escaped(it)),
            Span::Command(it) => write!(out, "run <code>{}</code>", escaped(it)),
            Span::Link { text, address } => {
                write!(out, "{}", linked(text, address.as_deref()))
            }
        };
    }
    out
}

fn linked(label: &str, address: Option<&str>) -> String {
    let label = escaped(label);
    match web_link(address) {
        Some(address) => format!(
            "<a href=\"{}\" rel=\"noreferrer\">{label}</a>",
            escaped(address)
        ),
        None => label,
    }
}

fn item(out: &mut String, item: &Item) {
    let class = match item.class {
        "" => "item".to_owned(),
        class => format!("item {class}"),
    };
    let _ = write!(
        out,
        "<li class=\"{class}\" data-component=\"{}\" data-phase=\"{}\"",
        escaped(&item.component),
        item.phase
    );
    if let Some(rank) = item.rank {
        let _ = write!(out, " data-severity=\"{rank}\"");
    }
    out.push_str(">\n");
    let mut label = String::new();
    for Badge { word, class } in &item.badges {
        let _ = write!(label, "<b class=\"badge {class}\">{word}</b> ");
    }
    label.push_str(&line(&item.line));
    // A check box and its label, or the text alone where there is nothing to tick.
    let _ = match &item.tick {
        Some(id) => writeln!(
            out,
            "<label><input type=\"checkbox\" class=\"tick\" data-id=\"{}\"> <span>{label}</span></label>",
            escaped(id)
        ),
        None => writeln!(out, "<p class=\"known\"><span>{label}</span></p>"),
    };
    if !item.more.is_empty() {
        out.push_str("<div class=\"more\">\n");
        for more in &item.more {
            self::more(out, more);
        }
        out.push_str("</div>\n");
    }
    out.push_str("</li>\n");
}

fn more(out: &mut String, more: &More) {
    match more {
        More::Do(it) => {
            let _ = writeln!(out, "<p><b>Do:</b> {}</p>", prose(it));
        }
        More::Command(it) => command(out, it),
        More::Fact(label, fact) => {
            let _ = writeln!(
                out,
                "<p class=\"fact\"><span>{label}:</span> {}</p>",
                prose(fact)
            );
        }
        More::Found {
            place,
            excerpt,
            instead,
        } => {
            let _ = write!(
                out,
                "<p class=\"fact found\"><span>Found:</span> {} <code>{}</code>",
                escaped(place),
                escaped(excerpt)
            );
            if let Some(instead) = instead {
                let _ = write!(
                    out,
                    " <span>instead</span> <code>{}</code>",
                    escaped(instead)
                );
            }
            out.push_str("</p>\n");
        }
        More::Source { id, address, text } => {
            let id = escaped(id);
            let _ = match web_link(address.as_deref()) {
                Some(address) => writeln!(
                    out,
                    "<p class=\"fact\"><a href=\"{}\" rel=\"noreferrer\">{id}</a></p>",
                    escaped(address)
                ),
                None => writeln!(
                    out,
                    "<p class=\"fact\">{id} <span>{}</span></p>",
                    prose(text)
                ),
            };
        }
    }
}
