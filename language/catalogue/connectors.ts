/** Connectors: how the file of a source is read. Their first argument is the path, relative to the file that declares the source. */
import type { ConnectorEntry, SettingEntry } from './entry.ts';

/** A part of a date as the engine reads it. */
const timePart = '(%[abcdfghjmnpuwxyzABGHIMSTUVWXYZ%]|%-[djmyHIMS])';
/** At least one of them: `dd.mm.yyyy`, as others write it, is none. */
const timeFormat = `[^%]*${timePart}([^%]|${timePart})*`;

const zone: SettingEntry = {
  name: 'zone',
  type: 'text',
  default: 'UTC',
  doc: 'Zone of timestamps that are written without one, such as "America/New_York".',
};

const dateFormat: SettingEntry = {
  name: 'date_format',
  type: 'text',
  default: null,
  matches: { pattern: timeFormat, form: 'Write the parts of a date as in `date_format: "%d.%m.%Y"`.' },
  doc: 'How dates are written, as in `"%d.%m.%Y"`; ISO 8601 when absent.',
};

const timestampFormat: SettingEntry = {
  name: 'timestamp_format',
  type: 'text',
  default: null,
  matches: { pattern: timeFormat, form: 'Write the parts of a date as in `timestamp_format: "%d.%m.%Y %H:%M"`.' },
  doc: 'How timestamps are written, as in `"%d.%m.%Y %H:%M"`; ISO 8601 when absent.',
};

const compression: SettingEntry = {
  name: 'compression',
  type: 'choice',
  choices: ['auto', 'none', 'gzip'],
  default: 'auto',
  doc: 'How the file is compressed; `auto` goes by its name.',
};

export const connectors: readonly ConnectorEntry[] = [
  {
    family: 'connector',
    name: 'csv',
    options: [
      {
        name: 'delimiter',
        type: 'text',
        default: null,
        matches: { pattern: '[ !#-~\\t]|\\\\t', form: 'Write one sign that is no quote: `delimiter: ";"`.' },
        doc: 'What separates values; found in the file when absent. A first line `sep=;`, as spreadsheets write it, names it too and is no row.',
      },
      {
        name: 'header',
        type: 'bool',
        default: true,
        doc: 'Whether the first line holds the names of the columns; without one, columns are read in the declared order.',
      },
      {
        name: 'nulls',
        type: 'list',
        element: 'text',
        default: [''],
        matches: {
          pattern: '[^"]*',
          form: 'Leave out spellings with a quote: a cell in quotes is a text and never missing. An empty cell is `nulls: [""]`.',
        },
        doc: 'Spellings of a missing value, as they stand in the file; in quotes they are texts where the column holds texts.',
      },
      { name: 'decimal', type: 'choice', choices: ['.', ','], default: '.', doc: 'The decimal sign.' },
      {
        name: 'thousands',
        type: 'text',
        default: null,
        matches: { pattern: "[., ']", form: 'Write the sign between groups of three digits: `decimal: ",", thousands: "."` for 1.234,56.' },
        doc: 'The sign that groups the digits of numbers by three, as in `"."` for `1.234,56`; a space stands for any kind of space.',
      },
      dateFormat,
      timestampFormat,
      { name: 'encoding', type: 'choice', choices: ['utf-8', 'latin-1', 'utf-16'], default: 'utf-8', doc: 'The encoding of the text.' },
      compression,
      zone,
    ],
    doc: 'Text with one row a line: commas, semicolons, tabs or another sign between values. The path may hold `*` for several files.',
    source: 'RFC 4180, with other signs between values',
    example: 'csv("data/titanic.csv", delimiter: ";", nulls: ["NA", ""])',
  },
  {
    family: 'connector',
    name: 'parquet',
    options: [zone],
    doc: 'Parquet files. The path may hold `*` for several files.',
    source: 'Apache Parquet format 2',
    example: 'parquet("data/orders/*.parquet")',
  },
  {
    family: 'connector',
    name: 'json',
    options: [
      { name: 'nulls', type: 'list', element: 'text', default: [], doc: 'Texts that stand for a missing value, besides `null`.' },
      dateFormat,
      timestampFormat,
      compression,
      zone,
    ],
    doc: 'JSON: one object a line, a list of objects, or objects one behind the other. What stands under a name is its column; a name that an object lacks is null there. The path may hold `*` for several files.',
    source: 'RFC 8259; jsonlines.org',
    example: 'json("data/tickets.jsonl")',
  },
  {
    family: 'connector',
    name: 'arrow',
    options: [zone],
    doc: 'Arrow files and streams (also called Feather 2 and IPC), plain or packed with LZ4. The path may hold `*` for several files.',
    source: 'Apache Arrow columnar format, IPC',
    example: 'arrow("data/sensors.arrow")',
  },
];
