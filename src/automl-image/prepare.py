"""Looks at the data, finds what kind of problem it is, splits and encodes it.

Every step does so anew, and comes to the same: so none reads what another wrote, and a role that may encrypt the job's output
need not be able to decrypt it.
"""

import json
import os
import random

import features
from data import DataError, files_below, is_missing, number, read_table, write_json

MIN_ROWS = 500
"""API_CreateAutoMLJob: a minimum of 500 rows is required for the training dataset."""
MAX_CLASSES = 2000
"""Autopilot quotas: classes of a multiclass problem."""
ROWS_LEARNT_FROM = 20_000
"""What the standard library alone can learn from in useful time; more are sampled, and the log says so."""


def prepare(ml, given):
    """The first step: tells what it found, and keeps how columns are encoded."""
    prepared = prepared_of(ml, given)
    write_json(os.path.join(ml, 'model', 'preprocessor.json'), kept(prepared))
    rows, held = len(prepared['train']['y']), len(prepared['validation']['y'])
    print(f'data:Rows={rows}; data:ValidationRows={held}; data:Classes={len(prepared["classes"])};', flush=True)
    size = sum(os.path.getsize(path) for path in files_below(os.path.join(ml, 'input', 'data', 'training')))
    print(f'data:Features={len(prepared["train"]["x"][0])}; data:Bytes={size};', flush=True)


def kept(prepared):
    """What predictions need of it."""
    return {key: prepared[key] for key in ('problem', 'classes', 'target', 'header', 'encoder')}


def prepared_of(ml, given):
    channel = lambda name: os.path.join(ml, 'input', 'data', name)
    target, weight = given['target'], given.get('sample_weight')
    header, rows = labelled(*read_table(channel('training')), target, weight)
    if len(rows) < MIN_ROWS:
        raise DataError(
            f'The training dataset has {len(rows)} rows with a target. A minimum of {MIN_ROWS} rows is required.'
        )
    at = header.index(target)
    problem, classes = problem_of([row[at].strip() for row in rows], given.get('problem_type'))
    print(f'{len(rows)} rows, {len(header) - 1} columns beside the target', flush=True)
    chance = random.Random(int(given['seed']))
    if os.path.isdir(channel('validation')):
        own, held = labelled(*read_table(channel('validation')), target, weight)
        if sorted(own) != sorted(header):
            raise DataError('The columns of the validation dataset are not those of the training dataset.')
        order = [own.index(name) for name in header]
        held = [[row[at] for at in order] for row in held]
    else:
        rows, held = split(rows, at, classes, float(given.get('validation_fraction', 0.2)), chance)
    if len(rows) > ROWS_LEARNT_FROM:
        print(f'learning from {ROWS_LEARNT_FROM} of {len(rows)} rows, taken at random', flush=True)
        rows = chance.sample(rows, ROWS_LEARNT_FROM)
    if not held:
        raise DataError('The validation dataset is empty.')

    wanted = feature_specification(channel('features'))
    encoder = features.fit(header, rows, {target, weight}, *wanted)
    if not encoder['columns']:
        raise DataError('The dataset has no column to learn from beside the target.')
    prepared = {'problem': problem, 'classes': classes, 'target': target, 'header': header, 'encoder': encoder}
    for name, part in (('train', rows), ('validation', held)):
        prepared[name] = {
            'x': features.transform(encoder, header, part),
            'y': outcomes([row[at].strip() for row in part], classes, name),
            'w': weights(header, part, weight),
        }
    return prepared


def labelled(header, rows, target, weight):
    """The rows that say what they are."""
    for name in (target, weight):
        if name is not None and name not in header:
            raise DataError(f"The column '{name}' is not in the dataset.")
    at = header.index(target)
    return header, [row for row in rows if not is_missing(row[at])]


def problem_of(values, given):
    """inferred: AWS says no more than that the type and the number of the target's values decide."""
    distinct = sorted(set(values))
    numeric = all(number(value) is not None for value in distinct)
    if numeric:
        distinct.sort(key=float)
    if given is None:
        few = len(distinct) <= 20 and all(number(value).is_integer() for value in distinct) if numeric else True
        given = 'BinaryClassification' if len(distinct) == 2 else 'MulticlassClassification' if few else 'Regression'
    if given == 'Regression':
        if not numeric:
            raise DataError('The target of a regression problem must be numeric.')
        return given, []
    if len(distinct) < 2:
        raise DataError('The target has one value only: there is nothing to learn.')
    if given == 'BinaryClassification' and len(distinct) != 2:
        raise DataError(f'The target of a binary classification problem has {len(distinct)} values.')
    if len(distinct) > MAX_CLASSES:
        raise DataError(f'The target has {len(distinct)} classes. At most {MAX_CLASSES} are supported.')
    return given, distinct


def split(rows, at, classes, fraction, chance):
    """Every class keeps its share on both sides."""
    groups = {}
    for row in rows:
        groups.setdefault(row[at].strip() if classes else None, []).append(row)
    kept, held = [], []
    for key in sorted(groups, key=str):
        group = groups[key]
        chance.shuffle(group)
        cut = min(round(len(group) * fraction), len(group) - 1)
        held.extend(group[:cut])
        kept.extend(group[cut:])
    chance.shuffle(kept)
    return kept, held


def outcomes(values, classes, part):
    if not classes:
        numbers = [number(value) for value in values]
        if None in numbers:
            raise DataError(f'The target of the {part} dataset is not numeric everywhere.')
        return numbers
    places = {name: at for at, name in enumerate(classes)}
    strange = next((value for value in values if value not in places), None)
    if strange is not None:
        raise DataError(f"The {part} dataset has the target '{strange}', which the training dataset has not.")
    return [places[value] for value in values]


def weights(header, rows, name):
    if name is None:
        return None
    at = header.index(name)
    found = [number(row[at]) for row in rows]
    if any(value is None or value < 0 for value in found):
        raise DataError(f"The sample weights in '{name}' must be numbers that are not negative.")
    return found


def feature_specification(folder):
    """FeatureSpecificationS3Uri: FeatureAttributeNames and FeatureDataTypes, each optional."""
    if not os.path.isdir(folder):
        return None, None
    (path,) = files_below(folder)
    try:
        with open(path, encoding='utf-8') as file:
            told = json.load(file)
        return told.get('FeatureAttributeNames'), told.get('FeatureDataTypes')
    except (ValueError, AttributeError) as error:
        raise DataError('The feature specification is no JSON object.') from error
