// The page: login, then the field's values for as long as the session lasts.

import { Api, ApiError } from "./api.js";
import { Board } from "./board.js";
import { Commands } from "./commands.js";
import { Devices } from "./devices.js";
import { loadDevices, loadField } from "./field.js";
import { Live } from "./live.js";

const LOOK_AGAIN_MS = 60_000; // for new wells and tags
const LOOK_AT_DEVICES_MS = 10_000;
const TRY_AGAIN_MS = 5_000;

const $ = (id) => document.getElementById(id);
const api = new Api(showLogin);
const names = await fetch("console/quality.json").then((response) => response.json());
const commands = new Commands(api);
const board = new Board($("cards"), names, (tag, present) => commands.open(tag, present));
const devices = new Devices($("devices"));
let live = null;
let me = null;
let looking = 0;
let lookingAtDevices = 0;
let known = "";

$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  $("login-error").textContent = "";
  try {
    await api.login($("email").value.trim(), $("password").value);
    $("password").value = "";
    await showField();
  } catch (error) {
    $("login-error").textContent = error.message;
    $("password").select();
  } finally {
    button.disabled = false;
  }
});

$("logout").addEventListener("click", async () => {
  await api.logout().catch(() => {}); // the token is forgotten here even if the server is away
  showLogin();
});

setInterval(() => {
  if (!live) return;
  devices.tick(board.tick(), board.now);
  const { values, notGood } = board.count();
  $("summary").textContent = notGood ? `${values} values, ${notGood} not good` : `${values} values, all good`;
}, 1000);

if (api.canResume) showField().catch(fieldFailed);
else showLogin();

function showLogin() {
  stop();
  setState("off", "Not logged in");
  $("summary").textContent = "";
  $("cards").replaceChildren();
  $("devices").hidden = $("commands").hidden = $("writes").hidden = true;
  $("command").close();
  notice("");
  $("account").hidden = true;
  $("login").hidden = false;
  $("email").focus();
}

async function showField() {
  me = await api.get("/api/v1/auth/me");
  $("who").textContent = me.email;
  $("account").hidden = false;
  $("login").hidden = true;
  document.body.dataset.mayCommand = me.permissions.includes("scada.command");
  await look();
  await lookAtDevices();
}

async function lookAtDevices() {
  clearTimeout(lookingAtDevices);
  const found = await loadDevices(api);
  board.setDevices(found.deviceOf);
  devices.show(found.devices, found.titles);
  lookingAtDevices = setTimeout(() => lookAtDevices().catch(fieldFailed), LOOK_AT_DEVICES_MS);
}

// Load what there is to show; start over when that has changed.
async function look() {
  clearTimeout(looking);
  const field = await loadField(api);
  const found = JSON.stringify(field);
  if (found !== known) {
    stop();
    known = found;
    board.show(field.groups);
    notice(field.shown < field.total ? `Showing ${field.shown} of ${field.total} tags.` : "");
    const events = (await commands.look(me, field.writable)) ? ["commands"] : [];
    if (board.tags.length) start(events);
    else setState("off", "There is nothing to show yet");
  }
  looking = setTimeout(() => look().catch(fieldFailed), LOOK_AGAIN_MS);
}

function fieldFailed(error) {
  if (error instanceof ApiError && error.status === 401) return; // the login is shown
  notice(`The list of wells could not be loaded: ${error.message}`);
  looking = setTimeout(() => showField().catch(fieldFailed), TRY_AGAIN_MS);
}

function start(events) {
  live = new Live(api, board.tags, events, {
    state: setState,
    readings: (message) => board.take(message),
    event: (command) => commands.take(command),
    missed: () => commands.look(me, true).catch(fieldFailed),
    serverTime: (micros) => board.setServerTime(micros),
    error: (message) => notice(message),
  });
  live.start();
}

function stop() {
  clearTimeout(looking);
  clearTimeout(lookingAtDevices);
  live?.stop();
  live = null;
  known = "";
}

function setState(state, text) {
  $("connection").dataset.state = state;
  $("connection").textContent = text;
  board.setLive(state === "live");
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}
