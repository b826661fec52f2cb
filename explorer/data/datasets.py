"""The data sets that a network can be trained on: what they are, where they lie and how they are loaded.

Sizes count pictures. Pixels are bytes as published, 0 to 255, neither scaled nor normalised, and labels are positions
in `classes`. `is_available` looks at file sizes alone; `load` checks every byte (SHA-256) before anything is decoded,
so what is trained on is what was published. The shipped subset is a tenth of Fashion-MNIST: its accuracies are not
those of the full set.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from explorer.data import published
from explorer.data.files import DataError, DataFile, are_stored, read_files
from explorer.data.home import explorer_home
from explorer.data.pictures import Dataset, Pictures, from_cifar10, from_idx, from_tiles

__all__ = [
    "DATASETS",
    "DataError",
    "DataFile",
    "Dataset",
    "DatasetInfo",
    "Pictures",
    "data_files",
    "datasets_folder",
    "find_folder",
    "find_info",
    "home_folder",
    "is_available",
    "load",
    "other_ways",
]


class DatasetInfo(msgspec.Struct, frozen=True):
    """What is known of a data set without reading it."""

    title: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]  # (C, H, W)
    train_size: int  # pictures
    test_size: int
    source: str  # who made it and on which terms, in a sentence
    decode: Callable[[Mapping[str, bytes]], Dataset]
    folder: str = ""  # below `datasets_folder()`, where torchvision keeps it
    files: tuple[DataFile, ...] = ()  # unpacked; the shipped subset's are listed in its manifest
    archives: tuple[DataFile, ...] = ()  # as published: what a download brings
    mirrors: tuple[str, ...] = ()  # addresses that have the archives, each up to a file's name
    system_folder: Path | None = None  # where a package of Debian puts the same files
    system_package: str = ""


_SUBSET = "fashion-mnist-subset"
SUBSET_FOLDER = Path(__file__).parent / _SUBSET
_CLOTHES = "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"
_ANIMALS_AND_VEHICLES = "airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck"

DATASETS: dict[str, DatasetInfo] = {
    _SUBSET: DatasetInfo(
        title="Fashion-MNIST (subset)",
        classes=tuple(_CLOTHES.split(", ")),
        image_shape=(1, 28, 28),
        train_size=6_000,
        test_size=1_000,
        source="The first 600 and 100 pictures of each class of Fashion-MNIST, Zalando SE 2017, MIT licence.",
        decode=from_tiles,
    ),
    "fashion-mnist": DatasetInfo(
        title="Fashion-MNIST",
        classes=tuple(_CLOTHES.split(", ")),
        image_shape=(1, 28, 28),
        train_size=60_000,
        test_size=10_000,
        source="Xiao, Rasul and Vollgraf, Zalando SE 2017, arXiv:1708.07747, MIT licence.",
        decode=from_idx,
        folder="FashionMNIST/raw",
        files=published.FASHION_MNIST_FILES,
        archives=published.FASHION_MNIST_ARCHIVES,
        mirrors=published.FASHION_MNIST_MIRRORS,
        system_folder=Path("/usr/share/datasets/fashion-mnist"),
        system_package="dataset-fashion-mnist",
    ),
    "mnist": DatasetInfo(
        title="MNIST",
        classes=tuple("0123456789"),
        image_shape=(1, 28, 28),
        train_size=60_000,
        test_size=10_000,
        source="LeCun, Cortes and Burges 1998, from NIST's special databases 1 and 3, CC BY-SA 3.0.",
        decode=from_idx,
        folder="MNIST/raw",
        files=published.MNIST_FILES,
        archives=published.MNIST_ARCHIVES,
        mirrors=published.MNIST_MIRRORS,
    ),
    "cifar10": DatasetInfo(
        title="CIFAR-10",
        classes=tuple(_ANIMALS_AND_VEHICLES.split(", ")),
        image_shape=(3, 32, 32),
        train_size=50_000,
        test_size=10_000,
        source="Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; it states no licence.",
        decode=from_cifar10,
        files=published.CIFAR10_FILES,
        archives=published.CIFAR10_ARCHIVES,
        mirrors=published.CIFAR10_MIRRORS,
    ),
}


def load(name: str) -> Dataset:
    """Load a data set's training and test pictures, every file checked by its SHA-256.

    Images are uint8 (N, C, H, W), labels int64 (N,). Raises `DataError` for an unknown name and for a file that is
    missing, cut or altered.
    """
    info = find_info(name)
    folder = find_folder(name) or home_folder(name)
    return info.decode(read_files(folder, data_files(name), info.archives, _repair(name)))


def is_available(name: str) -> bool:
    """Say whether a data set's files lie on this machine with the right sizes; nothing is read or checked further."""
    return find_folder(name) is not None


def find_folder(name: str) -> Path | None:
    """Find the first folder that holds all of a data set's files in the right sizes, None if none does."""
    info = find_info(name)
    try:
        files = data_files(name)
    except DataError:
        return None
    folders = [home_folder(name), *([info.system_folder] if info.system_folder else [])]
    return next((folder for folder in folders if are_stored(folder, files, info.archives)), None)


def find_info(name: str) -> DatasetInfo:
    """Give what is known of a data set; raises `DataError` for an unknown name."""
    try:
        return DATASETS[name]
    except KeyError:
        raise DataError(f"There is no data set named {name!r}. Choose one of {', '.join(DATASETS)}.") from None


def data_files(name: str) -> tuple[DataFile, ...]:
    """List the files that a data set is read from; raises `DataError` if the shipped subset's manifest is unusable."""
    return _read_manifest() if name == _SUBSET else find_info(name).files


def datasets_folder() -> Path:
    """Give the folder that full data sets are downloaded to, laid out as torchvision's `root`."""
    return explorer_home() / "datasets"


def home_folder(name: str) -> Path:
    """Give the folder where this program keeps a data set's files, there or not."""
    return SUBSET_FOLDER if name == _SUBSET else datasets_folder() / find_info(name).folder


def other_ways(name: str, folder: Path) -> str:
    """Say in words how to go on without a download: what to put into `folder`, what to install, what else to train on.

    The words end a sentence that begins with another way.
    """
    info = find_info(name)
    names = ", ".join(archive.name for archive in info.archives)
    package = f"install Debian's package {info.system_package}, " if info.system_package else ""
    subset = DATASETS[_SUBSET].title
    return f"put the published {names} into {folder}, {package}or train on {subset}, which needs no download."


def _repair(name: str) -> str:
    if name == _SUBSET:
        return f"Restore {SUBSET_FOLDER} from where this program came from."
    return f"Download {DATASETS[name].title}, {other_ways(name, home_folder(name))}"


_FILES = msgspec.json.Decoder(tuple[DataFile, ...])


def _read_manifest() -> tuple[DataFile, ...]:
    path = SUBSET_FOLDER / "manifest.json"
    try:
        return _FILES.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}. {_repair(_SUBSET)}") from error
