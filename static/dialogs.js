// [data-open="#id"] opens a dialog, [data-close] or a click beside it closes it, [data-dismiss] ends a message.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.querySelector(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog[open]")) event.target.close();
  event.target.closest("[data-dismiss]")?.closest(".toast-line").remove();
  for (const open of document.querySelectorAll("details.definition[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.definition[open]")) open.open = false;
});
