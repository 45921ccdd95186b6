"""Autopilot's metrics by their names, each over weighted rows ("Autopilot metrics for classification and regression")."""

import math


def scores(problem, classes, truth, predicted, weight=None):
    """`predicted`: numbers, or for each row the probability of each class."""
    weight = weight or [1.0] * len(truth)
    return regression(truth, predicted, weight) if problem == 'Regression' else classification(classes, truth, predicted, weight)


def ratio(part, whole):
    return part / whole if whole else 0.0


def regression(truth, predicted, weight):
    total = sum(weight)
    mean = sum(w * y for y, w in zip(truth, weight)) / total
    squares = sum(w * (y - p) ** 2 for y, p, w in zip(truth, predicted, weight))
    spread = sum(w * (y - mean) ** 2 for y, w in zip(truth, weight))
    return {
        'MSE': squares / total,
        'RMSE': math.sqrt(squares / total),
        'MAE': sum(w * abs(y - p) for y, p, w in zip(truth, predicted, weight)) / total,
        'R2': 1 - ratio(squares, spread) if spread else 0.0,
    }


def classification(classes, truth, predicted, weight):
    count, total = len(classes), sum(weight)
    hits, said, real = [0.0] * count, [0.0] * count, [0.0] * count
    loss = 0.0
    for y, row, w in zip(truth, predicted, weight):
        best = max(range(count), key=row.__getitem__)
        said[best] += w
        real[y] += w
        if best == y:
            hits[y] += w
        loss -= w * math.log(min(max(row[y], 1e-15), 1.0))
    precision = [ratio(hits[k], said[k]) for k in range(count)]
    recall = [ratio(hits[k], real[k]) for k in range(count)]
    f1 = [ratio(2 * p * r, p + r) for p, r in zip(precision, recall)]
    seen = [k for k in range(count) if real[k]]
    mean = lambda values: sum(values[k] for k in seen) / len(seen)
    common = {'Accuracy': sum(hits) / total, 'BalancedAccuracy': mean(recall), 'LogLoss': loss / total}
    if count == 2:
        chance = [row[1] for row in predicted]
        return {**common, 'F1': f1[1], 'Precision': precision[1], 'Recall': recall[1], 'AUC': auc(truth, chance, weight)}
    return {**common, 'F1macro': mean(f1), 'PrecisionMacro': mean(precision), 'RecallMacro': mean(recall)}


def auc(truth, chance, weight):
    """How probably a positive row ranks above a negative one; ties count half."""
    order = sorted(range(len(truth)), key=chance.__getitem__)
    below = above = won = 0.0
    at = 0
    while at < len(order):
        negative = positive = 0.0
        value = chance[order[at]]
        while at < len(order) and chance[order[at]] == value:
            if truth[order[at]]:
                positive += weight[order[at]]
            else:
                negative += weight[order[at]]
            at += 1
        won += positive * (below + negative / 2)
        below += negative
        above += positive
    return ratio(won, below * above) if below and above else 0.5
