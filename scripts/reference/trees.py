"""Reference values of trees and forests: python3 scripts/reference/trees.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from table import provenance, table, write

NUMBERS = slice(0, 4)
columns = lambda rows: np.array([r[NUMBERS] for r in rows], dtype=float)
classes = lambda rows: np.array([0 if r[6] < 0 else 1 if r[6] < 1.5 else 2 for r in rows])


def trees():
    """On 200 rows every value has a bin of its own. scikit-learn draws among equal splits: the first table on which no draw matters is taken."""
    cases = []
    for nulls in (False, True):
        for label in ("binary", "number", "classes"):
            for depth, min_leaf in ((3, 5), (6, 2)):
                kind = DecisionTreeRegressor if label == "number" else DecisionTreeClassifier
                for seed in range(41, 10000):
                    rows = table(seed, 200, nulls)
                    x = columns(rows)
                    y = np.array([r[5] for r in rows]) if label == "binary" else np.array([r[6] for r in rows]) if label == "number" else classes(rows)
                    grown = [kind(max_depth=depth, min_samples_leaf=min_leaf, random_state=draw).fit(x, y) for draw in range(20)]
                    told = [m.predict(x) if label == "number" else m.predict_proba(x) for m in grown]
                    if all(np.allclose(p, told[0], rtol=0, atol=1e-12) for p in told):
                        break
                p = told[0][:, 1] if label == "binary" else told[0]
                cases.append({"seed": seed, "nulls": nulls, "label": label, "depth": depth, "min_leaf": min_leaf, "leaves": int(grown[0].get_n_leaves()), "predictions": p.ravel().tolist()})
    return cases


def forests():
    train, test = table(42, 4000, False), table(43, 4000, False)
    x, z = columns(train), columns(test)
    cases = []
    for label in ("binary", "number", "classes"):
        of = (lambda rows: np.array([r[5] for r in rows])) if label == "binary" else (lambda rows: np.array([r[6] for r in rows])) if label == "number" else classes
        scores = []
        for seed in range(10):
            kind = RandomForestRegressor if label == "number" else RandomForestClassifier
            m = kind(100, max_depth=8, random_state=seed, n_jobs=2).fit(x, of(train))
            if label == "number":
                scores.append(mean_squared_error(of(test), m.predict(z)) ** 0.5)
            elif label == "binary":
                scores.append(roc_auc_score(of(test), m.predict_proba(z)[:, 1]))
            else:
                scores.append(log_loss(of(test), m.predict_proba(z)))
        metric = {"number": "rmse", "binary": "auc", "classes": "log_loss"}[label]
        cases.append({"label": label, "metric": metric, "mean": float(np.mean(scores)), "sd": float(np.std(scores, ddof=1))})
    return {"train": {"seed": 42, "rows": 4000}, "test": {"seed": 43, "rows": 4000}, "trees": 100, "depth": 8, "cases": cases}


write("trees", {"provenance": provenance(np, sklearn), "rows": 200, "trees": trees(), "forests": forests()})
