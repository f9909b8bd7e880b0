//! What the laboratory measures: codes, units, ranges and usual values of our
//! invented laboratory.

use chartkey_domain::label::Label;

use super::{code::Code, names::Sex};

/// A laboratory's own range; either side may be open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl Range {
    const NONE: Self = Self { low: None, high: None };

    const fn within(low: f64, high: f64) -> Self {
        Self { low: Some(low), high: Some(high) }
    }

    const fn above(low: f64) -> Self {
        Self { low: Some(low), high: None }
    }

    const fn below(high: f64) -> Self {
        Self { low: None, high: Some(high) }
    }

    /// The code of HL7's ObservationInterpretation; nothing without a range.
    pub(super) fn interpretation(self, value: f64) -> Option<&'static str> {
        match (self.low, self.high) {
            (None, None) => None,
            (Some(low), _) if value < low * 0.6 => Some("LL"),
            (Some(low), _) if value < low => Some("L"),
            (_, Some(high)) if value > high * 1.6 => Some("HH"),
            (_, Some(high)) if value > high => Some("H"),
            _ => Some("N"),
        }
    }
}

/// One thing that is measured in blood or urine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Analyte {
    pub(super) code: Code,
    pub(super) unit: &'static str,
    pub(super) ucum: &'static str,
    pub(super) decimals: u32,
    female: Range,
    male: Range,
    usual_female: f64,
    usual_male: f64,
    /// How far a healthy value strays, as a part of itself.
    pub(super) sway: f64,
}

impl Analyte {
    /// The range for a sex.
    pub(super) const fn range(&self, sex: Sex) -> Range {
        match sex {
            Sex::Female => self.female,
            Sex::Male => self.male,
        }
    }

    /// The healthy value for a sex.
    pub(super) const fn usual(&self, sex: Sex) -> f64 {
        match sex {
            Sex::Female => self.usual_female,
            Sex::Male => self.usual_male,
        }
    }

    const fn by_sex(mut self, male: Range, usual: f64) -> Self {
        self.male = male;
        self.usual_male = usual;
        self
    }
}

const fn analyte(
    code: &'static str,
    text: &'static str,
    unit: (&'static str, &'static str),
    decimals: u32,
    range: Range,
    usual: f64,
    sway: f64,
) -> Analyte {
    let (unit, ucum) = unit;
    Analyte {
        code: Code::loinc(code, text),
        unit,
        ucum,
        decimals,
        female: range,
        male: range,
        usual_female: usual,
        usual_male: usual,
        sway,
    }
}

const MMOL_L: (&str, &str) = ("mmol/L", "mmol/L");
const G_L: (&str, &str) = ("g/L", "g/L");
const BILLION_L: (&str, &str) = ("10⁹/L", "10*9/L");

pub(super) const HBA1C: Analyte = analyte("59261-8", "Haemoglobin A1c", ("mmol/mol", "mmol/mol"), 0, Range::within(20.0, 41.0), 35.0, 0.03);
pub(super) const GLUCOSE: Analyte = analyte("14771-0", "Fasting glucose", MMOL_L, 1, Range::within(3.9, 5.8), 5.0, 0.05);
pub(super) const CREATININE: Analyte = analyte("14682-9", "Creatinine", ("µmol/L", "umol/L"), 0, Range::within(45.0, 84.0), 66.0, 0.05)
    .by_sex(Range::within(59.0, 104.0), 82.0);
/// Worked out from creatinine, so its usual value is never read.
pub(super) const EGFR: Analyte =
    analyte("98979-8", "Estimated GFR", ("mL/min/1.73m²", "mL/min/{1.73_m2}"), 0, Range::above(60.0), 90.0, 0.0);
pub(super) const POTASSIUM: Analyte = analyte("2823-3", "Potassium", MMOL_L, 1, Range::within(3.5, 5.3), 4.3, 0.05);
pub(super) const SODIUM: Analyte = analyte("2951-2", "Sodium", MMOL_L, 0, Range::within(133.0, 146.0), 140.0, 0.012);
pub(super) const CHOLESTEROL: Analyte = analyte("14647-2", "Total cholesterol", MMOL_L, 1, Range::below(5.0), 4.6, 0.06);
pub(super) const HDL: Analyte =
    analyte("14646-4", "HDL cholesterol", MMOL_L, 1, Range::above(1.2), 1.6, 0.07).by_sex(Range::above(1.0), 1.3);
pub(super) const LDL: Analyte = analyte("22748-8", "LDL cholesterol", MMOL_L, 1, Range::below(3.0), 2.5, 0.07);
pub(super) const TRIGLYCERIDES: Analyte = analyte("14927-8", "Triglycerides", MMOL_L, 1, Range::below(1.7), 1.2, 0.15);
pub(super) const HAEMOGLOBIN: Analyte =
    analyte("718-7", "Haemoglobin", G_L, 0, Range::within(115.0, 165.0), 132.0, 0.03).by_sex(Range::within(130.0, 180.0), 149.0);
pub(super) const WHITE_CELLS: Analyte = analyte("6690-2", "White blood cells", BILLION_L, 1, Range::within(4.0, 11.0), 6.8, 0.12);
pub(super) const PLATELETS: Analyte = analyte("777-3", "Platelets", BILLION_L, 0, Range::within(150.0, 400.0), 250.0, 0.08);
pub(super) const MCV: Analyte = analyte("787-2", "Mean cell volume", ("fL", "fL"), 0, Range::within(80.0, 100.0), 89.0, 0.02);
pub(super) const FERRITIN: Analyte =
    analyte("2276-4", "Ferritin", ("µg/L", "ug/L"), 0, Range::within(13.0, 150.0), 52.0, 0.15).by_sex(Range::within(30.0, 400.0), 130.0);
/// This laboratory gives no range for it.
pub(super) const TSH: Analyte = analyte("3016-3", "TSH", ("mIU/L", "m[IU]/L"), 2, Range::NONE, 1.9, 0.15);
pub(super) const ALT: Analyte = analyte("1742-6", "Alanine aminotransferase", ("U/L", "U/L"), 0, Range::below(41.0), 22.0, 0.15);
pub(super) const GGT: Analyte = analyte("2324-2", "Gamma-glutamyl transferase", ("U/L", "U/L"), 0, Range::below(60.0), 26.0, 0.15);
pub(super) const ALBUMIN_RATIO: Analyte =
    analyte("14959-1", "Albumin to creatinine in urine", ("mg/g", "mg/g"), 0, Range::below(30.0), 12.0, 0.25);
pub(super) const NT_PRO_BNP: Analyte = analyte("33762-6", "NT-proBNP", ("ng/L", "ng/L"), 0, Range::below(125.0), 70.0, 0.2);
pub(super) const B12: Analyte = analyte("2132-9", "Vitamin B12", ("ng/L", "ng/L"), 0, Range::within(197.0, 771.0), 420.0, 0.1);

pub(super) const CD4: Analyte = analyte("24467-3", "CD4 cells", ("/µL", "/uL"), 0, Range::within(500.0, 1500.0), 900.0, 0.08);

/// Results that belong on one report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    pub(super) code: Code,
    pub(super) analytes: &'static [Analyte],
    pub(super) labels: &'static [Label],
}

impl Panel {
    const fn new(code: Code, analytes: &'static [Analyte]) -> Self {
        Self { code, analytes, labels: &[] }
    }
}

pub(super) const DIABETES: Panel =
    Panel::new(Code::loinc("51990-0", "Diabetes and kidney tests"), &[HBA1C, GLUCOSE, POTASSIUM, SODIUM, CREATININE, EGFR, ALBUMIN_RATIO]);
pub(super) const KIDNEY: Panel = Panel::new(Code::loinc("51990-0", "Kidney tests and salts"), &[POTASSIUM, SODIUM, CREATININE, EGFR]);
pub(super) const LIPIDS: Panel = Panel::new(Code::loinc("57698-3", "Cholesterol"), &[CHOLESTEROL, HDL, LDL, TRIGLYCERIDES]);
pub(super) const BLOOD_COUNT: Panel =
    Panel::new(Code::loinc("58410-2", "Blood count and iron"), &[HAEMOGLOBIN, WHITE_CELLS, PLATELETS, MCV, FERRITIN]);
pub(super) const THYROID: Panel = Panel::new(Code::loinc("", "Thyroid test"), &[TSH]);
pub(super) const LIVER: Panel = Panel::new(Code::loinc("24325-3", "Liver tests"), &[ALT, GGT]);
pub(super) const HEART: Panel = Panel::new(Code::loinc("", "Heart strain test"), &[NT_PRO_BNP]);
pub(super) const VITAMINS: Panel = Panel::new(Code::loinc("", "Vitamins"), &[B12]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_healthy_value_lies_in_its_range() {
        for panel in [DIABETES, KIDNEY, LIPIDS, BLOOD_COUNT, THYROID, LIVER, HEART, VITAMINS] {
            for analyte in panel.analytes {
                for sex in [Sex::Female, Sex::Male] {
                    let word = analyte.range(sex).interpretation(analyte.usual(sex));
                    assert!(matches!(word, None | Some("N")), "{}", analyte.code.text);
                }
            }
        }
    }
}
