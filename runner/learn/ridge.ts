/** Ridge regression (Hoerl and Kennard, Technometrics 12, 1970): least squares with a penalty that is on unless it is set to 0. */

import type { Learner } from './learner.ts';
import { leastSquares } from './leastSquares.ts';
import { linearModel } from './linearModel.ts';
import { settingReader } from './settings.ts';

export const ridge: Learner = {
  fit: async (matrix, rows, _validateRows, settings, context) =>
    leastSquares('ridge', matrix, rows, settingReader('ridge', settings).number('alpha'), context),
  load: state => linearModel(state, []),
};
