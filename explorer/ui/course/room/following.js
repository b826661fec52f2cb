// A screen of a room whose page stands on what holds no longer has it drawn anew, at a moment that differs from tab to
// tab: the server says over how long they are spread.

const ASKED = 5; // how often the page is asked to follow
const PATIENCE = 4000; // ms until it is asked again, then twice as many: Streamlit drops what a part sends that is being drawn

function keepUp(screen, message) {
  if (message.page === screen.data.page) screen.follows = undefined;
  else if (screen.follows !== message.page) {
    screen.follows = message.page;
    setTimeout(() => ask(screen, message.page, ASKED, PATIENCE), Math.random() * message.spread);
  }
}

function ask(screen, page, times, wait) {
  if (!times || screen.follows !== page || screen.data.page === page || !screen.root.isConnected) return;
  screen.send("follow", page);
  setTimeout(() => ask(screen, page, times - 1, 2 * wait), wait);
}
