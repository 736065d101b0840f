// Words of who makes something and what that costs, wherever a button spends.
import { plural } from "@/lib/format";

export const moneyStrings = {
  free: "free",
  unknown: "price unknown",
  /** On a button: what it does, and what that costs. */
  button: (what: string, price: string) => `${what} · ${price}`,
  by: (provider: string) => `Made by ${provider}`,
  automatic: (provider: string) => `Automatic: ${provider}`,
  ready: "Ready",
  needsKey: "Needs a key",
  needsAccount: "Needs a sign-in",
  noKey: (provider: string) => `${provider} has no key yet.`,
  addKey: "Add key",
  noAccount: (provider: string) => `${provider} has no signed-in account yet.`,
  signIn: "Sign in",
  animatic: "Free preview: moves the camera over your image, no AI.",
  moreOf: (takes: number, shots: number) =>
    `${plural(takes, "more take")} of ${shots === 1 ? "this shot" : `these ${shots}`}`,
} as const;
