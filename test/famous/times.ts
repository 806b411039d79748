/** What lies after the moment of prediction: a treatment that answers the outcome, a delay that is the outcome, means over years to come. */
import { csvOf, dayOf, drawsOf, type FamousCase, rowsOf } from './famousCase.ts';

const byDay = 'by time { train: ..2024-03-31, test: 2024-04-10.., gap: 8d }';

/** Antibiotics are given because somebody has seen the sepsis already. */
function stays(): { readonly stays: string; readonly drugs: string; readonly onsets: string } {
  const { normal, chance, below, share } = drawsOf(21);
  const all: Record<string, string | boolean>[] = [];
  const drugs: Record<string, string>[] = [];
  const onsets: Record<string, string>[] = [];
  for (let i = 0; i < 900; i++) {
    const admitted = below(150);
    const lactate = 1.6 + 0.7 * Math.abs(normal());
    const septic = chance(0.08 + 0.12 * (lactate - 1.6));
    if (septic) onsets.push({ onset: `o${i}`, stay: `s${i}`, at: dayOf(admitted + 3) });
    const treated = chance(septic ? 0.9 : 0.06);
    all.push({ stay: `s${i}`, admitted: dayOf(admitted), lactate: lactate.toFixed(2), antibiotics: treated });
    if (treated) drugs.push({ drug: `d${i}`, stay: `s${i}`, given: dayOf(admitted + 2) });
    if (chance(0.2)) drugs.push({ drug: `e${i}`, stay: `s${i}`, given: dayOf(admitted - 1 - Math.floor(share() * 5)) });
  }
  return { stays: csvOf(all), drugs: csvOf(drugs), onsets: csvOf(onsets) };
}

/** A flight that leaves late arrives late; when it is due to leave, its delay is not known. */
function legs(): string {
  const { normal, below } = drawsOf(22);
  return csvOf(
    rowsOf(1500, i => {
      const [day, hour, minute] = [below(120), 6 + below(16), below(60)];
      const waits = Math.round(-4 + (hour - 6) * 0.8 + 18 * Math.max(0, normal() + (hour - 14) * 0.08));
      const time = (minutes: number) => new Date(Date.parse(dayOf(day)) + (hour * 60 + minute + minutes) * 60_000).toISOString().replace('.000Z', '');
      const late = Math.round(waits + 9 * normal());
      return { leg: `f${i}`, scheduled: time(0), departed: time(waits), landed: time(120 + late), dep_delay: waits, arr_delay: late };
    }),
  );
}

const stocks = 60;

/** A price stands high or low against its mean over all days; that mean holds the days to come. */
function prices(): string {
  const { normal } = drawsOf(23);
  const rows: Record<string, string | number>[] = [];
  for (let s = 0; s < stocks; s++) {
    let price = 100;
    for (let day = 0; day < 300; day += 5) {
      price *= Math.exp(0.04 * normal());
      rows.push({ quote: `q${s}-${day}`, stock: `s${s}`, at: dayOf(day), price: price.toFixed(3) });
    }
  }
  return csvOf(rows);
}

const hospital = stays();

export const timeCases: readonly FamousCase[] = [
  {
    name: 'antibiotics give the sepsis away',
    published:
      'Wong et al., JAMA Internal Medicine 181(8), 2021, and the comments on its inputs: the model learned from clinicians who already treated it',
    files: { 'stays.csv': hospital.stays, 'drugs.csv': hospital.drugs, 'onsets.csv': hospital.onsets },
    program: `source stays = csv("stays.csv") {
  stay     : key
  admitted : timestamp @time @known(+0d)
  lactate  : float immutable
  antibiotics : bool @current
}
source drugs = csv("drugs.csv") {
  drug  : key
  stay  : ref stays
  given : timestamp @time @known(+0d)
}
source onsets = csv("onsets.csv") until 2024-06-10 {
  onset : key
  stay  : ref stays
  at    : timestamp @time @known(+0d)
}
task sepsis {
  each  one in stays
  at    admitted
  label septic = count(onsets next 7d) > 0
}
split sepsis ${byDay}
features chart for sepsis {
  lactate
  ⟨CAUSE⟩
}
model m = logistic_regression(chart)
model usual = baseline(chart)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: 'treated = antibiotics',
    honest: 'treated = count(drugs last 3d) > 0',
    rule: 'current-state',
    severity: 'warning',
    at: 'antibiotics',
    metric: 'auc',
    pretends: 0.9,
    deserves: [0.5, 0.78],
  },
  {
    name: 'a delay at departure is the delay at arrival',
    published: 'Kapoor and Narayanan, Patterns 4(9), 2023 (type L2); the real flights are in examples/flights',
    files: { 'legs.csv': legs() },
    program: `source legs = csv("legs.csv") until 2024-05-10 {
  leg       : key
  scheduled : timestamp @time @known(+0d)
  departed  : timestamp?
  landed    : timestamp?
  dep_delay : int? ⟨CAUSE⟩
  arr_delay : int? @known(landed)
}
task lateness {
  each  one in legs
  at    scheduled
  label late = arr_delay >= 15
  delay: 2d
}
split lateness ${byDay}
features board for lateness {
  leaves = hour(scheduled)
  waits  = dep_delay |> impute(median)
}
model m = logistic_regression(board)
model usual = baseline(board)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: '@after(outcome)',
    honest: '@known(departed)',
    rule: 'after-outcome',
    at: 'dep_delay',
    metric: 'auc',
    pretends: 0.9,
    deserves: [0.5, 0.85],
  },
  {
    name: 'prices are normalised by their whole period',
    published: 'Kapoor and Narayanan, Patterns 4(9), 2023 (types L1.2 and L3.1)',
    files: { 'stocks.csv': csvOf(rowsOf(stocks, s => ({ stock: `s${s}`, listed: '2023-01-01' }))), 'prices.csv': prices() },
    program: `source stocks = csv("stocks.csv") {
  stock  : key
  listed : timestamp @time @known(+0d)
}
source prices = csv("prices.csv") until 2024-10-26 {
  quote : key
  stock : ref stocks
  at    : timestamp @time @known(+0d)
  price : float immutable
}
table means = prices | group by stock { mean = avg(price) }
table listed = stocks | join means on stock == stock
task rises {
  each  one in listed
  at    every 5d from 2024-02-01 to 2024-05-01
  label rise = avg(price of prices next 10d) > last(price of prices last 6d)
}
split rises by time { train: ..2024-03-20, test: 2024-04-01.., gap: 10d }
features chart for rises {
  level = last(price of prices last 6d) / ⟨CAUSE⟩ |> impute(median)
}
model m = logistic_regression(chart)
model usual = baseline(chart)
evaluate m on test { auc, auc - usual.auc >= 0 }
`,
    leaky: 'mean',
    honest: 'avg(price of prices last 30d)',
    rule: 'all-rows-aggregate',
    at: 'mean',
    metric: 'auc',
    pretends: 0.6,
    deserves: [0.4, 0.58],
  },
];
