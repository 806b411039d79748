/** The algorithms by their names in the catalogue. */
import { baseline } from './baseline.ts';
import { elasticNet, lasso } from './elasticNet.ts';
import { kNearest } from './kNearest.ts';
import { type FittedModel, LearnError, type Learner, type ModelState } from './learner.ts';
import { linearRegression } from './linearRegression.ts';
import { linearSvm } from './linearSvm.ts';
import { logisticRegression } from './logisticRegression.ts';
import { naiveBayes } from './naiveBayes.ts';
import { neuralNet } from './neuralNet.ts';
import { poissonRegression } from './poissonRegression.ts';
import { ridge } from './ridge.ts';
import { gradientBoosting } from './trees/gradientBoosting.ts';
import { decisionTree, randomForest } from './trees/randomForest.ts';

export const learners: ReadonlyMap<string, Learner> = new Map([
  ['baseline', baseline],
  ['linear_regression', linearRegression],
  ['logistic_regression', logisticRegression],
  ['ridge', ridge],
  ['lasso', lasso],
  ['elastic_net', elasticNet],
  ['poisson_regression', poissonRegression],
  ['naive_bayes', naiveBayes],
  ['k_nearest', kNearest],
  ['linear_svm', linearSvm],
  ['decision_tree', decisionTree],
  ['random_forest', randomForest],
  ['gradient_boosting', gradientBoosting],
  ['neural_net', neuralNet],
]);

export function learnerNamed(algorithm: string): Learner {
  const learner = learners.get(algorithm);
  if (learner) return learner;
  throw new LearnError('state', `There is no algorithm \`${algorithm}\` here.`, `There are: ${[...learners.keys()].join(', ')}.`);
}

export function loadModel(state: ModelState): FittedModel {
  return learnerNamed(state.kind).load(state);
}
