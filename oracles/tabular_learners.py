"""Reference predictions of scikit-learn 1.2 for the learners of Scorch.Tabular.

Run: /usr/bin/python3 oracles/tabular_learners.py   (Debian: python3-sklearn, python3-numpy)
Writes tests/oracles/tabular/learners.npz. Features are exact in float32, as scikit-learn's trees round to it.
"""
import os

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

rng = np.random.default_rng(20210318)
n, p, m = 240, 7, 60
mixing = rng.normal(size=(p, p)) * 0.4 + np.eye(p)
x = (rng.normal(size=(n + m, p)) @ mixing * [1, 2, 0.5, 3, 1, 10, 1] + [0, 1, -2, 5, 0, 100, 0]).astype(np.float32).astype(float)
signal = x[:, 0] - 0.7 * x[:, 1] + np.sin(x[:, 2]) + 0.05 * x[:, 5]
y = signal + rng.normal(size=n + m)
label = (signal - signal.mean() + rng.logistic(size=n + m) > 0).astype(float)
train, test = slice(0, n), slice(n, n + m)
out = {"x": x[train], "y": y[train], "label": label[train], "x_new": x[test]}
xt, yt, lt, xn = x[train], y[train], label[train], x[test]
dependent = np.hstack([xt, xt[:, :1] + 2 * xt[:, 1:2]])
dependent_new = np.hstack([xn, xn[:, :1] + 2 * xn[:, 1:2]])


def coefficients(name, model):
    out[name] = np.append(np.ravel(model.coef_), model.intercept_)


coefficients("ols", LinearRegression().fit(xt, yt))
coefficients("ols_dependent", LinearRegression().fit(dependent, yt))
out["ols_dependent_new"] = LinearRegression().fit(dependent, yt).predict(dependent_new)
coefficients("ols_wide", LinearRegression().fit(xt[:5], yt[:5]))
for penalty in (0.1, 30.0):
    coefficients(f"ridge_{penalty:g}", Ridge(alpha=penalty, solver="cholesky").fit(xt, yt))
tight = dict(tol=1e-14, max_iter=1_000_000)
scaler = StandardScaler().fit(xt)
for penalty in (0.02, 0.3):
    coefficients(f"lasso_{penalty:g}", Lasso(alpha=penalty, **tight).fit(xt, yt))
    coefficients(f"elastic_{penalty:g}", ElasticNet(alpha=penalty, l1_ratio=0.4, **tight).fit(xt, yt))
    model = Lasso(alpha=penalty, **tight).fit(scaler.transform(xt), yt)
    b = model.coef_ / scaler.scale_
    out[f"lasso_standardized_{penalty:g}"] = np.append(b, model.intercept_ - b @ scaler.mean_)
coefficients("logistic", LogisticRegression(penalty="none", tol=1e-12, max_iter=100_000, solver="newton-cg").fit(scaler.transform(xt), lt))
for penalty in (0.01, 0.1):
    c = 1 / (n * penalty)
    coefficients(f"logistic_l2_{penalty:g}", LogisticRegression(C=c, tol=1e-12, max_iter=100_000, solver="newton-cg").fit(scaler.transform(xt), lt))
    coefficients(f"logistic_l1_{penalty:g}", LogisticRegression(C=c, penalty="l1", tol=1e-14, max_iter=1_000_000, solver="saga", random_state=0).fit(scaler.transform(xt), lt))
    coefficients(f"logistic_elastic_{penalty:g}", LogisticRegression(C=c, penalty="elasticnet", l1_ratio=0.4, tol=1e-14, max_iter=1_000_000, solver="saga", random_state=0).fit(scaler.transform(xt), lt))


def without_ties(make):
    """Predictions that do not depend on the order in which features are tried: no two splits are equally good."""
    first = make(0)
    assert all(np.abs(make(state) - first).max() < 1e-12 for state in range(1, 8)), "ties: use larger leaves"
    return first


for depth, leaf in ((2, 1), (3, 20), (None, 25)):
    name = f"{depth or 0}_{leaf}"
    out[f"tree_{name}"] = without_ties(lambda s: DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=s).fit(xt, yt).predict(xn))
    out[f"tree_classifier_{name}"] = without_ties(lambda s: DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, random_state=s).fit(xt, lt).predict_proba(xn)[:, 1])
out["boosting"] = without_ties(lambda s: GradientBoostingRegressor(n_estimators=80, learning_rate=0.1, max_depth=3, min_samples_leaf=20, random_state=s).fit(xt, yt).predict(xn))
out["boosting_stumps"] = without_ties(lambda s: GradientBoostingRegressor(n_estimators=150, learning_rate=0.3, max_depth=1, random_state=s).fit(xt, yt).predict(xn))
out["boosting_classifier"] = without_ties(lambda s: GradientBoostingClassifier(n_estimators=60, learning_rate=0.1, max_depth=3, min_samples_leaf=20, random_state=s).fit(xt, lt).predict_proba(xn)[:, 1])
out["neighbors_6"] = KNeighborsRegressor(6).fit(scaler.transform(xt), yt).predict(scaler.transform(xn))
out["neighbors_6_raw"] = KNeighborsRegressor(6).fit(xt, yt).predict(xn)

folder = os.path.join(os.path.dirname(__file__), "..", "tests", "oracles", "tabular")
os.makedirs(folder, exist_ok=True)
np.savez_compressed(os.path.join(folder, "learners.npz"), **out)
for name, values in out.items():
    print(name, values.shape)
