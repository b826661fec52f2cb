"""What all views share: numbers in words, tables as data, formulas, the palette."""
