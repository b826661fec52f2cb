"""Controls that do what Streamlit's own do not: a number's field, a bar over time, a file saved, a link copied."""
