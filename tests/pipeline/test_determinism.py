"""Same input, same output: any order of files, size of blocks, number of threads."""

import gzip
import json
import random
import shutil
from pathlib import Path

import pytest

from logsense import pipeline
from logsense.report import document

SAMPLES = Path(__file__).parents[2] / "sample_logs"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded incident, unpacked, so that blocks of any size can be cut."""
    folder = tmp_path_factory.mktemp("incident")
    for packed in sorted((SAMPLES / "stock-pages" / "logs").iterdir()):
        with gzip.open(packed) as source, (folder / packed.stem).open("wb") as target:
            shutil.copyfileobj(source, target)
    return folder


def answer(paths: list[str], **options: object) -> str:
    """The whole result as JSON; only the wall time is not part of it."""
    return json.dumps(document(pipeline.analyze(paths, **options)), sort_keys=True)


def test_order_of_files_blocks_and_threads_change_nothing(logs: Path) -> None:
    """Twenty shuffles of the files, blocks from 64 KiB to 16 MiB, one thread and several: one result."""
    files = [str(path) for path in sorted(logs.iterdir())]
    first = answer(files, threads=1)
    assert json.loads(first)["incidents"]
    rng = random.Random(20)
    sizes = [64 << 10, 100_001, 1 << 20, 8 << 20, 16 << 20]
    for turn in range(20):
        rng.shuffle(files)
        again = answer(files, threads=1 + turn % 4, block_size=sizes[turn % len(sizes)])
        assert again == first, f"turn {turn}"
