"""What `dlcc train mnist --epochs N` does, in PyTorch: 784-128-10 with ReLU, He's initialization, cross-entropy, Nesterov
momentum 0.9 from a rate of 0.15 down to 0 in a straight line, minibatches of 64 in a new order every epoch, and the
test digits judged at the end. Minibatches are cut from one array by index, which is the fastest way in PyTorch.

    pytorch.py FOLDER EPOCHS THREADS SEED
"""

import gzip
import json
import os
import sys

import numpy as np
import torch
from torch import nn

BATCH, RATE, MOMENTUM = 64, 0.15, 0.9


def read(folder, name):
    """An IDX file, plain or .gz: a header of 4 bytes and 4 more an axis, then bytes."""
    path = os.path.join(folder, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        data = file.read()
    axes = data[3]
    shape = np.frombuffer(data, ">i4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def examples(folder, part):
    images = torch.from_numpy(read(folder, part + "-images-idx3-ubyte").astype(np.float32).reshape(-1, 784) / 255)
    return images, torch.from_numpy(read(folder, part + "-labels-idx1-ubyte").astype(np.int64))


def main(folder, epochs, threads, seed):
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    images, labels = examples(folder, "train")
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    for layer in (model[0], model[2]):
        nn.init.kaiming_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM, nesterov=True)
    steps = epochs * -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    cost = nn.CrossEntropyLoss()
    for _ in range(epochs):
        order = torch.randperm(len(images))
        hits = 0
        for batch in order.split(BATCH):
            logits, y = model(images[batch]), labels[batch]
            loss = cost(logits, y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            hits += int((logits.argmax(1) == y).sum())
    images, labels = examples(folder, "t10k")
    with torch.no_grad():
        hits = int((model(images).argmax(1) == labels).sum())
    print(json.dumps({"testAccuracy": hits / len(labels)}))


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:5]))
