"""Trains a small network in PyTorch, and saves its weights and its answers: `python export.py`, with torch 1.13 or newer.

model.safetensors has the weights, expected.json what the network gives for the inputs that main.js makes.
"""

import json
import math
import struct

import torch
from torch import nn

try:
    from safetensors.torch import save_file
except ImportError:
    # The format: the length of a header, the header in JSON, and the numbers.
    def save_file(tensors, path):
        header, parts, at = {}, [], 0
        types = {torch.float32: "F32", torch.int64: "I64"}
        for name, tensor in tensors.items():
            data = tensor.contiguous().numpy().tobytes()
            header[name] = {
                "dtype": types[tensor.dtype],
                "shape": list(tensor.shape),
                "data_offsets": [at, at + len(data)],
            }
            parts.append(data)
            at += len(data)
        text = json.dumps(header).encode()
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


torch.manual_seed(1)
torch.set_num_threads(1)
model = nn.Sequential(
    nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 6 * 6, 3)
)

# Three kinds of stripes, 14 x 14 pixels: upright, level, slanting.
n = 300
labels = torch.arange(n) % 3
rows, columns = torch.meshgrid(torch.arange(14.0), torch.arange(14.0), indexing="ij")
waves = torch.stack([columns, rows, (rows + columns) / math.sqrt(2)])
images = torch.sin(waves[labels] + 6 * torch.rand(n, 1, 1))[:, None] + 0.3 * torch.randn(n, 1, 14, 14)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(30):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()

model.eval()
save_file(model.state_dict(), "model.safetensors")
with torch.no_grad():
    answers = model(torch.sin(waves)[:, None])
with open("expected.json", "w") as file:
    json.dump(answers.tolist(), file)
    file.write("\n")
