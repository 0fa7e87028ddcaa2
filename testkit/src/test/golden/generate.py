#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes trajectories of PyTorch's optimizers, and of those it lacks: the golden numbers of GoldenSuite.

Run once, with Debian 12's python3-torch (1.13.0a0):
    /usr/bin/python3 testkit/src/test/golden/generate.py \
        > testkit/src/main/resources/dev/sublinear/testkit/golden/pytorch.txt

No seed: start and gradients are small fractions that both sides compute exactly, see start() and gradient().
"""
import platform

import torch

ROWS, COLUMNS, STEPS = 5, 7, 25
KEPT = (1, 2, 3, 10, 25)
LR = 1 / 64  # a power of two: the same number in float32 and float64


def start():
    return torch.tensor(
        [[((r * 7 + c * 3) % 13 - 6) / 16 for c in range(COLUMNS)] for r in range(ROWS)], dtype=torch.float32)


def gradient(t, r):
    """Row r at step t: integers / 64, some of them 0."""
    return [((t * 31 + r * 17 + c * 7 + t * r * c) % 41 - 20) / 64 for c in range(COLUMNS)]


def touched(t):
    """Rows with a gradient at step t in the sparse cases; row 4 never has one, and no row has one in every step."""
    return [r for r in range(ROWS) if r != 4 and (t + r) % 3 != 0]


class FactoredRMSprop:
    """RMSprop with Adafactor's factored second moment: R, C and V of Shazeer and Stern, 2018, algorithm 4.

    R <- alpha R + (1 - alpha) G^2 1, C <- alpha C + (1 - alpha) 1^T G^2, V = R C / (1^T R); no clipping, no schedule.
    """

    def __init__(self, params, lr, alpha, eps):
        self.p, self.lr, self.alpha, self.eps = params[0], lr, alpha, eps
        self.r = torch.zeros(ROWS, 1)
        self.c = torch.zeros(1, COLUMNS)

    def step(self):
        square = self.p.grad ** 2
        self.r = self.alpha * self.r + (1 - self.alpha) * square.sum(1, keepdim=True)
        self.c = self.alpha * self.c + (1 - self.alpha) * square.sum(0, keepdim=True)
        v = self.r @ self.c / self.r.sum()
        with torch.no_grad():
            self.p -= self.lr * self.p.grad / (v.sqrt() + self.eps)


class Adafactor:
    """Shazeer and Stern, 2018, algorithms 4 to 6 as printed, in float64; eps1 1e-30, eps2 1e-3, decay 1 - t^-0.8.

    factored=False is algorithm 5, which vectors have. With beta1 the update is replaced by its exponential mean.
    """

    def __init__(self, params, factored=True, beta1=0.0, clip=1.0, rate=lambda t: min(LR, t ** -0.5), scale=True):
        self.p, self.factored, self.beta1, self.clip, self.rate, self.scale = params[0], factored, beta1, clip, rate, scale
        self.x = self.p.detach().double()
        self.v = self.r = self.c = self.m = 0.0
        self.t = 0

    def step(self):
        self.t += 1
        g = self.p.grad.double()
        beta2 = 1 - self.t ** -0.8
        square = g ** 2 + 1e-30
        if self.factored:
            self.r = beta2 * self.r + (1 - beta2) * square.sum(1, keepdim=True)
            self.c = beta2 * self.c + (1 - beta2) * square.sum(0, keepdim=True)
            v = self.r @ self.c / self.r.sum()
        else:
            v = self.v = beta2 * self.v + (1 - beta2) * square
        u = g / v.sqrt()
        u = u / max(1.0, rms(u) / self.clip)
        alpha = self.rate(self.t) * (max(1e-3, rms(self.x)) if self.scale else 1.0)
        self.m = self.beta1 * self.m + (1 - self.beta1) * alpha * u
        self.x = self.x - self.m
        with torch.no_grad():
            self.p.copy_(self.x)


def rms(x):
    return float((x ** 2).mean().sqrt())


class SM3:
    """SM3-II of Anil, Gupta, Koren and Singer, 2019, with momentum; rows alone and no momentum for sparse gradients."""

    def __init__(self, params, lr, beta1, eps=0):
        self.p, self.lr, self.beta1, self.eps = params[0], lr, beta1, eps
        self.rows = torch.zeros(ROWS, 1)
        self.columns = torch.zeros(1, COLUMNS)
        self.m = torch.zeros(ROWS, COLUMNS)

    def step(self):
        g = self.p.grad
        if g.is_sparse:
            ids, g = g.coalesce().indices()[0], g.coalesce().values()
            v = self.rows[ids] + g ** 2
            self.rows[ids] = v.max(1, keepdim=True).values
            with torch.no_grad():
                self.p[ids] -= self.lr * self.preconditioned(g, v)
            return
        v = torch.minimum(self.rows, self.columns) + g ** 2
        self.rows, self.columns = v.max(1, keepdim=True).values, v.max(0, keepdim=True).values
        self.m = self.beta1 * self.m + (1 - self.beta1) * self.preconditioned(g, v)
        with torch.no_grad():
            self.p -= self.lr * self.m

    def preconditioned(self, g, v):
        return torch.where(v > 0, g / (v + self.eps).sqrt(), torch.zeros(()))


# name, our spec, the torch optimizer, whether gradients are sparse
CASES = [
    ("SGD", "sgd", lambda p: torch.optim.SGD(p, lr=LR), False),
    ("SGD momentum=0.9", "momentum", lambda p: torch.optim.SGD(p, lr=LR, momentum=0.9), False),
    ("SGD momentum=0.75 nesterov", "momentum:mu=0.75:nesterov=true",
     lambda p: torch.optim.SGD(p, lr=LR, momentum=0.75, nesterov=True), False),
    ("Adagrad", "adagrad", lambda p: torch.optim.Adagrad(p, lr=LR), False),
    ("RMSprop", "rmsprop", lambda p: torch.optim.RMSprop(p, lr=LR), False),
    ("RMSprop alpha=0.9 eps=1e-3", "rmsprop:alpha=0.9:eps=1e-3",
     lambda p: torch.optim.RMSprop(p, lr=LR, alpha=0.9, eps=1e-3), False),
    ("Adafactor's second moment alpha=0.99 eps=1e-8 in RMSprop", "rmsprop v=rank-one",
     lambda p: FactoredRMSprop(p, LR, 0.99, 1e-8), False),
    ("Adafactor's second moment alpha=0.75 eps=1e-3 in RMSprop", "rmsprop:alpha=0.75:eps=1e-3 v=rank-one",
     lambda p: FactoredRMSprop(p, LR, 0.75, 1e-3), False),
    ("Adam", "adam", lambda p: torch.optim.Adam(p, lr=LR), False),
    ("Adam betas=(0.8, 0.95) eps=1e-3", "adam:beta1=0.8:beta2=0.95:eps=1e-3",
     lambda p: torch.optim.Adam(p, lr=LR, betas=(0.8, 0.95), eps=1e-3), False),
    ("AdamW weight_decay=0.5", "adamw:decay=0.5", lambda p: torch.optim.AdamW(p, lr=LR, weight_decay=0.5), False),
    ("Adam amsgrad betas=(0.9, 0.5)", "amsgrad:beta2=0.5",
     lambda p: torch.optim.Adam(p, lr=LR, betas=(0.9, 0.5), amsgrad=True), False),
    ("Adafactor", "adafactor", lambda p: Adafactor(p), False),
    ("Adafactor beta1=0.5", "adafactor:beta1=0.5 m=dense", lambda p: Adafactor(p, beta1=0.5), False),
    ("Adafactor unfactored d=0.5", "adafactor:clip=0.5 v=dense",
     lambda p: Adafactor(p, factored=False, clip=0.5), False),
    ("Adafactor rate of its own, unscaled", "adafactor:relative=false:scale=false",
     lambda p: Adafactor(p, rate=lambda t: LR, scale=False), False),
    ("SGD sparse", "sgd", lambda p: torch.optim.SGD(p, lr=LR), True),
    ("Adagrad sparse", "adagrad", lambda p: torch.optim.Adagrad(p, lr=LR), True),
    # SparseAdam adds eps before the bias correction of v, we (and Adam) after it: with 1e-12 neither is seen.
    ("SparseAdam eps=1e-12", "adam:eps=1e-12", lambda p: torch.optim.SparseAdam(p, lr=LR, eps=1e-12), True),
    ("SM3", "sm3", lambda p: SM3(p, LR, 0.9), False),
    ("SM3 beta1=0.5 eps=1e-3", "sm3:beta1=0.5:eps=1e-3", lambda p: SM3(p, LR, 0.5, 1e-3), False),
    ("SM3 sparse", "sm3", lambda p: SM3(p, LR, 0.9), True),
]


def bits(x):
    return " ".join(f"{v & 0xFFFFFFFF:08x}" for v in x.detach().view(torch.int32).flatten().tolist())


def main():
    print("# SPDX-License-Identifier: Apache-2.0")
    print(f"# Written by testkit/src/test/golden/generate.py with PyTorch {torch.__version__}, Python {platform.python_version()},")
    print(f"# {platform.machine()}, one thread, no seed. {ROWS} x {COLUMNS} parameters, {STEPS} steps, learning rate {LR}.")
    print("# A case is a line 'case: PyTorch | Sublinear | dense or sparse', then lines 'step: float32 bits in hexadecimal'.")
    torch.set_num_threads(1)
    for name, spec, make, sparse in CASES:
        print(f"case: {name} | {spec} | {'sparse' if sparse else 'dense'}")
        p = torch.nn.Parameter(start())
        optimizer = make([p])
        for t in range(1, STEPS + 1):
            if sparse:
                rows = touched(t)
                p.grad = torch.sparse_coo_tensor(
                    torch.tensor([rows]), torch.tensor([gradient(t, r) for r in rows]), (ROWS, COLUMNS))
            else:
                p.grad = torch.tensor([gradient(t, r) for r in range(ROWS)])
            optimizer.step()
            if t in KEPT:
                print(f"{t}: {bits(p)}")


if __name__ == "__main__":
    main()
