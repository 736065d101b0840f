// The grid: newest first, virtualised (rows far from view are not in the document).
import { attr, h } from "./dom.js";
import { project } from "./state.js";
import { tile } from "./tile.js";

const ROW = 212;
const TILE = 300;

export function grid() {
  const space = h("div.virtual-scroll-container");
  const page = h("div.page-container.cdk-virtual-scrollable", {}, h("cdk-virtual-scroll-viewport.cdk-virtual-scroll-viewport", {}, space));
  const mounted = new Map(); // row number -> element
  const tiles = new Map(); // media id -> tile

  function render() {
    const columns = Math.max(1, Math.floor(page.clientWidth / TILE));
    const rows = Math.ceil(project.order.length / columns);
    space.style.height = `${rows * ROW + 20}px`;
    const first = Math.max(0, Math.floor(page.scrollTop / ROW) - 1);
    const last = Math.min(rows - 1, Math.ceil((page.scrollTop + page.clientHeight) / ROW));
    for (const [number, row] of mounted) {
      if (number < first || number > last) {
        row.remove();
        mounted.delete(number);
      }
    }
    const shown = new Set();
    for (let number = first; number <= last; number++) {
      if (!mounted.has(number)) {
        const row = h("div.tile-row");
        row.style.top = `${number * ROW}px`;
        mounted.set(number, row);
        space.append(row);
      }
      fill(mounted.get(number), project.order.slice(number * columns, (number + 1) * columns), shown);
    }
    for (const id of tiles.keys()) if (!shown.has(id)) tiles.delete(id);
  }

  function fill(row, ids, shown) {
    const wanted = ids.map((id) => {
      shown.add(id);
      if (!tiles.has(id)) tiles.set(id, holder());
      const held = tiles.get(id);
      held.update(project.media.get(id));
      return held.host;
    });
    if (wanted.length !== row.children.length || wanted.some((each, index) => row.children[index] !== each)) {
      row.replaceChildren(...wanted);
    }
  }

  function holder() {
    const host = h("flow-grid-tile-container", {});
    let drawn = null;
    return {
      host,
      update(media) {
        const pending = ["queued", "running", "blank"].includes(media.phase);
        const key = [pending ? "pending" : media.phase, media.complaint, media.title].join("|");
        if (drawn?.key !== key) {
          drawn = { key, ...tile(media) };
          host.replaceChildren(drawn.host);
          attr(host, "aria-label", media.phase === "done" ? media.title : "");
        }
        drawn.update?.(media);
      },
    };
  }

  page.addEventListener("scroll", () => requestAnimationFrame(render));
  new ResizeObserver(render).observe(page);
  project.listeners.add(render);
  return page;
}
