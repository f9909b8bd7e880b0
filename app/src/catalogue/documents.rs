//! What a document's page says of its parts.

use chartkey_portal::fhir::document::{kind::Kind, reading::Closed};

use super::{Say, messages};

messages! {
    read_it { English: "Read it", Spanish: "Leerlo" }
    kind_and_size(kind: &str, size: &str) { English: "{kind}, {size}", Spanish: "{kind}, {size}" }
    bytes(count: usize) { English: one "1 byte", other "{count} bytes"; Spanish: one "1 byte", other "{count} bytes"; }
    kilobytes(size: usize) { English: "{size} kB", Spanish: "{size} kB" }
    download_part(number: usize) { English: "Download part {number}", Spanish: "Descargar la parte {number}" }
    see_picture_large { English: "See the picture large", Spanish: "Ver la imagen en grande" }
    open_pdf { English: "Read the PDF", Spanish: "Leer el PDF" }
    pdf_says {
        English: "Your browser shows this file in its own viewer. If nothing appears, this device has no viewer for PDF.",
        Spanish: "Su navegador muestra este archivo en su propio visor. Si no aparece nada, este dispositivo no tiene visor de PDF.",
    }
    open_alone { English: "Open it on a page of its own", Spanish: "Abrirlo en una página aparte" }
    a_picture { English: "Picture in this document", Spanish: "Imagen de este documento" }
    the_pdf { English: "PDF in this document", Spanish: "PDF de este documento" }
    written_by { English: "Written by", Spanish: "Escrito por" }
    kept_by { English: "Kept by", Spanish: "Lo conserva" }
    written_on { English: "Written on", Spanish: "Fecha" }
    as_it_came {
        English: "Shown as it was sent, section by section.",
        Spanish: "Se muestra tal como se envió, sección por sección.",
    }
    part(number: usize) { English: "Part {number}", Spanish: "Parte {number}" }
    document_about { English: "About", Spanish: "Sobre" }
    document_of_other {
        English: "The name or the birth date in this document is not the one in this record. It may be about somebody else.",
        Spanish: "El nombre o la fecha de nacimiento de este documento no coincide con esta historia clínica. Puede ser de otra persona.",
    }
    nothing_written { English: "Nothing is written here.", Spanish: "Aquí no hay nada escrito." }
    not_shown { English: "picture or file not shown", Spanish: "imagen o archivo que no se muestra" }
    // Why a part is not shown.
    file_did_not_come {
        English: "This file did not come with the record. The place that made it has it.",
        Spanish: "Este archivo no llegó con la historia clínica. Lo tiene el lugar donde se hizo.",
    }
    file_of_other_kind { English: "Files of this kind cannot be shown here.", Spanish: "Los archivos de este tipo no se pueden mostrar aquí." }
    file_is_drawing {
        English: "A drawing of this kind can contain programs, so it is not shown here.",
        Spanish: "Un dibujo de este tipo puede contener programas, así que no se muestra aquí.",
    }
    file_is_program {
        English: "There is a program in this PDF, or a part that could not be checked, so it is not shown here.",
        Spanish: "Este PDF contiene un programa, o una parte que no se pudo revisar, así que no se muestra aquí.",
    }
    file_is_otherwise {
        English: "This file is not what it says it is, so it is not shown here.",
        Spanish: "Este archivo no es lo que dice ser, así que no se muestra aquí.",
    }
    file_is_broken { English: "This file is damaged and could not be read.", Spanish: "Este archivo está dañado y no se pudo leer." }
    file_is_empty { English: "There are no words in this file.", Spanish: "En este archivo no hay palabras." }
    file_is_too_long { English: "This file is too long to be shown here.", Spanish: "Este archivo es demasiado largo para mostrarlo aquí." }
    picture_is_too_large(width: usize, height: usize) {
        English: "This picture is {width} by {height} dots. So large a picture could stop your device, so it is not shown here.",
        Spanish: "Esta imagen tiene {width} por {height} puntos. Una imagen tan grande podría bloquear su dispositivo, así que no se muestra aquí.",
    }
    page_is_full {
        English: "This document is too much for one page, so this part is not shown here.",
        Spanish: "Este documento es demasiado para una página, así que esta parte no se muestra aquí.",
    }
    file_is_enclosed {
        English: "The text of this document is a file inside it, which cannot be shown here.",
        Spanish: "El texto de este documento es un archivo que lleva dentro y que no se puede mostrar aquí.",
    }
}

impl Say {
    /// What a file is called by people.
    #[must_use]
    pub fn kind_of_file(self, kind: Kind) -> &'static str {
        use super::Language::{English, Spanish};
        self.word(match (self.0, kind) {
            (English, Kind::Text) => "Text",
            (Spanish, Kind::Text) => "Texto",
            (English, Kind::Html) => "Formatted text",
            (Spanish, Kind::Html) => "Texto con formato",
            (English, Kind::Rtf) => "Formatted text (RTF)",
            (Spanish, Kind::Rtf) => "Texto con formato (RTF)",
            (_, Kind::Pdf) => "PDF",
            (English, Kind::Png) => "Picture (PNG)",
            (Spanish, Kind::Png) => "Imagen (PNG)",
            (English, Kind::Jpeg) => "Picture (JPEG)",
            (Spanish, Kind::Jpeg) => "Imagen (JPEG)",
            (English, Kind::Gif) => "Picture (GIF)",
            (Spanish, Kind::Gif) => "Imagen (GIF)",
            (English, Kind::WebP) => "Picture (WebP)",
            (Spanish, Kind::WebP) => "Imagen (WebP)",
            (English, Kind::Svg) => "Drawing (SVG)",
            (Spanish, Kind::Svg) => "Dibujo (SVG)",
            (English, Kind::Clinical) => "Clinical document (C-CDA)",
            (Spanish, Kind::Clinical) => "Documento clínico (C-CDA)",
            (_, Kind::Xml) => "XML",
            (English, Kind::Dicom) => "Medical picture (DICOM)",
            (Spanish, Kind::Dicom) => "Imagen médica (DICOM)",
            (English, Kind::Sound) => "Sound",
            (Spanish, Kind::Sound) => "Sonido",
            (English, Kind::Film) => "Video",
            (Spanish, Kind::Film) => "Vídeo",
            (English, Kind::Zip) => "Packed files",
            (Spanish, Kind::Zip) => "Archivos comprimidos",
            (English, Kind::Other) => "File",
            (Spanish, Kind::Other) => "Archivo",
        })
    }

    /// "PDF, 1.2 MB".
    #[must_use]
    pub fn file_in_words(self, kind: Kind, size: Option<usize>) -> String {
        let kind = self.kind_of_file(kind);
        size.map_or_else(|| kind.to_owned(), |size| self.kind_and_size(kind, &self.size(size)))
    }

    /// How large a file is, as exact as a person asks.
    fn size(self, bytes: usize) -> String {
        match bytes {
            0..1_000 => self.bytes(bytes),
            1_000..1_000_000 => self.kilobytes((bytes + 500) / 1_000),
            #[expect(clippy::cast_precision_loss, reason = "one digit of it is said")]
            _ => self.megabytes(bytes as f64 / 1e6),
        }
    }

    /// Why a part is not shown.
    #[must_use]
    pub fn why_closed(self, closed: Closed) -> String {
        match closed {
            Closed::Missing => self.file_did_not_come(),
            Closed::Kind => self.file_of_other_kind(),
            Closed::Drawing => self.file_is_drawing(),
            Closed::Program => self.file_is_program(),
            Closed::Otherwise => self.file_is_otherwise(),
            Closed::Broken => self.file_is_broken(),
            Closed::Empty => self.file_is_empty(),
            Closed::TooLong => self.file_is_too_long(),
            Closed::TooManyPoints { width, height } => return self.picture_is_too_large(width, height),
            Closed::Full => self.page_is_full(),
            Closed::Enclosed => self.file_is_enclosed(),
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;

    #[test]
    fn a_size_is_said_in_the_unit_that_people_use_for_it() {
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        for (size, words) in [(1, "1 byte"), (999, "999 bytes"), (1_499, "1 kB"), (1_234_567, "1.2 MB")] {
            assert_eq!(english.size(size), words);
        }
        assert_eq!(spanish.file_in_words(Kind::Png, Some(1_234_567)), "Imagen (PNG), 1,2 MB");
        assert_eq!(english.file_in_words(Kind::Pdf, None), "PDF");
    }
}
