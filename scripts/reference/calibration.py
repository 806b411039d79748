"""Reference values of calibration and thresholds: python3 scripts/reference/calibration.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import f1_score

from table import provenance, table, write

rows = table(11, 300, False)
# A score that is wrong on purpose: a probability squared. Some rows share one.
score = np.array([round((0.5 + 0.4 * r[0] / (1 + abs(r[0]))) ** 2, 2) for r in rows])
label = np.array([r[5] for r in rows])
weight = np.array([1 + (i % 3) for i in range(300)], dtype=float)
asked = [0.0, 0.05, 0.123, 0.3, 0.456, 0.7, 0.95, 1.0]
odds = np.log(score / (1 - score))

cases = []
for w, weighted in ((None, False), (weight, True)):
    iso = IsotonicRegression(out_of_bounds="clip").fit(score, label, sample_weight=w)
    a, b = _sigmoid_calibration(odds, label, sample_weight=w)
    cases.append(
        {
            "weighted": weighted,
            "isotonic": [float(v) for v in iso.predict(asked)],
            "platt": {"slope": float(-a), "intercept": float(-b)},
        }
    )

best = max((float(f1_score(label, score >= t)), -abs(t - 0.5), -t) for t in sorted(set(score)))
write(
    "calibration",
    {
        "provenance": provenance(np, sklearn),
        "score": [float(s) for s in score],
        "label": [int(y) for y in label],
        "asked": asked,
        "cases": cases,
        "f1": {"value": best[0], "threshold": -best[2]},
    },
)
