// What the server tells of a run or a race that goes on, heard once a tab however many elements show it.
//
// Each message has a number, by which a socket that was lost goes on where it was. A tab that nobody sees asks for few
// messages. An element that is no longer on the page hears nothing, and the socket is closed after the last of them.

const UNSEEN_PAUSE = 2000; // ms between two messages
const FIRST_WAIT = 500; // ms before a socket that was lost is opened again; twice as many after each attempt
const LONGEST_WAIT = 10000; // ms
const NEVER = -1; // the number of the last message of who had none

class Stream {
  constructor(address) {
    this.address = address;
    this.hearers = new Map(); // what each element does with a message
    this.number = NEVER;
    this.wait = FIRST_WAIT;
    document.addEventListener("visibilitychange", this.seen = () => this.reopen());
    this.open();
  }

  open() {
    const url = new URL(this.address, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("after", this.number);
    if (document.hidden) url.searchParams.set("pause", UNSEEN_PAUSE);
    const socket = this.socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.hear(JSON.parse(new TextDecoder().decode(data)));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  reopen() {
    clearTimeout(this.waits);
    const before = this.socket;
    if (!this.ended) this.open();
    before.close();
  }

  // Everything from the start, for an element that lacks what came before it listened.
  askAgain() {
    this.number = NEVER;
    this.reopen();
  }

  hear(told) {
    this.number = told.number;
    this.ended = told.ended;
    this.wait = FIRST_WAIT;
    if (this.isHeard()) this.hearers.forEach((hear) => hear(told));
    else this.close();
  }

  isHeard() {
    for (const element of this.hearers.keys()) if (!element.isConnected) this.hearers.delete(element);
    return this.hearers.size > 0;
  }

  lost() {
    if (!this.isHeard()) this.close();
    if (this.ended || !this.socket) return;
    this.waits = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  close() {
    clearTimeout(this.waits);
    document.removeEventListener("visibilitychange", this.seen);
    streams().delete(this.address);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }
}

function streams() {
  return window.explorerStreams ??= new Map();
}

// Lets an element hear of what an address tells, in place of what it heard before; of nothing without an address.
function follow(element, address, hear) {
  for (const stream of streams().values()) {
    if (stream.address === address) continue;
    if (stream.hearers.delete(element) && !stream.hearers.size) stream.close();
  }
  if (!address) return undefined;
  if (!streams().has(address)) streams().set(address, new Stream(address));
  const stream = streams().get(address);
  stream.hearers.set(element, hear);
  return stream;
}
