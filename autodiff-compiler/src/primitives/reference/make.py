"""Makes values.txt: values, first and second partial derivatives of the primitives.

The derivatives are numeric, at 80 digits, from the definitions of the functions alone.
Usage: pip install mpmath; python make.py > values.txt
"""

from mpmath import mp, mpf

mp.dps = 80

ANY = [-3.7, -2.0, -1.25, -0.5, -1e-3, 1e-3, 0.4, 0.9, 1.5, 2.75, 6.0]
UNIT = [-0.999, -0.9, -0.5, -0.1, -1e-4, 1e-4, 0.2, 0.6, 0.95, 0.9999]
POSITIVE = [1e-8, 1e-3, 0.1, 0.5, 0.99, 1.01, 2.0, 7.5, 123.0, 1e9]
PAIRS = [(-3.0, 2.0), (-1.6, -0.75), (0.3, 4.0), (2.6, -1.25), (1e-3, 5.0),
         (7.0, 3.0), (-0.2, -6.5), (4.5, 1.1), (0.9, 0.8), (-2.2, 3.3)]
POWERS = [(0.5, 2.0), (2.0, 0.5), (1.5, -1.0), (3.0, -2.5), (0.1, 3.0),
          (7.0, 1.0), (1.25, 0.0), (10.0, -0.5), (2.5, 1.5), (0.7, 4.0)]
INTEGERS = [(0.5, 2), (-2.0, 3), (1.5, -1), (-3.0, -2), (0.1, 5),
            (-7.0, 1), (1.25, 0), (2.0, 10), (-1.1, 7), (0.7, -3)]


def rem(x, b):
    n = mp.floor(abs(x / b))
    return x - b * (n if x / b > 0 else -n)


def rem_euclid(x, b):
    return x - abs(b) * mp.floor(x / abs(b))


def trunc(x):
    return mp.floor(x) if x > 0 else mp.ceil(x)


ROWS = {
    "sin": (mp.sin, ANY),
    "cos": (mp.cos, ANY),
    "tan": (mp.tan, ANY),
    "asin": (mp.asin, UNIT),
    "acos": (mp.acos, UNIT),
    "atan": (mp.atan, ANY),
    "atan2": (mp.atan2, PAIRS),
    "sinh": (mp.sinh, ANY),
    "cosh": (mp.cosh, ANY),
    "tanh": (mp.tanh, ANY),
    "asinh": (mp.asinh, ANY),
    "acosh": (mp.acosh, [1 + x for x in POSITIVE]),
    "atanh": (mp.atanh, UNIT),
    "exp": (mp.exp, ANY),
    "exp2": (lambda x: mpf(2) ** x, ANY),
    "exp_m1": (mp.expm1, ANY),
    "ln": (mp.log, POSITIVE),
    "ln_1p": (mp.log1p, UNIT + POSITIVE),
    "log": (lambda x, b: mp.log(x) / mp.log(b),
            [(x, b) for x, b in zip(POSITIVE, [2.0, 10.0, 0.5, 3.0, 1.7] * 2)]),
    "log2": (lambda x: mp.log(x, 2), POSITIVE),
    "log10": (mp.log10, POSITIVE),
    "sqrt": (mp.sqrt, POSITIVE),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), ANY),
    "powi": (lambda x, n: x ** int(n), INTEGERS),
    "powf": (lambda x, p: x ** p, POWERS),
    "hypot": (mp.hypot, PAIRS),
    "recip": (lambda x: 1 / x, ANY),
    "inv": (lambda x: 1 / x, ANY),
    "mul_add": (lambda a, b, c: a * b + c, [(*p, c) for p, c in zip(PAIRS, ANY)]),
    "to_radians": (mp.radians, ANY),
    "to_degrees": (mp.degrees, ANY),
    "midpoint": (lambda a, b: (a + b) / 2, PAIRS),
    "abs": (abs, ANY),
    "abs_sub": (lambda a, b: max(a - b, mpf(0)), PAIRS),
    "min": (min, PAIRS),
    "max": (max, PAIRS),
    "clamp": (lambda x, lo, hi: min(max(x, lo), hi), [(x, -1.5, 2.0) for x in ANY]),
    "copysign": (lambda x, s: abs(x) * mp.sign(s), PAIRS),
    "rem_euclid": (rem_euclid, PAIRS),
    "fract": (lambda x: x - trunc(x), [x for x in ANY if x != int(x)]),
    "%": (rem, PAIRS),
    "+": (lambda a, b: a + b, PAIRS),
    "-": (lambda a, b: a - b, PAIRS),
    "*": (lambda a, b: a * b, PAIRS),
    "/": (lambda a, b: a / b, PAIRS),
    "neg": (lambda x: -x, ANY),
}


def derivative(function, args, order):
    """The partial derivative of the given order in each argument."""
    if function is ROWS["powi"][0]:
        # The exponent is no float.
        if order[1] > 0:
            return mpf(0)
        return mp.diff(lambda x: function(x, args[1]), args[0], order[0])
    return mp.diff(function, args if len(args) > 1 else args[0], order if len(args) > 1 else order[0])


for name, (function, points) in ROWS.items():
    for point in points:
        args = tuple(mpf(x) for x in (point if isinstance(point, tuple) else (point,)))
        unit = [tuple(int(i == j) for i in range(len(args))) for j in range(len(args))]
        both = [tuple(a + b for a, b in zip(first, second)) for first in unit for second in unit]
        columns = [args, [function(*args)],
                   [derivative(function, args, order) for order in unit],
                   [derivative(function, args, order) for order in both]]
        text = " | ".join(" ".join(mp.nstr(x, 20) for x in column) for column in columns)
        print(name, "|", text)
