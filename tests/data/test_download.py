import gzip
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torchvision.datasets import CIFAR10, FashionMNIST

from explorer.data.datasets import DATASETS, DataError, DataFile, Dataset, DatasetInfo, Pictures
from explorer.data.download import DownloadProgress, download, published_addresses, throttled
from explorer.data.files import read_files
from tests.data.mirror import Mirror

CONTENTS = {"images": bytes(range(256)) * 2_000, "labels": b"0123456789" * 30}
PACKED = {f"{name}.gz": gzip.compress(content) for name, content in CONTENTS.items()}
BAD = {
    "altered": PACKED["images.gz"][:-1] + b"?",
    "cut": PACKED["images.gz"][:-1],
    "too long": PACKED["images.gz"] + bytes(1_000_000),
    "a login page": b"<html>Please log in to the school's network</html>",
}


def _as_files(contents: dict[str, bytes]) -> tuple[DataFile, ...]:
    return tuple(
        DataFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    )


def _never(_contents: object) -> Dataset:
    nothing = Pictures(images=torch.empty(0), labels=torch.empty(0))
    return Dataset(train=nothing, test=nothing)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> DatasetInfo:
    """A set of two small files; no proxy lies between this machine and itself."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    info = DatasetInfo(
        title="Tiny",
        classes=("one",),
        image_shape=(1, 1, 1),
        train_size=1,
        test_size=1,
        source="",
        decode=_never,
        folder="Tiny/raw",
        files=_as_files(CONTENTS),
        archives=_as_files(PACKED),
    )
    monkeypatch.setitem(DATASETS, "tiny", info)
    return info


def addresses(*mirrors: Mirror) -> dict[str, list[str]]:
    return {name: [mirror.address + name for mirror in mirrors] for name in PACKED}


def lying_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


WHOLE = {f"Tiny/raw/{name}": content for name, content in PACKED.items()}


def test_download_brings_every_file_and_counts_its_bytes(tmp_path: Path, tiny: DatasetInfo) -> None:
    with Mirror(PACKED) as mirror:
        steps = list(download("tiny", tmp_path, addresses(mirror)))
    total = sum(map(len, PACKED.values()))
    assert lying_in(tmp_path) == WHOLE
    assert read_files(tmp_path / "Tiny/raw", tiny.files, tiny.archives, repair="") == CONTENTS
    assert {step.total for step in steps} == {total}
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1] == DownloadProgress(file="", done=total, total=total, state="finished")
    assert {step.file for step in steps if step.state == "downloading"} == set(PACKED)


@pytest.mark.parametrize("fault", [*BAD, "absent"])
def test_mirror_that_fails_is_passed_over(fault: str, tmp_path: Path) -> None:
    faulty = {"images.gz": BAD[fault]} if fault in BAD else {}
    with Mirror(faulty) as first, Mirror(PACKED) as second:
        steps = list(download("tiny", tmp_path, addresses(first, second)))
    assert "images.gz" in first.requests
    assert all(step.done <= step.total for step in steps)
    assert lying_in(tmp_path) == WHOLE


@pytest.mark.parametrize("fault", [*BAD, "absent"])
def test_file_that_no_mirror_has_leaves_nothing_and_says_what_to_do(fault: str, tmp_path: Path) -> None:
    faulty = {"images.gz": BAD[fault]} if fault in BAD else {}
    with Mirror(faulty) as mirror, pytest.raises(DataError) as caught:
        list(download("tiny", tmp_path, addresses(mirror)))
    assert lying_in(tmp_path) == {}
    for words in (
        "images.gz could not",
        mirror.address,
        "images.gz, labels.gz into",
        str(tmp_path / "Tiny/raw"),
        "subset",
    ):
        assert words in str(caught.value)


def test_offline_is_told_in_words(tmp_path: Path) -> None:
    with Mirror({}) as mirror:
        closed = addresses(mirror)
    with pytest.raises(DataError, match=r"Connection refused.*Check the connection and try again, put the published"):
        list(download("tiny", tmp_path, closed))
    assert lying_in(tmp_path) == {}


def test_only_what_is_missing_or_altered_is_downloaded(tmp_path: Path) -> None:
    raw = tmp_path / "Tiny/raw"
    raw.mkdir(parents=True)
    (raw / "labels").write_bytes(CONTENTS["labels"])  # unpacked, as torchvision leaves it
    (raw / "images.gz").write_bytes(gzip.compress(CONTENTS["images"][:-1] + b"?"))
    with Mirror(PACKED) as mirror:
        list(download("tiny", tmp_path, addresses(mirror)))
        list(download("tiny", tmp_path, addresses(mirror)))
    assert mirror.requests == ["images.gz"]
    assert (raw / "images.gz").read_bytes() == PACKED["images.gz"]


def test_two_downloads_at_once_do_not_meet(tmp_path: Path) -> None:
    with Mirror(PACKED) as mirror:
        running = [download("tiny", tmp_path, addresses(mirror)) for _ in range(2)]
        firsts = [next(steps) for steps in running]  # each now holds a half file of its own
        assert [step.state for step in firsts] == ["downloading"] * 2
        assert len(list(tmp_path.rglob("*.part"))) == 2
        lasts = [list(steps)[-1].state for steps in running]
    assert lasts == ["finished"] * 2
    assert lying_in(tmp_path) == WHOLE


def test_download_that_is_given_up_leaves_nothing_half(tmp_path: Path) -> None:
    with Mirror(PACKED) as mirror:
        steps = download("tiny", tmp_path, addresses(mirror))
        next(steps)
        assert list(tmp_path.rglob("*.part"))
        steps.close()
    assert lying_in(tmp_path) == {}


def test_half_files_of_killed_downloads_are_removed_and_those_of_running_ones_kept(tmp_path: Path) -> None:
    raw = tmp_path / "Tiny/raw"
    raw.mkdir(parents=True)
    for name, age in (("killed", 2 * 3_600), ("running", 30)):
        (raw / f"images.gz.{name}.part").write_bytes(b"half")
        os.utime(raw / f"images.gz.{name}.part", times=(time.time() - age,) * 2)
    with Mirror(PACKED) as mirror:
        list(download("tiny", tmp_path, addresses(mirror)))
    assert [path.name for path in raw.glob("*.part")] == ["images.gz.running.part"]


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "Tiny").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"Tiny/raw cannot be written: .*EXPLORER_HOME"):
        list(download("tiny", tmp_path, {}))


def test_shipped_subset_needs_no_download(tmp_path: Path) -> None:
    assert [step.state for step in download("fashion-mnist-subset", tmp_path)] == ["finished"]


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist", "cifar10"])
def test_there_is_an_address_of_every_file(name: str) -> None:
    published = published_addresses(name)
    assert set(published) == {archive.name for archive in DATASETS[name].archives}
    assert all(address.endswith("/" + file) for file, tried in published.items() for address in tried)
    assert published_addresses("cifar10")[CIFAR10.filename] == [CIFAR10.url]
    assert published_addresses("fashion-mnist")["t10k-labels-idx1-ubyte.gz"][0].startswith(FashionMNIST.mirrors[0])


def test_throttled_keeps_the_first_and_the_last_step() -> None:
    def steps() -> Iterator[DownloadProgress]:
        for done in range(100):
            yield DownloadProgress(file="images.gz", done=done, total=100, state="downloading")
        yield DownloadProgress(file="", done=100, total=100, state="finished")

    assert [step.done for step in throttled(steps(), seconds=3_600)] == [0, 100]
    assert len(list(throttled(steps(), seconds=0))) == 101
