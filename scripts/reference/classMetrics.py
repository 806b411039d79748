"""Reference values of the metrics of several classes: python3 scripts/reference/classMetrics.py (needs numpy, scikit-learn)."""
import warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, f1_score, log_loss, precision_score, recall_score, roc_auc_score

from table import Random, provenance, write

warnings.simplefilter("ignore")
CLASSES = 4


def rows(seed, n, used):
    """Labels of the classes in `used`, scores that lean towards them, whole weights."""
    u = Random(seed).uniform
    label, score, weight = [], [], []
    for _ in range(n):
        y = used[int(u() * len(used))]
        raw = [u() + (0.6 if k == y else 0.0) for k in range(CLASSES)]
        # The last class is hardly ever predicted.
        raw[CLASSES - 1] *= 0.5
        total = sum(raw)
        label.append(y)
        score.append([r / total for r in raw])
        weight.append(1 + int(u() * 3))
    return np.array(label), np.array(score), np.array(weight, dtype=float)


cases = []
for seed, n, used in ((31, 300, [0, 1, 2, 3]), (32, 60, [0, 2, 3])):
    label, score, weight = rows(seed, n, used)
    predicted = score.argmax(axis=1)
    for w in (None, weight):
        own = dict(sample_weight=w)
        macro = dict(average="macro", zero_division=0, **own)
        each = [roc_auc_score((label == k).astype(int), score[:, k], **own) for k in used]
        figures = {
            "accuracy": accuracy_score(label, predicted, **own),
            "log_loss": log_loss(label, score, labels=list(range(CLASSES)), **own),
            "precision": precision_score(label, predicted, **macro),
            "recall": recall_score(label, predicted, **macro),
            "f1": f1_score(label, predicted, **macro),
            "auc": float(np.mean(each)),
        }
        if len(used) == CLASSES and w is None:
            assert abs(figures["auc"] - roc_auc_score(label, score, multi_class="ovr", average="macro")) < 1e-12
        cases.append({"label": label.tolist(), "score": score.ravel().tolist(), "weight": None if w is None else w.tolist(), "figures": figures})

write("classMetrics", {"provenance": provenance(np, sklearn), "classes": CLASSES, "cases": cases})
