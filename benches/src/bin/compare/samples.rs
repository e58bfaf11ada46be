//! What came out of the measurements, and what it comes to.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::cases::{self, Case, Row};
use crate::contender::{self, Contender, Server};
use crate::spread::Spread;

/// A report of `crowd`.
pub(crate) type Fields = Map<String, Value>;

/// The report, or why there is none.
pub(crate) type Outcome = Result<Fields, String>;

/// One measurement.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) round: u32,
    /// The name of the case.
    pub(crate) case: &'static str,
    pub(crate) contender: Contender,
    pub(crate) outcome: Outcome,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    pub(crate) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    fn of<'a>(
        &'a self,
        case: &'a str,
        contender: Contender,
    ) -> impl Iterator<Item = &'a Sample> + 'a {
        self.0
            .iter()
            .filter(move |sample| sample.case == case && sample.contender == contender)
    }

    /// The figure itself, over all rounds.
    pub(crate) fn figure(&self, case: &str, row: &Row, who: Contender) -> Option<Spread> {
        let figures: Vec<f64> = self
            .figures(case, row, who)
            .map(|(_, figure)| figure)
            .collect();
        Spread::of(&figures)
    }

    /// The figure as a ratio to that of the bare loop in the same round, over all rounds.
    pub(crate) fn ratio(&self, case: &str, row: &Row, who: Contender) -> Option<Spread> {
        let floor: Vec<(u32, f64)> = self.figures(case, row, who.floor()).collect();
        let ratios: Vec<f64> = self
            .figures(case, row, who)
            .filter_map(|(round, figure)| {
                let (_, floor) = floor.iter().find(|(other, _)| *other == round)?;
                (*floor > 0.0).then_some(figure / floor)
            })
            .collect();
        Spread::of(&ratios)
    }

    fn figures<'a>(
        &'a self,
        case: &'a str,
        row: &'a Row,
        who: Contender,
    ) -> impl Iterator<Item = (u32, f64)> + 'a {
        self.of(case, who).filter_map(|sample| {
            let figure = row.of(sample.outcome.as_ref().ok()?)?;
            Some((sample.round, figure))
        })
    }

    /// Why somebody could not be measured.
    pub(crate) fn failure(&self, case: &Case, who: Contender) -> Option<&str> {
        let mut outcomes = self.of(case.name, who).map(|sample| &sample.outcome);
        outcomes.find_map(|outcome| outcome.as_ref().err().map(String::as_str))
    }

    /// Whether every measurement of ours and of the bare loop worked.
    pub(crate) fn ours_are_whole(&self) -> bool {
        let mut ours = self.0.iter().filter(|sample| sample.contender.is_ours());
        ours.all(|sample| sample.outcome.is_ok())
    }

    /// How many rounds there are.
    pub(crate) fn rounds(&self) -> u32 {
        self.0.iter().map(|sample| sample.round).max().unwrap_or(0)
    }

    /// In how many rounds a server was measured.
    pub(crate) fn rounds_of(&self, server: Server) -> usize {
        let mine = self
            .0
            .iter()
            .filter(|sample| sample.contender.server == server);
        let rounds: BTreeSet<u32> = mine.map(|sample| sample.round).collect();
        rounds.len()
    }

    /// What [`json`](Self::json) wrote, but for what is not measured any more.
    pub(crate) fn read(text: &str) -> anyhow::Result<Samples> {
        let all: Value = serde_json::from_str(text)?;
        let measurements = all["measurements"].as_array();
        let measurements = measurements.context("it has no measurements")?;
        let cases = cases::all();
        let samples = measurements
            .iter()
            .filter_map(|one| Sample::read(one, &cases));
        Ok(Samples(samples.collect()))
    }

    /// Everything, for those who want to count for themselves.
    pub(crate) fn json(&self, machine: &[String]) -> String {
        let measurements: Vec<Value> = self.0.iter().map(Sample::json).collect();
        let all = json!({ "machine": machine, "measurements": measurements });
        format!("{all:#}\n")
    }
}

impl Sample {
    fn json(&self) -> Value {
        let mut fields = Fields::new();
        fields.insert("round".into(), self.round.into());
        fields.insert("name".into(), self.case.into());
        fields.insert("server".into(), self.contender.server.name().into());
        fields.insert("over".into(), self.contender.over.flag().into());
        fields.insert("tags".into(), self.contender.tags.into());
        match &self.outcome {
            Ok(report) => fields.extend(report.clone()),
            Err(why) => drop(fields.insert("failed".into(), why.clone().into())),
        }
        fields.into()
    }
}

impl Sample {
    fn read(one: &Value, cases: &[Case]) -> Option<Sample> {
        let is_it = |who: &Contender| {
            who.server.name() == one["server"]
                && who.over.flag() == one["over"]
                && who.tags == one["tags"]
        };
        Some(Sample {
            round: u32::try_from(one["round"].as_u64()?).ok()?,
            case: cases.iter().find(|case| case.name == one["name"])?.name,
            contender: contender::all().into_iter().find(is_it)?,
            outcome: match one["failed"].as_str() {
                Some(why) => Err(why.to_owned()),
                None => Ok(one.as_object()?.clone()),
            },
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cases::TYPICAL;
    use crate::contender::Over;

    pub(crate) fn contender(server: Server, over: Over) -> Contender {
        Contender {
            server,
            over,
            tags: false,
        }
    }

    /// Samples of the first case, by round.
    pub(crate) fn of_rounds(figures: &[(Contender, &[f64])]) -> Samples {
        let mut samples = Samples::default();
        for (who, rounds) in figures {
            for (round, figure) in (1..).zip(*rounds) {
                let mut fields = Fields::new();
                fields.insert("server_cpu_ns_per_delivery".into(), (*figure).into());
                samples.push(Sample {
                    round,
                    case: TYPICAL,
                    contender: *who,
                    outcome: Ok(fields),
                });
            }
        }
        samples
    }

    #[test]
    fn a_ratio_is_that_of_one_round() {
        let chat = contender(Server::Chat, Over::Irc);
        let samples = of_rounds(&[
            (chat, &[110.0, 240.0, 65.0]),
            (chat.floor(), &[100.0, 200.0, 50.0]),
        ]);
        let row = &cases::all()[0].rows[0];
        let ratio = samples.ratio(TYPICAL, row, chat).unwrap();
        assert_eq!((ratio.median, ratio.least, ratio.most), (1.2, 1.1, 1.3));
        let figure = samples.figure(TYPICAL, row, chat).unwrap();
        assert_eq!(figure.median, 110.0);
        assert_eq!(samples.rounds(), 3);
    }

    #[test]
    fn without_a_floor_there_is_no_ratio() {
        let bun = contender(Server::Bun, Over::Ws);
        let samples = of_rounds(&[(bun, &[150.0])]);
        assert_eq!(samples.ratio(TYPICAL, &cases::all()[0].rows[0], bun), None);
    }

    #[test]
    fn a_failure_is_kept_with_its_reason() {
        let chat = contender(Server::Chat, Over::Irc);
        let mut samples = of_rounds(&[(chat, &[1.0])]);
        assert!(samples.ours_are_whole());
        samples.push(Sample {
            round: 2,
            case: TYPICAL,
            contender: chat,
            outcome: Err("it ended".into()),
        });
        assert!(!samples.ours_are_whole());
        assert_eq!(samples.failure(&cases::all()[0], chat), Some("it ended"));
        assert!(samples.json(&[]).contains("\"failed\": \"it ended\""));
    }

    #[test]
    fn what_was_written_is_read_back() {
        let bare = contender(Server::Bare, Over::Irc);
        let mut samples = of_rounds(&[(bare, &[1.0, 2.0])]);
        samples.push(Sample {
            round: 3,
            case: TYPICAL,
            contender: contender(Server::Redis, Over::Redis),
            outcome: Err("gone".into()),
        });
        let again = Samples::read(&samples.json(&[])).unwrap();
        assert_eq!(again.json(&[]).len(), samples.json(&[]).len());
        assert_eq!(again.rounds(), 3);
        assert!(Samples::read("{}").is_err());
    }
}
