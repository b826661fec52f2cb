"""A bar chart that changes by the click and says which bar was chosen."""

import streamlit as st

from explorer.ui.components.figure import figure

NAMES = ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]
PARAMS = [156, 0, 2416, 0, 48120, 10164, 850]

out_channels = st.number_input("out_channels", 1, 99, 6)
params = [156 + 26 * (out_channels - 6), *PARAMS[1:]]


def choose(layer: int) -> None:
    st.session_state.chosen = layer


bars = {
    "type": "bar",
    "x": NAMES,
    "y": params,
    "customdata": list(range(len(NAMES))),
    "marker": {"color": "#0072B2"},
    "text": params,
}
layout = {"yaxis": {"title": {"text": "parameters"}, "type": "log"}, "margin": {"l": 60, "r": 10, "t": 10, "b": 40}}
alt = f"Parameters of each layer: conv1 has {params[0]}"
figure({"data": [bars], "layout": layout}, key="params", alt=alt, height=320, on_select=choose)
st.text(f"chosen: {st.session_state.get('chosen')}, conv1 has {params[0]}")
