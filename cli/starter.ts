/** The project that `cupel new` writes: a program a newcomer can read in a minute, and data that makes it run clean. */

export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

export function starterFiles(name: string): readonly StarterFile[] {
  return [
    { path: `${name}.cupel`, text: program },
    { path: 'data/visits.csv', text: visits() },
    { path: 'cupel.json', text: '{\n  "failOn": "error"\n}\n' },
    { path: '.gitignore', text: '# The ledger of test readings belongs to the project; the rest can be made again.\n.cupel/*\n!.cupel/ledger/\n' },
    { path: 'README.md', text: readme(name) },
  ];
}

const program = `/// One row per person who tried the product, invented for this start.
source visits = csv("data/visits.csv") {
  visitor  : key
  channel  : category { "ad", "friend", "search" }
  pages    : int in 1..60      // pages read on the first day
  minutes  : float? in 0..240  // not measured for everybody
  returned : bool              // came back within a week
}

check visits {
  count() >= 500
  unique(visitor)
  complete(minutes) >= 90%  warn
}

/// Who comes back?
task comeback {
  each  visit in visits
  label returned
}

split comeback at random { test: 25%, seed: 7 }

features first_day for comeback {
  channel |> one_hot
  pages   |> log1p |> standardize
  minutes |> impute(median) |> standardize
}

model usual    = baseline(first_day)
model logistic = logistic_regression(first_day)

evaluate logistic on test {
  auc >= 0.65
  auc - usual.auc >= 0.10
  brier
  drift(features) < 0.2 psi  warn
}
`;

function readme(name: string): string {
  return `# ${name}

    cupel check          every mistake, without touching data
    cupel run ${name}.cupel
    cupel plan ${name}.cupel

Put your own table into \`data/\`, change the source in \`${name}.cupel\`, and run \`cupel check\`.
`;
}

/** 900 visitors from a fixed sequence, so that every start is the same. */
function visits(): string {
  let state = 20_240_101;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const channels = ['ad', 'friend', 'search'] as const;
  const lines = ['visitor,channel,pages,minutes,returned'];
  for (let i = 1; i <= 900; i++) {
    const channel = channels[Math.floor(next() * 3)] ?? 'ad';
    const pages = 1 + Math.floor(next() ** 2 * 40);
    const minutes = Math.round((pages * (0.6 + next()) + 2 * next()) * 10) / 10;
    const logit = -1.6 + 0.05 * pages + 0.02 * minutes + (channel === 'friend' ? 1.1 : channel === 'ad' ? -0.5 : 0);
    const returned = next() < 1 / (1 + Math.exp(-logit));
    lines.push(`v${String(i).padStart(4, '0')},${channel},${pages},${next() < 0.04 ? '' : minutes},${returned}`);
  }
  return `${lines.join('\n')}\n`;
}
