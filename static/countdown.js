// Every [data-due] says what is left of it, once a second, by the server's clock; an empty one rests.
const say = document.body.dataset;
const skew = Date.parse(say.now) - Date.now();

function length(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 48) return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

function sentence(seconds) {
  const text = length(Math.abs(seconds));
  if (seconds < 0) return say.sayLate.replace("{t}", text);
  return (text.startsWith("1 ") ? say.sayLeftOne : say.sayLeft).replace("{t}", text);
}

function look(clock, kind) {
  if (clock.classList.contains(`clock-${kind}`)) return;
  clock.classList.remove("clock-ok", "clock-risk", "clock-late", "clock-muted");
  clock.classList.add(`clock-${kind}`);
  const drawn = document.querySelector(`#clock-icons`)?.content.querySelector(`[data-kind="${kind}"] svg`);
  if (drawn) clock.querySelector("svg")?.replaceWith(drawn.cloneNode(true));
}

function tick(clock, now) {
  const left = Math.floor((Date.parse(clock.dataset.due) - now) / 1000);
  const risky = clock.dataset.warn && now >= Date.parse(clock.dataset.warn);
  look(clock, left < 0 ? "late" : risky ? "risk" : "ok");
  const shown = clock.querySelector("[data-clock-text]") || clock;
  const text = sentence(left);
  if (shown.textContent !== text) shown.textContent = text;
}

function tickAll() {
  const now = Date.now() + skew;
  for (const clock of document.querySelectorAll('[data-due]:not([data-due=""])')) tick(clock, now);
}

tickAll();
setInterval(tickAll, 1000);
document.addEventListener("htmx:afterSwap", tickAll);
