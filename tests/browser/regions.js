/* What a test asks about the page's regions: evaluated as a function of the question's name and what it is about. */
([question, argument]) => {
  const REGIONS = {
    header: "header",
    transport: ".transport",
    rail: "#rail",
    inspector: "#inspector",
    strip: "#strip",
    wall: "#wall",
    foot: ".wall-foot",
  };
  const root = document.documentElement;
  const box = (node) => node.getBoundingClientRect();

  /** Regions that are shown. */
  const shown = () =>
    Object.entries(REGIONS)
      .map(([name, selector]) => ({ name, ...box(document.querySelector(selector)).toJSON() }))
      .filter(({ width }) => width > 0);

  /** Which of them lie over another, or leave the page sideways. */
  function overlaps() {
    const regions = shown();
    const wrong = regions.filter(({ left, right }) => left < -1 || right > innerWidth + 1).map(({ name }) => `${name} leaves`);
    for (const a of regions) {
      for (const b of regions) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (a.name < b.name && across > 1 && down > 1) wrong.push(`${a.name} over ${b.name}`);
      }
    }
    if (root.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
    return wrong;
  }

  /** Which buttons, words and numbers reach out of the region they belong to. */
  function cut() {
    const frames = "header, .transport, .inspector-head, .wall-foot";
    const inside = "header :is(button, a), .transport :is(button, .stat), .inspector-head > *, .wall-foot > *";
    return [...document.querySelectorAll(inside)]
      .filter((node) => {
        const [own, frame] = [box(node), box(node.parentElement.closest(frames))];
        const isInView = node.closest("nav") || (own.left >= frame.left - 1 && own.right <= frame.right + 1);
        return own.width > 0 && !(isInView && own.top >= frame.top - 1 && own.bottom <= frame.bottom + 1);
      })
      .map((node) => node.id || node.className);
  }

  /** Which lines of words do not fit their place and end in dots. */
  const dotted = () =>
    [...document.querySelectorAll(".legend-text, .head span, .formula, .inspector-head h2")]
      .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth)
      .map((node) => node.textContent);

  /** Which regions have a scrollbar. */
  const scrolls = () =>
    ["html", "#rail", "#inspector", "#wall"].filter((selector) => {
      const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.querySelector(selector);
      return scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1;
    });

  /** Words in type smaller than so many pixels. */
  function small(size) {
    const words = document.createTreeWalker(document.querySelector(".app"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (words.nextNode()) {
      const { parentElement: node, textContent } = words.currentNode;
      if (!textContent.trim() || !node.checkVisibility() || node.closest("svg, dialog, .skip, #notice")) continue;
      if (parseFloat(getComputedStyle(node).fontSize) < size) found.push(`${node.className}: ${textContent}`);
    }
    return found;
  }

  /** What is wrong when each of these combinations of parts is hidden. */
  function hiding(combinations) {
    const wrong = [];
    for (const names of combinations) {
      root.dataset.hide = names;
      const say = (what) => wrong.push(`without ${names || "nothing"}: ${what}`);
      const regions = shown();
      const expected = Object.keys(REGIONS).filter((name) => !names.split(" ").includes(name));
      if (regions.map(({ name }) => name).join() !== expected.join()) say(`${expected} expected`);
      overlaps().forEach(say);
      const wall = regions.find(({ name }) => name === "wall");
      const beside = regions.filter(({ name, width }) => ["rail", "inspector"].includes(name) && width < innerWidth / 2);
      const width = wall.width + beside.reduce((sum, region) => sum + region.width, 0);
      if (Math.abs(width - innerWidth) > 2) say("there is a gap beside the wall");
      if (wall.height < 150) say(`the wall is ${wall.height} px high`);
    }
    delete root.dataset.hide;
    return wrong;
  }

  return { overlaps, cut, dotted, scrolls, small, hiding }[question](argument);
}
