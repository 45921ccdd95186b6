"""Columns of text become numbers, the same way for training and for predictions."""

import datetime

from data import is_missing, number

LEVELS = 12
"""Categories of a column that get a feature each; the others share one."""


def parse_date(text):
    """A time without a zone is taken as UTC, wherever the program runs."""
    try:
        date = datetime.datetime.fromisoformat(text.strip().replace('Z', '+00:00'))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=datetime.timezone.utc)


def kind_of(values, given=None):
    """What a column is: numeric, categorical, datetime, or nothing to learn from (text, constants, names of rows)."""
    present = [value for value in values if not is_missing(value)]
    distinct = set(present)
    if len(distinct) < 2:
        return None
    if given in ('numeric', 'categorical', 'datetime'):
        return given
    if given == 'text':
        return None
    sample = present[:2000]
    if sum(number(value) is not None for value in sample) >= 0.95 * len(sample):
        return 'numeric'
    if sum(parse_date(value) is not None for value in sample) >= 0.95 * len(sample):
        return 'datetime'
    return 'categorical' if len(distinct) <= max(2, 0.5 * len(present)) else None


def fit(header, rows, skip, only=None, types=None):
    """How each column is encoded: plain data, kept with the model."""
    columns = []
    for at, name in enumerate(header):
        if name in skip or (only is not None and name not in only):
            continue
        values = [row[at] for row in rows]
        kind = kind_of(values, (types or {}).get(name))
        column = {'name': name, 'kind': kind}
        if kind == 'numeric':
            known = sorted(value for value in map(number, values) if value is not None)
            column['median'] = known[len(known) // 2]
            column['gaps'] = len(known) < len(values)
        elif kind == 'categorical':
            counts = {}
            for value in values:
                key = value.strip()
                if not is_missing(key):
                    counts[key] = counts.get(key, 0) + 1
            ranked = sorted(counts, key=lambda key: (-counts[key], key))
            column['levels'] = ranked[:LEVELS]
            column['share'] = {key: counts[key] / len(values) for key in ranked} if len(ranked) > LEVELS else None
        elif kind == 'datetime':
            known = sorted(date.timestamp() for date in map(parse_date, values) if date)
            column['median'] = known[len(known) // 2]
        if kind:
            columns.append(column)
    return {'columns': columns}


def encode(column, value):
    kind = column['kind']
    if kind == 'numeric':
        parsed = number(value)
        filled = column['median'] if parsed is None else parsed
        return [filled, float(parsed is None)] if column['gaps'] else [filled]
    if kind == 'categorical':
        key = value.strip()
        levels = [float(key == level) for level in column['levels']]
        share = column['share']
        return levels if share is None else [*levels, share.get(key, 0.0)]
    date = parse_date(value) or datetime.datetime.fromtimestamp(column['median'], datetime.timezone.utc)
    return [date.timestamp(), float(date.year), float(date.month), float(date.day), float(date.weekday()), float(date.hour)]


def transform(encoder, header, rows):
    places = {name: at for at, name in enumerate(header)}
    plan = [(column, places.get(column['name'])) for column in encoder['columns']]
    matrix = []
    for row in rows:
        values = []
        for column, at in plan:
            values.extend(encode(column, '' if at is None else row[at]))
        matrix.append(values)
    return matrix
