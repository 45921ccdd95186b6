"""Compiles the model of a compilation job. What it is given and what it leaves: see `src/jobs/compiler.ts`.

/opt/ml/input/model.tar.gz and /opt/ml/input/config/compilation.json go in; the artifact's files are left in /opt/ml/model.
Exit code 1: the user's fault, told in /opt/ml/output/failure. Any other code than 0: a fault of the compiler.
"""

import json
import os
import sys

sys.path[:0] = ["/opt/program", "/opt/compiler"]

from refused import Refused  # noqa: E402
from unpack import unpack  # noqa: E402

ML = "/opt/ml"


def main():
    with open(f"{ML}/input/config/compilation.json") as file:
        job = json.load(file)
    work = "/tmp/compilation"
    os.makedirs(f"{work}/model")
    os.makedirs(f"{work}/source")
    files = unpack(f"{ML}/input/model.tar.gz", f"{work}/model")
    print(f"Model files: {', '.join(sorted(os.path.relpath(file, f'{work}/model') for file in files))}")
    if job["framework"] == "XGBOOST":
        from from_xgboost import translate
    elif job["framework"] == "ONNX":
        from from_onnx import translate
    else:
        raise Refused(f"InputConfiguration: The framework {job['framework']} is not supported.")
    meta = translate(files, f"{work}/source", job)
    from to_library import compile_library

    compile_library(f"{work}/source", f"{ML}/model", job, meta)


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        print(error)
        os.makedirs(f"{ML}/output", exist_ok=True)
        with open(f"{ML}/output/failure", "w") as file:
            file.write(str(error)[:1000])
        sys.exit(1)
