"""The smallest page like Explore: one number, a table of 21 rows and a bar chart that depend on it, and one text."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

channels = st.number_input("out_channels", min_value=1, value=96)
names = [f"layer {index}" for index in range(21)]
sizes = [channels * index for index in range(21)]
st.dataframe(pd.DataFrame({"layer": names, "parameters": sizes}))
st.plotly_chart(go.Figure(go.Bar(x=names, y=sizes)))
st.text(f"now {channels}")
