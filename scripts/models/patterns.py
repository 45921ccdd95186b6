"""Equals of the few patterns in AWS's models that JavaScript cannot run as they stand.

The pattern itself is what AWS prints in its messages; the equal (`match` in the compiled model) is what runs.
`test/wire/patterns.test.ts` fails when a new botocore brings a pattern that needs a row here.
A value's whole length is matched, and its `max` is checked before.
"""

METADATA = r'([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)'

EQUALS = {
    # Exponential when backtracking: one string has many readings. The equal has one reading.
    r'^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$': r'[a-z0-9*]+(?:[._\-/][a-z0-9*]+)*',
    r'[a-z0-9]([-a-z0-9]*[a-z0-9]){0,39}?': r'[a-z0-9](?:[-a-z0-9]*[a-z0-9])?',
    # At least three characters beside the slashes; `max` 1024 leaves no room for more than 1016 groups.
    r'https://([.\-_a-zA-Z0-9]+/?){3,1016}': r'https://(?=(?:[.\-_a-zA-Z0-9]/?){3})[.\-_a-zA-Z0-9]+(?:/[.\-_a-zA-Z0-9]+)*/?',
    # Text without Unicode's line and paragraph separators, which a dot does not take.
    r'.*(?:[ \r\n\t].*)*': r'[^\u2028\u2029]*',
    r'.*(?:[ \r\n\t].*)*.*': r'[^\u2028\u2029]*',
    # Cubic.
    r'.*[0-9a-z]+.*': r'[^0-9a-z\n\r\u2028\u2029]*[0-9a-z].*',
    r'[0-9]*.[0-9]*.[0-9]*': r'(?=..)[0-9]*(?:[^0-9\n\r\u2028\u2029][0-9]*){0,2}',
    # Quadratic, and without a maximum.
    r'\/?.+\/.+': r'.[^/\n\r\u2028\u2029]*\/.+',
    # Java's `$` may be repeated; the length is in `min` and `max` anyway.
    METADATA + '${1,128}': METADATA,
    METADATA + '${1,256}': METADATA,
    # Java's anchors and POSIX classes.
    r'\A\S[\p{Print}]*\z': r'\S[\x20-\x7e]*',
    r'arn:[\p{Alnum}\-]+:lambda:[\p{Alnum}\-]+:[0-9]{12}:function:.*': r'arn:[a-zA-Z0-9\-]+:lambda:[a-zA-Z0-9\-]+:[0-9]{12}:function:.*',
}


def equal(pattern):
    """What to run in place of `pattern`, or None where the pattern itself can run."""
    return EQUALS.get(pattern)
