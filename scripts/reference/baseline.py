"""Reference values of the baselines: python3 scripts/reference/baseline.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor

from table import provenance, table, write

rows = table(7, 400, False)
labels = {"binary": [r[5] for r in rows], "number": [r[6] for r in rows], "count": [r[7] for r in rows], "classes": [min(3, r[7]) for r in rows]}
weight = np.array([1 + (i % 3) for i in range(400)], dtype=float)
x = np.zeros((400, 1))
cases = []
for label, y in labels.items():
    classifies = label in ("binary", "classes")
    for w in (None, weight):
        m = (DummyClassifier(strategy="prior") if classifies else DummyRegressor(strategy="mean")).fit(x, y, sample_weight=w)
        said = m.predict_proba(x[:1])[0] if classifies else m.predict(x[:1])
        cases.append({"label": label, "weighted": w is not None, "prediction": np.ravel(said)[1 if label == "binary" else 0:].tolist()})
write("baseline", {"provenance": provenance(np, sklearn), "seed": 7, "rows": 400, "cases": cases})
