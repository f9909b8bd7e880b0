//! What a file is, as its source calls it and as its first bytes say.

use imagesize::ImageType;

/// What kind of a file it is. Closed: what is not known is [`Kind::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Text with headings, lists and tables, in HTML.
    Html,
    /// The same in RTF.
    Rtf,
    /// PDF.
    Pdf,
    /// A picture of points.
    Png,
    /// A picture of points.
    Jpeg,
    /// A picture of points.
    Gif,
    /// A picture of points.
    WebP,
    /// A drawing in SVG, which may contain programs.
    Svg,
    /// A document of the Clinical Document Architecture.
    Clinical,
    /// Any other XML.
    Xml,
    /// A medical picture.
    Dicom,
    /// Something to hear.
    Sound,
    /// Something to watch.
    Film,
    /// Packed files.
    Zip,
    /// Anything else.
    Other,
}

impl Kind {
    /// What the source calls it. Whether its bytes agree is another matter.
    #[must_use]
    pub fn of(content_type: &str) -> Self {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "text/html" | "application/xhtml+xml" | "application/xhtml" => Self::Html,
            "text/rtf" | "application/rtf" => Self::Rtf,
            "application/pdf" => Self::Pdf,
            "image/png" => Self::Png,
            "image/jpeg" | "image/jpg" => Self::Jpeg,
            "image/gif" => Self::Gif,
            "image/webp" => Self::WebP,
            "image/svg+xml" | "image/svg" => Self::Svg,
            "application/dicom" => Self::Dicom,
            "application/zip" | "application/gzip" | "application/x-gzip" => Self::Zip,
            "text/xml" | "application/xml" => Self::Xml,
            other if other.ends_with("+xml") => Self::Xml,
            other if other.starts_with("text/") => Self::Text,
            other if other.starts_with("audio/") => Self::Sound,
            other if other.starts_with("video/") => Self::Film,
            _ => Self::Other,
        }
    }

    /// Whether it is read as text.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Html | Self::Rtf | Self::Xml | Self::Clinical)
    }

    /// The media type under which a browser may show it: a fixed one of ours, for what no page's programs
    /// can be in.
    #[must_use]
    pub const fn shown_as(self) -> Option<&'static str> {
        match self {
            Self::Pdf => Some("application/pdf"),
            Self::Png => Some("image/png"),
            Self::Jpeg => Some("image/jpeg"),
            Self::Gif => Some("image/gif"),
            Self::WebP => Some("image/webp"),
            _ => None,
        }
    }

    /// Whether the bytes begin as every file of this kind does. A PDF may stand a little after the beginning
    /// of a file (ISO 32000-1, annex H.3.4.1); such a file is something else besides, and is not shown.
    #[must_use]
    pub fn begins(self, bytes: &[u8]) -> bool {
        let is_picture = |expected: ImageType| imagesize::image_type(bytes).is_ok_and(|found| found == expected);
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            Self::Png => is_picture(ImageType::Png),
            Self::Jpeg => is_picture(ImageType::Jpeg),
            Self::Gif => is_picture(ImageType::Gif),
            Self::WebP => is_picture(ImageType::Webp),
            Self::Rtf => bytes.trim_ascii_start().starts_with(b"{\\rtf"),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_a_kind_whatever_its_case_and_parameters() {
        for (content_type, kind) in [
            ("Application/PDF; version=1.4", Kind::Pdf),
            ("text/plain; charset=utf-8", Kind::Text),
            ("text/markdown", Kind::Text),
            ("application/xhtml", Kind::Html),
            ("application/hl7-v3+xml", Kind::Xml),
            ("image/svg+xml", Kind::Svg),
            ("<b>", Kind::Other),
            ("", Kind::Other),
        ] {
            assert_eq!(Kind::of(content_type), kind, "{content_type}");
        }
    }

    #[test]
    fn only_pdf_and_pictures_of_points_are_shown_by_a_browser_and_only_if_they_begin_so() {
        for kind in [Kind::Html, Kind::Svg, Kind::Xml, Kind::Text, Kind::Rtf, Kind::Dicom, Kind::Other] {
            assert_eq!(kind.shown_as(), None);
        }
        assert!(Kind::Pdf.begins(b"%PDF-1.7") && !Kind::Pdf.begins(b"<script>%PDF-1.7"));
        assert!(Kind::Gif.begins(b"GIF89a123456789") && !Kind::Png.begins(b"GIF89a123456789") && !Kind::Png.begins(b""));
    }
}
