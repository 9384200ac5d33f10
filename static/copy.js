// [data-copy="#id"] copies that element's text, [data-copy="words"] the words themselves.
function textOf(wanted) {
  const element = wanted.startsWith("#") && document.querySelector(wanted);
  return element ? (element.value ?? element.textContent).trim() : wanted;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.body.appendChild(document.createElement("textarea"));
  box.value = text;
  box.select();
  document.execCommand("copy");
  box.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(textOf(button.dataset.copy));
  document.querySelector("#announce").textContent = document.body.dataset.sayCopied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});
