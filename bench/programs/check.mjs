/** Programs to check, all clean: feature sets over two sources. */

const sources = (customers, orders) => `source ${customers} = csv("customers.csv") {
  customer_id : key
  signed_up   : timestamp  @time @known(+0d)
}

source ${orders} = csv("orders.csv") until 2024-12-31 {
  order_id  : key
  customer  : ref ${customers}
  placed_at : timestamp                                 @time @known(+0d)
  amount    : decimal(10,2) unit "EUR" immutable
  status    : category { "paid", "cancelled" } immutable
}
`;

/** What programs that share their sources import. */
export const shop = sources('customers', 'orders');

/**
 * Of about so many lines; no declaration of one seed reads as one of another, so that none is known from another file. With `from`, the
 * sources are imported from the shop of that name.
 */
export function program(lines, seed, from = null) {
  const [customers, orders] = ['customers', 'orders'].map(name => (from === null ? `${name}_${seed}` : name));
  const [churn, whole] = [`churn_${seed}`, `whole_${seed}`];
  const sets = Math.max(1, Math.round((lines - 26) / 22));
  const parts = [
    from === null ? sources(customers, orders) : `import { customers, orders } from "./${from}"\n`,
    `task ${churn} {
  each  customer in ${customers} where signed_up < cutoff - 30d
  at    every month from 2023-01-01 to 2024-10-01
  label churned = count(${orders} next 60d) == 0
}

split ${churn} by time { train: ..2024-02-29, validate: 2024-04-01..2024-07-31, test: 2024-09-01.., gap: 60d }

features ${whole} for ${churn} { constant = 1 }

model usual = baseline(${whole})
`,
  ];
  for (let s = 0; s < sets; s++) {
    const items = [`  tenure = days(signed_up, cutoff)`];
    for (let i = 0; i < 16; i++) items.push(`  spend_${i} = sum(amount of ${orders} last ${30 + i + ((seed + s) % 7)}d where status == "paid") ?? 0`);
    parts.push(
      `features set${s} for ${churn} {\n${items.join('\n')}\n}\n`,
      `model m${s} = gradient_boosting(set${s}) { trees: ${50 + s} }`,
      `evaluate m${s} on test { auc >= 0.7 }\n`,
    );
  }
  return `${parts.join('\n')}\n`;
}
