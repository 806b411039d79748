/** `increasing` and `decreasing` name features of the set, and features that have an order. */
import { nearest } from '../text/nearest.ts';
import type { Place, Span } from '../text/place.ts';
import type { SettingItem } from './blockSettings.ts';
import type { Environment } from './environment.ts';
import { problem, respell } from './problem.ts';
import type { FeatureSetModel } from './typed.ts';
import { described } from './typing.ts';

const words = ['increasing', 'decreasing'];
const ordered: ReadonlySet<string> = new Set(['int', 'float', 'decimal', 'bool', 'date', 'timestamp', 'duration']);

export function checkMonotone(env: Environment, place: (span: Span) => Place, set: FeatureSetModel, settings: readonly SettingItem[]): void {
  for (const { name, value } of settings) {
    if (!words.includes(name.text) || value.kind !== 'list') continue;
    for (const item of value.items) {
      if (item.kind !== 'text') continue;
      const names = set.features.map(feature => feature.name);
      const feature = set.features.find(candidate => candidate.name === item.value);
      if (!feature) {
        const near = nearest(item.value, names);
        env.report(
          problem('unknown-name', place(item.span), `\`${set.name}\` has no feature \`${item.value}\`.`, {
            help: near ? `Did you mean \`${near}\`?` : `Its features are ${names.map(known => `\`${known}\``).join(', ')}.`,
            fixes: near ? [respell(place(item.span), `"${near}"`)] : [],
          }),
        );
      } else if (feature.value.type.kind !== 'unknown' && !ordered.has(feature.value.type.kind)) {
        env.report(
          problem('wrong-setting', place(item.span), `\`${name.text}\` names features with an order, not ${described(feature.value)}.`, {
            help: `Take \`${item.value}\` out of \`${name.text}\`.`,
            related: [{ place: feature.place, message: 'the feature' }],
          }),
        );
      }
    }
  }
}
