"""Convolutional networks as data: trace one into rows, train one into events, draw both.

An `Architecture` is data; `trace` turns it into rows, `train` turns it and a `Recipe` into a stream of events,
and the pages only draw rows and events. Imports go one way:
`ui → views, lessons, runs, training, architecture`; `views → lessons, runs, training, architecture`, whose records it
puts into words, tables and figures; `runs → training, architecture`; `lessons → architecture`, whose trace decides
claims and answers; `training → architecture`; `architecture →` nothing of ours.
"""
