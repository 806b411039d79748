/** Ten windowed features of every customer on the first of twelve months, and whether they buy in the 60 days that follow. */
export const windowsProgram = `source customers = parquet("customers.parquet") {
  customer_id  : key
  signed_up_at : timestamp immutable
  segment      : category immutable
}

source orders = parquet("orders.parquet") until 2024-12-31 {
  order_id    : key
  customer_id : ref customers
  placed_at   : timestamp @time @known(+0d)
  amount      : float immutable
  status      : category { "complete", "returned", "cancelled" } immutable
  category    : category immutable
}

source tickets = parquet("tickets.parquet") {
  ticket_id   : key
  customer_id : ref customers
  opened_at   : timestamp @time @known(+0d)
  severity    : int immutable
}

task churn {
  each  customer in customers
  at    every month from 2023-11-01 to 2024-10-01
  label churned = count(orders next 60d) == 0
}

split churn by time { train: ..2024-05-31, test: 2024-08-01.., gap: 60d }

features windows for churn {
  o30          = count(orders last 30d)
  o90          = count(orders last 90d)
  o180         = count(orders last 180d)
  amt30        = sum(amount of orders last 30d) ?? 0
  amt90        = sum(amount of orders last 90d) ?? 0
  avg180       = avg(amount of orders last 180d)
  recency_days = days(max(placed_at of orders last 180d), cutoff)
  dcat90       = distinct(category of orders last 90d)
  tick90       = count(tickets last 90d)
  ret_ratio180 = rate(status == "returned" of orders last 180d)
}
`;

export const featureNames = ['o30', 'o90', 'o180', 'amt30', 'amt90', 'avg180', 'recency_days', 'dcat90', 'tick90', 'ret_ratio180'];
