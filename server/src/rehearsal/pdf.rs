//! A PDF of one page with lines of text and nothing else (ISO 32000-1).

/// The file. Letters beyond Latin-1, which the built-in font lacks, print as `?`.
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let mut content = "BT /F1 11 Tf 60 780 Td 15 TL\n".to_owned();
    for line in lines.iter().flat_map(|line| wrap(line)) {
        content.push_str(&format!("({}) Tj T*\n", escape(&line)));
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = file.len();
    file.push_str(&table);
    file.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1));
    file.into_bytes()
}

fn escape(line: &str) -> String {
    let mut escaped = String::new();
    for letter in line.chars() {
        match letter {
            '(' | ')' | '\\' => escaped.extend(['\\', letter]),
            ' '..='~' => escaped.push(letter),
            '\u{a0}'..='\u{ff}' => escaped.push_str(&format!("\\{:03o}", letter as u32)),
            _ => escaped.push('?'),
        }
    }
    escaped
}

/// Lines of at most 88 letters, broken between words.
fn wrap(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        if let Some(last) = lines.last_mut()
            && last.chars().count() + word.chars().count() < 88
        {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
            continue;
        }
        lines.push(word.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_points_at_its_object() {
        let file = String::from_utf8(page(&["Zoë (née Ngọc)".to_owned()])).unwrap();
        assert!(file.contains(r"(Zo\353 \(n\351e Ng?c\)) Tj"));
        let table = &file[file.find("xref\n").unwrap()..];
        for (index, row) in table.lines().skip(3).take(5).enumerate() {
            let offset: usize = row[..10].parse().unwrap();
            assert!(file[offset..].starts_with(&format!("{} 0 obj", index + 1)));
        }
    }
}
