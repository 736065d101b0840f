// What lies over generation B's page: Radix' poppers, menus with submenus, and dialogs.
import { byPerson, h, unique } from "../dom.js";

const stack = [];
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stack.at(-1)?.close();
});

// Google's symbols in an `<i>`, drawn as in generation C.
export function symbol(ligature, glyph) {
  const el = h("i.google-symbols", { "aria-hidden": "true" }, h("span", {}));
  el.replaceChildren(ligature);
  el.style.setProperty("--glyph", `"${glyph ?? "•"}"`);
  return el;
}

export function popper(content, anchor, { modal = true, onclose = () => {} } = {}) {
  const wrapper = h("div.radix-popper", { "data-radix-popper-content-wrapper": true }, content);
  const shade = modal ? h("div.radix-shade", { onclick: () => self.close() }) : null;
  const self = {
    content,
    close() {
      if (!stack.includes(self)) return;
      stack.splice(stack.indexOf(self), 1);
      wrapper.remove();
      shade?.remove();
      onclose();
    },
  };
  document.body.append(...[shade, wrapper].filter(Boolean));
  const at = anchor.getBoundingClientRect();
  const up = at.top > innerHeight / 2;
  wrapper.style.left = `${Math.max(8, Math.min(modal ? at.left : at.right, innerWidth - wrapper.offsetWidth - 8))}px`;
  wrapper.style.top = `${Math.max(8, up && modal ? at.top - wrapper.offsetHeight - 6 : Math.min(modal ? at.bottom + 6 : at.top, innerHeight - wrapper.offsetHeight - 8))}px`;
  stack.push(self);
  return self;
}

export function menu(anchor, items, { modal = true } = {}) {
  const box = h("div.b-menu", { role: "menu", "data-state": "open", id: unique("radix-:r") });
  let sub = null;
  const self = popper(box, anchor, { modal, onclose: () => sub?.close() });
  box.append(...items.map((item) => {
    const row = h("div.b-item", {
      role: "menuitem", tabindex: "-1", "aria-haspopup": item.items ? "menu" : null,
      "data-disabled": item.disabled ? "" : null, "aria-disabled": item.disabled ? "true" : null,
      onclick: byPerson(() => {
        if (item.items || item.disabled) return;
        self.close();
        item.act();
      }),
      onpointerenter: () => {
        sub?.close();
        sub = item.items ? menu(row, item.items.map((each) => ({ ...each, act: () => { self.close(); each.act(); } })), { modal: false }) : null;
      },
    }, item.symbol && symbol(item.symbol, item.glyph), item.text);
    return row;
  }));
  const wrapper = box.parentElement;
  wrapper.style.top = `${Math.max(8, Math.min(wrapper.offsetTop, innerHeight - wrapper.offsetHeight - 8))}px`;
  return self;
}
