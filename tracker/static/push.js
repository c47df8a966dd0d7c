// Subscribing this browser, on /settings/notices/webpush. What there is to say stands in the page; one
// of its data-push-state is shown, and the form where it is of use.
"use strict";
{
  const PATIENCE = 30_000; // ms: where its push service is out of reach, a browser may never answer

  const place = document.querySelector("[data-push]");
  const form = place.querySelector("form");
  const { key, known } = place.dataset;

  const show = (state) => {
    for (const one of place.querySelectorAll("[data-push-state]")) {
      one.hidden = one.dataset.pushState !== state;
    }
    form.hidden = !["ready", "waiting", "failed"].includes(state);
    form.querySelector("button").disabled = state === "waiting";
  };

  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent)
    || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1); // an iPad that says it is a Mac

  function obstacle() {
    if (!isSecureContext) return "insecure";
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
      return isApple ? "install" : "unsupported";
    }
    return Notification.permission === "denied" ? "denied" : null;
  }

  async function present() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return registration?.pushManager.getSubscription();
  }

  async function subscribe() {
    await navigator.serviceWorker.register("/sw.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: key };
    try {
      return await pushManager.subscribe(options);
    } catch (problem) {
      // Subscribed for another key, of a tracker that had this address before.
      const before = await pushManager.getSubscription();
      if (problem.name !== "InvalidStateError" || !before) throw problem;
      await before.unsubscribe();
      return pushManager.subscribe(options);
    }
  }

  function inTime(work) {
    const late = new Promise((_, reject) => { setTimeout(reject, PATIENCE, new Error("no answer")); });
    return Promise.race([work, late]);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show("waiting");
    try {
      const permission = await Notification.requestPermission();
      if (permission !== "granted") {
        show(permission === "denied" ? "denied" : "ready");
        return;
      }
      const { endpoint, keys } = (await inTime(subscribe())).toJSON();
      for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
      form.submit();
    } catch {
      show("failed");
    }
  });

  const problem = obstacle();
  if (problem) show(problem);
  else present().then(
    (found) => show(found && JSON.parse(known).includes(found.endpoint) ? "subscribed" : "ready"),
    () => show("ready"),
  );
}
