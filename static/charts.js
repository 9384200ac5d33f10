// Draws each [data-chart] from its figures, in the colours of the theme, and again when the theme changes.
const root = document.documentElement;
const drawn = new Map();
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function ink(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function writer({ unit, currency }) {
  const plain = new Intl.NumberFormat(root.lang, { maximumFractionDigits: 1 });
  const units = { percent: (text) => `${text}%`, minutes: (text) => `${text} min`, hours: (text) => `${text} h`, money: (text) => `${currency} ${text}` };
  return (value) => (value == null || Number.isNaN(value) ? "–" : (units[unit] || String)(plain.format(value)));
}

// Per cent never run past a hundred, whatever round step would come next.
const full = (unit) => (unit === "percent" ? ({ max }) => (max > 75 && max < 101 ? 100 : null) : null);

function axes(labels, write, turned, unit) {
  const names = { type: "category", data: labels, inverse: turned, axisTick: { show: false }, axisLine: { lineStyle: { color: ink("line") } }, axisLabel: { color: ink("ink-soft"), hideOverlap: true } };
  const values = { type: "value", splitLine: { lineStyle: { color: ink("line") } }, splitNumber: turned ? 3 : 5, max: full(unit), axisLabel: { color: ink("ink-soft"), formatter: write, hideOverlap: true } };
  return turned ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
}

const series = {
  lines: ([name, data]) => ({ name, data, type: "line", symbolSize: 7, lineStyle: { width: 2.5 }, connectNulls: false }),
  bars: ([name, data]) => ({ name, data, type: "bar", barMaxWidth: 36, itemStyle: { borderRadius: [4, 4, 0, 0] } }),
  stack: ([name, data]) => ({ name, data, type: "bar", stack: "all", barMaxWidth: 36 }),
  bands: ([name, data]) => ({ name, data, type: "bar", stack: "all", barMaxWidth: 26 }),
  funnel: ([name, data], write) => ({ name, data, type: "bar", barMaxWidth: 26, itemStyle: { borderRadius: 4 }, label: { show: true, position: "right", color: ink("ink"), formatter: ({ value }) => write(value) } }),
};

const palettes = {
  bands: ["chart-good", "chart-fair", "chart-poor", "chart-bad", "chart-none"],
  all: ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"],
};

function heat({ labels, series: rows }, write) {
  const data = rows.flatMap(([, values], y) => values.map((value, x) => [x, y, value ?? "-"]));
  const most = Math.max(1, ...data.map(([, , value]) => Number(value) || 0));
  const { xAxis } = axes(labels, write, false);
  const { yAxis } = axes(rows.map(([name]) => name), write, true);
  const visualMap = { min: 0, max: most, show: false, inRange: { color: [ink("muted-wash"), ink("chart-1")] } };
  return { xAxis, yAxis, visualMap, series: [{ type: "heatmap", data, itemStyle: { borderColor: ink("paper"), borderWidth: 2 } }] };
}

const lying = ({ kind }) => kind === "funnel" || kind === "bands";

// How many lines the names take: none for a single one, and several for many or on a phone.
const lines = ({ series }, width) => (series.length > 1 ? Math.ceil(series.reduce((sum, [name]) => sum + 25 + 6 * name.length, 0) / width) : 0);

function option(figures, width) {
  const write = writer(figures);
  const turned = lying(figures);
  const named = 12 + (figures.kind === "heatmap" ? 0 : 24 * lines(figures, width));
  const body = figures.kind === "heatmap" ? heat(figures, write) : { ...axes(figures.labels, write, turned, figures.unit), series: figures.series.map((each) => series[figures.kind](each, write)) };
  return {
    animation: !calm, animationDuration: 300, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    color: (palettes[figures.kind] || palettes.all).map(ink),
    grid: { left: 12, right: figures.kind === "funnel" ? 64 : 24, top: named, bottom: 4, containLabel: true },
    legend: { show: figures.series.length > 1 && figures.kind !== "heatmap", top: 0, left: 0, right: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink("ink-soft") } },
    tooltip: { renderMode: "richText", trigger: figures.kind === "heatmap" ? "item" : "axis", valueFormatter: write, backgroundColor: ink("raised"), borderColor: ink("line"), textStyle: { color: ink("ink") }, confine: true },
    ...body,
  };
}

function draw(place) {
  const figures = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  if (lying(figures)) place.style.height = `${48 + 24 * Math.max(1, lines(figures, place.clientWidth)) + 44 * figures.labels.length}px`;
  drawn.get(place)?.dispose();
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(option(figures, place.clientWidth));
  drawn.set(place, chart);
}

function drawAll() {
  for (const [place, chart] of drawn) if (!place.isConnected) drawn.delete(place) && chart.dispose();
  for (const place of document.querySelectorAll("[data-chart]")) if (!drawn.has(place)) draw(place);
}

new ResizeObserver(() => drawn.forEach((chart) => chart.resize())).observe(document.body);
root.addEventListener("theme", () => drawn.forEach((_, place) => draw(place)));
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
