"""The user's archive, unpacked inside the sandbox: regular files only, none of them outside the folder."""

import os
import tarfile
import zlib

from refused import Refused

BROKEN = "InputConfiguration: Unable to untar input model. Please confirm the model is a tar.gz file"


def unpack(archive, folder):
    """Paths of the files."""
    files = []
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                parts = [part for part in member.name.split("/") if part not in ("", ".")]
                if not member.isreg() or ".." in parts or parts[-1].startswith("._"):
                    continue
                path = os.path.join(folder, *parts)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                source = tar.extractfile(member)
                with open(path, "wb") as file:
                    while chunk := source.read(1 << 20):
                        file.write(chunk)
                files.append(path)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise Refused(BROKEN) from error
    return files


def only_one(files, endings, sentence):
    """The one file whose name ends so."""
    found = [file for file in files if file.endswith(tuple(endings))]
    if len(found) != 1:
        raise Refused(sentence)
    return found[0]
