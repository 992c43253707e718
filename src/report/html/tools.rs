//! Progress and filters.

use crate::catalog::{Phase, Severity};
use crate::words;
use std::fmt::Write;

/// Progress and filters. Without script the filters stay hidden.
pub(super) fn tools(out: &mut String) {
    out.push_str(
        "<section class=\"tools\" aria-label=\"Progress and filters\">\n<div class=\"progress\">\n\
         <label for=\"done\" title=\"A box is an action, a task or a deploy\">Done</label> <progress id=\"done\" max=\"1\" value=\"0\"></progress> \
         <output id=\"count\" for=\"done\"></output>\n</div>\n<details class=\"filter\" hidden><summary>Filter</summary>\n<div class=\"filters\">\n",
    );
    let options = |out: &mut String, id: &str, label: &str, list: &[(&str, &str)]| {
        let _ = write!(
            out,
            "<span><label for=\"{id}\">{label}</label> <select id=\"{id}\">"
        );
        for (value, text) in list {
            let _ = write!(out, "<option value=\"{value}\">{text}</option>");
        }
        out.push_str("</select></span>\n");
    };
    let mut phases = vec![("", "all")];
    phases.extend(
        Phase::ALL
            .iter()
            .map(|each| (each.name(), words::phase(*each))),
    );
    options(out, "phase", "Phase", &phases);
    let components = [
        ("", "all"),
        ("consumers", "consumers"),
        ("producers", "producers"),
        ("web-ui", "web-ui"),
    ];
    options(out, "component", "Component", &components);
    let upto = Severity::ALL.iter().take(3).enumerate().map(|(at, it)| {
        let word = words::severity(*it);
        let text = if at == 0 {
            word.to_owned()
        } else {
            format!("and {word}")
        };
        (at.to_string(), text)
    });
    let upto: Vec<(String, String)> = upto.collect();
    let mut severities = vec![("", "all")];
    severities.extend(
        upto.iter()
            .map(|(value, text)| (value.as_str(), text.as_str())),
    );
    options(out, "severity", "Severity", &severities);
    out.push_str(
        "<label><input type=\"checkbox\" id=\"open-only\"> only what is not done</label>\n\
         <button type=\"button\" id=\"all\">Open all steps</button>\n\
         </div>\n</details>\n<p id=\"shown\" role=\"status\"></p>\n</section>\n",
    );
}
