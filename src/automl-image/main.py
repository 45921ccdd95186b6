"""The image of AutoML's steps: `train` prepares data, trains a candidate or joins several; `serve` predicts.

Needs Python 3's standard library alone, so that it runs on any machine that has Python.
"""

import json
import os
import sys
import traceback

ML = os.environ.get('AUTOML_ML', '/opt/ml')


def main():
    os.umask(0o022)
    if sys.argv[1:] == ['serve']:
        from serve import serve

        return serve(os.path.join(ML, 'model', 'model.json'))
    try:
        with open(os.path.join(ML, 'input', 'config', 'hyperparameters.json'), encoding='utf-8') as file:
            given = json.load(file)
        step = given['step']
        if step == 'prepare':
            from prepare import prepare

            prepare(ML, given)
        else:
            from candidate import ensemble, train

            {'train': train, 'ensemble': ensemble}[step](ML, given)
    except Exception as error:  # what is told to the user
        traceback.print_exc()
        from data import DataError

        text = str(error) if isinstance(error, DataError) else f'{type(error).__name__}: {error}'
        with open(os.path.join(ML, 'output', 'failure'), 'w', encoding='utf-8') as file:
            file.write(text[:1024])
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
