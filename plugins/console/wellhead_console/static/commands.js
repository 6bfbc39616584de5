// Commands to the field: one tag is set from its row, what became of it is told by the live
// connection, and those that wait for a second person are approved or rejected here.

import { element, setText } from "./dom.js";

const SHOWN = 8;
const ENDED = new Set(["verified", "rejected", "expired", "cancelled", "failed", "unknown"]);
const $ = (id) => document.getElementById(id);

export class Commands {
  #api;
  #me = { permissions: [] };
  #known = new Map(); // by id, newest last
  #tag = null; // of the open form
  #followed = null; // the command that the form shows

  constructor(api) {
    this.#api = api;
    $("command-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try("command-error", () => this.#send());
    });
    $("command-close").addEventListener("click", () => $("command").close());
  }

  // Whether commands are there at all, after which the page follows them.
  async look(me, writable) {
    this.#me = me;
    if (!writable) {
      $("commands").hidden = $("writes").hidden = true;
      return false;
    }
    const [latest, switches] = await Promise.all([
      this.#api.get(`/api/v1/scada/commands?sort=created_at&order=desc&per_page=${SHOWN}`),
      this.#api.get("/api/v1/scada/write-switch"),
    ]);
    this.#showSwitches(switches);
    this.#known = new Map(latest.toReversed().map((command) => [command.id, command]));
    this.#show();
    return true;
  }

  may(permission) {
    return this.#me.permissions.includes(permission);
  }

  // A step of a command, as the live connection tells it.
  take(command) {
    this.#known.set(command.id, { ...this.#known.get(command.id), ...command });
    this.#show();
  }

  open(tag, present) {
    this.#tag = tag;
    this.#followed = null;
    const { minimum, maximum, critical } = tag.control;
    const text = tag.datatype === "string";
    Object.assign($("command-value"), {
      type: text ? "text" : "number",
      step: "any",
      min: minimum ?? "",
      max: maximum ?? "",
      value: "",
    });
    const range = [minimum, maximum].some((bound) => typeof bound === "number");
    const bounds = range ? `, ${minimum ?? "…"} to ${maximum ?? "…"}` : "";
    setText($("command-title"), `Set ${tag.label}`);
    setText($("command-now"), `${tag.name} is ${present} ${tag.unit}${bounds}`.trim());
    setText($("command-note"), critical ? "A second person has to approve it." : "");
    setText($("command-error"), "");
    $("command-reason").value = "";
    $("command-send").disabled = false;
    this.#showSteps();
    $("command").showModal();
  }

  async #send() {
    const value = $("command-value").value;
    const asked = {
      tag_id: this.#tag.id,
      value: this.#tag.datatype === "string" ? value : Number(value),
      reason: $("command-reason").value.trim() || null,
      key: [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join("-"),
    };
    const command = await this.#api.post("/api/v1/scada/commands", asked);
    this.#followed = command.id;
    $("command-send").disabled = true;
    this.take({ ...command, ...this.#known.get(command.id) });
    if (command.select_token) {
      const token = { select_token: command.select_token };
      this.take(await this.#api.post(`/api/v1/scada/commands/${command.id}/operate`, token));
    }
  }

  #show() {
    const commands = [...this.#known.values()].slice(-SHOWN).reverse();
    $("commands").hidden = commands.length === 0;
    $("commands-list").replaceChildren(...commands.map((command) => this.#row(command)));
    this.#showSteps();
  }

  #row(command) {
    const value = [command.value, command.unit].filter((part) => part !== null).join(" ");
    const row = element("li", {}, `${command.tag_name} = ${value}: `);
    row.dataset.state = command.state;
    row.append(element("strong", { textContent: command.state.replaceAll("_", " ") }));
    const by = [command.requested_by_email, command.reason].filter(Boolean).join(": ");
    row.append(element("small", { textContent: ENDED.has(command.state) ? `${by}. ${command.why}` : by }));
    const others = command.requested_by !== this.#me.id;
    if (command.state === "pending_approval" && others && this.may("scada.approve")) {
      row.append(this.#button("Approve", () => this.#decide(command, "approve")));
      row.append(this.#button("Reject", () => this.#decide(command, "reject")));
    }
    return row;
  }

  async #decide(command, what) {
    const reason = what === "reject" ? "rejected on the page" : null;
    this.take(await this.#api.post(`/api/v1/scada/commands/${command.id}/${what}`, { reason }));
  }

  #showSteps() {
    const steps = this.#known.get(this.#followed)?.steps ?? [];
    $("command-steps").replaceChildren(
      ...steps.map((step) =>
        element("li", { textContent: `${step.state.replaceAll("_", " ")}: ${step.why}` }),
      ),
    );
  }

  // Writing is disabled until somebody enables it: say so, and who can.
  #showSwitches({ disabled, all, tenant }) {
    $("writes").hidden = !disabled;
    const parts = [];
    if (tenant?.disabled ?? true) parts.push(["", "an administrator of the tenant", "scada.write_switch"]);
    if (all?.disabled ?? true) {
      parts.push(["/all", "an administrator of the platform", "platform.scada.write_switch"]);
    }
    const who = parts.map(([, person]) => person).join(" and ");
    const why = (tenant?.disabled ? tenant : all)?.reason;
    setText(
      $("writes-text"),
      `Writing to the field is disabled${why ? ` (${why})` : ""}. Who can enable it: ${who}.`,
    );
    const mine = parts.filter(([, , permission]) => this.may(permission));
    const enable = async () => {
      for (const [path] of mine) await this.#enable(path);
      this.#showSwitches(await this.#api.get("/api/v1/scada/write-switch"));
    };
    $("writes-enable").replaceChildren(...(mine.length ? [this.#button("Enable writing", enable)] : []));
  }

  #enable(path) {
    const body = { disabled: false, reason: "enabled on the page" };
    return this.#api.patch(`/api/v1/scada/write-switch${path}`, body);
  }

  #button(textContent, act) {
    const button = element("button", { type: "button", className: "quiet", textContent });
    button.addEventListener("click", () => this.#try("notice", act));
    return button;
  }

  async #try(where, act) {
    setText($(where), "");
    try {
      await act();
    } catch (error) {
      setText($(where), error.message);
      $(where).hidden = false;
    }
  }
}
