"""Reference values of the fitted transforms: python3 scripts/reference/transforms.py (needs numpy, scikit-learn, imbalanced-learn)."""
import hashlib

import imblearn
import numpy as np
import sklearn
from imblearn.over_sampling import SMOTE
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import f_classif, f_regression
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import lasso_path
from sklearn.metrics import mutual_info_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler, TargetEncoder

from table import provenance, table, write

ROWS, TRAIN, SEED = 120, 80, 31
rows = table(SEED, ROWS, True)
x = np.array([[r[0], r[1], r[2], r[3]] for r in rows])
level = np.array([["abcdefgh"[r[4]]] for r in rows])
nullable = lambda v: None if np.isnan(v) else float(v)
listed = lambda column: [nullable(v) for v in np.asarray(column, dtype=float)]
cases = []


def case(transform, column, settings, values, name=None, first=0):
    """Rows before `first` are not compared."""
    cases.append({"transform": transform, "input": column, "settings": settings, "output": name, "first": first, "values": listed(values)})


def number(transform, settings, estimator, columns=("x1", "x2", "x3", "x4")):
    for name in columns:
        k = int(name[1]) - 1
        column = x[:, [k]]
        case(transform, name, settings, estimator().fit(column[:TRAIN]).transform(column)[:, 0])


number("standardize", {}, StandardScaler)
number("min_max", {"clip": False}, MinMaxScaler)
number("min_max", {"clip": True}, lambda: MinMaxScaler(clip=True))
number("robust_scale", {"low": 0.25, "high": 0.75}, RobustScaler)
number("robust_scale", {"low": 0.1, "high": 0.95}, lambda: RobustScaler(quantile_range=(10, 95)))
for bins in (2, 5, 10):
    # It refuses nulls, so the column that has them is left out.
    number("quantile_bin", {"bins": bins}, lambda: KBinsDiscretizer(bins, encode="ordinal", strategy="quantile", quantile_method="linear", subsample=None), ("x1", "x3", "x4"))
for low, high in ((0.01, 0.99), (0.1, 0.8)):
    for k in range(4):
        train = x[:TRAIN, k]
        case("winsorize", f"x{k + 1}", {"low": low, "high": high}, np.clip(x[:, k], np.nanquantile(train, low), np.nanquantile(train, high)))
onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(level[:TRAIN])
for k, name in enumerate(onehot.categories_[0]):
    case("one_hot", "c", {}, onehot.transform(level)[:, k], f"={name}")
case("ordinal", "c", {}, OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan).fit(level[:TRAIN]).transform(level)[:, 0])
share = {name: float(np.mean(level[:TRAIN, 0] == name)) for name in "abcdefgh"}
case("frequency_encode", "c", {}, [share[name] for name in level[:, 0]])
for method, strategy in (("mean", "mean"), ("median", "median"), ("mode", "most_frequent")):
    number("impute", {"method": method}, lambda: SimpleImputer(strategy=strategy), ("x2", "x4"))
number("impute", {"method": "constant", "value": 3}, lambda: SimpleImputer(strategy="constant", fill_value=3.0), ("x2",))
number("indicator", {}, lambda: MissingIndicator(features="all"), ("x1", "x2"))
for part, wave in (("=sin", np.sin), ("=cos", np.cos)):
    case("cyclic", "x3", {"period": 24}, wave(x[:, 2] * (2 * np.pi) / 24), part)
for k in range(5):
    places = [int(hashlib.md5(name.encode()).hexdigest()[:13], 16) % 5 for name in level[:, 0]]
    case("hash_encode", "c", {"columns": 5}, [float(place == k) for place in places], f"_{k + 1}")
encoder = TargetEncoder(smooth="auto", target_type="binary").fit(level[:TRAIN], [r[5] for r in rows[:TRAIN]])
case("target_encode", "c", {"folds": 5, "prior": None}, encoder.transform(level)[:, 0], first=TRAIN)
write("transforms", {"provenance": provenance(np, sklearn), "seed": SEED, "rows": ROWS, "train": TRAIN, "cases": cases})


rows = table(17, 300, False)
z = np.array([[r[0], r[1], r[2], r[3], float(r[4])] for r in rows])
binary, target = np.array([r[5] for r in rows]), np.array([r[6] for r in rows])


def binned(v):
    distinct = np.unique(v)
    edges = distinct[1:] if len(distinct) <= 10 else np.unique(np.quantile(v, np.arange(1, 10) / 10))
    return np.searchsorted(edges, v, side="right")


def entries(y):
    """The step of a hundred at which each column enters, with its coefficient there."""
    x = (z - z.mean(0)) / z.std(0)
    centred = y - y.mean()
    top = np.abs(x.T @ centred).max() / len(y)
    alphas = top * 1e-3 ** (np.arange(1, 101) / 100)
    _, coefficients, _ = lasso_path(x, centred, alphas=alphas, tol=1e-14, max_iter=1_000_000)
    steps = [int(np.argmax(c != 0)) + 1 for c in coefficients]
    return {"steps": steps, "coefficients": [float(c[s - 1]) for c, s in zip(coefficients, steps)]}


pca = []
for whiten in (False, True):
    m = PCA(3, whiten=whiten, svd_solver="full").fit(z)
    pca.append({"whiten": whiten, "mean": m.mean_.tolist(), "variances": m.explained_variance_.tolist(), "first": m.transform(z)[:5].tolist()})
start = z[:4]
km = KMeans(4, init=start, n_init=1, tol=0, algorithm="lloyd", max_iter=1000).fit(z)
many = KMeans(4, n_init=50, random_state=0).fit(z)
texts = ["The cat sat on the mat", "the DOG, the dog!", "a b c", "", "Éclair au café - café", "cat_dog x1 22 22", "Straße Ωmega", "mat mat mat cat"]
tfidf = []
for terms, least in ((None, 1), (4, 1), (None, 2)):
    v = TfidfVectorizer(max_features=terms, min_df=least).fit(texts[:6])
    tfidf.append({"max_terms": terms, "min_rows": least, "terms": v.get_feature_names_out().tolist(), "values": v.transform(texts).toarray().tolist()})
write("together", {
    "provenance": provenance(np, sklearn), "seed": 17, "rows": 300, "pca": pca,
    "kmeans": {"start": start.tolist(), "centres": sorted(km.cluster_centers_.tolist()), "inertia": km.inertia_, "best": many.inertia_},
    "tfidf": {"texts": texts, "fitted": 6, "cases": tfidf},
    "select": {
        "mutual_information": {"binary": [mutual_info_score(binned(c), binned(binary)) for c in z.T], "number": [mutual_info_score(binned(c), binned(target)) for c in z.T]},
        "f_score": {"binary": f_classif(z, binary)[0].tolist(), "number": f_regression(z, target)[0].tolist()},
        "lasso": {"binary": entries(binary.astype(float)), "number": entries(target)},
    },
})

rows = table(29, 400, False)
points = np.array([r[:4] for r in rows])
rare = np.array([r[2] > 6 for r in rows])
own = np.flatnonzero(rare)
near = NearestNeighbors(n_neighbors=6).fit(points[own]).kneighbors(points[own], return_distance=False)[:, 1:]
made = []
for seed in range(40):
    resampled, _ = SMOTE(k_neighbors=5, random_state=seed).fit_resample(points, rare)
    made.append(resampled[len(points):])
made = np.concatenate(made)
write("smote", {
    "provenance": provenance(np, sklearn, imblearn), "seed": 29, "rows": 400, "k": 5, "above": 6,
    "neighbours": {str(int(own[i])): [int(own[j]) for j in near[i]] for i in range(len(own))},
    "made": len(made) // 40, "mean": made.mean(0).tolist(), "deviation": made.std(0).tolist(), "draws": len(made),
})
