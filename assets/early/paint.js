// Runs before the first paint, so that nothing flashes: the theme that the link names, that was chosen, or that the
// system prefers, and the parts that the link hides. A classic script, because modules wait for the document.
(() => {
  const link = new URLSearchParams(location.search);
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("relief.theme");
  } catch {
    // a page without storage forgets its theme
  }
  const wanted = [link.get("theme"), chosen].find((name) => name === "light" || name === "dark");
  root.dataset.theme = wanted ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  // the component library begins with its own idea of it, and looks for it in an attribute of its own
  const follow = () => {
    if (root.dataset.mantineColorScheme !== root.dataset.theme) root.dataset.mantineColorScheme = root.dataset.theme;
  };
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme", "data-mantine-color-scheme"] });
  follow();
  const hidden = link.get("hide");
  if (hidden) root.dataset.hide = hidden.split(",").join(" ");
})();
