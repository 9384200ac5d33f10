// <time data-ago> says how long ago, or how soon, while that is less than a day; else the server's words stand.
const say = document.body.dataset;
const skew = Date.parse(say.now) - Date.now();

function length(minutes) {
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

function day(instant, minutes) {
  const near = Math.abs(minutes) < 7 * 1440;
  const parts = near ? { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { day: "numeric", month: "short", year: "numeric" };
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...parts, timeZone: say.zone }).format(instant).replace(/[,.]/g, "");
}

function age(time) {
  const minutes = (Date.now() + skew - Date.parse(time.dateTime)) / 60000;
  time.dataset.said ??= time.textContent.trim() || day(new Date(time.dateTime), minutes);
  if (Math.abs(minutes) < 1) return say.sayNow;
  if (Math.abs(minutes) >= 1440) return time.dataset.said;
  const pattern = minutes < 0 ? say.sayIn : say.sayAgo;
  return pattern.replace("{t}", length(Math.floor(Math.abs(minutes))));
}

function ageAll() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = age(time);
    if (time.textContent !== text) time.textContent = text;
  }
}

ageAll();
setInterval(ageAll, 20000);
document.addEventListener("htmx:afterSwap", ageAll);
