//! What the pages of a record say.

use chartkey_domain::category::Category;

use super::{Language, Say};

impl Say {
    /// The name of a category, as headings and navigation have it.
    #[must_use]
    pub const fn category(self, category: Category) -> &'static str {
        match self.0 {
            Language::English => match category {
                Category::Details => "Details",
                Category::Problems => "Problems",
                Category::Medicines => "Medicines",
                Category::Allergies => "Allergies",
                Category::Vaccines => "Vaccines",
                Category::Results => "Results",
                Category::Vitals => "Vital signs",
                Category::Procedures => "Procedures",
                Category::Visits => "Visits",
                Category::Documents => "Letters and documents",
                Category::Imaging => "Imaging",
                Category::Plans => "Plans",
                Category::Lifestyle => "Lifestyle",
                Category::Devices => "Devices",
                Category::Insurance => "Insurance",
                Category::Own => "Only yours",
            },
        }
    }
}
