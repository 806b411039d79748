"""Reference values of a dense network under Adam: python3 scripts/reference/network.py (needs numpy, scikit-learn)."""
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer

from table import provenance, write

warnings.filterwarnings("ignore")
draw = np.random.default_rng(5)
rows, inputs, hidden, steps, rate, l2 = 24, 3, (5, 4), 4, 0.05, 0.5


def small(*shape):
    """Numbers that single precision holds."""
    return np.round(draw.normal(size=shape) * 64) / 64


def started(m, y, outputs):
    m.partial_fit(x, y, **({"classes": np.unique(y)} if isinstance(m, MLPClassifier) else {}))
    widths = [inputs, *hidden, outputs]
    m.coefs_ = [small(a, b) for a, b in zip(widths, widths[1:])]
    m.intercepts_ = [small(b) for b in widths[1:]]
    m._optimizer = AdamOptimizer(m.coefs_ + m.intercepts_, rate)
    return m


def layers(m):
    return [{"weights": w.ravel().tolist(), "biases": b.tolist()} for w, b in zip(m.coefs_, m.intercepts_)]


x = small(rows, inputs)
labels = {
    "binary": (x[:, 0] - x[:, 1] ** 2 > -0.5).astype(int),
    "number": np.round((x[:, 0] * x[:, 2] + x[:, 1]) * 64) / 64,
    "classes": np.digitize(x[:, 0] + x[:, 1], [-0.5, 0.5]),
}
cases = []
for label, y in labels.items():
    kind = MLPRegressor if label == "number" else MLPClassifier
    m = kind(hidden_layer_sizes=hidden, alpha=l2, learning_rate_init=rate, batch_size=rows, shuffle=False, random_state=1)
    m = started(m, y, 3 if label == "classes" else 1)
    before = layers(m)
    for _ in range(steps):
        m.partial_fit(x, y)
    cases.append({"label": label, "y": y.tolist(), "before": before, "after": layers(m)})
write("network", {"provenance": provenance(np, sklearn), "rows": rows, "x": x.ravel().tolist(), "steps": steps, "learning_rate": rate, "l2": l2, "cases": cases})
