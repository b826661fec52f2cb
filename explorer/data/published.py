"""The files of the full data sets: name, size in bytes and SHA-256, unpacked and as their publishers pack them.

The sums of Fashion-MNIST's packed files belong to the files whose MD5 sums Zalando publishes; MNIST's and CIFAR-10's
are those of the files that torchvision names by MD5. Mirrors, in the order to try, are torchvision's too.
"""

from explorer.data.files import DataFile

FASHION_MNIST_MIRRORS = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
MNIST_MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")
CIFAR10_MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)


def _table(text: str) -> tuple[DataFile, ...]:
    rows = [line.split() for line in text.strip().splitlines()]
    return tuple(DataFile(name=name, size=int(size), sha256=sha256) for sha256, size, name in rows)


FASHION_MNIST_FILES = _table("""
c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888  47040016  train-images-idx3-ubyte
bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9     60008  train-labels-idx1-ubyte
5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b   7840016  t10k-images-idx3-ubyte
0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34     10008  t10k-labels-idx1-ubyte
""")

FASHION_MNIST_ARCHIVES = _table("""
3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84  26421880  train-images-idx3-ubyte.gz
a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845     29515  train-labels-idx1-ubyte.gz
346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073   4422102  t10k-images-idx3-ubyte.gz
67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5      5148  t10k-labels-idx1-ubyte.gz
""")

MNIST_FILES = _table("""
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  47040016  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5     60008  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7   7840016  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2     10008  t10k-labels-idx1-ubyte
""")

MNIST_ARCHIVES = _table("""
440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609   9912422  train-images-idx3-ubyte.gz
3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c     28881  train-labels-idx1-ubyte.gz
8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6   1648877  t10k-images-idx3-ubyte.gz
f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6      4542  t10k-labels-idx1-ubyte.gz
""")

CIFAR10_FILES = _table("""
54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd  31035704  cifar-10-batches-py/data_batch_1
766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8  31035320  cifar-10-batches-py/data_batch_2
0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9  31035999  cifar-10-batches-py/data_batch_3
3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b  31035696  cifar-10-batches-py/data_batch_4
d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154  31035623  cifar-10-batches-py/data_batch_5
f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831  31035526  cifar-10-batches-py/test_batch
""")

CIFAR10_ARCHIVES = _table("""
6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce 170498071  cifar-10-python.tar.gz
""")
