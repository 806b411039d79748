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

/** `names`: the names along the circle, the first of which is also the last. */
export function circularDefinition(place: Place, names: readonly string[]): Problem {
  const [name = ''] = names;
  return problem(
    'circular-definition',
    place,
    names.length <= 2 ? `\`${name}\` is defined by itself.` : `\`${name}\` is defined by itself: ${names.map(n => `\`${n}\``).join(' → ')}.`,
    {
      help: 'Break the circle: one of these has to be written without the others.',
    },
  );
}
