import { expect, it } from 'vitest';
import { suggestedValidate } from './suggestedPartition.ts';
import { typedProgram } from './testProgram.ts';

const tasks = `
source customers = csv("c.csv") {
  customer  : key
  signed_up : timestamp @time @known(+0d)
}
source orders = csv("o.csv") until 2024-12-31 {
  order     : key
  customer  : ref customers
  placed_at : timestamp @time @known(+0d)
}
task monthly { each c in customers, at every month from 2023-01-01 to 2024-10-01, label gone = count(orders next 30d) == 0 }
task daily { each c in customers, at every day from 2024-06-01 to 2024-06-20, label gone = count(orders next 1d) == 0 }
task local { each o in orders, at placed_at, label gone = count(orders via customer next 30d) == 0, zone: "America/New_York" }
`;

it.each([
  ['monthly', '2023-01-01..2024-06-30', '2024-07-01..', '', '2023-01-01..2024-02-29', '2024-03-01..2024-06-30'],
  ['monthly', '..2024-06-30', '2024-07-01..', '', '..2024-02-29', '2024-03-01..2024-06-30'],
  ['monthly', '..2024-06-30', '2024-07-01..', ', gap: 30d', '..2024-01-01', '2024-02-01..2024-05-31'],
  ['monthly', '..2024-02-29', '2024-09-01..', '', null, '2024-03-01..2024-08-31'],
  ['monthly', '..2024-02-29', '2024-09-01..', ', gap: 60d', null, '2024-04-30..2024-07-02'],
  ['daily', '..2024-06-14', '2024-06-15..', '', '..2024-06-11', '2024-06-12..2024-06-14'],
  ['local', '..2024-06-30', '2024-07-01..', '', '..2024-04-30', '2024-05-01..2024-06-30'],
  ['local', '2023-01-01..2024-06-30', '2024-07-01..', ', gap: 30d', '2023-01-01..2024-03-01', '2024-04-01..2024-05-31'],
])('%s: train %s, test %s%s', (task, train, test, gap, newTrain, validate) => {
  const typed = (partitions: string) => typedProgram(`${tasks}split ${task} by time { ${partitions}${gap} }\n`);
  const { program } = typed(`train: ${train}, test: ${test}`);
  const split = program.splits('main.cupel', task)[0];
  if (!split) throw new Error('no split');
  const help = suggestedValidate(split, program.task('main.cupel', task));
  expect(help).toBe(
    newTrain === null
      ? `Add it to the split: \`validate: ${validate}\`.`
      : `Take it from the end of the training time: \`train: ${newTrain}\` and \`validate: ${validate}\`.`,
  );
  expect(typed(`train: ${newTrain ?? train}, validate: ${validate}, test: ${test}`).problems).toEqual([]);
});

it.each([
  ['split monthly at random { test: 20%, seed: 1 }', 'Add it to the split: `validate: 15%`.'],
  ['split monthly by time { train: ..2024-06-30, test: cutoff > 2024-07-15 }', 'Add it to the split: `validate: 2024-07-01..2024-07-15`.'],
  [
    'split monthly by time { train: ..2024-07-01, test: cutoff > 2024-07-15 }',
    'Take it from the end of the training time: `train: ..2024-03-31` and `validate: 2024-04-01..2024-07-15`.',
  ],
  [
    'split monthly by time { train: 2024-05-01..2024-06-30, test: 2024-07-01.. }',
    'Add it to the split, between `train` and `test`: `validate: FIRST..LAST`, two dates.',
  ],
  [
    'split monthly by time { train: ..2024-06-30, test: ..2024-12-31 }',
    'Add it to the split, between `train` and `test`: `validate: FIRST..LAST`, two dates.',
  ],
])('%s', (text, help) => {
  const { program } = typedProgram(`${tasks}${text}\n`);
  const [split] = program.declarations('main.cupel').flatMap(({ model }) => (model.kind === 'split' ? [model] : []));
  expect(split && suggestedValidate(split, program.task('main.cupel', 'monthly'))).toBe(help);
});
