/** What other languages and libraries call the things that have a name here: whoever comes from them is told ours. */

const words: Readonly<Record<string, readonly string[]>> = {
  text: ['string', 'str', 'varchar', 'char', 'object'],
  int: ['integer', 'bigint', 'int64', 'int32', 'smallint', 'long'],
  float: ['double', 'real', 'number', 'numeric', 'float64', 'float32'],
  bool: ['boolean'],
  category: ['enum', 'categorical', 'factor'],
  timestamp: ['datetime', 'timestamptz', 'datetime64'],
  key: ['id', 'primary_key', 'pk', 'uuid'],
  ref: ['foreign_key', 'fk', 'references'],
  avg: ['mean', 'average'],
  distinct: ['nunique', 'count_distinct', 'n_distinct', 'unique'],
  std: ['stddev', 'stdev', 'sd'],
  length: ['len', 'nchar'],
  trim: ['strip'],
  lower: ['lcase', 'tolower'],
  upper: ['ucase', 'toupper'],
  substring: ['substr', 'slice'],
  weekday: ['dayofweek', 'dow'],
  power: ['pow'],
  ceil: ['ceiling'],
  bucket: ['cut', 'digitize', 'bin'],
  impute: ['fillna', 'fill_null', 'simple_imputer', 'fill_missing'],
  standardize: ['standard_scaler', 'scale', 'zscore', 'normalize'],
  indicator: ['missing_indicator', 'is_missing', 'isna'],
  min_max: ['min_max_scaler', 'minmax', 'min_max_scale', 'rescale'],
  robust_scale: ['robust_scaler'],
  winsorize: ['winsorise', 'clip_outliers', 'winsorizer'],
  quantile_bin: ['qcut', 'kbins_discretizer', 'ntile', 'discretize'],
  frequency_encode: ['count_encoder', 'count_encode', 'frequency_encoder'],
  hash_encode: ['feature_hasher', 'hashing_encoder', 'hash_encoder'],
  cyclic: ['cyclical', 'sin_cos', 'cyclical_features'],
  one_hot: ['get_dummies', 'one_hot_encoder', 'dummy', 'dummies'],
  ordinal: ['label_encoder', 'ordinal_encoder', 'label_encode'],
  target_encode: ['target_encoder', 'mean_encode'],
  gradient_boosting: ['xgboost', 'xgb', 'lightgbm', 'lgbm', 'catboost', 'hist_gradient_boosting', 'gbm'],
  logistic_regression: ['logistic', 'logit', 'logreg'],
  linear_regression: ['linear', 'ols', 'lm'],
  neural_net: ['mlp', 'neural_network', 'dense', 'mlp_classifier', 'mlp_regressor'],
  baseline: ['dummy_classifier', 'dummy_regressor', 'naive'],
  trees: ['n_estimators', 'num_iterations', 'iterations', 'n_trees', 'num_trees', 'num_boost_round', 'max_iter', 'rounds'],
  leaves: ['num_leaves', 'max_leaf_nodes'],
  depth: ['max_depth'],
  learning_rate: ['eta', 'lr', 'shrinkage'],
  min_leaf: ['min_samples_leaf', 'min_child_samples', 'min_data_in_leaf'],
  bins: ['max_bins', 'max_bin'],
  l2: ['reg_lambda', 'alpha', 'l2_regularization', 'weight_decay'],
  early_stop: ['early_stopping_rounds', 'early_stopping', 'n_iter_no_change'],
  max_iterations: ['max_iter'],
  hidden: ['hidden_layer_sizes', 'layers', 'units'],
  batch: ['batch_size'],
  seed: ['random_state', 'random_seed'],
  test: ['test_size'],
  delimiter: ['sep', 'separator', 'delim'],
  nulls: ['na_values', 'null_values', 'nullstr', 'na'],
  where: ['filter', 'having', 'query'],
  derive: ['mutate', 'assign', 'with_columns', 'extend'],
  dedupe: ['drop_duplicates', 'distinct', 'deduplicate'],
  group: ['groupby', 'group_by', 'aggregate', 'summarize', 'summarise'],
  join: ['merge', 'left_join'],
  union: ['concat', 'append', 'bind_rows', 'union_all'],
  auc: ['roc_auc', 'auroc', 'roc_auc_score'],
  log_loss: ['logloss', 'cross_entropy'],
  recall: ['sensitivity', 'tpr'],
  r2: ['r_squared', 'rsquared', 'r2_score'],
  mae: ['mean_absolute_error'],
  rmse: ['root_mean_squared_error'],
};

const plain = (word: string): string => word.toLowerCase().replaceAll('_', '').replaceAll('-', '');

const ours = new Map<string, string[]>();
for (const [word, others] of Object.entries(words)) {
  for (const other of others) ours.set(plain(other), [...(ours.get(plain(other)) ?? []), word]);
}

/** Our word for `word`, if it is among the candidates. */
export function ourWord(word: string, candidates: ReadonlySet<string>): string | null {
  return ours.get(plain(word))?.find(name => candidates.has(name)) ?? null;
}
