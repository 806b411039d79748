"""Reference values of naive Bayes, nearest neighbours and the linear SVM: python3 scripts/reference/classifiers.py (needs numpy, scikit-learn)."""
import numpy as np
import sklearn
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import LinearSVC

from table import provenance, table, write

rows = table(7, 400, False)
numbers, codes = np.array([r[:4] for r in rows]), np.array([[r[4]] for r in rows])
onehot = np.array([[1.0 if r[4] == k else 0.0 for k in range(8)] for r in rows])
weight = np.array([1 + (i % 3) for i in range(400)], dtype=float)
binary, number = np.array([r[5] for r in rows]), np.array([r[6] for r in rows])
# Several classes: how often something happened, never to three times or more.
several = np.array([min(3, r[7]) for r in rows])
FIRST = slice(0, 5)


def bayes(y, alpha, smoothing, w):
    """Gaussian numbers and multinomial categories over one prior."""
    g = GaussianNB(var_smoothing=smoothing).fit(numbers, y, sample_weight=w)
    c = CategoricalNB(alpha=alpha, min_categories=8).fit(codes, y, sample_weight=w)
    joint = g.predict_joint_log_proba(numbers) + c.predict_joint_log_proba(codes) - np.log(g.class_prior_)
    p = np.exp(joint - joint.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


naive = []
for y, label in ((binary, "binary"), (several, "classes")):
    for alpha, smoothing in ((1.0, 1e-9), (0.1, 0.01)):
        for w in (None, weight):
            p = bayes(y, alpha, smoothing, w)
            naive.append({"label": label, "alpha": alpha, "var_smoothing": smoothing, "weighted": w is not None, "first": (p[FIRST, 1] if label == "binary" else p[FIRST].ravel()).tolist()})

# The first 300 rows are remembered, the others asked; numbers are standardised by the rows that are remembered.
known = slice(0, 300)
mean, scale = numbers[known].mean(axis=0), numbers[known].std(axis=0)
points = np.hstack([(numbers - mean) / scale, onehot])
nearest = []
for neighbors, votes in ((1, "uniform"), (5, "uniform"), (15, "distance")):
    for label, y in (("binary", binary), ("classes", several), ("number", number)):
        of = KNeighborsRegressor if label == "number" else KNeighborsClassifier
        m = of(n_neighbors=neighbors, weights=votes, algorithm="brute").fit(points[known], y[known])
        asked = points[300:]
        out = m.predict(asked) if label == "number" else m.predict_proba(asked)
        nearest.append({"label": label, "neighbors": neighbors, "weights": votes, "scores": (out[:, 1] if label == "binary" else out.ravel()).tolist()})

svm = []
x = np.hstack([numbers, onehot])
for l2 in (0.1, 1.0, 100.0):
    for w in (None, weight):
        # liblinear penalises the intercept; scaled up so far, the penalty is below the tolerance.
        make = lambda: LinearSVC(C=1 / l2, dual=False, tol=1e-12, max_iter=1_000_000, intercept_scaling=1e4)
        m = make().fit(x, binary, sample_weight=w)
        svm.append({"label": "binary", "l2": l2, "weighted": w is not None, "intercept": [m.intercept_[0]], "coefficients": m.coef_.tolist()})
        m = make().fit(x, several, sample_weight=w)
        svm.append({"label": "classes", "l2": l2, "weighted": w is not None, "intercept": m.intercept_.tolist(), "coefficients": m.coef_.tolist()})

write("classifiers", {"provenance": provenance(np, sklearn), "seed": 7, "rows": 400, "naive": naive, "nearest": nearest, "svm": svm})
