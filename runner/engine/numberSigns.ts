/** Numbers that a source does not read, for the signs that they are written with: which these are, and the settings that read them. */
import type { ScanNode } from '../../language/plan/plan.ts';

/** How a cell writes a number: its decimal sign and the sign between groups of three digits; null where it has none. */
interface Signs {
  readonly decimal: ',' | '.' | null;
  readonly thousands: string | null;
}

/** Null where the cell is no number, or a plain one. `17,999` may be either: in whole numbers, or where the source has another decimal sign, its digits are taken for a group. */
function signsOf(cell: string, declared: string, isWhole: boolean): Signs | null {
  const plain = cell.replace(/[\u00a0\u202f]/g, ' ');
  const [, thousands = null, decimal = null] =
    /^[+-]?\d{1,3}(?:([' ])\d{3}(?:\1\d{3})*)(?:([.,])\d+)?$/.exec(plain) ??
    /^[+-]?\d{1,3}(?:(\.)\d{3})+(,)\d+$/.exec(plain) ??
    /^[+-]?\d{1,3}(?:(,)\d{3})+(\.)\d+$/.exec(plain) ??
    /^[+-]?\d{1,3}(?:([.,])\d{3}(?:\1\d{3})+)$/.exec(plain) ??
    [];
  if (thousands !== null) return { thousands, decimal: decimal === ',' || decimal === '.' ? decimal : null };
  const [, sign = null] = /^[+-]?\d+([.,])\d+$/.exec(plain) ?? [];
  if (sign !== ',' && sign !== '.') return null;
  const isGroup = (isWhole || (sign === '.' && declared === ',')) && /^[+-]?\d{1,3}[.,]\d{3}$/.test(plain);
  return isGroup ? { thousands: sign, decimal: null } : { thousands: null, decimal: sign };
}

const signNames: Readonly<Record<string, string>> = { '.': 'point', ',': 'comma', ' ': 'space', "'": 'apostrophe' };

/** Which signs a number is written with, and the settings that read it; undefined where they read it already. */
export function numberHelp(cell: string, { connector, options }: ScanNode, isWhole: boolean): string | undefined {
  const signs = signsOf(cell, options.decimal, isWhole);
  if (signs === null || (isWhole && signs.thousands === null)) return undefined;
  const { thousands } = signs;
  const decimal = signs.decimal ?? (thousands === options.decimal ? (thousands === ',' ? '.' : ',') : options.decimal);
  const wanted = [
    ...(decimal === options.decimal ? [] : [`decimal: "${decimal}"`]),
    ...(thousands === null || thousands === options.thousands ? [] : [`thousands: "${thousands}"`]),
  ];
  if (wanted.length === 0) return undefined;
  const grouping = thousands === null ? null : `${signNames[thousands] ?? thousands}s group thousands`;
  const said = [
    ...(signs.decimal === null ? [] : [`the decimal sign is the ${signNames[decimal] ?? decimal}`]),
    ...(grouping === null ? [] : [grouping]),
  ];
  const here = `${said.join(', and ')}`;
  const plain = thousands === null ? 'x' : `replace(x, ${JSON.stringify(thousands)}, "")`;
  const table = `\`derive n = float(${decimal === ',' ? `replace(${plain}, ",", ".")` : plain})\``;
  const start = `${here.charAt(0).toUpperCase()}${here.slice(1)} here`;
  if (connector !== 'csv') return `${start}: declare the column as \`text\` and read the number in a table, ${table}.`;
  return `${start}: write \`${wanted.join(', ')}\` behind the path. Where other columns are written otherwise, declare this one as \`text\` and read it in a table, ${table}.`;
}
