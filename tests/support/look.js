/* Gives a list of what can be seen to be wrong with a page: it scrolls sideways, or at all where it should fit;
   words are cut without a way to read them whole; words lie on each other; something reaches out of the screen. */
() => {
  const found = new Set();
  const root = document.documentElement;
  const fitted = document.querySelector(".page.is-fitted") !== null;
  const SLACK = 1.5;
  /* A line is higher than its letters: these shares of it, above and below, hold none. */
  const ABOVE = 0.2;
  const BELOW = 0.15;
  const AXES = [["X", "left", "right"], ["Y", "top", "bottom"]];

  const tell = (what, line) => {
    const owner = line.node.closest("[id*='panel'], [id*='slot'], [id*='card'], header, body");
    const name = line.node.getAttribute("class") || "";
    found.add(`${what}: “${line.text}” <${line.node.tagName.toLowerCase()} class="${name}"> in ${owner.id || owner.getAttribute("class")}`);
  };
  const shown = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const wide = (box) => box.right - box.left;
  const high = (box) => box.bottom - box.top;

  /* Every line of words that is shown. */
  function lines() {
    const all = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const node = text.parentElement;
      if (!text.data.trim() || /^(SCRIPT|STYLE|OPTION|TITLE|NOSCRIPT)$/.test(node.tagName) || !shown(node)) continue;
      if (node.closest(".modal, .visually-hidden, .ag-aria-description-container, .hoverlayer")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        const height = bottom - top;
        const box = { left, right, top: top + ABOVE * height, bottom: bottom - BELOW * height };
        if (wide(box) < 1 || high(box) < 1) continue;
        all.push({ node, box, text: text.data.trim().slice(0, 40), scrolled: false });
      }
    }
    return all;
  }

  /* Cuts the line's box as its ancestors do, and tells of what is lost, unless it ends in an ellipsis and can be read
     whole under the pointer. */
  function cut(line) {
    const svg = line.node.closest("svg");
    let whole = false;
    for (let up = svg || line.node; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      whole = whole || Boolean(up.title);
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) line.scrolled = true;
      if (line.scrolled) return;
      const frame = up.getBoundingClientRect();
      for (const [axis, low, end] of AXES) {
        if (!/hidden|clip/.test(style["overflow" + axis])) continue;
        if (up.matches(".headline-foot") && line.box[low] >= frame[end] - SLACK) {
          /* What a card's foot has no room for is dropped whole, never in part: the figure's own page tells it. */
          line.box[end] = line.box[low];
          return;
        }
        const over = Math.max(line.box[end] - frame[end], frame[low] - line.box[low]);
        const soft = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
        if (over > SLACK && (svg || !(soft && (whole || up.closest("[title]"))))) {
          tell(`cut ${axis} by ${over.toFixed(0)} px`, line);
        }
        line.box[low] = Math.max(line.box[low], frame[low]);
        line.box[end] = Math.min(line.box[end], frame[end]);
      }
    }
  }

  function outside(line) {
    if (line.box.right > window.innerWidth + SLACK || line.box.left < -SLACK) tell("beside the screen", line);
    if (fitted && line.box.bottom > window.innerHeight + SLACK) tell("below the screen", line);
  }

  function overlapping(all) {
    all.forEach((a, i) => all.slice(i + 1).forEach((b) => {
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (a.node !== b.node && across > 2 && down > 2) tell(`“${a.text}” lies on`, b);
    }));
  }

  if (root.scrollWidth > window.innerWidth) found.add(`scrolls sideways: ${root.scrollWidth} > ${window.innerWidth}`);
  if (fitted && root.scrollHeight > window.innerHeight) found.add(`scrolls: ${root.scrollHeight} > ${window.innerHeight}`);
  const all = lines();
  all.forEach(cut);
  const seen = all.filter((line) => !line.scrolled && wide(line.box) > 1 && high(line.box) > 1);
  seen.forEach(outside);
  overlapping(seen);
  return [...found];
}
