// Menus are used now and then and drawn everywhere: what opens is fetched when somebody is about to.
import { lazyRouteComponent } from "@tanstack/react-router";
import { cloneElement, type ReactElement, type ReactNode, Suspense, useState } from "react";
import type { ChoiceProps } from "./menu-parts";

const parts = () => import("./menu-parts");
const Opened = lazyRouteComponent(parts, "OpenedMenu");

/** One thing to do. */
export const MenuItem = lazyRouteComponent(parts, "MenuItem");

/** One of several. */
export const MenuChoice = lazyRouteComponent(parts, "MenuChoice") as <T extends string>(
  props: ChoiceProps<T>,
) => ReactNode;

const fetchParts = () => [Opened, MenuItem, MenuChoice].map((each) => (each as typeof Opened).preload?.());

type Props = { trigger: ReactElement<React.ComponentProps<"button">>; children: ReactNode };

/** A menu that opens from a button (`trigger`). */
export function Menu({ trigger, children }: Props) {
  const [used, setUsed] = useState(false);
  const closed = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: fetchParts,
    onFocus: fetchParts,
    onClick: () => setUsed(true),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      setUsed(true);
    },
  });
  if (!used) return closed;
  return (
    <Suspense fallback={closed}>
      <Opened trigger={trigger}>{children}</Opened>
    </Suspense>
  );
}
