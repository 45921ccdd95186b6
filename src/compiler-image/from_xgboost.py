"""XGBoost's trees as C, by Treelite and TL2cgen (Apache-2.0)."""

import re

from refused import Refused
from unpack import only_one

ENDINGS = (".model", ".json", ".ubj", ".bin", "xgboost-model")


def translate(files, folder, job):
    """Writes C into `folder`; returns what compiled.meta says of the model."""
    file = only_one(files, ENDINGS, "InputConfiguration: Exactly one XGBoost model file is allowed.")
    import tl2cgen

    model = load(file)
    try:
        tl2cgen.generate_c_code(model, folder, {"parallel_comp": min(16, max(1, model.num_tree // 50))})
    except tl2cgen.TL2cgenError as error:
        raise invalid(error) from error
    print(f"{model.num_tree} trees, {model.num_feature} features")
    return {"model": "trees", "features": model.num_feature}


def load(file):
    import treelite
    from treelite import frontend

    with open(file, "rb") as opened:
        start = opened.read(2)
    if start[:1] == b"\x80":
        raise invalid("The file is a pickle; save the model with save_model.")
    try:
        if start[:1] != b"{":
            return frontend.load_xgboost_model_legacy_binary(file)
        # JSON goes on with a name or white space; UBJSON with the type of what follows.
        form = "json" if start[1:2] in (b'"', b" ", b"\n", b"\r", b"\t") else "ubjson"
        return frontend.load_xgboost_model(file, format_choice=form)
    except treelite.TreeliteError as error:
        raise invalid(error) from error


def invalid(why):
    # Without time and place in the loader's own source.
    lines = [re.sub(r"^\[[\d:]+\] \S+: ", "", line.strip()) for line in str(why).splitlines() if line.strip()] or [""]
    return Refused(
        f"InputConfiguration: Invalid XGBoost model. Please make sure the framework you select is correct. {lines[0]}"
    )
