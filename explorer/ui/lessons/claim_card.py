"""One claim, large enough for a projector: its words, the guess, the verdict with the sums; and the list of all."""

from urllib.parse import urlencode

import streamlit as st

from explorer.lessons.claim import Claim, Verdict
from explorer.lessons.claims import CLAIMS, decision
from explorer.ui.base import links, state
from explorer.ui.components.row_table import row_table
from explorer.ui.lessons import lesson_state
from explorer.views.common.words import named
from explorer.views.lessons.claims import NAMES, claims_table, decided_by, score, sums, verdict_words

SHORTCUTS = {Verdict.TRUE: "T", Verdict.FALSE: "F", Verdict.ONLY_IF: "O"}
BUTTON_WIDTH = 150  # px
# What a class reads from its seats: the sums that decide, as large as a projector needs. A claim is read once it can be
# guessed at: a browser may have its words before it has loaded what draws buttons, and a key would go nowhere.
STYLE = """<style>
.stMain:not(:has(.st-key-guesses button, .st-key-decision)) .st-key-claim_words { visibility: hidden }
.st-key-decision [data-testid="stMarkdownContainer"] { font-size: 1.25rem }
</style>"""


def chosen_claim() -> str:
    """Name the claim of the link; without one, the first that was not guessed yet."""
    opened = links.read(links.CLAIM)
    if opened in CLAIMS:
        return opened
    if opened is not None:
        st.error(f"This link names no claim of the list: “{named(opened)}”. Here is another one.")
    return next((name for name in NAMES if name not in lesson_state.remembered().guesses), NAMES[0])


def claim_card(name: str) -> None:
    """Show a claim with the buttons to guess, and after the guess what decides it."""
    claim, guess = CLAIMS[name], lesson_state.remembered().guesses.get(name)
    st.html(STYLE)
    _steps(name, claim)
    words = st.container(key="claim_words")  # drawn after the buttons, so that none is read with those of another claim
    if guess is None:
        _guess_buttons(name)
    else:
        _decision(name, claim, guess)
    words.header(f"“{claim.words}”", anchor=False)
    with st.container(key="claim_link"):
        st.markdown(f"[Link to this claim](?{urlencode(state.address_parameters() | {links.CLAIM: name})})")


def claim_words(name: str) -> None:
    """Show a claim alone, where a class answers elsewhere and what decides it is shown to all at once."""
    st.header(f"“{CLAIMS[name].words}”", anchor=False)


def _guess_buttons(name: str) -> None:
    st.markdown("Is it true? Guess first, then see the sum.")
    with st.container(horizontal=True, gap="small", key="guesses"):
        for verdict in Verdict:
            st.button(
                verdict.value,
                key=f"guess_{verdict.name}_{name}",
                type="primary",
                shortcut=SHORTCUTS[verdict],
                on_click=lesson_state.guess,
                args=(name, verdict),
                width=BUTTON_WIDTH,
            )


def _decision(name: str, claim: Claim, guess: Verdict) -> None:
    decided = decision(name)
    with st.container(border=True, key="decision"):
        st.markdown(verdict_words(decided, guess))
        st.markdown(claim.because)
        if decided.findings:
            st.markdown(sums(decided))
        st.caption(decided_by(name))
    if st.button("Open this network in Explore", key="open", icon=":material/open_in_new:"):
        links.to_explore(claim.design).follow()


def _steps(name: str, claim: Claim) -> None:
    place = NAMES.index(name)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _step("Previous", place - 1, shortcut="Left")
        _step("Next", place + 1, shortcut="Right")
        st.markdown(f"**Claim {place + 1} of {len(NAMES)}**, from {claim.text}:")


def _step(label: str, place: int, *, shortcut: str) -> None:
    there = 0 <= place < len(NAMES)
    args = (links.CLAIM, NAMES[place]) if there else ()
    st.button(label, key=label, shortcut=shortcut, disabled=not there, on_click=links.write, args=args)


def claim_list(name: str) -> None:
    """List all claims with what one guessed; choosing one shows it."""
    guesses = lesson_state.remembered().guesses
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{score(guesses)}**", width="content")
        st.button("Forget all guesses", key="forget", disabled=not guesses, on_click=lesson_state.forget_guesses)
    row_table(
        claims_table(guesses),
        title="Claims",
        selected=NAMES.index(name),
        key="claims",
        above=8.75,
        on_select=lambda index: links.write(links.CLAIM, NAMES[index]),
    )
