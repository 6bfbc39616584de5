// What there is to show: the tags, put under the wells or assets they belong to.

import { unit } from "./format.js";

const TAG_LIMIT = 1000;
const RECORD_LIMIT = 5000;

// What a well is judged by, in this order: the first tag that each of these describes.
const KEY_KINDS = [
  /(wellhead|tubing).*press/i,
  /casing.*press/i,
  /(bottom.?hole|downhole|intake).*press/i,
  /(wellhead|tubing).*temp/i,
  /(liquid|total).*(rate|flow)/i,
  /oil.*(rate|flow)/i,
  /gas.*(rate|flow)/i,
  /(freq|speed)/i,
  /choke/i,
  /tank.*level/i,
  /(fluid|liquid).*level/i,
];
const NEVER_KEY = /set.?point|alarm|limit/i;
const KEY_VALUES = 10;

// { groups: [{ title, note, tags, keys }], writable, total, shown } where each tag is { id, label,
// description, name, unit, datatype, states, control }, and the first `keys` of them are the ones to
// show at once. `control` has the limits of a tag that may be commanded.
export async function loadField(api) {
  const [tags, wells, assets, controls] = await Promise.all([
    listed(api, "/api/v1/tags", TAG_LIMIT),
    listed(api, "/api/v1/wells", RECORD_LIMIT),
    listed(api, "/api/v1/assets", RECORD_LIMIT),
    listed(api, "/api/v1/scada/controls?writable=true", RECORD_LIMIT),
  ]);
  const controlOf = new Map(
    controls.records.map(({ id, minimum, maximum, critical }) => [id, { minimum, maximum, critical }]),
  );
  const wellOf = new Map(wells.records.map((well) => [well.asset_id, well]));
  const assetOf = new Map(assets.records.map((asset) => [asset.id, asset]));
  const groups = new Map();
  for (const well of wells.records) {
    const note = [readable(well.status), well.field].filter(Boolean).join(" · ");
    groups.set(well.asset_id, { rank: 0, title: well.name, note, tags: [] });
  }
  for (const tag of tags.records) {
    const home = homeOf(tag.asset_id, wellOf, assetOf);
    if (!groups.has(home)) groups.set(home, assetGroup(home, assetOf.get(home)));
    const group = groups.get(home);
    group.tags.push({ ...shown(tag, group.title), control: controlOf.get(tag.id) });
  }
  for (const group of groups.values()) putKeysFirst(group);
  return {
    groups: [...groups.values()].sort(
      (a, b) => a.rank - b.rank || a.title.localeCompare(b.title, undefined, { numeric: true }),
    ),
    writable: controls.total > 0,
    total: tags.total,
    shown: tags.records.length,
  };
}

// { devices, titles, deviceOf }: the field devices, protocol by driver, and device by tag.
export async function loadDevices(api) {
  const [devices, tags, drivers] = await Promise.all([
    listed(api, "/api/v1/scada/devices?sort=name", RECORD_LIMIT),
    listed(api, "/api/v1/scada/tags", RECORD_LIMIT),
    listed(api, "/api/v1/scada/drivers", RECORD_LIMIT),
  ]);
  return {
    devices: devices.records,
    titles: new Map(drivers.records.map((driver) => [driver.name, driver.title])),
    deviceOf: new Map(tags.records.map((tag) => [tag.id, tag.device_id])),
  };
}

// A part that is switched off, or that this user may not see, is a part with nothing in it.
async function listed(api, path, limit) {
  try {
    return await api.list(path, limit);
  } catch (error) {
    if (error.status === 403 || error.status === 404) return { records: [], total: 0 };
    throw error;
  }
}

// The well above a tag's asset, else the asset itself.
function homeOf(assetId, wellOf, assetOf) {
  for (let at = assetId; at; at = assetOf.get(at)?.parent_id) {
    if (wellOf.has(at)) return at;
  }
  return assetId ?? "";
}

function assetGroup(key, asset) {
  return {
    rank: asset ? 1 : 2,
    title: asset?.name ?? (key ? "Other asset" : "Tags"),
    note: asset ? readable(asset.kind) : "",
    tags: [],
  };
}

// What a tag is called fits into a line; where it comes from may be said behind it.
function firstSentence(text) {
  return (text ?? "").split(/\.\s+(?=\p{Lu})/u)[0];
}

function shown(tag, title) {
  const within = tag.name.startsWith(title) ? tag.name.slice(title.length) : "";
  const short = within.replace(/^[^\p{L}\p{N}]+/u, "") || tag.name;
  return {
    id: tag.id,
    name: tag.name,
    label: firstSentence(tag.description) || short,
    description: tag.description ?? "",
    unit: unit(tag.unit),
    datatype: tag.datatype,
    states: tag.states,
  };
}

function putKeysFirst(group) {
  const rest = new Set(group.tags.toSorted((a, b) => a.name.localeCompare(b.name)));
  const keys = [];
  for (const kind of KEY_KINDS) {
    const text = (tag) => `${tag.label} ${tag.name}`;
    const found = [...rest].find((tag) => kind.test(text(tag)) && !NEVER_KEY.test(text(tag)));
    if (found) {
      keys.push(found);
      rest.delete(found);
    }
  }
  group.tags = [...keys, ...rest];
  group.keys = group.tags.length <= KEY_VALUES ? group.tags.length : Math.max(keys.length, KEY_VALUES - 2);
}

function readable(word) {
  return (word ?? "").replaceAll("_", " ").replaceAll(" -- ", ", ");
}
