// Before the first paint, so that nobody sees the other theme flash by. lib/theme.ts changes it later.
(() => {
  const chosen = localStorage.getItem("rushes.theme");
  const light = matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme =
    chosen === "light" || chosen === "dark" ? chosen : light ? "light" : "dark";
})();
