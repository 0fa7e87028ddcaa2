# SPDX-License-Identifier: Apache-2.0
"""torch.optim on the rows and gradients of a file: the other process of the sparse benchmarks.

usage: sparse_torch.py FILE ROWS COLUMNS COUNT BATCHES
FILE holds, in native byte order, BATCHES x COUNT row ids as int64 and then COUNT x COLUMNS gradients as float32, which are
those of every batch. Parameters start at zero. Each line on stdin is a request, each line on stdout its answer:

    check OPTIMIZER STEPS PATH           STEPS steps of a new optimizer, batch after batch; batch 0's rows go to PATH
    run OPTIMIZER GRADIENTS THREADS      one pass over the batches; the answer is its nanoseconds

OPTIMIZER is SparseAdam or Adagrad. GRADIENTS are "backward": as the backward pass of nn.Embedding(sparse=True) leaves
them, to be coalesced by the optimizer; or "coalesced": marked as coalesced already, which only a user who does that by
hand has.
"""
import array
import sys
import time

import torch

# What libgomp's threads spin after a pass would be missing in the next contender's time.
QUIET_SECONDS = 0.02
LEARNING_RATE = 1e-3


class Contender:
    """One optimizer with a parameter of its own."""

    def __init__(self, name, gradients, rows, columns):
        self.parameter = torch.zeros(rows, columns, requires_grad=True)
        self.optimizer = getattr(torch.optim, name)([self.parameter], lr=LEARNING_RATE)
        self.gradients = gradients

    def step(self, batch, kind):
        self.parameter.grad = self.gradients[kind][batch]
        self.optimizer.step()


def main():
    file, rows, columns, count, batches = sys.argv[1], *map(int, sys.argv[2:])
    with open(file, "rb") as source:
        data = bytearray(source.read())
    ids = torch.frombuffer(data, dtype=torch.int64, count=batches * count).view(batches, 1, count)
    values = torch.frombuffer(data, dtype=torch.float32, offset=ids.numel() * 8).view(count, columns)
    gradients = {
        "backward": [torch.sparse_coo_tensor(i, values, (rows, columns)) for i in ids],
        "coalesced": [torch.sparse_coo_tensor(i, values, (rows, columns))._coalesced_(True) for i in ids],
    }
    contenders = {}

    for line in sys.stdin:
        request, name, *arguments = line.split()
        if request == "check":
            fresh = Contender(name, gradients, rows, columns)
            for step in range(int(arguments[0])):
                fresh.step(step % batches, "backward")
            result = fresh.parameter.detach()[ids[0, 0]].flatten().tolist()
            with open(arguments[1], "wb") as target:
                array.array("f", result).tofile(target)
            print("done", flush=True)
        else:
            contender = contenders.get(name) or Contender(name, gradients, rows, columns)
            contenders[name] = contender
            torch.set_num_threads(int(arguments[1]))
            start = time.perf_counter_ns()
            for batch in range(batches):
                contender.step(batch, arguments[0])
            nanos = time.perf_counter_ns() - start
            time.sleep(QUIET_SECONDS)
            print(nanos, flush=True)


main()
