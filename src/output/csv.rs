//! Tables for spreadsheets.

use super::sanitize;

/// A header and rows, of which no cell is a formula.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn written<const N: usize>(
    header: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> anyhow::Result<String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.map(|text| sanitize::csv_cell(&text)))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
