// The live connection: ticket, WebSocket, subscription; it comes back by itself after a loss.

const SILENCE_MS = 45_000; // two missed heartbeats
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export class Live {
  #api;
  #tags;
  #socket = null;
  #watch = 0;
  #retry = 0;
  #wait = FIRST_WAIT_MS;
  #stopped = false;
  #position; // how far this page has come, for the server to go on from after a loss
  #events;
  #on;

  // events: names of what to follow beside readings
  // on: { state(name, text), readings(message), event(data), missed(), serverTime(µs), error(message) }
  constructor(api, tags, events, on) {
    this.#api = api;
    this.#tags = tags;
    this.#events = events;
    this.#on = on;
  }

  start() {
    this.#on.state("connecting", "Connecting…");
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#watch);
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  async #connect() {
    let ticket;
    try {
      ({ ticket } = await this.#api.post("/api/v1/live/ticket", {}));
    } catch (error) {
      this.#again(error.message);
      return;
    }
    if (this.#stopped) return;
    const address = new URL("/api/v1/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", ticket }));
    socket.onmessage = (event) => this.#take(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.#again(event.reason || "The connection was lost");
    this.#listen(socket);
  }

  #take(socket, message) {
    this.#listen(socket);
    this.#position = message.p ?? this.#position;
    switch (message.type) {
      case "ready":
        this.#on.serverTime(message.t);
        if (this.#events.length) {
          socket.send(JSON.stringify({ type: "subscribe", events: this.#events }));
        }
        socket.send(
          JSON.stringify({ type: "subscribe", tags: this.#tags, resume: this.#position }),
        );
        break;
      case "heartbeat":
        this.#on.serverTime(message.t);
        break;
      case "snapshot":
      case "resumed":
        this.#wait = FIRST_WAIT_MS;
        this.#on.state("live", "Live");
        this.#on.readings(message);
        break;
      case "frame":
        this.#on.readings(message);
        break;
      case "subscribed": // to events: those of before are nowhere but in the list
        this.#on.missed();
        break;
      case "event":
        this.#on.event(message.data);
        break;
      case "events_missed":
        this.#on.missed();
        break;
      case "error":
        this.#on.error(message.message);
        break;
    }
  }

  // A silent line is a dead line: the server says something every 20 s. Closing one takes as long
  // again, so nobody waits for it.
  #listen(socket) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      socket.onclose = socket.onmessage = null;
      socket.close();
      this.#again("The server is silent");
    }, SILENCE_MS);
  }

  #again(reason) {
    clearTimeout(this.#watch);
    if (this.#stopped) return;
    const wait = this.#wait * (0.7 + 0.6 * Math.random());
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#on.state("lost", `Not connected: ${reason}. Trying again…`);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }
}
