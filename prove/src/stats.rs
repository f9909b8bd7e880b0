//! A few figures of many measurements.

/// The value below which this share lies; NaN of nothing.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// How far apart the ranks of two samples are, in standard deviations of chance (Mann and Whitney's
/// test with the normal approximation, which holds from about twenty values; ties share their rank).
pub fn rank_distance(first: &[f64], second: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = first.iter().map(|value| (*value, true)).chain(second.iter().map(|value| (*value, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut ranks, mut from) = (0.0, 0);
    while from < all.len() {
        let to = from + all[from..].iter().take_while(|(value, _)| *value == all[from].0).count();
        let shared = (from + to + 1) as f64 / 2.0;
        ranks += shared * all[from..to].iter().filter(|(_, is_first)| *is_first).count() as f64;
        from = to;
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let expected = n * (n + m + 1.0) / 2.0;
    (ranks - expected) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

/// From here on chance alone is one in a thousand (two-sided).
pub const DISTINCT: f64 = 3.29;

/// The smallest shift of the first sample that the rank test would have found four times in five.
pub fn would_be_found(values: &[f64]) -> f64 {
    let (mut low, mut high) = (0.0, quantile(values, 0.95).max(f64::MIN_POSITIVE));
    for _ in 0..40 {
        let shift = (low + high) / 2.0;
        let shifted: Vec<f64> = values.iter().map(|value| value + shift).collect();
        if rank_distance(&shifted, values) > DISTINCT + 0.84 { high = shift } else { low = shift }
    }
    high
}

/// By how much a figure grows for each unit of another, by least squares.
pub fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let (above, below) =
        points.iter().fold((0.0, 0.0), |(above, below), point| (above + (point.0 - x) * (point.1 - y), below + (point.0 - x).powi(2)));
    if below == 0.0 { 0.0 } else { above / below }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_samples_of_one_kind_are_not_told_apart_and_a_shift_is() {
        let kind: Vec<f64> = (0..400).map(|number| f64::from(number * 7919 % 1000)).collect();
        let (even, odd): (Vec<_>, Vec<_>) = kind.iter().enumerate().partition(|(place, _)| place % 2 == 0);
        let [even, odd] = [even, odd].map(|half| half.into_iter().map(|(_, value)| *value).collect::<Vec<f64>>());
        assert!(rank_distance(&even, &odd).abs() < DISTINCT);
        let shift = would_be_found(&odd);
        let shifted: Vec<f64> = odd.iter().map(|value| value + shift).collect();
        assert!(rank_distance(&shifted, &odd) > DISTINCT, "{shift}");
        assert_eq!(rank_distance(&[1.0, 1.0], &[1.0, 1.0]), 0.0);
    }

    #[test]
    fn a_straight_line_has_its_slope() {
        assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-9);
        assert_eq!((median(&[3.0, 1.0, 2.0]), quantile(&[1.0, 2.0], 0.99)), (2.0, 2.0));
    }
}
