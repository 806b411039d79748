/** A name as it is written in a program: what is put into a text, by a fix or a message, must be read as the same name again. */

/** Words of expressions: as names they need backticks. */
export const reservedWords = ['and', 'or', 'not', 'in', 'matches', 'div', 'if', 'then', 'else', 'true', 'false', 'null'] as const;

/** What a name begins with, as a class of a pattern. */
export const letter =
  'A-Za-z_\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u037d\\u037f-\\u1fff\\u2c00-\\u2fef\\u3041-\\ud7ff\\uf900-\\ufdcf\\ufe70-\\ufefc';
const plainName = new RegExp(`^[${letter}][${letter}\\d]*$`);

const reserved: ReadonlySet<string> = new Set(reservedWords);

export const writtenName = (name: string): string => (plainName.test(name) && !reserved.has(name) ? name : `\`${name}\``);
