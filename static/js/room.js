/* The meeting's room: parts of the record are sent while they are written, and kept in this browser while the net is
   away. Without this script every part is a plain form with a button.

   A part is an element with `data-room-part`; `data-room-sends` says when it goes: "typing" (by itself) or "press".
   Its draft is kept until the server has said "saved". The server sees which revision the writer saw, so what somebody
   else saved meanwhile comes back as a conflict, and the same words sent twice are one change. */
"use strict";

(() => {
  const room = document.querySelector("[data-room]");
  if (!room) return;

  const words = room.dataset;
  const prefix = `telpa:${words.user}:`;
  const AFTER_TYPING = 1200; // milliseconds without a key
  const AGAIN = 5000; // between attempts while the net or the server is away
  const PATIENCE = 15000; // for one answer
  const LOOK = 20000; // between looks at the quorum
  const FORGET = 30 * 24 * 3600 * 1000; // a draft nobody came back to
  const busy = new Set(); // keys of drafts on their way
  const timers = new Map();

  /* ---- drafts ---- */

  const keyOf = (url, part) => `${prefix}${url}#${part}`;

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function keep(key, draft) {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
      return true;
    } catch {
      return false; // the browser keeps nothing: the page itself still holds what was typed
    }
  }

  function drafts() {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  }

  /* ---- parts of this page ---- */

  const parts = () => [...room.querySelectorAll("[data-room-part]")];
  const formOf = (part) => part.closest("form");
  const urlOf = (part) => new URL(formOf(part).action, location.href).href.replace(location.origin, "");
  const keyOfPart = (part) => keyOf(urlOf(part), part.dataset.roomPart);
  const partOf = (key) => parts().find((part) => keyOfPart(part) === key);
  const isTyped = (field) => field.type !== "hidden" && !["submit", "button"].includes(field.type);

  function fields(part) {
    return [...part.querySelectorAll("input, select, textarea")].filter(
      (field) => field.name && field.name !== "csrfmiddlewaretoken",
    );
  }

  function valuesOf(part) {
    const values = {};
    for (const field of fields(part)) {
      if (["radio", "checkbox"].includes(field.type)) {
        if (field.checked) values[field.name] = field.value;
        else if (!(field.name in values)) values[field.name] = "";
      } else values[field.name] = field.value;
    }
    return values;
  }

  function fill(part, values, which = () => true) {
    for (const field of fields(part)) {
      if (!(field.name in values) || !which(field)) continue;
      if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === values[field.name];
      else if (field.value !== values[field.name]) field.value = values[field.name];
    }
  }

  const typed = (part) => {
    const names = new Set(fields(part).filter(isTyped).map((field) => field.name));
    return JSON.stringify(Object.entries(valuesOf(part)).filter(([name]) => names.has(name)));
  };

  function say(part, state, text) {
    const place = part.querySelector("[data-room-status]");
    if (!place) return;
    place.dataset.state = state;
    if (place.textContent !== text) place.textContent = text;
  }

  const clock = () => {
    const now = new Date();
    return `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  };

  /* Keep what the part says. A press sends it, also when two texts stand there and the writer has not chosen. */
  function remember(part, pressed) {
    const key = keyOfPart(part);
    const before = read(key);
    keep(key, {
      url: urlOf(part),
      title: document.title,
      sends: part.dataset.roomSends,
      values: valuesOf(part),
      pressed: pressed || Boolean(before?.pressed),
      stopped: pressed ? "" : before?.stopped || "",
      at: Date.now(),
    });
  }

  /* ---- sending ---- */

  function token() {
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
    return cookie ? cookie.slice("csrftoken=".length) : room.querySelector("[name=csrfmiddlewaretoken]")?.value;
  }

  async function post(draft) {
    const answer = await fetch(draft.url, {
      method: "POST",
      body: new URLSearchParams({ ...draft.values, csrfmiddlewaretoken: token() || "" }),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.redirected) return { state: "login" }; // a part is never answered by another page
    const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    if (isOurs) return answer.json();
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    return { state: "closed" };
  }

  async function send(key) {
    const draft = read(key);
    if (!draft || busy.has(key)) return;
    const part = partOf(key);
    if (!navigator.onLine) return wait(key, part);
    busy.add(key);
    if (part) say(part, "sending", words.saidSending);
    let answer;
    try {
      answer = await post(draft);
    } catch {
      busy.delete(key);
      return wait(key, part);
    }
    busy.delete(key);
    took(key, draft, part, answer);
  }

  function wait(key, part) {
    if (part) say(part, "waiting", words.saidWaiting);
    later(key, AGAIN);
    listOthers();
  }

  function later(key, milliseconds) {
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(() => send(key), milliseconds));
  }

  /* What the server said of a draft. Words typed since it was sent stay, as a draft on top of what was saved. */
  function took(key, draft, part, answer) {
    const since = read(key);
    const isNewer = since && JSON.stringify(since.values) !== JSON.stringify(draft.values);
    const isPressed = draft.pressed || Boolean(since?.pressed);
    if (answer.state === "saved") {
      if (part) fill(part, answer.values, (field) => field.type === "hidden");
      if (isNewer) {
        keep(key, { ...since, values: { ...since.values, ...answer.values } });
        later(key, AFTER_TYPING);
      } else localStorage.removeItem(key);
      if (part) {
        tell(part, "");
        say(part, "saved", words.saidSaved.replace("{time}", answer.at));
      }
      look();
      if (isPressed && !isNewer && part) location.assign(answer.next);
    } else if (answer.state === "login" || answer.state === "closed") {
      if (part) say(part, "stopped", answer.state === "login" ? words.saidLogin : words.saidStopped);
    } else {
      keep(key, { ...(since || draft), pressed: false, stopped: answer.state });
      if (part) show(part, isPressed, answer);
    }
    listOthers();
  }

  /* Put the server's words about the part into it; what was typed stays as it is. */
  function show(part, isPressed, answer) {
    const page = new DOMParser().parseFromString(answer.html, "text/html");
    const fresh = page.querySelector(`[data-room-part="${part.dataset.roomPart}"]`);
    if (!fresh) return;
    if (isPressed) {
      const values = valuesOf(part);
      part.replaceWith(fresh);
      fill(fresh, values, isTyped);
      part = fresh;
      part.querySelector("[role=alert]")?.focus();
    } else tell(part, fresh.querySelector("[data-room-told]")?.innerHTML || "");
    say(part, "stopped", answer.state === "conflict" ? words.saidConflict : words.saidRefused);
  }

  function tell(part, html) {
    const place = part.querySelector("[data-room-told]");
    if (place && place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
  }

  /* ---- drafts of other pages ---- */

  function listOthers() {
    const place = room.querySelector("[data-room-drafts]");
    const list = place?.querySelector("ul");
    if (!list) return;
    const others = drafts().map((key) => [key, read(key)]).filter(([key, draft]) => draft && !partOf(key));
    list.replaceChildren(
      ...others.map(([key, draft]) => {
        const line = document.createElement("li");
        const link = Object.assign(document.createElement("a"), { href: draft.url, className: "ds-link" });
        link.textContent = draft.title;
        const forget = Object.assign(document.createElement("button"), { type: "button", className: "ds-button kp-btn-s" });
        forget.dataset.variant = "secondary";
        forget.textContent = words.saidForget;
        forget.addEventListener("click", () => { localStorage.removeItem(key); listOthers(); });
        line.append(link, forget);
        return line;
      }),
    );
    place.hidden = !others.length;
  }

  /* Everything that may go by itself, of this page and of others: what is sent while it is typed, and what was pressed. */
  function sendAll() {
    for (const key of drafts()) {
      const draft = read(key);
      if (!draft || Date.now() - draft.at > FORGET) localStorage.removeItem(key);
      else if (!draft.stopped && (draft.pressed || draft.sends === "typing")) send(key);
    }
  }

  /* ---- what people do ---- */

  room.addEventListener("input", (event) => {
    const part = event.target.closest("[data-room-part]");
    if (!part || !isTyped(event.target)) return;
    const key = keyOfPart(part);
    remember(part, false);
    if (part.dataset.roomSends === "typing") {
      if (read(key)?.stopped) return; // two texts stand there: the writer chooses first
      say(part, "typing", navigator.onLine ? words.saidTyping : words.saidWaiting);
      later(key, event.target.type === "radio" ? 0 : AFTER_TYPING);
    } else say(part, "typing", words.saidTyping);
  });

  room.addEventListener("submit", (event) => {
    const form = event.target;
    const inside = [...form.querySelectorAll("[data-room-part]")];
    const part = form.matches("[data-room-part]") ? form : null;
    const choice = event.submitter?.name ? event.submitter : null;
    if (!part && !inside.length) return;
    if (choice) {
      // Choosing between two texts is an ordinary step to another page; the draft has served.
      if (!navigator.onLine) return event.preventDefault();
      for (const chosen of part ? [part] : inside) {
        if (chosen.contains(choice)) localStorage.removeItem(keyOfPart(chosen));
      }
      return;
    }
    if (!part) {
      if (!navigator.onLine) event.preventDefault();
      return;
    }
    event.preventDefault();
    const now = part.querySelector("[data-room-now]");
    if (now && !now.value && !navigator.onLine) now.value = clock(); // the vote was now, whenever it arrives
    remember(part, true);
    send(keyOfPart(part));
  });

  /* ---- quorum ---- */

  let looking = false;
  let isAsked = false; // something was saved since the look under way began: what it brings may be old
  async function look() {
    const place = room.querySelector("[data-room-quorum]");
    isAsked = true;
    if (!place || looking || document.hidden || !navigator.onLine) return;
    looking = true;
    try {
      while (isAsked) {
        isAsked = false;
        const options = { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) };
        const answer = await fetch(place.dataset.roomQuorum, options);
        if (!answer.ok || answer.redirected) continue;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-room-quorum]");
        if (!isAsked && fresh && fresh.innerHTML !== place.innerHTML) place.innerHTML = fresh.innerHTML;
      }
    } catch {
      // the next look comes
    }
    looking = false;
  }

  /* ---- begin ---- */

  for (const part of parts()) {
    const key = keyOfPart(part);
    const draft = read(key);
    if (!draft) continue;
    const before = typed(part);
    const shown = valuesOf(part);
    fill(part, draft.values, isTyped);
    if (typed(part) === before) {
      localStorage.removeItem(key); // it stands there already
      continue;
    }
    // What was written on an older page goes with that page's revision: so a conflict comes to light.
    fill(part, { ...shown, ...draft.values }, (field) => field.type === "hidden");
    keep(key, { ...draft, stopped: "" });
    const goes = part.dataset.roomSends === "typing" || draft.pressed;
    say(part, "waiting", goes ? words.saidWaiting : words.saidRestored);
  }
  listOthers();
  sendAll();
  window.addEventListener("online", () => { sendAll(); look(); });
  window.addEventListener("offline", () => {
    for (const part of parts()) if (read(keyOfPart(part))) say(part, "waiting", words.saidWaiting);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    sendAll();
    look();
  });
  setInterval(look, LOOK);
  room.dataset.roomReady = "";
})();
