"""What `dlcc train mnist --network NETWORK --epochs N` does, in PyTorch, for mlp and lenet5. The first is 784-128-10 with
ReLU, He's initialization and a rate of 0.15; the second LeNet-5 with tanh, max pooling, Xavier's initialization and a rate
of 0.05. Both have cross-entropy, Nesterov momentum 0.9, a rate that goes down to 0 in a straight line, minibatches of 64 in
a new order every epoch, and the test digits judged at the end. Minibatches are cut from one array by index, which is the
fastest way in PyTorch.

    pytorch.py FOLDER NETWORK EPOCHS THREADS SEED
"""

import gzip
import json
import os
import sys

import numpy as np
import torch
from torch import nn

BATCH, MOMENTUM = 64, 0.9


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet5():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


NETWORKS = {
    "mlp": (mlp, nn.init.kaiming_normal_, 0.15),
    "lenet5": (lenet5, nn.init.xavier_normal_, 0.05),
}


def read(folder, name):
    """An IDX file, plain or .gz: a header of 4 bytes and 4 more an axis, then bytes."""
    path = os.path.join(folder, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        data = file.read()
    axes = data[3]
    shape = np.frombuffer(data, ">i4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def examples(folder, part):
    images = torch.from_numpy(read(folder, part + "-images-idx3-ubyte").astype(np.float32).reshape(-1, 1, 28, 28) / 255)
    return images, torch.from_numpy(read(folder, part + "-labels-idx1-ubyte").astype(np.int64))


def main(folder, network, epochs, threads, seed):
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    images, labels = examples(folder, "train")
    make, initialize, rate = NETWORKS[network]
    model = make()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            initialize(parameter)
        else:
            nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=MOMENTUM, nesterov=True)
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
    main(*sys.argv[1:3], *(int(argument) for argument in sys.argv[3:6]))
