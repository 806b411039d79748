"""The synthetic table of the reference tests and its random numbers, the same bits as runner/learn/random.ts and runner/learn/fixtures/read.ts."""
import json
import math
import os
import platform
import sys

MASK = 0xFFFFFFFF
FIXTURES = os.path.join(os.path.dirname(__file__), "..", "..", "runner", "learn", "fixtures")


class Random:
    """xoshiro128** 1.1, its state filled by splitmix32."""

    def __init__(self, seed):
        self.s = []
        s = seed & MASK
        for _ in range(4):
            s = (s + 0x9E3779B9) & MASK
            z = s
            z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
            z = ((z ^ (z >> 15)) * 0x735A2D97) & MASK
            self.s.append(z ^ (z >> 15))

    def bits(self):
        a, b, c, d = self.s
        r = (b * 5) & MASK
        r = ((r << 7) | (r >> 25)) & MASK
        r = (r * 9) & MASK
        t = (b << 9) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = ((d << 11) | (d >> 21)) & MASK
        self.s = [a, b, c, d]
        return r

    def uniform(self):
        high = self.bits() >> 5
        low = self.bits() >> 6
        return (high * 67108864 + low) / 9007199254740992


EFFECTS = [0, 0.5, -0.5, 1, -1, 0.25, 0.75, -1.5]


def table(seed, rows, nulls):
    """Rows of (x1, x2, x3, x4, level, binary, number, count); x2 is NaN where hidden."""
    u = Random(seed).uniform
    out = []
    for _ in range(rows):
        x1 = u() + u() + u() - 1.5
        x2 = 4 * u() - 2
        x3 = 10 * u() * u()
        x4 = math.floor(5 * u())
        code = math.floor(8 * u() * u())
        hidden = nulls and u() < 0.1
        z = 1.5 * x1 - 0.5 * x2 * x2 + 0.25 * x3 + EFFECTS[code] + (0.5 if x4 == 2 else 0) + (1 if hidden else 0)
        p = 0.5 + (0.5 * z) / (1 + abs(z))
        binary = 1 if u() < p else 0
        number = z + (u() + u() + u() - 1.5)
        count = math.floor((z + 1 if z > -1 else 0) * 2 * u())
        out.append((x1, math.nan if hidden else x2, x3, x4, code, binary, number, count))
    return out


def provenance(*modules):
    return {
        "script": "scripts/reference/" + os.path.basename(sys.argv[0]),
        "python": platform.python_version(),
        **{m.__name__: m.__version__ for m in modules},
    }


def write(name, value):
    with open(os.path.join(FIXTURES, name + ".json"), "w") as out:
        json.dump(value, out, indent=1)
        out.write("\n")
