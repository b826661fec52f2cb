// What the server tells of what goes on, heard by one socket a tab however much it watches and however many elements
// show it.
//
// Each message has a number, by which a socket that was lost goes on where it was. A tab that nobody sees asks for few
// messages. An element that is no longer on the page hears nothing, and what nobody hears is asked for no longer.

const UNSEEN_PAUSE = 2000; // ms between two messages
const FIRST_WAIT = 500; // ms before a socket that was lost is opened again; twice as many after each attempt
const LONGEST_WAIT = 10000; // ms
const NEVER = -1; // the number of the last message of who had none
const SURE = "watch/mine/all"; // which is never refused, and so is named first: a socket is refused with its first

class Stream {
  constructor(address) {
    this.address = address;
    this.hearers = new Map(); // what each element does with a message
    this.number = NEVER;
  }

  // Everything from the start, for an element that lacks what came before it listened.
  askAgain() {
    this.number = NEVER;
    tabLine().change();
  }

  hear(told) {
    this.number = told.number;
    this.ended = told.ended;
    if (this.isHeard()) this.hearers.forEach((hear) => hear(told));
    else tabLine().change();
  }

  // An element that is just drawn may not be on the page yet.
  isWanted() {
    return this.number === NEVER ? this.hearers.size > 0 : this.isHeard();
  }

  isHeard() {
    for (const element of this.hearers.keys()) if (!element.isConnected) this.hearers.delete(element);
    return this.hearers.size > 0;
  }
}

class Line {
  constructor() {
    this.streams = new Map();
    this.wait = FIRST_WAIT;
    document.addEventListener("visibilitychange", () => this.change());
  }

  // Elements that are drawn together change it once.
  change() {
    if (this.changes) return;
    this.changes = true;
    queueMicrotask(() => {
      this.changes = false;
      this.reopen();
    });
  }

  reopen() {
    clearTimeout(this.waits);
    const before = this.socket;
    this.socket = undefined;
    this.open();
    before?.close();
  }

  open() {
    for (const [address, stream] of this.streams) if (!stream.isWanted()) this.streams.delete(address);
    const asked = [...this.streams.values()].filter((stream) => !stream.ended);
    if (!asked.length) return;
    asked.sort((one, other) => (other.address === SURE) - (one.address === SURE));
    const [first, ...others] = asked.map(withNumber);
    const url = new URL(first, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    others.forEach((other) => url.searchParams.append("also", other));
    if (document.hidden) url.searchParams.set("pause", UNSEEN_PAUSE);
    const socket = this.socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(new TextDecoder().decode(data)));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  hear(told) {
    this.wait = FIRST_WAIT;
    this.streams.get(told.address)?.hear(told);
  }

  lost() {
    this.socket = undefined;
    this.waits = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }
}

function withNumber({ address, number }) {
  return `${address}${address.includes("?") ? "&" : "?"}after=${number}`;
}

function tabLine() {
  return window.explorerLine ??= new Line();
}

// Lets an element hear of what an address tells, in place of what it heard before; of nothing without an address.
function follow(element, address, hear) {
  const { streams } = tabLine();
  for (const stream of streams.values()) {
    if (stream.address !== address && stream.hearers.delete(element) && !stream.hearers.size) tabLine().change();
  }
  if (!address) return undefined;
  if (!streams.has(address) || (streams.get(address).ended && address === SURE)) {
    streams.set(address, new Stream(address));
    tabLine().change();
  }
  const stream = streams.get(address);
  stream.hearers.set(element, hear);
  return stream;
}
