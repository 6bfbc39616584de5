// The cards on the page: one a well or asset, one row a value.

import { age, number, reason, status } from "./format.js";
import { Trend } from "./trend.js";

const KEY_VALUES = 8;
const STALE_SECONDS = 15;

export class Board {
  #root;
  #names;
  #rows = new Map();
  #offset = 0; // server's clock minus ours, ms

  // names: quality code → name
  constructor(root, names) {
    this.#root = root;
    this.#names = names;
  }

  get tags() {
    return [...this.#rows.keys()];
  }

  show(groups) {
    this.#rows.clear();
    this.#root.replaceChildren(...groups.map((group, place) => this.#card(group, place)));
  }

  setLive(live) {
    this.#root.dataset.live = live;
  }

  setServerTime(micros) {
    this.#offset = micros / 1000 - Date.now();
  }

  // The columns of a snapshot or frame.
  take({ t, tags, v, q }) {
    tags.forEach((tag, place) => this.#rows.get(tag)?.take(t[place], v[place], q[place]));
  }

  // Once a second: ages and trends.
  tick() {
    const now = (Date.now() + this.#offset) * 1000;
    for (const row of this.#rows.values()) row.tick(now);
  }

  // How many values there are, and how many of them are not good.
  count() {
    const rows = [...this.#rows.values()];
    return { values: rows.length, notGood: rows.filter((row) => row.notGood).length };
  }

  #card(group, place) {
    const card = element("section", { className: "card" });
    const title = element("h2", { id: `card-${place}`, textContent: group.title });
    if (group.note) title.append(element("small", { textContent: group.note }));
    card.setAttribute("aria-labelledby", title.id);
    card.append(title);
    if (group.tags.length === 0) {
      card.append(element("p", { className: "summary", textContent: "Nothing is measured here" }));
      return card;
    }
    const body = element("tbody");
    const tags = group.tags.toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name));
    tags.forEach((tag, index) => {
      const row = new Row(tag, this.#names);
      row.element.hidden = index >= KEY_VALUES;
      this.#rows.set(tag.id, row);
      body.append(row.element);
    });
    const table = element("table");
    table.append(heading(), body);
    card.append(table);
    if (tags.length > KEY_VALUES) card.append(moreButton(body, tags.length));
    return card;
  }
}

class Row {
  #datatype;
  #names;
  #number;
  #quality;
  #age;
  #trend = new Trend();
  #time = null;

  constructor(tag, names) {
    this.#datatype = tag.datatype;
    this.#names = names;
    this.#number = element("td", { className: "number", textContent: "—" });
    this.#quality = element("span", { className: "quality", textContent: "No reading yet" });
    this.#age = element("td", { className: "age" });
    const label = element("th", { scope: "row", textContent: tag.label });
    if (tag.name !== tag.label) label.title = tag.name;
    label.append(this.#quality);
    const trend = element("td", { className: "trend" });
    trend.append(this.#trend.element);
    this.element = element("tr");
    this.element.dataset.tag = tag.name;
    this.element.dataset.status = "none";
    this.element.append(
      label,
      trend,
      this.#number,
      element("td", { className: "unit", textContent: tag.unit }),
      this.#age,
    );
  }

  get notGood() {
    return this.element.dataset.status !== "good";
  }

  take(time, value, quality) {
    this.#time = time;
    setText(this.#number, number(value, this.#datatype));
    setText(this.#quality, reason(quality, this.#names));
    this.element.dataset.status = status(quality);
    this.#trend.add(time, status(quality) === "bad" ? null : value);
  }

  tick(now) {
    if (this.#time === null || this.element.hidden) return;
    const seconds = (now - this.#time) / 1e6;
    setText(this.#age, age(seconds));
    this.element.dataset.stale = seconds > STALE_SECONDS;
    this.#trend.draw(now);
  }
}

function heading() {
  const head = element("thead", { className: "visually-hidden" });
  const row = element("tr");
  for (const text of ["Name", "Trend", "Value", "Unit", "Age"]) {
    row.append(element("th", { scope: "col", textContent: text }));
  }
  head.append(row);
  return head;
}

function moreButton(body, count) {
  const button = element("button", { type: "button", className: "quiet" });
  const label = (open) => {
    button.textContent = open ? "Show the key values" : `Show all ${count} values`;
    button.setAttribute("aria-expanded", open);
  };
  label(false);
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "false";
    [...body.rows].slice(KEY_VALUES).forEach((row) => {
      row.hidden = !open;
    });
    label(open);
  });
  return button;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
