"""Reference values of penalised and generalised linear models: python3 scripts/reference/penalised.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.linear_model import ElasticNet, LogisticRegression, PoissonRegressor

from table import provenance, table, write


def dense(rows):
    return np.array([[*r[:4], *[1.0 if r[4] == k else 0.0 for k in range(8)]] for r in rows])


rows = table(7, 400, False)
x, weight = dense(rows), np.array([1 + (i % 3) for i in range(400)], dtype=float)
binary, number, count = (np.array([r[k] for r in rows]) for k in (5, 6, 7))


def fitted(model, y, w, predict):
    m = model.fit(x, y, sample_weight=w)
    return {
        "weighted": w is not None,
        "intercept": float(np.ravel(m.intercept_)[0]),
        "coefficients": np.ravel(m.coef_).tolist(),
        "first": predict(m)(x[:5]).tolist(),
    }


# Several classes: how often something happened, never to three times or more.
several = np.array([min(3, r[7]) for r in rows])
logistic, multinomial, net, poisson = [], [], [], []
for w in (None, weight):
    for l1, l2 in ((5.0, 0.0), (2.0, 1.0), (40.0, 0.0)):
        m = LogisticRegression(C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), solver="saga", tol=1e-14, max_iter=200_000, random_state=1)
        logistic.append({"l1": l1, "l2": l2, **fitted(m, binary, w, lambda m: lambda a: m.predict_proba(a)[:, 1])})
    for l1, l2 in ((0.0, 0.1), (0.0, 1.0), (0.0, 50.0), (3.0, 0.0), (2.0, 1.0)):
        solver = dict(solver="saga", tol=1e-14, max_iter=200_000, random_state=1) if l1 else dict(solver="newton-cholesky", tol=1e-13, max_iter=1000)
        m = LogisticRegression(C=1 / (l1 + l2), l1_ratio=l1 / (l1 + l2), **solver).fit(x, several, sample_weight=w)
        multinomial.append({"l1": l1, "l2": l2, "weighted": w is not None, "intercept": m.intercept_.tolist(), "coefficients": m.coef_.tolist(), "first": m.predict_proba(x[:5]).ravel().tolist()})
    for alpha, ratio in ((0.01, 1.0), (0.1, 1.0), (1.0, 1.0), (0.1, 0.5), (1.0, 0.1)):
        m = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-14, max_iter=1_000_000)
        net.append({"alpha": alpha, "l1_ratio": ratio, **fitted(m, number, w, lambda m: m.predict)})
    for alpha in (0.001, 0.1, 1.0):
        m = PoissonRegressor(alpha=alpha, solver="newton-cholesky", tol=1e-12, max_iter=1000)
        poisson.append({"alpha": alpha, **fitted(m, count, w, lambda m: m.predict)})

write("penalised", {"provenance": provenance(np, sklearn), "seed": 7, "rows": 400, "logistic": logistic, "multinomial": multinomial, "net": net, "poisson": poisson})
