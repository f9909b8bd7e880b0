//! Rows in PostgreSQL's binary COPY format
//! (<https://www.postgresql.org/docs/15/sql-copy.html>, "Binary Format").

use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// Where PostgreSQL counts from.
const EPOCH: OffsetDateTime = datetime!(2000-01-01 0:00 UTC);

/// Bytes of rows, to be sent in pieces.
pub struct Rows {
    bytes: Vec<u8>,
    columns: i16,
}

impl Rows {
    /// Rows of so many columns.
    pub fn new(columns: i16) -> Self {
        let mut bytes = Vec::with_capacity(1 << 17);
        bytes.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
        bytes.extend_from_slice(&[0; 8]);
        Self { bytes, columns }
    }

    /// Begins a row; its fields follow in the order of the columns.
    pub fn row(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    /// Takes what has been written so far, once it is worth sending.
    pub fn piece(&mut self) -> Option<Vec<u8>> {
        (self.bytes.len() > 1 << 16).then(|| std::mem::replace(&mut self.bytes, Vec::with_capacity(1 << 17)))
    }

    /// The rest, with the end of the rows.
    pub fn end(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        self.bytes
    }

    fn field(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        match bytes {
            // A field beyond 1 GB cannot be: files are limited to less.
            Some(bytes) => {
                self.bytes.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
                self.bytes.extend_from_slice(bytes);
            }
            None => self.bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
        self
    }

    pub fn uuid(&mut self, value: Option<Uuid>) -> &mut Self {
        self.field(value.as_ref().map(|uuid| uuid.as_bytes().as_slice()))
    }

    /// Text. PostgreSQL has no NUL in it.
    pub fn text(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(text) if text.contains('\0') => self.field(Some(text.replace('\0', "").as_bytes())),
            text => self.field(text.map(str::as_bytes)),
        }
    }

    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.field(Some(value))
    }

    pub fn small(&mut self, value: Option<i16>) -> &mut Self {
        self.field(value.map(i16::to_be_bytes).as_ref().map(<[u8; 2]>::as_slice))
    }

    pub fn int(&mut self, value: i32) -> &mut Self {
        self.field(Some(&value.to_be_bytes()))
    }

    pub fn float(&mut self, value: Option<f64>) -> &mut Self {
        self.field(value.map(f64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
    }

    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.field(Some(&[u8::from(value)]))
    }

    pub fn moment(&mut self, value: Option<OffsetDateTime>) -> &mut Self {
        let micros = value.and_then(|moment| i64::try_from((moment - EPOCH).whole_microseconds()).ok());
        self.field(micros.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
    }

    /// `text[]`.
    pub fn texts<'v>(&mut self, values: impl IntoIterator<Item = Option<&'v str>>) -> &mut Self {
        const TEXT: i32 = 25;
        self.array(TEXT, values.into_iter().map(|value| value.map(|text| text.replace('\0', "").into_bytes())))
    }

    /// `uuid[]`.
    pub fn uuids(&mut self, values: impl IntoIterator<Item = Option<Uuid>>) -> &mut Self {
        const UUID: i32 = 2950;
        self.array(UUID, values.into_iter().map(|value| value.map(|uuid| uuid.as_bytes().to_vec())))
    }

    fn array(&mut self, element: i32, values: impl Iterator<Item = Option<Vec<u8>>>) -> &mut Self {
        let (mut count, mut any_null, mut elements) = (0_i32, false, Vec::new());
        for value in values {
            count += 1;
            match value {
                Some(value) => {
                    elements.extend_from_slice(&i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
                    elements.extend_from_slice(&value);
                }
                None => {
                    any_null = true;
                    elements.extend_from_slice(&(-1_i32).to_be_bytes());
                }
            }
        }
        let mut array = Vec::with_capacity(20 + elements.len());
        for part in [i32::from(count > 0), i32::from(any_null), element] {
            array.extend_from_slice(&part.to_be_bytes());
        }
        if count > 0 {
            array.extend_from_slice(&count.to_be_bytes());
            array.extend_from_slice(&1_i32.to_be_bytes());
            array.extend_from_slice(&elements);
        }
        self.field(Some(&array))
    }
}
