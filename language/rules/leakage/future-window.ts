/** A feature that looks past the cutoff. Only labels may: they are what will be known later. */

import { durationLiteral, durationWords } from '../../text/duration.ts';
import { gather } from '../../text/gather.ts';
import type { Place } from '../../text/place.ts';
import type { Rule } from '../rule.ts';
import { features } from './reads.ts';

const isSamePlace = (a: Place, b: Place): boolean => a.decl === b.decl && a.span.start === b.span.start && a.span.end === b.span.end;

/** The word `next` at the start of a frame; what follows may be a parameter. */
const wordOf = (frame: Place): Place => ({ ...frame, span: { start: frame.span.start, end: frame.span.start + 'next'.length } });

export default {
  name: 'future-window',
  code: 'CUP3037',
  group: 'leakage',
  severity: 'error',
  type: 'L3.1',
  verdict: 'leaks',
  why: 'At prediction time these rows do not exist yet, so the model learns from what it cannot have.',
  check: (program, file) =>
    gather(features(program, file), ({ feature, windows }) =>
      windows
        .filter(({ window }) => window.direction === 'future')
        .map(({ aggregate, window }) => {
          const span = { months: window.to.months - (window.from?.months ?? 0), micros: window.to.micros - (window.from?.micros ?? 0) };
          const length = durationWords(span);
          const back = `last ${durationLiteral(span)}`;
          const event = program.relation(window.reader, window.table, window.file)?.event ?? null;
          return {
            rule: 'future-window',
            place: window.framePlace,
            message: `\`${feature.name}\` reads \`${window.table}\` of the ${length} after the cutoff.`,
            label: `rows from the cutoff to ${length} later`,
            help: back,
            related: event ? [{ place: event.place, message: `\`${event.column}\` is the time that the window follows` }] : [],
            // A window in another file's definition is shown at its use, where there is no word to change.
            fixes: isSamePlace(window.framePlace, aggregate.place)
              ? []
              : [{ title: `Look back instead: \`${back}\``, safe: false, edits: [{ place: wordOf(window.framePlace), text: 'last' }] }],
          };
        }),
    ),
} satisfies Rule;
