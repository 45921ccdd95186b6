"""C as a library of the target, by Zig's C compiler (MIT; Clang and LLD inside), which brings every target's C library."""

import glob
import json
import os
import re
import shutil
import subprocess

from refused import Refused

ZIG = "/opt/compiler/ziglang/zig"


def zig(target, library, sources, options):
    """What it said when it failed."""
    command = [ZIG, "build-lib", "-dynamic", "-target", target["triple"], f"-mcpu={target['cpu']}", "-lc"]
    command += ["-OReleaseFast", "-fstrip", "-fno-sanitize-c", "-fno-ubsan-rt", "-z", "defs", f"-femit-bin={library}", *options]
    # No contraction: a model's numbers are then the same on every machine.
    command += ["-cflags", "-ffp-contract=off", "-Wno-everything", "--", *sources]
    print(" ".join(command), flush=True)
    cache = {"ZIG_GLOBAL_CACHE_DIR": "/tmp/zig", "ZIG_LOCAL_CACHE_DIR": "/tmp/zig"}
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", **cache}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(done.stdout, end="", flush=True)
    return done.stdout or "?" if done.returncode != 0 else None


def compile_library(source, artifact, job, meta):
    """Leaves the library, compiled.meta and predict.py in `artifact`, and what was derived of the inputs in /opt/ml/output."""
    target = job["target"]
    os.makedirs(artifact, exist_ok=True)
    windows = "-windows-" in target["triple"]
    library = "compiled.dll" if windows else "compiled.so"
    sources = sorted(glob.glob(f"{source}/*.c"))
    # Few models need Zig's helpers for what a CPU lacks, which take longer to build than all the rest.
    # Windows' own start-up code always does.
    said = "undefined symbol" if windows else zig(target, f"{artifact}/{library}", sources, ["-fno-compiler-rt"])
    if said and "undefined symbol" in said:
        said = zig(target, f"{artifact}/{library}", sources, ["-fno-emit-implib"] if windows else [])
    if said:
        if re.search(r"unknown CPU|unknown .*feature", said, re.I):
            raise Refused(f"OutputConfiguration: CompilerOptions name an unknown CPU or feature: {target['cpu']}")
        raise RuntimeError("the C compiler failed")
    if os.path.exists(f"{source}/compiled.bin"):
        shutil.copy(f"{source}/compiled.bin", artifact)
        meta["weights"] = "compiled.bin"
    shutil.copy("/opt/program/predict.py", artifact)
    whole = {"format": 1, "framework": job["framework"], "target": target, "library": library, **meta}
    with open(f"{artifact}/compiled.meta", "w") as file:
        json.dump(whole, file, indent=2)
    if "inputs" in meta:
        os.makedirs("/opt/ml/output", exist_ok=True)
        with open("/opt/ml/output/data-input-config", "w") as file:
            json.dump({one["name"]: one["shape"] for one in meta["inputs"]}, file)
    print(f"Compiled {library} for {target['name']} ({target['triple']}, {target['cpu']})", flush=True)
