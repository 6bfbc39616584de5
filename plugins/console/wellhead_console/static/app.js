// The page: login, then the field's values for as long as the session lasts.

import { Api, ApiError } from "./api.js";
import { Board } from "./board.js";
import { loadField } from "./field.js";
import { Live } from "./live.js";

const LOOK_AGAIN_MS = 60_000; // for new wells and tags
const TRY_AGAIN_MS = 5_000;

const $ = (id) => document.getElementById(id);
const api = new Api(showLogin);
const names = await fetch("console/quality.json").then((response) => response.json());
const board = new Board($("cards"), names);
let live = null;
let looking = 0;
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
  board.tick();
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
  notice("");
  $("account").hidden = true;
  $("login").hidden = false;
  $("email").focus();
}

async function showField() {
  const me = await api.get("/api/v1/auth/me");
  $("who").textContent = me.email;
  $("account").hidden = false;
  $("login").hidden = true;
  await look();
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
    if (board.tags.length) start();
    else setState("off", "There is nothing to show yet");
  }
  looking = setTimeout(() => look().catch(fieldFailed), LOOK_AGAIN_MS);
}

function fieldFailed(error) {
  if (error instanceof ApiError && error.status === 401) return; // the login is shown
  notice(`The list of wells could not be loaded: ${error.message}`);
  looking = setTimeout(() => showField().catch(fieldFailed), TRY_AGAIN_MS);
}

function start() {
  live = new Live(api, board.tags, {
    state: setState,
    readings: (message) => board.take(message),
    serverTime: (micros) => board.setServerTime(micros),
    error: (message) => notice(message),
  });
  live.start();
}

function stop() {
  clearTimeout(looking);
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
