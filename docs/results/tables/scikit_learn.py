"""Data sets of scikit-learn as CSV, five splits of each, and what scikit-learn's own models reach on them.

Run with scikit-learn 1.2 and NumPy: python3 scikit_learn.py. It writes data/*.csv and scikit-learn.json beside it.

All models are at their defaults, behind a StandardScaler: MLPClassifier and MLPRegressor, LogisticRegression and
LinearRegression. The score is the accuracy for classes and R² for numbers, on a fifth of the rows, which is set aside
with the share of each class.
"""
import csv
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")  # MLPRegressor says that 200 epochs were too few for it.
here = pathlib.Path(__file__).parent
SPLITS = 5


def plain(value: float) -> str:
    """A number with at most six decimals, and none if it is whole."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tables():
    for name in ["iris", "wine", "breast_cancer", "digits", "diabetes"]:
        data = getattr(datasets, f"load_{name}")()
        classes = [str(c) for c in data.target_names] if hasattr(data, "target_names") else None
        yield name, data.data, data.target, [str(n) for n in data.feature_names], classes
    x, y = datasets.make_classification(1000, 12, n_informative=6, n_redundant=3, n_classes=3, random_state=0)
    yield "made_classes", np.round(x, 3), y, [f"x{i}" for i in range(12)], ["a", "b", "c"]
    x, y = datasets.make_friedman1(2000, n_features=8, noise=2.0, random_state=0)
    yield "made_numbers", np.round(x, 4), np.round(y, 3), [f"x{i}" for i in range(8)], None


results = []
for name, x, y, names, classes in tables():
    with open(here / "data" / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "target"])
        for row, target in zip(x, y):
            # Classes that are numbers have a name, so that no program takes them for numbers.
            label = plain(target) if classes is None else f"digit {classes[target]}" if name == "digits" else classes[target]
            writer.writerow([*map(plain, row), label])
    tests, mlp, linear = [], [], []
    for seed in range(SPLITS):
        train, test = train_test_split(
            np.arange(len(y)), test_size=0.2, random_state=seed, stratify=None if classes is None else y
        )
        tests.append(sorted(int(i) for i in test))
        models = (
            [MLPRegressor(random_state=seed), LinearRegression()]
            if classes is None
            else [MLPClassifier(random_state=seed), LogisticRegression()]
        )
        for model, scores in zip(models, [mlp, linear]):
            fitted = make_pipeline(StandardScaler(), model).fit(x[train], y[train])
            scores.append(float(fitted.score(x[test], y[test])))
    found = {"name": name, "rows": len(y), "columns": len(names), "score": "R2" if classes is None else "accuracy"}
    results.append({**found, "mlp": mlp, "linear": linear, "tests": tests})

text = json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__, "tables": results})
(here / "scikit-learn.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")
