// Before the first paint: the colour scheme that was chosen here, or the system's.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("plantrace-scheme");
  } catch {
    // Storage may be forbidden; the system's scheme is right then.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
