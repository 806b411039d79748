"""Reference values of the fitted transforms: python3 scripts/reference/transforms.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

from table import provenance, table, write

ROWS, TRAIN, SEED = 120, 80, 31
rows = table(SEED, ROWS, True)
x = np.array([[r[0], r[1], r[2], r[3]] for r in rows])
level = np.array([["abcdefgh"[r[4]]] for r in rows])
nullable = lambda v: None if np.isnan(v) else float(v)
listed = lambda column: [nullable(v) for v in np.asarray(column, dtype=float)]
cases = []


def case(transform, column, settings, values, name=None):
    cases.append({"transform": transform, "input": column, "settings": settings, "output": name, "values": listed(values)})


def number(transform, settings, estimator, columns=("x1", "x2", "x3", "x4")):
    for name in columns:
        k = int(name[1]) - 1
        column = x[:, [k]]
        case(transform, name, settings, estimator().fit(column[:TRAIN]).transform(column)[:, 0])


number("standardize", {}, StandardScaler)
number("min_max", {"clip": False}, MinMaxScaler)
number("min_max", {"clip": True}, lambda: MinMaxScaler(clip=True))
number("robust_scale", {"low": 0.25, "high": 0.75}, RobustScaler)
number("robust_scale", {"low": 0.1, "high": 0.95}, lambda: RobustScaler(quantile_range=(10, 95)))
for bins in (2, 5, 10):
    # It refuses nulls, so the column that has them is left out.
    number("quantile_bin", {"bins": bins}, lambda: KBinsDiscretizer(bins, encode="ordinal", strategy="quantile", quantile_method="linear", subsample=None), ("x1", "x3", "x4"))
for low, high in ((0.01, 0.99), (0.1, 0.8)):
    for k in range(4):
        train = x[:TRAIN, k]
        case("winsorize", f"x{k + 1}", {"low": low, "high": high}, np.clip(x[:, k], np.nanquantile(train, low), np.nanquantile(train, high)))
onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(level[:TRAIN])
for k, name in enumerate(onehot.categories_[0]):
    case("one_hot", "c", {}, onehot.transform(level)[:, k], f"={name}")
case("ordinal", "c", {}, OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan).fit(level[:TRAIN]).transform(level)[:, 0])
share = {name: float(np.mean(level[:TRAIN, 0] == name)) for name in "abcdefgh"}
case("frequency_encode", "c", {}, [share[name] for name in level[:, 0]])
write("transforms", {"provenance": provenance(np, sklearn), "seed": SEED, "rows": ROWS, "train": TRAIN, "cases": cases})
