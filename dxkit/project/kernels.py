"""Notebooks in kernels of this Python, several side by side.

They run in the event loop of a thread of its own. The main thread receives what happens, writes and says it, and stops
all kernels at once when it is interrupted.
"""

import asyncio
import os
import queue
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from dxkit.files.errors import DataError
from dxkit.project import cells

LAB = 'running notebooks needs JupyterLab; install it with: pip install "dxkit[lab]"'
CELL_SECONDS = 600
CGROUP = Path("/sys/fs/cgroup/cpu.max")
_KERNEL = ("--log-level=40", "--InteractiveShellApp.extra_extensions=dxkit.project.alt_text")
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")  # kernels side by side share the processors


class Task(NamedTuple):
    """A notebook to run: on which data (None for its own), where `dx.out` writes, whether its outputs are stored."""

    path: Path
    data: str | Path | None
    made: Path
    save: bool


class Cell(NamedTuple):
    """A cell begins: its number and how many there are; 0 while the kernel starts."""

    number: int
    total: int


class Ran(NamedTuple):
    """A notebook with its outputs, and its first fault or ""."""

    notebook: Any
    fault: str


def processors() -> int:
    """How many processors this process may use: those that it is bound to, and no more than its container's share."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = CGROUP.read_text().split()
        return min(bound, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no container, or one without a limit
        return bound


def side_by_side(tasks: Sequence[Task], jobs: int, tick: float = 1.0) -> Generator[tuple[int, Any]]:
    """Run notebooks, `jobs` at a time, and tell what happens as it does.

    Gives the number of a task with `Cell`, and at its end with `Ran` or the exception that stopped it; and (-1, None)
    whenever nothing happened for `tick` seconds. Close it to stop all kernels.
    """
    try:
        import nbclient  # noqa: F401  # here, because a thread cannot say it
    except ImportError:
        raise DataError(LAB) from None
    events: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()

    async def one(k: int, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                ended: Any = await _executed(tasks[k], lambda cell: events.put((k, cell)))
            except Exception as error:
                ended = error
        events.put((k, ended))

    async def everything() -> None:
        handle.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        gate = asyncio.Semaphore(jobs)
        await asyncio.gather(*(one(k, gate) for k in range(len(tasks))))

    def work() -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(everything())

    handle: Future[tuple[asyncio.AbstractEventLoop, Any]] = Future()
    thread = threading.Thread(target=work, name="kernels")
    thread.start()
    try:
        left = len(tasks)
        while left:
            try:
                event = events.get(timeout=tick)
            except queue.Empty:
                event = (-1, None)
            left -= event[0] >= 0 and not isinstance(event[1], Cell)
            yield event
    finally:
        loop, all_of_it = handle.result()
        with suppress(RuntimeError):  # all notebooks have ended, and the loop is closed
            loop.call_soon_threadsafe(all_of_it.cancel)
        thread.join()


async def _executed(task: Task, report: Callable[[Cell], None]) -> Ran:
    """Run one notebook; files that it writes (`dx.out`) go to the folder `made`."""
    import nbclient
    import nbformat
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    class OwnPython(AsyncKernelManager):
        """A kernel of this very Python, whatever kernels are installed."""

        @property
        def kernel_spec(self):
            return KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_KERNEL],
                display_name="Python 3",
                language="python",
                env={
                    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # another one would lose the pictures
                    "DXKIT_OUT": str(task.made),
                    **{name: "1" for name in _THREADS if name not in os.environ},
                },
            )

    path = task.path
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        raise DataError(f"{path.name} is not a notebook, or it is damaged") from None
    told = [notebook.metadata.get(part, {}) for part in ("kernelspec", "language_info")]
    language = str(told[0].get("language") or told[1].get("name") or "python")
    if language.casefold() != "python":
        raise DataError(f"{path.name} is a notebook in {language}; dxkit runs notebooks in Python")
    task.made.mkdir()
    own = None if task.save else cells.adapt(notebook, path, task.data)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    at = 0
    report(Cell(at, len(code)))

    def begun(cell, cell_index, **_):
        nonlocal at
        if cell_index in code:
            at = code.index(cell_index) + 1
            report(Cell(at, len(code)))

    def finished(cell, cell_index, execute_reply):
        """A line that IPython refuses, such as an unknown magic, stops its cell and leaves no error beside it."""
        told = execute_reply["content"]
        if told["status"] == "error" and not any(output.output_type == "error" for output in cell.outputs):
            error = {"ename": told["ename"], "evalue": told["evalue"], "traceback": []}
            cell.outputs.append(nbformat.v4.new_output("error", **error))

    manager = OwnPython()
    client = nbclient.NotebookClient(
        notebook,
        km=manager,  # whose end is seen to here: nbclient leaves a kernel behind that is interrupted while it starts
        timeout=CELL_SECONDS,
        startup_timeout=CELL_SECONDS,  # the first start of a new environment compiles everything
        record_timing=False,
        allow_errors=True,
        on_cell_start=begun,
        on_cell_executed=finished,
        store_widget_state=False,  # a page of its own has no program behind the sliders
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    stopped, ended = "", False
    try:
        await client.async_execute()
        ended = True
    except CellTimeoutError:
        stopped = f"the cell ran for more than {CELL_SECONDS} s and was stopped"
    except DeadKernelError:
        stopped = "the kernel died, perhaps because memory ran out"
    finally:
        if manager.has_kernel and await manager.is_alive():
            await manager.shutdown_kernel(now=not ended)
        await manager.cleanup_resources()
        if client.kc is not None:
            client.kc.stop_channels()
    if own is not None:
        own.cell.source = own.shown
    fault = cells.boxed(notebook, at if stopped else None, stopped)
    return Ran(notebook, f"{path.name}, {fault}" if fault else "")
