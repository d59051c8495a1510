//! What a late submission loses: due dates, slack, penalties, caps, a budget of late days. Nothing is run for it.

use super::late::Late;
use super::lms::Key;
use anyhow::{Context, Result, bail};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

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
    /// No late submission gets more than this share of the points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_percent: Option<f64>,
    /// Units that everybody may be late without a loss.
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
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct Extension {
    #[serde(default)]
    pub hours: i64,
    /// Counts for nothing, and costs nothing.
    #[serde(default)]
    pub excused: bool,
}

/// What a submission loses, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    pub points: f64,
    /// Late units that were charged; `None` where it is not known how late it was.
    pub units: Option<u32>,
    pub reason: String,
}

impl Loss {
    fn none(reason: &str) -> Loss {
        Loss { points: 0.0, units: Some(0), reason: reason.to_owned() }
    }
}

/// Reads a CSV of extensions with the columns `key`, `hours`, `excused`.
///
/// # Errors
/// If it can't be read or understood.
pub fn extensions(path: &Path) -> Result<BTreeMap<Key, Extension>> {
    #[derive(Deserialize)]
    struct Row {
        key: Key,
        #[serde(default)]
        hours: Option<i64>,
        #[serde(default)]
        excused: Option<String>,
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let mut extensions = BTreeMap::new();
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| {
            format!("{}: its columns should be `key`, `hours` and `excused` (yes or nothing)", path.display())
        })?;
        let excused =
            row.excused.is_some_and(|it| it.eq_ignore_ascii_case("yes") || it.eq_ignore_ascii_case("true"));
        extensions.insert(row.key, Extension { hours: row.hours.unwrap_or(0), excused });
    }
    Ok(extensions)
}

impl Policy {
    /// What a submission with the mark `raw` of `points` loses.
    ///
    /// # Errors
    /// If the policy or the moment of the submission can't be understood.
    pub fn loss(&self, raw: f64, points: f64, late: &Late, extension: &Extension) -> Result<Loss> {
        let units = match late {
            Late::No => return Ok(Loss::none("on time")),
            Late::Unknown => {
                return Ok(Loss {
                    units: None,
                    ..Loss::none("not known whether it was late; nothing is taken off")
                });
            }
            // The LMS says late and not how late: the least that this can be.
            Late::Yes if extension.hours > 0 => {
                return Ok(Loss {
                    units: None,
                    ..Loss::none("late by the LMS; extended, and not known how late it was")
                });
            }
            Late::Yes => 1,
            Late::At(moment) => self.units(moment, extension)?,
        };
        if units == 0 {
            return Ok(Loss::none("on time"));
        }
        let charged = units.saturating_sub(self.budget);
        let word = match (self.unit, units) {
            (Unit::Day, 1) => "day",
            (Unit::Day, _) => "days",
            (Unit::Hour, 1) => "hour",
            (Unit::Hour, _) => "hours",
        };
        if self.max_units.is_some_and(|most| units > most) {
            let reason = format!("{units} {word} late, after the end");
            return Ok(Loss { points: raw, units: Some(units), reason });
        }
        let each = self.penalty_each(raw)?;
        let penalised = raw - (each * f64::from(charged)).clamp(0.0, raw);
        let cap = match self.cap_percent {
            Some(percent) if charged > 0 => points * percent / 100.0,
            _ => f64::INFINITY,
        };
        let kept = penalised.min(cap);
        let budget =
            if units > charged { format!(", {} of them free", units - charged) } else { String::new() };
        Ok(Loss { points: raw - kept, units: Some(charged), reason: format!("{units} {word} late{budget}") })
    }

    /// Late units: those begun after the due time, of which the last does not count if it is within the slack.
    fn units(&self, moment: &str, extension: &Extension) -> Result<u32> {
        let submitted: Timestamp =
            moment.parse().with_context(|| format!("`{moment}` is no moment with an offset"))?;
        let (due, zone) = self.due()?;
        let due = due.checked_add(SignedDuration::from_hours(extension.hours))?;
        if submitted <= due {
            return Ok(0);
        }
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
                return Ok(units);
            }
            units += 1;
            if units > 10_000 {
                bail!("`{moment}` is too long after `{}` to be about the same thing", self.due);
            }
        }
    }

    /// The due time. A time without seconds stands for its whole minute.
    fn due(&self) -> Result<(Timestamp, TimeZone)> {
        let whole_minute = SignedDuration::from_secs(if self.due.matches(':').count() == 1 { 59 } else { 0 });
        if let Some(zone) = &self.zone {
            let zone = TimeZone::get(zone)
                .with_context(|| format!("`{zone}` is no time zone, as Europe/Berlin is"))?;
            let local: DateTime =
                self.due.parse().with_context(|| format!("`{}` is no local time", self.due))?;
            let due = zone.to_ambiguous_timestamp(local).compatible()?;
            return Ok((due.checked_add(whole_minute)?, zone));
        }
        let due: Timestamp = self.due.parse().with_context(|| {
            format!(
                "`{}` is no moment: write 2026-03-01T23:59:00+01:00, or a local time and a `zone`",
                self.due
            )
        })?;
        Ok((due, TimeZone::UTC))
    }

    fn penalty_each(&self, raw: f64) -> Result<f64> {
        let Some(penalty) = &self.penalty else { return Ok(0.0) };
        let number = |text: &str| -> Result<f64> {
            let number = text.trim().parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
            number.with_context(|| {
                format!("`{penalty}` is no penalty: write \"2\" (points) or \"10%\" (of the mark)")
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

    fn loss(policy: &Policy, moment: &str) -> (f64, Option<u32>) {
        let loss = policy.loss(10.0, 10.0, &Late::At(moment.to_owned()), &Extension::default()).unwrap();
        (loss.points, loss.units)
    }

    #[test]
    fn exactly_at_the_due_time_is_on_time() {
        assert_eq!(loss(&policy("penalty = \"1\""), "2026-03-01T12:00:00Z"), (0.0, Some(0)));
        assert_eq!(loss(&policy("penalty = \"1\""), "2026-03-01T12:00:01Z"), (1.0, Some(1)));
    }

    #[test]
    fn slack_is_granted_at_the_end_of_each_unit() {
        let policy = policy("penalty = \"1\"\nslack-seconds = 60");
        assert_eq!(loss(&policy, "2026-03-01T12:01:00Z"), (0.0, Some(0)));
        assert_eq!(loss(&policy, "2026-03-02T12:00:30Z"), (1.0, Some(1)));
        assert_eq!(loss(&policy, "2026-03-02T12:01:01Z"), (2.0, Some(2)));
    }

    #[test]
    fn a_percentage_is_of_the_raw_mark_and_never_more_than_it() {
        let policy = policy("penalty = \"40%\"");
        assert_eq!(loss(&policy, "2026-03-02T11:00:00Z"), (4.0, Some(1)));
        assert_eq!(loss(&policy, "2026-03-09T11:00:00Z"), (10.0, Some(8)));
    }

    #[test]
    fn a_budget_is_used_up_first_and_a_cap_holds_for_who_is_charged() {
        let policy = policy("budget = 2\ncap-percent = 50.0");
        assert_eq!(loss(&policy, "2026-03-03T11:00:00Z"), (0.0, Some(0)));
        assert_eq!(loss(&policy, "2026-03-04T11:00:00Z"), (5.0, Some(1)));
    }

    #[test]
    fn after_the_last_unit_nothing_is_left() {
        assert_eq!(loss(&policy("max-units = 1"), "2026-03-03T11:00:00Z"), (10.0, Some(2)));
    }

    #[test]
    fn a_day_has_the_hours_that_it_has_there() {
        let policy = Policy {
            due: "2026-03-28T12:00".to_owned(),
            zone: Some("Europe/Berlin".to_owned()),
            ..policy("penalty = \"1\"")
        };
        // The clocks go forward in the night: 23 hours later is a day later, and the whole minute is on time.
        assert_eq!(loss(&policy, "2026-03-29T12:00:59+02:00"), (1.0, Some(1)));
        assert_eq!(loss(&policy, "2026-03-29T12:01:00+02:00"), (2.0, Some(2)));
        assert_eq!(loss(&policy, "2026-03-28T12:00:59+01:00"), (0.0, Some(0)));
    }

    #[test]
    fn who_has_an_extension_is_late_after_it() {
        let extension = Extension { hours: 24, excused: false };
        let late = Late::At("2026-03-02T11:00:00Z".to_owned());
        assert_eq!(policy("penalty = \"1\"").loss(10.0, 10.0, &late, &extension).unwrap().points, 0.0);
    }

    #[test]
    fn not_to_know_is_not_to_be_on_time_and_costs_nothing() {
        let loss = policy("penalty = \"1\"").loss(10.0, 10.0, &Late::Unknown, &Extension::default()).unwrap();
        assert_eq!((loss.points, loss.units), (0.0, None));
        assert!(loss.reason.contains("not known"));
    }

    #[test]
    fn what_is_no_policy_is_said_to_be_none() {
        let late = Late::At("2026-03-02T11:00:00Z".to_owned());
        let error = policy("penalty = \"ten\"").loss(10.0, 10.0, &late, &Extension::default()).unwrap_err();
        assert!(format!("{error:#}").contains("`ten`"), "{error:#}");
        let error = toml::from_str::<Policy>("due = \"x\"\npenatly = \"1\"").unwrap_err();
        assert!(error.to_string().contains("penatly"), "{error}");
    }
}
