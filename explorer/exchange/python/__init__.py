"""A small interpreter of a safe part of Python, which follows what a program makes without running any of it.

Its values are numbers, texts, lists, tuples, dictionaries, the text's own functions and classes, names of other
modules, and whatever `networks` makes of torch's: modules, and one tensor without numbers. All else is `Unknown`: it is
passed over, and refused by its line only where a network hangs on it. Where nobody knows which way a text goes, it goes
both, and what differs afterwards is unknown.

| where | what is followed |
|---|---|
| `calls.py` | scopes, methods, properties, `super()`, inheritance, defaults, `*` and `**` |
| `expressions.py`, `operations.py` | literals, arithmetic, comparisons, slices, comprehensions, f-strings |
| `statements.py` | assignments, `if`, `def`, `class`, `with`, `try`, `import`, `global`, `del`, `return`, `raise` |
| `ways.py` | `for` and `while` over what is known; a long one is left, and what it changes is unknown |
| `pythons.py` | functions of Python: `len`, `range`, `zip`, `enumerate`, `isinstance`, `getattr`, `sum`, … |
| `changes.py` | methods that change lists and dictionaries: `append`, `extend`, `insert`, `pop`, `update`, … |

Bounds on text, steps, depth and sizes stand in `bounds.py` and `machine.py`.
"""
