"""An element of this program's own: its code and style are asked for once, and kept by the browser.

Streamlit sends what an element is made of with each message about it, which was half of what a click had sent.
"""

import json
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from explorer.web.base.library import publish

LOADER = """const {{ default: draw, css }} = await import(new URL("{address}", document.baseURI));
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export default (told) => {{
  const root = told.parentElement.getRootNode();
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return draw(told);
}};
"""
UNSEEN, SEEN = ":host { visibility: hidden }", ":host { visibility: inherit }"  # until its style is there


def told(key: str, trigger: str) -> Any:  # noqa: ANN401  # each trigger has a value of its own type
    """Give what an element told by a trigger just now; None where it told nothing, or Streamlit has forgotten it.

    It forgets where a click cuts a run short before the element is drawn, and calls back all the same.
    """
    return getattr(st.session_state[key], trigger) if key in st.session_state else None


def element(module: str, name: str, *, html: str, css: str = "", js: str = "") -> ComponentRenderer:
    """Define an element that the JavaScript beside a module draws, in the style beside it, if it has one there.

    `module` is that module's `__file__`; `css` and `js` stand before what is in the files. Only `app.py` serves it.
    """
    sheet = Path(module).with_name(f"{name}.css")
    style = json.dumps("\n".join((SEEN, css, sheet.read_text("utf-8") if sheet.exists() else "")))
    code = js + Path(module).with_name(f"{name}.js").read_text("utf-8")
    address = publish(name, f"{code}\nexport const css = {style};\n")
    return st.components.v2.component(name, html=html, css=UNSEEN, js=LOADER.format(address=address))
