# SPDX-License-Identifier: Apache-2.0
"""Writes the outputs of torch's own Transformer for the weights and inputs of TransformerTest.

    python3 train/src/test/golden/transformer.py > train/src/test/resources/dev/sublinear/train/model/transformer.txt

Weights and inputs are those of dev.sublinear.kernel.CounterRandom, so there is nothing to copy by hand. Double precision.
"""
import math

import torch

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15
WIDTH, LAYERS, HEADS, INNER, STEPS = 8, 2, 2, 12, 6


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def stream(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return mix(h)


def key(seed, stream_, step):
    return mix((mix(mix((seed + GAMMA) & MASK) ^ stream_) + (step + 1) * GAMMA) & MASK)


def uniform(key_, index):
    return (mix((key_ + (index + 1) * GAMMA) & MASK) >> 40) * 2.0**-24


def float32(x):
    return torch.as_tensor(x, dtype=torch.float64).float().double()


def weight(name, *shape):
    k = key(3, stream("transformer." + name), 0)
    n = math.prod(shape)
    low, high = float32(-0.9), float32(0.9)
    span = (high.float() - low.float()).double()
    values = torch.tensor([uniform(k, i) for i in range(n)], dtype=torch.float64)
    return float32(low + float32(span * values)).reshape(shape)


torch.set_default_dtype(torch.float64)
layer = torch.nn.TransformerEncoderLayer(
    WIDTH, HEADS, INNER, dropout=0, activation="gelu", layer_norm_eps=1e-5, batch_first=True, norm_first=True)
model = torch.nn.TransformerEncoder(layer, LAYERS, norm=torch.nn.LayerNorm(WIDTH, eps=1e-5))
names = {
    "norm1": ("attention.norm", (WIDTH,)),
    "norm2": ("feed-forward.norm", (WIDTH,)),
    "self_attn.in_proj_": ("attention.qkv", (3 * WIDTH, WIDTH)),
    "self_attn.out_proj": ("attention.output", (WIDTH, WIDTH)),
    "linear1": ("feed-forward.inner", (INNER, WIDTH)),
    "linear2": ("feed-forward.output", (WIDTH, INNER)),
}
state = {"norm.weight": weight("norm.weight", WIDTH), "norm.bias": weight("norm.bias", WIDTH)}
for i in range(LAYERS):
    for torch_name, (name, shape) in names.items():
        dot = "" if torch_name.endswith("_") else "."
        state[f"layers.{i}.{torch_name}{dot}weight"] = weight(f"{i}.{name}.weight", *shape)
        state[f"layers.{i}.{torch_name}{dot}bias"] = weight(f"{i}.{name}.bias", shape[0])
model.load_state_dict(state)
k = key(5, 1, 0)
inputs = torch.tensor([2 * uniform(k, i) - 1 for i in range(STEPS * WIDTH)]).reshape(1, STEPS, WIDTH)
mask = torch.full((STEPS, STEPS), -math.inf).triu(1)
with torch.no_grad():
    outputs = model(inputs + weight("positions", STEPS, WIDTH), mask)
print("# SPDX-License-Identifier: Apache-2.0")
print(f"# torch {torch.__version__}, train/src/test/golden/transformer.py; one row per step")
for row in outputs[0].tolist():
    print(" ".join(f"{x:.9f}" for x in row))
