// What scripts add; every page works without them.
"use strict";

// Drafts. <form data-draft="alice/new-report" data-draft-done="/reports/R-"> keeps what is typed under
// that key (the person's and the form's), and forgets it when the page after sending is one whose
// address starts with data-draft-done: a refused, failed or lost submission keeps its draft.
const kept = "draft:";
const sent = "draft-sent";

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type)
      && field.tagName !== "BUTTON",
  );
}

function read(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      values[field.name] ??= [];
      if (field.checked) values[field.name].push(field.value);
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
}

function fill(form, values) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      const checked = value.includes(field.value);
      changed ||= checked !== field.checked;
      field.checked = checked;
    } else if (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === value)) {
      changed ||= field.value !== value;
      field.value = value;
    }
  }
  return changed;
}

function storage(work) {
  try { return work(); } catch { return null; } // private windows and full disks refuse
}

function keepDraft(form) {
  const key = kept + form.dataset.draft;
  const state = form.querySelector("[data-draft-state]");
  const saved = storage(() => JSON.parse(localStorage.getItem(key)));
  if (saved && !form.querySelector("[data-errors]") && fill(form, saved) && state) {
    state.textContent = state.dataset.restored;
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      storage(() => localStorage.setItem(key, JSON.stringify(read(form))));
      if (state) state.textContent = state.dataset.saved;
    }, 400);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    storage(() => {
      localStorage.setItem(key, JSON.stringify(read(form)));
      sessionStorage.setItem(sent, JSON.stringify({ key, done: form.dataset.draftDone }));
    });
  });
}

function forgetSentDraft() {
  const was = storage(() => JSON.parse(sessionStorage.getItem(sent)));
  storage(() => sessionStorage.removeItem(sent));
  if (was?.done && location.pathname.startsWith(was.done)) {
    storage(() => localStorage.removeItem(was.key));
  }
}

function grow(area) {
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 4}px`;
}

function enhance(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    if (navigator.clipboard) button.hidden = false;
  }
  for (const form of root.querySelectorAll("form[data-draft]")) keepDraft(form);
  if (!CSS.supports("field-sizing", "content")) {
    for (const area of root.querySelectorAll("textarea.input")) {
      area.addEventListener("input", () => grow(area));
      if (area.value) grow(area);
    }
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});

// A second touch on a slow line sends nothing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=_csrf_token]");
  if (token && event.detail.verb !== "get") event.detail.headers["x-csrftoken"] = token.value;
});
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) enhance(event.target);
});

forgetSentDraft();
enhance(document);
document.querySelector("[data-errors]")?.focus();

// <input type="hidden" data-timezone>: the time zone this device is set to, for a new account.
for (const field of document.querySelectorAll("[data-timezone]")) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// Signing out. What is pushed to this browser is told to whoever holds it, so it ends with the session:
// here where the browser can, and on the server by its endpoint where its push service is out of reach.
for (const form of document.querySelectorAll('form[action="/signout"]')) {
  form.addEventListener("submit", async (event) => {
    if (!("serviceWorker" in navigator && "PushManager" in window)) return;
    event.preventDefault();
    const ended = (async () => {
      const registration = await navigator.serviceWorker.getRegistration("/");
      const found = await registration?.pushManager.getSubscription();
      if (!found) return;
      form.append(Object.assign(document.createElement("input"),
        { type: "hidden", name: "endpoint", value: found.endpoint }));
      await found.unsubscribe();
    })().catch(() => {});
    await Promise.race([ended, new Promise((done) => { setTimeout(done, 2000); })]);
    form.submit();
  });
}
