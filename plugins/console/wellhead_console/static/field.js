// What there is to show: the tags, put under the wells or assets they belong to.

const TAG_LIMIT = 1000;
const RECORD_LIMIT = 5000;

// Which values of a well come first; the rest follow by name.
const FIRST = [
  /(tubing|wellhead|flowing).*press/i,
  /press/i,
  /temp/i,
  /\b(rate|flow)/i,
  /(freq|speed)/i,
  /choke/i,
  /level/i,
  /(current|power|load)/i,
];

// { groups: [{ key, title, note, tags }], total } where each tag is { id, label, name, unit, datatype }.
export async function loadField(api) {
  const [tags, wells, assets] = await Promise.all([
    listed(api, "/api/v1/tags", TAG_LIMIT),
    listed(api, "/api/v1/wells", RECORD_LIMIT),
    listed(api, "/api/v1/assets", RECORD_LIMIT),
  ]);
  const wellOf = new Map(wells.records.map((well) => [well.asset_id, well]));
  const assetOf = new Map(assets.records.map((asset) => [asset.id, asset]));
  const groups = new Map();
  for (const well of wells.records) {
    const note = [readable(well.status), well.field].filter(Boolean).join(" · ");
    groups.set(well.asset_id, { key: well.asset_id, rank: 0, title: well.name, note, tags: [] });
  }
  for (const tag of tags.records) {
    const home = homeOf(tag.asset_id, wellOf, assetOf);
    if (!groups.has(home)) groups.set(home, assetGroup(home, assetOf.get(home)));
    const group = groups.get(home);
    group.tags.push(shown(tag, group.title));
  }
  return {
    groups: [...groups.values()].sort(
      (a, b) => a.rank - b.rank || a.title.localeCompare(b.title, undefined, { numeric: true }),
    ),
    total: tags.total,
    shown: tags.records.length,
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
    key,
    rank: asset ? 1 : 2,
    title: asset?.name ?? (key ? "Other asset" : "Tags"),
    note: asset ? readable(asset.kind) : "",
    tags: [],
  };
}

function shown(tag, title) {
  const inside = tag.name.startsWith(title) ? tag.name.slice(title.length) : tag.name;
  const short = inside.replace(/^[^\p{L}\p{N}]+/u, "") || tag.name;
  const label = tag.description || short;
  const order = FIRST.findIndex((pattern) => pattern.test(`${label} ${short}`));
  return {
    id: tag.id,
    name: tag.name,
    label,
    unit: tag.unit ?? "",
    datatype: tag.datatype,
    order: order < 0 ? FIRST.length : order,
  };
}

function readable(word) {
  return (word ?? "").replaceAll("_", " ");
}
