"""How often a start of Nielsen's network with four hidden layers has the gradient norms that he published: the spread of
many draws, in NumPy, beside that of `dlcc reproduce nielsen-5-vanishing-4 --seeds DRAWS`.

    vanishing.py FOLDER [DRAWS]

FOLDER has MNIST's files. In each hidden layer: the norm of the mean of δ over the first 1,000 images; the cross-entropy
of sigmoid neurons, weights N(0, 1/n), biases N(0, 1).
"""

import gzip
import os
import sys

import numpy as np

SIZES = [784, 30, 30, 30, 30, 10]
PUBLISHED = [0.0030, 0.0171, 0.0695, 0.2851]
EXAMPLES = 1000


def read(folder, name, header):
    path = os.path.join(folder, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def norms(images, targets, seed):
    random = np.random.RandomState(seed)
    pairs = list(zip(SIZES[:-1], SIZES[1:]))
    biases = [random.randn(outputs) for _, outputs in pairs]
    weights = [random.randn(outputs, inputs) / np.sqrt(inputs) for inputs, outputs in pairs]
    activations, a = [], images
    for w, b in zip(weights, biases):
        a = sigmoid(a @ w.T + b)
        activations.append(a)
    delta, found = activations[-1] - targets, []
    for layer in range(len(weights) - 2, -1, -1):
        a = activations[layer]
        delta = delta @ weights[layer + 1] * a * (1 - a)
        found.append(np.linalg.norm(delta.mean(axis=0)))
    return found[::-1]


folder, draws = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 400
images = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 784)[:EXAMPLES] / 255
targets = np.eye(10)[read(folder, "train-labels-idx1-ubyte", 8)[:EXAMPLES]]
table = np.array([norms(images, targets, seed) for seed in range(draws)])
for layer, published in enumerate(PUBLISHED):
    column = table[:, layer]
    print(
        f"hidden layer {layer + 1}: published {published:.4f}, mean {column.mean():.4f}, "
        f"{column.min():.4f} to {column.max():.4f}; {np.sum(column >= published)} of {draws} reach it"
    )
