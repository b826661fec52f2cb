"""What stands between the browser and Streamlit in the served app: plain ASGI, which knows neither pages nor runs."""
