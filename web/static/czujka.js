// The pages work without this. With it: lists keep themselves fresh, keys move, double clicks send once.
"use strict";
(() => {
  const POLL_MS = 5000, FRESH_MS = 60000, UNDO_MS = 10000;
  const main = document.getElementById("main");
  const keys = document.getElementById("keys");
  document.documentElement.classList.add("scripted");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = document.getElementById(button.dataset.copy);
    try { await navigator.clipboard.writeText(box.value); button.textContent = button.dataset.done; } catch { box.select(); }
  });

  const CLAIM_MS = 240000;
  let claimedAt = 0;
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.dataset.claim || Date.now() - claimedAt < CLAIM_MS) return;
    claimedAt = Date.now();
    fetch(box.dataset.claim, { method: "POST", body: new URLSearchParams({ csrf: box.dataset.csrf }), redirect: "manual" }).catch(() => {});
  });

  const choices = () => document.querySelectorAll('input[form="bulk"]');
  document.addEventListener("change", (event) => {
    event.target.closest("[data-auto]")?.submit();
    const all = event.target.closest("[data-all]");
    if (all) choices().forEach((one) => { one.checked = all.checked; });
  });

  const undo = document.querySelector(".notice.undo");
  if (undo) {
    history.replaceState(null, "", location.pathname);
    setTimeout(() => { if (!undo.contains(document.activeElement)) undo.remove(); }, UNDO_MS);
  }

  const live = () => document.getElementById("live");
  const isBusy = () => {
    const area = live(), active = document.activeElement, picked = document.getSelection();
    return !area || document.hidden || (keys && keys.open) || area.querySelector("details[open], input:checked")
      || (area.contains(active) && active.matches("input, textarea, select")) || (picked && !picked.isCollapsed);
  };
  let etag = "", newest = Number(main.dataset.newest || 0), stale = false, loadedAt = Date.now();

  const refresh = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live"), area = live();
    if (!fresh || !area || isBusy()) return;
    const focused = area.contains(document.activeElement) ? document.activeElement.id : "";
    area.replaceWith(document.adoptNode(fresh));
    const nav = document.querySelector(".top nav"), freshNav = page.querySelector(".top nav");
    if (nav && freshNav && !nav.contains(document.activeElement)) nav.replaceWith(document.adoptNode(freshNav));
    document.title = page.title;
    newest = Number(page.getElementById("main").dataset.newest || newest);
    stale = false;
    loadedAt = Date.now();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const tellWriter = (told) => {
    const line = document.getElementById("writer"), area = live();
    if (told.writer === undefined || !line || !area) return;
    if (line.textContent !== told.writer) { line.textContent = told.writer; line.hidden = !told.writer; stale = true; }
    if (String(told.version) !== area.dataset.version) stale = true;
  };

  const poll = async () => {
    try {
      if (!document.hidden) {
        const answer = await fetch(`/events?after=${newest}${live()?.dataset.talk ? `&talk=${live().dataset.talk}` : ""}`, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
        if (answer.status === 401) { location.reload(); return; }
        if (answer.ok) { const told = await answer.json(); stale = stale || etag !== "" || told.changed; tellWriter(told); etag = answer.headers.get("ETag") || ""; }
        if ((stale || Date.now() - loadedAt > FRESH_MS) && !isBusy()) await refresh();
      }
    } catch { /* away for a moment: the next poll asks again */ }
    setTimeout(poll, POLL_MS);
  };
  if (main.dataset.newest !== undefined && live() && !main.querySelector("[data-once]")) setTimeout(poll, POLL_MS);

  let wentAt = 0;
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const move = (step) => {
    const all = rows(), at = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[Math.max(0, Math.min(all.length - 1, at + step))];
    const target = row && (row.querySelector("h3 a, a, button, summary") || row);
    if (target) { if (target === row) row.tabIndex = -1; target.focus(); row.scrollIntoView({ block: "nearest" }); }
  };
  const press = (key) => {
    if (Date.now() - wentAt < 1500) {
      wentAt = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (link) { link.click(); return true; }
    }
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "g") wentAt = Date.now();
    else if (key === "?" && keys) keys.showModal();
    else if (key === "/") { const q = document.getElementById("q"); if (q) q.focus(); else location.href = "/posts"; }
    else if (key === "x") document.activeElement.closest("[data-row]")?.querySelector('input[type="checkbox"]')?.click();
    else if (key === "r" || key === "s") {
      const opener = document.querySelector(`[data-key="${key}"]`);
      const row = document.activeElement.closest("[data-row]")?.querySelector("h3 a");
      if (opener) { opener.click(); opener.parentElement.querySelector("form button, .sheet button")?.focus(); }
      else if (row) location.href = `${row.href.split("#")[0]}#${key === "r" ? "draft" : "todo"}`;
    }
    else if (key === "a") {
      const row = document.activeElement.closest("[data-row]");
      (row?.querySelector(".do button") || document.querySelector('[data-key="a"]'))?.click();
    } else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || (keys && keys.open)) return;
    if (press(event.key)) event.preventDefault();
  });
})();
