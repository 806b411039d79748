/** The program of the table benchmark. */
export const tableProgram = ({ leaves }) => `source people = csv("table.csv") {
  id            : key
  code          : text
  created_at    : timestamp
  updated_at    : timestamp
  age           : float? in 0..120
  income        : float? in 0..
  balance       : float?
  tenure_months : float in 0..
  usage         : float? in 0..
  calls         : float in 0..
  credit_score  : float?
  late_count    : float in 0..
  discount      : float? in 0..1
  noise         : float
  region        : category
  channel       : category
  plan          : category
  city          : category
  product       : category
  churned       : bool
}

task churn {
  each  person in people
  label churned
}

split churn by random { test: 20%, seed: 7 }

features person for churn {
  age      |> impute(median) |> standardize
  income   |> impute(median) |> standardize
  balance  |> impute(median) |> standardize
  tenure_months |> standardize
  usage    |> impute(median) |> standardize
  calls    |> standardize
  credit_score |> impute(median) |> standardize
  late_count |> standardize
  discount |> impute(median) |> standardize
  noise    |> standardize
  age_days = days(created_at, updated_at) |> standardize
  hour     = hour(created_at) |> standardize
  dow      = weekday(created_at) |> standardize
  region   |> one_hot
  channel  |> one_hot
  plan     |> one_hot
  city     |> target_encode |> standardize
  product  |> target_encode |> standardize
}

model boosted = gradient_boosting(person) { trees: 100, leaves: ${leaves}, learning_rate: 0.1 }

evaluate boosted on test {
  auc
  log_loss
}
`;
