"use strict";
// Checking in through a dead network: what is to be sent is kept on the phone first, and sent until it has arrived.
// The id is made once, so that sending it ten times is one check-in. Only ids and the code are kept.
(() => {
  const KEY = "guangcai.check-ins";
  const WAITS = [2, 4, 8, 15, 30, 60];
  const FRESH_SECONDS = 20;
  const WEEK = 7 * 24 * 3600 * 1000;
  const box = document.querySelector("[data-check-in]");
  if (!box) return;

  const fromAddress = location.pathname.match(/\/shifts\/([0-9a-f-]{36})\/here\/([^/]+)\//);
  const shift = box.dataset.shift || (fromAddress && fromAddress[1]);
  const code = box.dataset.code || (fromAddress && fromAddress[2]);
  const form = box.querySelector("[data-check-in-form]");
  let tries = 0;
  let timer = null;

  const read = () => {
    try {
      const rows = JSON.parse(localStorage.getItem(KEY)) || [];
      return rows.filter((row) => Date.now() - row.at < WEEK && row.at < Date.now() + WEEK);
    } catch {
      return [];
    }
  };
  const write = (rows) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(rows));
    } catch {
      // A private window keeps nothing: then the page itself has to stay open.
    }
  };
  const show = (state, reason) => {
    box.querySelectorAll("[data-state]").forEach((part) => { part.hidden = part.dataset.state !== state; });
    if (reason) box.querySelector("[data-reason]").textContent = reason;
    if (form && state !== "refused") form.hidden = true;
    const login = box.querySelector("[data-login]");
    if (login) login.href = `${login.pathname}?next=${encodeURIComponent(location.pathname)}`;
  };
  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let at = Date.now();
    for (let n = 5; n >= 0; n -= 1) { bytes[n] = at % 256; at = Math.floor(at / 256); }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";

  const save = (row) => write([...read().filter((other) => other.shift !== row.shift), row]);
  const forget = (row) => write(read().filter((other) => other.id !== row.id));

  const send = async (row) => {
    const body = new URLSearchParams({ id: row.id, code: row.code, ticket: row.ticket || "" });
    if ((Date.now() - row.at) / 1000 > FRESH_SECONDS) body.set("kept", "1");
    const answer = await fetch(`/activities/shifts/${row.shift}/check-ins/`, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() }, redirect: "manual",
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { state: "login" };
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    return answer.json();
  };

  const deliver = async () => {
    clearTimeout(timer);
    let left = false;
    for (const row of read()) {
      try {
        const said = await send(row);
        if (said.state === "done") {
          forget(row);
          if (row.shift === shift) show(said.late ? "late" : "done");
        } else if (said.state === "refused") {
          forget(row);
          if (row.shift === shift) { show("refused", said.text); if (form) form.hidden = false; }
        } else if (row.shift === shift) {
          show("login");
        }
      } catch {
        left = true;
        if (row.shift === shift) show("saved");
      }
    }
    if (left) {
      timer = setTimeout(deliver, WAITS[Math.min(tries, WAITS.length - 1)] * 1000);
      tries += 1;
    }
  };

  if (form && shift && code) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = (name) => (form.elements[name] ? form.elements[name].value : "");
      const old = read().find((row) => row.shift === shift);
      save(old || { id: field("id") || key(), shift, code, ticket: field("ticket"), at: Date.now() });
      form.hidden = true;
      deliver();
    });
  }
  if (shift && code && !form && !read().some((row) => row.shift === shift)) {
    // Not signed in yet: the code would be gone by the time the person is.
    save({ id: key(), shift, code, ticket: "", at: Date.now() });
  } else if (read().length) {
    if (read().some((row) => row.shift === shift)) show("saved");
    deliver();
  }
  addEventListener("online", () => { tries = 0; deliver(); });
  if (box.dataset.worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(box.dataset.worker).catch(() => {});
  }
})();
