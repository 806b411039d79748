"""The table of bench/table.mjs with pyarrow, scikit-learn and LightGBM: read, impute, scale, encode, train, judge. Prints a line of JSON."""
import json
import os
import sys
import time

path, threads = sys.argv[1], int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
import hashlib
import warnings

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder

warnings.filterwarnings("ignore")
frame = pd.read_csv(path, engine="pyarrow", parse_dates=["created_at", "updated_at"])

# The rows that the other side holds out: by the hash of seed and key.
started, used = time.perf_counter(), time.process_time()
drawn = np.array([int(hashlib.md5(b"7|%d|" % i).hexdigest()[:13], 16) for i in frame["id"].to_numpy()]) / 2**52
aside, aside_processor = time.perf_counter() - started, time.process_time() - used

numbers = "age income balance tenure_months usage calls credit_score late_count discount noise".split()
few, many = ["region", "channel", "plan"], ["city", "product"]
frame["age_days"] = (frame["updated_at"] - frame["created_at"]).dt.total_seconds() / 86400
frame["hour"] = frame["created_at"].dt.hour.astype("float64")
frame["dow"] = frame["created_at"].dt.dayofweek.astype("float64")
numbers += ["age_days", "hour", "dow"]
rows, label = frame[numbers + few + many], frame["churned"].to_numpy()
test = drawn < 0.2
encode = ColumnTransformer(
    [
        ("n", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("o", OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32), few),
        ("t", make_pipeline(TargetEncoder(random_state=7), StandardScaler()), many),
    ]
)
train_rows = encode.fit_transform(rows[~test], label[~test])
test_rows = encode.transform(rows[test])
model = lightgbm.LGBMClassifier(
    n_estimators=100, num_leaves=31, learning_rate=0.1, max_bin=255, n_jobs=threads, verbose=-1, random_state=7
)
model.fit(np.asarray(train_rows), label[~test])
scores = model.predict_proba(np.asarray(test_rows))[:, 1]
print(
    json.dumps(
        dict(
            aside=aside,
            aside_processor=aside_processor,
            auc=roc_auc_score(label[test], scores),
            log_loss=log_loss(label[test], scores),
            version=f"pandas {pd.__version__}, LightGBM {lightgbm.__version__}",
        )
    )
)
