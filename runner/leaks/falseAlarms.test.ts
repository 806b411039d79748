/** Tables with nothing wrong, of many kinds: how often any rule about a feature set speaks. `bench/leaks.mjs` asks of many more. */
import { describe, expect, it } from 'vitest';
import { random } from '../learn/random.ts';
import { fairTable, findings } from './fixtures/tables.ts';

describe('tables with nothing wrong', () => {
  it.each(['binary', 'number'] as const)('raise no alarm, label %s', async kind => {
    const alarms: string[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const rows = [60, 150, 400, 1000][seed % 4] ?? 60;
      for (const { rule, fault, subject } of await findings(fairTable(rows, random(seed), kind), kind)) {
        if (fault) alarms.push(`${rule} ${subject} of ${rows} rows, seed ${seed}`);
      }
    }
    expect(alarms).toEqual([]);
  });
});
