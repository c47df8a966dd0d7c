// The service worker, at /sw.js: shows what is pushed (channels/webpush.py), opens what is touched,
// and says where to push from now on when the browser has changed that. Pages do without it.
"use strict";

const SETTINGS = "/settings/notices/webpush";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

function read(data) {
  try { return { ...data.json() }; } catch { return {}; } // whatever came: browsers insist on seeing something
}

function show({ title = "橙色星期五 Orange Friday", body = "", url = "/notices", tag = "", lang = "zh-CN", at }) {
  return registration.showNotification(title, {
    body,
    lang,
    tag, // the same message again takes the place of the first, without a sound
    timestamp: at ?? Date.now(),
    icon: "/static/icon-192.png",
    badge: "/static/badge-96.png",
    data: { url },
  });
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(visit(event.notification.data?.url));
});

async function visit(url) {
  let target = new URL(url ?? "/notices", location.origin);
  if (target.origin !== location.origin) target = new URL("/notices", location.origin);
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => page.url === target.href);
  return there ? there.focus() : clients.openWindow(target.href);
}

addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription));
});

async function renew(was, is) {
  // As somebody who is signed in would, from the page with the form. Whoever has signed out, or ended
  // it there, is not subscribed again.
  const page = await (await fetch(SETTINGS)).text();
  const [, key] = page.match(/data-key="([\w-]+)"/) ?? [];
  const [, token] = page.match(/name="_csrf_token" value="([^"]+)"/) ?? [];
  if (!key || !token || (was && !page.includes(was.endpoint.replaceAll("&", "\\u0026")))) return;
  is ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = is.toJSON();
  const form = { _csrf_token: token, endpoint, ...keys, instead: was?.endpoint ?? "" };
  await fetch(SETTINGS, { method: "POST", body: new URLSearchParams(form) });
}
