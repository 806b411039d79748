/** A name as it is written in a program: what is put into a text, by a fix or a completion, must be read as the same name again. */
import { plainName, reservedWords } from './tokens.ts';

const reserved: ReadonlySet<string> = new Set(reservedWords);

export const writtenName = (name: string): string => (plainName.test(name) && !reserved.has(name) ? name : `\`${name}\``);
