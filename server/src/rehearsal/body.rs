//! How a body's values move: along the course of an illness, with a wandering
//! that remembers where it was.

use std::collections::BTreeMap;

use super::{
    analyte::{self, Analyte},
    calendar::{days, years},
    names::Sex,
    person::Person,
    random::Random,
};

/// A course: years before today and the value then, oldest first. Between two
/// points it runs straight; before the first and after the last it stays.
pub(super) type Course = &'static [(f64, f64)];

/// The value so many years ago; `None` only for a course without points.
pub(super) fn at(course: &[(f64, f64)], years_ago: f64) -> Option<f64> {
    let mut before: Option<(f64, f64)> = None;
    for &(when, value) in course {
        if when <= years_ago {
            return Some(match before {
                Some((earlier, from)) => from + (value - from) * (earlier - years_ago) / (earlier - when),
                None => value,
            });
        }
        before = Some((when, value));
    }
    before.map(|(_, value)| value)
}

/// Ages and values of a growing child: middle of the usual, rounded.
const HEIGHTS: &[(f64, f64)] = &[
    (0.0, 50.0),
    (1.0, 75.0),
    (2.0, 87.0),
    (4.0, 102.0),
    (6.0, 115.0),
    (8.0, 128.0),
    (10.0, 139.0),
    (12.0, 150.0),
    (14.0, 161.0),
    (16.0, 168.0),
    (18.0, 170.0),
];
const WEIGHTS: &[(f64, f64)] = &[
    (0.0, 3.4),
    (1.0, 9.8),
    (2.0, 12.3),
    (4.0, 16.4),
    (6.0, 20.6),
    (8.0, 26.0),
    (10.0, 32.5),
    (12.0, 41.0),
    (14.0, 51.0),
    (16.0, 60.0),
    (18.0, 66.0),
];

fn grown(table: &[(f64, f64)], age: f64) -> f64 {
    let mut before = (0.0, 0.0);
    for &(year, value) in table {
        if year >= age {
            let width = year - before.0;
            return if width > 0.0 { before.1 + (value - before.1) * (age - before.0) / width } else { value };
        }
        before = (year, value);
    }
    before.1
}

/// One person's values over time.
#[derive(Debug, Clone)]
pub(super) struct Body {
    sex: Sex,
    age: f64,
    courses: BTreeMap<&'static str, Course>,
    /// The day on which each value last strayed, and how far.
    stray: BTreeMap<&'static str, (i64, f64)>,
    /// What the adult height and weight are, against the usual.
    tall: f64,
    broad: f64,
    pressure: f64,
}

pub(super) const SYSTOLIC: &str = "8480-6";
pub(super) const WEIGHT: &str = "29463-7";

impl Body {
    /// A healthy body.
    pub(super) fn new(random: &mut Random, person: &Person, today: time::Date) -> Self {
        Self {
            sex: person.sex,
            age: years((today - person.birth).whole_days()),
            courses: BTreeMap::new(),
            stray: BTreeMap::new(),
            tall: 1.0 + random.wobble() * 0.03,
            broad: 1.0 + random.wobble() * 0.09,
            pressure: 118.0 + random.wobble() * 5.0,
        }
    }

    /// From now on this value follows a course; the first illness that names it wins.
    pub(super) fn follow(&mut self, code: &'static str, course: Course) {
        self.courses.entry(code).or_insert(course);
    }

    /// The value of an analyte so many days ago, unrounded.
    pub(super) fn measure(&mut self, random: &mut Random, analyte: &Analyte, ago: i64) -> f64 {
        if analyte.code.code == analyte::EGFR.code.code {
            let creatinine = self.measure(random, &analyte::CREATININE, ago);
            return filtration(creatinine, self.age - years(ago), self.sex);
        }
        let middle =
            self.courses.get(analyte.code.code).and_then(|course| at(course, years(ago))).unwrap_or_else(|| analyte.usual(self.sex));
        middle * (1.0 + self.wander(random, analyte.code.code, ago) * analyte.sway)
    }

    /// Upper and lower blood pressure.
    pub(super) fn pressure(&mut self, random: &mut Random, ago: i64) -> (f64, f64) {
        let age = self.age - years(ago);
        let rest = if age < 16.0 { 92.0 + age * 1.6 } else { self.pressure };
        let middle = self.courses.get(SYSTOLIC).and_then(|course| at(course, years(ago))).unwrap_or(rest);
        let upper = middle + self.wander(random, SYSTOLIC, ago) * 4.0;
        (upper, upper * 0.58 + 6.0 + random.wobble() * 2.0)
    }

    /// Height in centimetres.
    pub(super) fn height(&self, ago: i64) -> f64 {
        let sex = if self.sex == Sex::Female { 0.965 } else { 1.03 };
        let age = self.age - years(ago);
        grown(HEIGHTS, age) * self.tall * if age > 13.0 { sex } else { 1.0 }
    }

    /// Weight in kilograms.
    pub(super) fn weight(&mut self, random: &mut Random, ago: i64) -> f64 {
        let usual = grown(WEIGHTS, self.age - years(ago)) * self.broad * self.tall;
        let change = self.courses.get(WEIGHT).and_then(|course| at(course, years(ago))).unwrap_or(0.0);
        let ageing = if self.age > 25.0 { 6.0 } else { 0.0 };
        usual + ageing + change + self.wander(random, WEIGHT, ago) * usual * 0.01
    }

    /// How many years old, so many days ago.
    pub(super) fn age(&self, ago: i64) -> f64 {
        self.age - years(ago)
    }

    /// The same on one day, so that what is worked out from a value agrees with it.
    fn wander(&mut self, random: &mut Random, code: &'static str, ago: i64) -> f64 {
        let last = self.stray.get(code).copied();
        if let Some((day, stray)) = last
            && day == ago
        {
            return stray;
        }
        let stray = last.map_or(0.0, |(_, stray)| stray) * 0.6 + random.wobble() * 0.8;
        self.stray.insert(code, (ago, stray));
        stray
    }
}

/// Estimated filtration from creatinine in µmol/L: the CKD-EPI equation of 2021
/// (Inker and others, N Engl J Med 385:1737), without a factor for race.
fn filtration(creatinine: f64, age: f64, sex: Sex) -> f64 {
    let (knee, power, factor): (f64, f64, f64) = if sex == Sex::Female { (0.7, -0.241, 1.012) } else { (0.9, -0.302, 1.0) };
    let ratio = creatinine / 88.42 / knee;
    (142.0 * ratio.min(1.0).powf(power) * ratio.max(1.0).powf(-1.2) * 0.9938_f64.powf(age) * factor).min(120.0)
}

/// The days on which somebody is seen every so many months, oldest first.
pub(super) fn schedule(random: &mut Random, from_years: f64, until_years: f64, months: f64, limit: i64) -> Vec<i64> {
    let (mut ago, until) = (days(from_years).min(limit), days(until_years).max(2));
    let mut visits = Vec::new();
    while ago >= until {
        visits.push(ago);
        ago -= (days(months / 12.0) + random.between(-6, 6)).max(7);
    }
    visits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_runs_straight_between_its_points() {
        let course = [(5.0, 50.0), (3.0, 60.0), (0.0, 52.0)];
        assert_eq!(at(&course, 9.0), Some(50.0));
        assert_eq!(at(&course, 4.0), Some(55.0));
        assert_eq!(at(&course, 0.0), Some(52.0));
    }

    #[test]
    fn the_filtration_is_that_of_the_published_equation() {
        // 1.0 mg/dL at 50: 69 for a woman, 91 for a man.
        assert_eq!(filtration(88.42, 50.0, Sex::Female).round(), 69.0);
        assert_eq!(filtration(88.42, 50.0, Sex::Male).round(), 92.0);
    }
}
