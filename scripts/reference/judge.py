"""Reference values of the metrics and of distributions: python3 scripts/reference/judge.py (needs numpy, SciPy, scikit-learn)."""
import math

import numpy as np
import scipy
import sklearn
from scipy import special, stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

from table import Random, provenance, write


def delong(y, s, clusters):
    """DeLong's variance from the definition, every pair compared; by cluster as Obuchowski (1997). Returns AUC and components."""
    psi = lambda a, b: 1.0 if a > b else 0.5 if a == b else 0.0
    pos, neg = [i for i in range(len(y)) if y[i] == 1], [i for i in range(len(y)) if y[i] == 0]
    v = np.zeros(len(y))
    for i in pos:
        v[i] = sum(psi(s[i], s[j]) for j in neg) / len(neg)
    for j in neg:
        v[j] = sum(psi(s[i], s[j]) for i in pos) / len(pos)
    return float(np.mean(v[pos])), v


def variance(y, v, theta, clusters):
    ids = sorted(set(clusters))
    m, n = sum(y), len(y) - sum(y)
    ten, one, both, kp, kn = 0.0, 0.0, 0.0, 0, 0
    for c in ids:
        rows = [i for i in range(len(y)) if clusters[i] == c]
        p, q = [i for i in rows if y[i] == 1], [i for i in rows if y[i] == 0]
        a, b = sum(v[i] - theta for i in p), sum(v[i] - theta for i in q)
        ten, one, both = ten + a * a, one + b * b, both + a * b
        kp, kn = kp + (len(p) > 0), kn + (len(q) > 0)
    k = len(ids)
    s10, s01, s11 = kp / ((kp - 1) * m) * ten, kn / ((kn - 1) * n) * one, k / (k - 1) * both
    return s10 / m + s01 / n + 2 * s11 / (m * n)


def calibration_error(y, p):
    true, pred = calibration_curve(y, p, n_bins=10, strategy="quantile")
    bins = np.percentile(p, np.linspace(0, 1, 11) * 100)
    n = np.bincount(np.searchsorted(bins[1:-1], p), minlength=10)
    return float(np.sum(np.abs(true - pred) * n[n > 0]) / len(p))


def recall_at(y, s, w, precision):
    p, r, _ = metrics.precision_recall_curve(y, s, sample_weight=w)
    return float(max(r[:-1][p[:-1] >= precision], default=0.0))


def precision_at(y, s, share):
    """The expectation over all orders of rows with equal scores."""
    left, hits = share * len(y), 0.0
    for value in sorted(set(s), reverse=True):
        tied = y[s == value]
        taken = min(len(tied), left)
        hits, left = hits + tied.mean() * taken, left - taken
    return float(hits / (share * len(y)))


def binary():
    r = Random(99)
    rows = 240
    score = [round(r.uniform(), 2) for _ in range(rows)]
    label = [1 if r.uniform() < 0.2 + 0.6 * s else 0 for s in score]
    baseline = [round(0.5 * s + 0.5 * r.uniform(), 2) for s in score]
    clusters = [i // 3 for i in range(rows)]
    weight = [1.0 + (i % 4) for i in range(rows)]
    y, s, w = np.array(label), np.array(score), np.array(weight)
    predicted = (s >= 0.5).astype(int)
    values = {}
    for name, sw in (("plain", None), ("weighted", w)):
        values[name] = {
            "auc": metrics.roc_auc_score(y, s, sample_weight=sw),
            "log_loss": metrics.log_loss(y, s, sample_weight=sw),
            "brier": metrics.brier_score_loss(y, s, sample_weight=sw),
            "accuracy": metrics.accuracy_score(y, predicted, sample_weight=sw),
            "precision": metrics.precision_score(y, predicted, sample_weight=sw),
            "recall": metrics.recall_score(y, predicted, sample_weight=sw),
            "f1": metrics.f1_score(y, predicted, sample_weight=sw),
            "mcc": metrics.matthews_corrcoef(y, predicted, sample_weight=sw),
            "average_precision": metrics.average_precision_score(y, s, sample_weight=sw),
            "recall_at(precision: 75%)": recall_at(y, s, sw, 0.75),
        }
    values["plain"] |= {
        "calibration_error": calibration_error(y, s),
        "ks": float(stats.ks_2samp(s[y == 1], s[y == 0]).statistic),
        "precision_at(15%)": precision_at(y, s, 0.15),
        "lift(15%)": precision_at(y, s, 0.15) / y.mean(),
        "ndcg_at(25)": metrics.ndcg_score([y], [s], k=25),
    }
    wilson = {}
    for name, k, n in (("accuracy", sum(predicted == y), rows), ("precision", sum(predicted * y), sum(predicted)), ("recall", sum(predicted * y), sum(y))):
        ci = stats.binomtest(int(k), int(n)).proportion_ci(0.95, method="wilson")
        wilson[name] = [ci.low, ci.high]
    a, va = delong(label, score, clusters)
    b, vb = delong(label, baseline, clusters)
    errors = {}
    for name, ids in (("plain", list(range(rows))), ("clustered", clusters)):
        se, paired = variance(label, va, a, ids) ** 0.5, variance(label, va - vb, a - b, ids) ** 0.5
        errors[name] = {"low": a - stats.norm.ppf(0.975) * se, "high": a + stats.norm.ppf(0.975) * se, "difference": a - b, "p": 2 * stats.norm.sf(abs((a - b) / paired))}
    rng = np.random.default_rng(1)
    boot = lambda f: list(stats.bootstrap((np.arange(rows),), lambda i: f(y[i], s[i]), n_resamples=20000, method="percentile", vectorized=False, rng=rng).confidence_interval)
    bootstrap = {"log_loss": boot(metrics.log_loss), "brier": boot(metrics.brier_score_loss), "mcc": boot(lambda a, b: metrics.matthews_corrcoef(a, b >= 0.5)), "average_precision": boot(metrics.average_precision_score)}
    return {"label": label, "score": score, "baseline": baseline, "clusters": clusters, "weight": weight, "values": values, "wilson": wilson, "delong": errors, "bootstrap": bootstrap}


def number():
    r = Random(100)
    rows = 200
    label = [round(1e6 + 10 * r.uniform() * r.uniform(), 3) for _ in range(rows)]
    score = [round(v + 4 * r.uniform() - 2, 3) for v in label]
    weight = [1.0 + (i % 4) for i in range(rows)]
    y, s, w = np.array(label), np.array(score), np.array(weight)
    values = {}
    for name, sw in (("plain", None), ("weighted", w)):
        values[name] = {
            "rmse": metrics.root_mean_squared_error(y, s, sample_weight=sw),
            "mae": metrics.mean_absolute_error(y, s, sample_weight=sw),
            "r2": metrics.r2_score(y, s, sample_weight=sw),
            "mape": metrics.mean_absolute_percentage_error(y, s, sample_weight=sw),
            "poisson_deviance": metrics.mean_poisson_deviance(y, s, sample_weight=sw),
        }
    rng = np.random.default_rng(1)
    boot = lambda f: list(stats.bootstrap((np.arange(rows),), lambda i: f(y[i], s[i]), n_resamples=20000, method="percentile", vectorized=False, rng=rng).confidence_interval)
    return {"label": label, "score": score, "weight": weight, "values": values, "bootstrap": {"rmse": boot(metrics.root_mean_squared_error), "r2": boot(metrics.r2_score)}}


def distributions():
    return {
        "logGamma": [[x, special.gammaln(x)] for x in (0.1, 0.5, 1.5, 10, 1e3, 1e6)],
        "gammaTail": [[a, x, special.gammaincc(a, x)] for a in (0.5, 2, 7.5, 50) for x in (0.01, 1, 5, 40, 120)],
        "normalTwoSided": [[z, 2 * stats.norm.sf(z)] for z in (0, 0.1, 1, 1.96, 4, 8, 20)],
        "kolmogorovTail": [[x, special.kolmogorov(x)] for x in (0.2, 0.5, 0.9, 1, 1.36, 2, 4)],
    }


write("judge", {"provenance": provenance(np, scipy, sklearn), "binary": binary(), "number": number(), "distributions": distributions()})
