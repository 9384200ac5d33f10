// After a swap the focus is where the person was, what they opened is open, and what changed is
// said politely.
const announce = document.querySelector("#announce");
let place = null;
let opened = [];

function placeOf(element) {
  const row = element?.closest?.("[data-row]");
  const part = element?.matches?.("summary") ? "summary" : "[data-row-open], a, button";
  return { id: element?.id, part, row: row?.dataset.row || row?.id, index: row && [...row.parentNode.children].indexOf(row) };
}

function find({ id, part, row, index }) {
  if (id && document.getElementById(id)) return document.getElementById(id);
  const rows = [...document.querySelectorAll("[data-row]")];
  const same = row && rows.find((each) => (each.dataset.row || each.id) === row);
  const near = same || (index != null && rows[Math.min(index, rows.length - 1)]);
  return near ? near.querySelector(part) : null;
}

function complain(text) {
  const line = document.createElement("div");
  line.className = "toast-line toast-error";
  line.setAttribute("role", "alert");
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  document.querySelector("#messages")?.replaceChildren(line);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  place = placeOf(document.activeElement);
  opened = [...document.querySelectorAll("[data-row] .graded[open]")].map((each) => each.closest("[data-row]").dataset.row);
  const answered = xhr.getResponseHeader("HX-Retarget") || xhr.status === 422;
  if (xhr.status >= 400 && answered) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  for (const row of opened.splice(0)) document.querySelector(`[data-row="${CSS.escape(row)}"] .graded`)?.setAttribute("open", "");
  if (place && (!document.activeElement || document.activeElement === document.body)) find(place)?.focus({ preventScroll: true });
  const said = event.detail.elt?.querySelector?.("[data-announce]");
  if (said) announce.textContent = said.dataset.announce || said.textContent;
});
document.addEventListener("announce", (event) => (announce.textContent = event.detail.value));
document.addEventListener("htmx:responseError", () => complain(document.body.dataset.sayFailed));
document.addEventListener("htmx:sendError", () => complain(document.body.dataset.sayOffline));
