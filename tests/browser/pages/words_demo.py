"""What persons typed, as pages write it."""

import streamlit as st

from explorer.views.common.words import plain

TYPED = (
    "see https://evil.example/a?b=c and www.evil.example",
    "HTTP://evil.example",
    "me@evil.example, mailto:me@evil.example",
    ":smile: :material/home: :red[red] :streamlit:",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "**bold** _it_ `code` $x^2$ <b>b</b> [a](https://evil.example) ![i](https://evil.example/i.png) # h ~~s~~",
    "1. one",
)

for text in TYPED:
    st.markdown(f"Name: {plain(text)}")
st.caption(plain(TYPED[0]))
st.warning(plain(TYPED[0]), title=plain(TYPED[1]))
st.button(f"Open {plain(TYPED[0])}")
