// The cards on the page: one a well or asset, one row a value.

import { element, setText } from "./dom.js";
import { age, reason, shownValue, status } from "./format.js";
import { Trend } from "./trend.js";

const STALE_SECONDS = 15;
const CLOCKS_DIFFER = 5e6; // µs
const COLUMNS = ["name", "trend", "number", "unit", "age"];

export class Board {
  #root;
  #names;
  #cards = [];
  #rows = new Map();
  #deviceOf = new Map();
  #offset = 0; // server's clock minus ours, ms
  #command;

  // names: quality code → name; command: called with a tag and its value as shown, to be commanded
  constructor(root, names, command) {
    this.#root = root;
    this.#names = names;
    this.#command = command;
  }

  // deviceOf: device by tag. A value of a device that was just heard is not old, however long ago
  // it was sent: some devices tell only what changed.
  setDevices(deviceOf) {
    this.#deviceOf = deviceOf;
  }

  get tags() {
    return [...this.#rows.keys()];
  }

  show(groups) {
    this.#rows.clear();
    this.#cards = groups.map((group, place) => {
      const rows = group.tags.map((tag) => new Row(tag, this.#names, this.#command));
      rows.forEach((row, index) => this.#rows.set(group.tags[index].id, row));
      return new Card(group, rows, `card-${place}`);
    });
    this.#root.replaceChildren(...this.#cards.map((card) => card.element));
  }

  setLive(live) {
    this.#root.dataset.live = live;
  }

  setServerTime(micros) {
    this.#offset = micros / 1000 - Date.now();
  }

  // The columns of a snapshot or frame.
  take({ t, tags, v, q }) {
    const { now } = this;
    tags.forEach((tag, place) => this.#rows.get(tag)?.take(t[place], v[place], q[place], now));
  }

  // Once a second: ages, trends, and what is wrong as a whole or out of sight. Returns when each
  // device was last heard.
  tick() {
    const newest = this.#newest();
    for (const [tag, row] of this.#rows) row.tick(this.now, newest.get(this.#deviceOf.get(tag)));
    for (const card of this.#cards) card.tick();
    return newest;
  }

  // The server's clock, µs.
  get now() {
    return (Date.now() + this.#offset) * 1000;
  }

  // Device → time of the newest reading of it.
  #newest() {
    const newest = new Map();
    for (const [tag, row] of this.#rows) {
      const device = this.#deviceOf.get(tag);
      if (device && row.time !== null) newest.set(device, Math.max(newest.get(device) ?? 0, row.time));
    }
    return newest;
  }

  // How many values there are, and how many of them are not good.
  count() {
    const rows = [...this.#rows.values()];
    return { values: rows.length, notGood: rows.filter((row) => row.notGood).length };
  }
}

// What belongs to one well or asset. When all of it is bad for one reason, the reason is said once.
class Card {
  #rows;
  #rest; // shown when asked for
  #together = element("p", { className: "together", hidden: true });
  #more = element("button", { type: "button", className: "quiet" });
  #open = false;

  constructor(group, rows, id) {
    this.#rows = rows;
    this.#rest = rows.slice(group.keys);
    this.element = element("section", { className: "card" });
    this.element.setAttribute("aria-labelledby", id);
    const title = element("h2", { id, textContent: group.title });
    if (group.note) title.append(element("small", { textContent: group.note }));
    this.element.append(title, this.#together);
    if (rows.length === 0) {
      this.element.append(
        element("p", { className: "summary", textContent: "Nothing is measured here" }),
      );
      return;
    }
    const body = element("tbody");
    body.append(...rows.flatMap((row) => [row.element, row.why]));
    const table = element("table");
    table.append(...heading(), body);
    this.element.append(table);
    if (this.#rest.length) this.element.append(this.#more);
    this.#more.addEventListener("click", () => {
      this.#open = !this.#open;
      this.#showRest();
    });
    this.#showRest();
  }

  tick() {
    const reasons = new Set(this.#rows.map((row) => row.reason));
    const [one] = reasons;
    const together = reasons.size === 1 && this.#rows.length > 1 && one !== "";
    setText(this.#together, together ? `${one}, all ${this.#rows.length} values` : "");
    this.#together.hidden = !together;
    this.#together.dataset.status = this.#rows[0]?.element.dataset.status ?? "";
    this.element.dataset.together = together;
    this.#nameMore();
  }

  #showRest() {
    this.#more.setAttribute("aria-expanded", this.#open);
    this.#rest.forEach((row) => row.hide(!this.#open));
    this.#nameMore();
  }

  #nameMore() {
    const notGood = this.#rest.filter((row) => row.notGood).length;
    const warning = notGood ? ` (${notGood} more not good)` : "";
    const closed = `Show all ${this.#rows.length} values${warning}`;
    setText(this.#more, this.#open ? "Show the key values" : closed);
  }
}

class Row {
  #tag;
  #names;
  #number;
  #quality;
  #age;
  #hidden = false;
  #trend = new Trend();
  #time = null;

  constructor(tag, names, command) {
    this.#tag = tag;
    this.#names = names;
    this.#number = element("td", { className: "number empty", textContent: "—" });
    this.#quality = element("span", { className: "quality", textContent: "No reading yet" });
    this.#age = element("td", { className: "age" });
    const label = element("th", { scope: "row", textContent: tag.label });
    const more = tag.description === tag.label ? "" : tag.description;
    label.title = [tag.name, more].filter((text) => text && text !== tag.label).join(": ");
    if (tag.control) label.append(this.#setter(command));
    const trend = element("td", { className: "trend" });
    trend.append(this.#trend.element);
    const says = tag.datatype === "string"; // a text has no trend, and needs its room
    if (says) this.#number.colSpan = 2;
    this.element = element("tr");
    this.element.dataset.tag = tag.name;
    this.element.dataset.status = "none";
    this.element.append(
      label,
      ...(says ? [] : [trend]),
      this.#number,
      element("td", { className: "unit", textContent: tag.unit }),
      this.#age,
    );
    const why = element("td", { colSpan: COLUMNS.length });
    why.append(this.#quality);
    this.why = element("tr", { className: "why" });
    this.why.append(why);
  }

  #setter(command) {
    const set = element("button", { type: "button", className: "set", textContent: "Set…" });
    set.addEventListener("click", () => command(this.#tag, this.#number.textContent));
    return set;
  }

  get time() {
    return this.#time;
  }

  hide(hidden) {
    this.#hidden = hidden;
    this.element.hidden = hidden;
    this.why.hidden = hidden || this.#quality.textContent === "";
  }

  get reason() {
    return this.#quality.textContent;
  }

  get notGood() {
    return this.element.dataset.status !== "good";
  }

  // What comes late is history, but after a reading of a clock that ran ahead.
  take(time, value, quality, now) {
    if (time < this.#time && this.#time <= now + CLOCKS_DIFFER) return;
    this.#time = time;
    setText(this.#number, shownValue(value, this.#tag));
    if (typeof value === "string") this.#number.title = value; // as it may be cut
    this.#number.classList.toggle("empty", value === null);
    setText(this.#quality, reason(quality, this.#names));
    this.element.dataset.status = status(quality);
    this.hide(this.#hidden);
    const drawn = status(quality) !== "bad" && typeof value === "number";
    this.#trend.add(time, drawn ? value : null);
  }

  // heard: when its device last said anything
  tick(now, heard = 0) {
    if (this.#time === null || this.#hidden) return;
    setText(this.#age, age((now - this.#time) / 1e6));
    this.element.dataset.stale = (now - Math.max(this.#time, heard)) / 1e6 > STALE_SECONDS;
    this.#trend.draw(now);
  }
}

// The columns' widths, and their names for those who hear the page.
function heading() {
  const columns = element("colgroup");
  const head = element("thead", { className: "visually-hidden" });
  const row = element("tr");
  for (const name of COLUMNS) {
    columns.append(element("col", { className: name }));
    row.append(element("th", { scope: "col", textContent: name }));
  }
  head.append(row);
  return [columns, head];
}
