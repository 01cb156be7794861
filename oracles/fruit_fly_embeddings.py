"""Logistic regression of several classes by scikit-learn, for the document classifier of fruit-fly-embeddings.

Writes tests/oracles/fruit-fly-embeddings/logistic.npz; run with Debian's python3-sklearn."""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(7)
rows, features, classes, penalty = 120, 6, 3, 1e-2
x = random.normal(size=(rows, features)).astype(np.float32)
y = np.argmax(x[:, :classes] + 0.8 * random.normal(size=(rows, classes)), axis=1)
model = LogisticRegression(C=1 / (rows * penalty), multi_class="multinomial", tol=1e-10, max_iter=10_000).fit(x.astype(np.float64), y)
# An intercept added to all classes changes nothing: they are centred.
np.savez(
    pathlib.Path(__file__).parent.parent / "tests/oracles/fruit-fly-embeddings/logistic.npz",
    **{"in.x": x, "in.y": y, "in.penalty": np.array(penalty), "out.weights": model.coef_, "out.intercepts": model.intercept_ - model.intercept_.mean(), "out.classes": model.predict(x)},
)
