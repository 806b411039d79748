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


def false_discovery():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    return {"p": p, "rejected": [bool(q <= 0.05) for q in stats.false_discovery_control(p)]}


write("watch", {"provenance": provenance(np, scipy), "numbers": numbers(), "categories": categories(), "falseDiscovery": false_discovery()})
