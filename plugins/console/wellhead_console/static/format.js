// Values, ages and qualities in words.

const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(undefined, fixed(1));
const HUNDREDTHS = new Intl.NumberFormat(undefined, fixed(2));
const STATUS_MASK = 0xc0;
const STATUS = { 0xc0: "good", 0x40: "uncertain" };
const MARKS = { bad: "▲", uncertain: "△" };

function fixed(digits) {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

// A value as it is shown: its state's name where it has one, a text as it is.
export function shownValue(value, tag) {
  if (typeof value === "string") return value;
  return tag.states?.[value] ?? number(value, tag.datatype);
}

function number(value, datatype) {
  if (value === null) return "—";
  if (datatype === "bool") return value ? "on" : "off";
  const size = Math.abs(value);
  if (size >= 1000) return WHOLE.format(value);
  return (size >= 100 ? TENTHS : HUNDREDTHS).format(value);
}

// Units as they are written by hand.
export function unit(text) {
  return (text ?? "").replace(/^deg([CFKR])$/, "°$1").replace(/m([23])/g, (_, power) => `m${"²³"[power - 2]}`);
}

export function age(seconds) {
  if (seconds < -5) return "future";
  if (seconds < 1) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function status(quality) {
  return STATUS[quality & STATUS_MASK] ?? "bad";
}

// What is shown under a value: nothing when it is good. `names`: quality code → name.
export function reason(quality, names) {
  const is = status(quality);
  if (is === "good") return "";
  const name = names[quality] ?? `${is}: code ${quality}`;
  return `${MARKS[is]} ${name[0].toUpperCase()}${name.slice(1)}`;
}
