"""Runs a compiled model on the machine that it was compiled for. Needs Python 3 and nothing else.

    python3 predict.py < input.json

Trees (XGBoost): a list of rows, each a list of numbers, null where a value is missing; printed is a list of rows of results.
Graphs (ONNX): an object of the inputs by name, each a nested list of the shape that compiled.meta gives; printed likewise.

    from predict import Model
    Model("folder").predict(...)
"""

import ctypes
import json
import os
import sys

TYPES = {
    "float32": ctypes.c_float,
    "float64": ctypes.c_double,
    "bool": ctypes.c_bool,
    **{f"int{bits}": getattr(ctypes, f"c_int{bits}") for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": getattr(ctypes, f"c_uint{bits}") for bits in (8, 16, 32, 64)},
}


class Model:
    def __init__(self, folder="."):
        folder = os.path.abspath(folder)
        with open(os.path.join(folder, "compiled.meta")) as file:
            self.meta = json.load(file)
        self.library = ctypes.CDLL(os.path.join(folder, self.meta["library"]))
        if "weights" in self.meta:
            self.library.compiled_load.restype = ctypes.c_bool
            if not self.library.compiled_load(os.path.join(folder, self.meta["weights"]).encode()):
                raise OSError("the weights cannot be read")

    def predict(self, data):
        return self._trees(data) if self.meta["model"] == "trees" else self._graph(data)

    def _trees(self, rows):
        library = self.library
        library.get_leaf_output_type.restype = ctypes.c_char_p
        library.get_threshold_type.restype = ctypes.c_char_p
        value = TYPES[library.get_threshold_type().decode()]

        class Entry(ctypes.Union):
            _fields_ = [("missing", ctypes.c_int), ("fvalue", value)]

        targets = library.get_num_target()
        classes = (ctypes.c_int32 * targets)()
        library.get_num_class(classes)
        count = targets * max(classes)
        results = []
        for row in rows:
            if len(row) > self.meta["features"]:
                raise ValueError(f"a row has {len(row)} values, the model {self.meta['features']} features")
            entries = (Entry * self.meta["features"])()
            for index, entry in enumerate(entries):
                given = row[index] if index < len(row) else None
                if given is None or given != given:
                    entry.missing = -1
                else:
                    entry.fvalue = given
            result = (TYPES[library.get_leaf_output_type().decode()] * count)()
            library.predict(entries, 0, result)
            results.append(list(result))
        return results

    def _graph(self, inputs):
        given = [_flat(inputs[one["name"]], one) for one in self.meta["inputs"]]
        made = [(TYPES[one["type"]] * _size(one["shape"]))() for one in self.meta["outputs"]]
        self.library.compiled(*given, *made)
        return {one["name"]: _nested(list(values), one["shape"]) for one, values in zip(self.meta["outputs"], made)}


def _size(shape):
    size = 1
    for one in shape:
        size *= one
    return size


def _flat(values, port):
    for _ in port["shape"][1:]:
        values = [one for row in values for one in row]
    values = list(values) if port["shape"] else [values]
    if len(values) != _size(port["shape"]):
        raise ValueError(f"input {port['name']} is not of shape {port['shape']}")
    return (TYPES[port["type"]] * len(values))(*values)


def _nested(values, shape):
    for size in reversed(shape[1:]):
        values = [values[start : start + size] for start in range(0, len(values), size)]
    return values if shape else values[0]


if __name__ == "__main__":
    print(json.dumps(Model(os.path.dirname(os.path.abspath(__file__))).predict(json.load(sys.stdin))))
