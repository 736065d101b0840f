import { type ClassValue, clsx } from "clsx";

/** Class names. Of two that say something of the same, the style sheet's order decides, not this one: what
 * is to win over a component's own look says so (`rounded-none!`). */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
