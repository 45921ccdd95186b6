"""A candidate: one algorithm with its parameters, or a weighted mean of several; trained, then measured on held-out rows."""

import json
import os
import time

import linear
import trees
from data import write_json
from metrics import scores
from prepare import kept, prepared_of

FIT = {
    'linear-learner': linear.fit,
    'xgboost': trees.boost,
    'randomforest': trees.forest,
    'extra-trees': trees.extra_trees,
}
PREDICT = {
    'linear-learner': linear.predict,
    'xgboost': trees.predict,
    'randomforest': trees.predict,
    'extra-trees': trees.predict,
}


def train(ml, given):
    join(ml, given, [{'algorithm': given['algorithm'], 'parameters': given}])


def ensemble(ml, given):
    join(ml, given, json.loads(given['members']))


def join(ml, given, wanted):
    """Trains what is wanted; together they are the candidate."""
    deadline = time.monotonic() + float(given['seconds'])
    prepared = prepared_of(ml, given)
    part, classes = prepared['train'], prepared['classes']
    shares = shares_of(wanted, part, classes, deadline) if len(wanted) > 1 else [1.0]
    members = [
        {'algorithm': one['algorithm'], 'share': share, 'model': fitted(one, part, classes, part_of(deadline, wanted))}
        for one, share in zip(wanted, shares)
        if share
    ]
    finish(ml, prepared, members)


def part_of(deadline, wanted):
    """Each may use its part of the time that is left."""
    now = time.monotonic()
    return now + (deadline - now) / len(wanted)


def fitted(one, part, classes, deadline):
    weight = part['w'] or [1.0] * len(part['y'])
    return FIT[one['algorithm']](part['x'], part['y'], weight, classes, one['parameters'], deadline)


ROUNDS = 25


def shares_of(wanted, part, classes, deadline):
    """How much each member says: one is added again and again, always that which helps most on rows that none has learnt from."""
    rows = range(len(part['y']))
    chosen = lambda keep: {key: part[key] and [part[key][i] for i in rows if keep(i)] for key in ('x', 'y', 'w')}
    learnt, held = chosen(lambda i: i % 5), chosen(lambda i: i % 5 == 0)
    said = [
        PREDICT[one['algorithm']](fitted(one, learnt, classes, part_of(deadline, wanted * 2)), held['x']) for one in wanted
    ]
    problem = 'Classification' if classes else 'Regression'
    loss = 'LogLoss' if classes else 'MSE'
    counts = [0] * len(wanted)
    for _ in range(ROUNDS):
        costs = []
        for at in range(len(wanted)):
            counts[at] += 1
            costs.append(scores(problem, classes, held['y'], mean(said, counts), held['w'])[loss])
            counts[at] -= 1
        counts[costs.index(min(costs))] += 1
    print('shares:', ' '.join(f'{one["algorithm"]}={count / ROUNDS:.2f}' for one, count in zip(wanted, counts)), flush=True)
    return [count / ROUNDS for count in counts]


def mean(said, shares):
    total = sum(shares)
    if isinstance(said[0][0], list):
        return [
            [sum(share * p for share, p in zip(shares, column)) / total for column in zip(*rows)] for rows in zip(*said)
        ]
    return [sum(share * value for share, value in zip(shares, values)) / total for values in zip(*said)]


def predictions(members, x):
    """The mean of what the members say, each by its share."""
    said = [PREDICT[one['algorithm']](one['model'], x) for one in members]
    return mean(said, [one['share'] for one in members])


def finish(ml, prepared, members):
    problem, classes = prepared['problem'], prepared['classes']
    for name in ('train', 'validation'):
        part = prepared[name]
        found = scores(problem, classes, part['y'], predictions(members, part['x']), part['w'])
        print(' '.join(f'{name}:{key}={value:.9g};' for key, value in found.items()), flush=True)
    sample = prepared['validation']['x'][:20]
    begun = time.perf_counter()
    for row in sample:
        predictions(members, [row])
    print(f'validation:InferenceLatency={(time.perf_counter() - begun) / len(sample):.9g};', flush=True)
    write_json(os.path.join(ml, 'model', 'model.json'), {**kept(prepared), 'members': members})
