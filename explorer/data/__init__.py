"""The pictures that networks are trained on: data sets, their files and downloads, and where the program keeps them."""
