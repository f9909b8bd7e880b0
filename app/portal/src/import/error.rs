//! Why a file was refused. Nothing of a refused file is kept.

/// Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading the file or its compression failed.
    #[error("The file could not be read ({0}). If it is compressed, it may be damaged: copy it again.")]
    Read(#[from] std::io::Error),
    /// The disk of ours did not take it.
    #[error("The file could not be put on disk ({0}). Make room for temporary files.")]
    Spool(std::io::Error),
    /// Larger than the limit once decompressed.
    #[error("The file is larger than {limit} bytes once decompressed. Split it, for example into one file a patient.")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Nested more deeply than any record.
    #[error("The file is nested {depth} levels deep, more than the {limit} that a record can be. It was not imported.")]
    TooDeep {
        /// As met.
        depth: usize,
        /// The limit.
        limit: usize,
    },
    /// Ends in the middle.
    #[error("The file ends in the middle, at line {line}. It was probably cut off on its way: fetch it again.")]
    Truncated {
        /// The last line.
        line: usize,
    },
    /// Not FHIR in JSON.
    #[error("The file is not FHIR in JSON: {0}. Ask its source for FHIR R4 as JSON or NDJSON.")]
    NotFhir(String),
    /// Nothing is in it.
    #[error("There is nothing in the file.")]
    Empty,
    /// Something in it is no JSON.
    #[error("The file is not FHIR in JSON: line {line}, column {column} is no JSON. Ask its source for FHIR R4 as JSON or NDJSON.")]
    NotJson {
        /// The line.
        line: usize,
        /// The letter in it.
        column: usize,
    },
    /// An archive that cannot be opened, or has a password.
    #[error("The archive could not be opened ({0}). Unpack it, and add what is in it.")]
    Archive(#[from] zip::result::ZipError),
    /// An archive of more files than anybody's record has.
    #[error("The archive holds more than {limit} files. Split it.")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// More resources, or more values in them, than anybody's record has.
    #[error("The file holds more than {limit} things. Split it.")]
    TooMuch {
        /// The limit.
        limit: usize,
    },
    /// One file of an archive.
    #[error("{name}: {cause}")]
    Inside {
        /// Its name in the archive.
        name: String,
        /// What is wrong with it.
        #[source]
        cause: Box<Error>,
    },
    /// A file of a patient's own that says that it is about somebody else.
    #[error("The file says that it is about somebody else.")]
    SomebodyElse(super::own::Described),
    /// A source that stands for what a patient adds themselves.
    #[error("The source {0} stands for what a patient adds themselves. Give the source of the file another name.")]
    OwnSource(String),
    /// The same Patient with another name or birth date.
    #[error(
        "The Patient {fhir_id} of this source is known with another {what}. Two people may have got the same identifier: \
         ask the source, or import the file under a source name of its own."
    )]
    OtherPerson {
        /// The id of the Patient resource.
        fhir_id: String,
        /// `name` or `birth date`.
        what: &'static str,
    },
    /// `--patient` with a file about several people.
    #[error("The file is about {count} people; a file for one given patient must be about one. Leave the patient out.")]
    SeveralPeople {
        /// How many.
        count: usize,
    },
    /// `--patient` with somebody who is not here.
    #[error("There is no patient {0} here.")]
    NoSuchPatient(uuid::Uuid),
    /// `--patient` with a Patient of this source who is already another record.
    #[error("The Patient {fhir_id} of this source already is the record {patient}.")]
    AnotherRecord {
        /// The id of the Patient resource.
        fhir_id: String,
        /// The record it is.
        patient: uuid::Uuid,
    },
    /// The access log could not be written.
    #[error("The access log could not be written, so nothing was imported. Try again.")]
    Log(#[source] Box<crate::Error>),
    /// The database refused.
    #[error("The database refused the import; nothing of the file was kept.")]
    Database(#[from] sqlx::Error),
}
