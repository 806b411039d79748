/** `convert` gives the same numbers on the engine, in the reference interpreter and in process. */
import { describe, expect, it } from 'vitest';
import { cells, executed, planned } from '../language/plan/testPlan.ts';
import { expectEqual } from './shop.ts';

const main = `
param rate: float unit "EUR/USD" = 0.8
source s = csv("s.csv") {
  id    : key
  price : float? unit "USD"
  cost  : decimal(10, 2) unit "EUR"
  a     : timestamp
  b     : timestamp
}
table t = s | derive eur = convert(price, "EUR"), usd = convert(cost, "USD"), weeks = convert(hours(a, b), "week")`;
const files = {
  's.csv': 'id,price,cost,a,b\n1,10,4.00,2024-01-01T00:00Z,2024-01-08T00:00Z\n2,,8.40,2024-01-01T00:00Z,2024-01-02T00:00Z\n',
};

describe('convert', () => {
  it('multiplies with the factor, or divides by it', () =>
    expect(cells(executed(planned({ main }), files), 'relation t', 'eur', 'usd', 'weeks')).toEqual([
      [8, 5, 1],
      [null, 10.5, 1 / 7],
    ]));

  it('is the same on the engine', async () => expectEqual(planned({ main }), files));
});
