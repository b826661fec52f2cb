"""A small interpreter of a safe part of Python, which follows what a program makes without running any of it.

Its values are numbers, texts, lists, tuples, dictionaries, the text's own functions and classes, names of other
modules, and whatever `networks` makes of torch's: modules, and one tensor without numbers. All else is `Unknown`: it is
passed over, and refused by its line only where a network hangs on it. Where nobody knows which way a text goes, it goes
both, and what differs afterwards is unknown.

| where | what is followed |
|---|---|
| `calls.py` | scopes, methods, properties, `super()`, inheritance, defaults, `*` and `**` |
| `expressions.py`, `operations.py` | literals, arithmetic, comparisons, slices, comprehensions, f-strings, `yield` |
| `statements.py` | assignments, `def`, `class`, decorators of the text, `with`, `import`, `global`, `del`, `return` |
| `choices.py` | `if`, `match`, `try` with the handler of the error that Python raises, `assert`, `raise` |
| `ways.py` | `for` and `while` over what is known; a long one is left, and what it changes is unknown |
| `standard/` | functions of Python and of its library, and the methods of its values |

What is changed where nobody knows whether the text comes there is unknown from then on: a name, an item, an attribute.
What was made in the same doubt is changed as surely as it was made.

Bounds on text, steps, depth and sizes stand in `bounds.py` and `machine.py`.
"""
