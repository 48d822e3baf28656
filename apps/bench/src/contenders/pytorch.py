"""PyTorch and NumPy as contenders: the twin of serve.ts, recipe.ts and dlcc.ts.

    pytorch.py probe              one line of JSON: whether there is numpy, and torch
    pytorch.py numpy|torch N      a contender with N threads
"""

import glob
import importlib.util
import json
import math
import resource
import sys
import time

import numpy as np

INPUTS, HIDDEN, CLASSES, SIDE = 784, 128, 10, 28
CHECKED_STEPS = 5
SAMPLE_MILLISECONDS = 20


def uniform(seed, length, low, high):
    """The recipe's numbers: see recipe.ts."""
    h = np.arange(length, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32((seed * 0x85EBCA77) & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (low + (high - low) * ((h >> np.uint32(8)).astype(np.float64) / 2**24)).astype(np.float32)


def factors(n):
    return uniform(1, n * n, -1, 1).reshape(n, n), uniform(2, n * n, -1, 1).reshape(n, n)


def layer(case):
    """The operands of a layer's product: x, and the weight or what comes back to the outputs."""
    batch, forward = case["batch"], case["pass"] == "forward"
    x = uniform(1, batch * INPUTS, -1, 1).reshape(batch, INPUTS)
    if forward:
        return x, uniform(2, HIDDEN * INPUTS, -1, 1).reshape(HIDDEN, INPUTS).T
    return uniform(2, batch * HIDDEN, -1, 1).reshape(batch, HIDDEN).T, x


def factors_of(case):
    return factors(case["n"]) if case["kind"] == "matmul" else layer(case)


def checksum(case, product):
    k = factors_of(case)[0].shape[1]
    m, n = product.shape
    left, right = (uniform(seed, size, -1, 1).astype(np.float64) for seed, size in ((4, m), (5, n)))
    # Not by BLAS: its threads would be busy in what is not timed.
    return float(np.sum(left * np.sum(product.astype(np.float64) * right, axis=1)) * 9 / math.sqrt(m * n * k))


def layers_of(nn, rows):
    """The layers that networks.ts describes."""
    activations = {"relu": nn.ReLU, "tanh": nn.Tanh}
    layers, flat = [], not any(row["kind"] == "convolution" for row in rows)
    for row in rows:
        if row["kind"] == "pool":
            layers.append(nn.MaxPool2d(2))
            continue
        if row["kind"] == "convolution":
            layers.append(nn.Conv2d(row["inputs"], row["outputs"], row["kernel"], padding=row["padding"]))
        else:
            if not flat:
                layers.append(nn.Flatten())
            flat = True
            layers.append(nn.Linear(row["inputs"], row["outputs"]))
        if "activation" in row:
            layers.append(activations[row["activation"]]())
    return layers


class NumPy:
    def product(self, case):
        a, b = factors_of(case)

        def run(iterations):
            for _ in range(iterations):
                product = a @ b
            return product

        return run


class PyTorch:
    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch

    def product(self, case):
        a, b = (self.torch.from_numpy(array) for array in factors_of(case))

        def run(iterations):
            for _ in range(iterations):
                product = a @ b
            return product.numpy()

        return run

    def step(self, case):
        torch, batch = self.torch, case["batch"]
        layers = layers_of(torch.nn, case["network"]["layers"])
        model = torch.nn.Sequential(*layers)
        x = torch.from_numpy(uniform(3, batch * INPUTS, 0, 0.5).reshape(batch, INPUTS))
        if isinstance(layers[0], torch.nn.Conv2d):
            x = x.reshape(batch, 1, SIDE, SIDE)
        labels = torch.from_numpy(np.arange(batch, dtype=np.int64) * 7 % CLASSES)
        with torch.no_grad():
            # Weights and biases in turn; a bias has the bound of its weight.
            for i, parameter in enumerate(model.parameters()):
                if parameter.dim() > 1:
                    bound = 1 / math.sqrt(parameter[0].numel())
                values = uniform(6 + i, parameter.numel(), -bound, bound)
                parameter.copy_(torch.from_numpy(values).reshape(parameter.shape))
        loss = torch.nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=case["network"]["learningRate"])

        def run(iterations):
            for _ in range(iterations):
                optimizer.zero_grad(set_to_none=True)
                value = loss(model(x), labels)
                value.backward()
                optimizer.step()
            return value.item()

        return run


def blas():
    """The BLAS that this process has loaded, as it calls itself."""
    import ctypes

    np.ones((8, 8), np.float32) @ np.ones((8, 8), np.float32)
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line.lower() or "libmkl" in line.lower()}
    except OSError:
        # No /proc on macOS: the wheel's own libraries.
        paths = set(glob.glob(np.__path__[0] + "/.dylibs/*openblas*"))
    symbols = [prefix + "openblas_get_config" + suffix for prefix in ("scipy_", "") for suffix in ("64_", "", "_64")]
    for path in sorted(paths):
        if not path.startswith("/") or ".so" not in path and ".dylib" not in path:
            continue
        library = ctypes.CDLL(path)
        for symbol in symbols:
            if hasattr(library, symbol):
                config = getattr(library, symbol)
                config.restype = ctypes.c_char_p
                words = config().decode().split()
                core = [word for word in words[2:] if word.isalnum() and not word.isupper()]
                return " ".join(words[:2] + core[:1])
    names = sorted(path.rsplit("/", 1)[-1] for path in paths)
    # Debian's libblas3, where nothing better is installed.
    reference = ": the slow reference BLAS" if any(name.startswith("libblas.so") for name in names) else ""
    return (", ".join(names) or "unknown BLAS") + reference


def version(library):
    if library == "numpy":
        return f"{np.__version__} ({blas()})"
    import torch

    return f"{torch.__version__} ({blas()})"


def installed(name):
    # Found, not imported: importing torch takes seconds.
    return importlib.util.find_spec(name) is not None


def largest_resident():
    """In bytes; macOS has it so, Linux in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def trains(case):
    return case["kind"] in ("step", "convolution")


def serve(contender, version_found):
    def say(message):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    def timed(iterations):
        start = time.perf_counter()
        result = run(iterations)
        return (time.perf_counter() - start) * 1000 / iterations, result

    def value_of(result):
        return result if trains(case) else checksum(case, result)

    say({"version": version_found})
    for line in iter(sys.stdin.readline, ""):
        try:
            request = json.loads(line)
            if request["do"] == "prepare":
                case = request["case"]
                before = largest_resident()
                run = contender.step(case) if trains(case) else contender.product(case)
                pace, result = timed(CHECKED_STEPS + 1 if trains(case) else 1)
                grown = largest_resident() - before
                say({"check": value_of(result), "milliseconds": pace, "resident": grown})
                continue
            samples, values = [], []
            begin = time.perf_counter()
            while True:
                pace, result = timed(max(1, round(SAMPLE_MILLISECONDS / pace)))
                samples.append(pace)
                values.append(value_of(result))
                if (time.perf_counter() - begin) * 1000 >= request["milliseconds"]:
                    break
            say({"samples": samples, "values": values})
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    if sys.argv[1] == "probe":
        print(json.dumps({"numpy": True, "torch": installed("torch")}))
    else:
        library, threads = sys.argv[1], int(sys.argv[2])
        serve(NumPy() if library == "numpy" else PyTorch(threads), version(library))
