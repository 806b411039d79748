/** A name that stands for two things in one place: which one it means is said, since readers guess. */
import type { Place } from '../text/place.ts';
import type { Environment } from './environment.ts';
import { problem } from './problem.ts';

/** `place` is where the name is taken: it then hides `other`, declared at `otherPlace`. */
export function reportShadowed(env: Pick<Environment, 'report'>, place: Place, name: string, what: string, other: string, otherPlace: Place): void {
  env.report(
    problem('shadowed-name', place, `The ${what} \`${name}\` hides ${other} of the same name.`, {
      help: 'Give it a name of its own, so that both can be read.',
      related: [{ place: otherPlace, message: `\`${name}\` is ${other}` }],
    }),
  );
}
