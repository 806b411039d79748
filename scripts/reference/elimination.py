"""Reference values of recursive elimination: python3 scripts/reference/elimination.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.feature_selection import RFE
from sklearn.linear_model import Ridge

from table import provenance, table, write

rows = table(31, 250, False)
x = np.array([r[:4] for r in rows], dtype=float)
# Two further columns: one that the others nearly give, one that is nothing but noise.
rng = np.random.default_rng(5)
x = np.column_stack([x, x[:, 0] - x[:, 1] + rng.normal(0, 0.05, len(x)), rng.normal(0, 1, len(x))])
x = np.round(x, 6)
number = np.round(2 * x[:, 1] - x[:, 3] + 0.3 * x[:, 4] + rng.normal(0, 1, len(x)), 6)
binary = (number > np.median(number)).astype(float)
z = (x - x.mean(0)) / x.std(0)


def ranking(y):
    """1 is the column that is left at the end."""
    return [int(r) for r in RFE(Ridge(alpha=1.0, solver="cholesky"), n_features_to_select=1, step=1).fit(z, y).ranking_]


write("elimination", {
    "provenance": provenance(np, sklearn),
    "columns": x.T.tolist(), "number": number.tolist(), "binary": binary.tolist(),
    "ranking": {"number": ranking(number), "binary": ranking(binary)},
})
