"""Compile AWS's API models, as botocore ships them, into the compact `models/<service>.json`.

    .venv/bin/python scripts/models/compile.py

Kept: operations, shapes, bindings, constraints, error codes. Left out: prose, examples, client-side hints.
One line per operation and shape, in botocore's own words, so that an update reads as a diff and src/wire/model.ts
needs to parse only the lines that are asked for:

    member   "Shape" or "Shape@locationName" ("Shape@": its name with a small first letter), or an object where
             there is more to say
    shape    "string" where there is only a type, else an object
    match    an equal of `pattern` that JavaScript can run in linear time, where the pattern itself it cannot (patterns.py)

The output depends on nothing but the pinned botocore.
"""

import gzip
import json
import sys
from pathlib import Path

import botocore

sys.dont_write_bytecode = True
from patterns import equal  # noqa: E402

SERVICES = ['iam', 'sts', 'ec2', 's3', 'kms', 'ecr', 'logs', 'cloudwatch', 'application-autoscaling', 'sagemaker',
            'sagemaker-runtime', 'sagemaker-featurestore-runtime', 'iam-toolbox', 'organizations']
ROOT = Path(__file__).resolve().parents[2]
DATA = Path(botocore.__file__).parent / 'data'

SOURCE = {
    'package': 'botocore',
    'version': botocore.__version__,
    'licence': 'Apache-2.0',
    'copyright': 'Amazon.com, Inc. or its affiliates',
}

HEADER = ['protocol', 'protocols', 'apiVersion', 'signingName', 'endpointPrefix', 'xmlNamespace', 'targetPrefix',
          'jsonVersion', 'awsQueryCompatible']
SHAPE = ['type', 'required', 'min', 'max', 'pattern', 'enum', 'flattened', 'locationName', 'payload', 'streaming',
         'eventstream', 'event', 'exception', 'error', 'fault', 'sensitive', 'timestampFormat', 'union', 'document',
         'xmlNamespace']
MEMBER = ['shape', 'location', 'locationName', 'queryName', 'flattened', 'xmlAttribute', 'xmlNamespace', 'streaming',
          'eventpayload', 'timestampFormat', 'jsonvalue', 'idempotencyToken']


def keep(source, names):
    return {name: source[name] for name in names if source.get(name) not in (None, False)}


def member(source, name=''):
    kept = keep(source, MEMBER)
    if set(kept) == {'shape'}:
        return kept['shape']
    if set(kept) == {'shape', 'locationName'}:
        usual = name[:1].lower() + name[1:]
        return f'{kept["shape"]}@{"" if kept["locationName"] == usual else kept["locationName"]}'
    return kept


def shape(source):
    kept = keep(source, SHAPE)
    if kept.get('exception') or kept.get('error'):
        # Some services mark errors by `exception` only: AWS's status then is 400, or 500 for a fault of its own.
        error = keep(source.get('error', {}), ['code', 'httpStatusCode', 'senderFault'])
        kept['error'] = {'httpStatusCode': 500 if source.get('fault') else 400, **error}
        kept.pop('exception', None)
        kept.pop('fault', None)
    if 'pattern' in kept and equal(kept['pattern']) is not None:
        kept['match'] = equal(kept['pattern'])
    if 'members' in source:
        kept['members'] = {name: member(value, name) for name, value in source['members'].items()}
    for part in ('member', 'key', 'value'):
        if part in source:
            kept[part] = member(source[part])
    return kept['type'] if set(kept) == {'type'} else kept


def operation(source):
    kept = {}
    http = {k: v for k, v in source['http'].items() if (k, v) not in (('method', 'POST'), ('requestUri', '/'), ('responseCode', 200))}
    if http:
        kept['http'] = http
    if 'input' in source:
        kept['input'] = member(source['input'])
    if 'output' in source:
        kept['output'] = source['output']['shape']
        if 'resultWrapper' in source['output']:
            kept['resultWrapper'] = source['output']['resultWrapper']
    if source.get('errors'):
        kept['errors'] = [error['shape'] for error in source['errors']]
    if source.get('authtype') == 'none':
        kept['auth'] = 'none'
    if source.get('httpChecksum', {}).get('requestChecksumRequired'):
        kept['checksumRequired'] = True
    return {**kept, **keep(source, ['deprecated', 'endpoint'])}


def header(name, source):
    kept = keep(source['metadata'], HEADER)
    kept.setdefault('signingName', {'cloudwatch': 'monitoring'}.get(name, source['metadata']['endpointPrefix']))
    kept['protocols'] = source['metadata'].get('protocols', [kept['protocol']])
    if 'awsQueryCompatible' in source['metadata']:
        kept['awsQueryCompatible'] = True
    return kept


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


def lines(table):
    return ',\n'.join(f'{dump(name)}:{dump(value)}' for name, value in sorted(table.items()))


def compile_service(name):
    newest = sorted((DATA / name).iterdir())[-1] / 'service-2.json.gz'
    with gzip.open(newest) as file:
        source = json.load(file)
    head = header(name, source)
    operations = {key: operation(value) for key, value in source['operations'].items()}
    shapes = {key: shape(value) for key, value in source['shapes'].items()}
    top = ',\n'.join(f'{dump(key)}:{dump(value)}' for key, value in {'source': SOURCE, 'service': name, **head}.items())
    text = f'{{{top},\n"operations":{{\n{lines(operations)}\n}},\n"shapes":{{\n{lines(shapes)}\n}}}}\n'
    (ROOT / 'models' / f'{name}.json').write_text(text, encoding='utf-8')
    return head


def main():
    heads = {name: compile_service(name) for name in SERVICES}
    # Sallyport's own service is written by hand in the same form.
    own = json.loads((ROOT / 'models' / 'sallyport.json').read_text(encoding='utf-8'))
    heads['sallyport'] = keep(own, HEADER)
    (ROOT / 'models' / 'index.json').write_text(f'{{"source":{dump(SOURCE)},\n"services":{{\n{lines(heads)}\n}}}}\n', encoding='utf-8')


if __name__ == '__main__':
    main()
