//! `results.svg`: what a delivery costs in the typical case, one bar for each server. From zero and
//! to scale, so that the lengths may be compared; in the colours of light and dark.

use std::fmt::Write;

use crate::cases::{self, Case, TYPICAL};
use crate::contender::{self, Contender, Server};
use crate::samples::Samples;
use crate::spread::{Spread, Unit};

const WIDTH: f64 = 760.0;
const BAR_LEFT: f64 = 210.0;
/// Where the longest bar ends; the figures stand behind it.
const BAR_RIGHT: f64 = 600.0;
const BAR_HEIGHT: f64 = 20.0;
const ROW_HEIGHT: f64 = 32.0;
const TOP: f64 = 66.0;

const STYLE: &str = "text{font:14px system-ui,sans-serif;fill:#1f2328}\
    .title{font-size:17px;font-weight:600}.small{font-size:12px;fill:#59636e}\
    .chat{fill:#1a7f5a}.bare{fill:#8c959f}.peer{fill:#a8b8d8}.spread{stroke:#1f2328;stroke-width:1.5}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}\
    .chat{fill:#3fb68b}.bare{fill:#6e7681}.peer{fill:#4d5f86}.spread{stroke:#e6edf3}}";

/// One bar.
struct Bar {
    who: Contender,
    figure: Spread,
    ratio: Option<Spread>,
}

/// The whole picture.
pub(crate) fn draw(is_smoke: bool, samples: &Samples) -> String {
    let bars = bars(samples);
    let height = TOP + ROW_HEIGHT * f64::from(u32::try_from(bars.len()).unwrap_or(0)) + 12.0;
    let longest = bars.iter().map(|bar| bar.figure.most).fold(1.0, f64::max);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">CPU of the server for each message that a reader gets</title>\n\
         <desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"8\" y=\"24\">CPU of the server for each message that a reader gets</text>\n\
         <text class=\"small\" x=\"8\" y=\"46\">{}</text>\n",
        description(&bars),
        subtitle(is_smoke)
    );
    for (number, bar) in (0_u32..).zip(&bars) {
        let y = TOP + ROW_HEIGHT * f64::from(number);
        svg += &draw_bar(bar, y, (BAR_RIGHT - BAR_LEFT) / longest);
    }
    svg + "</svg>\n"
}

fn subtitle(is_smoke: bool) -> &'static str {
    match is_smoke {
        true => "a smoke run with few readers: these lengths mean nothing",
        false => {
            "1,000 readers, 64 messages of 64 bytes in flight; × is the ratio to the bare loop, \
             lines show the range over the rounds"
        }
    }
}

/// Those that were measured, the cheapest first.
fn bars(samples: &Samples) -> Vec<Bar> {
    let all = cases::all();
    let row = all
        .iter()
        .find(|case: &&Case| case.name == TYPICAL)
        .and_then(|case| case.rows.first());
    let Some(row) = row else {
        return Vec::new();
    };
    let bar = |who: Contender| {
        Some(Bar {
            who,
            figure: samples.figure(TYPICAL, row, who)?,
            ratio: samples.ratio(TYPICAL, row, who),
        })
    };
    // The raw loop is a matter of its own, and tags make longer lines.
    let shown = contender::all()
        .into_iter()
        .filter(|who| who.server != Server::BareEpoll && !who.tags);
    let mut bars: Vec<Bar> = shown.filter_map(bar).collect();
    bars.sort_by(|a, b| a.figure.median.total_cmp(&b.figure.median));
    bars
}

fn draw_bar(bar: &Bar, y: f64, scale: f64) -> String {
    let class = match bar.who.server {
        Server::Chat => "chat",
        Server::Bare | Server::BareEpoll => "bare",
        _ => "peer",
    };
    let at = |figure: f64| BAR_LEFT + figure * scale;
    let (middle, baseline) = (y + BAR_HEIGHT / 2.0, y + BAR_HEIGHT / 2.0 + 5.0);
    let (least, most) = (at(bar.figure.least), at(bar.figure.most));
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{baseline:.1}\" text-anchor=\"end\">{}</text>\n\
         <rect class=\"{class}\" x=\"{BAR_LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR_HEIGHT}\" rx=\"3\"/>\n\
         <line class=\"spread\" x1=\"{least:.1}\" y1=\"{middle:.1}\" x2=\"{most:.1}\" y2=\"{middle:.1}\"/>\n\
         <text x=\"{:.1}\" y=\"{baseline:.1}\">{}</text>\n",
        BAR_LEFT - 10.0,
        bar.who.name(),
        bar.figure.median * scale,
        most + 8.0,
        words(bar)
    );
    svg
}

/// `68 ns, 1.05 ×`.
fn words(bar: &Bar) -> String {
    let figure = Unit::Nanoseconds.show(bar.figure.median);
    match bar.ratio.filter(|_| bar.who != bar.who.floor()) {
        Some(ratio) => format!("{figure}, {}", Unit::Times.show(ratio.median)),
        None => figure,
    }
}

/// The same for those who do not see it.
fn description(bars: &[Bar]) -> String {
    let sentences = bars
        .iter()
        .map(|bar| format!("{}: {}.", bar.who.name(), words(bar)));
    let sentences: Vec<String> = sentences.collect();
    match sentences.is_empty() {
        true => "Nothing was measured.".to_owned(),
        false => format!(
            "Nanoseconds of CPU, and the ratio to the bare loop of the same door. {}",
            sentences.join(" ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contender::Over;
    use crate::samples::tests::{contender, of_rounds};

    #[test]
    fn bars_are_to_scale_and_in_order() {
        let chat = contender(Server::Chat, Over::Irc);
        let redis = contender(Server::Redis, Over::Redis);
        let samples = of_rounds(&[(redis, &[390.0]), (chat, &[78.0]), (chat.floor(), &[60.0])]);
        let svg = draw(false, &samples);
        let widths: Vec<&str> = svg
            .lines()
            .filter_map(|line| {
                line.strip_prefix("<rect ")?
                    .split("width=\"")
                    .nth(1)?
                    .split('"')
                    .next()
            })
            .collect();
        assert_eq!(widths, ["60.0", "78.0", "390.0"]);
        assert!(svg.contains("chat, IRC: 78 ns, 1.30 ×."), "{svg}");
        assert_eq!(svg.matches("class=\"peer\"").count(), 1);
    }

    #[test]
    fn the_picture_has_a_title_and_a_description_whatever_there_is() {
        let svg = draw(true, &Samples::default());
        assert!(svg.contains("<title id=\"title\">") && svg.contains("Nothing was measured."));
        assert!(svg.contains("a smoke run"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
