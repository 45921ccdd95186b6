"""Trees over binned features: boosted by gradients as XGBoost does (second order, L2), random forests, extremely random trees."""

import bisect
import math
import random
import time

from linear import sigmoid, softmax

BINS = 32


def edges_of(x):
    """Up to BINS - 1 cuts of each feature, at its quantiles."""
    cuts = []
    for j in range(len(x[0])):
        values = sorted(row[j] for row in x)
        distinct = sorted(set(values))
        if len(distinct) <= BINS:
            cuts.append([(a + b) / 2 for a, b in zip(distinct, distinct[1:])])
        else:
            cuts.append(sorted({values[len(values) * k // BINS] for k in range(1, BINS)}))
    return cuts


def binned(x, cuts):
    """By column: a value below the first cut is 0."""
    return [bytes(bisect.bisect_left(cut, row[j]) for row in x) for j, cut in enumerate(cuts)]


class Grower:
    """Grows trees that lower `sum(g * leaf + h * leaf ** 2 / 2)`."""

    def __init__(self, bins, cuts, depth, smoothing, least, gain, chance, extra=False):
        self.bins, self.cuts, self.depth = bins, cuts, depth
        self.smoothing, self.least, self.gain = smoothing, least, gain
        self.chance, self.extra = chance, extra

    def grow(self, rows, g, h, features):
        """A tree as nested lists: `[feature, cut, left, right]` or a leaf's value."""
        return self.node(rows, g, h, features, 0, None)

    def histograms(self, rows, g, h, features):
        found = {}
        for j in features:
            column, size = self.bins[j], len(self.cuts[j]) + 1
            slopes, bends = [0.0] * size, [0.0] * size
            for i in rows:
                b = column[i]
                slopes[b] += g[i]
                bends[b] += h[i]
            found[j] = (slopes, bends)
        return found

    def node(self, rows, g, h, features, level, known):
        slope, bend = sum(g[i] for i in rows), sum(h[i] for i in rows)
        leaf = -slope / (bend + self.smoothing) if bend + self.smoothing else 0.0
        if level == self.depth or len(rows) < 2 or bend < 2 * self.least:
            return leaf
        known = known or self.histograms(rows, g, h, features)
        best = self.split(known, slope, bend)
        if best is None:
            return leaf
        j, at = best
        column = self.bins[j]
        left = [i for i in rows if column[i] <= at]
        right = [i for i in rows if column[i] > at]
        if not left or not right:
            return leaf
        small, large = sorted((left, right), key=len)
        counts, others = None, None
        if level + 1 < self.depth:
            # The larger side's sums are what the smaller one leaves.
            counts = self.histograms(small, g, h, features)
            others = {
                k: tuple([a - b for a, b in zip(whole, part)] for whole, part in zip(known[k], counts[k])) for k in features
            }
        sides = {id(small): counts, id(large): others}
        return [
            j,
            self.cuts[j][at],
            self.node(left, g, h, features, level + 1, sides[id(left)]),
            self.node(right, g, h, features, level + 1, sides[id(right)]),
        ]

    def split(self, known, slope, bend):
        base, top, best = slope * slope / (bend + self.smoothing), self.gain, None
        for j, (slopes, bends) in known.items():
            size = len(slopes) - 1
            if size < 1:
                continue
            tried = self.chance.randrange(size) if self.extra else None
            gs = hs = 0.0
            for at in range(size):
                gs += slopes[at]
                hs += bends[at]
                if tried is not None and at != tried:
                    continue
                rest = bend - hs
                if hs < self.least or rest < self.least:
                    continue
                won = gs * gs / (hs + self.smoothing) + (slope - gs) ** 2 / (rest + self.smoothing) - base
                if won > top:
                    top, best = won, (j, at)
        return best


def value_of(tree, row):
    while isinstance(tree, list):
        tree = tree[2] if row[tree[0]] <= tree[1] else tree[3]
    return tree


def boost(x, y, w, classes, parameters, deadline):
    """Gradient boosting: XGBoost's parameters by XGBoost's names."""
    rows, chance = len(x), random.Random(11)
    cuts = edges_of(x)
    bins = binned(x, cuts)
    outputs = len(classes) if len(classes) > 2 else 1
    total = sum(w)
    if not classes:
        start = [sum(a * b for a, b in zip(y, w)) / total]
    elif outputs == 1:
        share = min(max(sum(a * b for a, b in zip(y, w)) / total, 1e-6), 1 - 1e-6)
        start = [math.log(share / (1 - share))]
    else:
        start = [math.log(max(sum(b for a, b in zip(y, w) if a == k) / total, 1e-6)) for k in range(outputs)]
    grower = Grower(
        bins,
        cuts,
        int(parameters['max_depth']),
        float(parameters['lambda']),
        float(parameters['min_child_weight']),
        float(parameters['gamma']),
        chance,
    )
    pace = float(parameters['eta'])
    kept_rows = max(2, int(rows * float(parameters['subsample'])))
    kept_features = max(1, round(len(cuts) * float(parameters['colsample_bytree'])))
    reached = [[value] * rows for value in start]
    rounds = []
    for _ in range(int(parameters['num_round'])):
        shares = list(zip(*(softmax(one) for one in zip(*reached)))) if outputs > 1 else None
        trees = []
        for k in range(outputs):
            if not classes:
                g = [(p - a) * b for p, a, b in zip(reached[0], y, w)]
                h = w
            else:
                p = shares[k] if shares else [sigmoid(value) for value in reached[0]]
                g = [(a - (t == k if shares else t)) * b for a, t, b in zip(p, y, w)]
                h = [max(a * (1 - a), 1e-6) * b for a, b in zip(p, w)]
            sample = chance.sample(range(rows), kept_rows) if kept_rows < rows else list(range(rows))
            features = chance.sample(range(len(cuts)), kept_features)
            tree = grower.grow(sample, g, h, features)
            trees.append(tree)
        for k, tree in enumerate(trees):
            own = reached[k]
            for i, row in enumerate(x):
                own[i] += pace * value_of(tree, row)
        rounds.append(trees)
        if time.monotonic() > deadline:
            break
    return {'start': start, 'pace': pace, 'rounds': rounds, 'classes': len(classes), 'link': True}


def forest(x, y, w, classes, parameters, deadline, extra=False):
    """Averages of trees that each saw other rows and features."""
    rows, chance = len(x), random.Random(13)
    cuts = edges_of(x)
    bins = binned(x, cuts)
    outputs = len(classes) if len(classes) > 2 else 1
    least = float(parameters['min_samples_leaf'])
    kept_features = max(1, round(len(cuts) * float(parameters['max_features'])))
    grower = Grower(bins, cuts, int(parameters['max_depth']), 1e-9, least, 1e-9, chance, extra)
    rounds = []
    for _ in range(int(parameters['n_estimators'])):
        drawn = range(rows) if extra else sorted(set(chance.choices(range(rows), k=rows)))
        features = chance.sample(range(len(cuts)), kept_features)
        trees = []
        for k in range(outputs):
            aims = [float(t == k) for t in y] if outputs > 1 else y
            trees.append(grower.grow(list(drawn), [-a * b for a, b in zip(aims, w)], w, features))
        rounds.append(trees)
        if time.monotonic() > deadline:
            break
    return {'start': [0.0] * outputs, 'pace': 1 / len(rounds), 'rounds': rounds, 'classes': len(classes), 'link': False}


def extra_trees(x, y, w, classes, parameters, deadline):
    return forest(x, y, w, classes, parameters, deadline, extra=True)


def predict(model, x):
    found = []
    for row in x:
        values = list(model['start'])
        for trees in model['rounds']:
            for k, tree in enumerate(trees):
                values[k] += model['pace'] * value_of(tree, row)
        found.append(answer(model, values))
    return found


def answer(model, values):
    if not model['classes']:
        return values[0]
    if model['classes'] == 2:
        p = sigmoid(values[0]) if model['link'] else min(max(values[0], 0.0), 1.0)
        return [1 - p, p]
    if model['link']:
        return softmax(values)
    positive = [max(value, 0.0) for value in values]
    total = sum(positive)
    return [value / total for value in positive] if total else [1 / len(values)] * len(values)
