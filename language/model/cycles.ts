/** Circles among names: definitions that come back to themselves, imports that lead back to where they started. */
import type { Place } from '../text/place.ts';
import { type Problem, problem } from './problem.ts';

/** The shortest way from `from` along `next` back to `goal`, both ends included; null when there is none. */
export function wayTo(from: string, goal: string, next: (node: string) => readonly string[]): readonly string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const target of next(node)) {
      if (target === goal) {
        const way = [goal];
        for (let at: string | null | undefined = node; at; at = cameFrom.get(at)) way.unshift(at);
        return way;
      }
      if (!cameFrom.has(target)) {
        cameFrom.set(target, node);
        queue.push(target);
      }
    }
  }
  return null;
}

/** A claim of a check that takes rows out: the rows that stay wait for the claim's partner. */
export interface AskedBy {
  readonly place: Place;
  readonly table: string;
  readonly partner: string;
  /** Whether the claim takes rows out itself. */
  readonly takesOut: boolean;
}

/** `names`: the names along the circle, the first of which is also the last. `asked`: what closes it, where no name does. */
export function circularDefinition(place: Place, names: readonly string[], asked: AskedBy | null): Problem {
  const [name = ''] = names;
  return problem(
    'circular-definition',
    place,
    names.length <= 2 ? `\`${name}\` is defined by itself.` : `\`${name}\` is defined by itself: ${names.map(n => `\`${n}\``).join(' → ')}.`,
    {
      help: asked ? withoutWaiting(asked) : 'Break the circle: one of these has to be written without the others.',
      ...(asked && {
        related: [{ place: asked.place, message: `rows of \`${asked.table}\` are taken out here, and the claim asks for \`${asked.partner}\`` }],
      }),
    },
  );
}

const withoutWaiting = ({ table, partner, takesOut }: AskedBy): string =>
  takesOut
    ? `Say \`warn\` there: which rows of \`${table}\` stay cannot rest on \`${partner}\`, which is made of them.`
    : 'Write that claim in a check of its own, which takes no rows out.';
