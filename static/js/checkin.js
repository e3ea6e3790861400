/* At the door: what is pressed is sent at once, or kept in this browser while the net is away and sent later, in order.
   Without this script every button is a plain form.

   Each press makes a key of its own, so a note whose answer was lost is sent again and counts once; how long ago it was
   goes with it, because a phone's clock may be wrong. What needs a decision (no seat is left) waits for one. */
"use strict";

(() => {
  const door = document.querySelector("[data-door]");
  if (!door) return;

  const words = door.dataset;
  const prefix = `ieeja:${words.user}:`;
  const AGAIN = 5000; // milliseconds between attempts while the net or the server is away
  const PATIENCE = 15000; // for one answer
  const LOOK = 10000; // between looks at what other phones noted
  const SAME_PRESS = 1000; // a second press within it is the same
  const FORGET = 13 * 24 * 3600 * 1000; // the server takes nothing older than 14 days
  const memory = new Map(); // where the browser keeps nothing
  const stuck = new Map(); // notes the server does not take now, with its reason
  const pressed = new WeakMap();
  let isAway = false; // the last attempt did not come through

  /* ---- notes that are not sent yet ---- */

  function read(key) {
    try {
      return memory.get(key) || JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function keep(key, note) {
    try {
      localStorage.setItem(key, JSON.stringify(note));
    } catch {
      memory.set(key, note);
    }
  }

  function drop(key) {
    memory.delete(key);
    stuck.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // nothing was kept there
    }
  }

  function notes() {
    let keys = [...memory.keys()];
    try {
      keys = keys.concat(Object.keys(localStorage).filter((key) => key.startsWith(prefix)));
    } catch {
      // only what is in memory
    }
    const found = [...new Set(keys)].map((key) => [key, read(key)]).filter(([, note]) => note);
    return found.sort(([, one], [, other]) => one.at - other.at);
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /* ---- words on the page ---- */

  const said = door.querySelector("[data-door-said]");

  function say(text, state = "") {
    said.dataset.state = state;
    if (said.textContent !== text) said.textContent = text;
  }

  const reason = (key, note) => stuck.get(key) || note.said || words.saidWaits;

  function button(text, act, variant) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "ds-button kp-btn-s" });
    made.dataset.variant = variant;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* The box with what waits, and a word beside each line of the list that waits. */
  function show() {
    const place = door.querySelector("[data-door-queue]");
    const waiting = notes().filter(([key, note]) => isAway || note.stopped || stuck.has(key));
    place.hidden = !waiting.length;
    place.querySelector("h2").textContent = words.saidQueue.replace("{count}", waiting.length);
    place.querySelector("ul").replaceChildren(...waiting.map(([key, note]) => {
      const line = document.createElement("li");
      const text = document.createElement("span");
      const acts = Object.assign(document.createElement("span"), { className: "kp-row" });
      text.textContent = `${note.title}: ${reason(key, note)}`;
      if (note.stopped === "full") acts.append(button(words.saidBeyond, () => letIn(key, note), "primary"));
      acts.append(button(words.saidForget, () => { drop(key); show(); }, "secondary"));
      line.append(text, acts);
      return line;
    }));
    for (const old of door.querySelectorAll("[data-door-waits]")) old.remove();
    for (const [key, note] of waiting) {
      const line = note.where && document.getElementById(note.where);
      if (!line) continue;
      const word = Object.assign(document.createElement("p"), { className: "kp-said" });
      word.dataset.doorWaits = "";
      word.dataset.state = "waiting";
      word.textContent = reason(key, note);
      line.append(word);
    }
  }

  function letIn(key, note) {
    keep(key, { ...note, values: { ...note.values, beyond: "on" }, stopped: "", said: "" });
    sendAll();
  }

  /* ---- sending, one after the other ---- */

  function token() {
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
    return cookie ? cookie.slice("csrftoken=".length) : door.querySelector("[name=csrfmiddlewaretoken]")?.value;
  }

  async function post(note) {
    const ago = String(Math.max(Math.round((Date.now() - note.at) / 1000), 0));
    const answer = await fetch(note.url, {
      method: "POST",
      body: new URLSearchParams({ ...note.values, ago, csrfmiddlewaretoken: token() || "" }),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.redirected) return { state: "login" };
    if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) return answer.json();
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    return { state: "closed" };
  }

  let sending = false;
  let again = 0;
  let taken = 0; // notes that the server has said are saved

  async function sendAll() {
    if (sending) return;
    sending = true;
    clearTimeout(again);
    const tried = new Set();
    try {
      for (let next; (next = notes().find(([key, note]) => !note.stopped && !stuck.has(key) && !tried.has(key)));) {
        const [key, note] = next;
        tried.add(key);
        if (Date.now() - note.at > FORGET) drop(key);
        else if (!(await send(key, note))) {
          again = setTimeout(sendAll, AGAIN);
          break;
        }
      }
    } finally {
      sending = false;
      show();
    }
  }

  /* Whether the net let it through; what came of it is on the page. */
  async function send(key, note) {
    let answer;
    try {
      if (!navigator.onLine) throw new Error("offline");
      answer = await post(note);
    } catch {
      isAway = true;
      say(words.saidAway, "waiting");
      return false;
    }
    isAway = false;
    if (answer.state === "saved") {
      taken += 1;
      drop(key);
      say(`${note.title}: ${words.saidSaved}`, "saved");
      if (door.querySelector("[data-door-card]") && note.where && document.getElementById(note.where)) {
        location.assign(answer.next);
      } else put(answer.html);
    } else if (answer.state === "login" || answer.state === "closed") {
      stuck.set(key, answer.state === "login" ? words.saidLogin : words.saidStopped);
    } else if (read(key)) {
      keep(key, { ...note, stopped: answer.state, said: answer.said });
      show();
      door.querySelector("[data-door-queue] h2").focus();
    }
    return true;
  }

  /* ---- what the page shows ---- */

  const list = () => door.querySelector("ul[data-door-lines]");
  const content = (line) => line.textContent.replace(/\s+/g, " ") + [...line.querySelectorAll("form")].map((it) => it.action);

  function put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const numbers = fresh.querySelector("[data-door-numbers]");
    const shown = door.querySelector("[data-door-numbers]");
    if (numbers && shown && numbers.innerHTML !== shown.innerHTML) shown.innerHTML = numbers.innerHTML;
    if (!list()) return;
    for (const line of fresh.querySelectorAll("[data-door-lines] > li")) {
      const old = document.getElementById(line.id);
      const hadFocus = old?.contains(document.activeElement);
      for (const word of old?.querySelectorAll("[data-door-waits]") || []) word.remove();
      if ("doorGone" in line.dataset) old?.remove();
      else if (!old) {
        if ("all" in list().dataset) list().prepend(line);
      } else if (content(old) !== content(line)) {
        old.replaceWith(line);
        if (hadFocus) line.focus(); // not its button: a second press must not take the first one back
      }
    }
    filter();
    show();
  }

  let looking = false;
  async function look() {
    if (looking || document.hidden || !navigator.onLine) return;
    looking = true;
    const before = taken;
    try {
      const query = new URLSearchParams({ kops: words.since });
      const options = { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) };
      const answer = await fetch(`${words.news}?${query}`, options);
      if (answer.ok && !answer.redirected) {
        const html = await answer.text();
        if (before === taken) {
          // What began before a press was saved may be older than what the page shows; the next look brings all of it.
          put(html);
          words.since = new DOMParser().parseFromString(html, "text/html").querySelector("[data-since]").dataset.since;
        }
        if (said.dataset.state === "waiting") say("");
      }
    } catch {
      say(words.saidAway, "waiting");
    }
    looking = false;
  }

  /* ---- finding a name while it is typed ---- */

  const search = door.querySelector("[data-door-search]");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");

  /* How many lines are left. */
  function filter() {
    const typed = search?.elements.q;
    if (!typed) return 0;
    // What the server already looked for finds other forms of a name, too, and is not looked for again.
    const terms = typed.value === typed.defaultValue ? [] : fold(typed.value).trim().split(" ").filter(Boolean);
    let left = 0;
    for (const line of list().children) {
      line.hidden = !terms.every((term) => ` ${fold(line.dataset.words)}`.includes(` ${term}`));
      left += !line.hidden;
    }
    door.querySelector("[data-door-nobody]").hidden = left > 0 || !typed.value;
    return left;
  }

  search?.addEventListener("input", filter);
  search?.elements.q.addEventListener("focus", (event) => event.target.select());
  search?.addEventListener("submit", (event) => {
    // The server is asked only for who is not on this page.
    if (!navigator.onLine || ("all" in list().dataset && filter())) event.preventDefault();
  });

  /* ---- what people do ---- */

  door.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("doorForm" in form.dataset)) return;
    event.preventDefault();
    const now = Date.now();
    if (now - (pressed.get(form) || 0) < SAME_PRESS) return;
    pressed.set(form, now);
    const values = Object.fromEntries(new FormData(form));
    delete values.csrfmiddlewaretoken;
    if ("key" in values) values.key = newKey();
    const line = form.closest(".kp-mark");
    const url = new URL(form.action).pathname;
    if (line && notes().some(([, note]) => note.where === line.id && note.url === url)) return sendAll();
    const title = line?.querySelector("[data-door-name]")?.textContent || values.name || words.saidUnnamed;
    keep(prefix + (values.key || newKey()), { url, values, title, where: line?.id || "", at: now });
    if (form.dataset.doorForm === "new") {
      form.reset();
      form.elements.name.focus();
    }
    sendAll();
  });

  window.addEventListener("online", () => { sendAll(); look(); });
  window.addEventListener("offline", () => say(words.saidAway, "waiting"));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    stuck.clear(); // somebody may have logged in again in another tab
    sendAll();
    look();
  });
  filter();
  show();
  sendAll();
  setInterval(look, LOOK);
  door.dataset.doorReady = "";
})();
