// The pages as links. A click goes there as Back and Forward do, which Streamlit hears: one run of the page, and the
// session stays. A click that wants another tab gets it.

export default function ({ data, parentElement }) {
  const menu = parentElement.querySelector("nav");
  const { program, groups, opened } = data;
  const first = groups[0].pages[0].address;
  if (menu.dataset.drawn !== program) {
    menu.dataset.drawn = program;
    menu.replaceChildren(element("span", "program", program), ...groups.map(group));
    menu.onclick = go;
  }
  for (const link of menu.querySelectorAll("a")) {
    const { page } = link.dataset;
    link.href = `${base(groups)}${page === first ? "" : page}`;
    if (page === opened) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function group({ title, pages }) {
  const made = element("span", "group", "");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", title);
  made.append(element("span", "label", title), ...pages.map(pageLink));
  return made;
}

function pageLink({ address, title }) {
  const made = element("a", "page", title);
  made.dataset.page = address;
  return made;
}

function element(tag, kind, text) {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}

// The app's own address: what stands before the name of a page.
function base(groups) {
  const names = groups.flatMap(({ pages }) => pages.map(({ address }) => address));
  const parts = location.pathname.split("/");
  if (names.includes(parts.at(-1))) parts.pop();
  return `${parts.join("/").replace(/\/$/, "")}/`;
}

function go(event) {
  const link = event.target.closest("a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  History.prototype.pushState.call(history, {}, "", link.href); // `address_bar` keeps Streamlit from it for a while
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}
