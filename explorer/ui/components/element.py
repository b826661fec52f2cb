"""An element of this program's own: its code and style are asked for once, and kept by the browser.

Streamlit sends what an element is made of with each message about it, which was half of what a click had sent.
"""

import json

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


def element(name: str, *, html: str, css: str = "", js: str) -> ComponentRenderer:
    """Define an element whose `js` draws it; only `app.py` serves its code."""
    style = json.dumps(f"{SEEN}\n{css}")
    address = publish(name, f"{js}\nexport const css = {style};\n")
    return st.components.v2.component(name, html=html, css=UNSEEN, js=LOADER.format(address=address))
