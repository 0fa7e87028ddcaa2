#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which 8-bit code, and which rounding: the numbers of docs/adr/0017-int8.md. Needs numpy; a few minutes.

8192 moments of Adam (0.9, 0.999) over 3000 steps. Gradient scales are log-normal with standard deviation sigma (of the
natural logarithm), gradients normal with a mean of a tenth of the scale; after half the steps the scale of every second
element, chosen at random, falls to a tenth (but for the rows "steady"). Error of the step u = m / sqrt(v), cut off at 7.27 as Adam's here:
||u' - u|| / ||u|| over the last 400 steps, every 20th. v'/v: mean and standard deviation of its logarithm, and how many are
below a quarter. Blocks of 256.
"""
import numpy as np

N, T, BLOCK, LIMIT = 8192, 3000, 256, 7.27


def both_signs(code):
    return np.unique(np.concatenate([-code, code]))


def linear(signed):
    return np.arange(-127, 128) / 127 if signed else np.arange(256) / 255


def dynamic_tree(signed):
    """Dettmers et al., 2022: 7 decades, each with twice as many values as the one below it."""
    code = [0.0, 1.0]
    for i in range(7):
        edges = np.linspace(0.1, 1, 2 ** (i if signed else i + 1) + 1)
        code += list(10.0 ** (i - 6) * (edges[:-1] + edges[1:]) / 2)
    code = np.array(sorted(code))
    return both_signs(code) if signed else code


def floats(fraction):
    """Floats with that many fraction bits, as many powers of two as the codes give, and 0."""
    def code(signed):
        k = np.arange(1, 126 if signed else 254) + (1 << 20)
        values = (1 + (k % 2 ** fraction) / 2 ** fraction) * 2.0 ** (k // 2 ** fraction - (1 << 20) // 2 ** fraction)
        values = np.concatenate([[0], values / values[-1]])
        return both_signs(values) if signed else values
    return code


def quantize(x, code, rounding, rng):
    y = x.reshape(-1, BLOCK)
    scale = np.abs(y).max(1, keepdims=True)
    z = (y / np.where(scale == 0, 1, scale)).ravel()
    high = np.clip(np.searchsorted(code, z), 1, len(code) - 1)
    low = code[high - 1]
    part = np.clip((z - low) / (code[high] - low), 0, 1)
    up = part > 0.5 if rounding == "nearest" else rng.random(z.shape) < part
    if rounding == "stochastic, never 0":
        up |= (low == 0) & (z > 0)
    return (np.where(up, code[high], low).reshape(y.shape) * scale).reshape(x.shape)


def measure(sigma, first, second, falls=True):
    rng, noise = np.random.default_rng(1), np.random.default_rng(2)
    scale = np.exp(sigma * rng.standard_normal(N))
    m, v, exact_m, exact_v = (np.zeros(N) for _ in range(4))
    errors = steps = 0.0
    logs = []
    for t in range(1, T + 1):
        if falls and t == T // 2:
            scale = scale * np.where(rng.random(N) < 0.5, 0.1, 1)
        g = scale * (rng.standard_normal(N) + 0.1)
        m, exact_m = (0.9 * x + 0.1 * g for x in (m, exact_m))
        v, exact_v = (0.999 * x + 0.001 * g * g for x in (v, exact_v))
        if t > T - 400 and t % 20 == 0:
            u, exact = np.clip(m / np.sqrt(v), -LIMIT, LIMIT), exact_m / np.sqrt(exact_v)
            errors += ((u - exact) ** 2).sum()
            steps += (exact ** 2).sum()
            logs.append(np.log(np.maximum(v, 1e-30) / exact_v))
        if first:
            m = quantize(m, first[0](True), first[1], noise)
        if second:
            v = quantize(v, second[0](False), second[1], noise)
    logs = np.array(logs)
    return f"{np.sqrt(errors / steps):.3f} | {logs.mean():+.2f} | {logs.std():.2f} | {100 * (logs < -np.log(4)).mean():.1f} %"


CODES = {"linear": linear, "dynamic tree": dynamic_tree, "float, 4 fraction bits": floats(4),
         "float, 3 fraction bits": floats(3), "float, 2 fraction bits": floats(2)}


def main():
    print("| moment | code | rounding | sigma | error of the step | mean log v'/v | deviation | below 1/4 |")
    print("|---|---|---|---|---|---|---|---|")
    for sigma in (1, 2):
        for name, code in CODES.items():
            for rounding in ("nearest", "stochastic", "stochastic, never 0"):
                print(f"| v | {name} | {rounding} | {sigma} | {measure(sigma, None, (code, rounding))} |", flush=True)
            for rounding in ("nearest", "stochastic"):
                print(f"| m | {name} | {rounding} | {sigma} | {measure(sigma, (code, rounding), None)} |", flush=True)
        pairs = (("nearest", "nearest", "dynamic tree"), ("stochastic", "stochastic, never 0", "float, 3 fraction bits"))
        for falls in (True, False):
            for of_m, of_v, name in pairs:
                result = measure(sigma, (CODES[name], of_m), (CODES[name], of_v), falls)
                print(f"| both{'' if falls else ', steady'} | {name} | {of_m}; {of_v} | {sigma} | {result} |", flush=True)


if __name__ == "__main__":
    main()
