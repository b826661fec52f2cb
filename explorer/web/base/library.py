"""The JavaScript of the charts, as the plotly package carries it; browsers keep it."""

from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS = "/library/plotly.min.js"
A_YEAR = 365 * 24 * 3_600


async def plotly_library(_request: Request) -> FileResponse:
    """Serve it; its address has the version in it, so that a browser never has to ask whether it is the same."""
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable"}
    return FileResponse(PLOTLY, media_type="text/javascript", headers=headers)
