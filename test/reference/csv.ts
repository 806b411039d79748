/** A small CSV reader (RFC 4180): fields as text, a quoted empty field kept apart from an absent value. */

export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}

export function parseCsv(text: string, delimiter: string): CsvField[][] {
  const rows: CsvField[][] = [];
  let row: CsvField[] = [];
  let field = '';
  let quoted = false;
  let inside = false;
  const endField = (): void => {
    row.push({ text: field, quoted });
    field = '';
    quoted = false;
  };
  const endRow = (): void => {
    endField();
    if (row.length > 1 || row[0]?.text !== '' || row[0]?.quoted) rows.push(row);
    row = [];
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let i = 0; i < source.length; i++) {
    const c = source[i] ?? '';
    if (inside) {
      if (c !== '"') field += c;
      else if (source[i + 1] === '"') {
        field += '"';
        i++;
      } else inside = false;
    } else if (c === '"' && field === '') {
      inside = true;
      quoted = true;
    } else if (c === delimiter) endField();
    else if (c === '\n') endRow();
    else if (c !== '\r') field += c;
  }
  if (field !== '' || quoted || row.length > 0) endRow();
  return rows;
}
