// [data-live="topic,topic"] gets the event `changed` when the server says so; slow polling while it cannot.
const POLL = 5000;
let source = null;
let polling = null;

const listeners = () => [...document.querySelectorAll("[data-live]")];
const topicsOf = (element) => element.dataset.live.split(/[\s,]+/).filter(Boolean);

function tell(topic) {
  for (const element of listeners()) {
    if (!topic || topicsOf(element).includes(topic)) window.htmx.trigger(element, "changed");
  }
}

function poll(on) {
  clearInterval(polling);
  polling = on ? setInterval(() => tell(), POLL) : null;
}

function close() {
  source?.close();
  source = null;
}

function open() {
  const topics = [...new Set(listeners().flatMap(topicsOf))].sort();
  if (!topics.length || source) return;
  source = new EventSource(`/events?topics=${encodeURIComponent(topics.join(","))}`);
  source.addEventListener("changed", (event) => tell(event.data));
  source.addEventListener("live", () => {
    poll(false);
    tell();
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
