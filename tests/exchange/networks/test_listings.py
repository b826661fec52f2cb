"""The programs that the course's texts print, in the forms in which they print them, open as the course's networks."""

import inspect

import pytest
from msgspec.structs import replace
from torchvision.models import alexnet, vgg

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import read_python

# A module of the text's own at the head, a loop that prints each layer's shape, then loading, training and a plot.
BOOKS_LENET = """
import torch
from torch import nn
from d2l import torch as d2l

class Reshape(torch.nn.Module):
    def forward(self, x):
        return x.view(-1, 1, 28, 28)

net = torch.nn.Sequential(
    Reshape(), nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2), nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))

X = torch.rand(size=(1, 1, 28, 28), dtype=torch.float32)
for layer in net:
    X = layer(X)
    print(layer.__class__.__name__, 'output shape: \\t', X.shape)

train_iter, test_iter = d2l.load_data_fashion_mnist(batch_size=256)

def train(net, train_iter, num_epochs, lr, device):
    def init_weights(m):
        if type(m) == nn.Linear or type(m) == nn.Conv2d:
            nn.init.xavier_uniform_(m.weight)
    net.apply(init_weights)
    net.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    for epoch in range(num_epochs):
        net.train()
        for i, (X, y) in enumerate(train_iter):
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(net(X.to(device)), y.to(device)).backward()
            optimizer.step()

train(net, train_iter, 10, 0.9, d2l.try_gpu())
"""
# A class with a switch for grey pictures, which gives its scores and what a softmax makes of them.
NOTES_LENET = """
import torch.nn.functional as F

class LeNet5(nn.Module):

    def __init__(self, num_classes, grayscale=False):
        super(LeNet5, self).__init__()
        if grayscale:
            in_channels = 1
        else:
            in_channels = 3
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 6, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2),
            nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2))
        self.classifier = nn.Sequential(
            nn.Linear(16*5*5, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, num_classes))

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        logits = self.classifier(x)
        probas = F.softmax(logits, dim=1)
        return logits, probas

num_classes = 10
grayscale = True
data = torch.rand((1, 1, 32, 32))
model = LeNet5(num_classes, grayscale)
logits, probas = model(data)
"""
BOOKS_CLASS = """
class AlexNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(96, kernel_size=11, stride=4, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(256, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(384, kernel_size=3, padding=1), nn.ReLU(),
            nn.LazyConv2d(256, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(p=0.5),
            nn.LazyLinear(4096), nn.ReLU(), nn.Dropout(p=0.5), nn.LazyLinear(num_classes))
        self.net.apply(d2l.init_cnn)

AlexNet().layer_summary((1, 1, 224, 224))
"""
KERAS_LENET = """
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    layers.Conv2D(filters=6, kernel_size=(5, 5), padding='same', activation='relu', input_shape=(28, 28, 1)),
    layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2)),
    layers.Conv2D(filters=16, kernel_size=(5, 5), activation='relu'),
    layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2)),
    layers.Flatten(),
    layers.Dense(120, activation='relu'),
    layers.Dense(84, activation='relu'),
    layers.Dense(10, activation='softmax'),
])
model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.categorical_crossentropy, metrics=['accuracy'])
"""
LENET = PRESETS["lenet-d2l"].architecture
LISTINGS = {
    "the book's LeNet": (BOOKS_LENET, LENET),
    "the note's LeNet": (NOTES_LENET, LENET),
    "the book's class": (BOOKS_CLASS, PRESETS["alexnet-d2l"].architecture),
    "Keras": (KERAS_LENET, PRESETS["lenet-keras"].architecture),
}


@pytest.mark.parametrize(("text", "meant"), LISTINGS.values(), ids=LISTINGS)
def test_a_listing_opens_with_the_layers_of_its_network(text: str, meant: Architecture) -> None:
    read = read_python(text).architecture
    padded = read.layers if read.input_shape == meant.input_shape else _padded(read).layers
    assert padded[: len(meant.layers)] == meant.layers
    assert [type(layer).__name__ for layer in read.layers[len(meant.layers) :]] in ([], ["Softmax"])


def _padded(read: Architecture) -> Architecture:
    """Give the network as the book has it, which pads pictures of 28 where the note takes some of 32."""
    assert read.input_shape == (1, 32, 32)
    first = replace(read.layers[0], padding=2)
    return replace(read, input_shape=(1, 28, 28), layers=(first, *read.layers[1:]))


def test_an_adaptive_pooling_is_taken_to_shrink_what_it_gets() -> None:
    text = f"""{inspect.getsource(vgg)}
net = vgg11()
"""
    assert "to 7×7" in {row.settings for row in trace(read_python(text).architecture).rows}
    assert read_python(text).architecture.input_shape == (3, 224, 224)


def test_the_library_s_own_file_opens_as_its_own_network() -> None:
    module = inspect.getmodule(alexnet)
    assert module is not None
    traced = trace(read_python(inspect.getsource(module)).architecture)
    assert traced.architecture.name == "AlexNet"
    assert traced.architecture.input_shape == (3, 224, 224)
    assert traced.totals.num_params == sum(weight.numel() for weight in alexnet(weights=None).parameters())
