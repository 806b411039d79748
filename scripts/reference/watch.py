"""Reference values of the drift statistics: python3 scripts/reference/watch.py (needs numpy, SciPy)."""
import numpy as np
import scipy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

from table import Random, provenance, write


def numbers():
    cases = []
    for seed, shift, decimals, power in ((1, 0.0, 6, 1), (2, 0.4, 6, 1), (3, 0.2, 0, 1), (9, 0.1, 6, 5)):
        r = Random(seed)
        reference = [round((3 * (r.uniform() + r.uniform())) ** power, decimals) for _ in range(120)]
        current = [round((3 * (r.uniform() + r.uniform()) + shift) ** power, decimals) for _ in range(80)]
        ks = stats.ks_2samp(reference, current, method="asymp")
        en = len(reference) * len(current) / (len(reference) + len(current))
        edges = np.unique(np.percentile(reference, np.arange(10, 100, 10)))
        count = lambda x: np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1).astype(float)
        p, q = count(reference), count(current)
        p, q = np.where(p == 0, 0.5, p) / len(reference), np.where(q == 0, 0.5, q) / len(current)
        # Relative entropies both ways sum to PSI when the shares do; rel_entr does not rescale them.
        psi = float(np.sum(special.rel_entr(p, q) + special.rel_entr(q, p)))
        js = float(jensenshannon(count(reference) / len(reference), count(current) / len(current)))
        area = stats.wasserstein_distance(reference, current) / np.std(reference)
        cases.append({"js": js, "wasserstein": area, "reference": reference, "current": current, "ks": ks.statistic, "kolmogorov": special.kolmogorov(np.sqrt(en) * ks.statistic), "psi": psi})
    return cases


def categories():
    cases = []
    for seed, tilt in ((4, 1.0), (5, 1.4)):
        r = Random(seed)
        levels = ["a", "b", "c", "d", "e"]
        reference = [levels[int(5 * r.uniform() * r.uniform())] for _ in range(150)]
        current = [levels[min(4, int(tilt * 5 * r.uniform() * r.uniform()))] for _ in range(90)]
        used = [level for level in levels if level in reference or level in current]
        rows = np.array([[reference.count(x) for x in used], [current.count(x) for x in used]], dtype=float)
        chi = stats.chi2_contingency(rows, correction=False)
        p, q = np.where(rows == 0, 0.5, rows)[0] / 150, np.where(rows == 0, 0.5, rows)[1] / 90
        psi = float(np.sum(special.rel_entr(p, q) + special.rel_entr(q, p)))
        js = float(jensenshannon(rows[0] / 150, rows[1] / 90))
        cases.append({"js": js, "levels": levels, "reference": reference, "current": current, "chi_square": chi.statistic, "p": chi.pvalue, "psi": psi})
    return cases


def presets():
    """The rules of Evidently, Deepchecks, NannyML and TensorFlow Data Validation as their documentation gives them, by SciPy and NumPy."""
    cases = []
    for seed, m, n, shift in ((21, 400, 150, 0.2), (22, 1500, 300, 0.1), (23, 300, 90, 0.0)):
        r = Random(seed)
        a = [3 * (r.uniform() + r.uniform()) for _ in range(m)]
        b = [3 * (r.uniform() + r.uniform()) + shift for _ in range(n)]
        levels = ["a", "b", "c", "d"]
        c = [levels[int(4 * r.uniform() * r.uniform())] for _ in range(m)]
        d = [levels[min(3, int((1 + 2 * shift) * 4 * r.uniform() * r.uniform()))] for _ in range(n)]
        # The test draws the same.
        two = [["no", "yes"][r.uniform() < 0.3] for _ in range(m)], [["no", "yes"][r.uniform() < 0.3 + shift] for _ in range(n)]

        def counts(one, other):
            keys = sorted(set(one) | set(other))
            return np.array([[x.count(k) for k in keys] for x in (one, other)], dtype=float)

        table, pair = counts(c, d), counts(*two)
        share = lambda t: t / t.sum(axis=1, keepdims=True)
        p1, p2 = share(pair)[:, 1]
        pooled = pair[:, 1].sum() / pair.sum()
        z = (p1 - p2) / np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))

        def cramers_v(t):
            rows = t.sum()
            phi = stats.chi2_contingency(t)[0] / rows
            k = t.shape[1]
            return float(np.sqrt(max(0, phi - (k - 1) / (rows - 1)) / min(k - (k - 1) ** 2 / (rows - 1) - 1, 2 - 1 / (rows - 1) - 1)))

        edges = np.histogram_bin_edges(a, bins="doane")
        share_of = lambda x: np.append(np.histogram(x, edges)[0], len(x) - np.histogram(x, edges)[0].sum()) / len(x)
        size = m // 10
        chunks = [jensenshannon(share_of(a), share_of(a[k * size : m if k == 9 else (k + 1) * size]), base=2) for k in range(10)]
        ten = np.linspace(min(a + b), max(a + b), 11)
        cases.append({
            "seed": seed, "rows": [m, n], "shift": shift,
            "ks": stats.ks_2samp(a, b).statistic, "exact": stats.ks_2samp(a, b, method="exact").pvalue,
            "wasserstein": stats.wasserstein_distance(a, b) / np.std(a),
            "chiSquare": float(stats.chisquare(table[1], table[0] * n / m)[1]), "z": float(2 * stats.norm.sf(abs(z))),
            "js": float(jensenshannon(*share(table))), "cramersV": cramers_v(table), "cramersVOfTwo": cramers_v(pair),
            "lInfinity": float(np.abs(np.subtract(*share(table))).max()),
            "divergence": float(jensenshannon(np.histogram(a, ten)[0] / m, np.histogram(b, ten)[0] / n, base=2) ** 2),
            "nannyml": {"statistic": float(jensenshannon(share_of(a), share_of(b), base=2)), "threshold": float(np.mean(chunks) + 3 * np.std(chunks))},
        })
    return cases


def false_discovery():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    return {"p": p, "rejected": [bool(q <= 0.05) for q in stats.false_discovery_control(p)]}


write("watch", {"provenance": provenance(np, scipy), "numbers": numbers(), "categories": categories(), "presets": presets(), "falseDiscovery": false_discovery()})
