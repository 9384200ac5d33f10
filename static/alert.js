// New rows in a [data-alert] list: a sound where it is wanted, a number in the title of a hidden tab.
const say = document.body.dataset;
const title = document.title;
let unseen = 0;
let audio = null;

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].map((row) => row.dataset.row || row.id);
const known = new Set([...document.querySelectorAll("[data-alert]")].flatMap(rowsOf));

const ready = () => {
  if (say.sound) audio ??= new AudioContext();
};
addEventListener("pointerdown", ready, { once: true });
addEventListener("keydown", ready, { once: true });

function beep() {
  if (!audio) return;
  for (const [start, pitch] of [[0, 660], [0.14, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
}

function show() {
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

document.addEventListener("htmx:afterSettle", () => {
  const fresh = [...document.querySelectorAll("[data-alert]")].flatMap(rowsOf).filter((id) => !known.has(id));
  if (!fresh.length) return;
  fresh.forEach((id) => known.add(id));
  beep();
  document.querySelector("#announce").textContent = say.sayNew.replace("{n}", fresh.length);
  if (document.hidden) unseen += fresh.length;
  show();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) unseen = 0;
  show();
});
