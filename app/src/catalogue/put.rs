//! What a message is given, as its language writes it.

use std::fmt::{self, Display, Formatter};

use super::{Language, Say};

/// One argument of a message.
pub(super) struct Put<T>(pub Say, pub T);

impl Display for Put<&str> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.1.kept(f, |f| f.write_str(self.1))
    }
}

/// A year, or the number of a step.
impl Display for Put<i32> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.1.kept(f, |f| Display::fmt(&self.1, f))
    }
}

/// A count.
impl Display for Put<i64> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.1.kept(f, |f| grouped(self.0.0, self.1 < 0, &self.1.unsigned_abs().to_string(), f))
    }
}

/// A count.
impl Display for Put<usize> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.1.kept(f, |f| grouped(self.0.0, false, &self.1.to_string(), f))
    }
}

/// A measure of ours.
impl Display for Put<f64> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let number = match f.precision() {
            Some(digits) => format!("{:.digits$}", self.1),
            None => self.1.to_string(),
        };
        self.0.1.kept(f, |f| match self.0.0 {
            Language::English => f.write_str(&number),
            Language::Spanish => f.write_str(&number.replace('.', ",")),
        })
    }
}

/// Digits in groups of three: "1,234"; in Spanish from five digits on, with a narrow space, as
/// all its countries understand it (Ortografía de la lengua española, 2010).
fn grouped(language: Language, is_negative: bool, digits: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let (mark, least) = match language {
        Language::English => (',', 4),
        Language::Spanish => ('\u{202F}', 5),
    };
    if is_negative {
        f.write_str("\u{2212}")?;
    }
    for (index, digit) in digits.char_indices() {
        if index > 0 && digits.len() >= least && (digits.len() - index).is_multiple_of(3) {
            write!(f, "{mark}")?;
        }
        write!(f, "{digit}")?;
    }
    Ok(())
}
