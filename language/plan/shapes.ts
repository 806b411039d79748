/** Shapes of plain data, as checks that say where a value is not what it should be. */

/** What is wrong at which place (`nodes[3].columns[0].type`), or null. */
export type Shape = (value: unknown, at: string) => string | null;

const wanted =
  (what: string): ((value: unknown, at: string) => string) =>
  (value, at) =>
    `${at || 'the plan'} is ${value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`}, and ${what} is wanted`;

export const text: Shape = (value, at) => (typeof value === 'string' ? null : wanted('a text')(value, at));
export const number: Shape = (value, at) => (typeof value === 'number' && Number.isFinite(value) ? null : wanted('a number')(value, at));
export const whole: Shape = (value, at) => (Number.isSafeInteger(value) ? null : wanted('a whole number')(value, at));
export const bool: Shape = (value, at) => (typeof value === 'boolean' ? null : wanted('true or false')(value, at));

export const word =
  (...words: readonly string[]): Shape =>
  (value, at) =>
    typeof value === 'string' && words.includes(value) ? null : `${at} is ${JSON.stringify(value)}, and one of ${words.join(', ')} is wanted`;

export const orNull =
  (shape: Shape): Shape =>
  (value, at) =>
    value === null ? null : shape(value, at);

export const optional =
  (shape: Shape): Shape =>
  (value, at) =>
    value === undefined ? null : shape(value, at);

export const list =
  (item: Shape): Shape =>
  (value, at) => {
    if (!Array.isArray(value)) return wanted('a list')(value, at);
    return first(value.map((each, i) => () => item(each, `${at}[${i}]`)));
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** All of these entries; further ones are let be, for a later version may add some. */
export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, at) => {
    if (!isObject(value)) return wanted('an object')(value, at);
    return first(
      Object.entries(shapes).map(
        ([name, shape]) =>
          () =>
            shape(value[name], at ? `${at}.${name}` : name),
      ),
    );
  };

export const entries =
  (item: Shape): Shape =>
  (value, at) => {
    if (!isObject(value)) return wanted('an object')(value, at);
    return first(
      Object.entries(value).map(
        ([name, each]) =>
          () =>
            item(each, `${at}.${name}`),
      ),
    );
  };

/** One of several objects, told apart by the value under `tag`. */
export const tagged =
  (tag: string, variants: Readonly<Record<string, Shape>>): Shape =>
  (value, at) => {
    if (!isObject(value)) return wanted('an object')(value, at);
    const name = value[tag];
    const variant = typeof name === 'string' && Object.hasOwn(variants, name) ? variants[name] : undefined;
    return variant ? variant(value, at) : word(...Object.keys(variants))(name, at ? `${at}.${tag}` : tag);
  };

export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value, at) => {
    const wrong = shapes.map(shape => shape(value, at));
    return wrong.includes(null) ? null : (wrong.at(-1) ?? null);
  };

/** For shapes that hold themselves. */
export const lazy =
  (shape: () => Shape): Shape =>
  (value, at) =>
    shape()(value, at);

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const wrong = check();
    if (wrong !== null) return wrong;
  }
  return null;
}
