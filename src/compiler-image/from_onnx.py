"""An ONNX graph as C, by emx-onnx-cgen (Apache-2.0)."""

import re
import subprocess
import sys

from refused import Refused
from unpack import only_one

# C types of the generated prototype, as names of numpy's types.
TYPES = {
    "float": "float32",
    "double": "float64",
    "_Bool": "bool",
    **{f"{sign}int{bits}_t": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}


def translate(files, folder, job):
    """Writes C (and compiled.bin, weights too large for it) into `folder`; returns what compiled.meta says of the model."""
    file = only_one(files, [".onnx"], "InputConfiguration: Exactly one .onnx file is allowed for ONNX models.")
    model = load(file)
    given = shapes_of(model, job.get("inputs"))
    import onnx

    whole = f"{folder}/model.onnx"
    onnx.save(model, whole)
    dims = [f"{name}:{axis}={size}" for name, axis, size in open_dims(model, given)]
    generate(whole, f"{folder}/compiled.c", dims)
    inputs, outputs = ports(f"{folder}/compiled.c", [one.name for one in inputs_of(model)], model)
    return {"model": "graph", "inputs": inputs, "outputs": outputs}


def load(file):
    import onnx

    try:
        model = onnx.load(file)  # with its external data, which may not lie outside of its folder
        if not model.graph.node:
            raise cannot_convert("The graph is empty.")
        return model
    except Refused:
        raise
    except Exception as error:  # protobuf's and onnx's own kinds differ by release
        raise cannot_convert(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def inputs_of(model):
    constants = {one.name for one in model.graph.initializer}
    return [one for one in model.graph.input if one.name not in constants]


def shapes_of(model, given):
    """Shapes by input's name, as the job's DataInputConfig gives them: by name, or in order."""
    names = [one.name for one in inputs_of(model)]
    shapes = {}
    for index, one in enumerate(given or []):
        name = one.get("name") or (names[index] if index < len(names) else None)
        if name not in names:
            raise Refused(
                f"InputConfiguration: Input {name or index} of the Input Shape dictionary is not an input of the model: {', '.join(names)}."
            )
        shapes[name] = one["shape"]
    return shapes


def open_dims(model, given):
    """Sizes for dimensions that the model leaves open; what it fixes must be as given."""
    for one in inputs_of(model):
        dims = one.type.tensor_type.shape.dim
        shape = given.get(one.name)
        wrong = Refused(f"InputConfiguration: Input {one.name} has wrong shape in Input Shape dictionary.")
        if shape is not None and len(shape) != len(dims):
            raise wrong
        for axis, dim in enumerate(dims):
            if dim.WhichOneof("value") == "dim_value":
                if shape is not None and shape[axis] != dim.dim_value:
                    raise wrong
            elif shape is None:
                raise Refused(
                    f"InputConfiguration: The shape of input {one.name} is not fixed by the model; specify it in DataInputConfig."
                )
            else:
                yield one.name, axis, shape[axis]


def generate(model, source, dims):
    command = [sys.executable, "-I", "-B", "-c"]
    command += ["import sys; sys.path.insert(0, '/opt/compiler'); from emx_onnx_cgen.cli import main; sys.exit(main())"]
    command += ["compile", model, source, "--model-name", "compiled", "--color", "never"]
    for dim in dims:
        command += ["--input-dim", dim]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(done.stdout, flush=True)
    if done.returncode == 0:
        return
    result = re.search(r"^Result: (.*)$", done.stdout, re.M)
    if not result:
        raise RuntimeError("the translation of the graph ended without a result")
    operator = re.match(r"Unsupported op (?:ai\.onnx\.)?(\S+)", result[1])
    raise cannot_convert(
        f"The following operators are not implemented: {{'{operator[1]}'}}" if operator else result[1]
    )


def ports(source, names, model):
    """Inputs and outputs in the order of the C function's parameters: names of the graph, types and shapes of the code."""
    with open(source) as file:
        parameters = re.search(r"^void compiled\((.*)\) \{$", file.read(), re.M)[1]
    found = []
    for parameter in re.split(r", (?![^\[]*\])", parameters):
        words = re.match(r"(?:const )?(\w+) \w+((?:\[[^\]]*\])*)$", parameter)
        if not words or words[1] not in TYPES:
            raise cannot_convert(f"Values of this type are not supported: {parameter}")
        shape = [int(size) for size in re.findall(r"\[(?:restrict )?(\d+)\]", words[2])]
        found.append({"type": TYPES[words[1]], "shape": shape})
    names = names + [one.name for one in model.graph.output]
    if len(names) != len(found):
        raise RuntimeError(f"the graph has {len(names)} inputs and outputs, its code {len(found)}")
    named = [{"name": name, **one} for name, one in zip(names, found)]
    count = len(inputs_of(model))
    return named[:count], named[count:]


def cannot_convert(why):
    return Refused(
        f"InputConfiguration: TVM cannot convert ONNX model. Please make sure the framework you selected is correct. {why}"
    )
