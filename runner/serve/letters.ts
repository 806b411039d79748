/** Text letter by letter, as the engine has it: a letter is a code point, and becomes one capital or one small letter. */

// Letters beyond ASCII have their own rules.
const ascii = /^[\x20-\x7e]*$/;

export const letters = (text: string): readonly string[] => (ascii.test(text) ? text.split('') : [...text]);

const changed = (text: string, change: (letter: string) => string): string => {
  let out = '';
  for (const letter of text) {
    const [first = '', ...more] = change(letter);
    out += more.length === 0 ? first : letter;
  }
  return out;
};

export function lower(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  // İ alone becomes two letters, of which the engine takes the first.
  return changed(text.replaceAll('İ', 'i'), letter => letter.toLowerCase());
}

export function upper(text: string): string {
  if (ascii.test(text)) return text.toUpperCase();
  return changed(text.replaceAll('ß', 'SS'), letter => letter.toUpperCase());
}
