/** Learning algorithms with their settings, by scikit-learn's words where it has one. */
import type { AlgorithmEntry, SettingEntry } from './entry.ts';

const l2 = (initial: number): SettingEntry => ({
  name: 'l2',
  type: 'float',
  min: 0,
  default: initial,
  doc: 'Strength of the penalty on squared coefficients; 0 is none.',
});

const maxIterations = (initial: number, doc = 'Steps of the solver at most.'): SettingEntry => ({
  name: 'max_iterations',
  type: 'int',
  min: 1,
  max: 100_000,
  default: initial,
  doc,
});

const alpha = (doc: string): SettingEntry => ({ name: 'alpha', type: 'float', min: 0, default: 1, doc });

const passes = 'Passes over the coefficients at most.';

const depth: SettingEntry = {
  name: 'depth',
  type: 'int',
  min: 1,
  max: 64,
  default: null,
  doc: 'Levels of a tree at most; `none` sets no such limit.',
};

const minLeaf = (initial: number): SettingEntry => ({
  name: 'min_leaf',
  type: 'int',
  min: 1,
  default: initial,
  doc: 'Training rows of a leaf at least.',
});

const bins: SettingEntry = { name: 'bins', type: 'int', min: 2, max: 255, default: 255, doc: 'Bins of a numeric feature at most.' };

const monotone = (name: string, way: string): SettingEntry => ({
  name,
  type: 'list',
  element: 'text',
  default: [],
  doc: `Numeric features by name: the prediction ${way} where one of them rises and the others stay.`,
});

const all = ['binary', 'number', 'count'] as const;

export const algorithms: readonly AlgorithmEntry[] = [
  {
    family: 'algorithm',
    name: 'baseline',
    labels: [...all, 'classes'],
    needsNumbers: false,
    settings: [],
    earlyStop: false,
    doc: 'Predicts the same for every row: the share of positives, the shares of several classes, or the mean label of the training rows. What every model must beat.',
    source: 'scikit-learn DummyClassifier(strategy="prior"), DummyRegressor(strategy="mean")',
  },
  {
    family: 'algorithm',
    name: 'logistic_regression',
    labels: ['binary', 'classes'],
    needsNumbers: true,
    settings: [
      l2(1),
      {
        name: 'l1',
        type: 'float',
        min: 0,
        default: 0,
        doc: 'Strength of the penalty on absolute coefficients, which makes some of them 0; 0 is none.',
      },
      maxIterations(1000),
    ],
    earlyStop: false,
    doc: 'A linear model of the log-odds; of several classes the multinomial one. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn LogisticRegression with C = 1 / (l1 + l2), l1_ratio = l1 / (l1 + l2)',
  },
  {
    family: 'algorithm',
    name: 'linear_regression',
    labels: ['number', 'count'],
    needsNumbers: true,
    settings: [l2(0)],
    earlyStop: false,
    doc: 'Least squares; with `l2` above 0, ridge regression. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn LinearRegression, Ridge(alpha=l2)',
  },
  {
    family: 'algorithm',
    name: 'ridge',
    labels: ['number', 'count'],
    needsNumbers: true,
    settings: [alpha('Strength of the penalty on squared coefficients, beside the sum of squared errors.')],
    earlyStop: false,
    doc: 'Least squares with a penalty on squared coefficients. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn Ridge; Hoerl and Kennard, Technometrics 12, 1970',
  },
  {
    family: 'algorithm',
    name: 'lasso',
    labels: ['number', 'count'],
    needsNumbers: true,
    settings: [alpha('Strength of the penalty on absolute coefficients, beside half the mean squared error.'), maxIterations(1000, passes)],
    earlyStop: false,
    doc: 'Least squares with a penalty that makes some coefficients 0. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn Lasso; Friedman, Hastie and Tibshirani, J. Stat. Software 33, 2010',
  },
  {
    family: 'algorithm',
    name: 'elastic_net',
    labels: ['number', 'count'],
    needsNumbers: true,
    settings: [
      alpha('Strength of both penalties, beside half the mean squared error.'),
      {
        name: 'l1_ratio',
        type: 'share',
        min: 0,
        max: 1,
        default: 0.5,
        doc: 'Share of the penalty on absolute coefficients; the rest is on half their squares.',
      },
      maxIterations(1000, passes),
    ],
    earlyStop: false,
    doc: 'Least squares with penalties on absolute and on squared coefficients. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn ElasticNet; Zou and Hastie, J. R. Stat. Soc. B 67, 2005',
  },
  {
    family: 'algorithm',
    name: 'poisson_regression',
    labels: ['count', 'number'],
    needsNumbers: true,
    settings: [alpha('Strength of the penalty on half the squared coefficients, beside the mean of half the deviance.'), maxIterations(100)],
    earlyStop: false,
    doc: 'A linear model of the logarithm of a mean that is never below 0. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn PoissonRegressor; McCullagh and Nelder, Generalized Linear Models, 1989',
  },
  {
    family: 'algorithm',
    name: 'naive_bayes',
    labels: ['binary', 'classes'],
    needsNumbers: false,
    settings: [
      {
        name: 'alpha',
        type: 'float',
        min: 0,
        exclusiveMin: true,
        default: 1,
        doc: 'Rows added to each level of a category in each class, so that a level not seen in a class is not impossible.',
      },
      {
        name: 'var_smoothing',
        type: 'float',
        min: 0,
        exclusiveMin: true,
        default: 1e-9,
        doc: 'Share of the largest variance of a number that is added to each variance.',
      },
    ],
    earlyStop: false,
    doc: 'Features count one by one: numbers as normal, categories as they are, given the class. A null says nothing.',
    source: 'scikit-learn GaussianNB and CategoricalNB over one prior',
  },
  {
    family: 'algorithm',
    name: 'k_nearest',
    labels: [...all, 'classes'],
    needsNumbers: true,
    settings: [
      { name: 'neighbors', type: 'int', min: 1, max: 100_000, default: 5, doc: 'Training rows that vote on a row.' },
      {
        name: 'weights',
        type: 'choice',
        choices: ['uniform', 'distance'],
        default: 'uniform',
        doc: 'Whether all neighbours count alike, or by the inverse of their distance.',
      },
    ],
    earlyStop: false,
    doc: 'The mean label of the nearest training rows, or the shares of their classes. Numbers are standardised, categories one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn KNeighborsClassifier, KNeighborsRegressor(algorithm="brute") on standardised columns',
  },
  {
    family: 'algorithm',
    name: 'linear_svm',
    labels: ['binary', 'classes'],
    needsNumbers: true,
    settings: [{ ...l2(1), exclusiveMin: true, doc: 'Strength of the penalty on squared coefficients.' }, maxIterations(1000)],
    earlyStop: false,
    doc: 'The widest margin between the classes, under squared hinge loss. Its score orders and decides, but is no probability. Of several classes, each against the rest. Categories are one-hot encoded; features need values (`impute`).',
    source: 'scikit-learn LinearSVC with C = 1 / l2; Keerthi and DeCoste, JMLR 6, 2005',
  },
  {
    family: 'algorithm',
    name: 'decision_tree',
    labels: [...all, 'classes'],
    needsNumbers: false,
    settings: [depth, minLeaf(1), bins],
    earlyStop: false,
    doc: 'One tree of cuts, grown until its leaves agree or a limit holds it. Takes categories and nulls as they are.',
    source: 'scikit-learn DecisionTreeClassifier, DecisionTreeRegressor; Breiman et al., Classification and Regression Trees, 1984',
  },
  {
    family: 'algorithm',
    name: 'random_forest',
    labels: [...all, 'classes'],
    needsNumbers: false,
    settings: [
      { name: 'trees', type: 'int', min: 1, max: 100_000, default: 100, doc: 'Trees whose predictions are averaged.' },
      depth,
      minLeaf(1),
      {
        name: 'features',
        type: 'share',
        min: 0,
        exclusiveMin: true,
        max: 1,
        default: null,
        doc: 'Share of the features that each split draws; `none`: their square root for classes, all for numbers.',
      },
      bins,
    ],
    earlyStop: false,
    doc: 'The average of many trees, each grown on rows drawn with replacement. Takes categories and nulls as they are.',
    source: 'scikit-learn RandomForestClassifier, RandomForestRegressor; Breiman, Machine Learning 45, 2001',
  },
  {
    family: 'algorithm',
    name: 'gradient_boosting',
    labels: [...all, 'classes'],
    needsNumbers: false,
    settings: [
      { name: 'trees', type: 'int', min: 1, max: 100_000, default: 100, doc: 'Rounds of boosting.' },
      { name: 'leaves', type: 'int', min: 2, max: 65_536, default: 31, doc: 'Leaves of a tree at most.' },
      depth,
      { name: 'learning_rate', type: 'float', min: 0, exclusiveMin: true, max: 1, default: 0.1, doc: 'How much of each tree is added.' },
      minLeaf(20),
      l2(0),
      bins,
      monotone('increasing', 'never falls'),
      monotone('decreasing', 'never rises'),
    ],
    earlyStop: true,
    doc: 'Gradient-boosted trees on binned features, grown leaf by leaf. Takes categories and nulls as they are.',
    source: 'scikit-learn HistGradientBoosting; Ke et al., LightGBM, NIPS 2017',
  },
  {
    family: 'algorithm',
    name: 'neural_net',
    labels: [...all, 'classes'],
    needsNumbers: true,
    settings: [
      { name: 'hidden', type: 'list', element: 'int', min: 1, max: 65_536, default: [64, 32], doc: 'Units of each hidden layer.' },
      { name: 'epochs', type: 'int', min: 1, max: 100_000, default: 50, doc: 'Passes over the training rows.' },
      { name: 'batch', type: 'int', min: 1, default: 256, doc: 'Rows of one gradient step.' },
      { name: 'learning_rate', type: 'float', min: 0, exclusiveMin: true, max: 1, default: 0.001, doc: 'Step size of Adam.' },
      l2(0),
      { name: 'dropout', type: 'share', min: 0, max: 0.95, default: 0, doc: 'Share of hidden units left out of each training step.' },
      { name: 'batch_norm', type: 'bool', default: false, doc: 'Whether hidden layers are normalised by the mean and variance of each batch.' },
      {
        name: 'embedding',
        type: 'int',
        min: 1,
        max: 1024,
        default: null,
        doc: 'Dimensions in which each category with more levels is placed; `none` one-hot encodes them all.',
      },
    ],
    earlyStop: true,
    doc: 'A dense network with ReLU units, trained with Adam. Categories are one-hot encoded or embedded; features need values (`impute`).',
    source: 'TensorFlow.js; Kingma and Ba, Adam, ICLR 2015; Ioffe and Szegedy, Batch Normalization, ICML 2015; Guo and Berkhahn, 2016',
  },
];
