"""Kolmogorov-Smirnov and chi-square of the windows of bench/drift.mjs by SciPy, two columns at a time; prints a line of JSON."""
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

folder, threads = sys.argv[1], int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import scipy
from scipy import stats

names = sorted(os.listdir(os.path.join(folder, "reference")))
read = lambda window, name: np.fromfile(os.path.join(folder, window, name), dtype=np.float64 if name[0] == "n" else np.int32)
columns = [(name, read("reference", name), read("current", name)) for name in names]


def one(column):
    name, before, after = column
    if name[0] == "n":
        found = stats.ks_2samp(before, after, method="asymp" if len(after) >= 10_000 else "auto")
    else:
        most = max(before.max(), after.max()) + 1
        found = stats.chi2_contingency(np.stack([np.bincount(before, minlength=most), np.bincount(after, minlength=most)]), correction=False)
    return name, float(found.statistic), float(found.pvalue)


started, used = time.perf_counter(), time.process_time()
with ThreadPoolExecutor(threads) as pool:
    results = list(pool.map(one, columns))
seconds, processors = time.perf_counter() - started, time.process_time() - used
low = [name for name, _, p in results if p < 0.05]
print(json.dumps({"seconds": seconds, "processors": processors, "drifted": low, "statistics": {name: s for name, s, _ in results}, "version": "SciPy " + scipy.__version__}))
