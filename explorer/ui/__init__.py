"""The only Streamlit code of the package: the parts that pages are put together from."""
