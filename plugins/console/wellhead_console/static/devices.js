// The devices that the field is read from: protocol, state, and when each was last heard.

import { element, setText } from "./dom.js";
import { age } from "./format.js";

const COLUMNS = ["Device", "Protocol", "State", "Last reading"];

export class Devices {
  #root;
  #rows = new Map();

  constructor(root) {
    this.#root = root;
  }

  // devices: as the API has them; titles: driver → name of its protocol
  show(devices, titles) {
    const body = element("tbody");
    const before = this.#rows;
    this.#rows = new Map();
    for (const device of devices) {
      const row = before.get(device.id) ?? new Row();
      row.show(device, titles.get(device.driver) ?? device.driver);
      this.#rows.set(device.id, row);
      body.append(row.element);
    }
    const head = element("tr");
    head.append(...COLUMNS.map((name) => element("th", { scope: "col", textContent: name })));
    const title = element("h2", { id: "devices-title", textContent: "Devices" });
    this.#root.replaceChildren(
      title,
      element("table", { className: "plain" }, element("thead", {}, head), body),
    );
    this.#root.hidden = devices.length === 0;
  }

  // newest: device → time in µs of the newest reading of it; now: µs
  tick(newest, now) {
    for (const [id, row] of this.#rows) row.tick(newest.get(id), now);
  }
}

class Row {
  #name = element("th", { scope: "row" });
  #protocol = element("td");
  #state = element("td");
  #age = element("td", { className: "age" });

  constructor() {
    this.element = element("tr", {}, this.#name, this.#protocol, this.#state, this.#age);
  }

  show(device, protocol) {
    const { status, reason } = device.state ?? {};
    this.element.dataset.device = device.name;
    this.element.dataset.status = status ?? "none";
    setText(this.#name, device.name);
    setText(this.#protocol, protocol);
    setText(this.#state, [(status ?? "no gateway").replaceAll("_", " "), reason].filter(Boolean).join(": "));
  }

  tick(newest, now) {
    setText(this.#age, newest === undefined ? "—" : age((now - newest) / 1e6));
  }
}
