// Before the first paint: the person's theme, else the device's.
{
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    root.dataset.bsTheme = root.dataset.choice || (device.matches ? "dark" : "light");
    root.dispatchEvent(new Event("theme"));
  };
  device.addEventListener("change", paint);
  paint();
}
