/**
 * Fitted transforms: they learn on the training rows of the fold in force, and what they learned is stored with the model.
 * They stand in `features` only, after `|>` or as calls.
 */
import type { SettingEntry, TransformEntry } from './entry.ts';

type Written = Pick<TransformEntry, 'name' | 'accepts' | 'result' | 'signature' | 'doc' | 'source' | 'example'>;

const define = (entry: Written & Partial<TransformEntry>): TransformEntry => ({
  family: 'transform',
  inputs: 'one',
  removesNulls: false,
  requiresValue: false,
  usesLabel: false,
  learns: true,
  mergesValues: false,
  unit: 'drop',
  settings: [],
  positional: null,
  ...entry,
});

const share = (name: string, initial: number, doc: string): SettingEntry => ({ name, type: 'share', min: 0, max: 1, default: initial, doc });

const missing: readonly TransformEntry[] = [
  define({
    name: 'impute',
    accepts: 'any',
    result: 'same',
    removesNulls: true,
    unit: 'keep',
    positional: 'method',
    settings: [
      {
        name: 'method',
        type: 'choice',
        choices: ['mean', 'median', 'mode', 'constant', 'forward'],
        doc: 'What stands in for a missing value: the mean, median or most frequent value of the training rows, a constant, or the last value that a training row of the same entity had at an earlier cutoff.',
      },
      { name: 'value', type: 'value', default: null, doc: 'The constant, for `impute(constant, value: 0)`.' },
    ],
    signature: 'x |> impute(mean | median | mode | constant | forward, value: v) → x, never null but after forward',
    doc: 'Fills missing values with one that is learned on the training rows, or with a constant. Carried `forward`, a value stays null where no earlier row of the entity has one.',
    source: 'scikit-learn SimpleImputer; forward: pandas ffill within groups',
    example: 'age |> impute(median)',
  }),
  define({
    name: 'indicator',
    mergesValues: true,
    accepts: 'any',
    result: 'bool',
    removesNulls: true,
    learns: false,
    signature: 'x |> indicator → bool',
    doc: 'True where the value is missing: beside `impute`, it keeps what the filling hides.',
    source: 'scikit-learn MissingIndicator',
    example: 'age_missing = age |> indicator',
  }),
];

const numbers: readonly TransformEntry[] = [
  define({
    name: 'standardize',
    accepts: 'number',
    result: 'number',
    signature: 'x |> standardize → float',
    doc: 'Subtracts the mean of the training rows and divides by their standard deviation (divided by n); a constant becomes 0. Null stays null.',
    source: 'scikit-learn StandardScaler',
    example: 'age |> impute(median) |> standardize',
  }),
  define({
    name: 'min_max',
    accepts: 'number',
    result: 'number',
    settings: [{ name: 'clip', type: 'bool', default: false, doc: 'Move values beyond those of the training rows to 0 or 1.' }],
    signature: 'x |> min_max(clip: false) → float',
    doc: 'Moves the least value of the training rows to 0 and the greatest to 1; a constant becomes 0. Null stays null.',
    source: 'scikit-learn MinMaxScaler',
    example: 'income |> min_max(clip: true)',
  }),
  define({
    name: 'robust_scale',
    accepts: 'number',
    result: 'number',
    settings: [share('low', 0.25, 'The lower quantile of the range.'), share('high', 0.75, 'The upper quantile of the range.')],
    signature: 'x |> robust_scale(low: 25%, high: 75%) → float',
    doc: 'Subtracts the median of the training rows and divides by the distance of two quantiles, or by 1 where they are equal. Null stays null.',
    source: 'scikit-learn RobustScaler',
    example: 'income |> robust_scale',
  }),
  define({
    name: 'winsorize',
    accepts: 'number',
    result: 'number',
    unit: 'keep',
    settings: [
      share('low', 0.01, 'Values below this quantile of the training rows become it.'),
      share('high', 0.99, 'Values above this quantile of the training rows become it.'),
    ],
    signature: 'x |> winsorize(low: 1%, high: 99%) → float',
    doc: 'Moves extreme values to a low and a high quantile of the training rows (type 7). Null stays null.',
    source: 'Tukey, The future of data analysis, Annals of Mathematical Statistics 33(1), 1962; numpy.quantile and numpy.clip',
    example: 'income |> winsorize(high: 99.5%)',
  }),
  define({
    name: 'quantile_bin',
    mergesValues: true,
    accepts: 'number',
    result: 'number',
    range: [0, 254],
    positional: 'bins',
    settings: [{ name: 'bins', type: 'int', min: 2, max: 255, default: 5, doc: 'Bins of about equal count; equal edges make fewer.' }],
    signature: 'x |> quantile_bin(5) → int',
    doc: 'The bin between quantiles of the training rows, from 0; an edge belongs to the bin above it. Null stays null.',
    source: 'scikit-learn KBinsDiscretizer(strategy="quantile", quantile_method="linear", encode="ordinal")',
    example: 'income |> quantile_bin(10)',
  }),
  define({
    name: 'cyclic',
    accepts: 'number',
    result: 'group',
    range: [-1, 1],
    learns: false,
    positional: 'period',
    settings: [
      { name: 'period', type: 'float', min: 0, exclusiveMin: true, doc: 'After how much the value begins anew: 24 for hours, 7 for weekdays.' },
    ],
    signature: 'x |> cyclic(period) → two columns, `=sin` and `=cos`',
    doc: 'The place on a circle: sine and cosine of 2π·x / period, so that 23 h is near 0 h. Null stays null.',
    source: 'Mardia and Jupp, Directional Statistics, 2000, chapter 2',
    example: 'hour(placed_at) |> cyclic(24)',
  }),
];

const levels: readonly TransformEntry[] = [
  define({
    name: 'one_hot',
    accepts: 'category',
    result: 'group',
    range: [0, 1],
    removesNulls: true,
    signature: 'x |> one_hot → one column a level',
    doc: 'One column of 0 and 1 for each level seen on the training rows; all 0 for null and for levels not seen.',
    source: 'scikit-learn OneHotEncoder(handle_unknown="ignore")',
    example: 'embarked |> one_hot',
  }),
  define({
    name: 'ordinal',
    accepts: 'category',
    result: 'number',
    signature: 'x |> ordinal → int',
    doc: 'The place of the level, from 0: in the declared order of a closed category, else by code point among the levels of the training rows. Null, and null for levels not seen.',
    source: 'scikit-learn OrdinalEncoder(handle_unknown="use_encoded_value")',
    example: 'size |> ordinal',
  }),
  define({
    name: 'frequency_encode',
    mergesValues: true,
    accepts: 'category',
    result: 'number',
    range: [0, 1],
    removesNulls: true,
    signature: 'x |> frequency_encode → float in 0..1',
    doc: 'The share of the training rows that have the level; 0 for null and for levels not seen.',
    source: 'category_encoders CountEncoder(normalize=True, handle_unknown=0, handle_missing=0)',
    example: 'city |> frequency_encode',
  }),
  define({
    name: 'target_encode',
    mergesValues: true,
    accepts: 'category',
    result: 'number',
    removesNulls: true,
    usesLabel: true,
    settings: [
      { name: 'folds', type: 'int', min: 2, max: 100, default: 5, doc: 'Folds of the training rows: each is encoded by the labels of the others.' },
      {
        name: 'prior',
        type: 'float',
        default: null,
        doc: 'The value of the first block of a split by time, and of null and unseen levels; `null`: the mean label of the training rows.',
      },
    ],
    signature: 'x |> target_encode(folds: 5, prior: p) → float',
    doc: 'The mean label of the level, shrunk towards the overall mean (empirical Bayes). Out of fold on training rows, so that no row sees its own label.',
    source: 'scikit-learn TargetEncoder(smooth="auto"); Micci-Barreca, SIGKDD Explorations 3(1), 2001',
    example: 'last(plan of plan_changes) |> target_encode(folds: 5)',
  }),
  define({
    name: 'hash_encode',
    mergesValues: true,
    accepts: 'category',
    result: 'group',
    range: [0, 1],
    removesNulls: true,
    learns: false,
    positional: 'columns',
    settings: [{ name: 'columns', type: 'int', min: 2, max: 4096, default: 16, doc: 'Columns among which the levels are divided.' }],
    signature: 'x |> hash_encode(16) → as many columns',
    doc: '1 in the column that the hash of the level names, 0 in the others: any number of levels, also of levels not seen. All 0 for null.',
    source: 'Weinberger et al., Feature hashing for large scale multitask learning, ICML 2009; scikit-learn FeatureHasher(alternate_sign=False)',
    example: 'ticket |> hash_encode(64)',
  }),
];

const seed: SettingEntry = {
  name: 'seed',
  type: 'int',
  min: 0,
  max: 4_294_967_295,
  default: 0,
  doc: 'Of the random numbers: the same seed, the same result.',
};

const texts: readonly TransformEntry[] = [
  define({
    name: 'tfidf',
    accepts: 'text',
    result: 'group',
    range: [0, 1],
    removesNulls: true,
    mergesValues: true,
    positional: 'max_terms',
    settings: [
      { name: 'max_terms', type: 'int', min: 1, max: 10_000, default: 1000, doc: 'Terms that get a column: those that occur most often.' },
      { name: 'min_rows', type: 'int', min: 1, default: 1, doc: 'Training rows that a term has to occur in.' },
    ],
    signature: 'x |> tfidf(max_terms: 1_000, min_rows: 1) → one column a term',
    doc: 'Words of the text: how often each occurs, weighed by how few training rows have it, divided by the length of the vector. Words are runs of two or more letters, digits and `_`, in small letters. All 0 for null.',
    source: 'scikit-learn TfidfVectorizer(max_features=max_terms, min_df=min_rows)',
    example: 'complaint |> tfidf(max_terms: 500, min_rows: 5)',
  }),
];

const several: readonly TransformEntry[] = [
  define({
    name: 'kmeans_distance',
    accepts: 'number',
    inputs: 'many',
    result: 'group',
    requiresValue: true,
    positional: 'clusters',
    settings: [
      { name: 'clusters', type: 'int', min: 1, max: 1000, doc: 'Centres that are sought, each of which gives a column.' },
      { name: 'max_iterations', type: 'int', min: 1, max: 10_000, default: 300, doc: 'Rounds in which centres move at most.' },
      seed,
    ],
    signature: '[a, b, c] |> kmeans_distance(7) → as many columns',
    doc: 'The distances from the centres of clusters that the training rows form. Inputs of unlike size are scaled first.',
    source:
      'scikit-learn KMeans(init="k-means++", n_init=1, tol=0).transform; Arthur and Vassilvitskii, SODA 2007; Lloyd, IEEE Transactions on Information Theory 28(2), 1982',
    example: '[age, income] |> standardize |> kmeans_distance(7)',
  }),
  define({
    name: 'pca',
    accepts: 'number',
    inputs: 'many',
    result: 'group',
    requiresValue: true,
    positional: 'components',
    settings: [
      {
        name: 'components',
        type: 'int',
        min: 1,
        max: 2000,
        doc: 'Directions that are kept, each of which gives a column; at most as many as there are inputs.',
      },
      { name: 'whiten', type: 'bool', default: false, doc: 'Divide each component by its standard deviation.' },
    ],
    signature: '[a, b, c] |> pca(2, whiten: false) → as many columns',
    doc: 'The directions in which the training rows differ most, from the most on; the largest weight of each is positive. A direction in which they do not differ gives 0.',
    source: 'scikit-learn PCA(svd_solver="full"); Pearson, Philosophical Magazine 2(11), 1901',
    example: '[height, weight, waist] |> standardize |> pca(2)',
  }),
  define({
    name: 'select',
    accepts: 'number',
    inputs: 'many',
    result: 'group',
    usesLabel: true,
    positional: 'columns',
    settings: [
      { name: 'columns', type: 'int', min: 1, max: 10_000, doc: 'Columns that are kept.' },
      {
        name: 'by',
        type: 'choice',
        choices: ['mutual_information', 'f_score', 'lasso'],
        default: 'mutual_information',
        doc: 'Mutual information with the label (both in ten bins of equal count), the F statistic, or the order in which columns enter a lasso as its penalty falls.',
      },
    ],
    signature: '[a, b, c] |> select(2, by: mutual_information | f_score | lasso) → as many columns',
    doc: 'Keeps the columns that tell most about the label on the training rows; ties go to the first. `wide |> select(20)` chooses among the features of a whole set.',
    source:
      'scikit-learn SelectKBest with mutual_info_score of binned columns, f_classif and f_regression; lasso_path (Friedman, Hastie and Tibshirani, Journal of Statistical Software 33(1), 2010)',
    example: 'wide |> select(20, by: lasso)',
  }),
  define({
    name: 'rfe',
    accepts: 'number',
    inputs: 'many',
    result: 'group',
    usesLabel: true,
    positional: 'columns',
    settings: [{ name: 'columns', type: 'int', min: 1, max: 10_000, doc: 'Columns that are left.' }],
    signature: '[a, b, c] |> rfe(2) → as many columns',
    doc: 'Recursive elimination: a linear model of the label on all columns, of which the one with the least weight is dropped, until as many are left as wanted; of equal ones the last. Columns are standardized for it; unlike `select` it judges each beside the others.',
    source: 'scikit-learn RFE(Ridge(alpha=1)) of standardized columns; Guyon et al., Machine Learning 46, 2002',
    example: 'wide |> rfe(20)',
  }),
];

const rows: readonly TransformEntry[] = [
  define({
    name: 'smote',
    accepts: 'any',
    inputs: 'many',
    result: 'rows',
    requiresValue: true,
    usesLabel: true,
    settings: [
      { name: 'k', type: 'int', min: 1, max: 100, default: 5, doc: 'Nearest rows of the same class, one of which a new row lies towards.' },
      {
        name: 'ratio',
        type: 'share',
        min: 0,
        exclusiveMin: true,
        max: 1,
        default: 1,
        doc: 'Rows of a class afterwards, as a share of those of the most frequent one.',
      },
      seed,
    ],
    signature: 'rows |> smote(k: 5, ratio: 100%)',
    doc: 'Makes up training rows of the rarer classes, each between a row and one of its nearest rows of the same class; a category is what most of these have. Rows that are validated, judged or scored stay as they are.',
    source: 'imbalanced-learn SMOTE, SMOTENC; Chawla et al., Journal of Artificial Intelligence Research 16, 2002',
    example: 'rows |> smote(k: 5)',
  }),
];

export const transforms: readonly TransformEntry[] = [...missing, ...numbers, ...levels, ...texts, ...several, ...rows];
