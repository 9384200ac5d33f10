// [data-live="topic,topic"] gets the event `changed` when the server says so; slow polling while it cannot.
const POLL = 5000;
let source = null;
let polling = null;

const listeners = () => [...document.querySelectorAll("[data-live]")];
const topicsOf = (element) => element.dataset.live.split(/[\s,]+/).filter(Boolean);

function tell(topic, listening = listeners()) {
  for (const element of listening) {
    if (!topic || topicsOf(element).includes(topic)) window.htmx.trigger(element, "changed");
  }
}

// What changed between the page and its stream; what is not open on the screen can wait.
const catchUp = () => tell("", listeners().filter((element) => !element.matches("[popover]:not(:popover-open)")));

function poll(on) {
  clearInterval(polling);
  polling = on ? setInterval(() => tell(), POLL) : null;
}

// While a button is held down nothing moves under it, or the click would be lost with the row it began on.
let pressed = false;
let held = new Map();

function still(place, work) {
  if (pressed) held.set(place, work);
  else work();
}

function letGo() {
  const kept = held;
  [pressed, held] = [false, new Map()];
  kept.forEach((work) => work());
}

addEventListener("pointerdown", () => (pressed = true), true);
for (const name of ["pointerup", "pointercancel", "pointermove"]) {
  addEventListener(name, (event) => pressed && !event.buttons && setTimeout(letGo), true);
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, target } = event.detail;
  if (!pressed || elt !== target || !elt.matches("[data-live]")) return;
  event.preventDefault();
  still(elt, () => window.htmx.trigger(elt, "changed"));
});

// A list that many look at comes drawn, in place of being asked for by each of them.
function hang(html) {
  const frame = document.querySelector("[data-picture]");
  window.htmx.trigger(frame, "htmx:beforeSwap", { xhr: { status: 200, getResponseHeader: () => null } });
  window.htmx.swap(frame, html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
}

function close() {
  source?.close();
  source = null;
}

function open() {
  const topics = [...new Set(listeners().flatMap(topicsOf))].sort();
  if (!topics.length || source) return;
  const picture = document.querySelector("[data-picture]")?.dataset.picture || "";
  source = new EventSource(`/events?${new URLSearchParams({ topics: topics.join(","), picture })}`);
  source.addEventListener("picture", (event) => still("picture", () => hang(event.data)));
  source.addEventListener("changed", (event) => tell(event.data));
  source.addEventListener("live", () => {
    poll(false);
    catchUp();
  });
  source.addEventListener("degraded", () => poll(true));
  source.addEventListener("error", () => {
    if (!polling) poll(true);
    if (source?.readyState === EventSource.CLOSED) {
      close();
      setTimeout(open, POLL + Math.random() * POLL);
    }
  });
}

// A browser allows few streams for each site: a hidden tab gives its own back, unless it rings.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !document.querySelector("[data-alert]")) return close();
  if (!document.hidden && !source) {
    tell();
    open();
  }
});
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => event.persisted && open());
open();
