"""The JavaScript that browsers get once and keep: the charts' library, and the code of this program's own elements."""

from hashlib import sha256
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS = "/library/plotly.min.js"
CODE_ADDRESS = "/library/{name}.js"
KEPT = {"Cache-Control": f"public, max-age={365 * 24 * 3_600}, immutable"}  # an address has what it names in it
_published: dict[str, str] = {}


async def plotly_library(_request: Request) -> FileResponse:
    """Serve the charts' library; its address has the version in it, so that a browser asks once."""
    return FileResponse(PLOTLY, media_type="text/javascript", headers=KEPT)


def publish(name: str, code: str) -> str:
    """Have an element's code served, and give its address, relative to the app's pages."""
    _published[name] = code
    return f"{CODE_ADDRESS.format(name=name).lstrip('/')}?v={sha256(code.encode()).hexdigest()[:16]}"


async def published_code(request: Request) -> Response:
    """Serve an element's code; its address has a sum of it in it."""
    code = _published.get(request.path_params["name"])
    if code is None:
        return PlainTextResponse("Found no element of that name.", 404)
    return Response(code, media_type="text/javascript", headers=KEPT)
