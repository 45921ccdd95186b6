"""The SageMaker Python SDK v3's own check of execution roles, one JSON line a question, one an answer.

A question is the arguments of resolve_and_validate_role, and the keys to ask with where they are not the environment's;
or {"create": role type, "s3_resource": bucket}, by which the SDK makes such a role. An answer is {"role": ARN} or
{"error": type, "message"}, and {"logged": lines} beside it.
"""

import json
import logging
import pkgutil
import sys
import types

import boto3

# The module needs nothing but botocore; the packages around it would bring in numpy and all.
for name in ["sagemaker", "sagemaker.core", "sagemaker.core.helper"]:
    package = types.ModuleType(name)
    package.__path__ = pkgutil.extend_path([], name)
    sys.modules[name] = package

from sagemaker.core.helper import iam_role_resolver  # noqa: E402

iam_role_resolver.time.sleep = lambda seconds: None  # here roles are there at once


class Session:
    def __init__(self, keys):
        self.boto_session = boto3.Session(**keys)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.levelname} {record.getMessage()}")


def role(keys, create=None, **arguments):
    session = Session(keys)
    if create:
        return iam_role_resolver.IamRoleResolver(session).create_execution_role(create, **arguments)
    return iam_role_resolver.resolve_and_validate_role(sagemaker_session=session, **arguments)


def answer(keys={}, **question):
    log = Lines()
    iam_role_resolver.logger.handlers = [log]
    try:
        given = {"role": role(keys, **question)}
    except Exception as error:
        given = {"error": type(error).__name__, "message": str(error)}
    return {**given, "logged": log.lines}


iam_role_resolver.logger.setLevel(logging.INFO)
iam_role_resolver.logger.propagate = False
for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
