//! `RESULTS.md`: what this ran on, the table of the chat with its bounds, the bare loop, the peers.
//! Every sentence that claims something is made of the figures.

use std::fmt::Write;

use crate::args::Args;
use crate::cases::{Bound, Case, Row};
use crate::contender::{Contender, FORMS, Over, Server};
use crate::machine::Machine;
use crate::peers;
use crate::samples::Samples;
use crate::spread::{Unit, with_commas};

/// The whole page.
pub(crate) fn text(args: &Args, machine: &Machine, cases: &[Case], samples: &Samples) -> String {
    let parts = [
        heading(args, samples),
        list("Machine", &machine.lines()),
        list("Rounds in which each was measured", &rounds(samples)),
        "## The chat\n\n".to_owned(),
        ours(args.quick, cases, samples),
        verdict(args.quick, cases, samples),
        "## The bare loop\n\n".to_owned(),
        bare(cases, samples),
        peers::text(cases, samples),
    ];
    parts.concat()
}

fn heading(args: &Args, samples: &Samples) -> String {
    let smoke = if args.quick {
        "**A smoke run: it shows that everything works. The rooms are smaller than the titles say, the times so short that no figure means anything.**\n\n"
    } else {
        ""
    };
    let rounds = samples.rounds();
    let (plural, cells) = match rounds {
        1 => ("", "Each figure was measured once."),
        _ => (
            "s",
            "A figure is the median, with the least and the most in parentheses.",
        ),
    };
    format!(
        "# What passing a message on costs\n\n{smoke}\
         Written by `{}`: {rounds} round{plural}, {} s for each measurement. {cells} A ratio is that \
         of two figures of the same round, the lower one that of the bare loop: it shakes hands by the \
         same door, writes lines of the same length, each batch once to each socket, and does nothing \
         else. With so many in flight the next ones are said when everybody has all of the last ones, so \
         all servers are given the same batches.\n\n",
        args.command(),
        args.seconds()
    )
}

fn rounds(samples: &Samples) -> Vec<String> {
    let counts = Server::ALL.map(|server| (server.name(), samples.rounds_of(server)));
    let here = counts.iter().filter(|(_, count)| *count > 0);
    here.map(|(name, count)| format!("{name}: {count}"))
        .collect()
}

fn list(heading: &str, items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("- {item}\n")).collect();
    format!("{heading}:\n\n{items}\n")
}

/// The four forms of the chat: ratios where the bound is one, and the figures themselves.
fn ours(is_smoke: bool, cases: &[Case], samples: &Samples) -> String {
    let mut table = head("| case | bound |");
    for (case, row) in rows(cases) {
        let cells = FORMS.map(|form| our_cell(is_smoke, case, row, form, samples));
        let _ = writeln!(
            table,
            "| {} | {} | {} |",
            row.title,
            bound(row),
            cells.join(" | ")
        );
    }
    table
}

fn our_cell(
    is_smoke: bool,
    case: &Case,
    row: &Row,
    form: (Over, bool),
    samples: &Samples,
) -> String {
    let chat = of(Server::Chat, form);
    let mark = match held(case, row, form, samples) {
        Some(false) if !is_smoke => "**missed** ",
        _ => "",
    };
    format!("{mark}{}", cell(case, row, chat, samples))
}

/// A figure with its ratio to the bare loop, if there is one; or a dash.
pub(crate) fn cell(case: &Case, row: &Row, who: Contender, samples: &Samples) -> String {
    let Some(figure) = samples.figure(case.name, row, who) else {
        return "–".to_owned();
    };
    let figure = figure.show(row.unit);
    match samples.ratio(case.name, row, who) {
        Some(ratio) => format!("{}<br>{figure}", ratio.show(Unit::Times)),
        None => figure,
    }
}

/// Whether a bound holds for the median; `None` if there is no figure or no bound.
fn held(case: &Case, row: &Row, form: (Over, bool), samples: &Samples) -> Option<bool> {
    let chat = of(Server::Chat, form);
    let figure = samples.figure(case.name, row, chat)?;
    let ratio = samples.ratio(case.name, row, chat);
    let ratio = ratio.map(|ratio| ratio.median);
    row.bound.holds(form.0, figure.median, ratio)
}

fn bare(cases: &[Case], samples: &Samples) -> String {
    let mut table = head("| case |");
    for (case, row) in rows(cases) {
        let figure = |form| samples.figure(case.name, row, of(Server::Bare, form));
        let cells = FORMS.map(|form| figure(form).map(|figure| figure.show(row.unit)));
        if cells.iter().any(Option::is_some) {
            let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".to_owned()));
            let _ = writeln!(table, "| {} | {} |", row.title, cells.join(" | "));
        }
    }
    table + "\n"
}

/// How many bounds hold, and which do not. A smoke run is held to none.
fn verdict(is_smoke: bool, cases: &[Case], samples: &Samples) -> String {
    let mut text = String::from("\n");
    if !is_smoke {
        text += &judgement(cases, samples);
    }
    let failed = failures(cases, samples);
    if !failed.is_empty() {
        text += &list("Not measured", &failed);
    }
    text
}

fn judgement(cases: &[Case], samples: &Samples) -> String {
    let (mut held_count, mut missed) = (0, Vec::new());
    for (case, row) in rows(cases) {
        for form in FORMS {
            match held(case, row, form, samples) {
                Some(true) => held_count += 1,
                Some(false) => missed.push(miss(case, row, form, samples)),
                None => {}
            }
        }
    }
    let all = held_count + missed.len();
    let text = format!("{held_count} of {all} bounds that were measured hold.\n\n");
    match missed.is_empty() {
        true => text,
        false => text + &list("Missed", &missed),
    }
}

fn miss(case: &Case, row: &Row, form: (Over, bool), samples: &Samples) -> String {
    let chat = of(Server::Chat, form);
    let cell = cell(case, row, chat, samples).replace("<br>", ", ");
    format!(
        "{}, {}: {cell}, bound {}",
        row.title,
        form_name(form),
        bound(row)
    )
}

/// What of ours or of the bare loop did not work.
fn failures(cases: &[Case], samples: &Samples) -> Vec<String> {
    let mut failures = Vec::new();
    for case in cases {
        for who in crate::contender::all()
            .into_iter()
            .filter(|who| who.is_ours())
        {
            if let Some(why) = samples.failure(case, who) {
                failures.push(format!("{} with {}: {why}", case.name, who.name()));
            }
        }
    }
    failures
}

pub(crate) fn rows(cases: &[Case]) -> impl Iterator<Item = (&Case, &Row)> {
    cases
        .iter()
        .flat_map(|case| case.rows.iter().map(move |row| (case, row)))
}

fn head(first: &str) -> String {
    let names = FORMS.map(form_name);
    let columns = first.matches('|').count() - 1 + names.len();
    format!(
        "{first} {} |\n|{}\n",
        names.join(" | "),
        "---|".repeat(columns)
    )
}

fn form_name((over, tags): (Over, bool)) -> String {
    let tags = if tags { ", tags" } else { "" };
    format!("{}{tags}", over.name())
}

fn bound(row: &Row) -> String {
    let show = |figure| {
        let unit = row.unit.show(0.0);
        let unit = unit.rsplit(' ').next().unwrap_or_default();
        match row.unit {
            Unit::Times => row.unit.show(figure),
            _ => format!("{} {unit}", with_commas(figure)),
        }
    };
    match row.bound {
        Bound::OfBare(most) => format!("≤ {}", Unit::Times.show(most)),
        Bound::AtMost(irc, ws) if irc == ws => format!("≤ {}", show(irc)),
        Bound::AtMost(irc, ws) => format!("≤ {} IRC, {} WebSocket", show(irc), show(ws)),
        Bound::AtLeast(least) => format!("≥ {}", show(least)),
        Bound::None => String::new(),
    }
}

pub(crate) fn of(server: Server, (over, tags): (Over, bool)) -> Contender {
    Contender { server, over, tags }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;
    use crate::samples::tests::{contender, of_rounds};

    fn tables(chat: &[f64], bare: &[f64]) -> (String, String) {
        let who = contender(Server::Chat, Over::Irc);
        let samples = of_rounds(&[(who, chat), (who.floor(), bare)]);
        let cases = &cases::all()[..1];
        (
            ours(false, cases, &samples),
            verdict(false, cases, &samples),
        )
    }

    #[test]
    fn a_bound_that_holds_is_counted() {
        let (table, verdict) = tables(&[70.0, 66.0], &[64.0, 66.0]);
        let line = table.lines().nth(2).unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[2], "≤ 1.15 ×");
        assert_eq!(cells[3], "1.05 × (1.00–1.09)<br>68 ns (66–70)");
        assert_eq!(cells[4..], ["–", "–", "–", ""]);
        assert!(verdict.contains("1 of 1 bounds") && !verdict.contains("Missed"));
    }

    #[test]
    fn a_bound_that_is_missed_is_said_twice() {
        let (table, verdict) = tables(&[90.0], &[60.0]);
        assert!(table.contains("| **missed** 1.50 ×<br>90 ns |"), "{table}");
        assert!(verdict.contains("0 of 1 bounds"), "{verdict}");
        assert!(
            verdict.contains("IRC: 1.50 ×, 90 ns, bound ≤ 1.15 ×"),
            "{verdict}"
        );
    }

    #[test]
    fn a_heading_has_as_many_columns_as_its_rows() {
        let head = head("| case | bound |");
        let columns: Vec<usize> = head.lines().map(|line| line.matches('|').count()).collect();
        assert_eq!(columns, [7, 7]);
    }

    #[test]
    fn bounds_are_written_with_their_units() {
        let all = cases::all();
        let bounds: Vec<String> = rows(&all).map(|(_, row)| bound(row)).collect();
        for expected in [
            "≤ 768 B IRC, 1,792 B WebSocket",
            "≥ 8,000 /s",
            "≤ 20 ms",
            "≥ 0.97 ×",
        ] {
            assert!(
                bounds.iter().any(|bound| bound == expected),
                "{expected}: {bounds:?}"
            );
        }
    }
}
