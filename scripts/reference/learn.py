"""Reference values of the algorithms: python3 scripts/reference/learn.py (needs numpy, scikit-learn, lightgbm)."""
import lightgbm
import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_poisson_deviance, mean_squared_error, roc_auc_score

from table import Random, provenance, table, write


def random_fixture():
    seeds = []
    for seed in (0, 1, 42, 4294967295):
        r = Random(seed)
        seeds.append({"seed": seed, "bits": [r.bits() for _ in range(8)], "uniform": [r.uniform() for _ in range(8)]})
    write("random", {"provenance": provenance(), "seeds": seeds})


def dense(rows):
    return np.array([[*r[:4], *[1.0 if r[4] == k else 0.0 for k in range(8)]] for r in rows])


def linear_fixture():
    rows = table(7, 400, False)
    x, weight = dense(rows), np.array([1 + (i % 3) for i in range(400)], dtype=float)
    binary, number = np.array([r[5] for r in rows]), np.array([r[6] for r in rows])
    logistic = []
    for l2 in (0.1, 1.0, 100.0):
        for w in (None, weight):
            m = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, binary, sample_weight=w)
            logistic.append({"l2": l2, "weighted": w is not None, "intercept": m.intercept_[0], "coefficients": m.coef_[0].tolist(), "first": m.predict_proba(x)[:5, 1].tolist()})
    linear = []
    for l2 in (0.0, 1.0, 50.0):
        for w in (None, weight):
            m = (LinearRegression() if l2 == 0 else Ridge(alpha=l2, solver="cholesky")).fit(x, number, sample_weight=w)
            linear.append({"l2": l2, "weighted": w is not None, "intercept": m.intercept_, "coefficients": m.coef_.tolist(), "first": m.predict(x)[:5].tolist()})
    write("linear", {"provenance": provenance(np, sklearn), "seed": 7, "rows": 400, "logistic": logistic, "linear": linear})


def boosting_fixture():
    train, test = table(21, 4000, True), table(22, 4000, True)
    columns = lambda rows: np.array([r[:5] for r in rows])
    cases = []
    for label, objective in ((5, "binary"), (6, "regression"), (7, "poisson")):
        for extra in ({}, {"num_leaves": 8, "max_depth": 3}, {"lambda_l2": 10.0, "min_data_in_leaf": 50}):
            p = dict(objective=objective, num_leaves=31, learning_rate=0.1, max_bin=255, min_data_in_leaf=20, num_threads=1, verbose=-1, deterministic=True, seed=1)
            p.update(extra)
            y, truth = np.array([r[label] for r in train]), np.array([r[label] for r in test])
            scores = []
            for bins in range(200, 256, 5):
                q = {**p, "max_bin": bins}
                m = lightgbm.train(q, lightgbm.Dataset(columns(train), y, categorical_feature=[4], params=q), 100)
                s = m.predict(columns(test))
                if objective == "binary":
                    scores.append({"auc": roc_auc_score(truth, s), "log_loss": log_loss(truth, s)})
                elif objective == "regression":
                    scores.append({"rmse": mean_squared_error(truth, s) ** 0.5})
                else:
                    scores.append({"poisson_deviance": mean_poisson_deviance(truth, s)})
            # Bounds of bins are a choice of the implementation: the spread over neighbouring numbers of bins says what such a choice does.
            spread = {k: max(v[k] for v in scores) - min(v[k] for v in scores) for k in scores[0]}
            cases.append({"objective": objective, "settings": extra, "scores": scores[-1], "spread": spread})
    write("boosting", {"provenance": provenance(np, sklearn, lightgbm), "train": {"seed": 21, "rows": 4000}, "test": {"seed": 22, "rows": 4000}, "trees": 100, "cases": cases})


random_fixture()
linear_fixture()
boosting_fixture()
