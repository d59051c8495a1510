//! What a late submission loses: due dates, slack, penalties, caps, a budget of late days. Nothing is run for it.

use super::late::Late;
use anyhow::{Context, Result, bail};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Of several attempts, the one that counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pick {
    #[default]
    Latest,
    /// With the highest sum of marks over the exercises; of equals the latest.
    Best,
    /// The last one of those that came in time; without one of those, the latest.
    LatestOnTime,
}

/// The table `[late]` of an assignment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// `2026-03-01T23:59:00+01:00`, or a local time with `zone` beside it.
    pub due: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(default)]
    pub slack_seconds: u32,
    #[serde(default)]
    pub unit: Unit,
    /// What each unit costs: `"2"` points, or `"10%"` of the raw mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<String>,
    /// After so many units a submission is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_units: Option<u32>,
    /// After this moment a submission is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<String>,
    /// No late submission gets more than this share of the points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_percent: Option<f64>,
    /// Units that everybody may be late without a loss, over the whole course.
    #[serde(default)]
    pub budget: u32,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    #[default]
    Day,
    Hour,
}

/// What was granted to one person.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Extension {
    #[serde(default)]
    pub hours: i64,
    /// In place of the due time, written as that is.
    #[serde(default)]
    pub due: Option<String>,
    /// Counts for nothing, and costs nothing.
    #[serde(default)]
    pub excused: bool,
}

impl Extension {
    fn moves_the_date(&self) -> bool {
        self.hours != 0 || self.due.is_some()
    }
}

/// How late a submission is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lateness {
    /// Units begun after the due time; `None` where that is not known.
    pub units: Option<u32>,
    pub after_the_end: bool,
    /// In words, where units can't say it.
    pub said: Option<&'static str>,
}

impl Lateness {
    pub fn is_on_time(&self) -> bool {
        self.units == Some(0)
    }
}

/// What a submission loses, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loss {
    pub points: f64,
    /// Units that the budget paid for.
    pub free: u32,
    pub reason: String,
}

impl Policy {
    /// Whether everything in it can be understood.
    ///
    /// # Errors
    /// It names what can't be.
    pub fn check(&self) -> Result<()> {
        let (due, _) = self.due(&Extension::default())?;
        if let Some(cutoff) = &self.cutoff
            && self.moment(cutoff)?.0 < due
        {
            bail!("`cutoff` ({cutoff}) is before `due` ({})", self.due);
        }
        if self.cap_percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
            bail!("`cap-percent` should be between 0 and 100");
        }
        self.penalty_each(1.0).map(|_| ())
    }

    /// How late a submission is for somebody with this extension.
    ///
    /// # Errors
    /// If a moment can't be understood.
    pub fn lateness(&self, late: &Late, extension: &Extension) -> Result<Lateness> {
        let unknown = |said| Lateness { units: None, after_the_end: false, said: Some(said) };
        Ok(match late {
            Late::No => Lateness { units: Some(0), ..Lateness::default() },
            Late::Unknown => unknown("it is not known whether it was late; nothing is taken off"),
            Late::Yes if extension.moves_the_date() => unknown(
                "late according to the LMS; there is an extension, but it is not known how late it was",
            ),
            // The LMS says late and not how late: the least that this can be.
            Late::Yes => Lateness { units: Some(1), ..Lateness::default() },
            Late::At(moment) => self.counted(moment, extension)?,
        })
    }

    /// What a submission with the mark `raw` of `points` loses, if `budget` units are left.
    ///
    /// # Errors
    /// If the penalty can't be understood.
    pub fn loss(&self, raw: f64, points: f64, lateness: &Lateness, budget: u32) -> Result<Loss> {
        let units = match (lateness.units, lateness.said) {
            (None, said) => {
                return Ok(Loss { reason: said.unwrap_or_default().to_owned(), ..Loss::default() });
            }
            (Some(0), _) => return Ok(Loss { reason: "on time".to_owned(), ..Loss::default() }),
            (Some(units), _) => units,
        };
        let word = match (self.unit, units) {
            (Unit::Day, 1) => "day",
            (Unit::Day, _) => "days",
            (Unit::Hour, 1) => "hour",
            (Unit::Hour, _) => "hours",
        };
        if lateness.after_the_end {
            return Ok(Loss {
                points: raw,
                free: 0,
                reason: format!("{units} {word} late, after the cutoff"),
            });
        }
        let free = units.min(budget);
        let charged = units - free;
        let penalised = raw - (self.penalty_each(raw)? * f64::from(charged)).clamp(0.0, raw);
        let cap = match self.cap_percent {
            Some(percent) if charged > 0 => points * percent / 100.0,
            _ => f64::INFINITY,
        };
        let paid = if free > 0 { format!(", {free} of them free") } else { String::new() };
        Ok(Loss { points: raw - penalised.min(cap), free, reason: format!("{units} {word} late{paid}") })
    }

    /// Late units: those begun after the due time, of which the last does not count if it is within the slack.
    fn counted(&self, moment: &str, extension: &Extension) -> Result<Lateness> {
        let submitted: Timestamp =
            moment.parse().with_context(|| format!("`{moment}` is not a time with an offset"))?;
        let (due, zone) = self.due(extension)?;
        let slack = SignedDuration::from_secs(i64::from(self.slack_seconds));
        // A day is a day of the calendar there, with 23 or 25 hours where the clocks change.
        let (mut units, start) = (0_u32, due.to_zoned_datetime(zone));
        loop {
            let span = match self.unit {
                Unit::Day => jiff::Span::new().try_days(i64::from(units))?,
                Unit::Hour => jiff::Span::new().try_hours(i64::from(units))?,
            };
            let end = start.checked_add(span)?.timestamp().checked_add(slack)?;
            if submitted <= end {
                break;
            }
            units += 1;
            if units > 10_000 {
                bail!("`{moment}` is too long after the due date `{}`; is the year right?", self.due);
            }
        }
        let cutoff = self.cutoff.as_deref().map(|cutoff| self.moment(cutoff)).transpose()?;
        // Whoever has more time has it after the end as well.
        let ended = cutoff.is_some_and(|(cutoff, _)| {
            let moved = cutoff.checked_add(SignedDuration::from_hours(extension.hours)).unwrap_or(cutoff);
            submitted > moved.max(due)
        });
        let after_the_end = units > 0 && (ended || self.max_units.is_some_and(|most| units > most));
        Ok(Lateness { units: Some(units), after_the_end, said: None })
    }

    /// The due time for somebody with this extension.
    fn due(&self, extension: &Extension) -> Result<(Timestamp, TimeZone)> {
        let (due, zone) = self.moment(extension.due.as_ref().unwrap_or(&self.due))?;
        Ok((due.checked_add(SignedDuration::from_hours(extension.hours))?, zone))
    }

    /// A moment with its offset, or a local time. A time without seconds stands for its whole minute.
    pub fn moment(&self, text: &str) -> Result<(Timestamp, TimeZone)> {
        let clock = text.split(['T', ' ']).nth(1).unwrap_or_default();
        let local = clock.split(['+', '-', 'Z']).next().unwrap_or_default();
        let whole_minute = SignedDuration::from_secs(if local.matches(':').count() == 1 { 59 } else { 0 });
        let zone = match &self.zone {
            Some(zone) => Some(
                TimeZone::get(zone)
                    .with_context(|| format!("`{zone}` is not a time zone, such as Europe/Berlin"))?,
            ),
            None => None,
        };
        // A moment that has its own offset is that moment, whatever the zone.
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok((moment.checked_add(whole_minute)?, zone.unwrap_or(TimeZone::UTC)));
        }
        let Some(zone) = zone else {
            bail!("`{text}` is not a time: write 2026-03-01T23:59:00+01:00, or a local time and a `zone`");
        };
        let local: DateTime = text.parse().with_context(|| format!("`{text}` is not a local time"))?;
        let moment = zone.to_ambiguous_timestamp(local).compatible()?;
        Ok((moment.checked_add(whole_minute)?, zone))
    }

    fn penalty_each(&self, raw: f64) -> Result<f64> {
        let Some(penalty) = &self.penalty else { return Ok(0.0) };
        let number = |text: &str| -> Result<f64> {
            let number = text.trim().parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
            number.with_context(|| {
                format!("`{penalty}` is not a penalty: write \"2\" (points) or \"10%\" (of the mark)")
            })
        };
        match penalty.strip_suffix('%') {
            Some(percent) => Ok(raw * number(percent)? / 100.0),
            None => number(penalty),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rest: &str) -> Policy {
        toml::from_str(&format!("due = \"2026-03-01T12:00:00+00:00\"\n{rest}")).unwrap()
    }

    /// What is taken off 10 of 10 points, and the late units that are charged.
    fn loss(policy: &Policy, moment: &str) -> (f64, u32) {
        extended(policy, moment, &Extension::default())
    }

    fn extended(policy: &Policy, moment: &str, extension: &Extension) -> (f64, u32) {
        let lateness = policy.lateness(&Late::At(moment.to_owned()), extension).unwrap();
        let loss = policy.loss(10.0, 10.0, &lateness, policy.budget).unwrap();
        (loss.points, lateness.units.unwrap() - loss.free)
    }

    #[test]
    fn exactly_at_the_due_time_is_on_time() {
        assert_eq!(loss(&policy("penalty = \"1\""), "2026-03-01T12:00:00Z"), (0.0, 0));
        assert_eq!(loss(&policy("penalty = \"1\""), "2026-03-01T12:00:01Z"), (1.0, 1));
    }

    #[test]
    fn slack_is_granted_at_the_end_of_each_unit() {
        let policy = policy("penalty = \"1\"\nslack-seconds = 60");
        assert_eq!(loss(&policy, "2026-03-01T12:01:00Z"), (0.0, 0));
        assert_eq!(loss(&policy, "2026-03-02T12:00:30Z"), (1.0, 1));
        assert_eq!(loss(&policy, "2026-03-02T12:01:01Z"), (2.0, 2));
    }

    #[test]
    fn a_percentage_is_of_the_raw_mark_and_never_more_than_it() {
        let policy = policy("penalty = \"40%\"");
        assert_eq!(loss(&policy, "2026-03-02T11:00:00Z"), (4.0, 1));
        assert_eq!(loss(&policy, "2026-03-09T11:00:00Z"), (10.0, 8));
    }

    #[test]
    fn a_budget_is_used_up_first_and_a_cap_holds_for_who_is_charged() {
        let policy = policy("budget = 2\ncap-percent = 50.0");
        assert_eq!(loss(&policy, "2026-03-03T11:00:00Z"), (0.0, 0));
        assert_eq!(loss(&policy, "2026-03-04T11:00:00Z"), (5.0, 1));
    }

    #[test]
    fn after_the_last_unit_nothing_is_left() {
        assert_eq!(loss(&policy("max-units = 1"), "2026-03-03T11:00:00Z"), (10.0, 2));
    }

    #[test]
    fn a_day_has_the_hours_that_it_has_there() {
        let policy = Policy {
            due: "2026-03-28T12:00".to_owned(),
            zone: Some("Europe/Berlin".to_owned()),
            ..policy("penalty = \"1\"")
        };
        // The clocks go forward in the night: 23 hours later is a day later, and the whole minute is on time.
        assert_eq!(loss(&policy, "2026-03-29T12:00:59+02:00"), (1.0, 1));
        assert_eq!(loss(&policy, "2026-03-29T12:01:00+02:00"), (2.0, 2));
        assert_eq!(loss(&policy, "2026-03-28T12:00:59+01:00"), (0.0, 0));
    }

    #[test]
    fn who_has_an_extension_is_late_after_it() {
        let policy = policy("penalty = \"1\"\ncutoff = \"2026-03-03T00:00:00Z\"");
        let hours = Extension { hours: 24, ..Extension::default() };
        assert_eq!(extended(&policy, "2026-03-02T11:00:00Z", &hours), (0.0, 0));
        assert_eq!(extended(&policy, "2026-03-02T13:00:00Z", &hours), (1.0, 1));
        let date = Extension { due: Some("2026-03-05T12:00:00Z".to_owned()), ..Extension::default() };
        assert_eq!(extended(&policy, "2026-03-05T12:00:00Z", &date), (0.0, 0));
        assert_eq!(extended(&policy, "2026-03-05T12:00:01Z", &date), (10.0, 1), "after the end");
    }

    #[test]
    fn after_the_cutoff_nothing_is_left() {
        let policy = policy("cutoff = \"2026-03-02T00:00:00Z\"");
        assert_eq!(loss(&policy, "2026-03-02T00:00:00Z"), (0.0, 1));
        assert_eq!(loss(&policy, "2026-03-02T00:00:01Z"), (10.0, 1));
    }

    #[test]
    fn a_budget_that_is_spent_pays_for_nothing() {
        let policy = policy("penalty = \"1\"\nbudget = 3");
        let lateness =
            policy.lateness(&Late::at("2026-03-03T11:00:00Z").unwrap(), &Extension::default()).unwrap();
        assert_eq!(policy.loss(10.0, 10.0, &lateness, 1).unwrap().points, 1.0);
        assert_eq!(policy.loss(10.0, 10.0, &lateness, 0).unwrap().points, 2.0);
    }

    #[test]
    fn not_to_know_is_not_to_be_on_time_and_costs_nothing() {
        let policy = policy("penalty = \"1\"");
        let lateness = policy.lateness(&Late::Unknown, &Extension::default()).unwrap();
        let loss = policy.loss(10.0, 10.0, &lateness, 0).unwrap();
        assert!(!lateness.is_on_time());
        assert_eq!(loss.points, 0.0);
        assert!(loss.reason.contains("not known"));
    }

    #[test]
    fn what_is_no_policy_is_said_to_be_none_before_anybody_is_late() {
        let wrong = |rest: &str| format!("{:#}", policy(rest).check().unwrap_err());
        assert!(wrong("penalty = \"ten\"").contains("`ten`"));
        assert!(wrong("cutoff = \"2026-02-01T12:00:00Z\"").contains("before `due`"));
        assert!(wrong("cap-percent = 110.0").contains("between 0 and 100"));
        assert!(wrong("zone = \"Europe/Berlni\"").contains("Europe/Berlni"));
        let error = toml::from_str::<Policy>("due = \"x\"\npenatly = \"1\"").unwrap_err();
        assert!(error.to_string().contains("penatly"), "{error}");
    }

    #[test]
    fn a_minute_is_whole_with_an_offset_too() {
        let policy = Policy { due: "2026-03-01T23:59+01:00".to_owned(), ..policy("penalty = \"1\"") };
        assert_eq!(loss(&policy, "2026-03-01T23:59:59+01:00"), (0.0, 0));
        assert_eq!(loss(&policy, "2026-03-02T00:00:00+01:00"), (1.0, 1));
    }
}
