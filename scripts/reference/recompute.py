"""Recomputes the metrics of a run from its stored predictions with scikit-learn, and compares.

    python scripts/reference/recompute.py examples/churn/.cupel/runs/ID

Prints one line per metric of all rows of an evaluation; exits with 1 where one differs by more than 1e-9 (relative above 1).
Needs pandas, pyarrow and scikit-learn.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn import metrics as sk


def top(rows, share):
    """Positives among the first `share` of the rows; of equal scores, their mean."""
    left, hits = share * len(rows), 0.0
    for _, group in sorted(rows.groupby("score")["label"], key=lambda pair: -pair[0]):
        taken = min(len(group), left)
        hits += group.mean() * taken
        left -= taken
        if left <= 0:
            break
    return hits / (share * len(rows))


def calibration_error(rows):
    bounds = np.quantile(rows.score, np.arange(1, 10) / 10)
    bins = np.searchsorted(bounds, rows.score, side="left")
    return float(np.abs((rows.score - rows.label).groupby(bins).sum()).sum() / len(rows))


def recompute(metric, rows):
    y, s, d = rows.label, rows.score, rows.predicted
    called = re.fullmatch(r"(\w+)\((\d+)%\)", metric)
    if called:
        share = int(called[2]) / 100
        return {"precision_at": top(rows, share), "lift": top(rows, share) / y.mean()}[called[1]]
    return {
        "auc": lambda: sk.roc_auc_score(y, s),
        "average_precision": lambda: sk.average_precision_score(y, s),
        "brier": lambda: sk.brier_score_loss(y, s),
        "log_loss": lambda: sk.log_loss(y, s),
        "accuracy": lambda: sk.accuracy_score(y, d),
        "precision": lambda: sk.precision_score(y, d),
        "recall": lambda: sk.recall_score(y, d),
        "f1": lambda: sk.f1_score(y, d),
        "mcc": lambda: sk.matthews_corrcoef(y, d),
        "mae": lambda: sk.mean_absolute_error(y, s),
        "rmse": lambda: sk.root_mean_squared_error(y, s),
        "mape": lambda: sk.mean_absolute_percentage_error(y, s),
        "r2": lambda: sk.r2_score(y, s),
        "poisson_deviance": lambda: sk.mean_poisson_deviance(y, s),
        "calibration_error": lambda: calibration_error(rows),
    }[metric]()


def main(folder):
    record = json.loads((folder / "run.json").read_text())
    differing = 0
    for one in record["metrics"]:
        if one["segment"] is not None or one["value"] is None:
            continue
        rows = pd.read_parquet(folder / "predictions" / f"{one['evaluation']}.parquet")
        value = recompute(one["metric"], rows)
        gap = abs(value - one["value"]) / max(1, abs(value))
        differing += gap > 1e-9
        print(f"{one['evaluation']:24} {one['metric']:20} {one['value']:.12f} {value:.12f} {gap:.1e}")
    print(f"scikit-learn {sklearn.__version__}: {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
