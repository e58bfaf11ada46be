//! The table of other people's servers, with a reason for each dash.

use std::fmt::Write;

use crate::cases::Case;
use crate::contender::{Contender, PEERS};
use crate::report::{cell, rows};
use crate::samples::Samples;

/// The section, or that there is none.
pub(crate) fn text(cases: &[Case], samples: &Samples) -> String {
    let measured = measured(cases, samples);
    if measured.is_empty() {
        return "No peer was measured. `benches/compare --install` gets them and measures them.\n"
            .to_owned();
    }
    let names: Vec<String> = measured.iter().map(|who| who.name()).collect();
    let mut text = format!(
        "## Others\n\nOver what they speak and without tags, as ratios to the bare loop of the same door \
         (that of IRC for Redis). Limits and throttles are lifted; their configurations are in \
         `benches/peers`.\n\n| case | {} |\n|{}\n",
        names.join(" | "),
        "---|".repeat(1 + names.len())
    );
    for (case, row) in rows(cases) {
        let cells = measured.iter().map(|who| cell(case, row, *who, samples));
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(text, "| {} | {} |", row.title, cells.join(" | "));
    }
    text + &reasons(cases, &measured, samples)
}

/// Those of whom there is anything to tell.
fn measured(cases: &[Case], samples: &Samples) -> Vec<Contender> {
    let peers = PEERS.map(|(server, over)| Contender {
        server,
        over,
        tags: false,
    });
    let is_there = |who: &Contender| {
        let figure = rows(cases).any(|(case, row)| samples.figure(case.name, row, *who).is_some());
        figure
            || cases
                .iter()
                .any(|case| samples.failure(case, *who).is_some())
    };
    peers.into_iter().filter(is_there).collect()
}

fn reasons(cases: &[Case], measured: &[Contender], samples: &Samples) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for case in cases {
        for who in measured {
            let unable = who.inability(&case.kind).map(str::to_owned);
            let failed = samples.failure(case, *who);
            let failed = failed.map(|why| format!("{}: {why}", who.name()));
            if let Some(why) = unable.or(failed) {
                reasons.push(format!("- `{}`: {why}\n", case.name));
            }
        }
    }
    reasons.dedup();
    match reasons.is_empty() {
        true => String::new(),
        false => format!("\nWhere there is a dash:\n\n{}", reasons.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;
    use crate::contender::{Over, Server};
    use crate::samples::tests::{contender, of_rounds};

    #[test]
    fn peers_are_shown_with_their_ratio_and_dashes_with_a_reason() {
        let bun = contender(Server::Bun, Over::Ws);
        let samples = of_rounds(&[(bun, &[150.0]), (bun.floor(), &[60.0])]);
        let cases = cases::all();
        let text = text(&cases, &samples);
        assert!(
            text.contains("| case | Bun, WebSocket |\n|---|---|\n"),
            "{text}"
        );
        assert!(text.contains("per delivery | 2.50 ×<br>150 ns |"), "{text}");
        assert!(text.contains("- `join`: the script for Bun"), "{text}");
    }

    #[test]
    fn without_peers_there_is_no_table() {
        assert!(text(&cases::all(), &Samples::default()).starts_with("No peer"));
    }
}
