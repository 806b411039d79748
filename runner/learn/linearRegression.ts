/** Least squares; with `l2` above 0, ridge regression. */

import type { Learner } from './learner.ts';
import { leastSquares } from './leastSquares.ts';
import { linearModel } from './linearModel.ts';
import { settingReader } from './settings.ts';

export const linearRegression: Learner = {
  fit: async (matrix, rows, _validateRows, settings, context) =>
    leastSquares('linear_regression', matrix, rows, settingReader('linear_regression', settings).number('l2'), context),
  load: state => linearModel(state, []),
};
