"""Commands that are run while this process serves them."""

import asyncio
import os
from pathlib import Path


async def run(folder: Path, *command: str, **environment: str) -> None:
    """Run `command` in `folder`; fails with what it said where it does not end well."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"{' '.join(command)}\n{said.decode()}"
