//! The tables of what is written: which column a cell is of.

use super::Attributes;

/// As much of a column's heading as stands again in its cells.
const LONGEST_LABEL: usize = 60;

/// A table that is being written.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headings of its columns, from its first row.
    labels: Vec<String>,
    /// Its cells below, each with its column, and where its words begin.
    cells: Vec<(usize, usize)>,
    row: usize,
    column: usize,
    has_heading: bool,
    has_value: bool,
    /// It is not one row of headings with a row of as many values each below, so that the heading of a value cannot be
    /// told by counting.
    is_uneven: bool,
}

impl Table {
    /// Begins a row.
    pub fn begin_row(&mut self) {
        self.end_row();
        self.row += 1;
    }

    /// Ends a row: the first has headings alone, and no other has.
    fn end_row(&mut self) {
        let is_heading = self.has_heading && !self.has_value;
        let is_empty = !self.has_heading && !self.has_value;
        self.is_uneven |= self.row > 0 && !is_empty && is_heading != (self.row == 1);
        self.column = 0;
        (self.has_heading, self.has_value) = (false, false);
    }

    /// Begins a cell, whose words begin at this place: it says what its column is, where the whole table allows it.
    pub fn begin_cell(&mut self, tag: &str, attributes: &Attributes, at: usize) {
        let is_wide = attributes.columns > 1;
        self.is_uneven |= attributes.rows > 1 || self.row == 0 || (is_wide && self.row == 1);
        if tag == "th" {
            self.has_heading = true;
        } else {
            self.has_value = true;
        }
        if self.row == 1 {
            self.labels.push(String::new());
        } else if tag == "td" && !is_wide {
            self.cells.push((at, self.column));
        }
        self.column += attributes.columns;
        self.is_uneven |= self.column > self.labels.len() && self.row > 1;
    }

    /// A cell that is not written as one.
    pub const fn lose_cell(&mut self) {
        self.is_uneven = true;
    }

    /// Words of the heading of a column.
    pub fn head(&mut self, text: &str) {
        if self.row == 1
            && let Some(label) = self.labels.last_mut()
        {
            let room = LONGEST_LABEL.saturating_sub(label.chars().count());
            label.extend(text.chars().take(room));
        }
    }

    /// Ends the table: its cells say what they are.
    pub fn end(mut self, html: &mut String) {
        self.end_row();
        if self.is_uneven {
            return;
        }
        let Some((first, _)) = self.cells.first() else { return };
        let tail = html.split_off(*first);
        let mut from = *first;
        let mut rest = tail.as_str();
        for (at, column) in self.cells {
            let Some((before, after)) = rest.split_at_checked(at - from) else { break };
            html.push_str(before);
            (from, rest) = (at, after);
            if let Some(label) = self.labels.get(column).map(|label| label.trim()).filter(|label| !label.is_empty()) {
                html.push_str(&format!("<small>{}</small> ", html_escape::encode_text(label)));
            }
        }
        html.push_str(rest);
    }
}
