// A line of the last two minutes, of less at first; what was bad is a gap.

const SPAN = 120e6; // µs
const LEAST_SPAN = 20e6;
const WIDTH = 50;
const HEIGHT = 22;
const POINTS = 240;
const SVG = "http://www.w3.org/2000/svg";

export class Trend {
  #points = []; // [µs, value or null]
  #drawn = 0;

  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    this.element.classList.add("spark");
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("aria-hidden", "true");
  }

  add(time, value) {
    const last = this.#points.at(-1);
    if (last && last[0] >= time) this.#points = this.#points.filter(([t]) => t < time);
    this.#points.push([time, value]);
    if (this.#points.length > POINTS) this.#points.shift();
  }

  draw(now) {
    const newest = this.#points.at(-1)?.[0] ?? 0;
    if (newest === this.#drawn) return;
    this.#drawn = newest;
    const end = Math.max(now, newest);
    this.#points = this.#points.filter(([time]) => time >= end - SPAN);
    const start = Math.min(this.#points[0]?.[0] ?? end, end - LEAST_SPAN);
    const values = this.#points.map(([, value]) => value).filter((value) => value !== null);
    const low = Math.min(...values);
    const range = Math.max(...values) - low;
    const x = (time) => (((time - start) / (end - start)) * WIDTH).toFixed(1);
    const y = (value) => (HEIGHT - 2 - (range ? (value - low) / range : 0.5) * (HEIGHT - 4)).toFixed(1);
    this.element.replaceChildren(
      ...this.#pieces().map((piece) => {
        const line = document.createElementNS(SVG, "polyline");
        line.setAttribute("points", piece.map(([t, v]) => `${x(t)},${y(v)}`).join(" "));
        return line;
      }),
    );
  }

  #pieces() {
    const pieces = [[]];
    for (const point of this.#points) {
      if (point[1] === null) pieces.push([]);
      else pieces.at(-1).push(point);
    }
    return pieces.filter((piece) => piece.length > 1);
  }
}
