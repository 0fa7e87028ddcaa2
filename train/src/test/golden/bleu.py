# SPDX-License-Identifier: Apache-2.0
"""Writes the golden scores of BleuTest: corpus BLEU-4 from its definition, without any of the project's code.

    python3 train/src/test/golden/bleu.py > train/src/test/resources/dev/sublinear/train/report/bleu.txt
"""
import math
import random
import re
from fractions import Fraction


def tokens(line):
    for name, mark in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        line = line.replace(name, mark)
    line = " " + line + " "
    line = re.sub(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", r" \1 ", line)
    line = re.sub(r"([^0-9])([\.,])", r"\1 \2 ", line)
    line = re.sub(r"([\.,])([^0-9])", r" \1 \2", line)
    line = re.sub(r"([0-9])(-)", r"\1 \2 ", line)
    return line.split()


def bleu(hypotheses, references):
    matched, total, c, r = [0] * 4, [0] * 4, 0, 0
    for hypothesis, refs in zip(hypotheses, references):
        h, refs = tokens(hypothesis), [tokens(x) for x in refs]
        c += len(h)
        r += min((abs(len(x) - len(h)), len(x)) for x in refs)[1]
        for n in range(1, 5):
            grams = [tuple(h[i:i + n]) for i in range(len(h) - n + 1)]
            total[n - 1] += len(grams)
            for g in set(grams):
                most = max(sum(tuple(x[i:i + n]) == g for i in range(len(x) - n + 1)) for x in refs)
                matched[n - 1] += min(grams.count(g), most)
    p = [Fraction(m, t) if t else Fraction(0) for m, t in zip(matched, total)]
    bp = 0.0 if c == 0 else 1.0 if c >= r else math.exp(1 - r / c)
    score = 0.0 if min(p) == 0 else 100 * bp * math.exp(sum(math.log(x) for x in p) / 4)
    return score, [float(x) for x in p], bp, c, r


def corpora():
    """Random corpora over few words, so that n-grams match; words and marks that the tokenizer cuts."""
    words = ["the", "cat", "it's", "5.5", "a-b", "7-8", "no,", "end.", "(x)", "\u00ab", "&amp;", "$3", "Mr.", "1,000"]
    for seed in range(12):
        rng = random.Random(seed)
        hypotheses, references = [], []
        for _ in range(rng.randint(1, 6)):
            truth = [rng.choice(words) for _ in range(rng.randint(1, 14))]
            noise = lambda: " ".join(w for w in (rng.choice(words) if rng.random() < 0.2 else x for x in truth) if rng.random() < 0.9)
            references.append([noise() + " ." for _ in range(rng.randint(1, 3))])
            hypotheses.append(noise())
        yield hypotheses, references


if __name__ == "__main__":
    print("# train/src/test/golden/bleu.py: score p1 p2 p3 p4 bp c r <tab> hypothesis || its references by | <tab> ...")
    for hypotheses, references in corpora():
        score, p, bp, c, r = bleu(hypotheses, references)
        figures = " ".join(repr(x) for x in [score, *p, bp, c, r])
        print(figures + "".join("\t" + h + "||" + "|".join(x) for h, x in zip(hypotheses, references)))
