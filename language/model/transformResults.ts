/** What fitted transforms give: types with range, unit and nullability, from the catalogue entry, the inputs and the settings. */
import type { TransformEntry } from '../catalogue/entry.ts';
import { atLeast, open } from './bounds.ts';
import type { SettingValue } from './typed.ts';
import { boolType, floatType, intType, isNumber, orNull, unknownType, withNullable } from './typeOps.ts';
import type { Bounds, Type } from './types.ts';
import { pure } from './units.ts';

/** How many columns a group has, as far as the program says; 0 where the training rows decide. */
function groupSize(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): number {
  const written = settings['columns'] ?? settings['clusters'] ?? settings['components'];
  if (entry.name === 'cyclic') return 2;
  if (entry.name === 'one_hot') return input.kind === 'category' && input.levels ? input.levels.length : input.kind === 'bool' ? 2 : 0;
  return typeof written === 'number' ? written : 0;
}

function numberBounds(entry: TransformEntry, input: Type, settings: Readonly<Record<string, SettingValue>>): Bounds {
  switch (entry.name) {
    case 'min_max':
      return settings['clip'] === true ? { min: 0, max: 1 } : open;
    case 'winsorize':
      // Quantiles lie between values that are there.
      return isNumber(input) ? input.bounds : open;
    case 'quantile_bin':
      return { min: 0, max: Number(settings['bins']) - 1 };
    case 'ordinal':
      return atLeast(0);
    default:
      return entry.range ? { min: entry.range[0], max: entry.range[1] } : open;
  }
}

const wholeResults: ReadonlySet<string> = new Set(['ordinal', 'quantile_bin']);

export function resultType(entry: TransformEntry, inputs: readonly Type[], settings: Readonly<Record<string, SettingValue>>): Type {
  const [input = unknownType] = inputs;
  const nullable = entry.removesNulls && settings['method'] !== 'forward' ? false : inputs.some(type => type.nullable);
  switch (entry.result) {
    case 'same':
      // A mean of whole numbers has a fraction.
      if (input.kind === 'int' && (settings['method'] === 'mean' || settings['method'] === 'median')) return floatType(input.bounds, input.unit);
      return withNullable(input, nullable);
    case 'rows':
      return unknownType;
    case 'bool':
      return orNull(boolType, nullable);
    case 'group':
      return { kind: 'vector', size: groupSize(entry, input, settings), nullable };
    case 'number': {
      const unit = entry.unit === 'keep' && isNumber(input) ? input.unit : pure;
      const bounds = numberBounds(entry, input, settings);
      // A level that the training rows do not have has no place.
      return orNull((wholeResults.has(entry.name) ? intType : floatType)(bounds, unit), nullable || entry.name === 'ordinal');
    }
  }
}
