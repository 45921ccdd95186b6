"""Makes the models of these tests and what they predict (expected.json), by the frameworks that the models are of:

    python3 -m venv v && v/bin/pip install xgboost==3.2.0 onnx==1.23.2 onnxruntime==1.32.0 && v/bin/python make.py
"""

import json
import os

import numpy as np
import onnx
import onnxruntime
import xgboost
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(7)
expected = {}


def trees(name, form, target, params):
    rows = rng.normal(size=(300, 6)).astype("float32")
    rows[rng.random(rows.shape) < 0.08] = np.nan
    booster = xgboost.train({"max_depth": 3, "seed": 1, **params}, xgboost.DMatrix(rows, target(np.nan_to_num(rows))), 6)
    booster.save_model(f"{name}.{form}")
    os.replace(f"{name}.{form}", f"{name}.model")  # a formatter of JSON would break it
    asked = rows[:24]
    given = [[None if np.isnan(value) else float(value) for value in row] for row in asked]
    made = booster.predict(xgboost.DMatrix(asked)).reshape(len(asked), -1)
    expected[name] = {"input": given, "output": made.tolist()}


trees("binary", "json", lambda x: (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype(int), {"objective": "binary:logistic"})
trees("classes", "ubj", lambda x: (x[:, 0] > 0).astype(int) + (x[:, 1] > 0.3), {"objective": "multi:softprob", "num_class": 3})


def weights(*shape):
    return (rng.normal(size=shape) * 0.3).astype("float32")


# The last layer is larger than what the compiler keeps in the code.
constants = {"W": weights(4, 1, 3, 3), "B": weights(4), "G": weights(64, 512), "H": weights(512, 3), "C": weights(3)}
nodes = [
    helper.make_node("Conv", ["data", "W", "B"], ["conv"], pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["conv"], ["relu"]),
    helper.make_node("MaxPool", ["relu"], ["pool"], kernel_shape=[2, 2], strides=[2, 2]),
    helper.make_node("Flatten", ["pool"], ["flat"]),
    helper.make_node("MatMul", ["flat", "G"], ["wide"]),
    helper.make_node("Tanh", ["wide"], ["tanh"]),
    helper.make_node("Gemm", ["tanh", "H", "C"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
]
graph = helper.make_graph(
    nodes,
    "digits",
    [helper.make_tensor_value_info("data", TensorProto.FLOAT, ["batch", 1, 8, 8])],
    [
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 3]),
        helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
    ],
    [numpy_helper.from_array(value, name) for name, value in constants.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, "digits.onnx")
data = rng.normal(size=(2, 1, 8, 8)).astype("float32")
probabilities, label = onnxruntime.InferenceSession("digits.onnx").run(None, {"data": data})
expected["digits"] = {
    "input": {"data": data.tolist()},
    "output": {"probabilities": probabilities.tolist(), "label": label.tolist()},
}

with open("expected.json", "w") as file:
    json.dump(expected, file)
