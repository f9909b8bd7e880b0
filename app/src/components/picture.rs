//! The same text as a picture to scan.

use leptos::prelude::*;
use qrcode::{EcLevel, QrCode, render::svg};

/// A QR code as SVG in the page; `words` say what it is. Nothing where the text is too
/// long for one.
pub fn picture(words: &'static str, text: &str) -> Option<impl IntoView + use<>> {
    let drawing = drawing(text)?;
    Some(view! { <div class="qr" role="img" aria-label=words inner_html=drawing></div> })
}

fn drawing(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let drawing = code.render().min_dimensions(180, 180).dark_color(svg::Color("#000")).light_color(svg::Color("#fff")).build();
    // The declaration of an XML file has no place inside a page.
    drawing.find("<svg").and_then(|start| drawing.get(start..)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_drawn_without_what_the_page_forbids() {
        let drawing = drawing("ABCD-EFGH-JKL").unwrap();
        assert!(drawing.starts_with("<svg") && !drawing.contains("style=") && !drawing.contains("<script"));
    }
}
