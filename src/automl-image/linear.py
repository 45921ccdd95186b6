"""Linear and logistic regression with L2 regularisation: mini-batches and Adam, on scaled features."""

import math
import random
import time


def fit(x, y, w, classes, parameters, deadline):
    width, rows = len(x[0]), len(x)
    means = [sum(row[j] for row in x) / rows for j in range(width)]
    scales = [math.sqrt(sum((row[j] - means[j]) ** 2 for row in x) / rows) or 1.0 for j in range(width)]
    model = {'means': means, 'scales': scales}
    scaled = [scale(model, row) for row in x]
    outputs = len(classes) if len(classes) > 2 else 1
    centre, spread = 0.0, 1.0
    if not classes:
        centre = sum(y) / rows
        spread = math.sqrt(sum((one - centre) ** 2 for one in y) / rows) or 1.0
    model.update(centre=centre, spread=spread, outputs=outputs, classes=len(classes))
    beta = [[0.0] * (width + 1) for _ in range(outputs)]
    first = [[0.0] * (width + 1) for _ in range(outputs)]
    second = [[0.0] * (width + 1) for _ in range(outputs)]
    rate, penalty = float(parameters['learning_rate']), float(parameters['wd'])
    epochs, size = int(parameters['epochs']), 32
    mean_weight = sum(w) / rows or 1.0
    order, chance, step = list(range(rows)), random.Random(7), 0
    for epoch in range(epochs):
        chance.shuffle(order)
        pace = rate * (1 - epoch / epochs)
        for start in range(0, rows, size):
            batch = order[start : start + size]
            slopes = [[0.0] * (width + 1) for _ in range(outputs)]
            for i in batch:
                row = scaled[i]
                for k, slip in enumerate(slips(beta, row, y[i], classes, centre, spread)):
                    slip *= w[i] / mean_weight / len(batch)
                    slope = slopes[k]
                    for j, value in enumerate(row):
                        slope[j] += slip * value
                    slope[width] += slip
            step += 1
            down, across = 1 - 0.9**step, 1 - 0.999**step
            for k in range(outputs):
                line, slope, one, two = beta[k], slopes[k], first[k], second[k]
                for j in range(width + 1):
                    g = slope[j] + (penalty * line[j] if j < width else 0.0)
                    one[j] = 0.9 * one[j] + 0.1 * g
                    two[j] = 0.999 * two[j] + 0.001 * g * g
                    line[j] -= pace * (one[j] / down) / (math.sqrt(two[j] / across) + 1e-8)
        if time.monotonic() > deadline:
            break
    model['beta'] = beta
    return model


def scale(model, row):
    return [(value - mean) / width for value, mean, width in zip(row, model['means'], model['scales'])]


def reach(line, row):
    return sum(b * value for b, value in zip(line, row)) + line[-1]


def slips(beta, row, y, classes, centre, spread):
    """Slope of the loss in each output."""
    if not classes:
        return [reach(beta[0], row) - (y - centre) / spread]
    if len(classes) == 2:
        return [sigmoid(reach(beta[0], row)) - y]
    return [p - (k == y) for k, p in enumerate(softmax([reach(line, row) for line in beta]))]


def sigmoid(value):
    return 1 / (1 + math.exp(-value)) if value > -500 else 0.0


def softmax(values):
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def predict(model, x):
    found = []
    for row in x:
        values = [reach(line, scale(model, row)) for line in model['beta']]
        if not model['classes']:
            found.append(values[0] * model['spread'] + model['centre'])
        elif model['classes'] == 2:
            p = sigmoid(values[0])
            found.append([1 - p, p])
        else:
            found.append(softmax(values))
    return found
