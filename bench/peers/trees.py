"""One fit of LightGBM or of scikit-learn's forest on what bench/trees.mjs wrote; prints seconds from the array to the model, and the area under the curve."""
import json
import os
import sys
import time

path, kind, train, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.environ["OMP_NUM_THREADS"] = str(threads)
# Threads that wait by spinning look many times slower where anything else runs.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import numpy as np
from sklearn.metrics import roc_auc_score

x = np.fromfile(path, dtype=np.float32).reshape(-1, 28)
y = np.fromfile(path + ".label", dtype=np.float32)
unseen, truth = x[1_000_000:], y[1_000_000:]



def clocks():
    used = os.times()
    return time.perf_counter(), used.user + used.system


if kind == "lightgbm":
    import lightgbm

    started, before = clocks()
    data = lightgbm.Dataset(x[:train], y[:train], params=dict(max_bin=255, num_threads=threads, verbose=-1))
    data.construct()
    settings = dict(objective="binary", num_leaves=31, learning_rate=0.1, max_bin=255, num_threads=threads, verbose=-1, seed=7)
    model = lightgbm.train(settings, data, 100)
    fitted, after = clocks()
    scores = model.predict(unseen)
    version = "LightGBM " + lightgbm.__version__
else:
    import sklearn
    from sklearn.ensemble import RandomForestClassifier

    started, before = clocks()
    model = RandomForestClassifier(100, max_depth=16, n_jobs=threads, random_state=7).fit(x[:train], y[:train])
    fitted, after = clocks()
    scores = model.predict_proba(unseen)[:, 1]
    version = "scikit-learn " + sklearn.__version__
predicted = time.perf_counter()
print(json.dumps(dict(fit=fitted - started, processor=after - before, predict=predicted - fitted, auc=roc_auc_score(truth, scores), version=version)))
