"""Reads tables: CSV files with a header, gzipped or not."""

import csv
import gzip
import io
import json
import os
import random

MISSING = {'', 'na', 'n/a', 'nan', 'null', 'none', '?'}
GZIP = b'\x1f\x8b'


class DataError(Exception):
    """What is wrong with the data, in words for its owner."""


ROWS_KEPT = 100_000


def read_table(folder):
    """All files of a folder as one table: header and rows. Their columns must be the same; their order may differ.

    Of more than ROWS_KEPT rows so many are kept, each as probably as any other.
    """
    header, rows, seen = None, [], 0
    chance = random.Random(3)
    for path in files_below(folder):
        own, more = read_file(path)
        if own is None:
            continue
        if header is None:
            header = own
        if own != header:
            if sorted(own) != sorted(header):
                raise DataError(f'The columns of {os.path.basename(path)} are not those of the other files.')
            order = [own.index(name) for name in header]
            more = reordered(more, order)
        for row in more:
            seen += 1
            if seen <= ROWS_KEPT:
                rows.append(row)
            elif (at := chance.randrange(seen)) < ROWS_KEPT:
                rows[at] = row
    if header is None:
        raise DataError('The dataset is empty.')
    if seen > ROWS_KEPT:
        print(f'{len(rows)} of {seen} rows are looked at, taken at random', flush=True)
    return header, rows


def reordered(rows, order):
    for row in rows:
        yield [row[at] for at in order]


def files_below(folder):
    found = []
    for place, _, names in os.walk(folder):
        found.extend(os.path.join(place, name) for name in names)
    return sorted(found)


def read_file(path):
    """Header and rows; the rows are read as they are asked for, so that a file may be larger than memory."""
    reader = lines_of(path)
    return next(reader, None), reader


def lines_of(path):
    """The header, then each row."""
    name = os.path.basename(path)
    try:
        with open(path, 'rb') as file:
            packed = file.read(2) == GZIP
        with gzip.open(path) if packed else open(path, 'rb') as file:
            reader = csv.reader(io.TextIOWrapper(file, encoding='utf-8-sig', newline=''))
            header = [cell.strip() for cell in next(reader, [])]
            if not header:
                return
            if len(set(header)) != len(header):
                raise DataError(f'A column of {name} is there twice.')
            yield header
            for row in reader:
                if row and len(row) != len(header):
                    raise DataError(f'Line {reader.line_num} of {name} has {len(row)} values, not {len(header)}.')
                if row:
                    yield row
    except (UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
        raise DataError(f'{name} is no CSV file in UTF-8: {error}') from error


def is_missing(text):
    return text.strip().lower() in MISSING


def number(text):
    """The finite number that a text says, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value - value == 0 else None


def write_json(path, value):
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(value, file)
