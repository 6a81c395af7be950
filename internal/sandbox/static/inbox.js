// Keeps the list fresh while somebody looks at it. Without this script the page works; it then has to be reloaded by hand.
const interval = 3000;

async function refresh() {
  const list = document.querySelector("[data-refresh]");
  if (!list || document.hidden || list.contains(document.activeElement)) return;
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-refresh]");
  if (!fresh || fresh.innerHTML === list.innerHTML) return;
  list.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
}

setInterval(() => refresh().catch(() => {}), interval);
