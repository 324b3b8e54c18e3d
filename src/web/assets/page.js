// Keys and live updates; the page works without it.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];
let current = -1;

// Where Tab led counts as well.
function here() {
  const focused = rows().indexOf(document.activeElement?.closest("[data-row]"));
  return focused >= 0 ? focused : current;
}

function choose(step) {
  const all = rows();
  if (!all.length) return;
  current = Math.min(Math.max(here() + step, 0), all.length - 1);
  all.forEach((row, n) => row.classList.toggle("current", n === current));
  all[current].querySelector("a.open").focus({ preventScroll: true });
  all[current].scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => choose(1),
  k: () => choose(-1),
  x: () => rows()[here()]?.querySelector("input[type=checkbox]")?.click(),
  r: () => press("send", "a.open"),
  d: () => press("drop"),
  e: () => press("edit"),
  u: () => press("back"),
  "/": () => document.getElementById("q")?.focus(),
};

// On a mail: goes to its button. In the list: opens the chosen mail, where everything is seen first.
function press(name, otherwise) {
  const button = document.querySelector(`[data-key=${name}]`);
  // Never more than a look at it: what cannot be undone takes Enter as well.
  if (button?.matches("a")) button.click();
  else if (button) { button.focus(); button.scrollIntoView({ block: "nearest" }); }
  else if (otherwise) rows()[here()]?.querySelector(otherwise)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.repeat && !"jk".includes(event.key)) return;
  const { target } = event;
  const typing = target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && typing) target.blur();
  if (typing || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-back]");
  if (link) link.href += `&back=${encodeURIComponent(location.pathname + location.search)}`;
});

// Sending is possible once everything is ticked; the server looks again.
const send = document.getElementById("send");
if (send) {
  const button = send.querySelector("[data-key=send]");
  const left = send.querySelector(".left");
  const open = () => [...send.elements].filter((field) => field.name === "tick" && !field.disabled && !field.checked);
  const look = () => {
    // Of an organisation where nobody gets the mail nothing is asked.
    document.querySelectorAll(".house").forEach((house) => {
      const isLeftOut = [...house.querySelectorAll("[name=without]")].every((box) => box.checked);
      house.querySelectorAll("[name=tick]").forEach((tick) => { tick.disabled = isLeftOut; });
    });
    button.disabled = !send.checkValidity();
    if (!left) return;
    left.hidden = !open().length;
    left.textContent = `${left.dataset.left} ${open().length}`;
  };
  left?.addEventListener("click", () => open()[0]?.focus());
  // Ticks stand beside what they are about, outside the form.
  document.addEventListener("input", look);
  // A browser that goes back ticks what was ticked, after this script has run.
  window.addEventListener("pageshow", look);
  look();
}

// Only while the page is seen, so that a forgotten tab asks for nothing.
const live = document.querySelector("[data-live]");
if (live) {
  let source = null;
  const listen = () => {
    if (document.hidden) { source?.close(); source = null; return; }
    if (source) return;
    source = new EventSource("/events");
    // What happened before it was heard, or while the connection was lost.
    source.addEventListener("open", changed);
    source.addEventListener("change", changed);
  };
  document.addEventListener("visibilitychange", listen);
  // What came while words were typed there.
  document.addEventListener("focusout", (event) => { if (event.target.id === "q") changed(); });
  listen();
}

let busy = false;
let again = false;
async function changed() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    if (live.dataset.live === "mail") {
      const answer = await fetch(`/mail/${live.dataset.id}/revision`);
      if (answer.ok && (await answer.text()) !== live.dataset.revision) document.querySelector(".changed").hidden = false;
    } else {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok) renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch { /* The next change tries again. */ } finally { busy = false; }
  if (again) { again = false; changed(); }
}

// What was chosen and typed stays, and so does where one is.
function renew(fresh) {
  const list = document.getElementById("live");
  const news = fresh.getElementById("live");
  const search = document.getElementById("q");
  if (!news || search === document.activeElement || list.innerHTML === news.innerHTML) return;
  const picked = new Set([...list.querySelectorAll("[name=id]:checked")].map((box) => box.value));
  const known = (element) => [element.tagName, element.getAttribute("href"), element.name, element.value].join(" ");
  const focused = list.contains(document.activeElement) && known(document.activeElement);
  const [words, row] = [search.value, here()];
  const address = rows()[row]?.querySelector("a.open").href;
  list.innerHTML = news.innerHTML;
  if (document.title !== fresh.title) document.getElementById("news").textContent = fresh.title;
  document.title = fresh.title;
  document.getElementById("q").value = words;
  list.querySelectorAll("[name=id]").forEach((box) => { box.checked = picked.has(box.value); });
  current = rows().findIndex((one) => one.querySelector("a.open").href === address);
  rows()[current]?.classList.add("current");
  if (focused) [...list.querySelectorAll("a, button, input")].find((one) => known(one) === focused)?.focus({ preventScroll: true });
}
