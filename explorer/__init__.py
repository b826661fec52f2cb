"""Convolutional networks as data: trace one into rows, train one into events, draw both.

An `Architecture` is data; `trace` turns it into rows, `train` turns it and a `Recipe` into a stream of events,
and the pages only draw rows and events. Imports go one way:
`ui → views, lessons, runs, training, exchange, architecture`;
`views → lessons, runs, training, exchange, architecture`, whose records it puts into words, tables and figures;
`runs → training, exchange, architecture`; `lessons → architecture`, whose trace decides claims and answers;
`training → architecture`; `exchange → architecture`, whose designs it writes and reads in other forms;
`architecture →` nothing of ours.
"""
