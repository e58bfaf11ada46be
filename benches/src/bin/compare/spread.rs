//! A figure over several rounds: its median and how far it went, and how that is written.

/// What the figure of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Bytes,
    PerSecond,
    /// A ratio.
    Times,
}

/// One figure, measured several times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Of no figures there is none. Of an even number the median is halfway between the middle two.
    pub(crate) fn of(figures: &[f64]) -> Option<Spread> {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Spread {
            median: f64::midpoint(low, high),
            least,
            most,
        })
    }

    /// `68 ns (66–71)`; without the range if there was but one.
    pub(crate) fn show(self, unit: Unit) -> String {
        let (least, most) = (unit.number(self.least), unit.number(self.most));
        if least == most {
            return unit.show(self.median);
        }
        format!("{} ({least}–{most})", unit.show(self.median))
    }
}

impl Unit {
    /// With the unit behind it.
    pub(crate) fn show(self, figure: f64) -> String {
        let unit = match self {
            Unit::Nanoseconds => "ns",
            Unit::Microseconds => "µs",
            Unit::Milliseconds => "ms",
            Unit::Bytes => "B",
            Unit::PerSecond => "/s",
            Unit::Times => "×",
        };
        format!("{} {unit}", self.number(figure))
    }

    fn number(self, figure: f64) -> String {
        match self {
            Unit::Times => format!("{figure:.2}"),
            _ if figure.abs() < 9.95 => format!("{figure:.1}"),
            _ => with_commas(figure),
        }
    }
}

/// `12,345`.
pub(crate) fn with_commas(figure: f64) -> String {
    let digits = format!("{:.0}", figure.abs());
    let mut text = String::from(if figure < 0.0 { "−" } else { "" });
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |figures: &[f64]| Spread::of(figures).map(|spread| spread.median);
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    #[test]
    fn a_figure_is_shown_with_its_range() {
        let spread = Spread::of(&[68.4, 66.0, 71.2]).unwrap();
        assert_eq!(spread.show(Unit::Nanoseconds), "68 ns (66–71)");
        assert_eq!(Spread::of(&[1.149]).unwrap().show(Unit::Times), "1.15 ×");
        let large = Spread::of(&[1234.0, 1_234_567.0, 8.25]).unwrap();
        assert_eq!(large.show(Unit::Bytes), "1,234 B (8.2–1,234,567)");
    }

    #[test]
    fn less_than_nothing_has_a_sign() {
        assert_eq!(Unit::Bytes.show(-4096.0), "−4,096 B");
    }
}
