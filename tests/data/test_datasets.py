import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.datasets import CIFAR10, MNIST, FashionMNIST

from explorer.data import datasets
from explorer.data.datasets import DATASETS, DataError, find_folder, is_available, load
from explorer.data.make_fashion_subset import write_subset
from tests.data import fashion_mnist

SUBSET = Path(datasets.__file__).parent / "fashion-mnist-subset"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def raw(home: Path) -> Path:
    """The full Fashion-MNIST below EXPLORER_HOME as torchvision leaves it, unpacked."""
    folder = home / "datasets" / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    for name in fashion_mnist.PACKED_AT:
        (folder / name).write_bytes(fashion_mnist.unpacked(name))
    return folder


@pytest.mark.parametrize("name", ["fashion-mnist-subset", "fashion-mnist"])
def test_what_is_loaded_is_what_the_catalogue_says(name: str, home: Path) -> None:
    info = DATASETS[name]
    data = load(name)
    for pictures, size in ((data.train, info.train_size), (data.test, info.test_size)):
        assert pictures.images.shape == (size, *info.image_shape)
        assert pictures.images.dtype == torch.uint8
        assert pictures.labels.dtype == torch.int64
        assert pictures.labels.bincount().tolist() == [size // len(info.classes)] * len(info.classes)


@pytest.mark.parametrize(("split", "prefix", "count"), [("train", "train", 600), ("test", "t10k", 100)])
def test_subset_is_the_first_pictures_of_each_class(split: str, prefix: str, count: int) -> None:
    images, labels = fashion_mnist.read_split(prefix)
    pictures = getattr(load("fashion-mnist-subset"), split)
    for label in range(10):
        shipped = pictures.images[pictures.labels == label].squeeze(1).numpy()
        assert np.array_equal(shipped, images[labels == label][:count]), label


def test_any_start_of_the_subset_is_balanced() -> None:
    labels = load("fashion-mnist-subset").train.labels
    assert all(labels[: 10 * n].bincount().tolist() == [n] * 10 for n in (1, 7, 600))


def test_manifest_lists_every_tile_with_its_sum() -> None:
    entries = json.loads((SUBSET / "manifest.json").read_text())
    assert {entry["name"]: (entry["size"], entry["sha256"]) for entry in entries} == {
        tile.name: (tile.stat().st_size, hashlib.sha256(tile.read_bytes()).hexdigest()) for tile in SUBSET.glob("*.png")
    }
    assert len(entries) == 20
    assert sum(entry["size"] for entry in entries) < 3_000_000


@pytest.mark.slow
def test_script_makes_the_shipped_pictures_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load("fashion-mnist-subset")
    write_subset(fashion_mnist.FOLDER, tmp_path / "once")
    write_subset(fashion_mnist.FOLDER, tmp_path / "twice")
    monkeypatch.setattr(datasets, "SUBSET_FOLDER", tmp_path / "once")
    assert torch.equal(load("fashion-mnist-subset").train.images, shipped.train.images)
    assert torch.equal(load("fashion-mnist-subset").test.images, shipped.test.images)
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (tmp_path / "twice" / path.name).read_bytes()


def test_full_set_is_what_torchvision_reads(home: Path, raw: Path) -> None:
    assert find_folder("fashion-mnist") == raw
    data = load("fashion-mnist")
    for pictures, train in ((data.train, True), (data.test, False)):
        witness = FashionMNIST(root=home / "datasets", train=train)
        assert torch.equal(pictures.images.squeeze(1), witness.data)
        assert torch.equal(pictures.labels, witness.targets)
        assert tuple(witness.classes) == DATASETS["fashion-mnist"].classes


def test_catalogue_agrees_with_torchvision() -> None:
    names = {name: [archive.name for archive in info.archives] for name, info in DATASETS.items()}
    assert names["fashion-mnist"] == [file for file, _ in FashionMNIST.resources]
    assert sorted(names["mnist"]) == sorted(file for file, _ in MNIST.resources)
    assert names["cifar10"] == [CIFAR10.filename]
    assert list(DATASETS["fashion-mnist"].mirrors) == FashionMNIST.mirrors
    assert list(DATASETS["mnist"].mirrors) == MNIST.mirrors
    assert [mirror + CIFAR10.filename for mirror in DATASETS["cifar10"].mirrors] == [CIFAR10.url]
    batches = [f"{CIFAR10.base_folder}/{file}" for file, _ in CIFAR10.train_list + CIFAR10.test_list]
    assert [file.name for file in DATASETS["cifar10"].files] == batches


def test_sums_of_packed_fashion_mnist_belong_to_the_files_that_torchvision_names() -> None:
    contents = fashion_mnist.published()
    assert {name: hashlib.md5(content).hexdigest() for name, content in contents.items()} == dict(
        FashionMNIST.resources
    )
    for archive in DATASETS["fashion-mnist"].archives:
        assert hashlib.sha256(contents[archive.name]).hexdigest() == archive.sha256
        assert len(contents[archive.name]) == archive.size


def test_set_that_is_not_there_is_not_available_and_says_how_to_get_it(home: Path) -> None:
    assert not is_available("mnist")
    with pytest.raises(DataError) as caught:
        load("mnist")
    for words in ("train-images-idx3-ubyte", str(home), "Download MNIST", "Fashion-MNIST (subset)"):
        assert words in str(caught.value)


def test_altered_file_is_refused_by_name_though_its_size_is_right(raw: Path) -> None:
    labels = raw / "t10k-labels-idx1-ubyte"
    content = bytearray(labels.read_bytes())
    content[5_000] ^= 1
    labels.write_bytes(content)
    assert is_available("fashion-mnist")
    with pytest.raises(DataError, match=r"t10k-labels-idx1-ubyte is altered: .*0402a96d92.*Download Fashion-MNIST"):
        load("fashion-mnist")


def test_packed_good_file_is_read_rather_than_the_altered_one_beside_it(raw: Path) -> None:
    labels = raw / "t10k-labels-idx1-ubyte"
    (raw / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels.read_bytes()))
    labels.write_bytes(bytes(10_008))
    assert load("fashion-mnist").test.labels.bincount().tolist() == [1_000] * 10


def test_cut_file_makes_the_set_unavailable_there(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = raw / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1])
    assert find_folder("fashion-mnist") == fashion_mnist.FOLDER  # the package's copy is whole
    monkeypatch.setitem(DATASETS, "fashion-mnist", _without_system_folder("fashion-mnist"))
    assert not is_available("fashion-mnist")
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte is cut .* 47,040,015 bytes .* 47,040,016 are right"):
        load("fashion-mnist")


@pytest.mark.parametrize("damage", ["altered", "cut", "missing", "no manifest"])
def test_damaged_subset_is_refused_by_name(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "subset"
    shutil.copytree(SUBSET, folder)
    monkeypatch.setattr(datasets, "SUBSET_FOLDER", folder)
    name = _damage(folder, damage)
    with pytest.raises(DataError) as caught:
        load("fashion-mnist-subset")
    assert name in str(caught.value)
    assert "Restore" in str(caught.value)
    assert is_available("fashion-mnist-subset") == (damage == "altered")  # sizes are all that it looks at


def test_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(DataError, match=r"no data set named 'kmnist'.*fashion-mnist-subset.*cifar10"):
        load("kmnist")


def test_a_download_waits_for_no_library_that_decodes() -> None:
    code = "import sys, explorer.data.download; sys.exit(bool({'torch', 'numpy', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=SUBSET.parents[2], check=False).returncode == 0


def _damage(folder: Path, damage: str) -> str:
    tile = folder / "train-3.png"
    content = tile.read_bytes()
    if damage == "no manifest":
        (folder / "manifest.json").write_text("[")
        return "manifest.json"
    if damage == "missing":
        tile.unlink()
    else:
        tile.write_bytes(content[:-1] if damage == "cut" else content[:-20] + b"\0" + content[-19:])
    return tile.name


def _without_system_folder(name: str) -> datasets.DatasetInfo:
    fields = {field: getattr(DATASETS[name], field) for field in datasets.DatasetInfo.__struct_fields__}
    return datasets.DatasetInfo(**{**fields, "system_folder": None})
