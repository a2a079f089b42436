// What makes pages safer when script runs. Every page works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const SHOWN_FOR = 30_000; // a name on a screen is read in seconds and overlooked for hours
  const WARNED_BEFORE = 2 * 60_000;

  // Masked values: hide after 30 seconds and whenever somebody else's tab comes to the front.
  const hide = (mask) => { mask.open = false; };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("[data-masked]") && event.target.open) setTimeout(hide, SHOWN_FOR, event.target);
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) all("[data-masked][open]").forEach(hide);
  });

  // Quick exit: Shift three times within two seconds, or the button; Back does not return here.
  const exit = document.querySelector("form.quick-exit");
  const leave = () => {
    unsaved.clear();
    document.documentElement.hidden = true;
    navigator.sendBeacon(exit.action, new FormData(exit));
    location.replace(exit.dataset.leaveTo);
  };
  let shifts = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") { shifts = []; return; }
    shifts = [...shifts.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
    if (shifts.length >= 3 && exit) leave();
  });
  if (exit) exit.addEventListener("submit", (event) => { event.preventDefault(); leave(); });

  // A page restored from the browser's memory may belong to somebody who has left.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Unsaved notes: ask before they go.
  const unsaved = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[method=post]:not([data-lock])");
    if (form) unsaved.add(form);
  });
  document.addEventListener("submit", (event) => {
    unsaved.delete(event.target);
    if (event.target.matches("[data-lock], .languages")) return;
    all("button[type=submit]", event.target).forEach((button) => setTimeout(() => { button.disabled = true; }));
  });
  addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });

  // The account menu closes like any menu; without script its own button does it.
  const menu = document.querySelector("details.account");
  ["click", "focusin", "keydown"].forEach((name) => document.addEventListener(name, (event) => {
    if (!menu || !menu.open || (name === "keydown" ? event.key !== "Escape" : menu.contains(event.target))) return;
    menu.open = false;
    if (name === "keydown") menu.firstElementChild.focus();
  }));

  // Errors are read first; a submit button pressed twice sends once (above), and works again after Back.
  const errors = document.querySelector("[data-focus]");
  if (errors) errors.focus();

  // The lock: warn two minutes before, then lock; with unsaved notes cover the page instead of losing them.
  const minutes = Number(document.body.dataset.lockAfter);
  if (!minutes) return;
  const [warning, locked] = ["lock-warning", "locked-over"].map((id) => document.getElementById(id));
  const lock = document.querySelector("form[data-lock]");
  let used = Date.now();
  let asked = used;
  const stay = () => fetch(document.body.dataset.stay, { method: "HEAD" }).then((answer) => {
    if (!answer.ok || answer.redirected) { if (unsaved.size) show(locked); return; }
    used = asked = Date.now();
    [warning, locked].forEach((dialog) => dialog.close());
  }).catch(() => {});
  const show = (dialog) => { if (!dialog.open) dialog.showModal(); };
  ["keydown", "pointerdown", "scroll"].forEach((name) => addEventListener(name, () => {
    if (!warning.open && !locked.open) used = Date.now();
  }, { passive: true }));
  all("[data-stay-here]").forEach((button) => button.addEventListener("click", stay));
  locked.addEventListener("cancel", (event) => event.preventDefault());
  setInterval(() => {
    const idle = Date.now() - used;
    if (idle >= minutes * 60_000) {
      all("[data-masked][open]").forEach(hide);
      if (!unsaved.size) { lock.submit(); return; }
      warning.close();
      show(locked);
    } else if (idle >= minutes * 60_000 - WARNED_BEFORE) show(warning);
    else if (used > asked && Date.now() - asked > minutes * 20_000) { asked = Date.now(); stay(); }
  }, 5000);
})();
