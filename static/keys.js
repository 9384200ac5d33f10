// Keys: what [data-key] names is clicked or focused; j and k walk over [data-row]; ? lists them all.
const help = document.querySelector("#keys");
let first = "";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const here = () => document.activeElement?.closest("[data-row]");
const typing = (target) => target.isContentEditable || target.matches("input, textarea, select");
const usable = (element) => element.offsetParent && !element.disabled;

function step(by) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(here()) + by))];
  const target = next?.querySelector("[data-row-open], a, button");
  target?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function find(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return all.find((each) => here()?.contains(each)) || all.find(usable) || all.find((each) => key.includes(" "));
}

function use(key) {
  const element = find(key);
  if (!element) return false;
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
  return true;
}

function label(element) {
  return element.getAttribute("aria-label") || element.querySelector("span")?.textContent || element.textContent;
}

function showHelp() {
  const list = help.querySelector("[data-keys-list]");
  list.querySelectorAll("[data-made]").forEach((row) => row.remove());
  list.querySelectorAll("[data-keys-rows]").forEach((row) => (row.hidden = !rows().length));
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (seen.has(key)) continue;
    seen.add(key);
    const row = list.appendChild(document.createElement("div"));
    row.dataset.made = "";
    row.append(document.createElement("dt"), document.createElement("dd"));
    row.firstChild.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    row.lastChild.textContent = label(element).trim();
  }
  help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target)) return;
  const key = first ? `${first} ${event.key}` : event.key;
  first = "";
  if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else if (key === "?") showHelp();
  else if (key === "g") setTimeout(() => (first = ""), 1200, (first = "g"));
  else if (!use(key)) return;
  event.preventDefault();
});
document.addEventListener("click", (event) => event.target.closest("[data-keys-help]") && showHelp());
